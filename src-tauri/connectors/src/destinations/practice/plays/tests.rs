#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use sluice_engine::destination::{Answer, Counted, Destination, Outcome, Quota, ReadByKey};
use sluice_engine::error::ErrorKind;
use sluice_engine::record::Operation;
use sluice_engine::sync::Shape;
use tempfile::TempDir;

use super::super::Practice;
use crate::destinations::fixture::{Row, Standing, answered, row, said, send, try_open};

struct Playing {
    home: TempDir,
    clock: Arc<Standing>,
    crm: Box<dyn Destination>,
}

fn playing(plays: &str) -> Playing {
    let (home, clock) = (TempDir::new().unwrap(), Standing::at("2026-11-22T12:00:00Z"));
    let crm = try_open(&Practice, home.path(), Arc::clone(&clock), &[("plays", plays)], &[]).unwrap();
    Playing { home, clock, crm }
}

fn record(object: &str, match_field: &str) -> Shape {
    Shape::Record { object: object.to_owned(), match_field: match_field.to_owned() }
}

async fn says(desk: &Playing, shape: &Shape, rows: &[Row]) -> Vec<String> {
    said(&send(&*desk.crm, shape, rows).await)
}

#[tokio::test]
async fn hubspot_s_refusals_come_in_its_codes_and_in_plain_words() {
    let desk = playing("hubspot");
    let contacts = record("contacts", "email");
    let rows = [
        row(1, r#"{"email":"ana@example.com","firstname":"Ana","lifecyclestage":"customer"}"#),
        row(2, r#"{"email":"bo@example.com","lifecyclestage":"Customer"}"#),
        row(3, r#"{"email":"not-an-address"}"#),
        row(4, r#"{"email":"cy@example.com","seats":"many"}"#),
        row(5, r#"{"email":"di@example.com"}"#).to(Operation::Update),
    ];
    let delivery = send(&*desk.crm, &contacts, &rows).await;
    let said = said(&delivery);
    assert_eq!(said[0], "delivered");
    assert!(said[1].contains("Lifecycle stage takes subscriber"), "{said:?}");
    assert!(said[2].contains("e-mail address is invalid"), "{said:?}");
    assert!(said[3].contains("not a valid number"), "{said:?}");
    assert!(said[4].contains("no contact with this Email to update"), "{said:?}");
    let answer = &delivery.exchange.answer;
    for code in ["VALIDATION_ERROR", "INVALID_OPTION", "INVALID_EMAIL", "INVALID_LONG", "OBJECT_NOT_FOUND"] {
        assert!(answer.contains(code), "{code}: {answer}");
    }
    let again =
        says(&desk, &contacts, &[row(6, r#"{"email":"ANA@example.com"}"#).to(Operation::Create)]).await;
    assert!(again[0].starts_with("HubSpot has this record already"), "{again:?}");
}

#[tokio::test]
async fn salesforce_s_refusals_come_in_its_codes_and_in_plain_words() {
    let desk = playing("salesforce");
    let leads = record("Lead", "Lead_ID__c");
    let rows = [
        row(1, r#"{"Lead_ID__c":"L-1","LastName":"Åström","Company":"Açaí","Lead_Score__c":87.50}"#),
        row(2, r#"{"Lead_ID__c":"L-2","LastName":"Ek"}"#),
        row(3, r#"{"Lead_ID__c":"L-3","LastName":"Ek","Company":"C","Rating":"Blazing","Email":"x"}"#),
    ];
    let delivery = send(&*desk.crm, &leads, &rows).await;
    assert_eq!(
        said(&delivery),
        [
            "delivered",
            "Salesforce: Required fields are missing: [Company] (REQUIRED_FIELD_MISSING: Company).",
            "Salesforce: Email: invalid email address (INVALID_EMAIL_ADDRESS: Email). \
             Salesforce: Rating: bad value for restricted picklist field (INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: Rating).",
        ]
    );
    let Answer::Records(outcomes) = &delivery.answer else { panic!("{delivery:?}") };
    let Outcome::Rejected(refused) = &outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!(refused.hint(), "Map a column to each of these fields, or give them a constant.");
    let (values, fields) = (["l-1".to_owned()], ["Lead_Score__c".to_owned(), "Company".to_owned()]);
    let asked = ["L-1".to_owned()];
    let read = ReadByKey {
        object: "Lead",
        match_field: "Lead_ID__c",
        values: &asked,
        fields: &fields,
        needed: false,
    };
    let found = desk.crm.read_by_key(&read).await.unwrap().unwrap();
    assert_eq!(found[0].as_ref().unwrap().fields, r#"{"Lead_Score__c":87.50,"Company":"Açaí"}"#);
    let other = desk.crm.read_by_key(&ReadByKey { values: &values, ..read }).await.unwrap().unwrap();
    assert_eq!(other, [None]);
}

#[tokio::test]
async fn what_the_object_does_not_have_stops_the_run_as_it_does_there() {
    for (plays, shape, says) in [
        ("hubspot", record("contacts", "email"), "HubSpot has no property “shoe_size” on this object."),
        (
            "salesforce",
            record("Lead", "Lead_ID__c"),
            "Salesforce does not know the object or a field: No such column 'shoe_size' on sobject of type Lead.",
        ),
        ("hubspot", Shape::Identify, "HubSpot takes records, and no events."),
        ("salesforce", record("leads", "lead_id"), "Salesforce has no object “leads”."),
        ("hubspot", record("contacts", "phone"), "Contacts can not be matched by “phone”."),
    ] {
        let desk = playing(plays);
        let key = if plays == "hubspot" { "email" } else { "Lead_ID__c" };
        let rows = [row(1, &format!(r#"{{"{key}":"a@example.com","shoe_size":44}}"#))];
        let delivery = send(&*desk.crm, &shape, &rows).await;
        let (way, error) = answered(&delivery);
        assert_eq!((way, error.unwrap().message()), ("stop", says));
        assert!(std::fs::read_dir(desk.home.path()).unwrap().next().is_none(), "something was written");
    }
}

#[tokio::test]
async fn hubspot_takes_a_hundred_requests_in_ten_seconds_and_counts_requests_by_the_day() {
    let desk = playing("hubspot");
    let contacts = record("contacts", "email");
    let two = |id: u128| {
        let one = |id| row(id, &format!(r#"{{"email":"{id}@example.com"}}"#));
        [one(2 * id), one(2 * id + 1)]
    };
    for request in 0..100 {
        assert_eq!(says(&desk, &contacts, &two(request)).await, ["delivered", "delivered"]);
    }
    desk.clock.set("2026-11-22T12:00:04Z");
    let delivery = send(&*desk.crm, &contacts, &two(100)).await;
    let (way, error) = answered(&delivery);
    let error = error.unwrap();
    assert_eq!((way, error.kind()), ("again", ErrorKind::RateLimited));
    assert_eq!(error.retry_after().unwrap().as_secs(), 6);
    let spent = Quota { left: 249_900, of: 250_000, counts: Counted::Requests };
    assert_eq!(desk.crm.quota().await.unwrap(), Some(spent));
    desk.clock.set("2026-11-22T12:00:10Z");
    assert_eq!(says(&desk, &contacts, &two(100)).await, ["delivered", "delivered"]);
    assert_eq!(desk.crm.limits(&contacts).records, 100);
}

#[tokio::test]
async fn what_the_connector_makes_of_a_value_is_taken_as_it_is_there() {
    let desk = playing("hubspot");
    let rows = [
        row(1, r#"{"email":"a@example.com","last_login_at":"2026-01-31","lead_score":" 12.50 "}"#),
        row(2, r#"{"email":"b@example.com","last_login_at":1769817600000}"#),
        row(3, r#"{"email":"c@example.com","last_login_at":"yesterday"}"#),
    ];
    let told = says(&desk, &record("contacts", "email"), &rows).await;
    assert_eq!(told[..2], ["delivered", "delivered"]);
    assert_ne!(told[2], "delivered");
    let desk = playing("salesforce");
    let rows = [
        row(1, r#"{"Lead_ID__c":"1","LastName":"Ek","Company":"C","HasOptedOutOfEmail":"TRUE"}"#),
        row(2, r#"{"Lead_ID__c":"2","LastName":"Ek","Company":"C","Last_Login_At__c":"2026-01-31"}"#),
    ];
    let told = says(&desk, &record("Lead", "Lead_ID__c"), &rows).await;
    assert_eq!(told[0], "delivered");
    assert_ne!(told[1], "delivered", "a day is no moment to Salesforce");
}

#[tokio::test]
async fn each_play_keeps_records_of_its_own() {
    let desk = playing("salesforce");
    let lead = row(1, r#"{"Lead_ID__c":"1","LastName":"Ek","Company":"C"}"#);
    says(&desk, &record("Lead", "Lead_ID__c"), &[lead]).await;
    let own = try_open(&Practice, desk.home.path(), Arc::clone(&desk.clock), &[], &[]).unwrap();
    let lead = row(1, r#"{"lead_id":"1","email":"a@example.com"}"#);
    assert_eq!(said(&send(&*own, &record("leads", "lead_id"), &[lead]).await), ["delivered"]);
    let spent = Quota { left: 99_999, of: 100_000, counts: Counted::Records };
    assert_eq!(own.quota().await.unwrap(), Some(spent));
    assert_eq!(
        std::fs::read_dir(desk.home.path())
            .unwrap()
            .filter(|file| {
                file.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "sqlite")
            })
            .count(),
        2
    );
}
