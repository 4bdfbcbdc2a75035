use sluice_engine::error::ErrorKind;
use sluice_engine::record::Operation;

use super::{by, desk, json};
use crate::destinations::fixture::server::Reply;
use crate::destinations::fixture::{Row, answered, row, said, send};

const FOUND: &str = r#"{"status":"COMPLETE","results":[{"id":"901","properties":{"email":"a@example.com"}}],"numErrors":1,"errors":[{"status":"error","category":"OBJECT_NOT_FOUND","message":"Could not get some CONTACT objects","context":{"ids":["b@example.com"]}}]}"#;

fn gone() -> Vec<Row> {
    let delete = |id, payload| row(id, payload).to(Operation::Delete);
    vec![delete(1, r#"{"email":"a@example.com"}"#), delete(2, r#"{"email":"B@example.com"}"#)]
}

#[tokio::test]
async fn records_are_looked_up_and_archived_by_their_numbers() {
    let (hub, server) = desk(vec![json(207, FOUND), json(204, "")]).await;
    let delivery = send(&hub, &by("email"), &gone()).await;
    assert_eq!(said(&delivery), ["accepted", "delivered"]);
    let got = server.got();
    assert_eq!(got[2].line(), "POST /crm/objects/2026-09/contacts/batch/read HTTP/1.1");
    assert_eq!(
        String::from_utf8_lossy(&got[2].body),
        r#"{"inputs":[{"id":"a@example.com"},{"id":"b@example.com"}],"properties":["email","hs_additional_emails"],"propertiesWithHistory":[],"idProperty":"email"}"#
    );
    assert_eq!(got[3].line(), "POST /crm/objects/2026-09/contacts/batch/archive HTTP/1.1");
    assert_eq!(String::from_utf8_lossy(&got[3].body), r#"{"inputs":[{"id":"901"}]}"#);
    assert!(delivery.exchange.target.ends_with("/archive"));
}

#[tokio::test]
async fn what_is_not_there_needs_no_deleting() {
    let none =
        r#"{"status":"error","category":"OBJECT_NOT_FOUND","message":"Could not get some CONTACT objects"}"#;
    let (hub, server) = desk(vec![json(404, none)]).await;
    assert_eq!(said(&send(&hub, &by("email"), &gone()).await), ["delivered", "delivered"]);
    assert_eq!(server.got().len(), 3);
}

#[tokio::test]
async fn what_a_look_does_not_name_is_not_taken_for_gone() {
    let one = r#"{"status":"COMPLETE","results":[{"id":"901","properties":{"email":"a@example.com"}}]}"#;
    let (hub, _server) = desk(vec![json(200, one), json(204, "")]).await;
    let said = said(&send(&hub, &by("email"), &gone()).await);
    assert!(said[0] == "accepted" && said[1].starts_with("again:"), "{said:?}");
}

#[tokio::test]
async fn faults_of_either_request_delete_nothing_unsaid() {
    let archived = |reply: Reply| vec![json(207, FOUND), reply];
    for (replies, way, kind) in [
        (vec![Reply::Cut], "again", ErrorKind::Unreachable),
        (vec![json(500, "{}")], "again", ErrorKind::ServerFailed),
        (vec![json(200, "{}")], "again", ErrorKind::BadAnswer),
        (vec![json(403, "{}")], "stop", ErrorKind::NotAllowed),
        (archived(Reply::Cut), "unknown", ErrorKind::Unreachable),
        (archived(json(502, "{}")), "unknown", ErrorKind::ServerFailed),
        (archived(Reply::Say(200, "text/html", "", "<html>")), "unknown", ErrorKind::WebPage),
        (archived(json(429, "{}")), "again", ErrorKind::RateLimited),
        (archived(json(403, "{}")), "stop", ErrorKind::NotAllowed),
    ] {
        let (hub, _server) = desk(replies).await;
        let delivery = send(&hub, &by("email"), &gone()).await;
        let (got_way, error) = answered(&delivery);
        assert_eq!((got_way, error.map(sluice_engine::Error::kind)), (way, Some(kind)));
    }
}

#[tokio::test]
async fn an_archiving_that_is_refused_in_part_says_which() {
    let refused = r#"{"status":"COMPLETE","results":[],"errors":[{"category":"OBJECT_NOT_FOUND","message":"gone","context":{"ids":["1"]}},{"category":"VALIDATION_ERROR","message":"It may not be deleted","context":{"ids":["2"]}}]}"#;
    let (hub, _server) = desk(vec![json(207, refused)]).await;
    let rows = [
        row(1, r#"{"hs_object_id":"1"}"#),
        row(2, r#"{"hs_object_id":"2"}"#),
        row(3, r#"{"hs_object_id":"3"}"#),
    ];
    let rows: Vec<_> = rows.into_iter().map(|row| row.to(Operation::Delete)).collect();
    let said = said(&send(&hub, &by("hs_object_id"), &rows).await);
    assert_eq!(said[..2], ["delivered", "HubSpot refused it: “It may not be deleted”."]);
    assert!(said[2].starts_with("again:"), "{said:?}");
}
