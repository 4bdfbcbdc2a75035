//! Sessions: tokens that expire, redirects, servers that throttle or fail.

use serde_json::json;
use sluice_engine::error::ErrorKind;

use super::super::script::{Reply, Scripted, in_turn, refusal, signed_in, success};
use super::super::*;
use super::*;

#[tokio::test]
async fn an_expired_token_is_renewed() {
    let server = Scripted::start(|got| match got.path.as_str() {
        "/session/token-request" => Some(success(&json!({ "sessionToken": "session-2", "validityInSecondsST": 3600, "masterToken": "master-2", "validityInSecondsMT": 14400, "sessionId": 1 }))),
        QUERY if got.token() == "session-1" => Some(refusal("390112", "", "Session token expired")),
        _ => described(got).or_else(|| is_read(got).then(|| success(&in_parts("", 1, 10, "arrow")))),
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(10));
    let renewals = server.of("/session/token-request");
    assert_eq!(renewals.len(), 1);
    assert_eq!(renewals[0].token(), "master-1");
    assert_eq!(renewals[0].json(), json!({ "oldSessionToken": "session-1", "requestType": "RENEW" }));
}

#[tokio::test]
async fn where_the_master_token_has_expired_too_it_signs_in_again() {
    let sign_ins = in_turn(vec![signed_in("session-1", "master-1"), signed_in("session-2", "master-2")]);
    let server = Scripted::start(move |got| match got.path.as_str() {
        "/session/v1/login-request" => Some(sign_ins()),
        "/session/token-request" => Some(refusal("390114", "", "Authentication token has expired.")),
        QUERY if got.token() == "session-1" => Some(refusal("390112", "", "Session token expired")),
        _ => described(got).or_else(|| is_read(got).then(|| success(&in_parts("", 1, 10, "arrow")))),
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(10));
    assert_eq!(server.of("/session/v1/login-request").len(), 2);
}

#[tokio::test]
async fn a_session_that_always_expires_is_given_up() {
    let server = Scripted::start(|got| match got.path.as_str() {
        "/session/token-request" => Some(success(
            &json!({ "sessionToken": got.json()["oldSessionToken"].as_str().unwrap().to_owned() + "x" }),
        )),
        QUERY => Some(refusal("390112", "", "Session token expired")),
        _ => None,
    })
    .await;
    assert_eq!(read_numbers(&server).await.unwrap_err().kind(), ErrorKind::SignInFailed);
    assert!(server.of(QUERY).len() <= 5);
}

#[tokio::test]
async fn throttling_and_failing_proxies_are_waited_out() {
    let replies = in_turn(vec![
        Reply::status(429).with_header("retry-after", "0"),
        Reply::status(503),
        success(&in_parts("", 1, 10, "arrow")).cut_at(50),
        success(&in_parts("", 1, 10, "arrow")),
    ]);
    let server = Scripted::start(move |got| described(got).or_else(|| is_read(got).then(&replies))).await;
    assert_eq!(read_numbers(&server).await.unwrap().0, up_to(10));
    let reads: Vec<_> = server.of(QUERY).into_iter().filter(is_read).collect();
    assert_eq!(reads.len(), 4);
    assert!(
        reads.iter().all(|got| got.query["requestId"] == reads[0].query["requestId"]),
        "it is one statement"
    );
    let guids: std::collections::HashSet<_> =
        reads.iter().map(|got| got.query["request_guid"].clone()).collect();
    assert_eq!(guids.len(), 4);
}

#[tokio::test]
async fn a_server_that_always_fails_is_given_up() {
    for (reply, kind, most) in [
        (Reply::status(500), ErrorKind::ServerFailed, 3),
        (Reply::status(429).with_header("retry-after", "0"), ErrorKind::RateLimited, 6),
        (success(&in_parts("", 1, 10, "arrow")).cut_at(50), ErrorKind::Unreachable, 6),
    ] {
        let server =
            Scripted::start(move |got| described(got).or_else(|| is_read(got).then(|| reply.clone()))).await;
        assert_eq!(read_numbers(&server).await.unwrap_err().kind(), kind);
        let sent = server.of(QUERY).into_iter().filter(is_read).count();
        assert!((2..=most).contains(&sent), "{sent}");
    }
}

#[tokio::test]
async fn a_redirect_is_followed_no_further_than_credentials_may_go() {
    let server = Scripted::start(|got| {
        let moved = got.path == "/session/v1/login-request" && !got.query.contains_key("moved");
        let there = format!("/session/v1/login-request?moved=1&requestId={}", got.query.get("requestId")?);
        moved.then(|| Reply::status(307).with_header("location", &there))
    })
    .await;
    let warehouse = Access::at(&server.url, "SHOP").open();
    assert_eq!(warehouse.columns(&sql("select 1 as one")).await.unwrap().len(), 1);
    let sign_ins = server.of("/session/v1/login-request");
    assert_eq!(sign_ins.len(), 2);
    assert_eq!(sign_ins[0].body, sign_ins[1].body);

    let other = Scripted::start(|_| None).await;
    let there = other.url.replace("127.0.0.1", "localhost");
    let server = Scripted::start(move |got| {
        (got.path == "/session/v1/login-request").then(|| Reply::status(307).with_header("location", &there))
    })
    .await;
    let error = Access::at(&server.url, "SHOP").open().tables().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadAnswer);
    assert_eq!(error.safe(), "No credentials were sent there.");
    assert!(other.got().is_empty());
}

#[tokio::test]
async fn a_session_is_kept_alive_while_rows_are_read() {
    let server = Scripted::start(|got| match got.path.as_str() {
        "/session/v1/login-request" => Some(success(&json!({ "token": "session-1", "masterToken": "master-1", "masterValidityInSeconds": 4, "sessionInfo": {} }))),
        _ => described(got).or_else(|| is_read(got).then(|| success(&in_parts("", 1, 10, "arrow")))),
    })
    .await;
    let warehouse = Access::at(&server.url, "SHOP").open();
    let rows = warehouse.read(&all(sql("select i from numbers"))).await.unwrap();
    server.until("/session/heartbeat", 2).await;
    drop(rows);
}
