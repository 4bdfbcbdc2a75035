//! Comparing inside the warehouse. Its rows have no order there but that of keys’ hashes, so what it answers with is
//! looked at without its numbers, or sorted.

mod faults;
mod syncs;

use sluice_engine::differ::{Counted, Part, Since};

use super::*;

fn in_schema(server: &RedshiftServer, database: &str) -> Box<dyn Warehouse> {
    Access::superuser(server, database).with("diff_schema", "sluice").open()
}

fn fresh(server: &RedshiftServer, database: &str, sql: &str) {
    server.sql("postgres", &format!("create database {database}"));
    server.sql(database, &format!("create schema sluice; {sql}"));
}

#[tokio::test]
async fn only_what_changed_leaves_the_warehouse() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(
        server,
        "changing",
        "create table people as select i as id, 'n' || i as name from generate_series(1, 5000) i",
    );
    let mut asking = Asking::new(in_schema(server, "changing"), table("public.people"), &["id", "name"]);
    let first = asking.ask(&[]).await;
    assert!(first.whole);
    assert_eq!((first.changed.len(), first.counted), (5_000, Some(Counted { rows: 5_000, unchanged: 0 })));
    assert!(first.changed.iter().any(|(_, row)| row == "7/\"n7\""));
    let idle = asking.ask(&[]).await;
    assert!(!idle.whole);
    assert_eq!(
        (idle.shown().as_str(), idle.counted),
        (" |  | ", Some(Counted { rows: 5_000, unchanged: 5_000 }))
    );
    server.sql("changing", "update people set name = null where id = 7; delete from people where id = 9; insert into people values (0, 'new')");
    let changed = asking.ask(&[]).await;
    assert_eq!(changed.shown(), "0/\"new\" 7/∅ |  | 9/∅");
    assert_eq!(changed.counted, Some(Counted { rows: 5_000, unchanged: 4_998 }));
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
}

#[tokio::test]
async fn what_was_not_delivered_comes_again_whatever_it_holds() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(
        server,
        "undelivered",
        "create table people (id int, name text); insert into people values (1, 'a'), (2, 'a'), (3, 'a')",
    );
    let mut asking = Asking::new(in_schema(server, "undelivered"), table("people"), &["id", "name"]);
    asking.ask(&[]).await;
    // Goes to b, is not delivered, and comes back to what was delivered before.
    server.sql("undelivered", "update people set name = 'b' where id = 1; delete from people where id = 2");
    assert_eq!(asking.ask(&["1/\"b\"", "2/∅"]).await.shown(), "1/\"b\" |  | 2/∅");
    server.sql("undelivered", "update people set name = 'a' where id = 1");
    assert_eq!(asking.ask(&[]).await.shown(), "1/\"a\" |  | 2/∅");
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
    server.sql("undelivered", "insert into people values (2, 'a')");
    assert_eq!(asking.ask(&[]).await.shown(), "2/\"a\" |  | ");
}

#[tokio::test]
async fn a_comparison_that_came_to_nothing_leaves_the_last_one_standing() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(
        server,
        "broken_off",
        "create table people (id int, name text); insert into people values (1, 'a'), (2, 'a'), (3, 'a')",
    );
    let mut asking = Asking::new(in_schema(server, "broken_off"), table("people"), &["id", "name"]);
    asking.ask(&[]).await;
    server.sql("broken_off", "update people set name = 'b' where id = 1; delete from people where id = 2");
    for how in ["dropped", "cut", "read to its end"] {
        let mut cut = asking.begin(Some(how)).await.unwrap();
        match how {
            "dropped" => {}
            "cut" => {
                server.sql("broken_off", "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'broken_off' and pid <> pg_backend_pid()");
                assert!(rest(&mut *cut).await.is_err());
                assert_eq!(cut.counted(), None);
            }
            _ => drop(rest(&mut *cut).await.unwrap()),
        }
    }
    // What they answered with was not delivered, and is no less changed for having been read.
    let after = asking.ask(&[]).await;
    assert!(!after.whole);
    assert_eq!(after.shown(), "1/\"b\" |  | 2/∅");
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
}

#[tokio::test]
async fn a_snapshot_that_is_not_of_the_last_comparison_is_not_used() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(server, "foreign_mark", "create table people as select 1 as id");
    let mut asking = Asking::new(in_schema(server, "foreign_mark"), table("people"), &["id"]);
    asking.ask(&[]).await;
    let restored = asking.since.clone();
    asking.ask(&[]).await;
    asking.ask(&[]).await;
    // As with a data folder from a backup, or a second one.
    asking.since = restored;
    let whole = asking.ask(&[]).await;
    assert!(whole.whole);
    assert_eq!(whole.shown(), "1 |  | ");
    assert!(!asking.ask(&[]).await.whole);
    let tables = server.sql("foreign_mark", "select format('drop table sluice.%I', relname) from pg_class where relkind = 'r' and relnamespace = 'sluice'::regnamespace");
    server.sql("foreign_mark", &tables.replace('\n', ";"));
    assert!(asking.ask(&[]).await.whole, "a snapshot somebody dropped is made anew");
}

#[tokio::test]
async fn a_plan_looks_and_leaves_no_trace() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(
        server,
        "looking",
        "create table people (id int, name text); insert into people values (1, 'a'), (2, 'a')",
    );
    let mut asking = Asking::new(in_schema(server, "looking"), table("people"), &["id", "name"]);
    assert!(rest(&mut *asking.begin(None).await.unwrap()).await.unwrap().whole);
    assert_eq!(
        server.sql("looking", "select count(*) from pg_class where relnamespace = 'sluice'::regnamespace"),
        "0"
    );
    asking.ask(&[]).await;
    server.sql("looking", "update people set name = 'b' where id = 1; delete from people where id = 2");
    for _ in 0..2 {
        let found = rest(&mut *asking.begin(None).await.unwrap()).await.unwrap();
        assert_eq!(found.shown(), "1/\"b\" |  | 2/∅");
    }
    assert_eq!(asking.ask(&[]).await.shown(), "1/\"b\" |  | 2/∅");
}

#[tokio::test]
async fn null_and_repeated_keys_come_every_time() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(
        server,
        "odd_keys",
        "create table people (id int, name text); insert into people values (1, 'a'), (null, 'b'), (1, 'a'), (1, 'c'), (2, 'd')",
    );
    let mut asking = Asking::new(in_schema(server, "odd_keys"), table("people"), &["id", "name"]);
    // One row of a key counts, the same one every time; of others only the key is told.
    let first = asking.ask(&["∅/\"b\""]).await;
    let counts = first.changed.iter().find(|(_, row)| row.starts_with('1')).unwrap().1.clone();
    assert_eq!(first.shown(), format!("{counts} 2/\"d\" ∅/\"b\" | 1/∅ 1/∅ | "));
    let second = asking.ask(&[]).await;
    assert_eq!(second.shown(), "∅/\"b\" | 1/∅ 1/∅ | ");
    assert_eq!(second.counted, Some(Counted { rows: 5, unchanged: 2 }));
    server.sql("odd_keys", "delete from people where id = 1 and name = 'a'");
    let left = if counts == "1/\"a\"" { "1/\"c\" " } else { "" };
    assert_eq!(asking.ask(&[]).await.shown(), format!("{left}∅/\"b\" |  | "));
}

#[tokio::test]
async fn hostile_names() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database \"odd \"\" db\"");
    server.sql("odd \" db", "create schema \"we\"\"ird; drop schema public\"; create schema \"a.b\"; \
        create table \"a.b\".\"t'a\"\"b; --\" (\"i\"\"d\" text, \"select\" int, \"c0\" int, \"%s $1\" text, number int, key int, id int); \
        insert into \"a.b\".\"t'a\"\"b; --\" values ('x'';\"', 1, 2, '%', 3, 4, 5), ('', 1, 2, null, 3, 4, 5)");
    let warehouse =
        Access::superuser(server, "odd \" db").with("diff_schema", "we\"ird; drop schema public").open();
    let name = Query::Table(sluice_engine::sync::TableName::new("a.b", "t'a\"b; --"));
    let columns = ["i\"d", "select", "c0", "%s $1", "number", "key", "id"];
    let mut asking = Asking::new(warehouse, name, &columns);
    asking.key = vec!["i\"d".into(), "%s $1".into()];
    assert_eq!(asking.ask(&[]).await.shown(), "\"\"/1/2/∅/3/4/5 \"x';\\\"\"/1/2/\"%\"/3/4/5 |  | ");
    server.sql(
        "odd \" db",
        "delete from \"a.b\".\"t'a\"\"b; --\" where \"select\" = 1 and \"%s $1\" is not null",
    );
    assert_eq!(asking.ask(&[]).await.shown(), "\"\"/1/2/∅/3/4/5 |  | \"x';\\\"\"/∅/∅/\"%\"/∅/∅/∅");
    assert_eq!(server.sql("odd \" db", "select count(*) from pg_namespace where nspname = 'public'"), "1");
}

/// Values of every kind of type, of which the second of each is ever so little another.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("float8", "0.1", "0.10000000000000002"),
    ("float4", "0.1", "0.10000001"),
    ("numeric", "1.0", "1.01"),
    ("char(5)", "'ab'", "'abc'"),
    ("text", "''", "' '"),
    ("text", "null", "''"),
    ("text", "'a,b'", "'a\",\"b'"),
    ("timestamptz", "'2024-01-01 00:00:00.000001Z'", "'2024-01-01 00:00:00.000002Z'"),
    ("timestamp", "'2024-01-01 00:00:00'", "'2024-01-01 00:00:00.000001'"),
    ("timetz", "'08:30:00+00'", "'08:30:00+01'"),
    ("time", "'08:30:00'", "'08:30:00.000001'"),
    ("date", "'2024-01-01'", "'2024-01-02'"),
    ("bool", "true", "false"),
    ("int8", "9007199254740992", "9007199254740993"),
    ("bytea", "'\\x00'", "'\\x0000'"),
    ("jsonb", "'{\"a\":[1]}'", "'{\"a\":[1,1]}'"),
    ("jsonb", "null", "'null'"),
];

#[tokio::test]
async fn the_smallest_change_of_any_type_is_seen_and_nothing_else() {
    let Some(server) = RedshiftServer::shared() else { return };
    let columns: Vec<_> =
        NEIGHBOURS.iter().enumerate().map(|(index, (kind, ..))| format!("v{index} {kind}")).collect();
    let values: Vec<_> = NEIGHBOURS.iter().map(|(_, first, _)| (*first).to_owned()).collect();
    fresh(
        server,
        "every_type",
        &format!(
            "create table things (id int, {}); insert into things select i, {} from generate_series(1, {}) i",
            columns.join(", "),
            values.join(", "),
            NEIGHBOURS.len()
        ),
    );
    let names: Vec<String> = std::iter::once("id".to_owned())
        .chain((0..NEIGHBOURS.len()).map(|index| format!("v{index}")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut asking = Asking::new(in_schema(server, "every_type"), table("things"), &names);
    let mut first: Vec<String> = asking.ask(&[]).await.changed.into_iter().map(|(_, row)| row).collect();
    let mut read: Vec<String> =
        rows(&*asking.warehouse, &all(table("things"))).await.iter().map(|row| row.join("/")).collect();
    first.sort();
    read.sort();
    assert_eq!(first, read, "the same values as without comparing");
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
    for (index, (_, _, second)) in NEIGHBOURS.iter().enumerate() {
        server.sql("every_type", &format!("update things set v{index} = {second} where id = {}", index + 1));
    }
    let mut changed: Vec<u64> = asking
        .ask(&[])
        .await
        .changed
        .iter()
        .map(|(_, row)| row.split('/').next().unwrap().parse().unwrap())
        .collect();
    changed.sort_unstable();
    assert_eq!(changed, (1..=NEIGHBOURS.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_key_of_any_type_is_told_when_it_is_gone() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(server, "gone_keys", "");
    for (index, (kind, first, _)) in NEIGHBOURS.iter().enumerate() {
        if *first == "null" {
            continue;
        }
        let name = format!("t{index}");
        server.sql(
            "gone_keys",
            &format!("create table {name} (id {kind}); insert into {name} values ({first})"),
        );
        let mut asking = Asking::new(in_schema(server, "gone_keys"), table(&name), &["id"]);
        let first = asking.ask(&[]).await.changed;
        server.sql("gone_keys", &format!("delete from {name}"));
        let after = asking.ask(&[]).await;
        // What no text tells apart is left to the engine, which then gets every row every time.
        if !after.whole {
            assert_eq!(after.gone, first, "{kind}");
        }
        assert_eq!(after.whole, ["float8", "float4", "jsonb"].contains(kind), "{kind}");
    }
}

/// A column that can not be compared there is compared here: every row leaves, every time, and no snapshot is made.
#[tokio::test]
async fn what_has_no_text_is_compared_by_the_engine() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(
        server,
        "no_text",
        "create table people as select 1 as id, interval '1 day' as v, path '((0,0),(1,1))' as p",
    );
    for column in ["v", "p"] {
        let mut asking = Asking::new(in_schema(server, "no_text"), table("people"), &["id", column]);
        for _ in 0..2 {
            let answered = asking.ask(&[]).await;
            assert!(answered.whole);
            assert_eq!(answered.changed.len(), 1);
        }
    }
    let tables = "select count(*) from pg_class where relnamespace = 'sluice'::regnamespace";
    assert_eq!(server.sql("no_text", tables), "0");
}
