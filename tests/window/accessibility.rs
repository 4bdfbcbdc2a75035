//! Every screen, panel and dialog in both themes: no violation that axe can find.

use std::fmt::Write as _;

use serde_json::json;

use crate::desk::on_a_desk;
use crate::journal::{finished, ready};
use crate::page::{Page, THEMES, key};

#[test]
fn no_screen_has_a_violation_in_either_theme() {
    on_a_desk("accessibility", async |desk| {
        let sluice = desk.start().await;
        let page = &sluice.page;
        let mut found = String::new();
        look(page, "01 first start", &mut found).await;
        page.click("button", "Try it with sample data…").await;
        wizard(page, &mut found).await;
        finished(page, "Lead scores", 2).await;
        look(page, "09 sync", &mut found).await;
        page.click("button", "More…").await;
        page.click("menuitem", "Send every row again…").await;
        page.find("button", "Send every row").await;
        look(page, "question before a full sync", &mut found).await;
        page.press(key::ESCAPE).await;
        more_syncs(page).await;
        places(page, &mut found).await;
        failed_test(page, &mut found).await;
        assert!(found.is_empty(), "{found}");
    });
}

/// The wizard's steps on the sample, to the first run.
async fn wizard(page: &Page, found: &mut String) {
    ready(page, "Which rows?").await;
    look(page, "04 table", found).await;
    page.click("button", "Continue…").await;
    ready(page, "Shape the payload").await;
    look(page, "05 payload", found).await;
    page.click("button", "Constant").await;
    page.find("dialog", "Add a constant").await;
    look(page, "adding a constant", found).await;
    page.press(key::ESCAPE).await;
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    look(page, "schedule by hand", found).await;
    page.click("radio", "At set times on set days…").await;
    page.reads("Next 5 runs").await;
    look(page, "06 schedule", found).await;
    page.click("button", "Continue…").await;
    page.find("heading", "Where should it go?").await;
    page.click("radio", "Practice CRM…").await;
    look(page, "choosing a destination", found).await;
    page.click("button", "Continue…").await;
    page.reads("What to do").await;
    look(page, "07 destination", found).await;
    page.click("button", "Continue…").await;
    page.find("button", "Sync 5,000 records…").await;
    look(page, "08 review", found).await;
    page.click("button", "Send 1 record as a test").await;
    page.find("region", "Answer for this record").await;
    page.find("button", "Sync 4,999 records…").await;
    look(page, "test with one record", found).await;
    page.click("button", "Sync 4,999 records…").await;
    page.find("heading", "Lead scores…").await;
}

/// Home with more than one sync on it.
async fn more_syncs(page: &Page) {
    let sync = |name: &str, table: &str, key: &str, identifiers, to, schedule| {
        let definition = json!({
            "name": name, "from": "Sample data", "query": { "type": "table", "schema": "app", "name": table },
            "key": [key], "to": to, "shape": { "type": "identify" }, "mode": "upsert", "removed": "nothing",
            "identifiers": identifiers, "fields": null, "schedule": schedule,
        });
        json!({ "existing": null, "definition": definition, "draft": null })
    };
    let every = json!({ "type": "every", "minutes": 30 });
    let crm = json!("Practice CRM");
    let visitors = sync(
        "Visitors",
        "visitors",
        "anonymous_id",
        json!({ "anonymous_id": "anonymous_id" }),
        crm.clone(),
        every,
    );
    let owners = json!({ "user_id": "owner_user_id" });
    let owners_sync = sync(
        "Workspace owners",
        "workspaces",
        "workspace_id",
        owners.clone(),
        crm,
        json!({ "type": "manual" }),
    );
    let idle =
        sync("Renewal dates", "workspaces", "workspace_id", owners, json!(null), json!({ "type": "manual" }));
    for wanted in [visitors, owners_sync, idle] {
        page.ask("sync_save", wanted).await;
    }
    for name in ["Visitors", "Workspace owners"] {
        page.ask("sync_now", json!({ "sync": name, "full": false, "approve": true, "review": false })).await;
        finished(page, name, 1).await;
    }
}

/// Every place of the window, with what opens there.
async fn places(page: &Page, found: &mut String) {
    page.click("link", "Home").await;
    page.find("heading", "Home").await;
    look(page, "home", found).await;
    page.click("button", "Search or run…").await;
    page.find("dialog", "…").await;
    look(page, "command palette", found).await;
    page.press(key::ESCAPE).await;
    page.click("link", "Live events").await;
    page.find("heading", "Live events").await;
    look(page, "live events", found).await;
    page.click("row", "Delivered…").await;
    page.find("region", "Answer for this record").await;
    look(page, "event", found).await;
    for tab in ["Summary", "Attempts…"] {
        page.click("tab", tab).await;
        look(page, &format!("event {}", tab.trim_end_matches('…')), found).await;
    }
    page.click("button", "Export…").await;
    page.find("dialog", "Export events").await;
    look(page, "export", found).await;
    page.press(key::ESCAPE).await;
    page.click("link", "Connections").await;
    page.find("heading", "Connections").await;
    look(page, "connections", found).await;
    page.click("button", "More for Practice CRM").await;
    page.click("menuitem", "Delete…").await;
    page.reads("another connection first.").await;
    look(page, "question before a connection is deleted", found).await;
    page.press(key::ESCAPE).await;
    page.click("button", "Settings").await;
    page.find("heading", "Settings").await;
    look(page, "settings", found).await;
}

/// A connection that does not work, and the test that says why.
async fn failed_test(page: &Page, found: &mut String) {
    page.click("link", "Home").await;
    page.click("button", "New sync…").await;
    page.find("heading", "Where are the rows?").await;
    page.click("radio", "PostgreSQL…").await;
    look(page, "02 warehouse", found).await;
    page.click("button", "Continue…").await;
    page.find("heading", "Connect to PostgreSQL").await;
    page.click("button", "Test connection…").await;
    page.reads("fields need you").await;
    look(page, "fields that need you", found).await;
    // Nobody listens at the first port.
    page.fill("Paste a URL or a connection string", "postgresql://reader:secret@127.0.0.1:1/shop").await;
    page.press(key::ENTER).await;
    page.reads("Filled").await;
    page.click("button", "Test connection…").await;
    page.reads("Stopped at step 2 of").await;
    look(page, "failed connection test", found).await;
}

/// Looks at the screen in both themes, and takes its picture.
pub(crate) async fn look(page: &Page, screen: &str, found: &mut String) {
    let name = screen.to_lowercase().replace(' ', "-");
    page.shot(&name).await;
    for theme in THEMES {
        page.dress(theme).await;
        for line in page.violations().await.lines() {
            writeln!(found, "{screen}, {theme}: {line}").expect("text");
        }
    }
    page.undress().await;
}
