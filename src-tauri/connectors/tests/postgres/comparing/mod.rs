//! Comparing inside the warehouse.

mod faults;
mod syncs;

use sluice_engine::differ::{Counted, Part, Since};

use super::*;

fn in_schema(server: &PostgresServer, database: &str) -> Box<dyn Warehouse> {
    Access::superuser(server, database).with("diff_schema", "sluice").open()
}

fn fresh(server: &PostgresServer, database: &str, sql: &str) {
    server.sql("postgres", &format!("create database {database}"));
    server.sql(database, &format!("create schema sluice; {sql}"));
}

#[tokio::test]
async fn only_what_changed_leaves_the_warehouse() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(
        server,
        "changing",
        "create table people as select i as id, 'n' || i as name from generate_series(1, 5000) i",
    );
    let mut asking = Asking::new(in_schema(server, "changing"), table("public.people"), &["id", "name"]);
    let first = asking.ask(&[]).await;
    assert!(first.whole);
    assert_eq!((first.changed.len(), first.counted), (5_000, Some(Counted { rows: 5_000, unchanged: 0 })));
    assert_eq!(first.changed[6], (7, "7/\"n7\"".to_owned()));
    let idle = asking.ask(&[]).await;
    assert!(!idle.whole);
    assert_eq!(
        (idle.numbered().as_str(), idle.counted),
        (" |  | ", Some(Counted { rows: 5_000, unchanged: 5_000 }))
    );
    server.sql("changing", "update people set name = null where id = 7; delete from people where id = 9; insert into people values (0, 'new')");
    let changed = asking.ask(&[]).await;
    assert_eq!(changed.numbered(), "4999:7/∅ 5000:0/\"new\" |  | 5001:9/∅");
    assert_eq!(changed.counted, Some(Counted { rows: 5_000, unchanged: 4_998 }));
    assert_eq!(asking.ask(&[]).await.numbered(), " |  | ");
}

#[tokio::test]
async fn what_was_not_delivered_comes_again_whatever_it_holds() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(
        server,
        "undelivered",
        "create table people (id int, name text); insert into people values (1, 'a'), (2, 'a'), (3, 'a')",
    );
    let mut asking = Asking::new(in_schema(server, "undelivered"), table("people"), &["id", "name"]);
    asking.ask(&[]).await;
    // Goes to b, is not delivered, and comes back to what was delivered before.
    server.sql("undelivered", "update people set name = 'b' where id = 1; delete from people where id = 2");
    assert_eq!(asking.ask(&["1/\"b\"", "2/∅"]).await.numbered(), "2:1/\"b\" |  | 3:2/∅");
    server.sql("undelivered", "update people set name = 'a' where id = 1");
    assert_eq!(asking.ask(&[]).await.numbered(), "2:1/\"a\" |  | 3:2/∅");
    assert_eq!(asking.ask(&[]).await.numbered(), " |  | ");
    server.sql("undelivered", "insert into people values (2, 'a')");
    assert_eq!(asking.ask(&[]).await.numbered(), "3:2/\"a\" |  | ");
}

#[tokio::test]
async fn a_comparison_that_came_to_nothing_leaves_the_last_one_standing() {
    let Some(server) = PostgresServer::shared() else { return };
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
    assert_eq!(after.numbered(), "2:1/\"b\" |  | 3:2/∅");
    assert_eq!(asking.ask(&[]).await.numbered(), " |  | ");
}

#[tokio::test]
async fn a_snapshot_that_is_not_of_the_last_comparison_is_not_used() {
    let Some(server) = PostgresServer::shared() else { return };
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
    assert_eq!(whole.numbered(), "1:1 |  | ");
    assert!(!asking.ask(&[]).await.whole);
    let tables = server.sql("foreign_mark", "select format('drop table sluice.%I', relname) from pg_class where relkind = 'r' and relnamespace = 'sluice'::regnamespace");
    server.sql("foreign_mark", &tables.replace('\n', ";"));
    assert!(asking.ask(&[]).await.whole, "a snapshot somebody dropped is made anew");
}

#[tokio::test]
async fn a_plan_looks_and_leaves_no_trace() {
    let Some(server) = PostgresServer::shared() else { return };
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
        assert_eq!(found.numbered(), "1:1/\"b\" |  | 2:2/∅");
    }
    assert_eq!(asking.ask(&[]).await.numbered(), "1:1/\"b\" |  | 2:2/∅");
}

#[tokio::test]
async fn null_and_repeated_keys_come_every_time() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(
        server,
        "odd_keys",
        "create table people (id int, name text); insert into people values (1, 'a'), (null, 'b'), (1, 'a'), (1, 'c'), (2, 'd')",
    );
    let mut asking = Asking::new(in_schema(server, "odd_keys"), table("people"), &["id", "name"]);
    // The first row of a key counts; of later ones only the key is told.
    let first = asking.ask(&["∅/\"b\""]).await;
    assert_eq!(first.numbered(), "1:1/\"a\" 2:∅/\"b\" 5:2/\"d\" | 3:1/∅ 4:1/∅ | ");
    let second = asking.ask(&["∅/\"b\""]).await;
    assert_eq!(second.numbered(), "2:∅/\"b\" | 3:1/∅ 4:1/∅ | ");
    assert_eq!(second.counted, Some(Counted { rows: 5, unchanged: 2 }));
    server.sql("odd_keys", "delete from people where ctid = (select min(ctid) from people where id = 1)");
    assert_eq!(asking.ask(&[]).await.numbered(), "1:∅/\"b\" | 3:1/∅ | ");
}

#[tokio::test]
async fn hostile_names() {
    let Some(server) = PostgresServer::shared() else { return };
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
    assert_eq!(asking.ask(&[]).await.numbered(), "1:\"x';\\\"\"/1/2/\"%\"/3/4/5 2:\"\"/1/2/∅/3/4/5 |  | ");
    server.sql(
        "odd \" db",
        "delete from \"a.b\".\"t'a\"\"b; --\" where \"select\" = 1 and \"%s $1\" is not null",
    );
    assert_eq!(asking.ask(&[]).await.numbered(), "1:\"\"/1/2/∅/3/4/5 |  | 2:\"x';\\\"\"/∅/∅/\"%\"/∅/∅/∅");
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
    ("interval", "'30 days'", "'1 month'"),
    ("bytea", "'\\x00'", "'\\x0000'"),
    ("int[]", "'{1,null}'", "'{1,2}'"),
    ("text[]", "'{}'", "'{\"\"}'"),
    ("json", "'{\"a\":1,\"a\":2}'", "'{\"a\":2}'"),
    ("jsonb", "'{\"a\":[1]}'", "'{\"a\":[1,1]}'"),
    ("money", "1", "1.01"),
    ("inet", "'10.0.0.1'", "'10.0.0.1/24'"),
    ("bit(3)", "B'101'", "B'100'"),
    ("point", "'(1,2)'", "'(1,3)'"),
    ("uuid", "'00000000-0000-0000-0000-000000000000'", "'00000000-0000-0000-0000-000000000001'"),
    ("mood", "'sad'", "'ok'"),
];

#[tokio::test]
async fn the_smallest_change_of_any_type_is_seen_and_nothing_else() {
    let Some(server) = PostgresServer::shared() else { return };
    let columns: Vec<_> =
        NEIGHBOURS.iter().enumerate().map(|(index, (kind, ..))| format!("v{index} {kind}")).collect();
    let values: Vec<_> = NEIGHBOURS.iter().map(|(_, first, _)| (*first).to_owned()).collect();
    fresh(
        server,
        "every_type",
        &format!(
            "create type mood as enum ('sad', 'ok'); create table things (id int, {}); insert into things select i, {} from generate_series(1, {}) i",
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
    let first: Vec<String> = asking.ask(&[]).await.changed.into_iter().map(|(_, row)| row).collect();
    let read: Vec<String> =
        rows(&*asking.warehouse, &all(table("things"))).await.iter().map(|row| row.join("/")).collect();
    assert_eq!(first, read, "the same values as without comparing");
    assert_eq!(asking.ask(&[]).await.numbered(), " |  | ");
    for (index, (_, _, second)) in NEIGHBOURS.iter().enumerate() {
        server.sql("every_type", &format!("update things set v{index} = {second} where id = {}", index + 1));
    }
    let changed: Vec<u64> = asking
        .ask(&[])
        .await
        .changed
        .iter()
        .map(|(_, row)| row.split('/').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(changed, (1..=NEIGHBOURS.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_key_of_any_type_is_told_when_it_is_gone() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(server, "gone_keys", "create type mood as enum ('sad', 'ok')");
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
        assert_eq!(after.whole, ["int[]", "text[]", "json", "jsonb"].contains(kind), "{kind}");
    }
}
