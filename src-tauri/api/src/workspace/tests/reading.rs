//! What the file says is read.

use sluice_engine::schedule::Schedule;
use sluice_engine::sync::{Brakes, Field, FieldValue, Hash, Identifier, NullRule, Query, Shape, TableName};

use super::*;

#[test]
fn the_whole_form_is_read() {
    let text = r"
version: 1
connections:
  shop_warehouse:
    kind: postgres                  # a comment
    settings: { host: 127.0.0.1, port: 5432, user: 007, tls: disable }
  events:
    kind: rudderstack
syncs:
  lead-scores:
    from: shop_warehouse
    table: analytics.leads
    key: [lead_id]
    to: events
    event: identify
    mode: upsert
    removed: nothing
    identifiers: { user_id: user_id, email: email }
    fields:
      - { column: lead_score }
      - { column: company, as: company.name, null: leave_out }
      - { constant: warehouse, as: origin }
    schedule: manual
";
    let workspace = read(text);
    let shop = &workspace.connections[0];
    assert_eq!((shop.name.as_str(), shop.kind.as_str()), ("shop_warehouse", "postgres"));
    assert_eq!(shop.settings["user"], "007", "a setting is text as written");
    let column = |name: &str, key: &str, null| Field { null, ..Field::column(name, key) };
    let expected = Sync {
        name: "lead-scores".into(),
        from: "shop_warehouse".into(),
        query: Query::Table(TableName::new("analytics", "leads")),
        key: vec!["lead_id".into()],
        to: Some("events".into()),
        shape: Shape::Identify,
        mode: Mode::Upsert,
        removed: Removal::Nothing,
        identifiers: [(Identifier::UserId, "user_id".into()), (Identifier::Email, "email".into())].into(),
        fields: Some(vec![
            column("lead_score", "lead_score", NullRule::Send),
            column("company", "company.name", NullRule::LeaveOut),
            Field::new(FieldValue::Constant("warehouse".into()), "origin"),
        ]),
        schedule: Schedule::Manual,
        brakes: Brakes::default(),
        cursor: None,
    };
    assert_eq!(workspace.syncs, [expected]);
}

#[test]
fn brakes_are_set_one_by_one() {
    let brakes = |text: &str| sync_with(&format!("    brakes: {text}\n")).brakes;
    let usual = Brakes::default();
    assert_eq!(brakes("{}"), usual);
    let set = "{ empty: false, shrunk: 80%, removed: off, removed_records: 50, first_run: true }";
    let expected = Brakes {
        empty: false,
        shrunk: Some(80),
        removed: None,
        removed_records: Some(50),
        first_run: true,
        ..usual
    };
    assert_eq!(brakes(set), expected);
    assert_eq!(brakes("{ refused: 5%, emptied: off }"), Brakes { refused: Some(5), emptied: None, ..usual });
}

#[test]
fn what_is_not_said_has_its_default() {
    let sync = sync_with("");
    assert_eq!((sync.mode, sync.removed, sync.fields), (Mode::Upsert, Removal::Nothing, None));
    assert!(sync.identifiers.is_empty(), "found by column name when the sync runs");
    assert_eq!(sync.schedule, Schedule::Manual);
}

#[test]
fn every_form_of_schedule_is_read() {
    let schedule = |text: &str| sync_with(&format!("    schedule: {text}\n")).schedule;
    for (text, minutes) in [("30m", 30), ("2h", 120), ("1d", 1440), ("7d", 10_080)] {
        assert_eq!(schedule(&format!("{{ every: {text} }}")), Schedule::Every { minutes });
    }
    let at = |times: &[u16], days: &[u8], zone: &str| Schedule::At {
        times: times.to_vec(),
        days: days.to_vec(),
        time_zone: zone.into(),
    };
    assert_eq!(schedule("{ at: 08:30 }"), at(&[510], &[0, 1, 2, 3, 4, 5, 6], "Europe/Berlin"));
    assert_eq!(
        schedule("{ at: [\"17:00\", \"08:30\"], days: [tue, mon], time_zone: America/New_York }"),
        at(&[510, 1020], &[0, 1], "America/New_York")
    );
    assert_eq!(
        schedule("{ cron: \"30 8 * * 1-5\" }"),
        Schedule::Cron { expression: "30 8 * * 1-5".into(), time_zone: "Europe/Berlin".into() }
    );
}

#[test]
fn a_constant_is_any_json_value() {
    for (yaml, json) in [
        ("7", "7"),
        ("-0.5", "-0.5"),
        ("1e3", "1000.0"),
        ("\"7\"", "\"7\""),
        ("true", "true"),
        ("yes", "\"yes\""),
        ("~", "null"),
        ("2024-01-31", "\"2024-01-31\""),
        ("18446744073709551615", "18446744073709551615"),
        ("[1, { a: b }]", "[1,{\"a\":\"b\"}]"),
    ] {
        let sync = sync_with(&format!("    fields: [{{ constant: {yaml}, as: c }}]\n"));
        let Some([Field { value: FieldValue::Constant(value), .. }]) = sync.fields.as_deref() else {
            panic!("{yaml}")
        };
        assert_eq!(value.to_string(), json, "{yaml}");
    }
    for yaml in ["18446744073709551616", ".nan", "-.inf", "0.123456789012345678901"] {
        let message =
            refusal(&with_sync(&format!("{TO_EVENTS}    fields: [{{ constant: {yaml}, as: c }}]\n")));
        assert!(message.contains("no exact number"), "{message}");
    }
}

#[test]
fn a_row_for_a_file_is_called_after_its_table() {
    let text = with_sync("    table: main.leads\n    key: [id, day]\n    to: out\n");
    let record = |field: &str| Shape::Record { object: "leads".into(), match_field: field.into() };
    assert_eq!(read(&text).syncs[0].shape, record("id"));
    let renamed = text + "    fields: [{ column: email }, { column: id, as: lead.id }]\n";
    assert_eq!(
        read(&renamed).syncs[0].shape,
        record("lead.id"),
        "found again by what the key is called there"
    );
}

#[test]
fn a_saved_connection_can_be_used() {
    let saved = [Connection { name: "old".into(), kind: "sample".into(), settings: [].into() }];
    let text = "version: 1\nsyncs:\n  s: { from: old, table: t, key: id }\n";
    assert!(parse(text, &around(&saved)).is_ok());
}

#[test]
fn a_field_can_be_made_hashed_masked_and_left_to_what_is_there() {
    let text = with_sync(
        "    table: t\n    key: id\n    to: crm\n    object: contacts\n    match: email\n    fields:\n      - { column: email }\n      \
        - { column: email, as: email_sha256, hash: email, null: leave_out }\n      \
        - { column: phone, mask: true }\n      \
        - { template: \"{first_name} {last_name}\", as: name, only_if_empty: true }\n      \
        - { constant: warehouse, as: origin, only_if_empty: true }\n",
    );
    let workspace = read(&text);
    let hashed =
        Field { hash: Some(Hash::Email), null: NullRule::LeaveOut, ..Field::column("email", "email_sha256") };
    let name = FieldValue::Template("{first_name} {last_name}".into());
    let fields = [
        Field::column("email", "email"),
        hashed,
        Field { mask: true, ..Field::column("phone", "phone") },
        Field { only_if_empty: true, ..Field::new(name, "name") },
        Field { only_if_empty: true, ..Field::new(FieldValue::Constant("warehouse".into()), "origin") },
    ];
    assert_eq!(workspace.syncs[0].fields.as_deref(), Some(&fields[..]));
    assert_eq!(read(&write(&workspace, &KINDS).unwrap()).syncs, workspace.syncs);
}
