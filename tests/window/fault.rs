//! A fault from end to end: what happened, the one thing to do about it, and on from there.

use crate::accessibility::look;
use crate::desk::on_a_desk;
use crate::journal::{counts, finished, ready, to_rudderstack};
use crate::page::Page;
use crate::recorder::Recorder;

const SYNC: &str = "Visitors";
const OLD_KEY: &str = "2oldWriteKeyThatWasRevoked";
const NEW_KEY: &str = "2newWriteKeyOfTheSource";

/// What a data plane says that can not take more for ten minutes, and one that does not know the key.
const LATER: &str = "429 Too Many Requests\r\nretry-after: 600\r\ncontent-length: 5\r\n\r\nLater";
const NOT_YOU: &str =
    "401 Unauthorized\r\ncontent-type: text/plain\r\ncontent-length: 17\r\n\r\nInvalid write key";

#[test]
fn a_refused_key_needs_the_user_and_the_sync_goes_on_once_it_is_mended() {
    on_a_desk("refused key", async |desk| {
        let plane = Recorder::start().await;
        plane.refuse(Some(LATER));
        let sluice = desk.start().await;
        let page = &sluice.page;
        let mut found = String::new();
        set_up(page, &plane.address).await;
        let run = finished(page, SYNC, 1).await;
        assert_eq!((&run["status"], &run["waiting"]), (&"waiting".into(), &600.into()), "{run}");
        page.reads("Waiting to try again").await;
        look(page, "sync that waits", &mut found).await;

        plane.refuse(Some(NOT_YOU));
        page.click("button", "Sync now").await;
        let run = finished(page, SYNC, 2).await;
        assert_eq!((&run["status"], &run["delivered"]), (&"failed".into(), &0.into()), "{run}");
        assert_eq!(run["waiting"], 600, "every record is kept: {run}");
        page.reads("RudderStack does not know this write key.").await;
        look(page, "sync that needs you", &mut found).await;

        page.click("link", "Home…").await;
        page.reads("Visitors needs you.").await;
        assert_eq!(page.buttons_in("alert").await, ["Enter new credentials"], "one thing to do");
        look(page, "home with a sync that needs you", &mut found).await;
        page.click("button", "Enter new credentials").await;
        page.find("heading", "RudderStack").await;
        page.click("button", "Replace: Write key").await;
        page.fill("Write key", NEW_KEY).await;
        plane.refuse(None);
        page.click("button", "Save").await;
        page.click("button", "Sync now").await;

        let run = finished(page, SYNC, 3).await;
        assert_eq!(counts(&run), (600, 600, 0), "{run}");
        assert_eq!(plane.events().len(), 600, "each record arrived once");
        page.click("link", "Home…").await;
        page.reads("Healthy").await;
        assert!(!page.everything().await.contains("needs you"), "nothing is left to do");
        assert!(found.is_empty(), "{found}");
        sluice.quit().await;
    });
}

/// Clicks through the wizard from the sample to a data plane that does not know the key.
async fn set_up(page: &Page, plane: &str) {
    page.click("button", "Try it with sample data…").await;
    page.find("heading", "Which rows?").await;
    page.click("gridcell", "visitors…").await;
    ready(page, "Which rows?").await;
    page.click("button", "Continue…").await;
    ready(page, "Shape the payload").await;
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;
    to_rudderstack(page, plane, OLD_KEY).await;
    page.click("button", "Sync 600 records…").await;
    page.find("heading", &format!("{SYNC}…")).await;
}
