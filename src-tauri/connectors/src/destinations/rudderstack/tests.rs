#![allow(clippy::unwrap_used)]

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use sluice_engine::check::{Step, StepResult, Steps};
use sluice_engine::destination::Destination;
use sluice_engine::error::ErrorKind;
use sluice_engine::sync::{EventName, Shape};

use super::RudderStack;
use super::client::{DataPlane, PASTED};
use crate::destinations::fixture::server::{Got, Reply, Server, text};
use crate::destinations::fixture::{Row, Standing, answered, opening, row, said, send, try_open};
use crate::http::Patience;

const KEY: &str = "2abcDEFghiJKLmnoPQRstuVWXyz";
const OK: Reply = text(200, "ok");

fn plane(url: &str) -> DataPlane {
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let settings = [("data_plane_url", url)];
    let opening = opening(&RudderStack, Path::new("/"), clock, &settings, &[("write_key", KEY)]).unwrap();
    let patience = Patience { connect: Duration::from_secs(5), answer: Duration::from_millis(400) };
    DataPlane::new(&opening, patience).unwrap()
}

fn events() -> Vec<Row> {
    vec![
        row(1, r#"{"type":"identify","userId":"u_1","traits":{"email":"ana@example.com","mrr":12.50}}"#),
        row(
            2,
            r#"{"type":"track","event":"Row Updated","anonymousId":"a_1","properties":{"n":"9007199254740993"}}"#,
        ),
    ]
}

#[tokio::test]
async fn a_batch_goes_out_as_the_data_plane_wants_it_and_a_repeat_has_the_same_bytes() {
    let server = Server::start(vec![OK]).await;
    let plane = plane(&format!("{}/v1/batch", server.url));
    let first = send(&plane, &Shape::Identify, &events()).await;
    send(&plane, &Shape::Identify, &events()).await;
    assert_eq!(said(&first), ["accepted", "accepted"]);
    let got = server.got();
    assert_eq!(got[0].line(), "POST /v1/batch HTTP/1.1");
    assert_eq!(got[0].header("authorization"), Some("Basic MmFiY0RFRmdoaUpLTG1ub1BRUnN0dVZXWHl6Og=="));
    assert_eq!(got[0].header("content-type"), Some("application/json"));
    assert!(got[0].header("user-agent").unwrap().starts_with("Sluice/"));
    assert_eq!(
        String::from_utf8_lossy(&got[0].body),
        concat!(
            r#"{"batch":[{"messageId":"00000000-0000-8000-8000-000000000001","timestamp":"2026-11-22T11:59:58.250Z","#,
            r#""channel":"server","context":{"sources":{"job_id":"lead-scores/Sluice","task_id":"lead-scores"}},"type":"identify","userId":"u_1","traits":{"email":"ana@example.com","mrr":12.50}},"#,
            r#"{"messageId":"00000000-0000-8000-8000-000000000002","timestamp":"2026-11-22T11:59:58.250Z","#,
            r#""channel":"server","context":{"sources":{"job_id":"lead-scores/Sluice","task_id":"lead-scores"}},"type":"track","event":"Row Updated","anonymousId":"a_1","properties":{"n":"9007199254740993"}}]}"#
        )
    );
    assert_eq!(got[0].body, got[1].body);
}

#[tokio::test]
async fn the_log_shows_the_request_without_the_key() {
    let server = Server::start(vec![OK]).await;
    let exchange = send(&plane(&server.url), &Shape::Identify, &events()).await.exchange;
    let log = format!("{exchange:?}");
    assert!(!log.contains(KEY) && !log.contains("MmFiY0RFR"), "{log}");
    assert_eq!(exchange.target, format!("POST {}/v1/batch", server.url));
    assert_eq!(exchange.headers[0], ("Authorization".to_owned(), "Basic in keychain".to_owned()));
    assert_eq!((exchange.status, exchange.answer.as_str()), (Some(200), "ok"));
    assert_eq!(exchange.bytes, server.got()[0].body.len() as u64);
}

#[tokio::test]
async fn a_compressed_batch_unpacks_to_the_same_events() {
    let server = Server::start(vec![OK]).await;
    let plain = plane(&server.url);
    let mut packed = plane(&server.url);
    packed.api.gzip = true;
    send(&plain, &Shape::Identify, &events()).await;
    let exchange = send(&packed, &Shape::Identify, &events()).await.exchange;
    let got = server.got();
    assert_eq!(got[1].header("content-encoding"), Some("gzip"));
    assert_eq!(exchange.bytes, got[1].body.len() as u64);
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&got[1].body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, got[0].body);
}

#[tokio::test]
async fn each_answer_is_sorted_and_explained() {
    const HTML: &str = "<html><body>Welcome</body></html>";
    let page = |status| Reply::Say(status, "text/html; charset=utf-8", "", HTML);
    let later = |header| Reply::Say(429, "text/plain", header, "max requests limit reached");
    let cases = [
        (text(204, ""), "records", None),
        (page(200), "again", Some((ErrorKind::WebPage, "A web page answered instead of RudderStack's API."))),
        (
            text(400, "request neither has anonymousId nor userId"),
            "refused",
            Some((ErrorKind::RequestRefused, "The event has neither a user id nor an anonymous id.")),
        ),
        (
            text(400, "odd thing"),
            "refused",
            Some((ErrorKind::RequestRefused, "RudderStack refused it: “odd thing”.")),
        ),
        (
            text(401, "invalid write key"),
            "stop",
            Some((ErrorKind::SignInFailed, "RudderStack does not know this write key.")),
        ),
        (
            text(404, "source is disabled"),
            "stop",
            Some((ErrorKind::NotAllowed, "The RudderStack source of this write key is disabled.")),
        ),
        (
            text(404, "404 page not found"),
            "stop",
            Some((
                ErrorKind::BadAnswer,
                "This address does not answer as a RudderStack data plane (HTTP 404).",
            )),
        ),
        (page(404), "stop", Some((ErrorKind::WebPage, "A web page answered instead of RudderStack's API."))),
        (
            Reply::Say(302, "text/html", "location: http://127.0.0.1:1/\r\n", ""),
            "stop",
            Some((
                ErrorKind::BadAnswer,
                "This address does not answer as a RudderStack data plane (HTTP 302).",
            )),
        ),
        (
            text(413, "request size exceeds max limit"),
            "refused",
            Some((ErrorKind::TooLarge, "RudderStack takes no request of this size.")),
        ),
        (
            later(""),
            "again",
            Some((ErrorKind::RateLimited, "RudderStack asks to slow down: its limit of events is reached.")),
        ),
        (
            text(500, "boom"),
            "again",
            Some((ErrorKind::ServerFailed, "RudderStack failed (HTTP 500): “boom”.")),
        ),
        (
            page(503),
            "again",
            Some((ErrorKind::ServerFailed, "RudderStack failed (HTTP 503): a web page came back.")),
        ),
        (
            Reply::Cut,
            "unknown",
            Some((ErrorKind::Unreachable, "The connection was cut before the whole answer had come.")),
        ),
        (
            Reply::CutBody,
            "unknown",
            Some((ErrorKind::Unreachable, "The connection was cut before the whole answer had come.")),
        ),
        (
            Reply::Silence,
            "unknown",
            Some((ErrorKind::TimedOut, "The request was sent, and no answer came in time.")),
        ),
    ];
    for (reply, way, error) in cases {
        let server = Server::start(vec![reply]).await;
        let delivery = send(&plane(&server.url), &Shape::Identify, &events()).await;
        let (got_way, got) = answered(&delivery);
        assert_eq!((got_way, got.map(|error| (error.kind(), error.message()))), (way, error));
        assert_eq!(server.got().len(), 1, "a connector sends once: {way} {error:?}");
    }
}

#[tokio::test]
async fn retry_after_is_handed_on_in_both_forms() {
    for (header, seconds) in
        [("retry-after: 7\r\n", 7), ("retry-after: Sun, 22 Nov 2026 12:01:30 GMT\r\n", 90)]
    {
        for status in [429, 503] {
            let server = Server::start(vec![Reply::Say(status, "text/plain", header, "later")]).await;
            let delivery = send(&plane(&server.url), &Shape::Identify, &events()).await;
            let wait = answered(&delivery).1.and_then(sluice_engine::Error::retry_after);
            assert_eq!(wait, Some(Duration::from_secs(seconds)));
        }
    }
}

#[tokio::test]
async fn where_nobody_answers_nothing_was_sent() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let delivery = send(&plane(&url), &Shape::Identify, &events()).await;
    let (way, error) = answered(&delivery);
    assert_eq!((way, error.unwrap().kind()), ("again", ErrorKind::Unreachable));
    let delivery = send(&plane("http://no-such-host.invalid"), &Shape::Identify, &events()).await;
    let (way, error) = answered(&delivery);
    assert_eq!((way, error.unwrap().kind()), ("again", ErrorKind::HostNotFound));
}

#[tokio::test]
async fn a_server_without_tls_is_told_apart() {
    let server = Server::start(vec![OK]).await;
    let delivery =
        send(&plane(&server.url.replace("http://", "https://")), &Shape::Identify, &events()).await;
    let (way, error) = answered(&delivery);
    assert_eq!((way, error.unwrap().kind()), ("stop", ErrorKind::TlsFailed));
}

#[tokio::test]
async fn records_are_not_for_it() {
    let shape = Shape::Record { object: "contacts".to_owned(), match_field: "email".to_owned() };
    let delivery = send(&plane("http://127.0.0.1:9"), &shape, &events()).await;
    assert_eq!(answered(&delivery).1.unwrap().kind(), ErrorKind::BadMapping);
}

async fn check(replies: Vec<Reply>) -> (Vec<Step>, Server) {
    let server = Server::start(replies).await;
    let listen = |_: &Step| {};
    let mut steps = Steps::new(super::manifest::MANIFEST.steps, &listen);
    plane(&server.url).check(&mut steps).await.ok();
    (steps.finish(), server)
}

#[tokio::test]
async fn the_test_knows_a_good_key_by_the_refusal_of_nothing() {
    // The first connection only reaches; it carries no request.
    let (steps, server) = check(vec![text(200, "{}"), text(400, "empty batch payload")]).await;
    assert!(steps.iter().all(|step| matches!(step.result, StepResult::Passed(_))), "{steps:?}");
    let got = server.got();
    assert_eq!(
        got.iter().map(Got::line).collect::<Vec<_>>(),
        ["GET /health HTTP/1.1", "POST /v1/batch HTTP/1.1"]
    );
    assert_eq!(got[0].header("authorization"), None);
    assert_eq!(got[1].body, br#"{"batch":[]}"#);
}

#[tokio::test]
async fn the_test_says_which_step_failed_and_why() {
    let cases = [
        (vec![text(200, "{}"), text(401, "invalid write key")], "write_key", ErrorKind::SignInFailed),
        (vec![text(200, "{}"), text(404, "source is disabled")], "write_key", ErrorKind::NotAllowed),
        (vec![Reply::Say(200, "text/html", "", "<html>")], "health", ErrorKind::WebPage),
        (vec![text(404, "nothing here")], "health", ErrorKind::BadAnswer),
        (vec![text(503, "down")], "health", ErrorKind::ServerFailed),
        (vec![Reply::Silence], "health", ErrorKind::TimedOut),
    ];
    for (replies, name, kind) in cases {
        let (steps, _server) = check(replies).await;
        let failed = steps.iter().find_map(|step| match &step.result {
            StepResult::Failed(error) => Some((step.name, error.kind())),
            StepResult::Passed(_) | StepResult::Noted(..) | StepResult::NotReached => None,
        });
        assert_eq!(failed, Some((name, kind)));
    }
}

#[test]
fn an_address_and_a_key_are_found_in_what_is_pasted() {
    let (found, unused) =
        PASTED.found(&format!("curl -u {KEY}: 'https://acme.dataplane.rudderstack.com/v1/batch'")).unwrap();
    assert_eq!(found["data_plane_url"], "https://acme.dataplane.rudderstack.com");
    assert!(unused.is_empty());
    let (found, _) = PASTED.found(&format!("https://acme.dataplane.rudderstack.com\n{KEY}")).unwrap();
    assert_eq!(found["write_key"], KEY);
    assert!(PASTED.found("postgres://reader@127.0.0.1/shop").is_none());
}

#[test]
fn an_address_with_a_password_is_refused_without_repeating_it() {
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let settings = [("data_plane_url", "https://me:hunter2@example.com")];
    let error =
        try_open(&RudderStack, Path::new("/"), clock, &settings, &[("write_key", KEY)]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BadSettings);
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn track_events_have_the_same_limits() {
    let track = Shape::Track(EventName::Fixed("x".to_owned()));
    let limits = plane("http://127.0.0.1:9").limits(&track);
    assert!(limits.bytes <= 4_000 * 1024 && limits.record_bytes + limits.envelope_bytes <= 32 * 1024);
}
