use std::time::Duration;

use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::record::Operation;

use super::{DETAILS, NOTHING, PROPERTIES, by, desk, hub, json, two};
use crate::destinations::fixture::server::{Reply, Server};
use crate::destinations::fixture::{answered, row, said, send};

const HTML: &str = "<html><body>Bad gateway</body></html>";
const TEN_SECONDS: &str = r#"{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","correlationId":"c","policyName":"TEN_SECONDLY_ROLLING"}"#;
const DAILY: &str = r#"{"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","policyName":"DAILY"}"#;
const SCOPES: &str = r#"{"status":"error","message":"This app hasn't been granted all required scopes to make this call.","category":"MISSING_SCOPES","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.objects.contacts.write"]}}]}"#;
const UNKNOWN_PROPERTY: &str = r#"{"status":"error","message":"Property \"shoe\" does not exist","category":"VALIDATION_ERROR","errors":[{"message":"Property \"shoe\" does not exist","code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["shoe"]}}]}"#;
const INVALID: &str = r#"{"status":"error","message":"Invalid input JSON on line 1, column 2","correlationId":"c","category":"VALIDATION_ERROR"}"#;
const NO_OBJECT: &str =
    r#"{"status":"error","message":"Unable to infer object type from: cats","category":"VALIDATION_ERROR"}"#;

const fn page(status: u16) -> Reply {
    Reply::Say(status, "text/html;charset=utf-8", "", HTML)
}

const fn waiting(status: u16, header: &'static str, body: &'static str) -> Reply {
    Reply::Say(status, "application/json", header, body)
}

type Case = (Reply, &'static str, ErrorKind, Option<u64>, &'static str);

#[expect(clippy::too_many_lines, reason = "one list of every answer")]
/// An answer, what it means for the batch, how many seconds it asks to wait, and what it says.
fn cases() -> Vec<Case> {
    use ErrorKind as Kind;
    let cut = "The connection was cut before the whole answer had come.";
    let slow = "HubSpot asks to slow down: the limit of requests is reached.";
    let spent = "The requests that HubSpot allows this key in a day are spent.";
    let nothing = "HubSpot's answer names none of the records.";
    let web_page = "A web page answered instead of HubSpot's API.";
    let promise = "HubSpot's answer is not what its API promises.";
    vec![
        (waiting(429, "retry-after: 7\r\n", TEN_SECONDS), "again", Kind::RateLimited, Some(7), slow),
        (
            waiting(429, "retry-after: Sun, 22 Nov 2026 12:01:30 GMT\r\n", TEN_SECONDS),
            "again",
            Kind::RateLimited,
            Some(90),
            slow,
        ),
        (json(429, TEN_SECONDS), "again", Kind::RateLimited, Some(10), slow),
        (page(429), "again", Kind::RateLimited, Some(10), slow),
        // Midnight in New York is seventeen hours after noon in London.
        (json(429, DAILY), "again", Kind::QuotaSpent, Some(17 * 3600), spent),
        (waiting(429, "retry-after: 60\r\n", DAILY), "again", Kind::QuotaSpent, Some(60), spent),
        (
            json(423, "{}"),
            "again",
            Kind::RecordLocked,
            Some(2),
            "HubSpot has locked these records: too many writes at once.",
        ),
        (
            waiting(477, "retry-after: 3600\r\n", "{}"),
            "again",
            Kind::ServerFailed,
            Some(3600),
            "HubSpot is moving this account to another data centre.",
        ),
        (Reply::Cut, "unknown", Kind::Unreachable, None, cut),
        (Reply::CutBody, "unknown", Kind::Unreachable, None, cut),
        (
            Reply::Silence,
            "unknown",
            Kind::TimedOut,
            None,
            "The request was sent, and no answer came in time.",
        ),
        (page(200), "again", Kind::WebPage, None, web_page),
        (page(403), "stop", Kind::NotAllowed, None, "HubSpot forbids it: a web page came back."),
        (page(404), "again", Kind::WebPage, None, web_page),
        (page(502), "unknown", Kind::ServerFailed, None, "HubSpot failed (HTTP 502): a web page came back."),
        (page(504), "unknown", Kind::ServerFailed, None, "HubSpot failed (HTTP 504): a web page came back."),
        (
            waiting(503, "retry-after: 5\r\n", "{}"),
            "again",
            Kind::ServerFailed,
            Some(5),
            "HubSpot failed (HTTP 503): “{}”.",
        ),
        (
            json(500, r#"{"message":"internal error"}"#),
            "unknown",
            Kind::ServerFailed,
            None,
            "HubSpot failed (HTTP 500): “internal error”.",
        ),
        (json(200, ""), "unknown", Kind::BadAnswer, None, promise),
        (
            json(200, r#"{"status":"COMPLETE","results":[{"id":"1","#),
            "unknown",
            Kind::BadAnswer,
            None,
            promise,
        ),
        (json(200, "{}"), "unknown", Kind::BadAnswer, None, nothing),
        (json(204, "{}"), "unknown", Kind::BadAnswer, None, promise),
        (json(200, NOTHING), "unknown", Kind::BadAnswer, None, nothing),
        (
            json(200, r#"{"results":[{"id":"1","objectWriteTraceId":"another"}]}"#),
            "unknown",
            Kind::BadAnswer,
            None,
            nothing,
        ),
        (
            json(400, INVALID),
            "refused",
            Kind::RequestRefused,
            None,
            "HubSpot refused it: “Invalid input JSON on line 1, column 2”.",
        ),
        (
            json(400, UNKNOWN_PROPERTY),
            "stop",
            Kind::MissingObject,
            None,
            "HubSpot has no property “shoe” on this object.",
        ),
        (json(400, NO_OBJECT), "stop", Kind::MissingObject, None, "HubSpot has no object of this name."),
        (
            json(401, r#"{"category":"INVALID_AUTHENTICATION"}"#),
            "stop",
            Kind::SignInFailed,
            None,
            "HubSpot does not know this service key.",
        ),
        (
            json(401, r#"{"category":"EXPIRED_AUTHENTICATION"}"#),
            "stop",
            Kind::SignInExpired,
            None,
            "The service key has expired.",
        ),
        (
            json(403, SCOPES),
            "stop",
            Kind::ScopeMissing,
            None,
            "This service key lacks a scope: crm.objects.contacts.write.",
        ),
        (
            json(404, r#"{"status":"error","message":"resource not found"}"#),
            "stop",
            Kind::MissingObject,
            None,
            "This address does not answer as HubSpot's API (HTTP 404).",
        ),
        (
            json(302, ""),
            "stop",
            Kind::MissingObject,
            None,
            "This address does not answer as HubSpot's API (HTTP 302).",
        ),
        (
            json(409, r#"{"message":"Contact already exists. Existing ID: 7","category":"CONFLICT"}"#),
            "refused",
            Kind::RequestRefused,
            None,
            "HubSpot refused it: “Contact already exists. Existing ID: 7”.",
        ),
        (json(413, "{}"), "refused", Kind::TooLarge, None, "HubSpot takes no request of this size."),
    ]
}

#[tokio::test]
async fn each_answer_is_sorted_and_explained() {
    for (reply, way, kind, seconds, message) in cases() {
        let (hub, server) = desk(vec![reply]).await;
        let delivery = send(&hub, &by("email"), &two()).await;
        let (got_way, error) = answered(&delivery);
        let wait = error.and_then(Error::retry_after).map(|wait| wait.as_secs());
        let got = error.map(|error| (error.kind(), error.message()));
        assert_eq!((got_way, got, wait), (way, Some((kind, message)), seconds));
        assert_eq!(server.got().len(), 3, "a connector sends once: {message}");
    }
}

#[tokio::test]
async fn where_the_properties_can_not_be_read_nothing_leaves() {
    for (reply, way, kind) in [
        (json(401, "{}"), "stop", ErrorKind::SignInFailed),
        (json(403, SCOPES), "stop", ErrorKind::ScopeMissing),
        (json(429, TEN_SECONDS), "again", ErrorKind::RateLimited),
        (page(200), "again", ErrorKind::WebPage),
        (page(502), "again", ErrorKind::ServerFailed),
        (json(200, r#"{"results":["#), "again", ErrorKind::BadAnswer),
        (json(200, "{}"), "again", ErrorKind::BadAnswer),
        (Reply::Cut, "again", ErrorKind::Unreachable),
        (Reply::Silence, "again", ErrorKind::TimedOut),
    ] {
        let server = Server::start(vec![json(200, DETAILS), reply]).await;
        let delivery = send(&hub(&server.url), &by("email"), &two()).await;
        let (got_way, error) = answered(&delivery);
        assert_eq!((got_way, error.map(Error::kind)), (way, Some(kind)));
        assert!(delivery.exchange.never_left && server.got().len() == 2);
    }
}

#[tokio::test]
async fn that_the_accounts_time_is_not_known_hinders_nothing() {
    let server = Server::start(vec![json(403, SCOPES), json(200, PROPERTIES), json(429, DAILY)]).await;
    let delivery = send(&hub(&server.url), &by("email"), &two()).await;
    let error = answered(&delivery).1.unwrap();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::QuotaSpent, Some(Duration::from_secs(3600))));
}

#[tokio::test]
async fn where_nobody_answers_nothing_was_sent() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    for (url, way, kind) in [
        (url.as_str(), "again", ErrorKind::Unreachable),
        ("http://no-such-host.invalid", "again", ErrorKind::HostNotFound),
    ] {
        let delivery = send(&hub(url), &by("email"), &two()).await;
        assert_eq!((answered(&delivery).0, answered(&delivery).1.unwrap().kind()), (way, kind));
    }
    let server = Server::start(vec![json(200, DETAILS)]).await;
    let delivery = send(&hub(&server.url.replace("http://", "https://")), &by("email"), &two()).await;
    assert_eq!(
        (answered(&delivery).0, answered(&delivery).1.unwrap().kind()),
        ("stop", ErrorKind::TlsFailed)
    );
}

#[tokio::test]
async fn a_refused_request_that_names_the_culprit_goes_again_without_it() {
    let refusal = r#"{"status":"error","message":"Duplicate IDs found in batch input: [bo@example.com]. IDs must be unique","category":"VALIDATION_ERROR","context":{"ids":["bo@example.com"]}}"#;
    let (hub, _server) = desk(vec![json(400, refusal)]).await;
    let said = said(&send(&hub, &by("email"), &two()).await);
    assert!(said[0].starts_with("again: HubSpot refused the request because of other records"), "{said:?}");
    assert_eq!(
        said[1],
        "HubSpot refused it: “Duplicate IDs found in batch input: [bo@example.com]. IDs must be unique”."
    );
}

#[tokio::test]
async fn what_exists_is_not_created() {
    let conflict = r#"{"message":"Contact already exists. Existing ID: 7","category":"CONFLICT"}"#;
    let (hub, _server) = desk(vec![json(409, conflict)]).await;
    let rows = [row(1, r#"{"email":"a@example.com"}"#).to(Operation::Create)];
    let delivery = send(&hub, &by("email"), &rows).await;
    let (way, error) = answered(&delivery);
    assert_eq!((way, error.unwrap().kind()), ("refused", ErrorKind::AlreadyExists));
}

#[tokio::test]
async fn an_update_of_what_is_not_there_is_refused_also_where_hubspot_keeps_silent() {
    let rows = [
        row(1, r#"{"email":"a@example.com","score":1}"#).to(Operation::Update),
        row(2, r#"{"email":"b@example.com","score":null}"#).to(Operation::Clear),
    ];
    let missing = r#"{"results":[],"numErrors":1,"errors":[{"status":"error","category":"OBJECT_NOT_FOUND","message":"Could not get some CONTACT objects, they may be deleted or not exist.","context":{"ids":["a@example.com","b@example.com"]}}]}"#;
    let refused = "HubSpot has no record with this match value to update.";
    // Told at once, and only when it is asked.
    for replies in [vec![json(207, missing)], vec![json(200, NOTHING), json(207, missing)]] {
        let (hub, _server) = desk(replies).await;
        assert_eq!(said(&send(&hub, &by("email"), &rows).await), [refused, "delivered"]);
    }
    let (hub, _server) = desk(vec![json(200, NOTHING), json(500, "{}")]).await;
    assert_eq!(answered(&send(&hub, &by("email"), &rows).await).0, "unknown");
}
