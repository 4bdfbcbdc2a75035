//! What is sent, and what each answer means.

use std::time::Duration;

use sluice_engine::destination::{Batch, Destination, DestinationKind};
use sluice_engine::error::ErrorKind;
use sluice_engine::record::Operation;
use sluice_engine::sync::Shape;

use super::{SECRET, TOKEN, clock, leads, open, open_at, receiver, records};
use crate::destinations::fixture::server::{Reply, Server, text};
use crate::destinations::fixture::{answered, row, said, send};
use crate::destinations::webhook::Webhook;

#[tokio::test]
async fn one_record_is_an_object_and_many_are_a_list() {
    let server = Server::start(vec![text(200, "")]).await;
    let one = receiver(&server.url, &[]);
    let many = receiver(&server.url, &[("batch_size", "50")]);
    assert_eq!((one.limits(&leads()).records, many.limits(&leads()).records), (1, 50));
    let sent = send(&one, &leads(), &records()[..1]).await;
    assert_eq!(said(&sent), ["accepted"]);
    send(&many, &leads(), &records()).await;
    send(&many, &leads(), &records()[..1]).await;
    let bodies: Vec<_> = server.got().into_iter().map(|got| String::from_utf8(got.body).unwrap()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"id":1,"mrr":12.50}"#,
            r#"[{"id":1,"mrr":12.50},{"id":2,"n":"9007199254740993"}]"#,
            r#"[{"id":1,"mrr":12.50}]"#
        ]
    );
    assert_eq!(server.got()[0].line(), "POST / HTTP/1.1");
    assert_eq!(server.got()[0].header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn events_and_rows_that_are_gone_say_what_they_are() {
    let server = Server::start(vec![text(200, "")]).await;
    let receiver = receiver(&server.url, &[("batch_size", "50")]);
    send(&receiver, &Shape::Identify, &[row(1, r#"{"type":"identify","userId":"u","traits":{}}"#)]).await;
    let gone = [
        row(2, r#"{"id":2}"#).to(Operation::Delete),
        row(3, r#"{"id":3,"mrr":null}"#).to(Operation::Clear),
        row(4, "{}").to(Operation::Delete),
    ];
    send(&receiver, &leads(), &gone).await;
    let bodies: Vec<_> = server.got().into_iter().map(|got| String::from_utf8(got.body).unwrap()).collect();
    assert_eq!(
        bodies[0],
        r#"[{"messageId":"00000000-0000-8000-8000-000000000001","timestamp":"2026-11-22T11:59:58.250Z","channel":"server","type":"identify","userId":"u","traits":{}}]"#
    );
    assert_eq!(
        bodies[1],
        r#"[{"_operation":"delete","id":2},{"_operation":"clear","id":3,"mrr":null},{"_operation":"delete"}]"#
    );
}

#[tokio::test]
async fn a_repeat_has_the_same_body_and_id_and_its_own_time_and_signature() {
    let server = Server::start(vec![text(500, "")]).await;
    let clock = clock();
    let settings = [("url", server.url.as_str()), ("allow_private", "yes"), ("batch_size", "50")];
    let receiver = open_at(clock.clone(), &settings).unwrap();
    send(&receiver, &leads(), &records()).await;
    clock.set("2026-11-22T12:10:00Z");
    send(&receiver, &leads(), &records()).await;
    send(&receiver, &leads(), &records()[..1]).await;
    send(&receiver, &leads(), &records()[1..]).await;
    let got = server.got();
    assert_eq!(got[0].body, got[1].body);
    let header = |at: usize, name| got[at].header(name).unwrap();
    assert_eq!(header(0, "webhook-id"), header(1, "webhook-id"));
    assert_eq!(header(0, "webhook-timestamp"), "1795348800");
    assert_eq!(header(1, "webhook-timestamp"), "1795349400");
    assert_ne!(header(0, "webhook-signature"), header(1, "webhook-signature"));
    assert_eq!(header(2, "webhook-id"), "msg_00000000-0000-8000-8000-000000000001");
    let ids: std::collections::HashSet<_> = (1..4).map(|at| header(at, "webhook-id")).collect();
    assert_eq!(ids.len(), 3, "other records have another id");
}

#[tokio::test]
async fn headers_are_filled_in() {
    let server = Server::start(vec![text(200, "")]).await;
    let headers =
        "X-Sync: {{sync}}\n\nX-Run: run {{ run }} of {{object}}: {{count}}\nX-Id:{{id}}\nX-Plain: {a}";
    let receiver = receiver(&server.url, &[("batch_size", "9"), ("headers", headers)]);
    let object = Shape::Record { object: "Ünïque\n100%".to_owned(), match_field: "id".to_owned() };
    let exchange = send(&receiver, &object, &records()).await.exchange;
    let got = server.got().remove(0);
    assert_eq!(got.header("x-sync"), Some("lead-scores"));
    assert_eq!(got.header("x-run"), Some("run 7 of %C3%9Cn%C3%AFque%0A100%25: 2"));
    assert_eq!(got.header("x-id"), got.header("webhook-id"));
    assert_eq!(got.header("x-plain"), Some("{a}"));
    assert!(exchange.headers.contains(&("x-sync".to_owned(), "lead-scores".to_owned())));
}

#[test]
fn headers_that_are_ours_or_sound_secret_are_refused() {
    for (headers, word) in [
        ("X-Api-Key: 1", "secret"),
        ("Authorization: Bearer hunter2", "secret"),
        ("Cookie: a=hunter2", "secret"),
        ("X-Auth-Token: hunter2", "secret"),
        ("X-Auth: hunter2", "secret"),
        ("X-Hook: Bearer hunter2", "secret"),
        ("Host: example.com", "set by Sluice"),
        ("Content-Type: text/plain", "set by Sluice"),
        ("webhook-id: 1", "set by Sluice"),
        ("X-A: {{user}}", "{{user}}"),
        ("no colon", "colon"),
        ("X A: 1", "no name"),
        ("X-A: ü", "plain letters"),
    ] {
        let error = open(&[("url", "https://example.com"), ("headers", headers)]).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::BadSettings);
        assert!(error.message().contains(word), "{error:?}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn each_sign_in_sends_its_header_and_shows_none_of_it() {
    for (auth, header, value, shown) in [
        ("none", "authorization", None, None),
        ("bearer", "authorization", Some("Bearer t0ken-nobody-may-see"), Some("Bearer in keychain")),
        ("basic", "authorization", Some("Basic YW5hOnQwa2VuLW5vYm9keS1tYXktc2Vl"), Some("Basic in keychain")),
        ("header", "x-hook-key", Some(TOKEN), Some("in keychain")),
    ] {
        let server = Server::start(vec![text(200, "")]).await;
        let more = [("auth", auth), ("user", "ana"), ("auth_header", "X-Hook-Key")];
        let receiver = receiver(&server.url, &more);
        let delivery = send(&receiver, &leads(), &records()[..1]).await;
        assert_eq!(server.got()[0].header(header), value);
        let shown_in_log =
            delivery.exchange.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(header));
        assert_eq!(shown_in_log.map(|(_, value)| value.as_str()), shown);
        let log = format!("{delivery:?}");
        assert!(!log.contains(TOKEN) && !log.contains(SECRET) && !log.contains("YW5hOnQwa2Vu"), "{log}");
    }
}

#[test]
fn a_request_by_hand_names_no_secret() {
    let settings = [
        ("url", "https://example.com/hook?a=1"),
        ("batch_size", "5"),
        ("auth", "header"),
        ("auth_header", "X-Hook-Key"),
        ("headers", "X-Run: {{run}}"),
    ];
    let settings = settings.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
    let batch = Batch { shape: &leads(), records: &[], run: 7, sync: "s" };
    let request = Webhook.request(&settings, &batch).unwrap().unwrap();
    assert_eq!((request.method, request.url.as_str()), ("POST", "https://example.com/hook?a=1"));
    assert_eq!(request.body, b"[]");
    assert!(request.headers.contains(&("X-Hook-Key".to_owned(), "in keychain".to_owned())));
    assert!(request.headers.contains(&("x-run".to_owned(), "7".to_owned())));
}

#[tokio::test]
async fn each_answer_is_sorted_and_explained() {
    const HTML: &str = "<html><body>Sign in</body></html>";
    let page = |status| Reply::Say(status, "text/html; charset=utf-8", "", HTML);
    let cut = Some((ErrorKind::Unreachable, "The connection was cut before the whole answer had come."));
    let cases = [
        (text(204, ""), "records", None),
        (text(202, "ok"), "records", None),
        // PHP's way of saying yes.
        (Reply::Say(200, "text/html", "", "ok"), "records", None),
        (page(200), "again", Some((ErrorKind::WebPage, "A web page answered instead of the receiver."))),
        (
            text(400, "no id"),
            "refused",
            Some((ErrorKind::RequestRefused, "The receiver refused it (HTTP 400): “no id”.")),
        ),
        (text(422, ""), "refused", Some((ErrorKind::RequestRefused, "The receiver refused it (HTTP 422)."))),
        (
            text(413, ""),
            "refused",
            Some((ErrorKind::TooLarge, "The receiver takes no request of this size (HTTP 413).")),
        ),
        (
            text(401, ""),
            "stop",
            Some((ErrorKind::SignInFailed, "The receiver did not accept the sign-in (HTTP 401).")),
        ),
        (text(403, "no"), "stop", Some((ErrorKind::NotAllowed, "The receiver forbids it (HTTP 403): “no”."))),
        (
            text(410, ""),
            "stop",
            Some((ErrorKind::MissingObject, "The receiver takes no records at this address (HTTP 410).")),
        ),
        (
            text(429, ""),
            "again",
            Some((ErrorKind::RateLimited, "The receiver asks to slow down (HTTP 429).")),
        ),
        (
            text(500, "boom"),
            "again",
            Some((ErrorKind::ServerFailed, "The receiver failed (HTTP 500): “boom”.")),
        ),
        (
            page(502),
            "again",
            Some((ErrorKind::ServerFailed, "The receiver failed (HTTP 502): a web page came back.")),
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
        let receiver = receiver(&server.url, &[("batch_size", "50")]);
        let delivery = send(&receiver, &leads(), &records()).await;
        let (got_way, got) = answered(&delivery);
        assert_eq!((got_way, got.map(|error| (error.kind(), error.message()))), (way, error));
        assert_eq!(server.got().len(), 1, "a connector sends once: {way} {error:?}");
    }
}

#[tokio::test]
async fn retry_after_is_handed_on() {
    for (header, seconds) in [("retry-after: 7\r\n", Some(7)), ("", None)] {
        for status in [429, 503] {
            let server = Server::start(vec![Reply::Say(status, "text/plain", header, "later")]).await;
            let delivery = send(&receiver(&server.url, &[]), &leads(), &records()[..1]).await;
            let wait = answered(&delivery).1.and_then(sluice_engine::Error::retry_after);
            assert_eq!(wait, seconds.map(Duration::from_secs));
        }
    }
}
