//! Objects, present values and the quota.

use sluice_engine::destination::{Counted, Found, Quota, ReadByKey};

use super::outcomes::LEAD;
use super::*;

const LIST: Reply = json(
    200,
    r#"{"sobjects":[
    {"name":"Lead","label":"Lead","createable":true,"updateable":true},
    {"name":"LeadHistory","label":"Lead History","createable":false,"updateable":false},
    {"name":"ApexClass","label":"Apex Class","createable":true,"updateable":true},
    {"name":"Visit__c","label":"Visit","createable":true,"updateable":true,"custom":true},
    {"name":"Old__c","label":"Old","createable":true,"updateable":true,"custom":true,"deprecatedAndHidden":true},
    {"name":"Setting__c","label":"Setting","createable":true,"updateable":true,"custom":true,"customSetting":true}]}"#,
);

#[tokio::test]
async fn objects_and_fields_are_as_the_org_describes_them() {
    let Reply::Say(.., lead) = LEAD else { panic!() };
    let together = format!(
        r#"{{"compositeResponse":[{{"httpStatusCode":200,"referenceId":"object0","body":{lead}}},
        {{"httpStatusCode":403,"referenceId":"object1","body":[{{"errorCode":"X","message":"no"}}]}}]}}"#
    );
    let server = Server::start(vec![SIGNED_IN, LIST, json(200, together.leak())]).await;
    let objects = Destination::objects(&org(&server.url)).await.unwrap();
    assert_eq!(lines(&server.got())[1..], ["GET /sobjects", "POST /composite"]);
    let asked = String::from_utf8_lossy(&server.got()[2].body).into_owned();
    assert!(asked.contains("sobjects/Lead/describe") && asked.contains("sobjects/Visit__c/describe"));
    assert!(
        !["ApexClass", "History", "Old__c", "Setting__c"].iter().any(|name| asked.contains(name)),
        "{asked}"
    );
    let [object] = &*objects else { panic!("{objects:?}") };
    let field = |name: &str| object.fields.iter().find(|field| field.name == name).unwrap();
    let said: Vec<_> = object
        .fields
        .iter()
        .map(|field| (field.name.as_str(), field.required, field.writable, field.matchable))
        .collect();
    assert_eq!(
        said,
        [
            ("Id", false, false, true),
            ("LastName", true, true, false),
            ("Email", false, true, true),
            ("Ext__c", false, true, true),
            ("Score__c", false, true, false),
            ("IsUnreadByOwner", false, true, false),
            ("Rating", false, true, false),
        ]
    );
    assert_eq!(field("Rating").options, ["Hot", "Cold"]);
    assert_eq!(field("Rating").field_type, "picklist, these values only");
    assert!(field("Ext__c").custom && !field("Rating").custom);
}

async fn read(org: &Org, values: &[&str]) -> Option<Vec<Option<String>>> {
    read_if(org, values, false).await
}

async fn read_if(org: &Org, values: &[&str], needed: bool) -> Option<Vec<Option<String>>> {
    let found = find(org, values, needed).await?;
    Some(found.into_iter().map(|found| found.map(|found| found.fields)).collect())
}

async fn find(org: &Org, values: &[&str], needed: bool) -> Option<Vec<Option<Found>>> {
    let values: Vec<_> = values.iter().map(|&value| value.to_owned()).collect();
    let fields = ["email".to_owned(), "Gone__c".to_owned()];
    let read = ReadByKey { object: "Lead", match_field: "Ext__c", values: &values, fields: &fields, needed };
    org.read_by_key(&read).await.map(Result::unwrap)
}

#[tokio::test]
async fn present_values_are_read_in_the_order_asked() {
    let page = json(
        200,
        r#"{"compositeResponse":[{"httpStatusCode":200,"body":{"done":true,"records":[
        {"attributes":{},"Id":"00Q000000000002AAA","Ext__c":"B","Email":null},
        {"attributes":{},"Id":"00Q000000000001AAA","Ext__c":"a","Email":"ana@example.com"},
        {"attributes":{},"Id":"00Q000000000003AAA","Ext__c":"d","Email":"1"},
        {"attributes":{},"Id":"00Q000000000004AAA","Ext__c":"D","Email":"2"}]}}]}"#,
    );
    let server = Server::start(vec![SIGNED_IN, LEAD, page]).await;
    let (org, asked) = (org(&server.url), ["a", "b", "c", "d"]);
    let found = read(&org, &asked).await.unwrap();
    let (ana, bob) = (r#"{"email":"ana@example.com"}"#.to_owned(), r#"{"email":null}"#.to_owned());
    let several = Found::several().fields;
    assert_eq!(found, [Some(ana), Some(bob), None, Some(several)]);
    let again = find(&org, &asked, true).await.unwrap();
    let ids: Vec<_> =
        again.iter().map(|found| found.as_ref().and_then(|found| found.id.as_deref())).collect();
    assert_eq!(ids, [Some("00Q000000000001AAA"), Some("00Q000000000002AAA"), None, None]);
}

#[tokio::test]
async fn ten_thousand_values_take_ten_requests() {
    let page = r#"{"httpStatusCode":200,"body":{"done":true,"records":[]}}"#;
    let five = format!(r#"{{"compositeResponse":[{}]}}"#, [page; 5].join(","));
    let server = Server::start(vec![SIGNED_IN, LEAD, json(200, five.leak())]).await;
    let values: Vec<_> = (0..10_000).map(|n| format!("lead-{n:08}")).collect();
    let values: Vec<_> = values.iter().map(String::as_str).collect();
    let found = read(&org(&server.url), &values).await.unwrap();
    assert_eq!((found.len(), server.got().len()), (10_000, 2 + 10));
}

#[tokio::test]
async fn the_last_requests_of_a_day_are_kept_for_sending() {
    let limits = Reply::Say(
        200,
        "application/json",
        "Sforce-Limit-Info: api-usage=14999/15000\r\n",
        r#"{"DailyApiRequests":{"Max":15000,"Remaining":1},"DailyBulkApiBatches":{"Max":15000,"Remaining":15000}}"#,
    );
    let found =
        json(200, r#"{"compositeResponse":[{"httpStatusCode":200,"body":{"done":true,"records":[]}}]}"#);
    let server = Server::start(vec![SIGNED_IN, limits, LEAD, found]).await;
    let org = org(&server.url);
    let quota = Quota { left: 1, of: 15_000, counts: Counted::Requests };
    assert_eq!(org.quota().await.unwrap(), Some(quota));
    assert!(read(&org, &["a"]).await.is_none());
    assert_eq!(server.got().len(), 2);
    assert_eq!(read_if(&org, &["a"], true).await, Some(vec![None]), "what nothing goes out without is read");
    let server = Server::start(vec![SIGNED_IN, json(200, "{}")]).await;
    assert_eq!(super::org(&server.url).quota().await.unwrap_err().kind(), ErrorKind::BadAnswer);
}
