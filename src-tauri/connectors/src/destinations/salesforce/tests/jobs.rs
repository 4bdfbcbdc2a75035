//! Jobs: made, filled, looked at, and what their three files say.

use std::collections::BTreeMap;

use sluice_engine::destination::{Answer, Batch, Delivery, JobToken, Jobs, Outcome};
use sluice_engine::error::ErrorKind;
use sluice_engine::record::{Change, MessageId, Operation, Record};

use super::outcomes::LEAD;
use super::*;

const ID: &str = "750R0000000zlh1IAA";
const MADE: Reply = json(200, r#"{"id":"750R0000000zlh1IAA","state":"Open","operation":"upsert"}"#);
const TAKEN: Reply = Reply::Say(201, "text/plain", "", "");
const HANDED_OVER: Reply = json(200, r#"{"id":"750R0000000zlh1IAA","state":"UploadComplete"}"#);
const WORKING: Reply = json(200, r#"{"id":"750R0000000zlh1IAA","state":"InProgress"}"#);
const OPEN: Reply = json(200, r#"{"id":"750R0000000zlh1IAA","state":"Open"}"#);
const COMPLETE: Reply =
    json(200, r#"{"id":"750R0000000zlh1IAA","state":"JobComplete","numberRecordsProcessed":2}"#);
const NOTHING_LEFT: Reply = csv("\"Ext__c\",\"Email\"\n");

pub(super) fn payloads(count: usize) -> Vec<String> {
    (0..count).map(|n| format!(r#"{{"Ext__c":"e-{n}","Email":"a{n}@example.com"}}"#)).collect()
}

async fn with_batch<T>(payloads: &[String], work: impl AsyncFnOnce(&Batch<'_>) -> T) -> T {
    let record = |(index, payload): (usize, &'static str)| Record {
        key: "1",
        change: Change::Added,
        operation: Operation::Upsert,
        payload: payload.as_bytes(),
        message_id: MessageId(index as u128),
        changed_at: chrono::DateTime::UNIX_EPOCH,
    };
    let leaked = payloads.iter().map(|payload| &*payload.clone().leak());
    let records: Vec<_> = leaked.enumerate().map(record).collect();
    let shape = leads();
    work(&Batch { shape: &shape, records: &records, run: 7, sync: "lead-scores" }).await
}

async fn poll(org: &Org, payloads: &[String]) -> Option<Delivery> {
    with_batch(payloads, async |batch| org.poll(&JobToken(ID.to_owned()), batch).await).await
}

async fn begin(org: &Org, payloads: &[String]) -> Delivery {
    with_batch(payloads, async |batch| org.deliver(batch).await).await
}

#[tokio::test]
async fn a_job_is_known_before_anything_is_uploaded_and_followed_to_its_three_files() {
    let mut successful = String::from("\"sf__Id\",\"sf__Created\",\"Email\",\"Ext__c\"\n");
    successful.extend(
        (5..300).map(|n| format!("\"00Q{n:012}AAA\",\"{}\",\"a{n}@example.com\",\"e-{n}\"\n", n != 7)),
    );
    successful.push_str("\"00Q000000000009AAA\",\"true\",\"x\",\"somebody-else\"\n");
    successful.push_str("\"\",\"true\",\"x\",\"e-4\"\n");
    let failed = csv(concat!(
        "\"sf__Id\",\"sf__Error\",\"Email\",\"Ext__c\"\n",
        "\"\",\"REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --\",\"a\",\"e-0\"\n",
        "\"\",\"UNABLE_TO_LOCK_ROW:unable to obtain exclusive access:--\",\"b\",\"e-1\"\n"
    ));
    let unprocessed = csv("\"Email\",\"Ext__c\"\n\"c\",\"e-2\"\n");
    let server = Server::start(vec![
        SIGNED_IN,
        MADE,
        TAKEN,
        HANDED_OVER,
        WORKING,
        COMPLETE,
        csv(successful.leak()),
        unprocessed,
        failed,
    ])
    .await;
    let (org, payloads) = (org(&server.url), payloads(300));
    let made = begin(&org, &payloads).await;
    assert!(matches!(&made.answer, Answer::Job(JobToken(id)) if id == ID), "{made:?}");
    assert_eq!(lines(&server.got())[1..], ["POST /jobs/ingest"], "nothing is uploaded yet");
    assert!(poll(&org, &payloads).await.is_none());
    assert!(poll(&org, &payloads).await.is_none());
    let ended = poll(&org, &payloads).await.unwrap();
    let all = said(&ended);
    assert_eq!(
        all[0],
        "Salesforce: Required fields are missing: [LastName] (REQUIRED_FIELD_MISSING: LastName)."
    );
    assert_eq!(
        all[1..5],
        [
            "again: Salesforce: unable to obtain exclusive access (UNABLE_TO_LOCK_ROW).",
            "again: Salesforce ended the job before it came to this record.",
            "again: Salesforce's answer does not say what became of this record: none of the job's results names it.",
            "again: Salesforce's answer does not say what became of this record: none of the job's results names it.",
        ]
    );
    assert!(all[5..].iter().all(|said| said == "delivered") && all.len() == 300);
    let new: BTreeMap<_, _> = (5..300).filter(|n| *n != 7).map(|n| (n, format!("00Q{n:012}AAA"))).collect();
    assert_eq!(ended.made, new);
    let got = server.got();
    let job = format!("/jobs/ingest/{ID}");
    assert_eq!(
        lines(&got)[2..],
        [
            format!("PUT {job}/batches"),
            format!("PATCH {job}"),
            format!("GET {job}"),
            format!("GET {job}"),
            format!("GET {job}/successfulResults"),
            format!("GET {job}/unprocessedrecords"),
            format!("GET {job}/failedResults"),
        ]
    );
    let asked: serde_json::Value = serde_json::from_slice(&got[1].body).unwrap();
    assert_eq!(asked["externalIdFieldName"], "Ext__c");
    assert_eq!((&asked["lineEnding"], &asked["contentType"]), (&"LF".into(), &"CSV".into()));
    assert!(String::from_utf8_lossy(&got[2].body).starts_with("Email,Ext__c\na0@example.com,e-0\n"));
    assert_eq!(got[2].header("content-type"), Some("text/csv; charset=UTF-8"));
    assert_eq!(got[3].body, br#"{"state":"UploadComplete"}"#);
}

#[tokio::test]
async fn of_two_records_that_are_one_to_salesforce_a_job_holds_the_last() {
    let server = Server::start(vec![SIGNED_IN, LEAD, MADE, TAKEN, HANDED_OVER]).await;
    let (org, mut payloads) = (org(&server.url), payloads(300));
    payloads.push(r#"{"Ext__c":"E-7","Email":"last@example.com"}"#.to_owned());
    let made = begin(&org, &payloads).await;
    assert!(matches!(&made.answer, Answer::Job(_)), "{made:?}");
    assert!(poll(&org, &payloads).await.is_none());
    let got = server.got();
    assert_eq!(lines(&got)[1..3], ["GET /sobjects/Lead/describe", "POST /jobs/ingest"]);
    let file = String::from_utf8_lossy(&got[3].body).into_owned();
    assert!(file.contains("\nlast@example.com,E-7\n") && !file.contains(",e-7\n"), "{file}");
    assert_eq!(file.lines().count(), 301);
}

#[tokio::test]
async fn a_job_left_empty_by_a_crash_is_given_up_and_never_filled_twice() {
    let server = Server::start(vec![SIGNED_IN, OPEN, json(200, "{}")]).await;
    let ended = poll(&org(&server.url), &payloads(300)).await.unwrap();
    let (way, error) = answered(&ended);
    assert_eq!(way, "unknown");
    assert!(error.unwrap().safe().contains("worked on none of them"));
    assert_eq!(server.got()[2].body, br#"{"state":"Aborted"}"#);
    // Where it can not be given up, it is looked at again.
    let server = Server::start(vec![SIGNED_IN, OPEN, json(503, "later")]).await;
    assert_eq!(answered(&poll(&org(&server.url), &payloads(300)).await.unwrap()).0, "again");
    let gone = json(404, r#"[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]"#);
    let server = Server::start(vec![SIGNED_IN, gone]).await;
    assert_eq!(answered(&poll(&org(&server.url), &payloads(300)).await.unwrap()).0, "unknown");
}

#[tokio::test]
async fn an_upload_whose_answer_is_lost_is_not_made_again() {
    for lost in [Reply::Cut, Reply::CutBody] {
        let server = Server::start(vec![SIGNED_IN, MADE, lost, OPEN, json(200, "{}")]).await;
        let (org, payloads) = (org(&server.url), payloads(201));
        begin(&org, &payloads).await;
        assert_eq!(answered(&poll(&org, &payloads).await.unwrap()).0, "again");
        assert_eq!(answered(&poll(&org, &payloads).await.unwrap()).0, "unknown");
        let uploads = lines(&server.got()).iter().filter(|line| line.starts_with("PUT")).count();
        assert_eq!(uploads, 1);
    }
    // One that was refused unread is.
    let server = Server::start(vec![SIGNED_IN, MADE, json(503, "later"), TAKEN, HANDED_OVER]).await;
    let (org, payloads) = (org(&server.url), payloads(201));
    begin(&org, &payloads).await;
    assert_eq!(answered(&poll(&org, &payloads).await.unwrap()).0, "again");
    assert!(poll(&org, &payloads).await.is_none());
}

#[tokio::test]
async fn a_failed_job_keeps_what_it_did_and_a_file_nobody_can_read_is_refused() {
    let failed = json(
        200,
        r#"{"id":"750R0000000zlh1IAA","state":"Failed","numberRecordsProcessed":1,"errorMessage":"TooManyRetries : batch"}"#,
    );
    let first = csv("\"sf__Id\",\"sf__Created\",\"Ext__c\"\n\"00Q000000000001AAA\",\"true\",\"e-0\"\n");
    let rest: String = (1..201).fold("\"Ext__c\"\n".to_owned(), |file, n| format!("{file}\"e-{n}\"\n"));
    let server = Server::start(vec![SIGNED_IN, failed, first, csv(rest.leak()), csv("")]).await;
    let all = said(&poll(&org(&server.url), &payloads(201)).await.unwrap());
    assert_eq!(all[0], "delivered");
    assert!(all[1..].iter().all(|said| said.starts_with("again: ") && said.contains("TooManyRetries")));
    let invalid = json(
        200,
        r#"{"id":"750R0000000zlh1IAA","state":"Failed","numberRecordsProcessed":0,"errorMessage":"InvalidBatch : Field name not found : Emial"}"#,
    );
    let rest: String = (0..201).fold("\"Ext__c\"\n".to_owned(), |file, n| format!("{file}\"e-{n}\"\n"));
    let server = Server::start(vec![SIGNED_IN, invalid, csv(""), csv(rest.leak()), csv("")]).await;
    let ended = poll(&org(&server.url), &payloads(201)).await.unwrap();
    let Answer::Records(outcomes) = &ended.answer else { panic!("{ended:?}") };
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Rejected(error)
        if error.kind() == ErrorKind::RecordRejected && error.message().contains("Field name not found : Emial"))));
}

#[tokio::test]
async fn nothing_counts_as_delivered_that_the_files_do_not_name() {
    let job = |results: Reply| vec![SIGNED_IN, COMPLETE, results, NOTHING_LEFT, csv("")];
    let server = Server::start(job(csv(""))).await;
    let all = said(&poll(&org(&server.url), &payloads(201)).await.unwrap());
    assert!(all.iter().all(|said| said.starts_with("again: ")), "{all:?}");
    for broken in [
        Reply::Cut,
        Reply::CutBody,
        Reply::Silence,
        json(500, "boom"),
        json(429, "slow"),
        Reply::Say(200, "text/html", "", "<html>"),
        csv("\"sf__Id\",\"sf__Created\",\"Ext__c\"\n\"00Q1\",\"true\"\n"),
        csv("\"sf__Id\",\"Email\"\n\"00Q1\",\"e-0\"\n"),
    ] {
        let server = Server::start(job(broken)).await;
        let ended = poll(&org(&server.url), &payloads(201)).await.unwrap();
        assert_eq!(answered(&ended).0, "again", "{ended:?}");
    }
}

#[tokio::test]
async fn looks_that_fail_leave_the_job_alone() {
    for (reply, way) in [
        (Reply::Cut, "again"),
        (Reply::CutBody, "again"),
        (json(200, ""), "again"),
        (json(500, "boom"), "again"),
        (json(200, r#"{"id":"750R0000000zlh1IAA","state":"Elsewhere"}"#), "again"),
        (json(403, r#"[{"errorCode":"API_CURRENTLY_DISABLED","message":"off"}]"#), "stop"),
    ] {
        let server = Server::start(vec![SIGNED_IN, reply]).await;
        let ended = poll(&org(&server.url), &payloads(201)).await.unwrap();
        assert_eq!(answered(&ended).0, way, "{ended:?}");
        assert_eq!(server.got().len(), 2);
    }
}

#[tokio::test]
async fn a_job_that_was_not_made_carries_nothing() {
    for (reply, way) in [
        (json(200, ""), "again"),
        (json(200, r#"{"id":"../x"}"#), "again"),
        (Reply::Cut, "unknown"),
        (json(429, "slow"), "again"),
        (json(400, r#"[{"errorCode":"INVALIDENTITY","message":"Unable to find object: Laed"}]"#), "stop"),
    ] {
        let server = Server::start(vec![SIGNED_IN, reply]).await;
        assert_eq!(answered(&begin(&org(&server.url), &payloads(201)).await).0, way);
    }
}
