#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use sluice_engine::check::{StepResult, Steps};
use sluice_engine::destination::{Answer, Counted, Destination, DestinationKind, Quota, ReadByKey};
use sluice_engine::error::ErrorKind;
use sluice_engine::record::Operation;
use sluice_engine::sync::{EventName, Shape};
use tempfile::TempDir;

use super::Practice;
use crate::destinations::fixture::{Row, Standing, row, said, send, try_open};

#[tokio::test]
async fn the_answer_is_told_apart_record_by_record() {
    let desk = desk();
    let rows = [row(1, ANA), row(2, r#"{"lead_id":"L-2","score_grade":"Blazing"}"#)];
    let answer = send(&*desk.crm, &leads(), &rows).await.exchange.answer;
    let own = |place| Practice.own_answer(&answer, place, 2).unwrap();
    assert!(own(0).contains("created"), "{answer}");
    assert!(own(1).contains("refused") && own(1).contains("reason"), "{answer}");
    assert_eq!(
        Practice.own_answer(&answer, 0, 3),
        None,
        "an answer for other records says nothing of this one"
    );
    assert_eq!(Practice.own_answer(r#"{"error":"spent"}"#, 0, 1), None);
}

struct Desk {
    home: TempDir,
    clock: Arc<Standing>,
    crm: Box<dyn Destination>,
}

fn desk() -> Desk {
    let home = TempDir::new().unwrap();
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let crm = try_open(&Practice, home.path(), Arc::clone(&clock), &[], &[]).unwrap();
    Desk { home, clock, crm }
}

impl Desk {
    async fn leads(&self, rows: &[Row]) -> Vec<String> {
        said(&send(&*self.crm, &leads(), rows).await)
    }

    async fn read(&self, object: &str, field: &str, value: &str, fields: &[&str]) -> Option<String> {
        let fields: Vec<_> = fields.iter().map(|&name| name.to_owned()).collect();
        let values = [value.to_owned()];
        let read = ReadByKey { object, match_field: field, values: &values, fields: &fields, needed: false };
        let found = self.crm.read_by_key(&read).await.unwrap().unwrap();
        found.into_iter().next().unwrap().map(|found| found.fields)
    }
}

fn leads() -> Shape {
    Shape::Record { object: "leads".to_owned(), match_field: "lead_id".to_owned() }
}

const ANA: &str = r#"{"lead_id":"L-1","email":"ana@example.com","user_id":"u_1","full_name":"Ana Åström","company":"Açaí","lead_score":87.50,"score_grade":"A","logins_last_7_days":9,"last_login_at":"2026-11-21T08:30:00Z","last_platform":"ios","country":"PT"}"#;

#[tokio::test]
async fn a_lead_is_created_then_updated_and_read_back_exactly() {
    let desk = desk();
    assert_eq!(desk.leads(&[row(1, ANA)]).await, ["delivered"]);
    let changed = row(2, r#"{"lead_id":"L-1","company":null,"score_grade":"B"}"#);
    assert_eq!(desk.leads(&[changed]).await, ["delivered"]);
    let read = desk.read("leads", "lead_id", "L-1", &["lead_score", "score_grade", "company", "email"]).await;
    let expected = r#"{"lead_score":87.50,"score_grade":"B","company":null,"email":"ana@example.com"}"#;
    assert_eq!(read.as_deref(), Some(expected));
    assert_eq!(
        desk.read("leads", "email", " ANA@Example.com ", &["lead_id"]).await.as_deref(),
        Some(r#"{"lead_id":"L-1"}"#)
    );
    assert_eq!(desk.read("leads", "lead_id", "L-2", &["email"]).await, None);
    let unknown = desk.read("leads", "lead_id", "L-1", &["shoe_size", "country"]).await;
    assert_eq!(unknown.as_deref(), Some(r#"{"country":"PT"}"#));
}

#[tokio::test]
async fn one_bad_record_does_not_hold_up_the_others_and_every_reason_is_told() {
    let desk = desk();
    let long = format!(r#"{{"lead_id":"4","email":"d@example.com","country":"{}"}}"#, "ä".repeat(61));
    let said = desk
        .leads(&[
            row(1, r#"{"lead_id":"1","email":"not-an-address","score_grade":"E","shoe_size":44}"#),
            row(2, r#"{"lead_id":"2","email":"b@example.com","lead_score":"high","do_not_email":"yes"}"#),
            row(3, r#"{"lead_id":"3"}"#),
            row(4, &long),
            row(5, r#"{"lead_id":"","email":"e@example.com"}"#),
            row(6, r#"{"lead_id":6,"email":"f@example.com","next_step_on":"31/01/2026","last_login_at":"2026-01-31 08:30:00"}"#),
            row(7, ANA),
            row(8, r#"{"lead_id":"8","email":"Ana@example.com"}"#),
        ])
        .await;
    assert_eq!(
        said,
        [
            "Email is not a valid e-mail address. Rating takes A, B, C, D, not “E”. Leads have no field “shoe_size”.",
            "Do not e-mail takes true or false, not this text. Lead score takes a number, not this text.",
            "Email is required for a new lead.",
            "Country takes at most 60 characters; this value has 61.",
            "Lead ID is empty, so no lead can be matched.",
            "Next step on takes a day such as 2026-01-31, not this text.",
            "delivered",
            "Another lead has the same Email already.",
        ]
    );
}

#[tokio::test]
async fn a_repeat_changes_nothing_also_after_a_restart() {
    let Desk { home, clock, crm } = desk();
    let first = row(1, r#"{"lead_id":"1","email":"a@example.com","company":"Old"}"#);
    let second = row(2, r#"{"lead_id":"1","email":"a@example.com","company":"New"}"#);
    let created = row(3, r#"{"lead_id":"3","email":"c@example.com"}"#).to(Operation::Create);
    assert_eq!(said(&send(&*crm, &leads(), std::slice::from_ref(&first)).await), ["delivered"]);
    assert_eq!(said(&send(&*crm, &leads(), &[second, created.clone()]).await), ["delivered", "delivered"]);
    drop(crm);
    let crm = try_open(&Practice, home.path(), Arc::clone(&clock), &[], &[]).unwrap();
    let desk = Desk { home, clock, crm };
    let repeat = send(&*desk.crm, &leads(), &[first, created]).await;
    assert_eq!(said(&repeat), ["delivered", "delivered"]);
    assert!(repeat.exchange.answer.contains("already applied"), "{}", repeat.exchange.answer);
    assert_eq!(
        desk.read("leads", "lead_id", "1", &["company"]).await.as_deref(),
        Some(r#"{"company":"New"}"#)
    );
}

#[tokio::test]
async fn a_refused_record_is_judged_afresh_when_it_comes_again() {
    let desk = desk();
    let update = row(1, r#"{"lead_id":"L-1","company":"Later"}"#).to(Operation::Update);
    assert_eq!(
        desk.leads(std::slice::from_ref(&update)).await,
        ["There is no lead with this Lead ID to update."]
    );
    desk.leads(&[row(2, ANA)]).await;
    assert_eq!(desk.leads(&[update]).await, ["delivered"]);
    let create = row(3, ANA).to(Operation::Create);
    assert_eq!(desk.leads(&[create]).await, ["There is a lead with this Lead ID already."]);
}

#[tokio::test]
async fn rows_that_are_gone_are_cleared_or_deleted_and_their_addresses_are_free_again() {
    let desk = desk();
    desk.leads(&[row(1, ANA)]).await;
    let clear = row(2, r#"{"lead_id":"L-1","email":null,"company":null}"#).to(Operation::Clear);
    assert_eq!(desk.leads(&[clear]).await, ["delivered"]);
    let read = desk.read("leads", "lead_id", "L-1", &["email", "company", "country"]).await;
    assert_eq!(read.as_deref(), Some(r#"{"email":null,"company":null,"country":"PT"}"#));
    assert_eq!(desk.leads(&[row(3, r#"{"lead_id":"L-9","email":"ana@example.com"}"#)]).await, ["delivered"]);
    let delete = |id| row(id, r#"{"lead_id":"L-1"}"#).to(Operation::Delete);
    assert_eq!(desk.leads(&[delete(4)]).await, ["delivered"]);
    assert_eq!(desk.read("leads", "lead_id", "L-1", &["country"]).await, None);
    assert_eq!(desk.leads(&[delete(5)]).await, ["delivered"]);
}

#[tokio::test]
async fn a_new_record_is_told_by_a_number_that_no_other_gets_later() {
    let desk = desk();
    let made = async |row: Row| send(&*desk.crm, &leads(), &[row]).await.made;
    let only = |id: &str| BTreeMap::from([(0, id.to_owned())]);
    assert_eq!(made(row(1, ANA)).await, only("1"));
    assert_eq!(made(row(1, ANA)).await, BTreeMap::new(), "a repeat creates nothing");
    assert_eq!(made(row(2, r#"{"lead_id":"L-1","company":null}"#)).await, BTreeMap::new());
    assert_eq!(made(row(3, r#"{"lead_id":"L-1"}"#).to(Operation::Delete)).await, BTreeMap::new());
    assert_eq!(made(row(4, ANA)).await, only("2"));
    let values = ["L-1".to_owned()];
    let read =
        ReadByKey { object: "leads", match_field: "lead_id", values: &values, fields: &[], needed: false };
    let found = desk.crm.read_by_key(&read).await.unwrap().unwrap();
    assert_eq!(found[0].as_ref().unwrap().id.as_deref(), Some("2"));
}

#[tokio::test]
async fn the_daily_quota_is_spent_and_fresh_at_midnight() {
    let desk = desk();
    desk.leads(&[row(1, ANA)]).await;
    let quota = Quota { left: 99_999, of: 100_000, counts: Counted::Records };
    assert_eq!(desk.crm.quota().await.unwrap(), Some(quota));
    let file = rusqlite::Connection::open(desk.home.path().join("practice-~43rm~201.sqlite")).unwrap();
    file.execute("UPDATE usage SET records = 99999", []).unwrap();
    let two = [
        row(2, r#"{"lead_id":"2","email":"b@example.com"}"#),
        row(3, r#"{"lead_id":"3","email":"c@example.com"}"#),
    ];
    let Answer::Again(error) = send(&*desk.crm, &leads(), &two).await.answer else {
        panic!("the quota was not kept")
    };
    assert_eq!(error.kind(), ErrorKind::QuotaSpent);
    assert_eq!(error.retry_after().unwrap().as_secs(), 12 * 3600);
    assert_eq!(desk.read("leads", "lead_id", "2", &["email"]).await, None);
    desk.clock.set("2026-11-23T00:00:00Z");
    assert_eq!(desk.leads(&two).await, ["delivered", "delivered"]);
}

#[tokio::test]
async fn an_unknown_object_or_match_field_stops_the_sync() {
    let desk = desk();
    for (object, match_field) in [("deals", "id"), ("leads", "company")] {
        let shape = Shape::Record { object: object.to_owned(), match_field: match_field.to_owned() };
        let Answer::Stop(error) = send(&*desk.crm, &shape, &[row(1, ANA)]).await.answer else {
            panic!("{object}")
        };
        assert_eq!(error.kind(), ErrorKind::MissingObject);
    }
}

#[tokio::test]
async fn identify_writes_traits_to_the_contact_it_finds() {
    let desk = desk();
    let crm = &*desk.crm;
    let identify = |rows: Vec<Row>| async move { said(&send(crm, &Shape::Identify, &rows).await) };
    let first = row(
        1,
        r#"{"type":"identify","userId":"ana@example.com","traits":{"email":"ana@example.com","lead_score":7}}"#,
    );
    assert_eq!(identify(vec![first.clone()]).await, ["delivered"]);
    let named = row(
        2,
        r#"{"type":"identify","userId":"u_1","traits":{"email":"ana@example.com","lead_score":8,"shoe":44}}"#,
    );
    assert_eq!(identify(vec![named, first]).await, ["delivered", "delivered"]);
    let read = desk.read("contacts", "user_id", "u_1", &["email", "lead_score"]).await;
    assert_eq!(read.as_deref(), Some(r#"{"email":"ana@example.com","lead_score":8}"#));
    let bad = identify(vec![
        row(3, r#"{"type":"identify","traits":{"email":"b@example.com"}}"#),
        row(4, r#"{"type":"identify","userId":"u_2","traits":{"email":"b at example"}}"#),
        row(5, r#"{"type":"identify","anonymousId":"x","traits":{}}"#),
    ]);
    let expected = [
        "The event has neither a userId nor an anonymousId.",
        "Email is not a valid e-mail address.",
        "delivered",
    ];
    assert_eq!(bad.await, expected);
}

#[tokio::test]
async fn track_events_are_kept_word_for_word() {
    let desk = desk();
    let shape = Shape::Track(EventName::Fixed("Workspace created".to_owned()));
    let event =
        row(1, r#"{"type":"track","event":"Workspace created","userId":"u_1","properties":{"seats":12.50}}"#);
    let nameless = row(2, r#"{"type":"track","event":"","userId":"u_1","properties":{}}"#);
    let delivery = send(&*desk.crm, &shape, &[event.clone(), nameless]).await;
    assert_eq!(said(&delivery), ["delivered", "The event has no name."]);
    assert_eq!(delivery.exchange.target, "POST practice://crm/events/track");
    send(&*desk.crm, &shape, &[event]).await;
    let file = rusqlite::Connection::open(desk.home.path().join("practice-~43rm~201.sqlite")).unwrap();
    let kept: String = file.query_row("SELECT group_concat(body) FROM event", [], |row| row.get(0)).unwrap();
    assert!(
        kept.contains(r#""timestamp":"2026-11-22T11:59:58.250Z""#) && kept.ends_with(r#"{"seats":12.50}}"#),
        "{kept}"
    );
}

#[tokio::test]
async fn looking_at_a_crm_that_was_never_used_makes_no_file() {
    let desk = desk();
    let listen = |_: &sluice_engine::check::Step| {};
    let mut steps = Steps::new(super::manifest::MANIFEST.steps, &listen);
    desk.crm.check(&mut steps).await.unwrap();
    assert!(steps.finish().iter().all(|step| matches!(step.result, StepResult::Passed(Some(_)))));
    assert_eq!(desk.read("leads", "lead_id", "1", &["email"]).await, None);
    assert_eq!(desk.home.path().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn a_damaged_file_stops_the_sync_and_says_so() {
    let desk = desk();
    std::fs::write(
        desk.home.path().join("practice-~43rm~201.sqlite"),
        "this is no database at all".repeat(99),
    )
    .unwrap();
    let Answer::Stop(error) = send(&*desk.crm, &leads(), &[row(1, ANA)]).await.answer else {
        panic!("not stopped")
    };
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert!(error.hint().contains("full sync"));
}
