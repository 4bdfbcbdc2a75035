use sluice_engine::check::{Step, StepResult, Steps};
use sluice_engine::destination::{Counted, Destination, Found, Quota, ReadByKey};
use sluice_engine::error::{ErrorKind, Result};

use super::super::client::HubSpot;
use super::super::manifest::MANIFEST;
use super::{DETAILS, PROPERTIES, by, desk, hub, json, trace, two, written};
use crate::destinations::fixture::send;
use crate::destinations::fixture::server::{Got, Reply, Server};

const PAGE: &str = r#"{"results":[{"id":"1","properties":{}}]}"#;
const USAGE: &str = r#"{"results":[{"name":"private-apps-api-calls-daily","currentUsage":1000,"usageLimit":250000,"collectedAt":"2026-11-22T12:00:00Z","fetchStatus":"SUCCESS","resetsAt":"2026-11-23T05:00:00Z"}]}"#;
const FORBIDDEN: &str = r#"{"status":"error","category":"MISSING_SCOPES","message":"no","errors":[{"message":"x","context":{"requiredGranularScopes":["crm.objects.deals.read"]}}]}"#;
async fn read(hub: &HubSpot, values: &[&str], fields: &[&str]) -> Result<Vec<Option<String>>> {
    Ok(find(hub, values, fields).await?.into_iter().map(|one| one.map(|one| one.fields)).collect())
}

async fn find(hub: &HubSpot, values: &[&str], fields: &[&str]) -> Result<Vec<Option<Found>>> {
    let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let (values, fields) = (owned(values), owned(fields));
    let read = ReadByKey {
        object: "contacts",
        match_field: "email",
        values: &values,
        fields: &fields,
        needed: false,
    };
    hub.read_by_key(&read).await.unwrap()
}

#[tokio::test]
async fn records_are_read_back_in_the_order_asked() {
    let found = r#"{"status":"COMPLETE","results":[
        {"id":"2","properties":{"email":"main@example.com","hs_additional_emails":"old@example.com;b@example.com","score":"7.50","member":"true","note":"hi","grade":null}},
        {"id":"1","properties":{"email":"a@example.com","score":"","member":"false","note":"12"}}],
        "numErrors":1,"errors":[{"category":"OBJECT_NOT_FOUND","message":"x","context":{"ids":["c@example.com"]}}]}"#;
    let server = Server::start(vec![json(200, PROPERTIES), json(207, found)]).await;
    let hub = hub(&server.url);
    let asked = ["A@example.com", "b@example.com", "c@example.com", "", "a@example.com"];
    let got = read(&hub, &asked, &["score", "member", "note", "grade", "shoe"]).await.unwrap();
    let ana = r#"{"score":null,"member":false,"note":"12","grade":null}"#;
    let bo = r#"{"score":7.50,"member":true,"note":"hi","grade":null}"#;
    assert_eq!(
        got.iter().map(Option::as_deref).collect::<Vec<_>>(),
        [Some(ana), Some(bo), None, None, Some(ana)]
    );
    assert_eq!(
        String::from_utf8_lossy(&server.got()[1].body),
        r#"{"inputs":[{"id":"a@example.com"},{"id":"b@example.com"},{"id":"c@example.com"}],"properties":["email","grade","hs_additional_emails","member","note","score"],"propertiesWithHistory":[],"idProperty":"email"}"#
    );
    let again = find(&hub, &asked, &["score"]).await.unwrap();
    let ids: Vec<_> = again.iter().map(|one| one.as_ref().and_then(|one| one.id.as_deref())).collect();
    assert_eq!(ids, [Some("1"), Some("2"), None, None, Some("1")]);
}

#[tokio::test]
async fn reading_asks_for_a_hundred_at_a_time() {
    let none = r#"{"category":"OBJECT_NOT_FOUND","message":"none"}"#;
    let server = Server::start(vec![json(200, PROPERTIES), json(404, none)]).await;
    let addresses: Vec<_> = (0..201).map(|number| format!("{number}@example.com")).collect();
    let asked: Vec<_> = addresses.iter().map(String::as_str).collect();
    assert_eq!(read(&hub(&server.url), &asked, &["score"]).await.unwrap(), vec![None; 201]);
    let counts: Vec<_> = server.got()[1..]
        .iter()
        .map(|got| String::from_utf8_lossy(&got.body).matches("\"id\"").count())
        .collect();
    assert_eq!(counts, [100, 100, 1]);
}

#[tokio::test]
async fn a_read_that_fails_says_why() {
    for (reply, kind) in [
        (json(200, "{}"), ErrorKind::BadAnswer),
        (json(401, "{}"), ErrorKind::SignInFailed),
        (json(429, "{}"), ErrorKind::RateLimited),
        (Reply::Say(200, "text/html", "", "<html>"), ErrorKind::WebPage),
        (Reply::Cut, ErrorKind::Unreachable),
        (Reply::CutBody, ErrorKind::Unreachable),
        (Reply::Silence, ErrorKind::TimedOut),
    ] {
        let server = Server::start(vec![json(200, PROPERTIES), reply]).await;
        let error = read(&hub(&server.url), &["a@example.com"], &["score"]).await.unwrap_err();
        assert_eq!(error.kind(), kind);
    }
}

#[tokio::test]
async fn what_is_left_of_a_day_is_kept_for_writing() {
    let Reply::Say(status, content_type, _, body) = written(&[trace(1, 0), trace(2, 1)]) else { panic!() };
    let headers = "x-hubspot-ratelimit-daily: 1000\r\nx-hubspot-ratelimit-daily-remaining: 99\r\n";
    let (hub, _server) = desk(vec![Reply::Say(status, content_type, headers, body), json(404, "{}")]).await;
    send(&hub, &by("email"), &two()).await;
    let read =
        ReadByKey { object: "contacts", match_field: "email", values: &[], fields: &[], needed: false };
    assert!(hub.read_by_key(&read).await.is_none());
    let needed = ReadByKey { needed: true, ..read };
    assert!(hub.read_by_key(&needed).await.unwrap().is_ok(), "what nothing goes out without is read");
    assert_eq!(hub.quota().await.unwrap(), Some(requests(99, 1000)));
}

#[tokio::test]
async fn a_hundred_records_are_read_in_a_request() {
    let hub = hub("http://127.0.0.1:9");
    assert_eq!([0, 1, 100, 101, 300].map(|records| hub.reading(records)), [0, 1, 1, 2, 3]);
}

#[tokio::test]
async fn the_quota_is_the_accounts_own_figure() {
    let server = Server::start(vec![json(200, USAGE)]).await;
    assert_eq!(hub(&server.url).quota().await.unwrap(), Some(requests(249_000, 250_000)));
    assert_eq!(server.got()[0].line(), "GET /account-info/2026-09/api-usage/daily/private-apps HTTP/1.1");
}

#[tokio::test]
async fn a_key_that_may_see_no_object_is_told_which_scope_it_lacks() {
    let server = Server::start(vec![json(403, FORBIDDEN)]).await;
    let error = hub(&server.url).objects().await.unwrap_err();
    assert_eq!((error.kind(), error.fix()), (ErrorKind::ScopeMissing, Some("crm.objects.deals.read")));
}

async fn check(replies: Vec<Reply>) -> (Vec<Step>, Server) {
    let server = Server::start(replies).await;
    let listen = |_: &Step| {};
    let mut steps = Steps::new(MANIFEST.steps, &listen);
    hub(&server.url).check(&mut steps).await.ok();
    (steps.finish(), server)
}

fn granted() -> Vec<Reply> {
    let seen = json(200, PROPERTIES);
    vec![json(200, DETAILS), seen.clone(), seen.clone(), seen, json(200, PAGE), json(200, USAGE)]
}

#[tokio::test]
async fn the_test_goes_from_the_address_to_the_quota_and_writes_nothing() {
    let (steps, server) = check(granted()).await;
    let found: Vec<_> = steps
        .iter()
        .map(|step| match &step.result {
            StepResult::Passed(found) => found.clone().unwrap_or_default(),
            other @ (StepResult::Noted(..) | StepResult::Failed(_) | StepResult::NotReached) => {
                panic!("{}: {other:?}", step.name)
            }
        })
        .collect();
    assert_eq!(
        found,
        [
            "it is on this computer",
            "account 4711, US/Eastern",
            "contacts, companies, deals",
            "contacts: one was read",
            "249,000 of 250,000 requests left today"
        ]
    );
    assert!(server.got().iter().map(Got::line).all(|line| line.starts_with("GET ")));
}

#[tokio::test]
async fn the_test_says_which_step_failed_and_why() {
    let with = |place: usize, reply: Reply| {
        let mut replies = granted();
        replies[place] = reply;
        replies
    };
    let none = vec![json(200, DETAILS), json(403, FORBIDDEN)];
    let spent = USAGE.replace("1000,", "250000,");
    for (replies, name, kind) in [
        (vec![Reply::Silence], "reach", ErrorKind::TimedOut),
        (with(0, json(401, "{}")), "sign_in", ErrorKind::SignInFailed),
        (with(0, Reply::Say(200, "text/html", "", "<html>")), "sign_in", ErrorKind::WebPage),
        (with(0, json(404, "{}")), "sign_in", ErrorKind::MissingObject),
        (none, "permissions", ErrorKind::ScopeMissing),
        (with(4, json(403, FORBIDDEN)), "objects", ErrorKind::ScopeMissing),
        (with(4, json(429, "{}")), "objects", ErrorKind::RateLimited),
        (with(5, json(200, super::kept(spent))), "quota", ErrorKind::QuotaSpent),
    ] {
        let (steps, _server) = check(replies).await;
        let failed = steps.iter().find_map(|step| match &step.result {
            StepResult::Failed(error) => Some((step.name, error.kind())),
            StepResult::Passed(_) | StepResult::Noted(..) | StepResult::NotReached => None,
        });
        assert_eq!(failed, Some((name, kind)));
    }
}

#[tokio::test]
async fn a_key_that_sees_less_passes_with_a_note() {
    let mut replies = granted();
    replies[3] = json(403, FORBIDDEN);
    let (steps, _server) = check(replies).await;
    let StepResult::Noted(note, fix) = &steps[2].result else { panic!("{steps:?}") };
    assert_eq!(note, "The key may see contacts and companies, and nothing else.");
    assert_eq!(fix.as_deref(), Some("crm.objects.deals.read"));
}

fn requests(left: u64, of: u64) -> Quota {
    Quota { left, of, counts: Counted::Requests }
}
