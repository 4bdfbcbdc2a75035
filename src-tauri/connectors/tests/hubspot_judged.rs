//! HubSpot's connector before judges that nobody here wrote: the schemas of HubSpot's contract, the requests recorded from
//! HubSpot's two clients, and a stand-in for HubSpot that both clients, unchanged, take for the real one.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "fakes/hubspot/mod.rs"]
mod fake;
#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;
mod prism_server;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use fake::{Allowed, Asked, Fake, Fault, TOKEN};
use fixture::{Row, Standing, answered, row, said, send, try_open};
use prism_server::contract;
use serde_json::{Value, json};
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::destination::{Destination, ReadByKey};
use sluice_engine::error::ErrorKind;
use sluice_engine::record::Operation;
use sluice_engine::sync::Shape;
use sluice_engine::testing::skipped;

fn hubspot(fake: &Fake) -> Box<dyn Destination> {
    let kind = CATALOGUE.iter().find(|kind| kind.manifest().id == "hubspot").unwrap();
    let clock = Standing::at("2026-11-22T12:00:00Z");
    try_open(*kind, Path::new("/"), clock, &[("url", &fake.url)], &[("token", TOKEN)]).unwrap()
}

fn contacts(match_field: &str) -> Shape {
    Shape::Record { object: "contacts".to_owned(), match_field: match_field.to_owned() }
}

fn lead(number: u128) -> Row {
    let payload = json!({ "email": format!("lead{number}@example.com"), "lead_id": format!("L-{number}"),
        "lead_score": 12.5, "platforms": ["ios", "web"], "workspace_created_at": "2026-11-21T08:30:00Z",
        "born_on": "1990-02-28", "newsletter": true, "company": null });
    row(number, &payload.to_string())
}

/// An address that only HubSpot finds fault with.
fn bad(number: u128) -> Row {
    row(
        number,
        &json!({ "email": format!("lead..{number}@example.com"), "lead_id": format!("B-{number}") })
            .to_string(),
    )
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A program of HubSpot's Python environment; says loudly where it is not installed.
fn python() -> Option<PathBuf> {
    let program = root().join(".tools/hubspot/bin/python");
    if program.exists() {
        return Some(program);
    }
    skipped("HubSpot's Python client is not installed (scripts/install tests)");
    None
}

/// Finds nothing wrong with any of these by the named schemas.
fn judge(cases: &[(&str, Value)]) {
    let (Some(folder), Some(python)) = (contract("hubspot"), python()) else { return };
    let mut judge = Command::new(python)
        .arg(root().join("tests/hubspot/schemas.py"))
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = judge.stdin.take().unwrap();
    for (schema, instance) in cases {
        writeln!(lines, "{}", json!({ "schema": format!("{schema}.schema.json"), "instance": instance }))
            .unwrap();
    }
    drop(lines);
    let verdicts = String::from_utf8(judge.wait_with_output().unwrap().stdout).unwrap();
    let verdicts: Vec<_> = verdicts.lines().collect();
    assert_eq!(verdicts.len(), cases.len());
    for ((schema, instance), verdict) in cases.iter().zip(verdicts) {
        assert_eq!(verdict, "ok", "{schema}: {instance}");
    }
}

/// What the judge is to look at in a request and its answer.
fn judged(asked: &Asked) -> Vec<(&'static str, Value)> {
    let mut cases = Vec::new();
    if asked.path.ends_with("/batch/upsert") {
        cases.push(("batch-upsert.request", asked.body.clone()));
        if (200..300).contains(&asked.status) {
            cases.push(("batch-upsert.response", asked.answer.clone()));
        }
    }
    if asked.status == 200 && asked.path.contains("/properties/") {
        cases.push(("properties.list.response", asked.answer.clone()));
    }
    if asked.status == 200 && asked.path.ends_with("/schemas") {
        cases.push(("object-schemas.list.response", asked.answer.clone()));
    }
    if asked.status >= 400 && asked.answer.get("category").is_some() {
        cases.push(("standard-error", asked.answer.clone()));
    }
    cases
}

#[tokio::test]
async fn our_requests_and_the_stand_ins_answers_fit_hubspots_schemas() {
    let fake = Fake::unlimited().await;
    let hubspot = hubspot(&fake);
    let rows = [lead(1), bad(2), lead(3)];
    let refused =
        "HubSpot refused it: “Property values were not valid: Email address lead..2@example.com is invalid”.";
    assert_eq!(
        said(&send(&*hubspot, &contacts("lead_id"), &rows).await),
        ["delivered", refused, "delivered"]
    );
    let conflict = row(4, r#"{"lead_id":"L-4","email":"lead1@example.com"}"#);
    let taken = said(&send(&*hubspot, &contacts("lead_id"), &[conflict]).await);
    assert!(taken[0].contains("Contact already exists"), "{taken:?}");
    assert_eq!(hubspot.objects().await.unwrap().len(), 4);
    fake.revoke("crm.objects.contacts.write");
    let forbidden = send(&*hubspot, &contacts("lead_id"), &[lead(5)]).await;
    assert_eq!(answered(&forbidden).1.unwrap().fix(), Some("crm.objects.contacts.write"));
    let cases: Vec<_> = fake.asked().iter().flat_map(judged).collect();
    assert!(cases.len() >= 11, "{}", cases.len());
    judge(&cases);
}

#[tokio::test]
async fn our_requests_have_the_form_of_those_recorded_from_hubspots_clients() {
    let fake = Fake::unlimited().await;
    let hubspot = hubspot(&fake);
    send(&*hubspot, &contacts("email"), &[lead(1)]).await;
    let asked = fake.asked();
    let ours = asked.iter().find(|asked| asked.method == "POST").unwrap();
    let members = |value: &Value| {
        let mut names: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    for file in ["capture-hubspot-sdk-python.json", "capture-api-client-node.json"] {
        let Some(path) = contract(&format!("hubspot/{file}")) else { return };
        let recorded: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let theirs = &recorded["requests"][0];
        assert_eq!(members(&ours.body), members(&theirs["body"]));
        assert_eq!(members(&ours.body["inputs"][0]), members(&theirs["body"]["inputs"][0]));
        let path = theirs["path"].as_str().unwrap();
        if path.contains("/objects/2026-") {
            assert_eq!(ours.path.replace("2026-09", "2026-03"), path);
        }
        // The stand-in answers the recorded request as HubSpot's shape has it.
        let answer = replay(&fake, theirs).await;
        let told = &theirs_answer(&recorded);
        assert_eq!(members(&answer["results"][0]).len(), members(&told["results"][0]).len());
        assert_eq!(answer["errors"][0]["context"], told["errors"][0]["context"]);
        assert_eq!(members(&answer), members(told));
    }
}

fn theirs_answer(recorded: &Value) -> Value {
    recorded["requests"][1]["answeredByOurCaptureServer"]["body"].clone()
}

/// Sends a recorded request with a plain client.
async fn replay(fake: &Fake, request: &Value) -> Value {
    let output = tokio::process::Command::new("curl")
        .args(["-s", "-X", "POST", "-H", "Content-Type: application/json", "-H"])
        .arg(format!("Authorization: Bearer {TOKEN}"))
        .args(["-d", &request["body"].to_string().replace(",\"age\":\"\",\"num\":\"12.5\"", "")])
        .arg(format!("{}{}", fake.url, request["path"].as_str().unwrap()))
        .output()
        .await
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a client of HubSpot understood of the stand-in.
async fn client(command: Command, fake: &Fake) -> Value {
    let mut command = tokio::process::Command::from(command);
    let output = command.arg(&fake.url).arg(TOKEN).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn hubspots_python_client_takes_the_stand_in_for_hubspot() {
    let Some(python) = python() else { return };
    let fake = Fake::unlimited().await;
    // Both clients try again after a limit.
    fake.faults([Fault::Say(429, "application/json", Some(("retry-after", "0")), "{}")]);
    let mut command = Command::new(python);
    command.arg(root().join("tests/hubspot/client.py"));
    let seen = client(command, &fake).await;
    assert_eq!(
        seen,
        json!({
            "new": { "p-1": true }, "refused": ["p-2"], "again": { "p-3": false },
            "read": [{ "email": "ana@example.com", "firstname": "Ana", "lastname": "A", "hs_object_id": "101" }],
            "missing": ["nobody@example.com"], "updated": "B", "properties": ["email", "hs_object_id"],
            "schemas": ["p4711_cars"], "account": 4711, "usage": "private-apps-api-calls-daily",
            "unknown": "PROPERTY_DOESNT_EXIST", "key": "INVALID_AUTHENTICATION",
        })
    );
    judge(&fake.asked().iter().flat_map(judged).collect::<Vec<_>>());
}

#[tokio::test]
async fn hubspots_node_client_takes_the_stand_in_for_hubspot() {
    if !root().join("tests/hubspot/node_modules/@hubspot/api-client").exists() {
        return skipped("HubSpot's Node client is not installed (scripts/install tests)");
    }
    let fake = Fake::unlimited().await;
    let mut command = Command::new("node");
    command.arg(root().join("tests/hubspot/client.mjs"));
    let seen = client(command, &fake).await;
    assert_eq!(
        seen,
        json!({
            "new": { "n-1": true }, "refused": ["n-2"], "again": { "n-3": false },
            "read": [{ "email": "eva@example.com", "firstname": "Eva", "lastname": "E", "hs_object_id": "101" }],
            "missing": ["nobody@example.com"], "updated": "F", "properties": ["email", "hs_object_id"],
            "schemas": ["p4711_cars"], "unknown": "PROPERTY_DOESNT_EXIST", "key": "INVALID_AUTHENTICATION",
        })
    );
    judge(&fake.asked().iter().flat_map(judged).collect::<Vec<_>>());
}

#[tokio::test]
async fn after_each_fault_a_repeat_delivers_and_nothing_is_there_twice() {
    use ErrorKind as Kind;
    let html = "<html>Bad gateway</html>";
    let limit = r#"{"status":"error","policyName":"TEN_SECONDLY_ROLLING","message":"slow down"}"#;
    let daily = r#"{"status":"error","policyName":"DAILY","message":"spent"}"#;
    let json = "application/json";
    let say = |status, header, body| Fault::Say(status, json, header, body);
    let cases = [
        (say(429, Some(("retry-after", "3")), limit), "again", Some(Kind::RateLimited)),
        (say(429, None, limit), "again", Some(Kind::RateLimited)),
        (say(429, None, daily), "again", Some(Kind::QuotaSpent)),
        (say(423, None, "{}"), "again", Some(Kind::RecordLocked)),
        (say(477, None, "{}"), "again", Some(Kind::ServerFailed)),
        (say(500, None, "{}"), "unknown", Some(Kind::ServerFailed)),
        (Fault::Say(502, "text/html", None, html), "unknown", Some(Kind::ServerFailed)),
        (Fault::Say(200, "text/html", None, html), "again", Some(Kind::WebPage)),
        (Fault::Cut, "unknown", Some(Kind::Unreachable)),
        (Fault::Empty, "unknown", Some(Kind::BadAnswer)),
        (Fault::OneShort, "records", None),
    ];
    for (fault, way, kind) in cases {
        let fake = Fake::unlimited().await;
        let hubspot = hubspot(&fake);
        let rows: Vec<_> = (1..=100).map(lead).collect();
        fake.faults([fault.clone()]);
        let first = send(&*hubspot, &contacts("lead_id"), &rows).await;
        let (got_way, error) = answered(&first);
        assert_eq!((got_way, error.map(sluice_engine::Error::kind)), (way, kind), "{fault:?}");
        if way == "records" {
            assert_eq!(said(&first).iter().filter(|said| said.starts_with("again")).count(), 1);
        }
        // As after a restart, so that no pause is left.
        let hubspot = self::hubspot(&fake);
        assert_eq!(
            said(&send(&*hubspot, &contacts("lead_id"), &rows).await),
            vec!["delivered"; 100],
            "{fault:?}"
        );
        assert_eq!(fake.records("contacts").len(), 100, "{fault:?}");
    }
}

#[tokio::test]
async fn records_live_through_every_operation() {
    let fake = Fake::unlimited().await;
    let hubspot = hubspot(&fake);
    let by = contacts("lead_id");
    let one = async |row: Row| said(&send(&*hubspot, &by, &[row]).await).remove(0);
    assert_eq!(one(lead(1).to(Operation::Create)).await, "delivered");
    assert!(one(lead(1).to(Operation::Create)).await.contains("Contact already exists"));
    let missing = "HubSpot has no record with this match value to update.";
    assert_eq!(one(lead(2).to(Operation::Update)).await, missing);
    let values = &fake.records("contacts")[0];
    let kept: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        kept,
        [
            ("born_on", "636163200000"),
            ("email", "lead1@example.com"),
            ("lead_id", "L-1"),
            ("lead_score", "12.5"),
            ("newsletter", "true"),
            ("platforms", "ios;web"),
            ("workspace_created_at", "2026-11-21T08:30:00.000Z"),
        ]
    );
    let values = ["L-1".to_owned(), "L-9".to_owned()];
    let fields = ["lead_score".to_owned(), "newsletter".to_owned(), "company".to_owned()];
    let read = ReadByKey {
        object: "contacts",
        match_field: "lead_id",
        values: &values,
        fields: &fields,
        needed: false,
    };
    let found = hubspot.read_by_key(&read).await.unwrap().unwrap();
    let found: Vec<_> = found.iter().map(|one| one.as_ref().map(|one| one.fields.as_str())).collect();
    assert_eq!(found, [Some(r#"{"lead_score":12.5,"newsletter":true,"company":null}"#), None]);
    let clear = row(7, r#"{"lead_id":"L-1","lead_score":null,"newsletter":null}"#).to(Operation::Clear);
    assert_eq!(one(clear.clone()).await, "delivered");
    assert!(!fake.records("contacts")[0].contains_key("lead_score"));
    let delete = row(8, r#"{"lead_id":"L-1"}"#).to(Operation::Delete);
    assert_eq!(one(delete.clone()).await, "accepted");
    assert_eq!(fake.records("contacts").len(), 0);
    assert_eq!((one(delete).await, one(clear).await), ("delivered".to_owned(), "delivered".to_owned()));
}

#[tokio::test]
async fn objects_are_listed_with_what_can_be_written_and_matched() {
    let fake = Fake::unlimited().await;
    let hubspot = hubspot(&fake);
    let objects = hubspot.objects().await.unwrap();
    let names: Vec<_> = objects.iter().map(|object| (object.name.as_str(), object.label.as_str())).collect();
    assert_eq!(
        names,
        [("contacts", "Contacts"), ("companies", "Companies"), ("deals", "Deals"), ("p4711_cars", "Cars")]
    );
    let field =
        |object: usize, name: &str| objects[object].fields.iter().find(|field| field.name == name).unwrap();
    let matchable: Vec<_> =
        objects[0].fields.iter().filter(|field| field.matchable).map(|field| field.name.as_str()).collect();
    assert_eq!(matchable, ["email", "hs_object_id", "lead_id"]);
    assert!(!field(0, "hs_object_id").writable && field(0, "email").writable);
    assert_eq!(field(0, "score_grade").options, ["A", "B", "C", "D"]);
    assert_eq!(field(0, "platforms").field_type, "enumeration (checkbox)");
    assert!(field(3, "plate").required && !field(3, "colour").required);
    let cars = Shape::Record { object: "p4711_cars".to_owned(), match_field: "plate".to_owned() };
    let sent = send(&*hubspot, &cars, &[row(1, r#"{"plate":"B-1","colour":"red"}"#)]).await;
    assert_eq!(said(&sent), ["delivered"]);
    fake.revoke("crm.objects.deals.read");
    assert_eq!(hubspot.objects().await.unwrap().len(), 3);
}

#[tokio::test]
async fn limits_are_kept_and_told_by_their_policy() {
    let fake = Fake::start(Allowed { rolling: 3, window: Duration::from_secs(10), daily: 1_000 }).await;
    let hubspot = hubspot(&fake);
    assert_eq!(said(&send(&*hubspot, &contacts("email"), &[lead(1)]).await), ["delivered"]);
    // One too many stays here.
    let held = send(&*hubspot, &contacts("email"), &[lead(2)]).await;
    assert_eq!(answered(&held).1.unwrap().message(), "HubSpot takes 3 requests of this key in 10 seconds.");
    assert!(held.exchange.never_left && fake.asked().len() == 3);
    // Another program has used up the limit of the key; after that nothing leaves for a moment.
    let hubspot = self::hubspot(&fake);
    let limited = hubspot.quota().await.unwrap_err();
    assert_eq!(limited.message(), "HubSpot asks to slow down: the limit of requests is reached.");
    assert_eq!(limited.retry_after().map(|wait| wait.as_secs()), Some(1));
    let held = send(&*hubspot, &contacts("email"), &[lead(2)]).await;
    let used_up = "Something else has used up the requests that HubSpot takes of this key for now.";
    assert_eq!(answered(&held).1.unwrap().message(), used_up);
    assert_eq!(fake.asked().len(), 4);
    let fake = Fake::start(Allowed { rolling: usize::MAX, window: Duration::from_secs(10), daily: 3 }).await;
    let hubspot = self::hubspot(&fake);
    assert_eq!(said(&send(&*hubspot, &contacts("email"), &[lead(1)]).await), ["delivered"]);
    let spent = send(&*hubspot, &contacts("email"), &[lead(2)]).await;
    let error = answered(&spent).1.unwrap();
    let until_midnight = Some(17 * 3600);
    assert_eq!(
        (error.kind(), error.retry_after().map(|wait| wait.as_secs())),
        (ErrorKind::QuotaSpent, until_midnight)
    );
}

/// One bad record in a hundred costs no request more: HubSpot answers for each by itself.
#[tokio::test]
async fn bad_records_cost_no_requests_and_hold_up_no_others() {
    let fake = Fake::unlimited().await;
    let hubspot = hubspot(&fake);
    let (mut delivered, mut refused) = (0, 0);
    for start in (0..5_000).step_by(100) {
        let rows: Vec<_> = (start..start + 100)
            .map(|number| if number % 100 == 42 { bad(number) } else { lead(number) })
            .collect();
        for said in said(&send(&*hubspot, &contacts("email"), &rows).await) {
            if said == "delivered" {
                delivered += 1;
            } else {
                assert!(said.contains("Email address lead..") && said.contains("is invalid"), "{said}");
                refused += 1;
            }
        }
    }
    assert_eq!((delivered, refused), (4_950, 50));
    assert_eq!(fake.records("contacts").len(), 4_950);
    assert_eq!(fake.asked().iter().filter(|asked| asked.method == "POST").count(), 50);
}
