//! The connection test.

use sluice_engine::check::{Step, StepResult, Steps};

use super::super::manifest::MANIFEST;
use super::outcomes::LEAD;
use super::*;

const VERSIONS: Reply =
    json(200, r#"[{"label":"Winter '26","version":"65.0"},{"label":"Spring '26","version":"66.0"}]"#);
const LIST: Reply = json(
    200,
    r#"{"sobjects":[{"name":"Account","label":"Account","createable":true},{"name":"Lead","label":"Lead","createable":true}]}"#,
);
const LIMITS: Reply = json(200, r#"{"DailyApiRequests":{"Max":15000,"Remaining":14982}}"#);

async fn check(replies: Vec<Reply>) -> (Vec<Step>, Server) {
    let server = Server::start(replies).await;
    let listen = |_: &Step| {};
    let mut steps = Steps::new(MANIFEST.steps, &listen);
    org(&server.url).check(&mut steps).await.ok();
    (steps.finish(), server)
}

#[tokio::test]
async fn the_test_says_what_it_found_and_writes_nothing() {
    let (steps, server) = check(vec![VERSIONS, SIGNED_IN, LIST, LEAD, LIMITS]).await;
    let found: Vec<_> = steps
        .iter()
        .map(|step| match &step.result {
            StepResult::Passed(Some(found)) => found.clone(),
            StepResult::Passed(None)
            | StepResult::Noted(..)
            | StepResult::Failed(_)
            | StepResult::NotReached => panic!("{step:?}"),
        })
        .collect();
    assert_eq!(
        found,
        [
            "127.0.0.1",
            "127.0.0.1",
            "2 objects: Account, Lead",
            "Lead: 8 fields, matched by Email, Ext__c",
            "14,982 of 15,000 requests left",
        ]
    );
    let got = server.got();
    assert_eq!(
        lines(&got),
        [
            "GET /services/data/",
            "POST /services/oauth2/token",
            "GET /sobjects",
            "GET /sobjects/Lead/describe",
            "GET /limits"
        ]
    );
    assert_eq!(got[0].header("authorization"), None);
}

#[tokio::test]
async fn the_test_says_which_step_failed_and_what_to_do() {
    let refused =
        json(400, r#"{"error":"invalid_client_id","error_description":"client identifier invalid"}"#);
    let disabled = json(403, r#"[{"errorCode":"API_DISABLED_FOR_ORG","message":"API is not enabled"}]"#);
    // Salesforce Help, "OAuth 2.0 Authorization Errors".
    let ended = json(400, r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#);
    let spent = json(200, r#"{"DailyApiRequests":{"Max":15000,"Remaining":0}}"#);
    let cases = [
        (vec![Reply::Say(200, "text/html", "", "<html>")], "reach", ErrorKind::WebPage),
        (vec![json(503, "down")], "reach", ErrorKind::ServerFailed),
        (vec![json(200, r#"[{"version":"50.0"}]"#)], "reach", ErrorKind::BadAnswer),
        (vec![Reply::Silence], "reach", ErrorKind::TimedOut),
        (vec![VERSIONS, refused], "sign_in", ErrorKind::SignInFailed),
        (vec![VERSIONS, ended], "sign_in", ErrorKind::SignInExpired),
        (vec![VERSIONS, SIGNED_IN, disabled], "permissions", ErrorKind::ApiOff),
        (vec![VERSIONS, SIGNED_IN, json(200, r#"{"sobjects":[]}"#)], "permissions", ErrorKind::NotAllowed),
        (vec![VERSIONS, SIGNED_IN, LIST, json(500, "boom")], "object", ErrorKind::ServerFailed),
        (vec![VERSIONS, SIGNED_IN, LIST, LEAD, spent], "quota", ErrorKind::QuotaSpent),
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
