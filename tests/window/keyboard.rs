//! The main job without a mouse: from the first start to the first sync, and from a refused record to its correction.

use serde_json::Value;

use crate::desk::{Desk, on_a_desk};
use crate::journal::{counts, finished, ready};
use crate::page::{Page, key};

/// No address: the practice CRM refuses it.
const WRONG: &str = "ana at example";
const RIGHT: &str = "ana@example.com";

#[test]
fn the_keyboard_alone_gets_through_the_main_job() {
    on_a_desk("keyboard", async |desk| {
        let sluice = desk.start().await;
        let page = &sluice.page;
        page.find("button", "Try it with sample data…").await;
        page.tab_to("Try it with sample data").await;
        page.press(key::ENTER).await;
        for step in ["Which rows?", "Shape the payload", "When should it run?"] {
            ready(page, step).await;
            page.tab_to("Continue").await;
            page.press(key::ENTER).await;
        }
        page.find("heading", "Where should it go?").await;
        page.find("radio", "Practice CRM…").await;
        page.tab_to_role("radio").await;
        for _ in 0..10 {
            if page.focused().await.contains("Practice CRM") {
                break;
            }
            page.press(key::DOWN).await;
        }
        page.press(key::SPACE).await;
        page.tab_to("Continue").await;
        page.press(key::ENTER).await;
        page.reads("What to do").await;
        page.tab_to("Continue").await;
        page.press(key::ENTER).await;
        page.find("button", "Sync 5,000 records…").await;
        page.tab_to("Sync 5,000 records").await;
        page.press(key::ENTER).await;
        page.find("heading", "Lead scores…").await;
        let run = finished(page, "Lead scores", 1).await;
        assert_eq!(counts(&run).1, 5_000, "{run}");

        add_a_lead(&desk);
        page.tab_to("Sync now").await;
        page.press(key::ENTER).await;
        let run = finished(page, "Lead scores", 2).await;
        assert_eq!((&run["rejected"], &run["delivered"]), (&1.into(), &0.into()), "{run}");
        open_the_refused(page).await;
        correct_it(page).await;
        let run = finished(page, "Lead scores", 3).await;
        assert_eq!((&run["trigger"], &run["delivered"]), (&"replay".into(), &1.into()), "{run}");
        sluice.quit().await;
    });
}

/// A lead comes that has no address in its place.
fn add_a_lead(desk: &Desk) {
    let warehouse =
        rusqlite::Connection::open(desk.home().join("sample.sqlite")).expect("the sample warehouse");
    let added = format!(
        "create temp table added as select * from leads limit 1;
         update added set lead_id = 'LEAD-90000', user_id = 'u_90000', email = '{WRONG}';
         insert into leads select * from added;"
    );
    warehouse.execute_batch(&added).expect("a row more");
}

/// Finds the refused record in the live events by a filter that is typed, and opens it.
async fn open_the_refused(page: &Page) {
    page.tab_to("Live events").await;
    page.press(key::ENTER).await;
    page.find("heading", "Live events").await;
    page.press("/").await;
    page.press("status:rejected").await;
    page.press(key::ENTER).await;
    let alone = "return document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === '2'";
    page.wait("one event is refused", alone, &[]).await;
    page.press(key::ESCAPE).await;
    page.tab_to("Events, newest first").await;
    page.press(key::DOWN).await;
    page.press(key::ENTER).await;
    page.find("button", "Fix and send again").await;
}

/// Corrects the address in what was sent, and sends it.
async fn correct_it(page: &Page) {
    page.tab_to("Fix and send again").await;
    page.press(key::ENTER).await;
    page.find("textbox", "What is sent…").await;
    page.tab_to("What is sent").await;
    let sent: Value = page.script("return document.activeElement.value", &[]).await;
    let sent = sent.as_str().expect("a payload");
    assert!(sent.contains(WRONG), "{sent}");
    page.press(&format!("{}a{}", key::CONTROL, key::NULL)).await;
    page.press(&sent.replace(WRONG, RIGHT)).await;
    page.tab_to("Send it corrected").await;
    page.press(key::ENTER).await;
}
