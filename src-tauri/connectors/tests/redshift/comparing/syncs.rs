//! Whole syncs: it makes no difference who compares where keys stand once, and a process that is killed loses nothing.

use proptest::prelude::*;
use sluice_engine::sync::{Mode, Removal};
use sluice_engine::testing::Reply;
use tokio_postgres::{Client, NoTls};

use super::*;
use crate::twins::{Answer, Row, Twin, Twins, UNREADABLE, steps};

/// A client that sets the twins' table; reading it fails where a row says so.
async fn client(server: &RedshiftServer, database: &str) -> Client {
    let config = format!(
        "host=127.0.0.1 port={} user=postgres password={} dbname={database}",
        server.postgres.port, server.postgres.password
    );
    let (client, connection) = tokio_postgres::connect(&config, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn twin(access: &Access) -> Twin {
    let from = Connection { name: "shop".into(), kind: "redshift".into(), settings: access.settings.clone() };
    Twin::new(kind(), from, Some(&access.password), table("people"))
}

const PEOPLE: &str = "create table rows (id varchar(20), name float8, broken bool); \
    create view people as select id, name / case when broken then 0 else 1 end as name from rows";

#[test]
fn it_makes_no_difference_who_compares() {
    let Some(server) = RedshiftServer::shared() else { return };
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
                // Of rows with one key Redshift, which has no order of rows, may take another one for the first.
                let mut keys = std::collections::BTreeSet::new();
                let rows = rows.iter().filter(|row| row.0.is_none_or(|key| keys.insert(key)));
                let mut values: Vec<_> = rows.map(|row| format!("({}, {}, false)", key(row), value(row))).collect();
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
        ("tls", "disable"),
        ("diff_schema", "sluice"),
    ];
    let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let from = Connection { name: "shop".into(), kind: "redshift".into(), settings };
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
    let Some(server) = RedshiftServer::shared() else { return };
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
        command.args(["--exact", "comparing::syncs::child", "--nocapture"]).env(HOME, &home);
        command.env(POINT, format!("{port} {} {point}", server.postgres.password));
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
        let mut twin = dying(&home, &port, &server.postgres.password);
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
