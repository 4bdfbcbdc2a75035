//! Comparing inside the warehouse.

use proptest::prelude::*;
use sluice_engine::check::StepResult;
use sluice_engine::differ::{Comparison, Counted, Differences, Part, Since};
use sluice_engine::error::ErrorKind;
use sluice_engine::sync::{Mode, Removal};
use sluice_engine::testing::Reply;
use tokio_postgres::{Client, NoTls};

use super::twins::{Answer, Row, Twin, Twins, UNREADABLE, steps};
use super::*;

/// What a comparison answered with: changed, repeated and gone, each with its number, and the counts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answered {
    changed: Vec<(u64, String)>,
    repeated: Vec<(u64, String)>,
    gone: Vec<(u64, String)>,
    counted: Option<Counted>,
    whole: bool,
}

impl Answered {
    fn shown(&self) -> String {
        let all = |rows: &[(u64, String)]| {
            rows.iter().map(|(number, row)| format!("{number}:{row}")).collect::<Vec<_>>().join(" ")
        };
        format!("{} | {} | {}", all(&self.changed), all(&self.repeated), all(&self.gone))
    }
}

async fn rest(differences: &mut dyn Differences) -> Result<Answered> {
    let mut answered = Answered { whole: differences.is_whole(), ..Answered::default() };
    while let Some(part) = differences.next().await? {
        let (rows, into) = match part {
            Part::Changed(rows) => (rows, &mut answered.changed),
            Part::Repeated(rows) => (rows, &mut answered.repeated),
            Part::Gone(rows) => (rows, &mut answered.gone),
        };
        for (row, number) in rows.numbers.iter().enumerate() {
            let cells = 0..rows.rows.columns().len();
            let text: Vec<_> = cells.map(|column| shown(&rows.rows, row, column)).collect();
            into.push((*number, text.join("/")));
        }
    }
    answered.counted = differences.counted();
    Ok(answered)
}

/// A sync that compares `query` by its first column.
struct Asking {
    warehouse: Box<dyn Warehouse>,
    name: String,
    query: Query,
    columns: Vec<String>,
    key: Vec<String>,
    since: Option<Since>,
    count: usize,
}

impl Asking {
    fn new(warehouse: Box<dyn Warehouse>, query: Query, columns: &[&str]) -> Self {
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        let key = columns[..1].to_vec();
        Self { warehouse, name: sluice_engine::store::new_uuid(), query, columns, key, since: None, count: 0 }
    }

    async fn begin(&mut self, mark: Option<&str>) -> Result<Box<dyn Differences>> {
        let comparison = Comparison {
            snapshot: &self.name,
            query: &self.query,
            columns: &self.columns,
            key: &self.key,
            since: self.since.as_ref(),
            mark,
            gone: true,
        };
        self.warehouse.differ().unwrap().compare(&comparison).await
    }

    /// Compares, and lets everything but these numbers be delivered.
    async fn ask(&mut self, undelivered: &[u64]) -> Answered {
        self.count += 1;
        let mark = format!("mark {}", self.count);
        let answered = rest(&mut *self.begin(Some(&mark)).await.unwrap()).await.unwrap();
        self.since = Some(Since { mark, undelivered: undelivered.to_vec() });
        answered
    }
}

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
        (idle.shown().as_str(), idle.counted),
        (" |  | ", Some(Counted { rows: 5_000, unchanged: 5_000 }))
    );
    server.sql("changing", "update people set name = null where id = 7; delete from people where id = 9; insert into people values (0, 'new')");
    let changed = asking.ask(&[]).await;
    assert_eq!(changed.shown(), "4999:7/∅ 5000:0/\"new\" |  | 5001:9/∅");
    assert_eq!(changed.counted, Some(Counted { rows: 5_000, unchanged: 4_998 }));
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
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
    assert_eq!(asking.ask(&[2, 3]).await.shown(), "2:1/\"b\" |  | 3:2/∅");
    server.sql("undelivered", "update people set name = 'a' where id = 1");
    assert_eq!(asking.ask(&[]).await.shown(), "2:1/\"a\" |  | 3:2/∅");
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
    server.sql("undelivered", "insert into people values (2, 'a')");
    assert_eq!(asking.ask(&[]).await.shown(), "3:2/\"a\" |  | ");
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
    assert_eq!(after.shown(), "2:1/\"b\" |  | 3:2/∅");
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
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
    assert_eq!(whole.shown(), "1:1 |  | ");
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
        assert_eq!(found.shown(), "1:1/\"b\" |  | 2:2/∅");
    }
    assert_eq!(asking.ask(&[]).await.shown(), "1:1/\"b\" |  | 2:2/∅");
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
    let first = asking.ask(&[2]).await;
    assert_eq!(first.shown(), "1:1/\"a\" 2:∅/\"b\" 5:2/\"d\" | 3:1/∅ 4:1/∅ | ");
    let second = asking.ask(&[2]).await;
    assert_eq!(second.shown(), "2:∅/\"b\" | 3:1/∅ 4:1/∅ | ");
    assert_eq!(second.counted, Some(Counted { rows: 5, unchanged: 2 }));
    server.sql("odd_keys", "delete from people where ctid = (select min(ctid) from people where id = 1)");
    assert_eq!(asking.ask(&[]).await.shown(), "1:∅/\"b\" | 3:1/∅ | ");
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
    assert_eq!(asking.ask(&[]).await.shown(), "1:\"x';\\\"\"/1/2/\"%\"/3/4/5 2:\"\"/1/2/∅/3/4/5 |  | ");
    server.sql(
        "odd \" db",
        "delete from \"a.b\".\"t'a\"\"b; --\" where \"select\" = 1 and \"%s $1\" is not null",
    );
    assert_eq!(asking.ask(&[]).await.shown(), "1:\"\"/1/2/∅/3/4/5 |  | 2:\"x';\\\"\"/∅/∅/\"%\"/∅/∅/∅");
    assert_eq!(server.sql("odd \" db", "select count(*) from pg_namespace where nspname = 'public'"), "1");
}

/// Values of every kind of type, of which the second of each is ever so little another.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("float8", "0.1", "0.10000000000000002"),
    ("float4", "0.1", "0.10000001"),
    ("numeric", "1.0", "1.00"),
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
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
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

#[tokio::test]
async fn a_change_while_it_is_read_waits_for_the_next_time() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(
        server,
        "meanwhile",
        "create table people as select i as id, 'a' as name from generate_series(1, 3000) i",
    );
    let mut asking = Asking::new(in_schema(server, "meanwhile"), table("people"), &["id", "name"]);
    let mut streaming = asking.begin(Some("first")).await.unwrap();
    let Some(Part::Changed(batch)) = streaming.next().await.unwrap() else { panic!() };
    assert!(batch.numbers.len() < 3_000);
    server.sql("meanwhile", "update people set name = 'b' where id > 2998; delete from people where id = 2998; insert into people values (9999, 'a')");
    let left = rest(&mut *streaming).await.unwrap();
    assert_eq!(batch.numbers.len() + left.changed.len(), 3_000);
    assert!(left.changed.iter().all(|(_, row)| row.ends_with("\"a\"")));
    assert_eq!(left.counted.unwrap().rows, 3_000);
    asking.since = Some(Since { mark: "first".into(), undelivered: Vec::new() });
    let next: Vec<_> = asking.ask(&[]).await.changed.into_iter().map(|(_, row)| row).collect();
    assert_eq!(next, ["2999/\"b\"", "3000/\"b\"", "9999/\"a\""]);
}

#[tokio::test]
async fn without_the_rights_it_says_what_to_grant() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql("postgres", "create database rights; create role differ login password 'differ-pass'; \
        alter role differ set default_transaction_read_only = on; revoke temporary on database rights from public");
    server.sql("rights", "create table people as select 1 as id; grant select on people to differ");
    let mut access =
        Access::superuser(server, "rights").with("user", "differ").with("diff_schema", "kept \"here\"");
    access.password = "differ-pass".to_owned();
    let steps = ["missing_object", "not_allowed", "not_allowed"];
    let fixes = ["CREATE SCHEMA \"kept \"\"here\"\"\";\n", "", ""];
    for (kind, begins) in steps.into_iter().zip(fixes) {
        let (steps, failed) = access.check().await;
        assert!(matches!(steps[6].result, StepResult::Failed(_)), "{steps:?}");
        let error =
            Asking::new(access.open(), table("people"), &["id"]).begin(Some("m")).await.err().unwrap();
        assert_eq!((failed.unwrap().kind(), error.kind().name()), (error.kind(), kind));
        let fix = error.fix().unwrap();
        let grants = "GRANT USAGE, CREATE ON SCHEMA \"kept \"\"here\"\"\" TO \"differ\";\nGRANT TEMPORARY ON DATABASE \"rights\" TO \"differ\";";
        assert_eq!(fix, format!("{begins}{grants}"));
        // One statement after the other, so that each lack is seen.
        let next = match begins {
            "" if error.message().contains("temporary") => fix.lines().nth(1),
            _ => fix.lines().next(),
        };
        server.sql("rights", next.unwrap());
    }
    let (steps, failed) = access.check().await;
    assert!(failed.is_none(), "{failed:?}");
    assert!(matches!(&steps[6].result, StepResult::Passed(Some(found)) if found.contains("kept \"here\"")));
    let mut asking = Asking::new(access.open(), table("people"), &["id"]);
    asking.ask(&[]).await;
    assert!(!asking.ask(&[]).await.whole);
    // Its own tables are neither offered nor held against the login.
    assert_eq!(access.open().tables().await.unwrap().len(), 1);
    let (steps, _) = access.check().await;
    assert!(matches!(steps[5].result, StepResult::Passed(_)), "{steps:?}");
    // A snapshot that another login made.
    server.sql("rights", &server.sql("rights", "select string_agg(format('alter table %s owner to postgres', oid::regclass), ';') from pg_class where relkind = 'r' and relname like 'sluice\\_snapshot%'"));
    let error = asking.begin(Some("m")).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    server.sql("rights", error.fix().unwrap());
    assert!(!asking.ask(&[]).await.whole);
}

#[tokio::test]
async fn the_query_still_can_not_write() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(
        server,
        "still_reading",
        "create table kept (id int); create function wipe() returns int language sql as \
        'insert into kept values (1) returning id'; create function quiet() returns int immutable language plpgsql as \
        'begin insert into kept values (2); return 1; end'",
    );
    for query in ["select wipe() as id", "select quiet() as id", "select 1 as id, quiet() as name"] {
        let mut asking = Asking::new(in_schema(server, "still_reading"), sql(query), &["id"]);
        if query.contains("name") {
            asking.columns.push("name".into());
        }
        let error = asking.begin(Some("m")).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::BadQuery, "{query}");
        let volatile = query.contains("wipe");
        assert_eq!(error.message().contains("only reads"), volatile, "{query}: {}", error.message());
    }
    assert_eq!(server.sql("still_reading", "select count(*) from kept"), "0");
    let mut failing =
        Asking::new(in_schema(server, "still_reading"), sql("select 1 as id,\n 1 / 0 as b"), &["id", "b"]);
    assert!(failing.begin(Some("m")).await.err().unwrap().message().contains("SQLSTATE 22012"));
    assert!(
        Access::superuser(server, "still_reading").open().differ().is_none(),
        "only where a schema is named"
    );
}

#[tokio::test]
async fn a_comparison_nobody_waits_for_stops_on_the_server() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(server, "given_up", "");
    let mut asking = Asking::new(
        in_schema(server, "given_up"),
        sql("select i as id, pg_sleep(100)::text as s from generate_series(1, 9) i"),
        &["id", "s"],
    );
    let active = || {
        server.sql(
            "given_up",
            "select count(*) from pg_stat_activity where datname = 'given_up' and wait_event = 'PgSleep'",
        )
    };
    {
        let mut comparing = std::pin::pin!(asking.begin(Some("m")));
        while active() != "1" {
            let waited = tokio::time::timeout(std::time::Duration::from_millis(1), &mut comparing).await;
            assert!(waited.is_err(), "it ended by itself");
        }
    }
    while active() != "0" {
        tokio::task::yield_now().await;
    }
}

/// A client that sets the twins' table; reading it fails where a row says so.
async fn client(server: &PostgresServer, database: &str) -> Client {
    let config = format!(
        "host=127.0.0.1 port={} user=postgres password={} dbname={database}",
        server.port, server.password
    );
    let (client, connection) = tokio_postgres::connect(&config, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn twin(access: &Access) -> Twin {
    let from = Connection { name: "shop".into(), kind: "postgres".into(), settings: access.settings.clone() };
    Twin::new(kind(), from, Some(&access.password), table("people"))
}

const PEOPLE: &str = "create table rows (id text, name float8, broken bool); \
    create view people as select id, name / case when broken then 0 else 1 end as name from rows";

#[test]
fn it_makes_no_difference_who_compares() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(server, "twins", PEOPLE);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in steps(&[Answer::Stop]))| {
        runtime.block_on(async {
            let here = Access::superuser(server, "twins");
            let there = here.clone().with("diff_schema", "sluice");
            let client = client(server, "twins").await;
            let set = async move |rows: &[Row], broken: bool| {
                let key = |row: &Row| row.0.map_or("null".to_owned(), |key| format!("'{key}'"));
                let value = |row: &Row| if row.1 == UNREADABLE { "'NaN'::float8".to_owned() } else { row.1.to_string() };
                let mut values: Vec<_> = rows.iter().map(|row| format!("({}, {}, false)", key(row), value(row))).collect();
                values.extend(broken.then(|| "('z', 0, true)".to_owned()));
                let insert = if values.is_empty() { String::new() } else { format!("insert into rows values {}", values.join(", ")) };
                client.batch_execute(&format!("begin; truncate rows; {insert}; commit")).await.unwrap();
            };
            Twins::new([twin(&here), twin(&there)], set).live(steps).await;
        });
    });
}

/// Names the data folder, and so makes a test process a child that runs the sync and dies.
const HOME: &str = "SLUICE_TEST_HOME";
/// The server's port and password, the request at which the child dies, and whether before it is taken.
const POINT: &str = "SLUICE_TEST_POINT";

fn dying(home: &Path, port: &str, password: &str) -> Twin {
    let settings = [
        ("host", "127.0.0.1"),
        ("port", port),
        ("database", "killed"),
        ("user", "postgres"),
        ("diff_schema", "sluice"),
    ];
    let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let from = Connection { name: "shop".into(), kind: "postgres".into(), settings };
    let twin = Twin::over(home, 10, kind(), &from, Some(password));
    twin.crm.journal(&home.join("journal")).unwrap();
    twin
}

/// Not a test by itself: the process that dies. Without its environment it has nothing to do.
#[test]
fn child() {
    let (Ok(home), Ok(point)) = (std::env::var(HOME), std::env::var(POINT)) else { return };
    let mut point = point.split(' ').map(str::to_owned);
    let mut next = || point.next().unwrap();
    let (port, password, request, dies) = (next(), next(), next().parse::<usize>().unwrap(), next());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut twin = dying(Path::new(&home), &port, &password);
        twin.crm.reply(move |number, _| match dies.as_str() {
            "before" if number == request => Reply::Abort,
            "after" if number == request => Reply::AbortAfter,
            _ => Reply::EachRecord,
        });
        // One that is killed from outside goes on until it is.
        for _ in 0..if request == 0 { usize::MAX } else { 4 } {
            twin.go_on().await;
        }
    });
}

#[test]
fn a_process_that_is_killed_at_any_point_loses_nothing() {
    let Some(server) = PostgresServer::shared() else { return };
    fresh(server, "killed", "create table people (id text, name text)");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let access = Access::superuser(server, "killed").with("diff_schema", "sluice");
    let twin = twin(&access);
    twin.save(|sync| (sync.mode, sync.removed) = (Mode::Mirror, Removal::Delete));
    let (home, port) = (twin.home().to_owned(), server.port.to_string());
    let lines = || std::fs::read_to_string(home.join("journal")).unwrap_or_default().lines().count();
    let busy = "select count(*) from pg_stat_activity where datname = 'killed' and query like 'INSERT INTO%' and state = 'active'";
    let points =
        ["3 before", "3 after", "1 after", "1 before", "0 reading", "0 taken", "7 after", "0 reading"];
    for (round, point) in points.into_iter().enumerate() {
        // Some rows change, some go, some come.
        server.sql("killed", &format!(
            "truncate people; insert into people select 'k' || i, i % 3 * {round} from generate_series(1, 300) i where i % 40 <> {round}"
        ));
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "comparing::child", "--nocapture"]).env(HOME, &home);
        command.env(POINT, format!("{port} {} {point}", server.password));
        let before = lines();
        let mut child =
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        if point == "0 reading" {
            while server.sql("killed", busy) == "0" && lines() == before {}
        }
        if point.starts_with('0') {
            while point == "0 taken" && lines() < before + 40 {
                assert!(child.try_wait().unwrap().is_none());
            }
            child.kill().unwrap();
        }
        assert_eq!(child.wait().unwrap().code(), None, "the process was to die: {point}");
    }
    runtime.block_on(async {
        let mut twin = dying(&home, &port, &server.password);
        while twin.go_on().await.counts.to_send > 0 {}
        let ended = twin.run(false, true).await;
        assert_eq!((ended.counts.unchanged, ended.counts.read), (292, 292));
        assert!(twin.goes_on());
        let table = server.sql("killed", "select id || ' ' || name from people order by id collate \"C\"");
        let name = |payload: &str| {
            serde_json::from_str::<serde_json::Value>(payload).unwrap()["name"].as_str().unwrap().to_owned()
        };
        let kept: Vec<_> =
            twin.crm.kept().iter().map(|(key, payload)| format!("{key} {}", name(payload))).collect();
        assert_eq!(kept.join("\n"), table);
    });
    let journal = std::fs::read_to_string(home.join("journal")).unwrap();
    let mut ids: Vec<_> = journal.lines().map(|line| line.split('\t').next().unwrap()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "nothing that was taken is taken again");
}
