//! A run that would do more harm than usual is looked at, then dropped or approved.

use serde_json::json;

use crate::accessibility::look;
use crate::desk::{Desk, on_a_desk};
use crate::journal::{counts, finished, open_sync, sample_to_practice, sync_now};
use crate::page::{Page, key};

const SYNC: &str = "Contacts";

#[test]
fn a_mass_removal_is_shown_record_by_record_and_happens_only_when_somebody_says_so() {
    on_a_desk("held", async |desk| {
        let sluice = desk.start().await;
        let page = &sluice.page;
        let mut found = String::new();
        set_up(page).await;
        assert_eq!(counts(&finished(page, SYNC, 1).await), (5_000, 5_000, 0));
        lose_rows(&desk);

        open_sync(page, SYNC).await;
        sync_now(page).await;
        page.reads("800 of 5,000 records of “Contacts” would be removed.").await;
        look(page, "sync with a held run", &mut found).await;
        page.click("tab", "Brakes").await;
        page.find("button", "Save brakes").await;
        look(page, "brakes", &mut found).await;
        page.click("tab", "Runs").await;
        page.click("button", "Look at 800 changes").await;
        page.find("heading", "Contacts…").await;
        page.reads("Sending sends exactly what is listed here").await;
        page.find("gridcell", "LEAD-00001…").await;
        look(page, "held run", &mut found).await;
        page.click("button", "Drop").await;
        page.click("button", "Drop the run").await;
        let dropped = finished(page, SYNC, 2).await;
        assert_eq!((&dropped["status"], &dropped["sent"]), (&"cancelled".into(), &0.into()), "{dropped}");

        page.find("button", "Sync now…").await;
        sync_now(page).await;
        page.click("button", "Look at 800 changes").await;
        page.click("button", "Send 800 records").await;
        page.find("alertdialog", "Send 800 records?").await;
        page.reads("800 records are deleted in Practice CRM.").await;
        look(page, "question before a held run is sent", &mut found).await;
        // The button behind the question has the same name.
        page.tab_to("Send 800 records").await;
        page.press(key::ENTER).await;
        let run = finished(page, SYNC, 3).await;
        assert_eq!(counts(&run), (4_200, 800, 0), "{run}");
        assert_eq!(run["removed"], 800, "{run}");
        assert!(found.is_empty(), "{found}");
        sluice.quit().await;
    });
}

/// Leads become contacts of the practice CRM, which are deleted when their rows are gone.
async fn set_up(page: &Page) {
    let field = |column: &str, key: &str| json!({ "value": { "type": "column", "column": column }, "key": key, "null": "send" });
    let definition = json!({
        "name": SYNC, "from": "Sample data", "key": ["lead_id"], "to": "Practice CRM",
        "query": { "type": "table", "schema": "analytics", "name": "lead_scores" },
        "shape": { "type": "record", "object": "contacts", "match_field": "email" },
        "mode": "mirror", "removed": "delete", "identifiers": {}, "schedule": { "type": "manual" },
        "fields": [field("email", "email"), field("full_name", "full_name"), field("lead_score", "lead_score")],
    });
    sample_to_practice(page, &definition).await;
}

/// 800 leads vanish from the warehouse.
fn lose_rows(desk: &Desk) {
    let warehouse =
        rusqlite::Connection::open(desk.home().join("sample.sqlite")).expect("the sample warehouse");
    let some = "select lead_id from leads order by lead_id limit 800";
    let gone = warehouse.execute(&format!("delete from leads where lead_id in ({some})"), []);
    assert_eq!(gone.expect("rows go"), 800);
}
