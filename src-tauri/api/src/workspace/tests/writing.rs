//! What is written is short, and reads back.

use proptest::prelude::*;
use sluice_engine::mapping::literal;
use sluice_engine::schedule::Schedule;
use sluice_engine::sync::{
    Brakes, EventName, Field, FieldValue, Hash, Identifier, NullRule, Query, Shape, TableName,
};

use super::*;

#[test]
fn what_is_as_it_would_be_anyway_is_not_written() {
    let text = "version: 1
connections:
  crm:
    kind: practice

  shop:
    kind: postgres
    settings:
      host: db.example.com
      port: \"5432\"

syncs:
  people:
    from: shop
    table: public.people
    key: [id]
    to: crm
    object: contacts
    match: email
    fields:
      - {column: email}
      - {column: city, as: address.city, \"null\": leave_out}
      - {constant: 3, as: tier}
    schedule: {at: [08:30, \"17:00\"], days: [mon, fri], time_zone: Europe/Berlin}

  raw:
    from: shop
    sql: |-
      select id, email
      from people
    key: [id]
    fields: all
";
    assert_eq!(write(&read(text), &KINDS).unwrap(), text);
}

// Boxed strategies keep the debug build's frames small enough for a test thread's stack.

fn word() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-z_]{1,8}",
        Just("null".to_owned()),
        Just("yes".to_owned()),
        Just("007".to_owned()),
        Just("1e3".to_owned()),
        Just("a: b #c".to_owned()),
        Just("- x".to_owned()),
        ".{1,12}",
    ]
    .prop_map(|text| text.trim().to_owned())
    .prop_filter("a name", |text| !text.is_empty() && !text.chars().any(char::is_control))
    .boxed()
}

fn json() -> BoxedStrategy<serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        word().prop_map(Into::into),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..3)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
    .boxed()
}

fn schedule_strategy() -> BoxedStrategy<Schedule> {
    prop_oneof![
        Just(Schedule::Manual),
        (1u32..=10_080).prop_map(|minutes| Schedule::Every { minutes }),
        (prop::collection::btree_set(0u16..1440, 1..4), prop::collection::btree_set(0u8..7, 1..8)).prop_map(
            |(times, days)| Schedule::At {
                times: times.into_iter().collect(),
                days: days.into_iter().collect(),
                time_zone: "Asia/Tokyo".into(),
            }
        ),
        Just(Schedule::Cron { expression: "*/5 * * * *".into(), time_zone: "UTC".into() }),
    ]
    .boxed()
}

fn shape_and_destination() -> BoxedStrategy<(Shape, Option<&'static str>)> {
    let record = || (word(), word()).prop_map(|(object, match_field)| Shape::Record { object, match_field });
    let event = || {
        prop_oneof![
            Just(Shape::Identify),
            word().prop_map(|name| Shape::Track(EventName::Fixed(name))),
            word().prop_map(|column| Shape::Track(EventName::Column(column))),
        ]
    };
    prop_oneof![
        (event(), Just(Some("events"))),
        (record(), Just(Some("crm"))),
        (prop_oneof![event(), record()], Just(Some("out"))),
        (prop_oneof![event(), record()], Just(None)),
    ]
    .boxed()
}

fn fields_strategy() -> BoxedStrategy<Option<Vec<Field>>> {
    let null = || prop::sample::select(vec![NullRule::Send, NullRule::LeaveOut, NullRule::Clear]);
    let hash = || {
        let hashes = vec![Hash::Text, Hash::Email, Hash::Phone, Hash::PhonePlus];
        prop::option::of(prop::sample::select(hashes))
    };
    let column =
        (word(), null(), hash()).prop_map(|(column, null, hash)| (FieldValue::Column(column), null, hash));
    let template = ("[ a-z:#{'\"]{0,6}", null(), hash()).prop_map(|(text, null, hash)| {
        (FieldValue::Template(format!("{}{{column}}", text.replace('{', "{{"))), null, hash)
    });
    let constant = json().prop_map(|value| (FieldValue::Constant(value), NullRule::Send, None));
    let key = word().prop_map(|word| literal(&word));
    let named = prop::collection::btree_map(key, prop_oneof![column, template, constant], 0..4);
    prop::option::of(named.prop_map(|named| {
        named
            .into_iter()
            .map(|(key, (value, null, hash))| Field { null, hash, ..Field::new(value, key) })
            .collect()
    }))
    .boxed()
}

fn brakes_strategy() -> BoxedStrategy<Brakes> {
    let share = || prop::option::of(0..=100_u8);
    let shares = (share(), share(), share(), share());
    (any::<bool>(), shares, prop::option::of(any::<u64>()), any::<bool>())
        .prop_map(|(empty, (shrunk, removed, refused, emptied), removed_records, first_run)| Brakes {
            empty,
            shrunk,
            removed,
            removed_records,
            refused,
            emptied,
            first_run,
        })
        .boxed()
}

prop_compose! {
    fn sync_strategy()(
        name in word(),
        query in prop_oneof![
            (prop_oneof![Just(String::new()), word()], word())
                .prop_map(|(schema, name)| Query::Table(TableName::new(schema, name))),
            "[ -&(-~\n\u{e9}\t]{0,40}".prop_map(|text| Query::Sql(format!("select 'a{text}'\nfrom t"))),
        ],
        key in prop::collection::btree_set(word(), 1..3),
        (shape, to) in shape_and_destination(),
        (mode, removed) in prop_oneof![
            Just((Mode::Upsert, Removal::Nothing)),
            Just((Mode::Append, Removal::Nothing)),
            Just((Mode::Mirror, Removal::Nothing)),
        ],
        identifiers in prop::collection::btree_map(prop::sample::select(Identifier::ALL.to_vec()), word(), 0..3),
        fields in fields_strategy(),
        schedule in schedule_strategy(),
        brakes in brakes_strategy(),
        cursor in prop::option::of(word()),
    ) -> Sync {
        let key = key.into_iter().collect();
        let cursor = cursor.filter(|_| mode == Mode::Append);
        Sync { name, from: "shop".into(), query, key, to: to.map(Into::into), shape, mode, removed, identifiers, fields, schedule, brakes, cursor }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(sync in sync_strategy(), user in word()) {
        let settings = [("host".to_owned(), "h".to_owned()), ("user".to_owned(), user)].into();
        let connection = |name: &str, kind: &str| Connection { name: name.into(), kind: kind.into(), settings: [].into() };
        let workspace = Workspace {
            connections: vec![
                connection("crm", "practice"),
                connection("events", "rudderstack"),
                connection("out", "file"),
                Connection { name: "shop".into(), kind: "postgres".into(), settings },
            ],
            syncs: vec![sync],
        };
        let text = write(&workspace, &KINDS).unwrap();
        let back = parse(&text, &around(&[])).map_err(|error| TestCaseError::fail(format!("{}\n{text}", error.message())))?;
        prop_assert_eq!(back, workspace, "{}", text);
    }
}
