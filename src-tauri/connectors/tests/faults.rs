//! Every destination before every fault of the other side: nothing counts as taken that no whole answer names, and
//! what the engine is told to do is the same everywhere.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "../src/destinations/fixture/mod.rs"]
mod fixture;

use std::path::Path;
use std::time::Duration;

use fixture::server::{Reply, Server, text};
use fixture::{Row, Standing, answered, row, send, try_open};
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::destination::{Answer, Delivery, Destination, DestinationKind, Outcome};
use sluice_engine::error::{Error, Retry};
use sluice_engine::manifest::Accepts;
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

/// Sends three records to each destination that speaks HTTP, where every request is answered so.
async fn each(reply: Reply, judge: impl Fn(&str, &Delivery)) {
    let mut spoke = 0;
    for kind in CATALOGUE {
        let server = Server::start(vec![reply.clone()]).await;
        let Some(destination) = open(*kind, &server.url) else { continue };
        let shape = shape(*kind);
        let delivery = send(&*destination, &shape, &rows(&shape)).await;
        assert!(!server.got().is_empty(), "{} sent nothing", kind.manifest().id);
        judge(kind.manifest().id, &delivery);
        spoke += 1;
    }
    assert!(spoke >= 3);
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
                    assert!(matches!(way, "again" | "records"), "{id}: {way} {status}");
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
    for kind in CATALOGUE {
        let Some(destination) = open(*kind, &url) else { continue };
        let shape = shape(*kind);
        let delivery = send(&*destination, &shape, &rows(&shape)).await;
        assert_eq!(answered(&delivery).0, "again", "{}", kind.manifest().id);
    }
}
