//! What a warehouse can give instead of good rows: what the user is told, and that no good row is held up or lost.

use serde_json::Value;

use crate::command::{Sluice, count};
use crate::main_job::assert_sums;
use crate::postgres_server::PostgresServer;

/// A sync of every column of `leads` in a database of its own, which `set_up` fills, into a folder.
fn leads(server: &PostgresServer, database: &str, set_up: &str) -> Sluice {
    server.sql(database, set_up);
    let mut sluice = Sluice::new();
    let folder = sluice.beside("out");
    std::fs::create_dir(&folder).unwrap();
    let said = sluice.apply(&format!(
        "version: 1
connections:
  shop:
    kind: postgres
    settings: {{ host: 127.0.0.1, port: {}, database: {database}, user: postgres, tls: disable }}
  out: {{ kind: file, settings: {{ folder: {}, format: jsonl }} }}
syncs:
  leads: {{ from: shop, table: public.leads, key: id, to: out, fields: all }}
",
        server.port,
        folder.display()
    ));
    assert_eq!(said.code, 0, "{said:?}");
    sluice.set("SLUICE_SECRET_SHOP_PASSWORD", &server.password);
    sluice
}

fn sync(sluice: &Sluice, words: &[&str], code: i32) -> Value {
    let summary = sluice.json(&[&["sync", "leads"], words].concat(), code);
    assert_sums(&summary);
    summary
}

/// Code and message by key of every row that was not sent in a run.
fn not_sent(sluice: &Sluice, run: &Value) -> Vec<(String, String, String)> {
    let events = sluice.events(&["--run", &run["run"].to_string(), "--status", "invalid"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut rows: Vec<_> = events
        .iter()
        .map(|event| {
            let reason = &event["reason"];
            for part in ["message", "safe", "hint"] {
                assert!(text(&reason[part]).ends_with('.'), "{part}: {event}");
            }
            (text(&event["key"]), text(&reason["code"]), text(&reason["message"]))
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn values_without_an_exact_form_hold_up_their_own_row_alone() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql("postgres", "create database odd");
    let sluice = leads(
        server,
        "odd",
        "create table leads (id int primary key, score double precision, at timestamptz);
         insert into leads values (1, 1.5, '2026-01-01'), (2, 'NaN', null), (3, 'Infinity', null),
           (4, '-Infinity', null), (5, 1, '294276-12-31 23:59:59Z'), (6, 1, 'infinity'), (7, 2, null)",
    );
    let first = sync(&sluice, &[], 0);
    assert_eq!((count(&first, "read"), count(&first, "invalid"), count(&first, "delivered")), (7, 5, 2));
    let rows = not_sent(&sluice, &first);
    let keys: Vec<_> = rows.iter().map(|(key, ..)| key.as_str()).collect();
    assert_eq!(keys, ["2", "3", "4", "5", "6"]);
    for (key, code, message) in &rows {
        assert_eq!(code, "SLU-3004", "{key}: {message}");
        let column = if matches!(key.as_str(), "5" | "6") { "“at”" } else { "“score”" };
        assert!(message.contains(column), "{key}: {message}");
    }
    server.sql("odd", "update leads set score = 1, at = null where id between 2 and 6");
    let mended = sync(&sluice, &[], 0);
    assert_eq!((count(&mended, "delivered"), count(&mended, "unchanged")), (5, 2), "{mended}");
}

#[test]
fn text_that_is_not_utf_8_is_not_guessed() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql(
        "postgres",
        "create database bytes template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'",
    );
    let sluice = leads(
        server,
        "bytes",
        "set client_encoding = 'SQL_ASCII'; create table leads (id int primary key, name text);
         insert into leads values (1, E'Jos\\xe9'), (2, E'Jos\\xc3\\xa9')",
    );
    let first = sync(&sluice, &[], 0);
    assert_eq!((count(&first, "invalid"), count(&first, "delivered")), (1, 1), "{first}");
    let rows = not_sent(&sluice, &first);
    assert_eq!((rows[0].0.as_str(), rows[0].1.as_str()), ("1", "SLU-3004"), "{rows:?}");
    assert!(rows[0].2.contains("UTF-8"), "{rows:?}");
    server.sql("bytes", "update leads set name = 'Jose' where id = 1");
    assert_eq!(count(&sync(&sluice, &[], 0), "delivered"), 1);
}

#[test]
fn a_row_of_two_megabytes_goes_where_it_is_taken_and_is_named_where_it_is_not() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql("postgres", "create database large");
    let sluice = leads(
        server,
        "large",
        "create table leads (id int primary key, note text);
         insert into leads values (1, 'short'), (2, repeat('x', 2000000))",
    );
    assert_eq!(count(&sync(&sluice, &[], 0), "delivered"), 2);
    let sent = sluice.events(&["--key", "2"]);
    assert_eq!(sent[0]["payload"]["note"].as_str().unwrap().len(), 2_000_000);

    let events = "  events: { kind: rudderstack, settings: { data_plane_url: \"http://127.0.0.1:9\" } }\n";
    let workspace = std::fs::read_to_string(sluice.beside("workspace.yaml")).unwrap();
    let workspace = workspace.replace("syncs:", &format!("{events}syncs:"));
    let workspace = workspace
        .replace("to: out, fields: all", "to: events, event: identify, identifiers: { user_id: id }");
    assert_eq!(sluice.apply(&workspace).code, 0);
    let mut sluice = sluice;
    sluice.set("SLUICE_SECRET_EVENTS_WRITE_KEY", "w-key-of-the-test");
    let plan = sluice.json(&["plan", "leads"], 0);
    assert_eq!(count(&plan, "invalid"), 1, "{plan}");
    let problem = &plan["invalid_rows"][0]["problem"];
    assert_eq!(problem["code"], "SLU-3005");
    assert!(problem["message"].as_str().unwrap().contains("bytes"), "{problem}");
}

#[test]
fn a_column_that_is_gone_or_of_another_type_sends_nothing_and_removes_nothing() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql("postgres", "create database moved");
    let sluice = leads(
        server,
        "moved",
        "create table leads (id int primary key, score int); insert into leads values (1, 10), (2, 20)",
    );
    let workspace = std::fs::read_to_string(sluice.beside("workspace.yaml")).unwrap();
    let listed = "mode: mirror, removed: delete, fields: [{ column: id }, { column: score }]";
    assert_eq!(sluice.apply(&workspace.replace("fields: all", listed)).code, 0);
    assert_eq!(count(&sync(&sluice, &[], 0), "delivered"), 2);

    server.sql("moved", "alter table leads rename score to points; insert into leads values (3, 30)");
    let gone = sync(&sluice, &[], 1);
    assert_eq!((gone["status"].as_str(), count(&gone, "sent")), (Some("failed"), 0));
    assert_eq!(gone["problem"]["code"], "SLU-2006");
    assert!(gone["problem"]["message"].as_str().unwrap().contains("score"), "{gone}");

    server.sql("moved", "alter table leads rename points to score; alter table leads alter score type text");
    let changed = sync(&sluice, &[], 4);
    assert_eq!((changed["status"].as_str(), count(&changed, "sent")), (Some("held"), 0));
    assert_eq!(changed["problem"]["code"], "SLU-3007");
    assert!(changed["problem"]["message"].as_str().unwrap().contains("“score”"), "{changed}");

    let approved = sync(&sluice, &["--approve"], 0);
    assert_eq!((count(&approved, "removed"), count(&approved, "delivered")), (0, 3), "{approved}");
}
