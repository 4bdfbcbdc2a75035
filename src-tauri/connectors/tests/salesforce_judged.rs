//! Salesforce before judges nobody here wrote: the recorded requests of jsforce and simple-salesforce, and both clients
//! themselves, run unchanged against the stand-in that our connector is tried on.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can not go on fails"
)]

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;
mod prism_server;
#[path = "fakes/salesforce/mod.rs"]
mod salesforce;
#[path = "fakes/salesforce/tls.rs"]
mod tls;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use fixture::server::{Got, Reply, Server};
use fixture::{Row, Standing, row, said, send, try_open};
use prism_server::contract;
use salesforce::Fake;
use serde_json::{Value, json};
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::destination::{Answer, Batch, Delivery, Destination, JobToken, Outcome, Quota, ReadByKey};
use sluice_engine::record::{Change, MessageId, Operation, Record};
use sluice_engine::sync::Shape;

const SIGNED_IN: Reply =
    Reply::Say(200, "application/json", "", r#"{"access_token":"TOK","instance_url":"{here}"}"#);

fn open(url: &str) -> Box<dyn Destination> {
    let kind = CATALOGUE.iter().find(|kind| kind.manifest().id == "salesforce").unwrap();
    let settings = [("instance_url", url), ("client_id", "CONSUMER_KEY")];
    let clock = Standing::at("2026-11-22T12:00:00Z");
    try_open(*kind, Path::new("/"), clock, &settings, &[("client_secret", "CONSUMER_SECRET")]).unwrap()
}

fn shape(object: &str, match_field: &str) -> Shape {
    Shape::Record { object: object.to_owned(), match_field: match_field.to_owned() }
}

fn payloads(numbers: std::ops::Range<usize>) -> Vec<String> {
    // Every hundredth has no last name.
    let lead = |n: usize| match n % 100 {
        17 => format!(r#"{{"Ext__c":"e-{n}","Email":"a{n}@example.com"}}"#),
        _ => format!(r#"{{"Ext__c":"e-{n}","LastName":"N{n}","Email":null,"Note__c":""}}"#),
    };
    numbers.map(lead).collect()
}

/// Records as the engine makes them of these payloads.
async fn batch_of<T>(payloads: &[String], work: impl AsyncFnOnce(&Batch<'_>) -> T) -> T {
    let record = |(index, payload)| Record {
        key: "1",
        change: Change::Added,
        operation: Operation::Upsert,
        payload: String::as_bytes(payload),
        message_id: MessageId(index as u128),
        changed_at: fixture::SEALED.parse().unwrap(),
    };
    let records: Vec<_> = payloads.iter().enumerate().map(record).collect();
    let shape = shape("Lead", "Ext__c");
    work(&Batch { shape: &shape, records: &records, run: 7, sync: "lead-scores" }).await
}

/// Sends as the engine does: a job is looked at until it has ended.
async fn deliver(org: &dyn Destination, payloads: &[String]) -> Delivery {
    batch_of(payloads, async |batch| {
        let delivery = org.deliver(batch).await;
        let Answer::Job(token) = &delivery.answer else { return delivery };
        ended(org, token, batch).await
    })
    .await
}

async fn ended(org: &dyn Destination, token: &JobToken, batch: &Batch<'_>) -> Delivery {
    loop {
        if let Some(delivery) = org.jobs().unwrap().poll(token, batch).await {
            return delivery;
        }
    }
}

fn count(delivery: &Delivery) -> (usize, usize, usize) {
    let Answer::Records(outcomes) = &delivery.answer else { panic!("{delivery:?}") };
    let of = |wanted: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| wanted(outcome)).count();
    (
        of(|outcome| matches!(outcome, Outcome::Delivered)),
        of(|outcome| matches!(outcome, Outcome::Rejected(_))),
        of(|outcome| matches!(outcome, Outcome::Again(_))),
    )
}

#[tokio::test]
async fn five_thousand_leads_in_a_job_each_get_their_own_outcome() {
    let fake = Fake::start().await;
    fake.world().locked.extend(["e-3".to_owned(), "e-4".to_owned()]);
    let org = open(&fake.url);
    let delivery = deliver(&*org, &payloads(0..5_000)).await;
    assert_eq!(count(&delivery), (4_948, 50, 2));
    assert_eq!((fake.world().leads.len(), delivery.made.len()), (4_948, 4_948));
    let said = said(&delivery);
    assert_eq!(
        said[17],
        "Salesforce: Required fields are missing: [LastName] (REQUIRED_FIELD_MISSING: LastName)."
    );
    let requests = fake.world().requests.len();
    // Signing in, making, filling, handing over, two looks, three files.
    assert_eq!(requests, 9, "{:?}", fake.world().requests);
    // What was locked goes again, in a request of its own.
    assert_eq!(count(&deliver(&*org, &payloads(3..5)).await), (2, 0, 0));
    assert_eq!(fake.world().requests.len(), requests + 1);
    // A repeat changes nothing.
    let before = fake.world().leads.clone();
    let repeat = deliver(&*org, &payloads(0..5_000)).await;
    assert_eq!((count(&repeat), repeat.made.len()), ((4_950, 50, 0), 0));
    assert_eq!(fake.world().leads, before);
    // What is read says the id that the job said.
    let values = ["e-5".to_owned()];
    let read =
        ReadByKey { object: "Lead", match_field: "Ext__c", values: &values, fields: &[], needed: true };
    let found = org.read_by_key(&read).await.unwrap().unwrap().remove(0).unwrap();
    assert_eq!(found.id.as_ref(), delivery.made.get(&5));
}

#[tokio::test]
async fn a_crash_at_any_moment_of_a_job_loses_and_doubles_nothing() {
    for steps in 0..4 {
        let fake = Fake::start().await;
        let payloads = payloads(0..300);
        let token = batch_of(&payloads, async |batch| {
            let org = open(&fake.url);
            let Answer::Job(token) = org.deliver(batch).await.answer else { panic!("no job") };
            for _ in 0..steps {
                org.jobs().unwrap().poll(&token, batch).await;
            }
            token
        })
        .await;
        // A new process knows the token alone.
        let org = open(&fake.url);
        let delivery = batch_of(&payloads, async |batch| ended(&*org, &token, batch).await).await;
        let delivery = match &delivery.answer {
            Answer::Unknown(_) => {
                assert_eq!((steps, fake.world().leads.len()), (0, 0), "only an empty job is given up");
                deliver(&*org, &payloads).await
            }
            Answer::Records(_) | Answer::Refused(_) | Answer::Again(_) | Answer::Stop(_) | Answer::Job(_) => {
                delivery
            }
        };
        assert_eq!(count(&delivery), (297, 3, 0), "after {steps} looks");
        assert_eq!(fake.world().leads.len(), 297);
        let uploads = fake.world().requests.iter().filter(|line| line.starts_with("PUT")).count();
        assert_eq!(uploads, 1);
    }
}

#[tokio::test]
async fn every_operation_does_what_it_says() {
    let fake = Fake::start().await;
    let org = open(&fake.url);
    let leads = shape("Lead", "Ext__c");
    let one =
        |ext: &str, more: &str, operation| row(1, &format!(r#"{{"Ext__c":"{ext}"{more}}}"#)).to(operation);
    let send = async |row: Row| said(&send(&*org, &leads, &[row]).await).remove(0);
    let name = r#","LastName":"Å","Email":"a@example.com""#;
    assert_eq!(send(one("1", name, Operation::Update)).await, "There is no Lead with this Ext__c to update.");
    assert_eq!(send(one("1", name, Operation::Create)).await, "delivered");
    assert_eq!(send(one("1", name, Operation::Create)).await, "There is a Lead with this Ext__c already.");
    assert_eq!(send(one("1", r#","Email":"b@example.com""#, Operation::Update)).await, "delivered");
    assert_eq!(fake.lead("1").unwrap()["Email"], "b@example.com");
    assert_eq!(send(one("1", r#","Note__c":"n""#, Operation::Upsert)).await, "delivered");
    assert_eq!(fake.lead("1").unwrap()["Email"], "b@example.com", "what is missing stays");
    assert_eq!(send(one("1", r#","Email":null"#, Operation::Clear)).await, "delivered");
    assert_eq!(fake.lead("1").unwrap()["Email"], Value::Null);
    let rejected = send(one("1", r#","Rating":"Tepid""#, Operation::Upsert)).await;
    assert!(rejected.contains("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: Rating"), "{rejected}");
    let values = ["1".to_owned(), "9".to_owned()];
    let fields = ["Note__c".to_owned()];
    let read =
        ReadByKey { object: "Lead", match_field: "Ext__c", values: &values, fields: &fields, needed: false };
    let found = org.read_by_key(&read).await.unwrap().unwrap();
    let found: Vec<_> = found.into_iter().map(|found| found.map(|found| found.fields)).collect();
    assert_eq!(found, [Some(r#"{"Note__c":"n"}"#.to_owned()), None]);
    assert_eq!(send(one("1", "", Operation::Delete)).await, "delivered");
    assert_eq!(fake.lead("1"), None);
    assert_eq!(send(one("1", "", Operation::Delete)).await, "delivered", "it is gone already");
    assert_eq!(send(one("1", r#","Email":null"#, Operation::Clear)).await, "delivered");
    assert_eq!(fake.lead("1"), None, "clearing creates nothing");
}

#[tokio::test]
async fn a_session_may_end_and_a_quota_be_spent_in_the_middle() {
    let fake = Fake::start().await;
    let org = open(&fake.url);
    assert_eq!(count(&deliver(&*org, &payloads(0..100)).await), (99, 1, 0));
    fake.world().expire();
    assert_eq!(count(&deliver(&*org, &payloads(100..200)).await), (99, 1, 0));
    let Quota { left, of, .. } = org.quota().await.unwrap().unwrap();
    assert_eq!((left, of), (15_000 - 3, 15_000));
    fake.world().left = 0;
    let delivery = deliver(&*org, &payloads(200..300)).await;
    assert_eq!(fixture::answered(&delivery).0, "again");
    assert_eq!(fake.world().leads.len(), 198);
}

/// What we send over the wire for Lead `e-1` and `e-2` of the recordings.
async fn our_requests(script: Vec<Reply>, rows: usize, polls: usize) -> Vec<Got> {
    let server = Server::start(script).await;
    let org = open(&server.url);
    let mut payloads = vec![
        r#"{"Ext_Id__c":"e-1","Email":"ana@example.com","Note__c":null}"#.to_owned(),
        r#"{"Ext_Id__c":"e-2","Email":"bob@example.com","Note__c":"line1\nline2, \"q\""}"#.to_owned(),
    ];
    payloads.extend((2..rows).map(|n| format!(r#"{{"Ext_Id__c":"x-{n}"}}"#)));
    let record = |(index, payload)| Record {
        key: "1",
        change: Change::Added,
        operation: Operation::Upsert,
        payload: String::as_bytes(payload),
        message_id: MessageId(index as u128),
        changed_at: fixture::SEALED.parse().unwrap(),
    };
    let records: Vec<_> = payloads.iter().enumerate().map(record).collect();
    let shape = shape("Contact", "Ext_Id__c");
    let batch = Batch { shape: &shape, records: &records, run: 7, sync: "s" };
    let delivery = org.deliver(&batch).await;
    if let Answer::Job(token) = &delivery.answer {
        for _ in 0..polls {
            org.jobs().unwrap().poll(token, &batch).await;
        }
    }
    server.got()
}

fn line(method: &Value, path: &Value) -> String {
    format!("{} {} HTTP/1.1", method.as_str().unwrap(), path.as_str().unwrap().replace("v62.0", "v66.0"))
}

fn recorded(name: &str) -> Option<Vec<Value>> {
    let recording = contract(&format!("salesforce/{name}"))?;
    let recording: Value = serde_json::from_slice(&std::fs::read(recording).unwrap()).unwrap();
    Some(recording["requests"].as_array().unwrap().clone())
}

#[tokio::test]
async fn our_jobs_are_those_of_the_recordings() {
    let json = |body| Reply::Say(200, "application/json", "", body);
    let script = vec![
        SIGNED_IN,
        json(r#"{"id":"750R0000000zlh1IAA","state":"Open"}"#),
        Reply::Say(201, "text/plain", "", ""),
        json(r#"{"state":"UploadComplete"}"#),
        json(r#"{"id":"750R0000000zlh1IAA","state":"InProgress"}"#),
        json(r#"{"id":"750R0000000zlh1IAA","state":"JobComplete"}"#),
        Reply::Say(200, "text/csv", "", ""),
    ];
    let ours = our_requests(script, 201, 3).await;
    let ours = &ours[1..];
    for name in ["capture-jsforce.json", "capture-simple-salesforce.json"] {
        let Some(theirs) = recorded(name) else { return };
        let job: Vec<_> =
            theirs.iter().filter(|one| one["path"].as_str().unwrap().contains("/jobs/ingest")).collect();
        let mut lines: Vec<_> = job.iter().map(|one| line(&one["method"], &one["path"])).collect();
        // Where they look once more than we do; and one of them spells the third file with a capital.
        lines.dedup();
        let mut our_lines: Vec<_> = ours.iter().map(|got| got.line().to_owned()).collect();
        our_lines.dedup();
        let order = |lines: Vec<String>| {
            let mut lines: Vec<_> = lines.iter().map(|line| line.to_lowercase()).collect();
            let files = lines.iter().position(|line| line.contains("results")).unwrap();
            lines[files..].sort();
            lines
        };
        assert_eq!(order(our_lines), order(lines), "{name}");
        let made: Value = serde_json::from_slice(&ours[0].body).unwrap();
        for (member, value) in job[0]["body"].as_object().unwrap() {
            assert_eq!(made[member], *value, "{name}: {member}");
        }
        assert!(ours[1].header("content-type").unwrap().starts_with("text/csv"));
        assert_eq!(serde_json::from_slice::<Value>(&ours[2].body).unwrap(), job[2]["body"]);
    }
    let Some(jsforce) = recorded("capture-jsforce.json") else { return };
    let table = |text: &[u8], rows: usize| -> Vec<std::collections::BTreeMap<String, String>> {
        let mut reader = csv::ReaderBuilder::new().from_reader(text);
        let rows = reader.deserialize::<std::collections::BTreeMap<String, String>>().take(rows);
        rows.map(|row| row.unwrap().into_iter().filter(|(name, _)| name != "Id").collect()).collect()
    };
    let theirs = jsforce[1]["body"].as_str().unwrap();
    assert_eq!(table(&ours[1].body, 2), table(theirs.as_bytes(), 2));
}

#[tokio::test]
async fn our_collections_and_sign_in_are_those_of_jsforce() {
    let Some(theirs) = recorded("capture-jsforce.json") else { return };
    let theirs = theirs.iter().find(|one| one["path"].as_str().unwrap().contains("composite")).unwrap();
    let ours = our_requests(vec![SIGNED_IN, Reply::Say(200, "application/json", "", "[]")], 2, 0).await;
    assert_eq!(ours[1].line(), line(&theirs["method"], &theirs["path"]));
    assert_eq!(ours[1].header("authorization"), theirs["headers"]["Authorization"].as_str());
    assert_eq!(ours[1].header("content-type"), theirs["headers"]["content-type"].as_str());
    assert_eq!(serde_json::from_slice::<Value>(&ours[1].body).unwrap(), theirs["body"]);
    let tokens = recorded("capture-jsforce-oauth.json").unwrap();
    let form = |text: &[u8]| -> std::collections::BTreeMap<String, String> {
        url::form_urlencoded::parse(text).into_owned().collect()
    };
    assert_eq!(form(&ours[0].body), form(tokens[2]["body"].as_str().unwrap().as_bytes()));
    assert_eq!(ours[0].line(), line(&tokens[2]["method"], &tokens[2]["path"]));
}

fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().find(|folder| folder.join("tests/salesforce").is_dir()).unwrap().to_owned()
}

/// What a client printed; `None` where it is not installed.
async fn judged(program: &str, installed: &Path, arguments: &[&str], ca: Option<&Path>) -> Option<Value> {
    if !installed.exists() {
        assert!(
            std::env::var_os("SLUICE_REQUIRE_SERVERS").is_none(),
            "`scripts/install tests` installs the judges."
        );
        let why = installed.display();
        writeln!(std::io::stderr(), "SKIPPED: {why} is not installed.").expect("standard error");
        return None;
    }
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    if let Some(ca) = ca {
        command.env("REQUESTS_CA_BUNDLE", ca);
    }
    let output = command.output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_str(told.trim()).unwrap())
}

#[tokio::test]
async fn jsforce_takes_the_stand_in_for_salesforce() {
    let fake = Fake::start().await;
    let folder = root().join("tests/salesforce");
    let (script, package) = (folder.join("judge.mjs"), folder.join("node_modules/jsforce"));
    let arguments = [script.to_str().unwrap(), fake.url.as_str()];
    let Some(said) = judged("node", &package, &arguments, None).await else { return };
    assert_eq!(said["keys"], json!(["Ext__c"]));
    let successes = |results: &Value| -> Vec<bool> {
        results.as_array().unwrap().iter().map(|one| one["success"].as_bool().unwrap()).collect()
    };
    assert_eq!(successes(&said["upserted"]), [true, false, false], "{said}");
    assert_eq!(said["upserted"][1]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING");
    assert_eq!(said["upserted"][2]["errors"][0]["fields"], json!(["Rating"]));
    let bulk = &said["bulk"];
    let lengths = ["successfulResults", "failedResults", "unprocessedRecords"]
        .map(|file| bulk[file].as_array().unwrap().len());
    assert_eq!(lengths, [2, 2, 0], "{bulk}");
    let reasons = bulk["failedResults"].to_string();
    assert!(reasons.contains("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"));
    assert_eq!(said["found"].as_array().unwrap().len(), 2);
    assert_eq!(said["found"][0]["Note__c"], "line1\nline2, \"q\"");
    assert_eq!(said["found"][0]["Email"], Value::Null);
    assert_eq!(said["limits"]["DailyApiRequests"]["Max"], 15_000);
    assert_eq!((said["unknown"].as_str(), fake.world().leads.len()), (Some("INVALID_FIELD"), 0));
}

#[tokio::test]
async fn simple_salesforce_takes_the_stand_in_for_salesforce() {
    let fake = Fake::start().await;
    fake.world().expire();
    let session = fake.world().session();
    let python = root().join(".tools/salesforce/bin/python");
    let folder = tempfile::TempDir::new().unwrap();
    let port = tls::in_front_of(fake.url.trim_start_matches("http://").to_owned(), folder.path()).await;
    let script = root().join("tests/salesforce/judge.py");
    let instance = format!("localhost:{port}");
    let arguments = [script.to_str().unwrap(), instance.as_str(), session.as_str()];
    let ca = folder.path().join("server.crt");
    let Some(said) = judged(python.to_str().unwrap(), &python, &arguments, Some(&ca)).await else { return };
    assert_eq!(
        (&said["keys"], &said["refused"]),
        (&json!(["Ext__c"]), &json!("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"))
    );
    assert_eq!(
        (&said["job"]["numberRecordsTotal"], &said["job"]["numberRecordsFailed"]),
        (&json!(3), &json!(1)),
        "{said}"
    );
    assert!(said["failed"].as_str().unwrap().contains("REQUIRED_FIELD_MISSING"));
    assert!(said["done"].as_str().unwrap().contains("\"s-3\""));
    assert_eq!(said["found"].as_array().unwrap().len(), 2);
    assert_eq!(fake.lead("s-1").unwrap()["Email"], Value::Null);
}
