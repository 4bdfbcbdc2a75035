//! Snowflake, BigQuery and Redshift from the first click to live events, each on its stand-in.

use std::process::Command;

use crate::bqemulator_server::BigQueryServer;
use crate::desk::{Desk, on_a_desk};
use crate::fakesnow_server::Fakesnow;
use crate::journal::{counts, finished, keys, open_sync, ready, shape_payload, sync_now, to_rudderstack};
use crate::page::{Page, key};
use crate::recorder::Recorder;
use crate::redshift_server::RedshiftServer;

const SYNC: &str = "leads";
const WRITE_KEY: &str = "2abcWriteKeyOfTheTest9xyz";
const PASSWORD: &str = "reader-Passw0rd-of-the-test";

#[test]
fn snowflake_to_live_events() {
    let Some(server) = Fakesnow::shared() else { return };
    on_a_desk("Snowflake to live events", async |desk| {
        let rows = "create table PUBLIC.\"leads\" as select i as \"id\", 'u' || i as \"user_id\", \
            'person' || i || '@example.com' as \"email\", 'Company ' || i as \"company\", 'NL' as \"country\", i * 5 as \"score\" \
            from (select seq8() + 1 as i from table(generator(rowcount => 20)))";
        server.sql("SHOP", &[rows]).await;
        let key = private_key();
        let url = server.url();
        let form = async |page: &Page| {
            page.fill("Paste a URL or a connection string", "https://app.snowflake.com/myorg/account1").await;
            page.press(key::ENTER).await;
            page.reads("Filled").await;
            page.fill("User", "SLUICE").await;
            page.fill("Database", "SHOP").await;
            page.fill("Private key", &key).await;
            page.fill("Address", &url).await;
        };
        let change = async || {
            server
                .sql("SHOP", &["update PUBLIC.\"leads\" set \"score\" = 1000 where \"id\" in (3, 7, 11)"])
                .await;
        };
        let secret = key.lines().nth(3).expect("a key has lines").to_owned();
        connection_to_events(&desk, "Snowflake", form, change, &secret).await;
    });
}

#[test]
fn bigquery_to_live_events() {
    let Some(server) = BigQueryServer::shared() else { return };
    on_a_desk("BigQuery to live events", async |desk| {
        server.dataset("analytics");
        server.sql(
            "create table analytics.leads as select i as id, concat('u', cast(i as string)) as user_id, \
            concat('person', cast(i as string), '@example.com') as email, concat('Company ', cast(i as string)) as company, \
            'NL' as country, i * 5 as score from unnest(generate_array(1, 20)) as i",
        );
        let form = async |page: &Page| {
            page.fill("Project", "demo").await;
            page.fill("Address", &server.url).await;
            page.fill("Storage address", &server.storage_url).await;
        };
        let change = async || {
            server.sql("update analytics.leads set score = 1000 where id in (3, 7, 11)");
        };
        connection_to_events(&desk, "BigQuery", form, change, WRITE_KEY).await;
    });
}

#[test]
fn redshift_to_live_events() {
    let Some(server) = RedshiftServer::shared() else { return };
    on_a_desk("Redshift to live events", async |desk| {
        server.sql(
            "postgres",
            &format!("create role window_reader login password '{PASSWORD}'; create database shop"),
        );
        server.sql(
            "shop",
            "create table leads as select n as id, 'u' || n as user_id, 'person' || n || '@example.com' as email, \
            'Company ' || n as company, 'NL' as country, n * 5 as score from generate_series(1, 20) n; \
            grant select on leads to window_reader",
        );
        let address =
            format!("jdbc:redshift://127.0.0.1:{}/shop?user=window_reader&sslmode=disable", server.port);
        let form = async |page: &Page| {
            page.fill("Paste a URL or a connection string", &address).await;
            page.press(key::ENTER).await;
            page.reads("Filled").await;
            page.fill("Password", PASSWORD).await;
        };
        let change = async || {
            server.sql("shop", "update leads set score = 1000 where id in (3, 7, 11)");
        };
        connection_to_events(&desk, "Amazon Redshift", form, change, PASSWORD).await;
    });
}

/// Clicks through the wizard with a warehouse that `form` fills in, sends twenty rows, changes three with `change` and
/// sends those; `secret` of its form is in the keychain and nowhere else.
async fn connection_to_events(
    desk: &Desk,
    label: &str,
    form: impl AsyncFnOnce(&Page),
    change: impl AsyncFnOnce(),
    secret: &str,
) {
    let plane = Recorder::start().await;
    let running = desk.start().await;
    let page = &running.page;
    page.click("button", "Connect your warehouse…").await;
    page.find("heading", "Where are the rows?").await;
    page.click("radio", &format!("{label}…")).await;
    page.click("button", "Continue…").await;
    page.find("heading", &format!("Connect to {label}")).await;
    form(page).await;
    page.fill("Name", "Shop").await;
    page.click("button", "Test connection…").await;
    page.reads("Passed").await;
    let picture = label.rsplit(' ').next().unwrap_or(label).to_lowercase();
    page.shot(&format!("20-{picture}-connection")).await;
    page.click("button", "Continue…").await;

    page.find("heading", "Which rows?").await;
    page.click("gridcell", "leads…").await;
    ready(page, "Which rows?").await;
    page.shot(&format!("21-{picture}-table")).await;
    page.click("button", "Continue…").await;
    shape_payload(page).await;
    page.click("checkbox", "Send id").await;
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;
    to_rudderstack(page, &plane.address, WRITE_KEY).await;
    page.fill("Name of the sync", SYNC).await;
    page.click("button", "Sync 20 records…").await;
    page.find("heading", &format!("{SYNC}…")).await;

    assert_eq!(counts(&finished(page, SYNC, 1).await), (20, 20, 0));
    for event in plane.events() {
        assert_eq!(keys(&event["traits"]), ["email", "organisation", "score", "origin"], "{event}");
    }
    page.click("link", "Live events").await;
    page.reads("Accepted").await;
    page.shot(&format!("22-{picture}-events")).await;

    change().await;
    open_sync(page, SYNC).await;
    sync_now(page).await;
    assert_eq!(counts(&finished(page, SYNC, 2).await), (20, 3, 0), "three rows changed");
    assert!(desk.keychain_secrets().contains(secret), "the keychain has it");
    assert!(!page.everything().await.contains(secret), "the page has a secret");
    running.quit().await;
    assert_eq!(desk.files_with(secret), Vec::<std::path::PathBuf>::new());
}

/// A private key nobody else has, as PEM.
fn private_key() -> String {
    let arguments = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    let made = Command::new("openssl").args(arguments).output().expect("openssl");
    String::from_utf8(made.stdout).expect("PEM")
}
