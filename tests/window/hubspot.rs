//! Who created a workspace is told to HubSpot: from the first click to live events, on HubSpot's stand-in.

use std::path::PathBuf;

use rusqlite::Connection;

use crate::desk::{Desk, on_a_desk};
use crate::hubspot_fake::{Fake, TOKEN};
use crate::journal::{counts, finished, leave_out_refused, open_sync, ready, sync_now};
use crate::page::{Page, key};

const SYNC: &str = "Created a workspace";

#[test]
fn who_created_a_workspace_is_told_to_hubspot() {
    on_a_desk("HubSpot", async |desk| {
        let fake = Fake::unlimited().await;
        let running = desk.start().await;
        let page = &running.page;
        to_hubspot(page).await;
        connect(page, &fake).await;
        map(page).await;
        first_run(page, &desk, &fake).await;
        one_more(page, &desk, &fake).await;

        assert!(desk.keychain_secrets().contains(TOKEN), "the keychain has the key");
        assert!(!page.everything().await.contains(TOKEN), "the page has the key");
        running.quit().await;
        assert_eq!(desk.files_with(TOKEN), Vec::<PathBuf>::new());
    });
}

/// From the sample's workspaces, two columns of which get HubSpot's names, to the form of a HubSpot connection.
async fn to_hubspot(page: &Page) {
    page.click("button", "Try it with sample data…").await;
    ready(page, "Which rows?").await;
    page.click("gridcell", "workspace_created…").await;
    page.reads("No duplicates and no nulls in 1,485 rows").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Shape the payload").await;
    page.click("radio", "Record").await;
    for (column, property) in [("plan", "lifecyclestage"), ("created_at", "workspace_created_at")] {
        page.click("button", &format!("Key of {column} in the payload: {column}")).await;
        let name_and_enter = format!("{property}{}", key::ENTER);
        page.fill(&format!("Key of {column} in the payload"), &name_and_enter).await;
        page.find("button", &format!("Key of {column} in the payload: {property}")).await;
    }
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Where should it go?").await;
    page.click("radio", "HubSpot…").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Connect to HubSpot").await;
}

/// Tests the connection, up to the quota that is left.
async fn connect(page: &Page, fake: &Fake) {
    page.fill("Service key", TOKEN).await;
    page.fill("API address", &fake.url).await;
    page.press(key::TAB).await;
    page.click("button", "Test connection…").await;
    page.reads("Passed").await;
    page.reads("requests left today").await;
    page.shot("40-hubspot-connection").await;
    page.click("button", "Continue…").await;
}

/// Takes the suggestions, sees what HubSpot would refuse before anything is sent, and leaves that out.
async fn map(page: &Page) {
    page.find("grid", "Fields").await;
    page.find("button", "Accept 2 suggestions").await;
    page.shot("41-hubspot-suggestions").await;
    page.click("button", "Accept 2 suggestions").await;
    page.click("button", "Leave them out").await;
    leave_out_refused(page, "lifecyclestage", "plan", "42-hubspot-mismatch").await;
}

/// Every workspace's owner becomes a contact with the property set, a hundred a request, each request and answer shown.
async fn first_run(page: &Page, desk: &Desk, fake: &Fake) {
    let owners = rows(&sample(desk), "select count(*) from workspace_created");
    page.fill("Name of the sync", SYNC).await;
    page.shot("43-hubspot-review").await;
    page.click("button", "Sync 1,…").await;
    assert_eq!(counts(&finished(page, SYNC, 1).await), (owners, owners, 0));
    let contacts = fake.records("contacts");
    assert_eq!(contacts.len() as u64, owners);
    for contact in &contacts {
        let names: Vec<_> = contact.keys().map(String::as_str).collect();
        let expected = ["company", "country", "email", "firstname", "lastname", "workspace_created_at"];
        assert_eq!(names, expected, "{contact:?}");
    }
    assert_eq!(upserts(fake) as u64, owners.div_ceil(100), "a hundred a request");
    see_request(page).await;
    page.shot("44-hubspot-events").await;
}

/// One more workspace is one more contact, and nothing else is sent.
async fn one_more(page: &Page, desk: &Desk, fake: &Fake) {
    let warehouse = sample(desk);
    let owners = rows(&warehouse, "select count(*) from workspace_created");
    let before = upserts(fake);
    let created = warehouse.execute(
        "insert into workspaces select 'ws_new', user_id, 'New', 'free', 1, '2026-11-21T10:00:00Z' from leads
         where user_id not in (select owner_user_id from workspaces) limit 1",
        [],
    );
    assert_eq!(created.expect("a workspace"), 1);
    open_sync(page, SYNC).await;
    sync_now(page).await;
    assert_eq!(counts(&finished(page, SYNC, 2).await), (owners + 1, 1, 0));
    assert_eq!(upserts(fake), before + 1, "one request for one record");
    let contacts = fake.records("contacts");
    let newest = contacts.last().expect("a contact");
    let told = chrono::DateTime::parse_from_rfc3339(&newest["workspace_created_at"]).expect("a moment");
    assert_eq!(told.timestamp(), 1_795_255_200, "{newest:?}");
    see_request(page).await;
}

/// The newest event shows what was asked, without the key, and what HubSpot said of this record.
async fn see_request(page: &Page) {
    page.click("link", "Live events").await;
    page.click("row", "Delivered…").await;
    page.find("region", "Answer for this record").await;
    page.reads("/contacts/batch/upsert").await;
    page.reads("Bearer in keychain").await;
}

/// Requests that wrote contacts.
fn upserts(fake: &Fake) -> usize {
    fake.asked().iter().filter(|asked| asked.path.ends_with("/contacts/batch/upsert")).count()
}

fn sample(desk: &Desk) -> Connection {
    Connection::open(desk.home().join("sample.sqlite")).expect("the sample warehouse")
}

fn rows(warehouse: &Connection, sql: &str) -> u64 {
    warehouse.query_row(sql, [], |row| row.get(0)).expect("a count")
}
