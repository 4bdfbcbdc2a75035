//! What tests ask of a warehouse, and what it answers as text.
//!
//! Include it with `#[path = "../asking/mod.rs"] mod asking;`.
#![allow(dead_code, clippy::unwrap_used)]

mod comparing;

use sluice_engine::error::Result;
use sluice_engine::sync::Query;
use sluice_engine::value::{Cell, RowBatch};
use sluice_engine::warehouse::{Read, Warehouse};

pub(crate) use self::comparing::{Asking, rest};

pub(crate) fn table(name: &str) -> Query {
    Query::Table(name.parse().unwrap())
}

pub(crate) fn sql(text: &str) -> Query {
    Query::Sql(text.to_owned())
}

pub(crate) fn all(query: Query) -> Read {
    Read::all(query)
}

/// A cell as text: JSON, `∅`, or `!` and the reason.
pub(crate) fn shown(batch: &RowBatch, row: usize, column: usize) -> String {
    match batch.cell(row, column) {
        Cell::Null => "∅".to_owned(),
        Cell::Json(json) => {
            serde_json::from_slice::<serde::de::IgnoredAny>(json).unwrap();
            String::from_utf8(json.to_vec()).unwrap()
        }
        Cell::Unreadable(reason) => format!("! {reason}"),
    }
}

/// Reads to the end; the rows, and how many the server counted.
pub(crate) async fn read_all(
    warehouse: &dyn Warehouse,
    read: &Read,
) -> Result<(Vec<Vec<String>>, Option<u64>)> {
    let mut rows = warehouse.read(read).await?;
    let mut all = Vec::new();
    while let Some(batch) = rows.next().await? {
        for row in 0..batch.rows() {
            all.push((0..batch.columns().len()).map(|column| shown(&batch, row, column)).collect());
        }
    }
    Ok((all, rows.server_rows()))
}

/// Reads to the end, and asserts that the server counted as many rows.
pub(crate) async fn rows(warehouse: &dyn Warehouse, read: &Read) -> Vec<Vec<String>> {
    let (all, counted) = read_all(warehouse, read).await.unwrap();
    assert_eq!(counted, Some(all.len() as u64));
    all
}
