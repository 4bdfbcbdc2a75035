use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sluice_engine::clock::SystemClock;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::error::ErrorKind;
use sluice_engine::sync::TableName;
use sluice_engine::value::{Cell, ColumnType, ColumnType as T};
use sluice_engine::warehouse::After;

use super::*;

fn open(folder: &Path) -> Box<dyn Warehouse> {
    let connection = Connection { name: "sample".into(), kind: "sample".into(), settings: BTreeMap::new() };
    let opening =
        Opening::new(&manifest::MANIFEST, &connection, BTreeMap::new(), folder, Arc::new(SystemClock))
            .unwrap();
    Sample.open(&opening).unwrap()
}

fn table(name: &str) -> Query {
    Query::Table(name.parse::<TableName>().unwrap())
}

async fn read(warehouse: &dyn Warehouse, query: Query, columns: &[&str]) -> (Vec<Vec<String>>, Option<u64>) {
    let columns = columns.iter().map(|c| (*c).to_owned()).collect();
    let mut rows = warehouse.read(&Read { columns, ..Read::all(query) }).await.unwrap();
    let mut all = Vec::new();
    while let Some(batch) = rows.next().await.unwrap() {
        for row in 0..batch.rows() {
            let cells = (0..batch.columns().len()).map(|column| match batch.cell(row, column) {
                Cell::Null => "∅".to_owned(),
                Cell::Json(json) => {
                    serde_json::from_slice::<serde_json::Value>(json).unwrap();
                    String::from_utf8(json.to_vec()).unwrap()
                }
                Cell::Unreadable(reason) => format!("! {reason}"),
            });
            all.push(cells.collect());
        }
    }
    (all, rows.server_rows())
}

#[tokio::test]
async fn the_announcement_s_tables_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let tables = open(folder.path()).tables().await.unwrap();
    let names: Vec<_> = tables.iter().map(|t| (t.name.to_string(), t.rows.unwrap())).collect();
    let expect = [
        "analytics.lead_scores",
        "analytics.workspace_created",
        "app.logins",
        "app.visitors",
        "app.workspaces",
        "crm.leads",
        "edge_cases.empty_table",
        "edge_cases.every_type",
        "edge_cases.messy_keys",
        "edge_cases.no_identifier",
    ];
    assert_eq!(names.iter().map(|n| n.0.as_str()).collect::<Vec<_>>(), expect);
    assert_eq!(names[0].1, 5_000);
    assert_eq!(names[5].1, 5_000);
    assert!(names[2].1 > 20_000, "{names:?}");
}

#[tokio::test]
async fn every_computer_has_the_same_rows() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in
        ["analytics.lead_scores", "analytics.workspace_created", "app.visitors", "edge_cases.every_type"]
    {
        let first = read(&*open(one.path()), table(name), &[]).await;
        assert_eq!(first, read(&*open(two.path()), table(name), &[]).await);
        assert_eq!(first.1, Some(first.0.len() as u64));
    }
}

#[tokio::test]
async fn log_ins_of_seven_days_make_the_score() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let columns = ["user_id", "logins_last_7_days", "last_login_at", "lead_score", "last_platform"];
    let (scores, _) = read(&*warehouse, table("analytics.lead_scores"), &columns).await;
    let logins =
        "select user_id, platform, logged_in_at from app.logins where logged_in_at >= '2026-11-15T00:00:00Z'";
    let (logins, _) = read(&*warehouse, Query::Sql(logins.into()), &[]).await;
    for score in scores.iter().take(300) {
        let own: Vec<_> = logins.iter().filter(|login| login[0] == score[0]).collect();
        let platforms: std::collections::HashSet<_> = own.iter().map(|login| &login[1]).collect();
        assert_eq!(score[1], own.len().to_string());
        assert_eq!(score[3], (own.len() * 10 + platforms.len() * 5).min(100).to_string());
        match own.iter().max_by_key(|login| &login[2]) {
            Some(last) => assert_eq!((&score[2], &score[4]), (&last[2], &last[1])),
            None => assert_eq!(score[2], "∅"),
        }
    }
    assert!(scores.iter().any(|score| score[3] == "100") && scores.iter().any(|score| score[3] == "0"));
}

#[tokio::test]
async fn an_update_of_the_file_shows_in_the_view() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let before = read(&*warehouse, table("analytics.lead_scores"), &["company"]).await.0;
    let file = rusqlite::Connection::open(folder.path().join("sample.sqlite")).unwrap();
    file.execute("update leads set company = 'Acme' where lead_id in ('LEAD-00002', 'LEAD-00003')", [])
        .unwrap();
    let after = read(&*warehouse, table("analytics.lead_scores"), &["company"]).await.0;
    assert_eq!(before.iter().zip(&after).filter(|(a, b)| a != b).count(), 2);
}

#[tokio::test]
async fn every_value_is_exact_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let (rows, _) = read(&*warehouse, table("edge_cases.every_type"), &[]).await;
    let cell = |shows: &str, column: usize| {
        let row = rows.iter().find(|row| row[2].contains(shows)).unwrap_or_else(|| panic!("no {shows}"));
        row[column].clone()
    };
    assert_eq!(
        rows[0][3..],
        [
            "\"Hello\"",
            "42",
            "0.1",
            "1234.5",
            "true",
            "\"2026-11-22\"",
            "\"08:30:00\"",
            "\"2026-11-22T08:30:00Z\"",
            "{\"tags\":[\"new\",\"warm\"],\"score\":7}",
            "\"AAH+/w==\"",
            "\"untyped\""
        ]
    );
    assert!(rows[1][3..].iter().all(|cell| cell == "∅"));
    assert_eq!(cell("one beyond 2^53", 4), "\"9007199254740993\"");
    assert_eq!(cell("smallest integer", 4), "\"-9223372036854775808\"");
    assert_eq!(cell("\"Infinity", 5), "! is infinite");
    assert_eq!(cell("40 digits", 6), "\"-1234567890123456789012345.67890123456789\"");
    assert_eq!(cell("zeros at its end", 6), "10.5");
    assert_eq!(cell("not a number", 6), "! is not a number (NaN)");
    assert_eq!(cell("not UTF-8", 3), "! is not valid UTF-8 text");
    assert_eq!(cell("Broken JSON", 11), "! is not valid JSON");
    assert_eq!(cell("several code points", 3), "\"🚀 👩🏽‍💻 🇧🇷\"");
    assert_eq!(cell("2 MB", 3).len(), 2 * 1024 * 1024 + 2);
    let columns = warehouse.columns(&table("edge_cases.every_type")).await.unwrap();
    let types: Vec<_> = columns.iter().map(|column| column.logical).collect();
    assert_eq!(
        types,
        [
            T::Integer,
            T::Text,
            T::Text,
            T::Text,
            T::Integer,
            T::Number,
            T::Number,
            T::Boolean,
            T::Date,
            T::Time,
            T::Timestamp,
            T::Json,
            T::Bytes,
            T::Text
        ]
    );
}

#[tokio::test]
async fn computed_columns_have_types() {
    let folder = tempfile::tempdir().unwrap();
    let columns = open(folder.path()).columns(&table("analytics.lead_scores")).await.unwrap();
    let of = |name: &str| columns.iter().find(|c| c.name == name).unwrap().logical;
    assert_eq!(of("full_name"), ColumnType::Text);
    assert_eq!(of("lead_score"), ColumnType::Integer);
    assert_eq!(of("last_login_at"), ColumnType::Timestamp);
}

#[tokio::test]
async fn keys_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let check = |name: &'static str, key: &'static str| {
        let warehouse = &warehouse;
        async move { warehouse.key_check(&table(name), &[key.to_owned()]).await }
    };
    let messy = check("edge_cases.messy_keys", "customer_id").await.unwrap();
    assert_eq!(messy, KeyCheck { rows: 40, nulls: 3, duplicates: 4 });
    let clean = check("analytics.lead_scores", "lead_id").await.unwrap();
    assert_eq!(clean, KeyCheck { rows: 5_000, nulls: 0, duplicates: 0 });
    let empty = check("edge_cases.empty_table", "user_id").await.unwrap();
    assert_eq!(empty, KeyCheck { rows: 0, nulls: 0, duplicates: 0 });
    assert_eq!(check("crm.leads", "nope").await.unwrap_err().kind(), ErrorKind::MissingObject);
}

#[tokio::test]
async fn what_is_not_there_or_not_a_select_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let kind = |query: Query| {
        let warehouse = &warehouse;
        async move { warehouse.columns(&query).await.unwrap_err().kind() }
    };
    assert_eq!(kind(table("crm.nothing")).await, ErrorKind::MissingObject);
    assert_eq!(kind(table("crm.logins")).await, ErrorKind::MissingObject);
    for sql in [
        "delete from leads",
        "select 1; drop table leads",
        "selec 1",
        "",
        "pragma user_version = 3",
        "select 1 as a, 2 as a",
        "select * from crm.nothing",
        "select nope from crm.leads",
    ] {
        assert_eq!(kind(Query::Sql(sql.into())).await, ErrorKind::BadQuery, "{sql}");
    }
    let sql = "select l.email, count(*) as logins from crm.leads l join app.logins g using (user_id) group by 1 limit 3 -- three;";
    assert_eq!(read(&*warehouse, Query::Sql(sql.into()), &["logins"]).await.0.len(), 3);
}

#[tokio::test]
async fn two_first_uses_at_once_agree() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()), open(folder.path()));
    let (one, two) = tokio::join!(one.tables(), two.tables());
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.sqlite");
    std::fs::write(
        &path,
        b"this is no database, and long enough to be looked at by SQLite.................................",
    )
    .unwrap();
    assert_eq!(open(folder.path()).tables().await.unwrap_err().kind(), ErrorKind::Damaged);
    assert!(std::fs::read(&path).unwrap().starts_with(b"this is no"));
}

#[tokio::test]
async fn a_limit_and_an_early_end_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let limited = Read { columns: vec!["email".into()], limit: Some(7), ..Read::all(table("crm.leads")) };
    let mut rows = warehouse.read(&limited).await.unwrap();
    assert_eq!(rows.next().await.unwrap().unwrap().rows(), 7);
    assert!(rows.next().await.unwrap().is_none());
    assert_eq!(rows.server_rows(), Some(7));
    let endless =
        "with recursive n(i) as (select 1 union all select i + 1 from n limit 100000000) select i from n";
    let read = Read { limit: Some(5), ..Read::all(Query::Sql(endless.into())) };
    assert_eq!(warehouse.read(&read).await.unwrap().next().await.unwrap().unwrap().rows(), 5);
}

#[tokio::test]
async fn rows_beyond_a_cursor_come_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    for (sql, column, value, found) in [
        ("select column1 as n from (values (3), (1), (null), (2))", "n", None, vec!["1", "2", "3"]),
        ("select column1 as n from (values (3), (1), (null), (10))", "n", Some("1"), vec!["3", "10"]),
        ("select column1 as t from (values ('b'), ('it''s'), ('a'))", "t", Some("\"b\""), vec!["\"it's\""]),
    ] {
        let after = After { column: column.into(), value: value.map(Into::into) };
        let read = Read { after: Some(after), ..Read::all(Query::Sql(sql.into())) };
        let mut rows = warehouse.read(&read).await.unwrap();
        let batch = rows.next().await.unwrap().unwrap();
        let cell = |row| match batch.cell(row, 0) {
            Cell::Json(json) => String::from_utf8(json.to_vec()).unwrap(),
            other @ (Cell::Null | Cell::Unreadable(_)) => panic!("{other:?}"),
        };
        assert_eq!((0..batch.rows()).map(cell).collect::<Vec<_>>(), found, "{sql}");
        assert!(rows.next().await.unwrap().is_none());
        assert_eq!(rows.server_rows(), Some(found.len() as u64));
    }
}

#[tokio::test]
async fn the_test_passes_step_by_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut steps = Steps::new(manifest::MANIFEST.steps, &|_| {});
    open(folder.path()).check(&mut steps).await.unwrap();
    assert_eq!(steps.finish().len(), 3);
}
