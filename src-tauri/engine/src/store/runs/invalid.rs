//! Rows that could not become records.

use rusqlite::{Connection as Sqlite, params};

use super::super::causes;
use super::super::json::read_json;
use super::Problem;
use crate::error::Result;

/// A row that could not become a record.
#[derive(Debug, Clone)]
pub struct InvalidRow {
    /// Which row of the read, from 1.
    pub row: u64,
    /// Its key, if it has one.
    pub key: Option<String>,
    /// Why.
    pub problem: Problem,
}

/// Keeps the reason of an invalid row.
pub fn add_invalid(sqlite: &Sqlite, run: i64, invalid: &InvalidRow) -> Result<()> {
    let problem = invalid.problem.to_json()?;
    let cause = causes::of(sqlite, &problem)?;
    sqlite
        .prepare_cached(
            "insert into invalid_row(run, row, key, problem, cause) values(?1, ?2, ?3, ?4, ?5)
             on conflict(run, row) do update set key = ?3, problem = ?4, cause = ?5",
        )?
        .execute(params![run, invalid.row, invalid.key, problem, cause])?;
    Ok(())
}

/// Kept reasons of a run's invalid rows, in the order read.
pub fn invalid_rows(sqlite: &Sqlite, run: i64) -> Result<Vec<InvalidRow>> {
    let mut statement =
        sqlite.prepare_cached("select row, key, problem from invalid_row where run = ?1 order by row")?;
    let mut rows = statement.query([run])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let problem: String = row.get(2)?;
        found.push(InvalidRow { row: row.get(0)?, key: row.get(1)?, problem: read_json(&problem)? });
    }
    Ok(found)
}
