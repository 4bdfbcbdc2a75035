//! What the answer says of each record, by operation.

use std::collections::BTreeMap;

use sluice_engine::destination::{Answer, Batch, DestinationKind, Outcome};
use sluice_engine::error::ErrorKind;
use sluice_engine::record::{Change, MessageId, Operation, Record};

use super::super::Salesforce;
use super::*;

pub(super) const LEAD: Reply = json(
    200,
    r#"{"name":"Lead","label":"Lead","queryable":true,"fields":[
    {"name":"Id","label":"Lead ID","type":"id","idLookup":true,"nillable":false},
    {"name":"LastName","label":"Last Name","type":"string","nillable":false,"createable":true,"updateable":true},
    {"name":"Email","label":"Email","type":"email","nillable":true,"createable":true,"updateable":true,"idLookup":true},
    {"name":"Ext__c","label":"Ext","type":"string","externalId":true,"unique":true,"nillable":true,"custom":true,"createable":true,"updateable":true},
    {"name":"Score__c","label":"Score","type":"double","nillable":true,"custom":true,"createable":true,"updateable":true},
    {"name":"Address","label":"Address","type":"address","nillable":true},
    {"name":"IsUnreadByOwner","label":"Unread","type":"boolean","nillable":false,"createable":true,"updateable":true,"defaultedOnCreate":true},
    {"name":"Rating","label":"Rating","type":"picklist","restrictedPicklist":true,"nillable":true,"createable":true,"updateable":true,
     "picklistValues":[{"value":"Hot","active":true},{"value":"Tepid","active":false},{"value":"Cold","active":true}]}]}"#,
);

/// e-1 is there, once; e-2 is not; e-3 is there twice.
const FOUND: Reply = json(
    200,
    r#"{"compositeResponse":[{"httpStatusCode":200,"referenceId":"query0","httpHeaders":{},"body":{"totalSize":3,"done":true,"records":[
    {"attributes":{"type":"Lead"},"Id":"00Q000000000001AAA","Ext__c":"E-1"},
    {"attributes":{"type":"Lead"},"Id":"00Q000000000003AAA","Ext__c":"e-3"},
    {"attributes":{"type":"Lead"},"Id":"00Q000000000004AAA","Ext__c":"e-3"}]}}]}"#,
);

fn three(operation: Operation) -> Vec<Row> {
    let record = |id: u128| row(id, format!(r#"{{"Ext__c":"e-{id}","Email":null}}"#).leak()).to(operation);
    (1..=3).map(record).collect()
}

async fn looked_up(operation: Operation, answer: &'static str) -> (Vec<String>, Vec<Got>) {
    let server = Server::start(vec![SIGNED_IN, LEAD, FOUND, json(200, answer)]).await;
    let said = said(&send(&org(&server.url), &leads(), &three(operation)).await);
    (said, server.got())
}

const DONE: &str = r#"[{"id":"00Q000000000001AAA","success":true,"errors":[]}]"#;
const SEVERAL: &str = "Several records of Lead have this Ext__c.";

#[tokio::test]
async fn reasons_are_salesforce_s_own_and_a_lock_passes() {
    let answer = r#"[
        {"success":false,"errors":[{"statusCode":"REQUIRED_FIELD_MISSING","message":"Required fields are missing: [LastName]","fields":["LastName"]}]},
        {"success":false,"errors":[{"statusCode":"UNABLE_TO_LOCK_ROW","message":"unable to obtain exclusive access","fields":[]}]},
        {"success":false,"errors":[{"statusCode":"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST","message":"Rating: bad value for restricted picklist field: Tepid","fields":["Rating"]},
            {"statusCode":"STRING_TOO_LONG","message":"Company: data value too large","fields":["Company"]}]},
        {"success":true,"errors":[]},
        {"success":false,"errors":[]},
        {"id":"00Q000000000006AAA","success":true,"created":true,"errors":[]}]"#;
    let server = Server::start(vec![SIGNED_IN, LEAD, json(200, answer)]).await;
    let rows: Vec<_> = (1..=6).map(|id| row(id, format!(r#"{{"Ext__c":"{id}"}}"#).leak())).collect();
    let delivery = send(&org(&server.url), &leads(), &rows).await;
    assert_eq!(
        said(&delivery),
        [
            "Salesforce: Required fields are missing: [LastName] (REQUIRED_FIELD_MISSING: LastName).",
            "again: Salesforce: unable to obtain exclusive access (UNABLE_TO_LOCK_ROW).",
            "Salesforce: Rating: bad value for restricted picklist field: Tepid (INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: Rating). \
             Salesforce: Company: data value too large (STRING_TOO_LONG: Company).",
            "again: Salesforce's answer does not say what became of this record.",
            "Salesforce did not take the record, and gave no reason.",
            "delivered",
        ]
    );
    let Answer::Records(outcomes) = &delivery.answer else { panic!("{delivery:?}") };
    let Outcome::Rejected(error) = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!(error.kind(), ErrorKind::RequiredMissing);
    assert_eq!(error.hint(), "Map a column to each of these fields, or give them a constant.");
    let own = Salesforce.own_answer(&delivery.exchange.answer, 0, 6).unwrap();
    assert!(own.contains("REQUIRED_FIELD_MISSING") && !own.contains("STRING_TOO_LONG"), "{own}");
    assert_eq!(Salesforce.own_answer(&delivery.exchange.answer, 0, 5), None);
}

#[tokio::test]
async fn numbers_and_booleans_that_come_as_text_go_out_as_such_where_the_field_is_one() {
    let both = r#"[{"id":"00Q000000000001AAA","success":true,"errors":[]},{"id":"00Q000000000002AAA","success":true,"errors":[]}]"#;
    let server = Server::start(vec![SIGNED_IN, LEAD, json(200, both)]).await;
    let rows = [
        row(1, r#"{"Ext__c":"1","score__c":"9007199254740993","IsUnreadByOwner":"TRUE","LastName":"12"}"#),
        row(2, r#"{"Ext__c":"e-2","Score__c":"12.50 €","LastName":null}"#),
    ];
    let org = org(&server.url);
    assert_eq!(said(&send(&org, &leads(), &rows).await), ["delivered", "delivered"]);
    let got = server.got();
    assert_eq!(lines(&got)[1..], ["GET /sobjects/Lead/describe", "PATCH /composite/sobjects/Lead/Ext__c"]);
    assert_eq!(
        String::from_utf8_lossy(&got[2].body),
        concat!(
            r#"{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"Ext__c":"1","IsUnreadByOwner":true,"LastName":"12","#,
            r#""score__c":9007199254740993},{"attributes":{"type":"Lead"},"Ext__c":"e-2","Score__c":"12.50 €","LastName":null}]}"#
        )
    );
    // The types are asked for once, and a repeat has the same bytes.
    send(&org, &leads(), &rows).await;
    let again = server.got();
    assert_eq!((again.len(), &again[3].body), (4, &got[2].body));
}

#[tokio::test]
async fn the_ids_of_new_records_are_told_and_of_no_others() {
    let first = |id: &str| BTreeMap::from([(0, id.to_owned())]);
    let server = Server::start(vec![SIGNED_IN, json(200, BOTH)]).await;
    assert_eq!(send(&org(&server.url), &leads(), &two()).await.made, first("00Q000000000001AAA"));
    // Only an upsert says of a record whether it is new.
    for (operation, sent) in [(Operation::Create, 1), (Operation::Update, 0)] {
        let server = Server::start(vec![SIGNED_IN, LEAD, FOUND, json(200, DONE)]).await;
        let delivery = send(&org(&server.url), &leads(), &three(operation)).await;
        assert_eq!(said(&delivery)[sent], "delivered");
        let made: Vec<_> = delivery.made.keys().copied().collect();
        assert_eq!(made, if operation == Operation::Create { vec![1] } else { vec![] });
    }
}

#[tokio::test]
async fn an_update_changes_what_is_there_and_creates_nothing() {
    let (said, got) = looked_up(Operation::Update, DONE).await;
    assert_eq!(said, ["delivered", "There is no Lead with this Ext__c to update.", SEVERAL]);
    assert_eq!(
        lines(&got),
        [
            "POST /services/oauth2/token",
            "GET /sobjects/Lead/describe",
            "POST /composite",
            "PATCH /composite/sobjects"
        ]
    );
    assert_eq!(
        String::from_utf8_lossy(&got[3].body),
        r#"{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"Id":"00Q000000000001AAA","Ext__c":"e-1","Email":null}]}"#
    );
    let asked: serde_json::Value = serde_json::from_slice(&got[2].body).unwrap();
    let url = asked["compositeRequest"][0]["url"].as_str().unwrap();
    let url = url::Url::parse("http://x").unwrap().join(url).unwrap();
    let query: Vec<_> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
    assert_eq!(query, ["SELECT Id,Ext__c FROM Lead WHERE Ext__c IN ('e-1','e-2','e-3')"]);
}

#[tokio::test]
async fn what_is_there_is_not_created_again() {
    let (said, got) = looked_up(Operation::Create, DONE).await;
    assert_eq!(said, ["There is a Lead with this Ext__c already.", "delivered", SEVERAL]);
    assert_eq!(lines(&got)[3], "POST /composite/sobjects");
    assert!(!String::from_utf8_lossy(&got[3].body).contains("\"Id\""));
    let taken = r#"[{"success":false,"errors":[{"statusCode":"DUPLICATE_VALUE","message":"duplicate value found: Ext__c duplicates value on record with id: 00Q1","fields":[]}]}]"#;
    let server = Server::start(vec![SIGNED_IN, LEAD, FOUND, json(200, taken)]).await;
    let delivery = send(&org(&server.url), &leads(), &three(Operation::Create)[1..2]).await;
    let Answer::Records(outcomes) = &delivery.answer else { panic!("{delivery:?}") };
    let Outcome::Rejected(error) = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!(error.kind(), ErrorKind::AlreadyExists, "somebody else was quicker");
}

#[tokio::test]
async fn what_is_gone_already_is_cleared_and_deleted() {
    let (said, got) = looked_up(Operation::Clear, DONE).await;
    assert_eq!(said, ["delivered", "delivered", SEVERAL]);
    assert_eq!(lines(&got)[3], "PATCH /composite/sobjects");
    let (said, got) = looked_up(Operation::Delete, DONE).await;
    assert_eq!(said, ["delivered", "delivered", SEVERAL]);
    assert_eq!(lines(&got)[3], "DELETE /composite/sobjects?ids=00Q000000000001AAA&allOrNone=false");
    let gone = r#"[{"success":false,"errors":[{"statusCode":"ENTITY_IS_DELETED","message":"entity is deleted","fields":[]}]}]"#;
    assert_eq!(looked_up(Operation::Delete, gone).await.0[0], "delivered");
    let kept = r#"[{"success":false,"errors":[{"statusCode":"DELETE_FAILED","message":"has opportunities","fields":[]}]}]"#;
    assert_eq!(
        looked_up(Operation::Delete, kept).await.0[0],
        "Salesforce: has opportunities (DELETE_FAILED)."
    );
}

/// The request by hand of one record: method, what stands below the API's version, body.
fn by_hand(match_field: &str, operation: Operation) -> Option<(&'static str, String, String)> {
    let payload = format!(r#"{{"{match_field}":"00Q000000000001AAA","Email":null}}"#);
    let record = Record {
        key: "1",
        change: Change::Changed,
        operation,
        payload: payload.as_bytes(),
        message_id: MessageId(1),
        changed_at: chrono::DateTime::UNIX_EPOCH,
    };
    let shape = Shape::Record { object: "Lead".to_owned(), match_field: match_field.to_owned() };
    let batch = Batch { shape: &shape, records: &[record], run: 7, sync: "s" };
    let settings = [("instance_url".to_owned(), "https://acme.my.salesforce.com".to_owned())].into();
    let request = Salesforce.request(&settings, &batch).unwrap()?;
    let path = request.url.replace("https://acme.my.salesforce.com/services/data/v66.0", "");
    Some((request.method, path, String::from_utf8(request.body).unwrap()))
}

#[test]
fn a_request_by_hand_is_the_one_the_operation_makes_where_its_ids_are_known() {
    let (method, path, body) = by_hand("Ext__c", Operation::Upsert).unwrap();
    assert_eq!((method, path.as_str()), ("PATCH", "/composite/sobjects/Lead/Ext__c"));
    assert!(body.contains(r#""Ext__c":"00Q000000000001AAA""#), "{body}");
    let (method, path, body) = by_hand("Ext__c", Operation::Create).unwrap();
    assert_eq!((method, path.as_str()), ("POST", "/composite/sobjects"));
    assert!(body.starts_with(r#"{"allOrNone":false,"records":["#), "{body}");
    for operation in [Operation::Update, Operation::Clear] {
        assert_eq!(by_hand("Ext__c", operation), None);
        let (method, path, body) = by_hand("Id", operation).unwrap();
        assert_eq!((method, path.as_str()), ("PATCH", "/composite/sobjects"));
        assert!(body.contains(r#""Id":"00Q000000000001AAA","Email":null"#), "{body}");
    }
    assert_eq!(by_hand("Ext__c", Operation::Delete), None);
    let path = "/composite/sobjects?ids=00Q000000000001AAA&allOrNone=false".to_owned();
    assert_eq!(by_hand("Id", Operation::Delete), Some(("DELETE", path, String::new())));
}

#[tokio::test]
async fn a_look_up_that_fails_sends_nothing() {
    for (reply, way) in [
        (Reply::Cut, "again"),
        (json(200, ""), "again"),
        (json(200, r#"{"compositeResponse":[]}"#), "again"),
        (json(500, "boom"), "again"),
        (
            json(
                200,
                r#"{"compositeResponse":[{"httpStatusCode":400,"body":[{"errorCode":"INVALID_FIELD","message":"No such column"}]}]}"#,
            ),
            "stop",
        ),
    ] {
        let server = Server::start(vec![SIGNED_IN, LEAD, reply, json(200, DONE)]).await;
        let delivery = send(&org(&server.url), &leads(), &three(Operation::Update)).await;
        assert_eq!(answered(&delivery).0, way, "{delivery:?}");
        assert_eq!(server.got().len(), 3);
    }
    let shape = Shape::Record { object: "Lead".to_owned(), match_field: "LastName".to_owned() };
    let server = Server::start(vec![SIGNED_IN, LEAD]).await;
    let rows = [row(1, r#"{"LastName":"A"}"#).to(Operation::Update)];
    let delivery = send(&org(&server.url), &shape, &rows).await;
    let error = answered(&delivery).1.unwrap().clone();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert!(error.hint().contains("Id, Email, Ext__c"), "{}", error.hint());
}
