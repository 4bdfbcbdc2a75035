//! Comparing inside the warehouse.

use proptest::prelude::*;
use sluice_engine::check::StepResult;
use sluice_engine::differ::{Comparison, Counted, Differences, Part, Since};
use sluice_engine::error::ErrorKind;

use super::*;
use crate::twins::{Answer, Row, Twin, Twins, UNREADABLE, steps};

/// The stand-in has one session for all: a transaction of one test would be another's.
pub(super) static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

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
    /// Rows in the order of their text: without an order of its own a query's rows have none to count on.
    fn shown(&self) -> String {
        let all = |rows: &[(u64, String)]| {
            let mut rows: Vec<_> = rows.iter().map(|(_, row)| row.as_str()).collect();
            rows.sort_unstable();
            rows.join(" ")
        };
        format!("{} | {} | {}", all(&self.changed), all(&self.repeated), all(&self.gone))
    }

    /// The number of the row or key that is shown like this.
    fn number(&self, shown: &str) -> u64 {
        let mut rows = self.changed.iter().chain(&self.repeated).chain(&self.gone);
        rows.find(|(_, row)| row == shown).unwrap().0
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

/// A sync that compares a table by its first column.
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
    fn new(server: &BigQueryServer, name: &str, columns: &[&str]) -> Self {
        let warehouse = Access::to(server).with("diff_schema", "sluice").open();
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        let key = columns[..1].to_vec();
        let snapshot = sluice_engine::store::new_uuid();
        Self { warehouse, name: snapshot, query: table(name), columns, key, since: None, count: 0 }
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
    async fn ask(&mut self, undelivered: &[&str]) -> Answered {
        self.count += 1;
        let mark = format!("mark '{}'", self.count);
        let answered = rest(&mut *self.begin(Some(&mark)).await.unwrap()).await.unwrap();
        let mut undelivered: Vec<u64> = undelivered.iter().map(|shown| answered.number(shown)).collect();
        undelivered.sort_unstable();
        self.since = Some(Since { mark, undelivered });
        answered
    }
}

pub(super) fn fresh(server: &BigQueryServer, dataset: &str, statements: &[&str]) {
    server.dataset("sluice");
    server.dataset(dataset);
    for statement in statements {
        server.sql(statement);
    }
}

#[tokio::test]
async fn only_what_changed_leaves_the_warehouse() {
    let Some(server) = BigQueryServer::shared() else { return };
    let _one = ONE_AT_A_TIME.lock().await;
    fresh(
        server,
        "changing",
        &[
            "create table changing.people as select i as id, concat('n', cast(i as string)) as name from unnest(generate_array(1, 3000)) as i",
        ],
    );
    let mut asking = Asking::new(server, "changing.people", &["id", "name"]);
    let first = asking.ask(&[]).await;
    assert!(first.whole);
    assert_eq!((first.changed.len(), first.counted), (3_000, Some(Counted { rows: 3_000, unchanged: 0 })));
    assert!(first.changed.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let idle = asking.ask(&[]).await;
    assert!(!idle.whole);
    assert_eq!(
        (idle.shown().as_str(), idle.counted),
        (" |  | ", Some(Counted { rows: 3_000, unchanged: 3_000 }))
    );
    server.sql("update changing.people set name = null where id = 7");
    server.sql("delete from changing.people where id = 9");
    server.sql("insert into changing.people values (0, 'new')");
    let changed = asking.ask(&[]).await;
    assert_eq!(changed.shown(), "0/\"new\" 7/∅ |  | 9/∅");
    assert_eq!(changed.counted, Some(Counted { rows: 3_000, unchanged: 2_998 }));
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
    // What is only there while it is compared is gone.
    let (tables, name) = (server.get("datasets/sluice/tables"), asking.name.replace('-', "_"));
    assert!(tables.contains(&format!("sluice_snapshot_{name}_marks")), "{tables}");
    for left in ["rows", "gone"] {
        assert!(!tables.contains(&format!("sluice_snapshot_{name}_{left}")), "{tables}");
    }
}

#[tokio::test]
async fn what_was_not_delivered_comes_again_whatever_it_holds() {
    let Some(server) = BigQueryServer::shared() else { return };
    let _one = ONE_AT_A_TIME.lock().await;
    fresh(
        server,
        "undelivered",
        &[
            "create table undelivered.people (id int64, name string)",
            "insert into undelivered.people values (1, 'a'), (2, 'a'), (3, 'a')",
        ],
    );
    let mut asking = Asking::new(server, "undelivered.people", &["id", "name"]);
    asking.ask(&[]).await;
    // Goes to b, is not delivered, and comes back to what was delivered before.
    server.sql("update undelivered.people set name = 'b' where id = 1");
    server.sql("delete from undelivered.people where id = 2");
    assert_eq!(asking.ask(&["1/\"b\"", "2/∅"]).await.shown(), "1/\"b\" |  | 2/∅");
    server.sql("update undelivered.people set name = 'a' where id = 1");
    assert_eq!(asking.ask(&[]).await.shown(), "1/\"a\" |  | 2/∅");
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
    server.sql("insert into undelivered.people values (2, 'a')");
    assert_eq!(asking.ask(&[]).await.shown(), "2/\"a\" |  | ");
}

#[tokio::test]
async fn repeated_keys_and_rows_without_one_are_told_apart() {
    let Some(server) = BigQueryServer::shared() else { return };
    let _one = ONE_AT_A_TIME.lock().await;
    fresh(
        server,
        "repeating",
        &[
            "create table repeating.people (id string, name string)",
            "insert into repeating.people values ('a', 'x'), ('a', 'y'), (null, 'z'), ('b', 'x')",
        ],
    );
    let mut asking = Asking::new(server, "repeating.people", &["id", "name"]);
    let first = asking.ask(&[]).await;
    assert_eq!((first.changed.len(), first.repeated.len()), (3, 1));
    assert_eq!(first.repeated[0].1, "\"a\"/∅");
    let again = asking.ask(&[]).await;
    assert_eq!(again.shown(), "∅/\"z\" | \"a\"/∅ | ");
    assert_eq!(again.counted, Some(Counted { rows: 4, unchanged: 2 }));
}

#[tokio::test]
async fn a_snapshot_that_does_not_fit_is_not_used() {
    let Some(server) = BigQueryServer::shared() else { return };
    let _one = ONE_AT_A_TIME.lock().await;
    fresh(
        server,
        "fitting",
        &[
            "create table fitting.people (id int64, name string)",
            "insert into fitting.people values (1, 'a')",
        ],
    );
    let mut asking = Asking::new(server, "fitting.people", &["id", "name"]);
    asking.ask(&[]).await;
    asking.since = Some(Since { mark: "another".into(), undelivered: Vec::new() });
    let whole = asking.ask(&[]).await;
    assert!(whole.whole);
    assert_eq!(whole.shown(), "1/\"a\" |  | ");
    assert_eq!(asking.ask(&[]).await.shown(), " |  | ");
    // One that only looks leaves no trace.
    let looked = rest(&mut *asking.begin(None).await.unwrap()).await.unwrap();
    assert_eq!(looked.shown(), " |  | ");
    server.sql("update fitting.people set name = 'b' where true");
    let looked = rest(&mut *asking.begin(None).await.unwrap()).await.unwrap();
    assert_eq!(looked.shown(), "1/\"b\" |  | ");
    assert_eq!(asking.ask(&[]).await.shown(), "1/\"b\" |  | ");
}

#[tokio::test]
async fn every_kind_of_key_comes_back_from_the_snapshot() {
    let Some(server) = BigQueryServer::shared() else { return };
    let _one = ONE_AT_A_TIME.lock().await;
    let keys = [
        ("int64", "9007199254740993"),
        ("string", "'a\"b\\\\c'"),
        ("date", "date '2026-11-22'"),
        ("timestamp", "timestamp '2026-11-22 08:30:00+00'"),
        ("bool", "true"),
        ("float64", "1.5"),
    ];
    for (kind, value) in keys {
        let (created, inserted, deleted) = (
            format!("create table keys.{kind}_t (id {kind}, name string)"),
            format!("insert into keys.{kind}_t values ({value}, 'x')"),
            format!("delete from keys.{kind}_t where true"),
        );
        fresh(server, "keys", &[&created, &inserted]);
        let mut asking = Asking::new(server, &format!("keys.{kind}_t"), &["id", "name"]);
        let there = asking.ask(&[]).await;
        server.sql(&deleted);
        let gone = asking.ask(&[]).await;
        assert_eq!(gone.gone[0].1.split('/').next(), there.changed[0].1.split('/').next(), "{kind}");
    }
}

#[tokio::test]
async fn a_dataset_that_is_missing_is_told_with_the_statement_that_makes_it() {
    let Some(server) = BigQueryServer::shared() else { return };
    let _one = ONE_AT_A_TIME.lock().await;
    fresh(server, "compared", &["create table compared.people as select 1 as id"]);
    let (steps, failed) = Access::to(server).with("diff_schema", "nowhere").check().await;
    let failed = failed.unwrap();
    assert_eq!(failed.kind(), ErrorKind::MissingObject);
    assert!(failed.fix().unwrap().starts_with("CREATE SCHEMA `demo`.`nowhere`"), "{:?}", failed.fix());
    assert!(matches!(steps.last().unwrap().result, StepResult::Failed(_)));
    let (_, failed) = Access::to(server).with("diff_schema", "sluice").check().await;
    assert!(failed.is_none(), "{failed:?}");
}

fn twin(access: &Access) -> Twin {
    let from = Connection { name: "shop".into(), kind: "bigquery".into(), settings: access.settings.clone() };
    Twin::new(kind(), from, None, table("twins.people"))
}

#[test]
fn it_makes_no_difference_who_compares() {
    let Some(server) = BigQueryServer::shared() else { return };
    let _one = ONE_AT_A_TIME.blocking_lock();
    fresh(
        server,
        "twins",
        &[
            "create table twins.entries (id string, name float64, broken bool)",
            "create view twins.people as select id, name / if(broken, 0, 1) as name from twins.entries",
        ],
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in steps(&[Answer::Stop]))| {
        runtime.block_on(async {
            let here = Access::to(server);
            let there = here.clone().with("diff_schema", "sluice");
            let set = async move |rows: &[Row], broken: bool| {
                let key = |row: &Row| row.0.map_or("null".to_owned(), |key| format!("'{key}'"));
                let value = |row: &Row| if row.1 == UNREADABLE { "cast('NaN' as float64)".to_owned() } else { row.1.to_string() };
                let mut values: Vec<_> = rows.iter().map(|row| format!("({}, {}, false)", key(row), value(row))).collect();
                values.extend(broken.then(|| "('z', 0, true)".to_owned()));
                let insert = if values.is_empty() { String::new() } else { format!("insert into twins.entries values {}", values.join(", ")) };
                let script = format!("truncate table twins.entries; {insert}");
                tokio::task::spawn_blocking(move || server.sql(script.trim_end_matches("; "))).await.unwrap();
            };
            Twins::new([twin(&here), twin(&there)], set).live(steps).await;
        });
    });
}
