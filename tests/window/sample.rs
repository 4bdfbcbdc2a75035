//! The main job on the sample: what is edited is what is sent, all of it is there after a restart, and only what changed is sent again.

use serde_json::Value;

use crate::desk::{Desk, on_a_desk};
use crate::journal::{
    counts, finished, kept, keys, open_sync, payloads, payloads_of_key, ready, shape_payload, sync_now,
};
use crate::page::Page;

const SYNC: &str = "Lead scores";

#[test]
fn the_sample_is_sent_as_shaped_and_only_changes_are_sent_again() {
    on_a_desk("sample", async |desk| {
        let first = desk.start().await;
        let shaped = set_up(&first.page).await;
        let run = finished(&first.page, SYNC, 1).await;
        assert_eq!(counts(&run), (5_000, 5_000, 0), "the first run delivers every row: {run}");
        see_events(&first.page, &shaped).await;
        first.quit().await;

        let second = desk.start().await;
        open_sync(&second.page, SYNC).await;
        assert_eq!(kept(&second.page, SYNC, &run).await, 5_000, "all events are there after a restart");
        sync_now(&second.page).await;
        let run = finished(&second.page, SYNC, 2).await;
        assert_eq!(counts(&run), (5_000, 0, 0), "nothing changed, so nothing is sent: {run}");

        let changed = change_three_rows(&desk);
        sync_now(&second.page).await;
        let run = finished(&second.page, SYNC, 3).await;
        assert_eq!(counts(&run), (5_000, 3, 0), "three rows changed, so three are sent: {run}");
        let mut sent = payloads(&second.page, SYNC, run["run"].as_i64()).await;
        sent.sort_by_key(|payload| payload["traits"]["lead_id"].to_string());
        let organisations: Vec<_> =
            sent.iter().map(|payload| payload["traits"]["organisation"].clone()).collect();
        assert_eq!(organisations, changed, "the changed rows, and no others, with their new values");
        second.quit().await;
    });
}

/// Clicks through the wizard: leaves one column out, renames one, adds a constant. Answers with the payload shown.
async fn set_up(page: &Page) -> Value {
    page.click("button", "Try it with sample data…").await;
    ready(page, "Which rows?").await;
    page.click("button", "Continue…").await;

    shape_payload(page).await;
    page.click("button", "Reveal").await;
    page.reads("Personal data shown for this row").await;
    page.shot("05-payload-revealed").await;
    let shaped = page.json_in("Payload of one row").await;
    page.click("button", "Continue…").await;

    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;

    page.find("heading", "Where should it go?").await;
    page.click("radio", "Practice CRM…").await;
    page.click("button", "Continue…").await;
    page.reads("What to do").await;
    page.click("button", "Continue…").await;

    page.find("heading", "Before the first run").await;
    page.find("button", "Sync 5,000 records…").await;
    page.click("button", "Sync 5,000 records…").await;
    page.find("heading", &format!("{SYNC}…")).await;
    page.shot("09-running").await;
    shaped
}

/// The live events show the edited payloads, and nothing else was in them.
async fn see_events(page: &Page, shaped: &Value) {
    page.click("link", "Live events").await;
    page.reads("Delivered").await;
    let shown: Vec<String> = keys(&shaped["traits"]);
    assert!(shown.contains(&"organisation".to_owned()) && shown.contains(&"origin".to_owned()), "{shaped}");
    assert!(!shown.contains(&"company".to_owned()) && !shown.contains(&"country".to_owned()), "{shaped}");
    let first = shaped["traits"]["lead_id"].as_str().expect("the row's key");
    assert_eq!(
        payloads_of_key(page, SYNC, first).await,
        std::slice::from_ref(shaped),
        "the row was sent as the preview showed it"
    );
    let sent = payloads(page, SYNC, None).await;
    assert_eq!(sent.len(), 100);
    for payload in &sent {
        assert_eq!(keys(&payload["traits"]), shown, "every payload has the keys that were shaped");
        assert_eq!(payload["traits"]["origin"], "warehouse");
    }
}

/// Changes the company of three leads in the warehouse itself; answers with the new values, by lead.
fn change_three_rows(desk: &Desk) -> Vec<Value> {
    let warehouse =
        rusqlite::Connection::open(desk.home().join("sample.sqlite")).expect("the sample warehouse");
    let three = "select lead_id from leads order by lead_id limit 3";
    let changed = warehouse
        .execute(&format!("update leads set company = company || ' Ltd' where lead_id in ({three})"), []);
    assert_eq!(changed.expect("rows change"), 3);
    let mut rows = warehouse.prepare("select company from leads order by lead_id limit 3").expect("a query");
    let values = rows.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    values.map(|company| Value::from(company.expect("a company"))).collect()
}
