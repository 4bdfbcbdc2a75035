//! Lists of tables.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sluice_engine::warehouse::TableKind;

use super::faults::access;
use super::scripted::{Reply, Scripted};
use super::*;

#[tokio::test]
async fn the_catalogue_lists_what_is_there() {
    let Some(server) = BigQueryServer::shared() else { return };
    server.dataset("listed");
    server.sql("create table listed.people (id int64)");
    server.sql("create view listed.grown as select id from listed.people");
    server.sql(
        "create materialized view listed.counted as select id, count(*) as n from listed.people group by id",
    );
    server.sql("create table listed.sluice_snapshot_x (id int64)");
    server.sql("create table listed.`two words` as select 7 as id");
    let warehouse = Access::to(server).open();
    let tables = warehouse.tables().await.unwrap();
    let found: Vec<_> = tables.iter().filter(|table| table.name.schema == "listed").collect();
    let shown: Vec<_> = found.iter().map(|table| (table.name.name.as_str(), table.kind)).collect();
    assert_eq!(
        shown,
        [
            ("counted", TableKind::MaterializedView),
            ("grown", TableKind::View),
            ("people", TableKind::Table),
            ("two words", TableKind::Table),
        ]
    );
    let listed = Query::Table(found[3].name.clone());
    assert_eq!(rows(&*warehouse, &all(listed)).await, [["7"]]);
}

/// Pages have tokens (<https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/list>).
#[tokio::test]
async fn ten_thousand_tables_and_more_are_listed() {
    let list = |dataset: &str, tables: std::ops::Range<usize>, token: Option<&str>| {
        let tables: Value = tables
            .map(|i| json!({ "tableReference": { "projectId": "demo", "datasetId": dataset, "tableId": format!("t{i:05}") }, "type": "TABLE" }))
            .collect();
        let mut page = json!({ "tables": tables });
        if let Some(token) = token {
            page["nextPageToken"] = token.into();
        }
        Some(Reply::Json(200, page))
    };
    let server = Scripted::start(move |asked| match asked.path.rsplit_once("/datasets") {
        Some((_, "")) => {
            let dataset =
                |name: &str| json!({ "datasetReference": { "projectId": "demo", "datasetId": name } });
            Some(Reply::Json(200, json!({ "datasets": [dataset("a"), dataset("b")] })))
        }
        Some((_, "/a/tables")) if asked.query.contains("pageToken=second") => {
            list("a", 5_000..10_000, Some("third"))
        }
        Some((_, "/a/tables")) if asked.query.contains("pageToken=third") => list("a", 10_000..12_345, None),
        Some((_, "/a/tables")) => list("a", 0..5_000, Some("second")),
        Some((_, "/b/tables")) => list("b", 0..7, None),
        _ => None,
    })
    .await;
    let tables = access(&server).open().tables().await.unwrap();
    let names: BTreeSet<String> = tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!((tables.len(), names.len()), (12_352, 12_352));
    assert!(names.contains("a.t12344") && names.contains("b.t00006"));
}
