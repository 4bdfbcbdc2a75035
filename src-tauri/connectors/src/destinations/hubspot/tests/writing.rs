use std::path::Path;

use sluice_engine::destination::{Answer, Batch, DestinationKind, Outcome};
use sluice_engine::error::ErrorKind;
use sluice_engine::record::{Change, MessageId, Operation, Record};
use sluice_engine::sync::{EventName, Shape};

use super::super::Crm;
use super::super::client::paste;
use super::{NOTHING, TOKEN, by, desk, json, kept, trace, two, written};
use crate::destinations::fixture::server::Got;
use crate::destinations::fixture::{Standing, answered, row, said, send, try_open};

fn body(got: &Got) -> String {
    String::from_utf8(got.body.clone()).unwrap()
}

#[tokio::test]
async fn a_batch_goes_out_as_hubspot_wants_it_and_a_repeat_has_the_same_bytes() {
    let (hub, server) = desk(vec![written(&[trace(1, 0), trace(2, 1)])]).await;
    let first = send(&hub, &by("email"), &two()).await;
    let again = send(&hub, &by("email"), &two()).await;
    assert_eq!(
        (said(&first), said(&again)),
        (vec!["delivered".to_owned(); 2], vec!["delivered".to_owned(); 2])
    );
    let got = server.got();
    let lines: Vec<_> = got.iter().map(Got::line).collect();
    let post = "POST /crm/objects/2026-09/contacts/batch/upsert HTTP/1.1";
    let asked =
        ["GET /account-info/2026-09/details HTTP/1.1", "GET /crm/properties/2026-09/contacts HTTP/1.1"];
    assert_eq!(lines, [asked[0], asked[1], post, post]);
    assert_eq!(got[2].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(got[2].header("content-type"), Some("application/json"));
    assert_eq!(
        body(&got[2]),
        concat!(
            r#"{"inputs":[{"id":"ana@example.com","idProperty":"email","objectWriteTraceId":"00000000-0000-8000-8000-000000000001.0","#,
            r#""properties":{"email":"Ana@Example.com ","note":"","score":"12.50"}},"#,
            r#"{"id":"bo@example.com","idProperty":"email","objectWriteTraceId":"00000000-0000-8000-8000-000000000002.1","#,
            r#""properties":{"email":"bo@example.com","note":"hello","score":"7"}}]}"#
        )
    );
    assert_eq!(got[2].body, got[3].body);
    assert_eq!(first.exchange.body, body(&got[2]), "the log has the exact request");
}

#[tokio::test]
async fn each_operation_has_its_request() {
    let cases = [
        (
            Operation::Update,
            "update",
            r#"{"inputs":[{"id":"L-1","idProperty":"lead_id","objectWriteTraceId":"00000000-0000-8000-8000-000000000001.0","properties":{"lead_id":"L-1","score":"1"}}]}"#,
        ),
        (
            Operation::Clear,
            "update",
            r#"{"inputs":[{"id":"L-1","idProperty":"lead_id","objectWriteTraceId":"00000000-0000-8000-8000-000000000001.0","properties":{"score":"1"}}]}"#,
        ),
        (
            Operation::Create,
            "create",
            r#"{"inputs":[{"objectWriteTraceId":"00000000-0000-8000-8000-000000000001.0","properties":{"lead_id":"L-1","score":"1"},"associations":[]}]}"#,
        ),
    ];
    for (operation, action, expected) in cases {
        let (hub, server) = desk(vec![written(&[trace(1, 0)])]).await;
        let rows = [row(1, r#"{"lead_id":"L-1","score":1}"#).to(operation)];
        assert_eq!(said(&send(&hub, &by("lead_id"), &rows).await), ["delivered"]);
        let got = &server.got()[2];
        assert_eq!(got.line(), format!("POST /crm/objects/2026-09/contacts/batch/{action} HTTP/1.1"));
        assert_eq!(body(got), expected);
    }
}

#[tokio::test]
async fn the_numbers_of_new_records_are_told_and_of_no_others() {
    let record = |id: u128, place: usize, new: &str| {
        format!(
            r#"{{"id":"5{id}","archived":false,"createdAt":"2026-11-22T12:00:00Z","updatedAt":"2026-11-22T12:00:00Z","properties":{{}},{new}"objectWriteTraceId":"{}"}}"#,
            trace(id, place)
        )
    };
    let cases = [
        (Operation::Upsert, [r#""new":true,"#, r#""new":false,"#], vec![(0, "51")]),
        (Operation::Create, ["", ""], vec![(0, "51"), (1, "52")]),
        (Operation::Update, ["", ""], vec![]),
    ];
    for (operation, [first, second], expected) in cases {
        let results = format!(r#""results":[{},{}]"#, record(1, 0, first), record(2, 1, second));
        let answer = kept(NOTHING.replace(r#""results":[]"#, &results));
        let (hub, _server) = desk(vec![json(200, answer)]).await;
        let rows: Vec<_> = two().into_iter().map(|row| row.to(operation)).collect();
        let delivery = send(&hub, &by("email"), &rows).await;
        assert_eq!(said(&delivery), ["delivered", "delivered"]);
        let made: Vec<_> = delivery.made.iter().map(|(place, id)| (*place, id.as_str())).collect();
        assert_eq!(made, expected, "{operation:?}");
    }
}

#[tokio::test]
async fn hubspots_own_number_updates_and_creates_nothing() {
    let (hub, server) = desk(vec![written(&[trace(1, 0)])]).await;
    let rows = [row(1, r#"{"hs_object_id":512,"score":1}"#)];
    let upsert = send(&hub, &by("hs_object_id"), &rows).await;
    assert_eq!(answered(&upsert).1.unwrap().kind(), ErrorKind::BadMapping);
    let rows = [rows[0].clone().to(Operation::Update)];
    assert_eq!(said(&send(&hub, &by("hs_object_id"), &rows).await), ["delivered"]);
    let expected = r#"{"inputs":[{"id":"512","objectWriteTraceId":"00000000-0000-8000-8000-000000000001.0","properties":{"score":"1"}}]}"#;
    assert_eq!(body(server.got().last().unwrap()), expected);
}

#[tokio::test]
async fn what_hubspot_would_refuse_does_not_go_out_and_the_rest_does() {
    let (hub, server) = desk(vec![written(&[trace(5, 4)])]).await;
    let rows = [
        row(1, r#"{"email":null,"score":1}"#),
        row(2, r#"{"email":"no address","score":"many"}"#),
        row(3, r#"{"email":"c@example.com","grade":"Good","member":"perhaps"}"#),
        row(4, r#"{"email":"d@example.com"}"#),
        row(5, r#"{"email":"D@example.com","score":2}"#),
        row(6, r#"{"email":"d@example.com","score":"many"}"#),
    ];
    let expected = [
        "“email” is empty, so no record can be found by it.",
        "Email is not a valid e-mail address. Score takes a number, not this text.",
        "Grade takes the option's internal name: “b” for “Good”. Member takes true or false, not this text.",
        "A later row of this sync has the same “email”: that one was sent.",
        "delivered",
        "Score takes a number, not this text.",
    ];
    let sent = send(&hub, &by("email"), &rows).await;
    assert_eq!(said(&sent), expected);
    assert_eq!(sent.exchange.left_out, [0, 1, 2, 3, 5], "the request says nothing of them");
    assert!(
        body(&server.got()[2]).contains(r#""score":"2""#) && !body(&server.got()[2]).contains("c@example")
    );
    let none = send(&hub, &by("email"), &rows[..3]).await;
    assert_eq!(said(&none), expected[..3]);
    assert_eq!(server.got().len(), 3, "nothing was left to send");
}

#[tokio::test]
async fn properties_that_are_not_there_or_read_only_stop_the_sync() {
    let (hub, server) = desk(vec![]).await;
    for (payload, kind, message) in [
        (
            r#"{"email":"a@example.com","shoe":4}"#,
            ErrorKind::MissingObject,
            "HubSpot has no property “shoe” on this object.",
        ),
        (
            r#"{"email":"a@example.com","age":4}"#,
            ErrorKind::BadMapping,
            "HubSpot lets nobody write “Age” (age).",
        ),
    ] {
        let delivery = send(&hub, &by("email"), &[row(1, payload)]).await;
        let (way, error) = answered(&delivery);
        assert_eq!((way, error.map(|e| (e.kind(), e.message()))), ("stop", Some((kind, message))));
        assert!(delivery.exchange.never_left);
    }
    assert_eq!(server.got().len(), 2);
}

#[tokio::test]
async fn a_property_that_is_not_unique_matches_nothing() {
    let (hub, server) = desk(vec![]).await;
    let delivery = send(&hub, &by("note"), &two()).await;
    let (way, error) = answered(&delivery);
    assert_eq!(way, "stop");
    assert_eq!(error.unwrap().message(), "HubSpot finds no records by “Note” (note): it is not unique.");
    assert!(error.unwrap().hint().starts_with("Match by one of: email, hs_object_id, lead_id;"));
    assert_eq!(server.got().len(), 2);
}

#[tokio::test]
async fn an_answer_is_believed_record_by_record() {
    let errors = format!(
        r#"{{"results":[{{"id":"1","objectWriteTraceId":"{}"}},{{"id":"9","objectWriteTraceId":"somebody-else.1"}}],"numErrors":2,"errors":[
            {{"status":"error","category":"VALIDATION_ERROR","message":"Property values were not valid: [{{\"isValid\":false,\"message\":\"Email address x is invalid\",\"error\":\"INVALID_EMAIL\",\"name\":\"email\"}}]","context":{{"objectWriteTraceId":["{}","{}"]}}}},
            {{"status":"error","category":"RATE_LIMITS","message":"Too many","context":{{"objectWriteTraceId":["{}"]}}}}]}}"#,
        trace(1, 0),
        trace(2, 1),
        trace(3, 2),
        trace(4, 3)
    );
    let (hub, _server) = desk(vec![json(207, kept(errors))]).await;
    let rows: Vec<_> =
        (1..=5).map(|id| row(id, kept(format!(r#"{{"email":"{id}@example.com"}}"#)))).collect();
    let delivery = send(&hub, &by("email"), &rows).await;
    let refused = "HubSpot refused it: “Property values were not valid: Email address x is invalid”.";
    assert_eq!(
        said(&delivery),
        [
            "delivered",
            refused,
            refused,
            "again: HubSpot could not take this record now: “Too many”.",
            "again: HubSpot's answer names this record neither as written nor as refused."
        ]
    );
    let Answer::Records(outcomes) = &delivery.answer else { panic!("{delivery:?}") };
    let Outcome::Rejected(error) = &outcomes[1] else { panic!("{delivery:?}") };
    assert_eq!(error.hint(), "Correct the e-mail address.");
    let own = |place| Crm.own_answer(&delivery.exchange.answer, place, 5);
    assert!(own(0).unwrap().contains(r#""id":"1""#) && own(2).unwrap().contains("INVALID_EMAIL"));
    assert_eq!((own(4), Crm.own_answer(NOTHING, 0, 1)), (None, None));
}

#[tokio::test]
async fn results_without_a_trace_id_are_known_by_the_match_value() {
    let answer = r#"{"status":"COMPLETE","results":[{"id":"1","properties":{"email":"BO@example.com"}},{"id":"2","properties":{"email":"x@example.com"}}]}"#;
    let (hub, _server) = desk(vec![json(200, answer)]).await;
    let unnamed = "again: HubSpot's answer names this record neither as written nor as refused.";
    assert_eq!(said(&send(&hub, &by("email"), &two()).await), [unnamed, "delivered"]);
}

#[tokio::test]
async fn one_kind_of_write_goes_at_a_time() {
    let (hub, server) = desk(vec![written(&[trace(1, 0)])]).await;
    let rows = [two()[0].clone(), row(2, r#"{"email":"bo@example.com"}"#).to(Operation::Delete)];
    let said = said(&send(&hub, &by("email"), &rows).await);
    assert_eq!(said[0], "delivered");
    assert!(said[1].starts_with("again: HubSpot takes writes of one kind"), "{}", said[1]);
    assert!(!body(&server.got()[2]).contains("bo@example.com"));
}

#[tokio::test]
async fn the_log_shows_the_request_without_the_key() {
    let (hub, server) = desk(vec![written(&[trace(1, 0), trace(2, 1)])]).await;
    let exchange = send(&hub, &by("email"), &two()).await.exchange;
    assert!(!format!("{exchange:?}").contains(TOKEN));
    assert_eq!(exchange.target, format!("POST {}/crm/objects/2026-09/contacts/batch/upsert", server.url));
    assert_eq!(exchange.headers[0], ("Authorization".to_owned(), "Bearer in keychain".to_owned()));
    assert_eq!(exchange.bytes, server.got()[2].body.len() as u64);
}

#[tokio::test]
async fn events_are_not_for_it() {
    let (hub, server) = desk(vec![]).await;
    for shape in [Shape::Identify, Shape::Track(EventName::Fixed("x".to_owned()))] {
        assert_eq!(answered(&send(&hub, &shape, &two()).await).1.unwrap().kind(), ErrorKind::BadMapping);
    }
    assert!(server.got().is_empty());
}

#[test]
fn a_request_by_hand_is_the_same_but_for_what_only_the_types_tell() {
    let record = Record {
        key: "1",
        change: Change::Added,
        operation: Operation::Upsert,
        payload: br#"{"email":"a@example.com","likes":["tea","nuts"]}"#,
        message_id: MessageId(1),
        changed_at: chrono::DateTime::UNIX_EPOCH,
    };
    let (shape, records) = (by("email"), [record]);
    let batch = Batch { shape: &shape, records: &records, run: 1, sync: "s" };
    let settings = [("api_version".to_owned(), "v3".to_owned())].into();
    let request = Crm.request(&settings, &batch).unwrap().unwrap();
    assert_eq!(request.url, "https://api.hubapi.com/crm/v3/objects/contacts/batch/upsert");
    assert!(String::from_utf8(request.body).unwrap().contains(r#""likes":"tea;nuts""#));
}

#[test]
fn settings_that_are_wrong_are_told_without_repeating_them() {
    let open = |settings: &[(&str, &str)]| {
        let clock = Standing::at("2026-11-22T12:00:00Z");
        try_open(&Crm, Path::new("/"), clock, settings, &[("token", TOKEN)]).err().unwrap()
    };
    let error = open(&[("url", "https://me:hunter2@example.com")]);
    assert!(error.kind() == ErrorKind::BadSettings && !format!("{error:?}").contains("hunter2"));
    assert_eq!(open(&[("api_version", "../v3")]).kind(), ErrorKind::BadSettings);
}

#[test]
fn a_key_is_found_in_what_is_pasted() {
    let (found, _) =
        paste(&format!("curl -H 'authorization: Bearer {TOKEN}' https://api.hubapi.com")).unwrap();
    assert_eq!(found["token"], TOKEN);
    assert!(paste("postgres://reader@127.0.0.1/shop").is_none());
}
