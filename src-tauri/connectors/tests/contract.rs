//! What every destination in the catalogue has to keep, whichever it is.

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;

use std::path::Path;

use fixture::server::{Server, text};
use fixture::{Row, Standing, row, send, try_open};
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::destination::{Answer, Destination, DestinationKind, Outcome};
use sluice_engine::manifest::Accepts;
use sluice_engine::sync::Shape;
use tempfile::TempDir;

const SECRET: &str = "s3cr3t-that-nobody-may-see";

/// Settings under which a destination works here, by its keys.
fn setting<'a>(key: &str, folder: &'a str, url: &'a str) -> Option<&'a str> {
    match key {
        "folder" => Some(folder),
        "data_plane_url" | "url" => Some(url),
        _ => None,
    }
}

fn open(kind: &dyn DestinationKind, home: &Path, url: &str) -> Box<dyn Destination> {
    let folder = home.to_str().unwrap();
    let settings: Vec<_> = kind
        .manifest()
        .settings
        .iter()
        .filter(|one| !one.secret)
        .filter_map(|one| Some((one.key, setting(one.key, folder, url)?)))
        .collect();
    let secrets: Vec<_> =
        kind.manifest().settings.iter().filter(|one| one.secret).map(|one| (one.key, SECRET)).collect();
    try_open(kind, home, Standing::at("2026-11-22T12:00:00Z"), &settings, &secrets).unwrap()
}

fn shapes(accepts: Accepts) -> Vec<Shape> {
    let record = Shape::Record { object: "leads".to_owned(), match_field: "lead_id".to_owned() };
    match accepts {
        Accepts::Events => vec![Shape::Identify],
        Accepts::Records => vec![record],
        Accepts::Both => vec![Shape::Identify, record],
    }
}

/// Two good records and one without anybody in it.
fn rows(shape: &Shape) -> Vec<Row> {
    let payloads = match shape {
        Shape::Record { .. } => [
            r#"{"lead_id":"1","email":"a@example.com"}"#,
            r#"{"lead_id":"2","email":"b@example.com"}"#,
            r#"{"lead_id":null}"#,
        ],
        Shape::Identify | Shape::Track(_) => [
            r#"{"type":"identify","userId":"1","traits":{"email":"a@example.com"}}"#,
            r#"{"type":"identify","userId":"2","traits":{}}"#,
            r#"{"type":"identify","traits":{}}"#,
        ],
    };
    let base = if matches!(shape, Shape::Record { .. }) { 100 } else { 200 };
    payloads.iter().enumerate().map(|(index, payload)| row(base + index as u128, payload)).collect()
}

#[test]
fn manifests_are_fit_for_the_catalogue() {
    let mut ids: Vec<_> = CATALOGUE.iter().map(|kind| kind.manifest().id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CATALOGUE.len());
    for manifest in CATALOGUE.iter().map(|kind| kind.manifest()) {
        assert!(manifest.destination.is_some() && !manifest.steps.is_empty(), "{}", manifest.id);
        assert!(manifest.icon.contains("currentColor"), "{}", manifest.id);
        for setting in manifest.settings {
            assert!(setting.secret != (!setting.example.is_empty()), "{}.{}", manifest.id, setting.key);
            assert!(setting.help.ends_with('.'), "{}.{}", manifest.id, setting.key);
        }
    }
}

#[tokio::test]
async fn every_record_gets_one_outcome_and_a_repeat_the_same() {
    for kind in CATALOGUE {
        let capabilities = kind.manifest().destination.unwrap();
        for shape in shapes(capabilities.accepts) {
            let home = TempDir::new().unwrap();
            let server = Server::start(vec![text(200, "ok")]).await;
            let destination = open(*kind, home.path(), &server.url);
            let rows = rows(&shape);
            let mut before = None;
            for _ in 0..2 {
                let delivery = send(&*destination, &shape, &rows).await;
                let Answer::Records(outcomes) = delivery.answer else { panic!("{}", kind.manifest().id) };
                let ways: Vec<_> = outcomes.iter().map(way).collect();
                assert_eq!(ways.len(), rows.len(), "{}", kind.manifest().id);
                assert!(!ways.contains(&"again"));
                let good = if capabilities.confirms { "delivered" } else { "accepted" };
                assert_eq!(ways[..2], [good, good], "{}", kind.manifest().id);
                assert_eq!(*before.get_or_insert(ways.clone()), ways, "{}", kind.manifest().id);
            }
            let sent = server.got();
            assert!(sent.windows(2).all(|pair| pair[0].body == pair[1].body), "a repeat has other bytes");
        }
    }
}

fn way(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered => "delivered",
        Outcome::Accepted => "accepted",
        Outcome::Rejected(_) => "rejected",
        Outcome::Again(_) => "again",
    }
}

#[tokio::test]
async fn no_secret_is_in_what_is_logged_or_kept() {
    // The key as Basic authentication carries it begins like this.
    let forms = [SECRET, "czNjcjN0LXRoYXQtbm9ib2R5LW1heS1zZW"];
    for kind in CATALOGUE {
        for reply in [text(200, "ok"), text(401, "no"), text(500, "boom"), fixture::server::Reply::Cut] {
            let home = TempDir::new().unwrap();
            let server = Server::start(vec![reply]).await;
            let destination = open(*kind, home.path(), &server.url);
            let shape = &shapes(kind.manifest().destination.unwrap().accepts)[0];
            let delivery = send(&*destination, shape, &rows(shape)).await;
            let mut shown = format!("{delivery:?}{}", serde_json::to_string(&delivery.exchange).unwrap());
            for file in std::fs::read_dir(home.path()).unwrap() {
                shown.push_str(&String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()));
            }
            assert!(forms.iter().all(|form| !shown.contains(form)), "{}: {shown}", kind.manifest().id);
        }
    }
}

#[tokio::test]
async fn limits_leave_room_for_what_is_promised() {
    for kind in CATALOGUE {
        let home = TempDir::new().unwrap();
        let destination = open(*kind, home.path(), "http://127.0.0.1:9");
        for shape in shapes(kind.manifest().destination.unwrap().accepts) {
            let limits = destination.limits(&shape);
            assert!(limits.records > 0 && limits.in_flight > 0, "{}", kind.manifest().id);
            assert!(limits.record_bytes + limits.envelope_bytes <= limits.bytes, "{}", kind.manifest().id);
        }
    }
}
