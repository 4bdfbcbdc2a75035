//! The wizard from the first start to the first sync, without a mouse.

use crate::desk::on_a_desk;
use crate::journal::{counts, finished, ready};
use crate::page::key;

#[test]
fn the_keyboard_alone_gets_through_the_wizard() {
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
        let run = finished(page, "Lead scores", 1).await;
        assert_eq!(counts(&run).1, 5_000, "{run}");
    });
}
