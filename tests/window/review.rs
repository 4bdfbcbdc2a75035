//! A run is looked at before it sends: groups, the report of the fields, a filter, a search; then exactly that is sent.

use serde_json::json;

use crate::accessibility::look;
use crate::desk::{Desk, on_a_desk};
use crate::journal::{counts, finished, open_sync, sample_to_practice};
use crate::page::{Page, key};

const SYNC: &str = "Contacts";

#[test]
fn what_was_looked_at_first_is_what_is_sent() {
    on_a_desk("review", async |desk| {
        let sluice = desk.start().await;
        let page = &sluice.page;
        let mut found = String::new();
        set_up(page).await;
        assert_eq!(counts(&finished(page, SYNC, 1).await), (5_000, 5_000, 0));
        edit_rows(&desk);

        open_sync(page, SYNC).await;
        page.click("button", "Look first").await;
        page.reads("Sending sends exactly what is listed here").await;
        page.click("radio", "Update…").await;
        page.reads("The first 200 of 800").await;
        page.shot("53-review-groups").await;
        look(page, "review of every record", &mut found).await;

        fields(page, &mut found).await;
        one_record(page, &mut found).await;
        let held = finished(page, SYNC, 2).await;
        assert_eq!((&held["status"], &held["sent"]), (&"held".into(), &0.into()), "{held}");

        page.click("button", "Send 800 records").await;
        page.find("dialog", "Send 800 records?").await;
        // The button behind the question has the same name.
        page.tab_to("Send 800 records").await;
        page.press(key::ENTER).await;
        page.find("table", "Runs").await;
        let run = finished(page, SYNC, 2).await;
        assert_eq!(counts(&run), (5_000, 800, 0), "{run}");
        assert_eq!(run["changed"], 800, "{run}");
        assert!(found.is_empty(), "{found}");
        sluice.quit().await;
    });
}

/// From the groups to the report of the fields, and from a number in it to its records.
async fn fields(page: &Page, found: &mut String) {
    page.click("tab", "Fields…").await;
    page.find("grid", "Fields").await;
    page.find("button", "120, Would change: show records of company").await;
    page.shot("54-review-fields").await;
    look(page, "report of the fields", found).await;
    page.click("button", "800, Would change: show records of full_name").await;
    page.find("grid", "All").await;
    page.click("button", "Show the records of every field").await;
}

/// The records in which one field changes, one of them by its key, and what stands there.
async fn one_record(page: &Page, found: &mut String) {
    page.click("button", "Field…").await;
    page.click("menuitemradio", "company…").await;
    page.reads("All 120").await;
    page.fill("Find a key or value", "LEAD-00007").await;
    let alone = "return document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === '2'";
    page.wait("one record is found", alone, &[]).await;
    page.click("gridcell", "LEAD-00007…").await;
    page.reads("There now").await;
    page.reads("Looked Ltd").await;
    look(page, "one record of a review", found).await;
}

/// Leads become leads of the practice CRM.
async fn set_up(page: &Page) {
    let field = |column: &str| json!({ "value": { "type": "column", "column": column }, "key": column, "null": "send" });
    let definition = json!({
        "name": SYNC, "from": "Sample data", "key": ["lead_id"], "to": "Practice CRM",
        "query": { "type": "table", "schema": "analytics", "name": "lead_scores" },
        "shape": { "type": "record", "object": "leads", "match_field": "lead_id" },
        "mode": "upsert", "removed": "nothing", "identifiers": {}, "schedule": { "type": "manual" },
        "fields": [field("lead_id"), field("email"), field("full_name"), field("company")],
    });
    sample_to_practice(page, &definition).await;
}

/// 800 leads get another name, and the first 120 of them another company.
fn edit_rows(desk: &Desk) {
    let warehouse =
        rusqlite::Connection::open(desk.home().join("sample.sqlite")).expect("the sample warehouse");
    for (change, leads) in [("first_name = 'Looked'", 800), ("company = 'Looked Ltd'", 120)] {
        let some = format!("select lead_id from leads order by lead_id limit {leads}");
        let edited = warehouse.execute(&format!("update leads set {change} where lead_id in ({some})"), []);
        assert_eq!(edited.expect("rows change"), leads);
    }
}
