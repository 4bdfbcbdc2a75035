//! Streams, names, keys and the catalogue.

use sluice_engine::error::ErrorKind;
use sluice_engine::sync::TableName;
use sluice_engine::warehouse::{After, KeyCheck, TableKind};

use super::*;

#[tokio::test]
async fn a_large_read_arrives_whole_and_in_batches() {
    let Some(server) = RedshiftServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    server.sql(
        "postgres",
        "create view many as select i, 'row ' || i as name from generate_series(1, 25000) i",
    );
    let read = all(table("many"));
    let mut rows = warehouse.read(&read).await.unwrap();
    assert_eq!(rows.server_rows(), None);
    let (mut sum, mut largest) = (0, 0);
    while let Some(batch) = rows.next().await.unwrap() {
        largest = largest.max(batch.rows());
        sum += (0..batch.rows()).map(|row| shown(&batch, row, 0).parse::<u64>().unwrap()).sum::<u64>();
    }
    assert_eq!((sum, rows.server_rows()), (25_000 * 25_001 / 2, Some(25_000)));
    assert!(largest <= 2_000, "{largest}");
    assert!(rows.next().await.unwrap().is_none());
}

/// Whether the last FETCH gave as many rows as it could, or the last of a page: the end is found all the same.
#[tokio::test]
async fn a_read_ends_where_the_rows_do() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create table counted as select i from generate_series(1, 9000) i");
    let warehouse = Access::superuser(server, "postgres").open();
    for count in [0, 1, 999, 1_000, 1_001, 2_000, 2_001, 6_000, 6_001, 8_999] {
        let read = rows(&*warehouse, &Read { limit: Some(count), ..all(table("counted")) }).await;
        assert_eq!(read.len() as u64, count);
    }
}

#[tokio::test]
async fn rows_are_not_read_ahead_of_the_caller() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database gigabyte");
    // Eight kilobytes a row, a gigabyte in all.
    server.sql(
        "gigabyte",
        "create view v as select i, repeat(md5(i::text), 256) as filler from generate_series(1, 131072) i",
    );
    let warehouse = Access::superuser(server, "gigabyte").open();
    let mut rows = warehouse.read(&all(table("v"))).await.unwrap();
    // Past the short pages a read begins with, which sockets can hold whole.
    let mut count = 0;
    while count < 8_000 {
        count += rows.next().await.unwrap().unwrap().rows();
    }
    // The server waits to send: it says so itself, and would never say so were the rows taken.
    let waiting =
        "select count(*) from pg_stat_activity where wait_event = 'ClientWrite' and datname = 'gigabyte'";
    while server.sql("postgres", waiting) != "1" {}
    let before = memory();
    while server.sql("postgres", waiting) != "1" {}
    assert!(memory() < before + 64 * 1024, "memory grows while nobody reads");
    for _ in 0..20 {
        count += rows.next().await.unwrap().unwrap().rows();
    }
    assert!(count > 9_000);
    drop(rows);
    until_running(server, "gigabyte", "0").await;
}

/// Resident memory in kilobytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Returns when so many sessions work in a database.
async fn until_running(server: &'static RedshiftServer, database: &str, sessions: &str) {
    let running =
        format!("select count(*) from pg_stat_activity where datname = '{database}' and state = 'active'");
    loop {
        let running = running.clone();
        let count = tokio::task::spawn_blocking(move || server.sql("postgres", &running)).await.unwrap();
        if count == sessions {
            return;
        }
    }
}

#[tokio::test]
async fn dropping_the_stream_stops_the_server() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database dropped");
    server.sql(
        "dropped",
        "create view endless as select generate_series(1, 1000000000) as i; \
        create view slow as select pg_sleep(3600)::text as a",
    );
    let warehouse = Access::superuser(server, "dropped").open();
    let mut rows = warehouse.read(&all(table("endless"))).await.unwrap();
    assert!(rows.next().await.unwrap().is_some());
    drop(rows);
    until_running(server, "dropped", "0").await;
    // Also while the server works and has not answered yet.
    let reading = tokio::spawn(async move {
        let mut rows = warehouse.read(&all(table("slow"))).await?;
        rows.next().await.map(drop)
    });
    until_running(server, "dropped", "1").await;
    reading.abort();
    until_running(server, "dropped", "0").await;
}

#[tokio::test]
async fn hostile_names_are_only_names() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database names");
    let schema = r#"we"ird.sch''ema"#;
    let name = r#"t"; drop table victims; --"#;
    server.sql("names", r#"create table victims (id int); create schema "we""ird.sch''ema";
        create table "we""ird.sch''ema"."t""; drop table victims; --" ("a""b" int, "c.d" int, "Ünïcode 🚀" int, "select" int, "$1" int);
        insert into "we""ird.sch''ema"."t""; drop table victims; --" values (1, 2, 3, 4, 5);"#);
    let warehouse = Access::superuser(server, "names").open();
    let tables = warehouse.tables().await.unwrap();
    let found = tables.iter().find(|table| table.name.name == name).unwrap();
    assert_eq!(found.name, TableName::new(schema, name));
    let query = Query::Table(found.name.clone());
    let names: Vec<_> =
        warehouse.columns(&query).await.unwrap().into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["a\"b", "c.d", "Ünïcode 🚀", "select", "$1"]);
    let read = Read { columns: vec!["$1".into(), "a\"b".into()], limit: Some(1), ..all(query.clone()) };
    assert_eq!(rows(&*warehouse, &read).await, [["5", "1"]]);
    warehouse.key_check(&query, &names).await.unwrap();
    assert!(warehouse.estimate(&query).await.unwrap().is_some());
    assert_eq!(rows(&*warehouse, &all(table("victims"))).await, Vec::<Vec<String>>::new());
}

#[tokio::test]
async fn rows_beyond_a_cursor_come_in_its_order() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database cursors");
    server.sql(
        "cursors",
        r#"create table "events"" log" (id int, "at" timestamptz, "né""e" text, cost numeric, day date, tag uuid);
        insert into "events"" log" values
            (1, '2026-01-01 00:00:00.000002+00', 'b', 2.5, '2026-01-02', '00000000-0000-0000-0000-000000000002'),
            (2, '2026-01-01 00:00:00.000001+00', 'a\''x', 10, '2026-01-01', '00000000-0000-0000-0000-000000000001'),
            (3, null, null, null, null, null)"#,
    );
    let warehouse = Access::superuser(server, "cursors").open();
    let of_table = Query::Table(TableName::new("", "events\" log"));
    let queries = [of_table, sql(r#"select * from "events"" log" -- all of them"#)];
    for query in queries {
        for (column, first, second) in [
            ("at", "2", "1"),
            ("né\"e", "2", "1"),
            ("cost", "1", "2"),
            ("day", "2", "1"),
            ("tag", "2", "1"),
            ("id", "1", "2"),
        ] {
            let read = |value: Option<String>| Read {
                columns: vec!["id".into(), column.into()],
                after: Some(After { column: column.into(), value }),
                ..all(query.clone())
            };
            let mut all_rows = rows(&*warehouse, &read(None)).await;
            if column == "id" {
                all_rows.truncate(2);
            }
            assert_eq!(
                all_rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
                [first, second],
                "{column}"
            );
            let later = rows(&*warehouse, &read(Some(all_rows[0][1].clone()))).await;
            assert_eq!(later[0][0], second, "{column}");
            let last = rows(&*warehouse, &read(Some(all_rows[1][1].clone()))).await;
            assert_eq!(last.len(), usize::from(column == "id"), "{column}");
        }
    }
}

#[tokio::test]
async fn a_thousand_columns() {
    let Some(server) = RedshiftServer::shared() else { return };
    let columns: Vec<String> = (0..1_000).map(|i| format!("c{i} int default {i}")).collect();
    server.sql(
        "postgres",
        &format!("create table wide ({}); insert into wide default values", columns.join(", ")),
    );
    let warehouse = Access::superuser(server, "postgres").open();
    let read = rows(&*warehouse, &all(table("public.wide"))).await;
    assert_eq!(read[0].len(), 1_000);
    assert_eq!(read[0][999], "999");
}

#[tokio::test]
async fn long_rows_end_a_batch_early() {
    let Some(server) = RedshiftServer::shared() else { return };
    let warehouse = Access::superuser(server, "postgres").open();
    server.sql(
        "postgres",
        "create view long_rows as select repeat('x', 2 * 1024 * 1024) as long from generate_series(1, 3)",
    );
    let read = all(table("long_rows"));
    let mut rows = warehouse.read(&read).await.unwrap();
    let batch = rows.next().await.unwrap().unwrap();
    assert_eq!((batch.rows(), shown(&batch, 0, 0).len()), (1, 2 * 1024 * 1024 + 2));
}

#[tokio::test]
async fn the_catalogue_shows_what_the_login_may_read() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database catalogue; create role viewer login password 'viewer-pass'");
    server.sql("catalogue", "create schema shop; create schema hidden; grant usage on schema shop to viewer; \
        create table shop.leads as select i as id from generate_series(1, 5000) i; analyze shop.leads; \
        create view shop.scores as select id from shop.leads; create view shop.daily as select 1 as one; \
        create table shop.mv_tbl__daily__0 (one int); create table shop.sluice_snapshot_x (id int); \
        create table shop.secret (id int); create table hidden.other (id int); \
        insert into svv_mv_info values ('catalogue', 'shop', 'ana', 'daily'); \
        insert into svv_external_tables values ('catalogue', 'spectrum', 'events', 'TABLE'), ('elsewhere', 'spectrum', 'far', ''); \
        insert into svv_redshift_tables values ('catalogue', 'shop', 'leads', 'TABLE'), ('shared', 'public', 'orders', 'TABLE'), \
        ('shared', 'pg_catalog', 'pg_class', 'TABLE'), ('odd.name', 'public', 'orders', 'TABLE'); \
        grant select on shop.leads, shop.scores, shop.daily, shop.mv_tbl__daily__0, shop.sluice_snapshot_x, hidden.other to viewer");
    let mut access = Access::superuser(server, "catalogue").with("user", "viewer");
    access.password = "viewer-pass".to_owned();
    let tables = access.open().tables().await.unwrap();
    let found: Vec<_> = tables.iter().map(|table| (table.name.to_string(), table.kind, table.rows)).collect();
    let of = |name: &str, kind, rows| (name.to_owned(), kind, rows);
    assert_eq!(
        found,
        [
            of(r#""""odd.name"".public".orders"#, TableKind::ForeignTable, None),
            of("\"shared.public\".orders", TableKind::ForeignTable, None),
            of("shop.daily", TableKind::MaterializedView, None),
            of("shop.leads", TableKind::Table, Some(5_000)),
            of("shop.scores", TableKind::View, None),
            of("spectrum.events", TableKind::ForeignTable, None),
        ]
    );
    let estimate = access.open().estimate(&sql("select id from shop.leads where id < 100000")).await.unwrap();
    assert_eq!(estimate, Some(5_000));
}

#[tokio::test]
async fn a_schema_can_be_one_of_another_database_or_have_a_dot() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database dots");
    server.sql(
        "dots",
        "create schema shop; create table shop.leads as select 'plain' as a; \
        create schema \"dots.other\"; create table \"dots.other\".leads as select 'dotted' as a",
    );
    let warehouse = Access::superuser(server, "dots").open();
    for (schema, expect) in [("shop", "plain"), ("dots.shop", "plain"), ("dots.other", "dotted")] {
        let query = Query::Table(TableName::new(schema, "leads"));
        assert_eq!(rows(&*warehouse, &all(query)).await, [[format!("\"{expect}\"")]], "{schema}");
    }
}

/// The stand-in reads `database.schema.table` only of the database it is in, so that one has the names here.
#[tokio::test]
async fn names_with_dots_and_quotes_are_listed_and_read() {
    let Some(server) = RedshiftServer::shared() else { return };
    let database = r#"shop.eu"x"#;
    server.sql("postgres", r#"create database "shop.eu""x""#);
    server.sql(
        database,
        r#"create schema "a.b""c"; create table "a.b""c"."t.1" as select 'there' as a;
        insert into svv_redshift_tables values ('shop.eu"x', 'a.b"c', 't.1', 'TABLE')"#,
    );
    let warehouse = Access::superuser(server, database).open();
    let tables = warehouse.tables().await.unwrap();
    let [table] = tables.as_slice() else { panic!("{tables:?}") };
    assert_eq!(table.name, TableName::new(r#"a.b"c"#, "t.1"));
    // As it is listed where one is connected to another database.
    let elsewhere = TableName::new(r#""shop.eu""x"."a.b""c""#, "t.1");
    for name in [table.name.clone(), elsewhere] {
        assert_eq!(name.to_string().parse::<TableName>().unwrap(), name);
        let read = rows(&*warehouse, &all(Query::Table(name.clone()))).await;
        assert_eq!(read, [[r#""there""#]], "{name}");
    }
}

#[tokio::test]
async fn ten_thousand_tables_are_listed() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql("postgres", "create database many");
    for part in 0..10 {
        let sql = format!(
            "do $$ begin for i in 1..1000 loop execute format('create table t%s_%s (id int)', {part}, i); end loop; end $$"
        );
        server.sql("many", &sql);
    }
    assert_eq!(Access::superuser(server, "many").open().tables().await.unwrap().len(), 10_000);
}

#[tokio::test]
async fn keys_are_checked_on_the_server() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql(
        "postgres",
        "create table keys (a int, b text, c jsonb); \
        insert into keys values (1, 'a'), (1, 'a'), (1, 'b'), (2, null), (null, 'c'), (null, 'c')",
    );
    let warehouse = Access::superuser(server, "postgres").open();
    let query = sql("select * from keys -- end");
    let check = async |key: &[&str]| {
        let key: Vec<String> = key.iter().map(|name| (*name).to_owned()).collect();
        warehouse.key_check(&query, &key).await
    };
    assert_eq!(check(&["a"]).await.unwrap(), KeyCheck { rows: 6, nulls: 2, duplicates: 2 });
    assert_eq!(check(&["a", "b"]).await.unwrap(), KeyCheck { rows: 6, nulls: 3, duplicates: 1 });
    assert_eq!(check(&["gone"]).await.unwrap_err().kind(), ErrorKind::MissingObject);
    let empty = sql("select 1 as a where false");
    assert_eq!(
        warehouse.key_check(&empty, &["a".into()]).await.unwrap(),
        KeyCheck { rows: 0, nulls: 0, duplicates: 0 }
    );
    assert_eq!(check(&["c"]).await.unwrap(), KeyCheck { rows: 6, nulls: 6, duplicates: 0 });
}

#[tokio::test]
async fn the_warehouse_can_not_be_written() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql(
        "postgres",
        "create table kept (id int); create function wipe() returns int language sql as \
        'insert into kept values (1) returning id'",
    );
    let warehouse = Access::superuser(server, "postgres").open();
    let error = match warehouse.read(&all(sql("select wipe() as id"))).await {
        Ok(mut rows) => rows.next().await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::BadQuery);
    assert!(error.message().contains("only reads"), "{}", error.message());
    let writes = [
        "delete from kept",
        "select 1) as q; drop table kept; --",
        "with x as (insert into kept values (2) returning id) select * from x",
        "select 1; drop table kept",
        "select 1) as q; commit; drop table kept; --",
        "select 1) as q; end; begin read write; drop table kept; select 1 from (select 2",
    ];
    for text in writes {
        assert_eq!(warehouse.columns(&sql(text)).await.unwrap_err().kind(), ErrorKind::BadQuery, "{text}");
    }
    assert_eq!(server.sql("postgres", "select count(*) from kept"), "0");
}
