//! A table that changes meanwhile, rights that are missing, a query that would write, and nobody who waits.

use sluice_engine::check::StepResult;
use sluice_engine::error::ErrorKind;

use super::*;

#[tokio::test]
async fn a_change_while_it_is_read_waits_for_the_next_time() {
    let Some(server) = RedshiftServer::shared() else { return };
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
    assert_eq!(asking.ask(&[]).await.shown(), "2999/\"b\" 3000/\"b\" 9999/\"a\" |  | 2998/∅");
}

#[tokio::test]
async fn without_the_rights_it_says_what_to_grant() {
    let Some(server) = RedshiftServer::shared() else { return };
    server.sql(
        "postgres",
        "create database rights; create role differ login password 'differ-pass'; \
        revoke temporary on database rights from public",
    );
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
async fn a_query_that_is_more_than_one_select_is_not_run() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(server, "one_select", "create table kept (id int)");
    for query in [
        "select 1 as id) as q; commit; drop table kept; --",
        "delete from kept",
        "select 1 as id; drop table kept",
    ] {
        let mut asking = Asking::new(in_schema(server, "one_select"), sql(query), &["id"]);
        let error = asking.begin(Some("m")).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::BadQuery, "{query}");
    }
    assert_eq!(server.sql("one_select", "select count(*) from kept"), "0");
    let failing = sql("select 1 as id,\n 1 / 0 as b");
    let mut failing = Asking::new(in_schema(server, "one_select"), failing, &["id", "b"]);
    assert!(failing.begin(Some("m")).await.err().unwrap().message().contains("SQLSTATE 22012"));
    assert!(
        Access::superuser(server, "one_select").open().differ().is_none(),
        "only where a schema is named"
    );
}

/// Two comparisons of one snapshot wait for each other.
#[tokio::test]
async fn a_comparison_waits_for_another_one_of_the_same_snapshot() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(server, "waiting", "create table people as select 1 as id");
    let mut asking = Asking::new(in_schema(server, "waiting"), table("people"), &["id"]);
    asking.ask(&[]).await;
    let marks = format!("sluice.\"sluice_snapshot_{}_marks\"", asking.name);
    let config = format!(
        "host=127.0.0.1 port={} user=postgres password={} dbname=waiting",
        server.postgres.port, server.postgres.password
    );
    let (holder, connection) = tokio_postgres::connect(&config, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    holder.batch_execute(&format!("begin; lock table {marks}")).await.unwrap();
    let comparing = tokio::spawn(async move { asking.ask(&[]).await.whole });
    let waits =
        "select count(*) from pg_stat_activity where datname = 'waiting' and wait_event_type = 'Lock'";
    tokio::task::spawn_blocking(move || while server.sql("waiting", waits) != "1" {}).await.unwrap();
    assert!(!comparing.is_finished());
    holder.batch_execute("commit").await.unwrap();
    assert!(!comparing.await.unwrap());
}

#[tokio::test]
async fn a_comparison_nobody_waits_for_stops_on_the_server() {
    let Some(server) = RedshiftServer::shared() else { return };
    fresh(
        server,
        "given_up",
        "create view slow as select i as id, pg_sleep(100)::text as s from generate_series(1, 9) i",
    );
    let mut asking = Asking::new(in_schema(server, "given_up"), table("slow"), &["id", "s"]);
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
