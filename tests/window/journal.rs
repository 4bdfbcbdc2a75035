//! What a window test knows about runs and events: the commands of the product, asked as the page asks them.

use serde_json::{Value, json};

use crate::desk::PATIENCE;
use crate::page::Page;
use crate::process::until;

/// The newest of `number` runs of a sync, once it has ended.
pub(crate) async fn finished(page: &Page, sync: &str, number: usize) -> Value {
    until(&format!("run {number} of {sync} ends"), PATIENCE, async || {
        let runs = page.ask("runs", json!({ "sync": sync, "before": null, "limit": 10 })).await;
        match runs.as_array().expect("runs").as_slice() {
            all @ [newest, ..] if all.len() == number && newest["finished_at"].is_string() => {
                Ok(newest.clone())
            }
            all => Err(format!("{all:?}")),
        }
    })
    .await
}

/// Rows read, records delivered, records rejected of a run that did all it should.
pub(crate) fn counts(run: &Value) -> (u64, u64, u64) {
    let count = |name: &str| run[name].as_u64().expect("a count");
    assert_eq!(run["status"], "completed", "{run}");
    (count("read"), count("delivered"), count("rejected"))
}

/// The newest events of a sync, or of one run of it.
pub(crate) async fn events(page: &Page, sync: &str, run: Option<i64>) -> Value {
    let wanted = json!({
        "sync": sync, "run": run, "key": null, "statuses": [], "search": null, "since": null, "cursor": null, "limit": 100
    });
    page.ask("events", wanted).await
}

/// Payloads of the newest events, unmasked.
pub(crate) async fn payloads(page: &Page, sync: &str, run: Option<i64>) -> Vec<Value> {
    let listed = events(page, sync, run).await;
    let mut payloads = Vec::new();
    for event in listed["events"].as_array().expect("events") {
        let detail = page.ask("event", json!({ "event": event["event"], "reveal": true })).await;
        payloads.push(serde_json::from_str(detail["payload"].as_str().expect("a payload")).expect("JSON"));
    }
    payloads
}

/// Opens the page of a sync and presses Sync now.
pub(crate) async fn sync_now(page: &Page, sync: &str) {
    page.click("link", &format!("{sync}…")).await;
    page.find("heading", sync).await;
    page.click("button", "Sync now…").await;
}

/// Names of an object's members, in order.
pub(crate) fn keys(object: &Value) -> Vec<String> {
    object.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
}

/// Waits until what a wizard's step has to read is there, so that it lets one go on.
pub(crate) async fn ready(page: &Page, step: &str) {
    page.find("heading", step).await;
    match step {
        "Which rows?" => page.reads("No duplicates and no nulls").await,
        "Shape the payload" => page.reads("No problems in").await,
        _ => {}
    }
}
