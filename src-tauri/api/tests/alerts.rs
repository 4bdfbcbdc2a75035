//! Alerts as a front adds, tests and removes them.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use sluice_api::Api;
use sluice_engine::clock::SystemClock;
use sluice_engine::secrets::MemorySecrets;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const PATH: &str = "/hooks/s3cret-path";

fn open(home: &Path) -> Api {
    Api::open_with(home, Arc::new(MemorySecrets::default()), Arc::new(SystemClock)).unwrap()
}

/// A hook that takes everything: its address, and what it got.
async fn hook() -> (String, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}{PATH}", listener.local_addr().unwrap());
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut got = Vec::new();
            // An alert is one JSON object: it is whole with its last brace.
            while !got.ends_with(b"}") && stream.read_buf(&mut got).await.unwrap() > 0 {}
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
            stream.write_all(answer.as_bytes()).await.unwrap();
            sender.send(String::from_utf8(got).unwrap()).unwrap();
        }
    });
    (address, receiver)
}

fn by_hook(name: &str, address: Option<&str>) -> Value {
    json!({
        "id": null,
        "name": name,
        "kind": "webhook",
        "settings": { "allow_private": "yes" },
        "secret": address,
        "syncs": null,
        "rules": { "failed": true, "held": true, "rejected": 10, "rejected_percent": null, "silent_hours": 26 },
    })
}

/// Whether anything in the folder has `text` in it.
fn is_in_folder(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_in_folder(&path, text);
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_is_added_tested_and_removed_and_its_address_stays_in_the_keychain() {
    let home = TempDir::new().unwrap();
    let api = open(home.path());
    let (address, mut got) = hook().await;
    let saved = api.dispatch("alert_save", by_hook("Operations", Some(&address))).await.unwrap();
    assert_eq!(saved["settings"], json!({ "allow_private": "yes", "host": "127.0.0.1" }));
    assert_eq!(saved["secret"], json!({ "state": "saved" }));
    api.dispatch("alert_test", saved["id"].clone()).await.unwrap();
    let request = got.recv().await.unwrap();
    assert!(request.starts_with(&format!("POST {PATH} ")), "{request}");
    assert!(request.contains(r#""event":"test""#), "{request}");

    let listed = api.dispatch("alerts", Value::Null).await.unwrap();
    assert_eq!(listed, json!([saved]));
    assert!(!listed.to_string().contains("s3cret"));
    assert!(!is_in_folder(home.path(), "s3cret"));

    let mut changed = by_hook("On call", None);
    changed["id"] = saved["id"].clone();
    changed["rules"]["rejected"] = Value::Null;
    let changed = api.dispatch("alert_save", changed).await.unwrap();
    assert_eq!((&changed["name"], &changed["rules"]["rejected"]), (&json!("On call"), &Value::Null));
    api.dispatch("alert_test", changed["id"].clone()).await.unwrap();
    assert!(got.recv().await.is_some(), "the address is still known");

    api.dispatch("alert_delete", changed["id"].clone()).await.unwrap();
    assert_eq!(api.dispatch("alerts", Value::Null).await.unwrap(), json!([]));
    let gone = api.dispatch("alert_test", changed["id"].clone()).await.unwrap_err();
    assert_eq!(gone.kind, "unknown_name");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_could_be_sent_with_is_refused_and_not_kept() {
    let home = TempDir::new().unwrap();
    let api = open(home.path());
    let mut unknown = by_hook("Operations", Some("https://example.com/hook"));
    unknown["syncs"] = json!(["nobody"]);
    for (input, kind) in [
        (by_hook(" ", Some("https://example.com/hook")), "bad_settings"),
        (by_hook("Operations", None), "secret_missing"),
        (by_hook("Operations", Some("ftp://example.com")), "bad_settings"),
        (unknown, "unknown_name"),
    ] {
        let refused = api.dispatch("alert_save", input).await.unwrap_err();
        assert_eq!(refused.kind, kind, "{}", refused.message);
    }
    api.dispatch("alert_save", by_hook("Operations", Some("https://example.com/hook"))).await.unwrap();
    let twice = api.dispatch("alert_save", by_hook("Operations", Some("https://example.com/hook"))).await;
    assert_eq!(twice.unwrap_err().kind, "conflict");
    let listed = api.dispatch("alerts", Value::Null).await.unwrap();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_does_not_arrive_stands_with_the_alert() {
    let home = TempDir::new().unwrap();
    let api = open(home.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    drop(listener);
    let saved = api.dispatch("alert_save", by_hook("Operations", Some(&address))).await.unwrap();
    let failed = api.dispatch("alert_test", saved["id"].clone()).await.unwrap_err();
    assert_eq!(failed.kind, "unreachable");
    let listed = api.dispatch("alerts", Value::Null).await.unwrap();
    assert_eq!(listed[0]["problem"]["kind"], "unreachable");
}
