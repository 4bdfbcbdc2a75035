//! Requests recorded from vendors' own clients, as judges of ours.
#![allow(dead_code, clippy::unwrap_used, reason = "each test binary uses its own part")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::destination::Destination;
use sluice_engine::sync::Shape;

use crate::fixture::server::{Got, Reply, Server, text};
use crate::fixture::{Row, Standing, answered, row, said, send, try_open};
use crate::prism_server::contract;

/// A destination of `kind` at `url`, with the write key of the recordings.
pub(crate) fn destination(kind: &str, setting: &str, url: &str) -> Box<dyn Destination> {
    let kind = CATALOGUE.iter().find(|one| one.manifest().id == kind).unwrap();
    let clock = Standing::at("2026-11-22T12:00:00Z");
    try_open(*kind, Path::new("/"), clock, &[(setting, url)], &[("write_key", "WRITE_KEY_123")]).unwrap()
}

/// Records with these payloads.
pub(crate) fn rows(payloads: &[&str]) -> Vec<Row> {
    payloads.iter().enumerate().map(|(index, payload)| row(index as u128, payload)).collect()
}

/// What a destination of `kind` sends over the wire for these payloads.
pub(crate) async fn our_request(kind: &str, setting: &str, payloads: &[&str]) -> Got {
    let server = Server::start(vec![text(200, "OK")]).await;
    let destination = destination(kind, setting, &server.url);
    let sent = send(&*destination, &Shape::Identify, &rows(payloads)).await;
    assert!(said(&sent).iter().all(|said| said == "accepted"));
    server.got().remove(0)
}

/// The requests of a recording; `None` where there is none here.
pub(crate) fn recorded(name: &str) -> Option<Vec<Value>> {
    let recording: Value = serde_json::from_slice(&std::fs::read(contract(name)?).unwrap()).unwrap();
    Some(recording["requests"].as_array().unwrap().clone())
}

/// Every path of `value` with its JSON type, but for what is inside of `closed` paths.
pub(crate) fn paths(
    prefix: &str,
    value: &Value,
    closed: &[&str],
    found: &mut BTreeMap<String, &'static str>,
) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(items) => {
            for item in items {
                paths(&format!("{prefix}[]"), item, closed, found);
            }
            "list"
        }
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|_| !closed.contains(&prefix)) {
                let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                paths(&path, member, closed, found);
            }
            "object"
        }
    };
    found.insert(prefix.to_owned(), kind);
}

/// What both sides' bodies differ in: the paths that only they have, those that only we have, and those of other types.
pub(crate) fn differences(
    ours: &Value,
    theirs: &Value,
    closed: &[&str],
) -> (BTreeSet<String>, BTreeSet<String>, Vec<String>) {
    let (mut us, mut them) = (BTreeMap::new(), BTreeMap::new());
    paths("", ours, closed, &mut us);
    paths("", theirs, closed, &mut them);
    let only = |a: &BTreeMap<String, &str>, b: &BTreeMap<String, &str>| -> BTreeSet<String> {
        a.keys().filter(|path| !b.contains_key(*path)).cloned().collect()
    };
    let other_type = us.iter().filter(|(path, kind)| them.get(*path).is_some_and(|theirs| theirs != *kind));
    (only(&them, &us), only(&us, &them), other_type.map(|(path, _)| path.clone()).collect())
}

/// Paths of a list of differences that are meant.
pub(crate) fn listed(list: &[(&str, &str)]) -> BTreeSet<String> {
    list.iter().map(|&(path, _)| path.to_owned()).collect()
}

/// Gives our destination every answer the vendor's client got, and expects the same of it: what that client sent
/// again is to be sent again, after the same wait, and nothing else.
pub(crate) async fn answers_mean_the_same(kind: &str, setting: &str, recording: &str, payload: &str) {
    let Some(requests) = recorded(recording) else { return };
    let ids = |request: &Value| -> Vec<Value> {
        let events = request["body"]["batch"].as_array().unwrap();
        events.iter().map(|event| event["messageId"].clone()).collect()
    };
    for (at, request) in requests.iter().enumerate() {
        let again = requests.get(at + 1).is_some_and(|next| ids(next) == ids(request));
        let answer = &request["answeredByOurCaptureServer"];
        let status = answer["status"].as_u64().unwrap() as u16;
        let wait = answer["headers"]["Retry-After"].as_str();
        let header = wait.map_or_else(String::new, |wait| format!("retry-after: {wait}\r\n"));
        let body = answer["body"].as_str().unwrap().to_owned();
        let reply = Reply::Say(status, "text/plain", header.leak(), body.leak());
        let server = Server::start(vec![reply]).await;
        let destination = destination(kind, setting, &server.url);
        let sent = send(&*destination, &Shape::Identify, &rows(&[payload, payload])).await;
        let (way, error) = answered(&sent);
        let expected = if again {
            "again"
        } else if status == 200 {
            "records"
        } else {
            "refused"
        };
        assert_eq!(way, expected, "{recording}: {status}");
        let seconds = wait.map(|wait| Duration::from_secs(wait.parse().unwrap()));
        assert_eq!(error.and_then(sluice_engine::Error::retry_after), seconds, "{recording}: {status}");
    }
}
