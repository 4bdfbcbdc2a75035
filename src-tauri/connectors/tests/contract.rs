//! What every destination in the catalogue has to keep, whichever it is.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;

use std::path::Path;

use fixture::server::{Reply, Server, text};
use fixture::{Row, Standing, row, send, try_open};
use sluice_connectors::destinations::CATALOGUE;
use sluice_connectors::warehouses;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::destination::{Answer, Destination, DestinationKind, Outcome};
use sluice_engine::manifest::Accepts;
use sluice_engine::sync::{Query, Shape};
use sluice_engine::value::Cell;
use sluice_engine::warehouse::Read;
use tempfile::TempDir;

const SECRET: &str = "s3cr3t-that-nobody-may-see";

/// Settings under which a destination works here, by its keys.
fn setting<'a>(key: &str, folder: &'a str, url: &'a str) -> Option<&'a str> {
    match key {
        "folder" => Some(folder),
        "data_plane_url" | "url" | "instance_url" | "login_url" => Some(url),
        "client_id" => Some("3MVG9AOp4kbriZOLfSVjG2Pxa3c"),
        "allow_private" => Some("yes"),
        "batch_size" => Some("100"),
        _ => None,
    }
}

/// What the other side answers when all goes well, request by request: the records of [`rows`] that are good are
/// taken.
fn answers(kind: &dyn DestinationKind) -> Vec<Reply> {
    let json = |body| Reply::Say(200, "application/json", "", body);
    match kind.manifest().id {
        "hubspot" => vec![
            json(r#"{"portalId":1,"utcOffsetMilliseconds":0}"#),
            json(
                r#"{"results":[{"name":"lead_id","type":"string","hasUniqueValue":true},{"name":"email","type":"string"}]}"#,
            ),
            json(
                r#"{"status":"COMPLETE","results":[{"id":"7","objectWriteTraceId":"00000000-0000-8000-8000-000000000064.0"},{"id":"8","objectWriteTraceId":"00000000-0000-8000-8000-000000000065.1"}]}"#,
            ),
        ],
        "salesforce" => vec![
            json(SIGNED_IN),
            json(
                r#"[{"id":"00Q000000000001AAA","success":true,"errors":[]},{"id":"00Q000000000002AAA","success":true,"errors":[]}]"#,
            ),
        ],
        _ => vec![text(200, "ok")],
    }
}

/// What is answered before the first request that carries records.
fn before(kind: &dyn DestinationKind) -> Vec<Reply> {
    let mut answers = answers(kind);
    answers.pop();
    answers
}

const SIGNED_IN: &str = r#"{"access_token":"s3ss10n-that-nobody-may-see","instance_url":"{here}"}"#;

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
            r#"{"lead_id":"l-1","email":"a@example.com"}"#,
            r#"{"lead_id":"l-2","email":"b@example.com"}"#,
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

#[tokio::test]
async fn every_record_gets_one_outcome_and_a_repeat_the_same() {
    for kind in CATALOGUE {
        let capabilities = kind.manifest().destination.unwrap();
        for shape in shapes(capabilities.accepts) {
            let home = TempDir::new().unwrap();
            let server = Server::start(answers(*kind)).await;
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
            let mut sent = server.got();
            sent.retain(|got| !got.line().starts_with("GET") && !got.line().contains("/oauth2/"));
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
    let forms = [SECRET, "czNjcjN0LXRoYXQtbm9ib2R5LW1heS1zZW", "s3ss10n-that-nobody-may-see"];
    let replies = || [text(200, "ok"), text(401, "no"), text(500, "boom"), Reply::Cut];
    let early = |kind: &dyn DestinationKind| before(kind).len();
    for kind in CATALOGUE {
        let at_once = replies().map(|reply| vec![reply]);
        let late = replies().map(|reply| before(*kind).into_iter().chain([reply]).collect());
        let late = late.into_iter().filter(|_| early(*kind) > 0);
        for script in at_once.into_iter().chain(late) {
            let home = TempDir::new().unwrap();
            let server = Server::start(script).await;
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

/// Rows of a table of the sample, each as one JSON object of all its columns.
async fn sample_rows(home: &Path, table: &str) -> Vec<String> {
    let kind = warehouses::CATALOGUE.iter().find(|kind| kind.manifest().id == "sample").unwrap();
    let connection = Connection {
        name: "sample".to_owned(),
        kind: "sample".to_owned(),
        settings: std::iter::empty().collect(),
    };
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let opening =
        Opening::new(kind.manifest(), &connection, std::iter::empty().collect(), home, clock).unwrap();
    let read = Read { limit: Some(1_000), ..Read::all(Query::Table(table.parse().unwrap())) };
    let mut rows = kind.open(&opening).unwrap().read(&read).await.unwrap();
    let mut objects = Vec::new();
    while let Some(batch) = rows.next().await.unwrap() {
        for row in 0..batch.rows() {
            let member =
                |(index, column): (usize, &sluice_engine::value::Column)| match batch.cell(row, index) {
                    Cell::Json(json) => format!("\"{}\":{}", column.name, String::from_utf8_lossy(json)),
                    Cell::Null | Cell::Unreadable(_) => format!("\"{}\":null", column.name),
                };
            let members: Vec<_> = batch.columns().iter().enumerate().map(member).collect();
            objects.push(format!("{{{}}}", members.join(",")));
        }
    }
    objects
}

#[tokio::test]
async fn the_sample_s_leads_fit_the_practice_crm_but_for_one_status() {
    let kind = CATALOGUE.iter().find(|kind| kind.manifest().id == "practice").unwrap();
    let shape = Shape::Record { object: "leads".to_owned(), match_field: "lead_id".to_owned() };
    for table in ["analytics.lead_scores", "crm.leads"] {
        let home = TempDir::new().unwrap();
        let crm = open(*kind, home.path(), "");
        let rows: Vec<_> = sample_rows(home.path(), table)
            .await
            .iter()
            .enumerate()
            .map(|(index, object)| row(index as u128, object))
            .collect();
        assert_eq!(rows.len(), 1_000);
        let mut refused = 0;
        for rows in rows.chunks(crm.limits(&shape).records) {
            for said in fixture::said(&send(&*crm, &shape, rows).await) {
                if said != "delivered" {
                    assert_eq!(said, "Status takes New, Working, Qualified, Unqualified, not “Nurturing”.");
                    refused += 1;
                }
            }
        }
        let nurturing = rows.iter().filter(|row| row.payload.contains(r#""status":"Nurturing""#)).count();
        assert_eq!(refused, nurturing, "{table}");
        assert_eq!(nurturing > 0, table == "crm.leads");
    }
}
