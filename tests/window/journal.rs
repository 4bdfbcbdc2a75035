//! What a window test knows about runs and events: the commands of the product, asked as the page asks them.

use serde_json::{Value, json};

use crate::desk::PATIENCE;
use crate::page::{Page, key};
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

/// A page of the events of a sync, or of one run of it, newest first.
async fn events(page: &Page, sync: &str, run: Option<i64>, cursor: &Value, limit: usize) -> Value {
    let wanted = json!({
        "sync": sync, "run": run, "key": null, "statuses": [], "search": null, "since": null,
        "cursor": cursor, "limit": limit,
    });
    page.ask("events", wanted).await
}

/// How many events are kept of a run.
pub(crate) async fn kept(page: &Page, sync: &str, run: &Value) -> usize {
    let (mut count, mut cursor) = (0, Value::Null);
    loop {
        let listed = events(page, sync, run["run"].as_i64(), &cursor, 500).await;
        count += listed["events"].as_array().expect("events").len();
        cursor = listed["cursor"].clone();
        if cursor.is_null() {
            return count;
        }
    }
}

/// Payloads of the newest 100 events, unmasked.
pub(crate) async fn payloads(page: &Page, sync: &str, run: Option<i64>) -> Vec<Value> {
    let listed = events(page, sync, run, &Value::Null, 100).await;
    payloads_of(page, &listed).await
}

/// Payloads of everything that was sent for one row, unmasked.
pub(crate) async fn payloads_of_key(page: &Page, sync: &str, key: &str) -> Vec<Value> {
    let wanted = json!({
        "sync": sync, "run": null, "key": key, "statuses": [], "search": null, "since": null,
        "cursor": null, "limit": 100,
    });
    payloads_of(page, &page.ask("events", wanted).await).await
}

async fn payloads_of(page: &Page, listed: &Value) -> Vec<Value> {
    let mut payloads = Vec::new();
    for event in listed["events"].as_array().expect("events") {
        let detail = page.ask("event", json!({ "event": event["event"], "reveal": true })).await;
        payloads.push(serde_json::from_str(detail["payload"].as_str().expect("a payload")).expect("JSON"));
    }
    payloads
}

/// Makes the sample warehouse and the practice CRM, saves a sync between them, and runs it.
pub(crate) async fn sample_to_practice(page: &Page, definition: &Value) {
    page.click("button", "Try it with sample data…").await;
    page.find("heading", "Which rows?").await;
    page.click("button", "Save draft and close").await;
    let crm = json!({ "name": "Practice CRM", "kind": "practice", "settings": {}, "secrets": {} });
    page.ask("connection_save", json!({ "existing": null, "draft": crm })).await;
    page.ask("sync_save", json!({ "existing": null, "definition": definition, "draft": null })).await;
    page.ask(
        "sync_now",
        json!({ "sync": definition["name"], "full": false, "approve": false, "review": false }),
    )
    .await;
}

/// Opens the page of a sync from Home.
pub(crate) async fn open_sync(page: &Page, sync: &str) {
    page.click("link", "Home…").await;
    page.click("link", &format!("{sync}…")).await;
    page.find("heading", &format!("{sync}…")).await;
}

/// Presses Sync now on the page of a sync.
pub(crate) async fn sync_now(page: &Page) {
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

/// Edits the payload as a person would: leaves one column out, renames one, adds a constant.
pub(crate) async fn shape_payload(page: &Page) {
    ready(page, "Shape the payload").await;
    page.click("checkbox", "Send country").await;
    page.click("button", "Key of company in the payload: company").await;
    page.fill("Key of company in the payload", "organisation").await;
    page.press(key::ENTER).await;
    page.click("button", "Constant").await;
    page.fill("Key in the payload", "origin").await;
    page.fill("Value", "warehouse").await;
    page.click("button", "Add constant").await;
}

/// The wizard's last steps, to a new RudderStack connection that is not tested.
pub(crate) async fn to_rudderstack(page: &Page, plane: &str, write_key: &str) {
    page.find("heading", "Where should it go?").await;
    page.click("radio", "RudderStack…").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Connect to RudderStack").await;
    page.fill("Data plane URL", plane).await;
    page.fill("Write key", write_key).await;
    page.press(key::TAB).await;
    page.click("button", "Continue without a test").await;
    page.reads("What to do").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Before the first run").await;
}

/// In a mapping one field of which has values that would be refused: sees which, leaves its column out, and goes on to the
/// review.
pub(crate) async fn leave_out_refused(page: &Page, field: &str, column: &str, shot: &str) {
    page.reads("1 field has values that would be refused").await;
    page.click("radio", "To do…").await;
    page.click("gridcell", &format!("{field}…")).await;
    page.reads(&format!("not in the list of {field}")).await;
    page.shot(shot).await;
    page.click("button", "Payload…").await;
    page.click("checkbox", &format!("Send {column}")).await;
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;
    page.find("grid", "Fields").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Before the first run").await;
}
