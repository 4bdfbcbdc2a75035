//! Lead scores become leads in Salesforce: from the first click, over a sign-in in the browser, to live events.

use std::path::PathBuf;

use crate::desk::{Desk, on_a_desk};
use crate::journal::{counts, finished, leave_out_refused, open_sync, ready, sync_now};
use crate::page::{Page, key};
use crate::salesforce_fake::Fake;

const SYNC: &str = "Lead scores";

/// What the system calls to open a page: a browser in which somebody signs in and says yes at once.
const BROWSER: &str =
    "#!/bin/sh\nexec curl --silent --location --max-time 20 --output \"$HOME/page.html\" \"$1\"\n";

#[test]
fn lead_scores_become_leads_over_a_sign_in_in_the_browser() {
    on_a_desk("Salesforce", async |desk| {
        let fake = Fake::start().await;
        fake.world().looks = 0;
        desk.install("xdg-open", BROWSER);
        let running = desk.start().await;
        let page = &running.page;
        to_salesforce(page).await;
        sign_in(page, &fake).await;
        let first_token = fake.world().refresh_token.clone();
        map(page).await;
        first_run(page, &fake).await;
        assert_ne!(fake.world().refresh_token, first_token, "each sign-in brings a new refresh token");
        three_changes(page, &desk, &fake).await;

        let refresh = fake.world().refresh_token.clone();
        let access = fake.world().session();
        assert!(desk.keychain_secrets().contains(&refresh), "the newest refresh token is in the keychain");
        for secret in [&refresh, &access, &first_token] {
            assert!(!page.everything().await.contains(secret), "the page has a secret");
        }
        running.quit().await;
        for secret in [&refresh, &access, &first_token] {
            assert_eq!(desk.files_with(secret), Vec::<PathBuf>::new(), "{secret}");
        }
    });
}

/// From the sample's lead scores to the form of a Salesforce connection.
async fn to_salesforce(page: &Page) {
    page.click("button", "Try it with sample data…").await;
    ready(page, "Which rows?").await;
    page.click("button", "Continue…").await;
    ready(page, "Shape the payload").await;
    page.click("radio", "Record").await;
    for (column, field) in [("full_name", "LastName"), ("score_grade", "Rating")] {
        page.click("button", &format!("Key of {column} in the payload: {column}")).await;
        let name_and_enter = format!("{field}{}", key::ENTER);
        page.fill(&format!("Key of {column} in the payload"), &name_and_enter).await;
        page.find("button", &format!("Key of {column} in the payload: {field}")).await;
    }
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Where should it go?").await;
    page.click("radio", "Salesforce…").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Connect to Salesforce").await;
}

/// Signs in in the browser, and tests what that brought.
async fn sign_in(page: &Page, fake: &Fake) {
    page.click("button", "Client credentials…").await;
    page.click("option", "In the browser…").await;
    page.fill("Login address", &fake.url).await;
    page.fill("Consumer key", "WRONG").await;
    page.click("button", "Sign in with the browser").await;
    page.reads("Waiting for your browser").await;
    page.find("button", "Copy the address").await;
    page.shot("30-salesforce-waiting").await;
    page.click("button", "Cancel").await;
    page.fill("Consumer key", "CONSUMER_KEY").await;
    page.click("button", "Sign in with the browser").await;
    page.reads("Signed in, in keychain").await;
    page.click("button", "Test connection…").await;
    page.reads("Passed").await;
    page.reads("requests left").await;
    page.shot("31-salesforce-connection").await;
    page.click("button", "Continue…").await;
}

/// Takes the suggestions, sees what Salesforce would refuse, and leaves that out.
async fn map(page: &Page) {
    page.find("grid", "Fields").await;
    page.find("button", "Accept…").await;
    page.shot("32-salesforce-suggestions").await;
    page.click("button", "Accept…").await;
    page.click("button", "Leave them out").await;
    page.click("button", "Email…").await;
    page.click("option", "Lead ID…").await;
    leave_out_refused(page, "Rating", "score_grade", "33-salesforce-mismatch").await;
}

/// Five thousand records go as one job, which is told before.
async fn first_run(page: &Page, fake: &Fake) {
    page.reads("13 by Bulk API 2.0").await;
    page.reads("0.1%").await;
    page.fill("Name of the sync", SYNC).await;
    page.shot("34-salesforce-review").await;
    page.click("button", "Sync 5,000 records…").await;
    assert_eq!(counts(&finished(page, SYNC, 1).await), (5_000, 5_000, 0));
    assert_eq!(fake.world().leads.len(), 5_000);
    let lead = fake.lead("LEAD-00001").expect("the first lead");
    // A job's file is text: the stand-in keeps its cells as they came.
    let score = lead["Score__c"].as_str().and_then(|score| score.parse::<f64>().ok());
    assert!(score.is_some() && lead["LastName"].is_string(), "{lead:?}");
    page.click("link", "Live events").await;
    page.reads("Delivered").await;
    page.click("row", "Delivered…").await;
    page.reads("/jobs/ingest").await;
    page.shot("35-salesforce-job").await;
}

/// Three changed rows go as one collection, whose request and answer can be read.
async fn three_changes(page: &Page, desk: &Desk, fake: &Fake) {
    let warehouse =
        rusqlite::Connection::open(desk.home().join("sample.sqlite")).expect("the sample warehouse");
    let three = "select lead_id from leads order by lead_id limit 3";
    let renamed = format!("update leads set company = company || ' Ltd' where lead_id in ({three})");
    assert_eq!(warehouse.execute(&renamed, []).expect("rows change"), 3);
    open_sync(page, SYNC).await;
    sync_now(page).await;
    assert_eq!(counts(&finished(page, SYNC, 2).await), (5_000, 3, 0));
    let changed = fake.lead("LEAD-00002").expect("the second lead");
    assert!(changed["Company"].as_str().is_some_and(|company| company.ends_with(" Ltd")), "{changed:?}");
    page.click("link", "Live events").await;
    page.click("row", "Delivered…").await;
    page.find("region", "Answer for this record").await;
    page.reads("/composite/sobjects/Lead/Ext__c").await;
    page.reads("Bearer in keychain").await;
    page.shot("36-salesforce-events").await;
}
