//! PostgreSQL to RudderStack: the same promises as on the sample, and secrets in the keychain and nowhere else.

use serde_json::Value;

use crate::desk::{Desk, on_a_desk};
use crate::journal::{
    counts, finished, keys, open_sync, payloads, ready, shape_payload, sync_now, to_rudderstack,
};
use crate::page::{Page, key};
use crate::postgres_server::PostgresServer;
use crate::recorder::Recorder;

const SYNC: &str = "leads";
const WRITE_KEY: &str = "2abcWriteKeyOfTheTest9xyz";
const PASSWORD: &str = "reader-Passw0rd-of-the-test";

#[test]
fn postgres_to_rudderstack_keeps_secrets_in_the_keychain_alone() {
    let Some(server) = PostgresServer::shared() else { return };
    let database = make_database(server);
    on_a_desk("PostgreSQL to RudderStack", async |desk| {
        let plane = Recorder::start().await;
        let first = desk.start().await;
        set_up(&first.page, server.port, &database, &plane.address).await;
        let run = finished(&first.page, SYNC, 1).await;
        assert_eq!(counts(&run), (20, 20, 0), "{run}");

        let received = plane.events();
        assert_eq!(received.len(), 20);
        for event in &received {
            assert_eq!(keys(&event["traits"]), ["email", "organisation", "score", "origin"], "{event}");
        }
        let shown: Vec<Value> = payloads(&first.page, SYNC, None).await;
        for payload in &shown {
            let traits: Vec<_> = received.iter().map(|event| &event["traits"]).collect();
            assert!(traits.contains(&&payload["traits"]), "live events show what arrived: {payload}");
        }
        assert!(
            plane.requests().iter().all(|request| !request.head.contains(WRITE_KEY)),
            "the key is encoded, never plain"
        );
        first.page.click("link", "Live events").await;
        first.page.reads("Accepted").await;
        secrets_are_in_the_keychain_alone(&desk, &first.page).await;
        first.quit().await;

        let second = desk.start().await;
        open_sync(&second.page, SYNC).await;
        sync_now(&second.page).await;
        let run = finished(&second.page, SYNC, 2).await;
        assert_eq!(counts(&run), (20, 0, 0), "nothing changed: {run}");
        server.sql(&database, "update leads set score = score + 1000 where id in (3, 7, 11)");
        sync_now(&second.page).await;
        let run = finished(&second.page, SYNC, 3).await;
        assert_eq!(counts(&run), (20, 3, 0), "three rows changed: {run}");
        let mut again: Vec<_> = plane.events()[20..].iter().map(|event| event["userId"].clone()).collect();
        again.sort_by_key(ToString::to_string);
        assert_eq!(again, ["u11", "u3", "u7"]);
        secrets_are_in_the_keychain_alone(&desk, &second.page).await;
        second.quit().await;
        assert_eq!(desk.files_with(PASSWORD), Vec::<std::path::PathBuf>::new());
    });
}

async fn secrets_are_in_the_keychain_alone(desk: &Desk, page: &Page) {
    let keychain = desk.keychain_secrets();
    for secret in [PASSWORD, WRITE_KEY] {
        assert!(keychain.contains(secret), "the keychain has it");
        assert!(desk.files_with(secret).is_empty(), "{:?} has a secret", desk.files_with(secret));
        assert!(!page.everything().await.contains(secret), "the page has a secret");
    }
}

fn make_database(server: &PostgresServer) -> String {
    server.sql(
        "postgres",
        &format!("create role reader login password '{PASSWORD}'; create database shop owner postgres;"),
    );
    server.sql(
        "shop",
        "create table leads (id int primary key, user_id text not null, email text, company text, country text, score int);
         insert into leads select n, 'u' || n, 'person' || n || '@example.com', 'Company ' || n, 'NL', n * 5
            from generate_series(1, 20) n;
         grant select on leads to reader;",
    );
    "shop".to_owned()
}

/// Clicks through the wizard with a new warehouse and a new destination.
async fn set_up(page: &Page, port: u16, database: &str, plane: &str) {
    page.click("button", "Connect your warehouse…").await;
    page.find("heading", "Where are the rows?").await;
    page.click("radio", "PostgreSQL…").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Connect to PostgreSQL").await;
    let address = format!("postgresql://reader:{PASSWORD}@127.0.0.1:{port}/{database}?sslmode=disable");
    page.fill("Paste a URL or a connection string", &address).await;
    page.press(key::ENTER).await;
    page.reads("Filled").await;
    page.fill("Name", "Shop").await;
    page.click("button", "Test connection…").await;
    page.reads("Passed").await;
    page.shot("03-credentials").await;
    page.click("button", "Continue…").await;

    page.find("heading", "Which rows?").await;
    page.click("gridcell", "leads…").await;
    ready(page, "Which rows?").await;
    page.click("button", "Continue…").await;
    shape_payload(page).await;
    page.click("checkbox", "Send id").await;
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;

    to_rudderstack(page, plane, WRITE_KEY).await;
    page.fill("Name of the sync", SYNC).await;
    page.click("button", "Sync 20 records…").await;
    page.find("heading", &format!("{SYNC}…")).await;
}
