#![allow(clippy::unwrap_used, clippy::panic)]

mod connection;
mod jobs;
mod looking;
mod outcomes;
mod signing_in;

use std::path::Path;
use std::time::Duration;

use sluice_engine::destination::Destination;
use sluice_engine::error::ErrorKind;
use sluice_engine::record::Operation;
use sluice_engine::sync::Shape;

use super::Salesforce;
use super::client::Org;
use crate::destinations::fixture::server::{Got, Reply, Server};
use crate::destinations::fixture::{Row, Standing, answered, opening, row, said, send};
use crate::http::Patience;

const SECRET: &str = "s3cr3t-of-the-app";
const ACCESS: &str = "00Dxx!ACCESS.TOKEN";

/// What the token endpoint says.
pub(super) const SIGNED_IN: Reply = json(
    200,
    r#"{"access_token":"00Dxx!ACCESS.TOKEN","instance_url":"{here}","token_type":"Bearer","scope":"api"}"#,
);

pub(super) const fn json(status: u16, body: &'static str) -> Reply {
    Reply::Say(status, "application/json;charset=UTF-8", "", body)
}

pub(super) const fn csv(body: &'static str) -> Reply {
    Reply::Say(200, "text/csv", "", body)
}

pub(super) const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(5), answer: Duration::from_millis(400) };

pub(super) fn org(url: &str) -> Org {
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let settings = [("instance_url", url), ("client_id", "CONSUMER_KEY")];
    let opening = opening(&Salesforce, Path::new("/"), clock, &settings, &[("client_secret", SECRET)]);
    Org::new(&opening.unwrap(), PATIENCE).unwrap()
}

pub(super) fn leads() -> Shape {
    Shape::Record { object: "Lead".to_owned(), match_field: "Ext__c".to_owned() }
}

pub(super) fn two() -> Vec<Row> {
    vec![
        row(1, r#"{"Ext__c":"e-1","Email":"ana@example.com","Score__c":12.50,"Note__c":null}"#),
        row(2, r#"{"Ext__c":"e-2","LastName":"Böb"}"#),
    ]
}

pub(super) fn lines(got: &[Got]) -> Vec<String> {
    let line = |got: &Got| got.line().trim_end_matches(" HTTP/1.1").replace("/services/data/v66.0", "");
    got.iter().map(line).collect()
}

const BOTH: &str = r#"[{"id":"00Q000000000001AAA","success":true,"created":true,"errors":[]},
    {"id":"00Q000000000002AAA","success":true,"created":false,"errors":[]}]"#;

#[tokio::test]
async fn a_batch_goes_out_as_salesforce_wants_it_and_a_repeat_has_the_same_bytes() {
    let server = Server::start(vec![SIGNED_IN, json(200, BOTH)]).await;
    let org = org(&server.url);
    assert_eq!(said(&send(&org, &leads(), &two()).await), ["delivered", "delivered"]);
    send(&org, &leads(), &two()).await;
    let got = server.got();
    assert_eq!(
        lines(&got),
        [
            "POST /services/oauth2/token",
            "PATCH /composite/sobjects/Lead/Ext__c",
            "PATCH /composite/sobjects/Lead/Ext__c"
        ]
    );
    assert_eq!(
        String::from_utf8_lossy(&got[0].body),
        format!("grant_type=client_credentials&client_secret={SECRET}&client_id=CONSUMER_KEY")
    );
    assert_eq!(got[1].header("authorization"), Some(format!("Bearer {ACCESS}").as_str()));
    assert_eq!(
        String::from_utf8_lossy(&got[1].body),
        concat!(
            r#"{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"Ext__c":"e-1","Email":"ana@example.com","#,
            r#""Score__c":12.50,"Note__c":null},{"attributes":{"type":"Lead"},"Ext__c":"e-2","LastName":"Böb"}]}"#
        )
    );
    assert_eq!(got[1].body, got[2].body);
}

#[tokio::test]
async fn the_log_shows_the_request_without_secrets() {
    let server = Server::start(vec![SIGNED_IN, json(200, BOTH)]).await;
    let exchange = send(&org(&server.url), &leads(), &two()).await.exchange;
    let log = format!("{exchange:?}");
    assert!(!log.contains(SECRET) && !log.contains(ACCESS), "{log}");
    let target = format!("PATCH {}/services/data/v66.0/composite/sobjects/Lead/Ext__c", server.url);
    assert_eq!(exchange.target, target);
    assert_eq!(exchange.headers[0], ("Authorization".to_owned(), "Bearer in keychain".to_owned()));
    assert_eq!((exchange.status, exchange.answer.as_str()), (Some(200), BOTH));
    assert_eq!(exchange.bytes, server.got()[1].body.len() as u64);
}

#[tokio::test]
async fn each_answer_is_sorted_and_explained() {
    const HTML: &str = "<html><body>Welcome</body></html>";
    let page = |status| Reply::Say(status, "text/html; charset=utf-8", "", HTML);
    let cases = [
        (page(200), "again", ErrorKind::WebPage, "A web page answered"),
        (json(200, ""), "unknown", ErrorKind::BadAnswer, "does not say what became of the records"),
        (json(200, "[]"), "unknown", ErrorKind::BadAnswer, "answered for 0 records, and 2 were sent"),
        (json(200, r#"[{"id":"1","succ"#), "unknown", ErrorKind::BadAnswer, "does not say"),
        (
            json(
                400,
                r#"[{"errorCode":"JSON_PARSER_ERROR","message":"Cannot deserialize instance of double"}]"#,
            ),
            "refused",
            ErrorKind::RequestRefused,
            "“Cannot deserialize instance of double” (JSON_PARSER_ERROR)",
        ),
        (
            json(
                400,
                r#"[{"errorCode":"INVALID_FIELD","message":"No such column 'X__c' on sobject of type Lead"}]"#,
            ),
            "stop",
            ErrorKind::MissingObject,
            "No such column 'X__c'",
        ),
        (
            json(404, r#"[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]"#),
            "stop",
            ErrorKind::MissingObject,
            "does not know the object or a field",
        ),
        (page(404), "stop", ErrorKind::WebPage, "A web page answered"),
        (json(404, ""), "stop", ErrorKind::BadAnswer, "does not answer as Salesforce's API (HTTP 404)"),
        (
            Reply::Say(302, "text/html", "location: http://127.0.0.1:1/\r\n", ""),
            "stop",
            ErrorKind::BadAnswer,
            "(HTTP 302)",
        ),
        (
            json(403, r#"[{"errorCode":"INSUFFICIENT_ACCESS","message":"no edit"}]"#),
            "stop",
            ErrorKind::NotAllowed,
            "“no edit” (INSUFFICIENT_ACCESS)",
        ),
        (
            json(403, r#"[{"errorCode":"API_DISABLED_FOR_ORG","message":"not enabled"}]"#),
            "stop",
            ErrorKind::ApiOff,
            "may not use Salesforce's API",
        ),
        (
            json(
                403,
                r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#,
            ),
            "again",
            ErrorKind::QuotaSpent,
            "TotalRequests Limit exceeded.",
        ),
        (json(413, ""), "refused", ErrorKind::TooLarge, "no request of this size"),
        (json(429, "slow"), "again", ErrorKind::RateLimited, "slow down: “slow”"),
        (
            json(500, r#"[{"errorCode":"UNKNOWN_EXCEPTION","message":"An unexpected error"}]"#),
            "again",
            ErrorKind::ServerFailed,
            "(HTTP 500): “An unexpected error” (UNKNOWN_EXCEPTION)",
        ),
        (page(503), "again", ErrorKind::ServerFailed, "(HTTP 503): a web page came back"),
        (json(504, "late"), "unknown", ErrorKind::ServerFailed, "(HTTP 504)"),
        (Reply::Cut, "unknown", ErrorKind::Unreachable, "was cut before the whole answer"),
        (Reply::CutBody, "unknown", ErrorKind::Unreachable, "was cut before the whole answer"),
        (Reply::Silence, "unknown", ErrorKind::TimedOut, "no answer came in time"),
    ];
    for (reply, way, kind, words) in cases {
        let server = Server::start(vec![SIGNED_IN, reply]).await;
        let delivery = send(&org(&server.url), &leads(), &two()).await;
        let (got_way, got) = answered(&delivery);
        let got = got.unwrap();
        assert_eq!((got_way, got.kind()), (way, kind), "{got}");
        assert!(got.message().contains(words), "{got} is not {words}");
        assert_eq!(server.got().len(), 2, "a connector sends once: {way} {got}");
    }
}

#[tokio::test]
async fn retry_after_is_handed_on_in_both_forms_and_a_spent_quota_waits() {
    for (header, seconds) in
        [("retry-after: 7\r\n", 7), ("retry-after: Sun, 22 Nov 2026 12:01:30 GMT\r\n", 90)]
    {
        for status in [429, 503] {
            let reply = Reply::Say(status, "application/json", header, "later");
            let server = Server::start(vec![SIGNED_IN, reply]).await;
            let delivery = send(&org(&server.url), &leads(), &two()).await;
            let wait = answered(&delivery).1.and_then(sluice_engine::Error::retry_after);
            assert_eq!(wait, Some(Duration::from_secs(seconds)));
        }
    }
    let spent = json(403, r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"spent"}]"#);
    let server = Server::start(vec![SIGNED_IN, spent]).await;
    let delivery = send(&org(&server.url), &leads(), &two()).await;
    assert_eq!(answered(&delivery).1.unwrap().retry_after(), Some(Duration::from_secs(900)));
}

#[tokio::test]
async fn a_session_that_is_over_is_renewed_once_and_the_same_request_sent_again() {
    let over = json(401, r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#);
    let server = Server::start(vec![SIGNED_IN, over.clone(), SIGNED_IN, json(200, BOTH)]).await;
    assert_eq!(said(&send(&org(&server.url), &leads(), &two()).await), ["delivered", "delivered"]);
    let got = server.got();
    assert_eq!(got.len(), 4);
    assert_eq!(got[1].body, got[3].body);
    let server = Server::start(vec![SIGNED_IN, over.clone(), SIGNED_IN, over]).await;
    let delivery = send(&org(&server.url), &leads(), &two()).await;
    let (way, error) = answered(&delivery);
    assert_eq!((way, error.unwrap().kind()), ("stop", ErrorKind::SignInFailed));
    assert_eq!(server.got().len(), 4, "once is enough");
}

#[tokio::test]
async fn events_are_not_for_it_and_new_records_have_no_id_to_match() {
    let org = org("http://127.0.0.1:9");
    let delivery = send(&org, &Shape::Identify, &two()).await;
    assert_eq!(answered(&delivery).1.unwrap().kind(), ErrorKind::BadMapping);
    let by_id = Shape::Record { object: "Lead".to_owned(), match_field: "Id".to_owned() };
    let create = [row(1, r#"{"Id":"00Q000000000001AAA"}"#).to(Operation::Create)];
    assert_eq!(answered(&send(&org, &by_id, &create).await).1.unwrap().kind(), ErrorKind::BadMapping);
}

#[test]
fn the_count_of_a_run_decides_how_its_records_travel() {
    let org = org("http://127.0.0.1:9");
    let together = |operation, of_run| {
        org.together(&leads(), operation, of_run).map(|go| (go.records, go.requests, go.by))
    };
    assert_eq!(together(Operation::Upsert, 1_999), Some((200, 1, "sObject Collections")));
    assert_eq!(together(Operation::Upsert, 2_000), Some((10_000, 8, "Bulk API 2.0")));
    for operation in [Operation::Update, Operation::Create, Operation::Clear, Operation::Delete] {
        assert_eq!(together(operation, 1_000_000), Some((200, 2, "sObject Collections")));
    }
}
