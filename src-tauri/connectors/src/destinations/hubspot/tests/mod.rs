#![allow(clippy::unwrap_used, clippy::panic)]

mod deleting;
mod faults;
mod reading;
mod values;
mod writing;

use std::path::Path;
use std::time::Duration;

use sluice_engine::sync::Shape;

use super::Crm;
use super::client::HubSpot;
use crate::destinations::fixture::server::{Reply, Server};
use crate::destinations::fixture::{Row, Standing, opening, row};
use crate::http::Patience;

const TOKEN: &str = "pat-eu1-0a1b2c3d-4e5f-6789-abcd-ef0123456789";

/// The account is five hours behind UTC.
const DETAILS: &str = r#"{"portalId":4711,"accountType":"STANDARD","timeZone":"US/Eastern","utcOffset":"-05:00","utcOffsetMilliseconds":-18000000}"#;

const PROPERTIES: &str = r#"{"results":[
    {"name":"email","label":"Email","type":"string","fieldType":"text","groupName":"g","description":"","options":[],"hubspotDefined":true,"hasUniqueValue":false,"modificationMetadata":{"archivable":true,"readOnlyDefinition":true,"readOnlyValue":false}},
    {"name":"lead_id","label":"Lead ID","type":"string","fieldType":"text","groupName":"g","description":"","options":[],"hasUniqueValue":true},
    {"name":"score","label":"Score","type":"number","fieldType":"number","groupName":"g","description":"","options":[]},
    {"name":"member","label":"Member","type":"bool","fieldType":"booleancheckbox","groupName":"g","description":"","options":[{"label":"Yes","value":"true","hidden":false},{"label":"No","value":"false","hidden":false}]},
    {"name":"born","label":"Born on","type":"date","fieldType":"date","groupName":"g","description":"","options":[]},
    {"name":"seen","label":"Last seen","type":"datetime","fieldType":"date","groupName":"g","description":"","options":[]},
    {"name":"grade","label":"Grade","type":"enumeration","fieldType":"select","groupName":"g","description":"","options":[{"label":"Very good","value":"a","hidden":false},{"label":"Good","value":"b","hidden":false}]},
    {"name":"likes","label":"Likes","type":"enumeration","fieldType":"checkbox","groupName":"g","description":"","options":[{"label":"Tea","value":"tea","hidden":false},{"label":"Nuts","value":"nuts","hidden":false}]},
    {"name":"hubspot_owner_id","label":"Owner","type":"enumeration","fieldType":"select","groupName":"g","description":"","options":[],"externalOptions":true,"hubspotDefined":true},
    {"name":"note","label":"Note","type":"string","fieldType":"textarea","groupName":"g","description":"","options":[]},
    {"name":"secret_sauce","label":"Sauce","type":"string","fieldType":"text","groupName":"g","description":"","options":[],"hidden":true},
    {"name":"age","label":"Age","type":"number","fieldType":"calculation_equation","groupName":"g","description":"","options":[],"calculated":true},
    {"name":"hs_object_id","label":"Record ID","type":"number","fieldType":"number","groupName":"g","description":"","options":[],"hubspotDefined":true,"hasUniqueValue":true,"modificationMetadata":{"archivable":false,"readOnlyDefinition":true,"readOnlyValue":true}}
]}"#;

/// Two contacts; neither is named by this answer.
const NOTHING: &str = r#"{"status":"COMPLETE","results":[],"startedAt":"2026-11-22T12:00:00Z","completedAt":"2026-11-22T12:00:01Z"}"#;

fn hub(url: &str) -> HubSpot {
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let opening = opening(&Crm, Path::new("/"), clock, &[("url", url)], &[("token", TOKEN)]).unwrap();
    let patience = Patience { connect: Duration::from_secs(5), answer: Duration::from_millis(400) };
    HubSpot::new(&opening, patience).unwrap()
}

const fn json(status: u16, body: &'static str) -> Reply {
    Reply::Say(status, "application/json;charset=utf-8", "", body)
}

/// HubSpot with one key, which is asked for its details and the properties first.
async fn desk(replies: Vec<Reply>) -> (HubSpot, Server) {
    let mut script = vec![json(200, DETAILS), json(200, PROPERTIES)];
    script.extend(replies);
    let server = Server::start(script).await;
    (hub(&server.url), server)
}

fn by(match_field: &str) -> Shape {
    Shape::Record { object: "contacts".to_owned(), match_field: match_field.to_owned() }
}

fn trace(id: u128, place: usize) -> String {
    format!("{}.{place}", sluice_engine::record::MessageId(id))
}

/// A body that lives as long as the test.
fn kept(body: String) -> &'static str {
    Box::leak(body.into_boxed_str())
}

/// What HubSpot answers when it has written the records with these trace ids.
fn written(traces: &[String]) -> Reply {
    let results: Vec<_> = traces
        .iter()
        .enumerate()
        .map(|(number, trace)| {
            format!(r#"{{"id":"{number}","new":true,"archived":false,"createdAt":"2026-11-22T12:00:00Z","updatedAt":"2026-11-22T12:00:00Z","properties":{{}},"objectWriteTraceId":"{trace}"}}"#)
        })
        .collect();
    json(200, kept(NOTHING.replace(r#""results":[]"#, &format!(r#""results":[{}]"#, results.join(",")))))
}

fn two() -> Vec<Row> {
    vec![
        row(1, r#"{"email":"Ana@Example.com ","score":12.50,"note":null}"#),
        row(2, r#"{"email":"bo@example.com","score":"7","note":"hello"}"#),
    ]
}
