#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use sluice_engine::check::{Step, StepResult, Steps};
use sluice_engine::destination::Destination;
use sluice_engine::error::ErrorKind;
use sluice_engine::sync::{EventName, Shape};

use super::Segment;
use super::client::{PASTED, Workspace};
use crate::destinations::fixture::server::{Got, Reply, Server, text};
use crate::destinations::fixture::{Row, Standing, answered, opening, row, said, send};
use crate::http::Patience;

const KEY: &str = "2abcDEFghiJKLmnoPQRstuVWXyz01234";
const OK: Reply = Reply::Say(200, "application/json", "", r#"{"success":true}"#);

fn open(settings: &[(&str, &str)]) -> Workspace {
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let opening = opening(&Segment, Path::new("/"), clock, settings, &[("write_key", KEY)]).unwrap();
    let patience = Patience { connect: Duration::from_secs(5), answer: Duration::from_millis(400) };
    Workspace::new(&opening, patience).unwrap()
}

fn workspace(url: &str) -> Workspace {
    open(&[("url", url)])
}

fn track() -> Shape {
    Shape::Track(EventName::Fixed("Row Updated".to_owned()))
}

fn events() -> Vec<Row> {
    vec![
        row(1, r#"{"type":"identify","userId":"u_1","traits":{"email":"ana@example.com","mrr":12.50}}"#),
        row(
            2,
            r#"{"type":"track","event":"Row Updated","anonymousId":"a_1","context":{"traits":{"email":"b@c.de"}},"properties":{"n":"9007199254740993"}}"#,
        ),
    ]
}

#[tokio::test]
async fn a_batch_goes_out_as_segment_wants_it_and_a_repeat_has_the_same_bytes() {
    let server = Server::start(vec![OK]).await;
    let workspace = workspace(&format!("{}/v1/batch", server.url));
    let first = send(&workspace, &Shape::Identify, &events()).await;
    send(&workspace, &Shape::Identify, &events()).await;
    assert_eq!(said(&first), ["accepted", "accepted"]);
    let got = server.got();
    assert_eq!(got[0].line(), "POST /v1/batch HTTP/1.1");
    assert!(got[0].header("authorization").unwrap().starts_with("Basic MmFiY0RFRmdoaUpLTG1"));
    assert_eq!(got[0].header("content-type"), Some("application/json"));
    assert_eq!(got[0].header("content-encoding"), None);
    assert_eq!(
        String::from_utf8_lossy(&got[0].body),
        concat!(
            r#"{"batch":[{"messageId":"00000000-0000-8000-8000-000000000001","timestamp":"2026-11-22T11:59:58.250Z","#,
            r#""integrations":{},"context":{"library":{"name":"sluice","version":"1"}},"#,
            r#""type":"identify","userId":"u_1","traits":{"email":"ana@example.com","mrr":12.50}},"#,
            r#"{"messageId":"00000000-0000-8000-8000-000000000002","timestamp":"2026-11-22T11:59:58.250Z","#,
            r#""integrations":{},"type":"track","event":"Row Updated","anonymousId":"a_1","#,
            r#""context":{"library":{"name":"sluice","version":"1"},"traits":{"email":"b@c.de"}},"#,
            r#""properties":{"n":"9007199254740993"}}]}"#
        )
    );
    assert_eq!(got[0].body, got[1].body);
}

#[tokio::test]
async fn the_log_shows_the_request_without_the_key() {
    let server = Server::start(vec![OK]).await;
    let exchange = send(&workspace(&server.url), &Shape::Identify, &events()).await.exchange;
    let log = format!("{exchange:?}");
    assert!(!log.contains(KEY) && !log.contains("MmFiY0RFR"), "{log}");
    assert_eq!(exchange.target, format!("POST {}/v1/batch", server.url));
    assert_eq!(exchange.headers[0], ("Authorization".to_owned(), "Basic in keychain".to_owned()));
    assert_eq!((exchange.status, exchange.answer.as_str()), (Some(200), r#"{"success":true}"#));
    assert_eq!(exchange.bytes, server.got()[0].body.len() as u64);
}

#[tokio::test]
async fn what_segment_would_drop_unseen_is_refused_before_it_is_sent_and_the_rest_goes_out() {
    let server = Server::start(vec![OK]).await;
    let nobody =
        "The event has neither a user id nor an anonymous id; Segment would drop it and say nothing.";
    let rows = [
        row(1, r#"{"type":"identify","traits":{}}"#),
        row(2, r#"{"type":"identify","userId":"u","traits":{}}"#),
        row(3, r#"{"type":"track","event":"e","userId":" ","anonymousId":"","properties":{}}"#),
        row(4, r#"{"type":"track","event":" ","userId":"u","properties":{}}"#),
        row(5, r#"{"type":"track","userId":"u","properties":{}}"#),
        row(6, r#"{"type":"track","event":"e","anonymousId":"a\"b","properties":{}}"#),
        row(7, r#"{"type":"identify","userId":7,"traits":{}}"#),
    ];
    let delivery = send(&workspace(&server.url), &track(), &rows).await;
    let unnamed = "The event has no name; Segment would drop it and say nothing.";
    let odd = "Segment would not take this as an event, and say nothing.";
    assert_eq!(said(&delivery), [nobody, "accepted", nobody, unnamed, unnamed, "accepted", odd]);
    assert_eq!(delivery.exchange.left_out, [0, 2, 3, 4, 6], "the request says nothing of them");
    let body: serde_json::Value = serde_json::from_slice(&server.got()[0].body).unwrap();
    let ids: Vec<_> = body["batch"].as_array().unwrap().iter().map(|event| &event["messageId"]).collect();
    assert_eq!(ids, ["00000000-0000-8000-8000-000000000002", "00000000-0000-8000-8000-000000000006"]);
}

#[tokio::test]
async fn where_every_event_would_be_dropped_nothing_is_sent() {
    let server = Server::start(vec![OK]).await;
    let rows = [row(1, r#"{"type":"identify","traits":{}}"#)];
    let delivery = send(&workspace(&server.url), &Shape::Identify, &rows).await;
    assert_eq!(answered(&delivery).0, "records");
    assert!(delivery.exchange.never_left && server.got().is_empty());
}

#[tokio::test]
async fn a_batch_that_segment_would_drop_for_its_size_is_not_sent() {
    let server = Server::start(vec![OK]).await;
    let many: Vec<_> =
        (0..2_501).map(|id| row(id, r#"{"type":"identify","userId":"u","traits":{}}"#)).collect();
    let long = format!(r#"{{"type":"identify","userId":"u","traits":{{"x":"{}"}}}}"#, "x".repeat(31_000));
    let large: Vec<_> = (0..17).map(|id| row(id, &long)).collect();
    for rows in [many, large] {
        let delivery = send(&workspace(&server.url), &Shape::Identify, &rows).await;
        let (way, error) = answered(&delivery);
        assert_eq!((way, error.unwrap().kind()), ("refused", ErrorKind::TooLarge));
    }
    assert!(server.got().is_empty());
}

#[test]
fn its_limits_are_within_segments() {
    for shape in [Shape::Identify, track()] {
        let limits = workspace("http://127.0.0.1:9").limits(&shape);
        assert!(limits.records <= 2_500 && limits.bytes + 64 <= 500_000);
        assert!(limits.record_bytes + limits.envelope_bytes <= 32 * 1024);
    }
}

#[tokio::test]
async fn each_answer_is_sorted_and_explained() {
    const HTML: &str = "<html><body>Welcome</body></html>";
    let page = |status| Reply::Say(status, "text/html; charset=utf-8", "", HTML);
    let json = |status, body| Reply::Say(status, "application/json", "", body);
    let web = Some((ErrorKind::WebPage, "A web page answered instead of Segment's API."));
    let cut = Some((ErrorKind::Unreachable, "The connection was cut before the whole answer had come."));
    let failed = |message| Some((ErrorKind::ServerFailed, message));
    let cases = [
        (text(200, ""), "records", None),
        (text(202, "ok"), "records", None),
        (page(200), "again", web),
        (
            json(200, r#"{"success":false,"code":"bad"}"#),
            "refused",
            Some((ErrorKind::RequestRefused, r#"Segment refused it: “{"success":false,"code":"bad"}”."#)),
        ),
        (
            text(400, "malformed JSON"),
            "refused",
            Some((ErrorKind::RequestRefused, "Segment refused it: “malformed JSON”.")),
        ),
        (text(401, ""), "stop", Some((ErrorKind::SignInFailed, "Segment does not know this write key."))),
        (text(403, "no"), "stop", Some((ErrorKind::NotAllowed, "Segment forbids it: “no”."))),
        (page(404), "stop", web),
        (
            text(404, "nothing"),
            "stop",
            Some((
                ErrorKind::BadAnswer,
                "This address does not take events as Segment's API does (HTTP 404).",
            )),
        ),
        (
            Reply::Say(302, "text/html", "location: http://127.0.0.1:1/\r\n", ""),
            "stop",
            Some((
                ErrorKind::BadAnswer,
                "This address does not take events as Segment's API does (HTTP 302).",
            )),
        ),
        (text(413, ""), "refused", Some((ErrorKind::TooLarge, "Segment takes no request of this size."))),
        (
            text(429, ""),
            "again",
            Some((
                ErrorKind::RateLimited,
                "Segment asks to slow down: the workspace's limit of events is reached.",
            )),
        ),
        (text(408, "late"), "again", failed("Segment failed (HTTP 408): “late”.")),
        (text(410, "gone"), "again", failed("Segment failed (HTTP 410): “gone”.")),
        (text(460, "left"), "again", failed("Segment failed (HTTP 460): “left”.")),
        (text(500, "boom"), "again", failed("Segment failed (HTTP 500): “boom”.")),
        (page(503), "again", failed("Segment failed (HTTP 503): a web page came back.")),
        (
            text(501, "what"),
            "stop",
            Some((
                ErrorKind::BadAnswer,
                "This address does not take events as Segment's API does (HTTP 501).",
            )),
        ),
        (Reply::Cut, "unknown", cut),
        (Reply::CutBody, "unknown", cut),
        (
            Reply::Silence,
            "unknown",
            Some((ErrorKind::TimedOut, "The request was sent, and no answer came in time.")),
        ),
    ];
    for (reply, way, error) in cases {
        let server = Server::start(vec![reply]).await;
        let delivery = send(&workspace(&server.url), &Shape::Identify, &events()).await;
        let (got_way, got) = answered(&delivery);
        assert_eq!((got_way, got.map(|error| (error.kind(), error.message()))), (way, error));
        assert_eq!(server.got().len(), 1, "a connector sends once: {way} {error:?}");
    }
}

#[tokio::test]
async fn how_long_to_wait_is_handed_on() {
    for (header, seconds) in [
        ("retry-after: 3\r\n", Some(3)),
        ("x-ratelimit-reset: 9\r\n", Some(9)),
        ("retry-after: 3\r\nx-ratelimit-reset: 9\r\n", Some(3)),
        ("x-ratelimit-reset: 1795348664\r\n", None),
        ("", None),
    ] {
        for status in [429, 503] {
            let server = Server::start(vec![Reply::Say(status, "text/plain", header, "later")]).await;
            let delivery = send(&workspace(&server.url), &Shape::Identify, &events()).await;
            let wait = answered(&delivery).1.and_then(sluice_engine::Error::retry_after);
            assert_eq!(wait, seconds.map(Duration::from_secs), "{header}");
        }
    }
}

#[tokio::test]
async fn records_are_not_for_it() {
    let shape = Shape::Record { object: "contacts".to_owned(), match_field: "email".to_owned() };
    let delivery = send(&workspace("http://127.0.0.1:9"), &shape, &events()).await;
    assert_eq!(answered(&delivery).1.unwrap().kind(), ErrorKind::BadMapping);
}

#[tokio::test]
async fn the_test_sends_nothing_and_says_what_it_can_not_know() {
    let server = Server::start(vec![text(404, "nothing here")]).await;
    let listen = |_: &Step| {};
    let mut steps = Steps::new(super::manifest::MANIFEST.steps, &listen);
    workspace(&server.url).check(&mut steps).await.unwrap();
    let steps = steps.finish();
    let note = |name: &str| match &steps.iter().find(|step| step.name == name).unwrap().result {
        StepResult::Passed(found) => found.clone().unwrap_or_default(),
        StepResult::Noted(note, _) => note.clone(),
        StepResult::Failed(_) | StepResult::NotReached => panic!("{name}: {steps:?}"),
    };
    assert_eq!(note("secure"), "not needed: it stays on this computer");
    assert!(note("write_key").starts_with("This API takes events with any key"), "{}", note("write_key"));
    let got = server.got();
    assert_eq!(got.iter().map(Got::line).collect::<Vec<_>>(), ["GET / HTTP/1.1"]);
    assert_eq!(got[0].header("authorization"), None);
}

#[tokio::test]
async fn the_test_says_which_step_failed() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let silent = Server::start(vec![Reply::Silence]).await;
    for (url, name, kind) in [
        ("http://no-such-host.invalid", "host", ErrorKind::HostNotFound),
        (nobody.as_str(), "reach", ErrorKind::Unreachable),
        (silent.url.as_str(), "secure", ErrorKind::TimedOut),
    ] {
        let listen = |_: &Step| {};
        let mut steps = Steps::new(super::manifest::MANIFEST.steps, &listen);
        workspace(url).check(&mut steps).await.unwrap_err();
        let failed = steps.finish().iter().find_map(|step| match &step.result {
            StepResult::Failed(error) => Some((step.name, error.kind())),
            StepResult::Passed(_) | StepResult::Noted(..) | StepResult::NotReached => None,
        });
        assert_eq!(failed, Some((name, kind)));
    }
}

#[test]
fn the_address_is_that_of_the_us_unless_it_is_given() {
    assert_eq!(open(&[]).api.target(), "POST https://api.segment.io/v1/batch");
    let eu = workspace("https://events.eu1.segmentapis.com/v1/");
    assert_eq!(eu.api.target(), "POST https://events.eu1.segmentapis.com/v1/batch");
    assert!(!eu.odd_key && open(&[]).api.address.base.as_str().ends_with('/'));
}

#[test]
fn an_address_and_a_key_are_found_in_what_is_pasted() {
    let (found, unused) = PASTED.found(&format!("curl https://api.segment.io/v1/track -u {KEY}:")).unwrap();
    assert_eq!(found["write_key"], KEY);
    assert!(found["url"].starts_with("https://api.segment.io") && unused.is_empty());
    assert!(PASTED.found(&format!("https://acme.dataplane.rudderstack.com {KEY}")).is_none());
}
