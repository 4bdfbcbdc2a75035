//! A mapping goes wrong: the review shows it, it is sent all the same, and an undo makes the CRM what it was.

use std::path::PathBuf;

use serde_json::json;

use crate::accessibility::look;
use crate::desk::{Desk, on_a_desk};
use crate::journal::{counts, finished, open_sync, ready, sample_to_practice};
use crate::page::{Page, key};

const SYNC: &str = "Contacts";

#[test]
fn what_a_swapped_mapping_wrote_is_taken_back() {
    on_a_desk("undo", async |desk| {
        let sluice = desk.start().await;
        let page = &sluice.page;
        let mut found = String::new();
        set_up(page).await;
        assert_eq!(counts(&finished(page, SYNC, 1).await), (5_000, 5_000, 0));
        let before = contacts(&desk);

        swap(page).await;
        page.find("heading", "Before the next run").await;
        page.click("radio", "Changed…").await;
        page.click("gridcell", "LEAD-00001…").await;
        page.reads("There now").await;
        page.reads("200 to update").await;
        page.shot("50-swapped-review").await;
        look(page, "review of a swapped mapping", &mut found).await;
        page.click("button", "Sync 5,000 records…").await;
        let swapped = finished(page, SYNC, 2).await;
        assert_eq!(counts(&swapped), (5_000, 5_000, 0));
        assert_ne!(contacts(&desk), before, "the CRM has the wrong values now");

        undo(page, &mut found).await;
        let undone = finished(page, SYNC, 3).await;
        assert_eq!(counts(&undone), (5_000, 5_000, 0), "{undone}");
        assert_eq!(contacts(&desk), before, "the CRM is as it was");
        page.reads("Undone").await;
        page.reads("You undid a run").await;
        page.shot("52-undone").await;
        assert!(found.is_empty(), "{found}");
        sluice.quit().await;
    });
}

/// Leads become contacts of the practice CRM.
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

/// The name goes where the company belongs, and the company where the name belongs.
async fn swap(page: &Page) {
    open_sync(page, SYNC).await;
    page.click("button", "Edit").await;
    page.find("heading", "Shape the payload").await;
    for (column, from, to) in [
        ("full_name", "full_name", "swapped"),
        ("company", "company", "full_name"),
        ("full_name", "swapped", "company"),
    ] {
        page.click("button", &format!("Key of {column} in the payload: {from}")).await;
        page.fill(&format!("Key of {column} in the payload"), &format!("{to}{}", key::ENTER)).await;
        page.find("button", &format!("Key of {column} in the payload: {to}")).await;
    }
    ready(page, "Shape the payload").await;
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Where should it go?").await;
    page.click("button", "Continue…").await;
}

/// Undoes the newest run from the sync's page.
async fn undo(page: &Page, found: &mut String) {
    open_sync(page, SYNC).await;
    page.click("button", "Undo the run…").await;
    page.find("alertdialog", "Undo the run of…").await;
    page.find("table", "Record by record").await;
    page.reads("This undo can be undone.").await;
    page.shot("51-undo").await;
    look(page, "question before an undo", found).await;
    page.click("button", "Undo 5,000 records").await;
}

/// Every lead of the practice CRM, by its match value.
fn contacts(desk: &Desk) -> Vec<(String, String)> {
    let file: PathBuf = std::fs::read_dir(desk.home())
        .expect("the data folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            path.file_name().is_some_and(|name| {
                name.to_string_lossy().starts_with("practice-") && name.to_string_lossy().ends_with(".sqlite")
            })
        })
        .expect("the practice CRM");
    let crm = rusqlite::Connection::open(file).expect("the practice CRM opens");
    let mut query = crm
        .prepare("select m.value, r.fields from record r join match_value m on m.record = r.id and m.field = 'lead_id' order by 1")
        .expect("a query");
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.map(|row| row.expect("a record")).collect()
}
