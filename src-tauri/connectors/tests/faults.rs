//! Every destination before every fault of the other side: nothing counts as taken that no whole answer names, and
//! what the engine is told to do is the same everywhere. Each fault meets whatever is asked first, and then the write
//! alone.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;

use std::path::Path;
use std::time::Duration;

use fixture::server::{Reply, Server, text};
use fixture::{Row, Standing, answered, row, send, try_open};
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::destination::{Answer, Delivery, Destination, DestinationKind, Outcome};
use sluice_engine::error::{Error, ErrorKind, Retry};
use sluice_engine::manifest::Accepts;
use sluice_engine::record::MessageId;
use sluice_engine::sync::Shape;

/// Settings under which a destination that speaks HTTP is sent to `url`, by its keys.
fn setting<'a>(key: &str, url: &'a str) -> Option<&'a str> {
    match key {
        "allow_private" => Some("yes"),
        "batch_size" => Some("100"),
        "client_id" => Some("3MVG9AOp4kbriZOLfSVjG2Pxa3c"),
        _ if key.ends_with("url") => Some(url),
        _ => None,
    }
}

/// The destination at `url`; `None` for one that does not speak HTTP.
fn open(kind: &dyn DestinationKind, url: &str) -> Option<Box<dyn Destination>> {
    let settings = kind.manifest().settings;
    let given: Vec<_> = settings.iter().filter_map(|one| Some((one.key, setting(one.key, url)?))).collect();
    if given.is_empty() {
        return None;
    }
    let secrets: Vec<_> = settings.iter().filter(|one| one.secret).map(|one| (one.key, "secret")).collect();
    Some(try_open(kind, Path::new("/"), Standing::at("2026-11-22T12:00:00Z"), &given, &secrets).unwrap())
}

fn shape(kind: &dyn DestinationKind) -> Shape {
    match kind.manifest().destination.unwrap().accepts {
        Accepts::Events | Accepts::Both => Shape::Identify,
        Accepts::Records => Shape::Record { object: "contacts".to_owned(), match_field: "email".to_owned() },
    }
}

fn rows(shape: &Shape) -> Vec<Row> {
    let payload = |index: u128| match shape {
        Shape::Record { .. } => format!(r#"{{"email":"{index}@example.com"}}"#),
        Shape::Identify | Shape::Track(_) => {
            format!(r#"{{"type":"identify","userId":"{index}","traits":{{}}}}"#)
        }
    };
    (1..4).map(|index| row(index, &payload(index))).collect()
}

/// The good answers to what a destination asks before it writes.
fn before_a_write(id: &str) -> Vec<Reply> {
    match id {
        "hubspot" => vec![
            json(r#"{"portalId":4711,"timeZone":"UTC","utcOffsetMilliseconds":0}"#),
            json(r#"{"results":[{"name":"email","label":"Email","type":"string","fieldType":"text"}]}"#),
        ],
        "salesforce" => {
            vec![json(
                r#"{"access_token":"00Dxx!ACCESS.TOKEN","instance_url":"{here}","token_type":"Bearer"}"#,
            )]
        }
        _ => Vec::new(),
    }
}

/// The answer to a write that names the records at these places as written.
fn naming(id: &str, places: &[u128]) -> Reply {
    let each = |name: &dyn Fn(u128) -> String| {
        let names: Vec<_> = places.iter().map(|place| name(*place)).collect();
        names.join(",")
    };
    match id {
        "hubspot" => {
            let trace = |place: u128| format!("{}.{place}", MessageId(place + 1));
            let named = |place| format!(r#"{{"id":"{place}","objectWriteTraceId":"{}"}}"#, trace(place));
            json(format!(r#"{{"status":"COMPLETE","results":[{}]}}"#, each(&named)).leak())
        }
        "salesforce" => {
            let named =
                |place| format!(r#"{{"id":"00Q{place:0>12}AAA","success":true,"created":true,"errors":[]}}"#);
            json(format!("[{}]", each(&named)).leak())
        }
        _ => panic!("{id}: how does its answer name a record?"),
    }
}

const fn json(body: &'static str) -> Reply {
    Reply::Say(200, "application/json;charset=utf-8", "", body)
}

/// Every destination that speaks HTTP.
fn speaking() -> Vec<&'static dyn DestinationKind> {
    let speaking: Vec<_> =
        CATALOGUE.iter().copied().filter(|kind| open(*kind, "http://127.0.0.1:9").is_some()).collect();
    assert!(speaking.len() >= 4);
    speaking
}

fn confirms(kind: &dyn DestinationKind) -> bool {
    kind.manifest().destination.unwrap().confirms
}

/// Sends three records to a server that answers so.
async fn sent(kind: &dyn DestinationKind, replies: Vec<Reply>) -> (Delivery, Server) {
    let server = Server::start(replies).await;
    let destination = open(kind, &server.url).unwrap();
    let shape = shape(kind);
    let delivery = send(&*destination, &shape, &rows(&shape)).await;
    (delivery, server)
}

/// Sends three records to a server that answers just the write so.
async fn written(kind: &dyn DestinationKind, reply: Reply) -> Delivery {
    let id = kind.manifest().id;
    let before = before_a_write(id);
    let asked = before.len() + 1;
    let (delivery, server) = sent(kind, before.into_iter().chain([reply]).collect()).await;
    let lines: Vec<_> = server.got().iter().map(|got| got.line().to_owned()).collect();
    let write = &lines[asked - 1];
    assert!(!write.starts_with("GET"), "{id}: the fault met no write: {lines:?}");
    // What follows may be a new sign-in; the write is not tried again by the connector.
    assert_eq!(lines.iter().filter(|line| *line == write).count(), 1, "{id}: {lines:?}");
    delivery
}

/// Sends three records to each destination that speaks HTTP, where every request is answered so, and where only
/// the write is.
async fn each(reply: Reply, judge: impl Fn(&str, &Delivery)) {
    for kind in speaking() {
        let id = kind.manifest().id;
        let (delivery, server) = sent(kind, vec![reply.clone()]).await;
        assert!(!server.got().is_empty(), "{id} sent nothing");
        judge(id, &delivery);
        judge(id, &written(kind, reply.clone()).await);
    }
}

/// The places of the records that count as taken.
fn taken(delivery: &Delivery) -> Vec<u128> {
    let Answer::Records(outcomes) = &delivery.answer else { return Vec::new() };
    assert_eq!(outcomes.len(), 3);
    let is_taken = |outcome: &Outcome| matches!(outcome, Outcome::Delivered | Outcome::Accepted);
    (0..).zip(outcomes).filter(|(_, outcome)| is_taken(outcome)).map(|(place, _)| place).collect()
}

/// The errors of a delivery that has taken nothing.
fn errors<'a>(id: &str, delivery: &'a Delivery) -> Vec<&'a Error> {
    match &delivery.answer {
        Answer::Records(outcomes) => {
            let again = |outcome: &'a Outcome| match outcome {
                Outcome::Again(error) => error,
                Outcome::Delivered | Outcome::Accepted | Outcome::Rejected(_) => panic!("{id}: {outcome:?}"),
            };
            outcomes.iter().map(again).collect()
        }
        Answer::Refused(error) | Answer::Again(error) | Answer::Unknown(error) | Answer::Stop(error) => {
            vec![error]
        }
        Answer::Job(_) => panic!("{id}: a job"),
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_when_the_other_side_says() {
    let page = "<html><body>Bad gateway</body></html>";
    for status in [429, 500, 502, 503, 504] {
        for (header, wait) in [("", None), ("retry-after: 7\r\n", Some(Duration::from_secs(7)))] {
            for (content_type, body) in [("text/plain", ""), ("application/json", "{}"), ("text/html", page)]
            {
                each(Reply::Say(status, content_type, header, body), |id, delivery| {
                    let (way, _) = answered(delivery);
                    // Behind these it may have been at work on them already.
                    let may_have_begun = matches!(status, 500 | 502 | 504) && way == "unknown";
                    assert!(may_have_begun || matches!(way, "again" | "records"), "{id}: {way} {status}");
                    for error in errors(id, delivery) {
                        assert_eq!(error.kind().retry(), Retry::Backoff, "{id}: {error:?}");
                        assert!(wait.is_none() || error.retry_after() == wait, "{id}: {error:?}");
                    }
                })
                .await;
            }
        }
    }
}

#[tokio::test]
async fn what_may_have_arrived_is_sent_again_with_the_same_ids() {
    for reply in [Reply::Cut, Reply::CutBody] {
        each(reply, |id, delivery| {
            let (way, error) = answered(delivery);
            assert!(matches!(way, "unknown" | "again"), "{id}: {way}");
            assert_eq!(error.unwrap().kind().retry(), Retry::Backoff, "{id}");
        })
        .await;
    }
}

#[tokio::test]
async fn where_no_answer_comes_in_time_it_may_have_arrived() {
    for kind in speaking() {
        let id = kind.manifest().id;
        let before = before_a_write(id);
        let asked = before.len() + 1;
        let server = Server::start(before.into_iter().chain([Reply::Silence]).collect()).await;
        let destination = open(kind, &server.url).unwrap();
        let shape = shape(kind);
        let rows = rows(&shape);
        let silence = async {
            server.has_got(asked).await;
            // Whatever is waited for comes at once.
            tokio::time::pause();
        };
        let (delivery, ()) = tokio::join!(send(&*destination, &shape, &rows), silence);
        tokio::time::resume();
        let (way, error) = answered(&delivery);
        assert_eq!((way, error.unwrap().kind()), ("unknown", ErrorKind::TimedOut), "{id}");
    }
}

#[tokio::test]
async fn what_says_nothing_of_a_record_takes_none() {
    for body in
        ["", "{}", "[]", "null", "ok", r#"{"status":"COMPLETE","results":[]}"#, r#"{"results":[{"id""#]
    {
        for kind in speaking() {
            let (id, delivery) = (kind.manifest().id, written(kind, json(body)).await);
            if confirms(kind) {
                assert!(!errors(id, &delivery).is_empty());
            } else {
                // Its answers are for requests: a record is accepted, and never called delivered.
                let Answer::Records(outcomes) = &delivery.answer else { panic!("{id}: {delivery:?}") };
                assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Accepted)), "{id}: {body}");
            }
        }
    }
}

#[tokio::test]
async fn only_those_count_as_taken_that_the_answer_names() {
    for kind in speaking().into_iter().filter(|kind| confirms(*kind)) {
        let id = kind.manifest().id;
        assert_eq!(taken(&written(kind, naming(id, &[0, 1, 2])).await), [0, 1, 2], "{id}");
        for named in [&[0, 1][..], &[2], &[0, 1, 2, 3]] {
            let delivery = written(kind, naming(id, named)).await;
            // Salesforce tells records by their place alone, so an answer of another length names none.
            let is_named = |place: &&u128| id != "salesforce" && **place < 3;
            let expected: Vec<u128> = named.iter().filter(is_named).copied().collect();
            assert_eq!(taken(&delivery), expected, "{id}: {named:?} {delivery:?}");
        }
    }
}

#[tokio::test]
async fn a_web_page_takes_no_record() {
    for status in [200, 400, 403, 404] {
        let page = "<!doctype html><html><body>Sign in to the network</body></html>";
        each(Reply::Say(status, "text/html", "", page), |id, delivery| {
            assert!(!errors(id, delivery).is_empty());
        })
        .await;
    }
}

#[tokio::test]
async fn only_the_user_can_mend_a_key_that_is_refused() {
    for status in [401, 403] {
        each(text(status, "no"), |id, delivery| {
            let (way, error) = answered(delivery);
            assert_eq!(way, "stop", "{id}: {status}");
            assert_eq!(error.unwrap().kind().retry(), Retry::AfterUserAction, "{id}");
        })
        .await;
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = Server::start(vec![text(200, "ok")]).await;
    for status in [301, 302, 307, 308] {
        let location: &'static str = format!("location: {}/new\r\n", elsewhere.url).leak();
        each(Reply::Say(status, "text/plain", location, ""), |id, delivery| {
            assert_eq!(answered(delivery).0, "stop", "{id}: {status}");
        })
        .await;
    }
    assert!(elsewhere.got().is_empty());
}

#[tokio::test]
async fn where_nobody_answers_nothing_was_sent() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    for kind in speaking() {
        let destination = open(kind, &url).unwrap();
        let shape = shape(kind);
        let delivery = send(&*destination, &shape, &rows(&shape)).await;
        assert_eq!(answered(&delivery).0, "again", "{}", kind.manifest().id);
    }
}
