//! The file's promises: what it says is read, what is wrong is named, and what is written reads back.

use proptest::prelude::*;
use sluice_engine::manifest::{Accepts, Capabilities, Input, Setting};
use sluice_engine::mapping::literal;
use sluice_engine::schedule::Schedule;
use sluice_engine::sync::{
    Brakes, EventName, Field, FieldValue, Identifier, Mode, NullRule, Query, Removal, Shape, TableName,
};

use super::*;

const PLAIN: Manifest = Manifest {
    id: "sample",
    label: "Sample",
    summary: "",
    needs: &[],
    setup_script: None,
    settings: &[],
    steps: &[],
    destination: None,
    icon: "",
};

static POSTGRES: Manifest = Manifest {
    id: "postgres",
    label: "PostgreSQL",
    settings: &[
        Setting::text("host", "Host", "", "db.example.com"),
        Setting::text("port", "Port", "", "5432").or("5432").entered_as(Input::Number),
        Setting::text("user", "User", "", "reader").optional(),
        Setting::secret("password", "Password", ""),
        Setting::text("tls", "TLS", "", "").or("verify-full").entered_as(Input::Choice(&[
            ("disable", ""),
            ("require", ""),
            ("verify-full", ""),
        ])),
    ],
    ..PLAIN
};

static SAMPLE: Manifest = PLAIN;

const MODES: &[Mode] = &[Mode::Upsert, Mode::Mirror, Mode::Append];

static EVENTS: Manifest = destination("rudderstack", "RudderStack", Accepts::Events, &[Removal::Nothing]);
static CRM: Manifest = destination(
    "practice",
    "Practice CRM",
    Accepts::Records,
    &[Removal::Nothing, Removal::Clear, Removal::Delete],
);
static FILE: Manifest = destination("file", "File", Accepts::Both, &[Removal::Nothing, Removal::Delete]);

const fn destination(
    id: &'static str,
    label: &'static str,
    accepts: Accepts,
    removals: &'static [Removal],
) -> Manifest {
    Manifest {
        id,
        label,
        destination: Some(Capabilities { accepts, modes: MODES, removals, confirms: true }),
        ..PLAIN
    }
}

static KINDS: [&Manifest; 5] = [&POSTGRES, &SAMPLE, &EVENTS, &CRM, &FILE];

fn around(saved: &[Connection]) -> Surroundings<'_> {
    Surroundings { kinds: &KINDS, saved, time_zone: "Europe/Berlin" }
}

fn read(text: &str) -> Workspace {
    match parse(text, &around(&[])) {
        Ok(workspace) => workspace,
        Err(error) => panic!("{}\n{text}", error.message()),
    }
}

fn refusal(text: &str) -> String {
    match parse(text, &around(&[])) {
        Ok(workspace) => panic!("taken: {workspace:?}"),
        Err(error) => error.message().to_owned(),
    }
}

const CONNECTIONS: &str = "version: 1
connections:
  shop: { kind: sample }
  events: { kind: rudderstack }
  crm: { kind: practice }
  out: { kind: file }
";

/// A file with one sync of these lines.
fn with_sync(lines: &str) -> String {
    format!("{CONNECTIONS}syncs:\n  s:\n    from: shop\n{lines}")
}

const TO_EVENTS: &str = "    table: leads\n    key: id\n    to: events\n    event: identify\n";

fn sync_with(lines: &str) -> Sync {
    read(&with_sync(&format!("{TO_EVENTS}{lines}"))).syncs.remove(0)
}

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
    let column =
        |name: &str, key: &str, null| Field { value: FieldValue::Column(name.into()), key: key.into(), null };
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
            Field {
                value: FieldValue::Constant("warehouse".into()),
                key: "origin".into(),
                null: NullRule::Send,
            },
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

/// What a fault is, the lines that make it, and what the message has to say.
const FAULTS: &[(&str, &str)] = &[
    ("    tabel: leads\n", "Line 10, column 5: “tabel” is not known in a sync. Did you mean “table”?"),
    ("    key: id\n", "Line 9, column 5: “table” or “sql” is missing in a sync."),
    (
        "    table: t\n    sql: select 1\n    key: id\n",
        "Line 11, column 5: a sync has “table” or “sql”, not both.",
    ),
    (
        "    table: t\n    table: u\n",
        "Line 11, column 5: “table” is here a second time; the first is on line 10.",
    ),
    ("    table: t\n", "“key” is missing in a sync."),
    ("    table: t\n    key: []\n", "Line 11, column 10: “key” is an empty list."),
    ("    table: t\n    key: [a, a]\n", "“a” is twice in “key”."),
    ("    table: t\n    key: { a: b }\n", "“key” is a single value, not a set of keys."),
    ("    table: a.b.c\n    key: id\n", "“a.b.c” is not a table's name."),
    ("    table: t\n    key: id\n    to: evnts\n", "neither in the file nor saved. Did you mean “events”?"),
    (
        "    table: t\n    key: id\n    to: shop\n",
        "“to” has to be a destination, and “shop” is Sample, a warehouse.",
    ),
    ("    table: t\n    key: id\n    to: events\n", "“event” is missing in a sync to RudderStack"),
    ("    table: t\n    key: id\n    to: events\n    event: identity\n", "Did you mean “identify”?"),
    (
        "    table: t\n    key: id\n    to: events\n    event: track\n",
        "needs “event_name” or “event_name_column”",
    ),
    (
        "    table: t\n    key: id\n    to: events\n    event: identify\n    event_name: x\n",
        "goes with “event: track”",
    ),
    (
        "    table: t\n    key: id\n    to: events\n    object: a\n    match: b\n",
        "RudderStack takes events, not records.",
    ),
    (
        "    table: t\n    key: id\n    to: crm\n",
        "“object” and “match” are missing in a sync to Practice CRM.",
    ),
    ("    table: t\n    key: id\n    to: crm\n    object: a\n", "“match” is missing beside “object”."),
    (
        "    table: t\n    key: id\n    to: crm\n    event: identify\n",
        "Practice CRM takes records, not events.",
    ),
    (
        "    table: t\n    key: id\n    mode: upsrt\n",
        "“upsrt” is not a value of “mode”. Did you mean “upsert”?",
    ),
    (
        "    table: t\n    key: id\n    to: out\n    mode: update\n",
        "File can not do “mode: update”. It can: upsert, mirror, append.",
    ),
    ("    table: t\n    key: id\n    removed: delete\n", "“removed” goes with “mode: mirror”."),
    (
        "    table: t\n    key: id\n    to: out\n    mode: mirror\n    removed: clear\n",
        "File can not do “removed: clear”.",
    ),
    (
        "    table: t\n    key: id\n    identifiers: { mail: email }\n",
        "“mail” is not known in “identifiers”.",
    ),
    ("    table: t\n    key: id\n    fields: some\n", "“fields” is “all”, or a list"),
    ("    table: t\n    key: id\n    fields: [email]\n", "a field is written “{ column: email }”."),
    ("    table: t\n    key: id\n    fields: [{ column: a, nul: send }]\n", "Did you mean “null”?"),
    ("    table: t\n    key: id\n    fields: [{ constant: a }]\n", "“as” is missing beside “constant”."),
    (
        "    table: t\n    key: id\n    fields: [{ column: a }, { column: b, as: a }]\n",
        "two fields have the key “a”",
    ),
    ("    table: t\n    key: id\n    fields: [{ column: a, as: b..c }]\n", "“as: b..c” has an empty part."),
    ("    table: t\n    key: id\n    schedule: { every: 90s }\n", "“every: 90s” is not an interval"),
    ("    table: t\n    key: id\n    schedule: { every: 8d }\n", "not between 1m and 7d"),
    ("    table: t\n    key: id\n    schedule: { at: \"24:00\" }\n", "“24:00” is not a time of day"),
    ("    table: t\n    key: id\n    schedule: { cron: \"* * * *\" }\n", "five fields"),
    ("    table: t\n    key: id\n    schedule: { every: 1h, cron: x }\n", "one of the three"),
    (
        "    table: t\n    key: id\n    brakes: { shrunk: 50 }\n",
        "“shrunk: 50” is neither a share such as 50% nor “off”",
    ),
    ("    table: t\n    key: id\n    brakes: { emptied: 101% }\n", "“emptied: 101%” is neither"),
    (
        "    table: t\n    key: id\n    brakes: { removed_records: many }\n",
        "neither a number of records such as 1000",
    ),
    ("    table: t\n    key: id\n    brakes: { empty: off }\n", "“off” is not a value of “empty”"),
    ("    table: t\n    key: id\n    brakes: { schrunk: 5% }\n", "Did you mean “shrunk”?"),
    ("    table: t\n    key: id\n    cursor: at\n", "“cursor” goes with “mode: append”"),
    ("    table: t\n    key: id\n    schedule: hourly\n", "“hourly” is not a value of “schedule”"),
];

#[test]
fn every_fault_of_a_sync_is_named_with_its_place() {
    for (lines, expected) in FAULTS {
        let message = refusal(&with_sync(lines));
        assert!(message.contains(expected), "{lines}\n  said: {message}\n  not:  {expected}");
        assert!(message.starts_with("Line "), "{message}");
    }
}

#[test]
fn every_fault_outside_the_syncs_is_named() {
    for (text, expected) in [
        ("", "The file is empty."),
        ("# only a comment\n", "The file is empty."),
        ("connections: {}\n", "“version” is missing in the file."),
        ("version: 2\n", "“version” is 2, and this Sluice reads version 1."),
        (
            "version: 1\nsync: {}\n",
            "Line 2, column 1: “sync” is not known in the file. Did you mean “syncs”?",
        ),
        ("version: 1\nsyncs: [a]\n", "“syncs” is a set of keys, not a list."),
        ("version: 1\na: [\n", "this is not YAML"),
        ("version: 1\nconnections: { a: &x { kind: sample }, b: *x }\n", "references (“*name”) are not used"),
        ("version: 1\nconnections: { a: { kind: !!str sample } }\n", "tags such as"),
        ("version: 1\n---\nversion: 1\n", "a second document"),
        ("version: 1\nconnections: { a: { kind: postgress } }\n", "Did you mean “postgres”?"),
        ("version: 1\nconnections: { a: { kind: postgres } }\n", "Host is missing in “a”."),
        (
            "version: 1\nconnections: { a: { kind: postgres, settings: { hots: x } } }\n",
            "Did you mean “host”?",
        ),
        (
            "version: 1\nconnections: { a: { kind: postgres, settings: { host: x, port: http } } }\n",
            "“port”: Port has to be a whole number",
        ),
        (
            "version: 1\nconnections: { a: { kind: postgres, settings: { host: [x] } } }\n",
            "“host” is a single value, not a list.",
        ),
        ("version: 1\nconnections: { \" a\": { kind: sample } }\n", "is not a name for a connection"),
        ("version: 1\nsyncs: { s: { from: a, table: t, key: id } }\n", "neither in the file nor saved"),
        (
            &format!("{CONNECTIONS}syncs: {{ s: {{ from: crm, table: t, key: id }} }}\n"),
            "“from” has to be a warehouse",
        ),
    ] {
        let message = refusal(text);
        assert!(message.contains(expected), "{text}\n  said: {message}\n  not:  {expected}");
    }
}

#[test]
fn all_faults_are_named_at_once() {
    let text = "version: 1\nconnections:\n  a: { kind: nothing }\n  b: { kind: sample, x: 1 }\nsyncs:\n  s: { from: a, table: t }\n";
    let message = refusal(text);
    assert_eq!(message.lines().count(), 3, "{message}");
}

#[test]
fn all_faults_of_one_entry_are_named_at_once_and_each_once() {
    let sync = "    tabel: t\n    keys: id\n    colour: red\n    mode: upsrt\n    identifiers: { mail: a, emial: b }\n    \
        fields: [{ column: a, nul: send, az: b }, { colum: c }]\n    schedule: { evry: 90s }\n";
    let message = refusal(&with_sync(sync));
    for word in
        ["tabel", "keys", "colour", "upsrt", "mail", "emial", "nul", "az", "colum", "evry", "every: 90s"]
    {
        assert_eq!(message.matches(&format!("“{word}”")).count(), 1, "{word}: {message}");
    }
    assert_eq!(message.lines().count(), 11, "{message}");

    let connection = "version: 1\nconnections:\n  shop:\n    knd: postgres\n    colour: red\n    password: hunter2\n    \
        settings: { hots: x, port: http, sslmode: no, password: hunter2 }\n";
    let message = refusal(connection);
    assert_eq!(message.lines().count(), 7, "{message}");
    assert!(!message.contains("hunter2") && !message.contains("missing"), "{message}");
}

#[test]
fn a_secret_in_the_file_is_refused_with_the_way_out_and_never_repeated() {
    for text in [
        "version: 1\nconnections: { my-shop: { kind: postgres, settings: { host: x, password: hunter2 } } }\n",
        "version: 1\nconnections: { my-shop: { kind: postgres, password: hunter2 } }\n",
    ] {
        let error = parse(text, &around(&[])).unwrap_err();
        assert!(error.message().contains("“password” is a secret"), "{}", error.message());
        assert!(error.hint().contains("sluice secret set my-shop password"), "{}", error.hint());
        assert!(error.hint().contains("SLUICE_SECRET_MY_SHOP_PASSWORD"), "{}", error.hint());
        assert!(!format!("{error:?}{}{}", error.safe(), error.hint()).contains("hunter2"));
    }
}

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
    let column = (word(), prop::sample::select(vec![NullRule::Send, NullRule::LeaveOut, NullRule::Clear]))
        .prop_map(|(column, null)| (FieldValue::Column(column), null));
    let constant = json().prop_map(|value| (FieldValue::Constant(value), NullRule::Send));
    let key = word().prop_map(|word| literal(&word));
    let named = prop::collection::btree_map(key, prop_oneof![column, constant], 0..4);
    prop::option::of(
        named.prop_map(|named| {
            named.into_iter().map(|(key, (value, null))| Field { value, key, null }).collect()
        }),
    )
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
