//! What is wrong with the file is named, with its place.

use super::*;

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
    (
        "    table: t\n    key: id\n    fields: [{ column: a, template: \"{a}\" }]\n",
        "Line 12, column 14: a field has one of “column”, “template” and “constant”.",
    ),
    (
        "    table: t\n    key: id\n    fields: [{ template: \"{a\", as: b }]\n",
        "Line 12, column 26: “template: {a” has a { without its }; write {{ for the sign itself.",
    ),
    ("    table: t\n    key: id\n    fields: [{ template: a, as: b }]\n", "names no column"),
    (
        "    table: t\n    key: id\n    fields: [{ template: \"{a}\" }]\n",
        "“as” is missing beside “template”.",
    ),
    (
        "    table: t\n    key: id\n    fields: [{ column: a, hash: sha1 }]\n",
        "“sha1” is not a value of “hash”. Known are: text, email, phone, phone_plus.",
    ),
    (
        "    table: t\n    key: id\n    fields: [{ constant: a, as: b, hash: text }]\n",
        "“hash” goes with “column” and “template”; a constant is what it is.",
    ),
    (
        "    table: t\n    key: id\n    fields: [{ constant: a, as: b, mask: true }]\n",
        "“mask” goes with “column” and “template”; a constant is what it is.",
    ),
    (
        "    table: t\n    key: id\n    fields: [{ column: a, mask: maybe }]\n",
        "“maybe” is not a value of “mask”. Known are: true, false.",
    ),
    (
        "    table: t\n    key: id\n    fields: [{ column: a, hash: text, mask: true }]\n",
        "a field is hashed or masked: leave out “hash” or “mask”.",
    ),
    (
        "    table: t\n    key: id\n    to: crm\n    object: o\n    match: a\n    fields: [{ column: a, mask: true }]\n",
        "“mask” of “a” can not be done: “a” is what records are found again by.",
    ),
    (
        "    table: t\n    key: id\n    to: events\n    event: identify\n    fields: [{ column: a, only_if_empty: true }]\n",
        "“only_if_empty” of “a” can not be done: events have no values to look at.",
    ),
    (
        "    table: t\n    key: id\n    to: out\n    fields: [{ column: id }, { column: a, only_if_empty: true }]\n",
        "“only_if_empty” of “a” can not be done: File can not be read.",
    ),
    (
        "    table: t\n    key: id\n    to: crm\n    object: o\n    match: a\n    fields: [{ column: a, only_if_empty: true }]\n",
        "“a” is what records are found again by",
    ),
    (
        "    table: t\n    key: id\n    fields: [{ column: a, only_if_empty: maybe }]\n",
        "“maybe” is not a value of “only_if_empty”. Known are: true, false.",
    ),
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
