//! Our requests to RudderStack before two judges: Prism over the data plane's `OpenAPI` description, and the
//! requests recorded from RudderStack's own SDK.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;
mod prism_server;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fixture::server::{Got, Server, text};
use fixture::{Row, Standing, row, said, send, try_open};
use prism_server::{Prism, contract};
use serde_json::Value;
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::sync::Shape;

const IDENTIFY: &str = r#"{"type":"identify","userId":"u-1","traits":{"email":"ana@example.com","plan":"pro","mrr":12.50,"active":true,"signup":"2024-01-02T03:04:05.000Z","none":null}}"#;
const TRACK: &str = r#"{"type":"track","event":"Row Updated","userId":"u-1","properties":{"id":1,"amount":9007199254740991,"ok":true}}"#;
const ANONYMOUS: &str = r#"{"type":"identify","anonymousId":"a-1","traits":{}}"#;

/// What we send over the wire for these payloads.
async fn our_request(payloads: &[&str]) -> Got {
    let server = Server::start(vec![text(200, "OK")]).await;
    let kind = CATALOGUE.iter().find(|kind| kind.manifest().id == "rudderstack").unwrap();
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let settings = [("data_plane_url", server.url.as_str())];
    let plane = try_open(*kind, Path::new("/"), clock, &settings, &[("write_key", "WRITE_KEY_123")]).unwrap();
    let rows: Vec<Row> =
        payloads.iter().enumerate().map(|(index, payload)| row(index as u128, payload)).collect();
    assert!(said(&send(&*plane, &Shape::Identify, &rows).await).iter().all(|said| said == "accepted"));
    server.got().remove(0)
}

#[tokio::test]
async fn prism_finds_nothing_wrong_with_our_requests() {
    let Some(document) = contract("rudderstack/gateway-openapi.yaml") else { return };
    let Some(prism) = Prism::start(&document).await else { return };
    let judge = async |request: &Got| prism.judge(&request.head, &request.body).await;
    for payloads in [&[IDENTIFY][..], &[TRACK], &[ANONYMOUS], &[IDENTIFY, TRACK, ANONYMOUS]] {
        let answer = judge(&our_request(payloads).await).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(!answer.to_lowercase().contains("sl-violations"), "{answer}");
    }
    // The judge is awake: it refuses what is wrong.
    let mut wrong = our_request(&[r#"{"type":"identify","userId":17,"traits":{}}"#]).await;
    assert!(!judge(&wrong).await.starts_with("HTTP/1.1 200"));
    wrong = our_request(&[IDENTIFY]).await;
    wrong.head = wrong
        .head
        .lines()
        .filter(|line| !line.to_lowercase().starts_with("authorization"))
        .collect::<Vec<_>>()
        .join("\r\n");
    assert!(judge(&wrong).await.starts_with("HTTP/1.1 401"));
}

/// What the SDK sends and we do not, with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "batch[].context",
        "a copy of the traits, and the library's name: we have none to add, and it would double the bytes",
    ),
    ("batch[]._metadata", "the version of Node.js"),
    ("batch[].originalTimestamp", "the time of the call; ours is `timestamp`, when the read was sealed"),
    ("batch[].sentAt", "would differ in a repeat, whose bytes are to be the same"),
    ("sentAt", "would differ in a repeat, whose bytes are to be the same"),
    ("timestamp", "the time of sending, as above"),
];

/// What we send and the SDK does not, with the reason.
const ADDED: &[(&str, &str)] = &[(
    "batch[].timestamp",
    "documented in the OpenAPI description; the gateway would else take the time of arrival",
)];

/// Every path of `value` with its JSON type, but for what is inside `context` and `_metadata`.
fn paths(prefix: &str, value: &Value, found: &mut BTreeMap<String, &'static str>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(items) => {
            for item in items {
                paths(&format!("{prefix}[]"), item, found);
            }
            "list"
        }
        Value::Object(members) => {
            if prefix != "batch[].context" && prefix != "batch[]._metadata" {
                for (name, member) in members {
                    let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                    paths(&path, member, found);
                }
            }
            "object"
        }
    };
    found.insert(prefix.to_owned(), kind);
}

#[tokio::test]
async fn our_requests_have_the_shape_of_the_sdks() {
    let Some(recording) = contract("rudderstack/capture-sdk-node-plain.json") else { return };
    let recording: Value = serde_json::from_slice(&std::fs::read(recording).unwrap()).unwrap();
    for (theirs, payload) in recording["requests"].as_array().unwrap().iter().zip([IDENTIFY, TRACK]) {
        let ours = our_request(&[payload]).await;
        assert_eq!(ours.line(), format!("POST {} HTTP/1.1", theirs["path"].as_str().unwrap()));
        for header in ["Authorization", "Content-Type"] {
            assert_eq!(ours.header(header), theirs["headers"][header].as_str());
        }
        let body: Value = serde_json::from_slice(&ours.body).unwrap();
        let (mut us, mut them) = (BTreeMap::new(), BTreeMap::new());
        paths("", &body, &mut us);
        paths("", &theirs["body"], &mut them);
        let only = |a: &BTreeMap<String, &str>, b: &BTreeMap<String, &str>| -> BTreeSet<String> {
            a.keys().filter(|path| !b.contains_key(*path)).cloned().collect()
        };
        let listed =
            |list: &[(&str, &str)]| list.iter().map(|&(path, _)| path.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(only(&them, &us), listed(LEFT_OUT));
        assert_eq!(only(&us, &them), listed(ADDED));
        let other_type: Vec<_> =
            us.iter().filter(|(path, kind)| them.get(*path).is_some_and(|theirs| theirs != *kind)).collect();
        assert!(other_type.is_empty(), "{other_type:?}");
        let event = |body: &Value, member: &str| body["batch"][0][member].clone();
        for member in ["type", "userId", "event", "traits", "properties", "channel"] {
            assert_eq!(event(&body, member), event(&theirs["body"], member), "{member}");
        }
    }
}
