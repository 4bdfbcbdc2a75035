//! A listing longer than one answer.

use serde_json::{Value, json};

use super::super::script::{Scripted, column, json_result, refusal, success};
use super::super::*;

#[tokio::test]
async fn ten_thousand_tables_and_more_are_listed() {
    let objects = |schema: &str, names: std::ops::Range<usize>| -> Value {
        let columns = json!([
            column("name", "text", None),
            column("database_name", "text", None),
            column("schema_name", "text", None),
            column("kind", "text", None),
            column("rows", "fixed", Some(0))
        ]);
        let rows: Value = names.map(|i| json!([format!("T{i:06}"), "SHOP", schema, "TABLE", "5"])).collect();
        json_result(&columns, &rows)
    };
    let server = Scripted::start(move |got| {
        let sql = got.sql();
        let data = if sql.starts_with("SHOW OBJECTS IN DATABASE") {
            objects("A", 0..10_000)
        } else if sql.starts_with("SHOW TERSE SCHEMAS") {
            let columns = json!([column("name", "text", None), column("database_name", "text", None)]);
            // More schemas than one answer has: those behind the first page are empty, but for the last.
            let names =
                |names: Vec<String>| names.into_iter().map(|name| json!([name, "SHOP"])).collect::<Value>();
            let fillers = (0..9_998).map(|i| format!("EMPTY{i:06}"));
            match sql.split_once(" FROM ") {
                None => json_result(
                    &columns,
                    &names(
                        ["A".to_owned(), "INFORMATION_SCHEMA".to_owned()]
                            .into_iter()
                            .chain(fillers)
                            .collect(),
                    ),
                ),
                Some((_, "'EMPTY009997'")) => json_result(&columns, &names(vec!["B".to_owned()])),
                Some(_) => json_result(&columns, &json!([])),
            }
        } else if sql.contains(".\"EMPTY000005\"") {
            // Dropped between the list of schemas and that of its tables.
            let message = "SQL compilation error:\nObject does not exist, or operation cannot be performed.";
            return Some(refusal("002043", "02000", message));
        } else if sql.contains(".\"EMPTY") {
            objects("", 0..0)
        } else if sql.starts_with("SHOW OBJECTS IN SCHEMA \"SHOP\".\"A\"") {
            match sql.split_once(" FROM ") {
                None => objects("A", 0..10_000),
                Some((_, "'T009999'")) => objects("A", 10_000..12_345),
                Some(_) => objects("A", 0..0),
            }
        } else if sql.starts_with("SHOW OBJECTS IN SCHEMA \"SHOP\".\"B\"") {
            objects("B", 0..7)
        } else if sql.starts_with("SHOW MATERIALIZED VIEWS IN DATABASE") {
            objects("A", 0..10_000)
        } else if sql.starts_with("SHOW MATERIALIZED VIEWS IN SCHEMA \"SHOP\".\"A\"") {
            objects("A", 0..1)
        } else if sql.starts_with("SHOW MATERIALIZED VIEWS IN SCHEMA \"SHOP\".\"B\"") {
            objects("B", 3..4)
        } else {
            return None;
        };
        Some(success(&data))
    })
    .await;
    let tables = Access::at(&server.url, "SHOP").open().tables().await.unwrap();
    assert_eq!(tables.len(), 12_352);
    let kinds =
        tables.iter().filter(|table| table.kind == sluice_engine::warehouse::TableKind::MaterializedView);
    assert_eq!(kinds.count(), 2, "the kinds of a list longer than one answer are told too");
    let of_b = tables.iter().find(|table| table.name.to_string() == "B.T000003").unwrap();
    assert_eq!((of_b.kind, of_b.rows), (sluice_engine::warehouse::TableKind::MaterializedView, None));
    assert_eq!(tables.iter().find(|table| table.name.to_string() == "B.T000004").unwrap().rows, Some(5));
}
