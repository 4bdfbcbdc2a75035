mod made;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::schedule::Schedule;
use crate::sync::{Brakes, EventName, FieldValue, Mode, NullRule, Query, Removal, TableName};
use crate::value::ColumnType;

fn columns(names: &[&str]) -> Vec<Column> {
    names
        .iter()
        .map(|name| Column { name: (*name).into(), logical: ColumnType::Text, native: "text".into() })
        .collect()
}

pub(crate) fn sync(shape: Shape, fields: Option<Vec<Field>>) -> Sync {
    Sync {
        name: "s".into(),
        from: "w".into(),
        query: Query::Table(TableName::new("a", "b")),
        key: vec!["id".into()],
        to: Some("d".into()),
        shape,
        mode: Mode::Upsert,
        removed: Removal::Nothing,
        identifiers: BTreeMap::new(),
        fields,
        schedule: Schedule::Manual,
        brakes: Brakes::default(),
        cursor: None,
    }
}

fn column(name: &str, key: &str, null: NullRule) -> Field {
    Field { null, ..Field::column(name, key) }
}

fn constant(value: serde_json::Value, key: &str) -> Field {
    Field::new(FieldValue::Constant(value), key)
}

/// A batch of one row; `None` is null, and text that begins with `!` an unreadable cell.
fn row(names: &[&str], values: &[Option<&str>]) -> RowBatch {
    let mut batch = RowBatch::new(Arc::from(columns(names)));
    for value in values {
        match value {
            None => batch.null(),
            Some(text) if text.starts_with('!') => batch.unreadable(&text.replace('!', "")),
            Some(json) => batch.json(|out| out.extend_from_slice(json.as_bytes())),
        }
    }
    batch
}

fn payload(sync: &Sync, names: &[&str], values: &[Option<&str>]) -> Result<String> {
    let mapping = Mapping::compile(sync, &columns(names))?;
    let mut out = Vec::new();
    mapping.write_payload(&row(names, values), 0, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn an_identify_event_has_who_and_traits() {
    let fields = vec![
        column("score", "lead_score", NullRule::Send),
        column("company", "company.name", NullRule::LeaveOut),
        constant(json!("warehouse"), "origin"),
    ];
    let names = ["id", "user_id", "email", "score", "company"];
    let sync = sync(Shape::Identify, Some(fields));
    let values = [Some("1"), Some("\"u_1\""), Some("\"a@b.c\""), Some("86.5"), Some("\"Kestrel\"")];
    assert_eq!(
        payload(&sync, &names, &values).unwrap(),
        r#"{"type":"identify","userId":"u_1","traits":{"email":"a@b.c","lead_score":86.5,"company":{"name":"Kestrel"},"origin":"warehouse"}}"#
    );
    let left_out = [Some("1"), Some("7"), None, None, None];
    assert_eq!(
        payload(&sync, &names, &left_out).unwrap(),
        r#"{"type":"identify","userId":"7","traits":{"lead_score":null,"origin":"warehouse"}}"#
    );
}

#[test]
fn somebody_known_by_email_alone_has_it_as_user_id() {
    let sync = sync(Shape::Track(EventName::Fixed("Signed up".into())), Some(vec![]));
    assert_eq!(
        payload(&sync, &["id", "EMAIL"], &[Some("1"), Some("\"a@b.c\"")]).unwrap(),
        r#"{"type":"track","event":"Signed up","userId":"a@b.c","context":{"traits":{"email":"a@b.c"}},"properties":{}}"#
    );
}

#[test]
fn an_anonymous_person_stays_anonymous() {
    let sync = sync(Shape::Identify, Some(vec![column("email", "email", NullRule::Send)]));
    assert_eq!(
        payload(&sync, &["id", "email", "anonymous_id"], &[Some("1"), Some("\"a@b.c\""), Some("\"x\"")])
            .unwrap(),
        r#"{"type":"identify","anonymousId":"x","traits":{"email":"a@b.c"}}"#
    );
}

#[test]
fn a_row_without_an_identifier_is_refused() {
    let sync = sync(Shape::Identify, None);
    let error = payload(&sync, &["id", "email"], &[Some("1"), None]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoIdentifier);
    let error = payload(&sync, &["id", "name"], &[Some("1"), None]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoIdentifier);
}

#[test]
fn only_mapped_columns_have_to_be_readable() {
    let values = [Some("1"), Some("\"u\""), Some("!is not a number (NaN)")];
    let names = ["id", "user_id", "score"];
    let without = sync(Shape::Identify, Some(vec![column("id", "id", NullRule::Send)]));
    assert!(payload(&without, &names, &values).is_ok());
    let error = payload(&sync(Shape::Identify, None), &names, &values).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadValue);
    assert_eq!(error.message(), "The column “score” is not a number (NaN).");
}

#[test]
fn lists_keep_their_places() {
    let fields = vec![
        column("a", "id", NullRule::Send),
        column("b", "tags[0]", NullRule::LeaveOut),
        column("c", "tags[1].label", NullRule::LeaveOut),
        column("d", "tags[2]", NullRule::LeaveOut),
    ];
    let shape = Shape::Record { object: "o".into(), match_field: "id".into() };
    let sync = Sync { key: vec!["a".into()], ..sync(shape, Some(fields)) };
    let names = ["a", "b", "c", "d"];
    assert_eq!(
        payload(&sync, &names, &[Some("1"), None, Some("\"x\""), None]).unwrap(),
        r#"{"id":1,"tags":[null,{"label":"x"}]}"#
    );
    assert_eq!(payload(&sync, &names, &[Some("1"), None, None, None]).unwrap(), r#"{"id":1}"#);
}

#[test]
fn collisions_name_the_later_field() {
    let fields = vec![
        column("id", "a", NullRule::Send),
        column("id", "a", NullRule::Send),
        column("id", "a.b", NullRule::Send),
        column("gone", "c", NullRule::Send),
        column("id", "d..e", NullRule::Send),
    ];
    let problems = field_problems(&sync(Shape::Identify, Some(fields)), &columns(&["id"]));
    assert_eq!(problems.iter().map(|problem| problem.field).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn keys_of_several_columns_are_a_list() {
    let sync = Sync { key: vec!["a".into(), "b".into()], ..sync(Shape::Identify, None) };
    let names = ["a", "b", "user_id"];
    let mapping = Mapping::compile(&sync, &columns(&names)).unwrap();
    let mut key = String::new();
    mapping.write_key(&row(&names, &[Some("1"), Some("\"x\""), None]), 0, &mut key).unwrap();
    assert_eq!(key, "[1,\"x\"]");
    let error = mapping.write_key(&row(&names, &[Some("1"), None, None]), 0, &mut key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NullKey);
}

#[test]
fn a_column_name_with_dots_does_not_nest_by_itself() {
    let shape = Shape::Record { object: "o".into(), match_field: "id".into() };
    assert_eq!(
        payload(&sync(shape, None), &["id", "a.b"], &[Some("1"), Some("2")]).unwrap(),
        r#"{"id":1,"a.b":2}"#
    );
}

#[test]
fn removing_says_only_who() {
    let shape = Shape::Record { object: "o".into(), match_field: "id".into() };
    assert_eq!(address(&shape, br#"{"id":1,"name":"x"}"#), r#"{"id":1}"#);
    assert_eq!(address(&shape, br#"{"a":{"id":[2,"}"]},"id":"\"1,"}"#), r#"{"id":"\"1,"}"#);
    let identify = br#"{"type":"identify","userId":"u\\","anonymousId":"a\"}","traits":{"userId":1}}"#;
    assert_eq!(
        address(&Shape::Identify, identify),
        r#"{"type":"identify","userId":"u\\","anonymousId":"a\"}"}"#
    );
    let track = br#"{"type":"track","event":"Paid","userId":"u","context":{"traits":{}},"properties":{}}"#;
    let shape_of_track = Shape::Track(EventName::Fixed("Paid".into()));
    assert_eq!(address(&shape_of_track, track), r#"{"type":"track","userId":"u"}"#);
    let sync = sync(shape, None);
    let clearing = clearing_payload(&sync, &columns(&["id", "name"]), r#"{"id":1}"#).unwrap();
    assert_eq!(String::from_utf8(clearing).unwrap(), r#"{"id":1,"name":null}"#);
}

#[test]
fn only_whole_fields_of_records_are_left_to_what_is_there() {
    let of = |shape, key: &str| {
        let field = Field { only_if_empty: true, ..column("a", key, NullRule::Send) };
        let fields = Some(vec![column("id", "id", NullRule::Send), field]);
        Mapping::compile(&sync(shape, fields), &columns(&["id", "a", "user_id"]))
            .map_err(|error| error.kind())
            .err()
    };
    let record = |match_field: &str| Shape::Record { object: "o".into(), match_field: match_field.into() };
    assert_eq!(of(record("id"), "a"), None);
    for refused in [of(record("a"), "a"), of(record("id"), "a.b"), of(Shape::Identify, "a")] {
        assert_eq!(refused, Some(ErrorKind::BadMapping));
    }
}

#[test]
fn members_are_left_out_of_a_payload_byte_by_byte() {
    let payload = br#"{"id":1,"a":{"b":"}"},"c":0.10,"d":null}"#;
    assert_eq!(without(payload, &["a"]).as_deref(), Some(r#"{"id":1,"c":0.10,"d":null}"#));
    assert_eq!(without(payload, &["id", "d", "x"]).as_deref(), Some(r#"{"a":{"b":"}"},"c":0.10}"#));
    assert_eq!(without(payload, &["b"]), None);
    assert_eq!(without(br#"{"a":1}"#, &["a"]).as_deref(), Some("{}"));
}
