//! What an undo notes beside its records.

use rusqlite::{Connection as Sqlite, params};
use serde::{Deserialize, Serialize};

use super::super::json::{read_json, write_json};
use crate::error::Result;

/// A field that an undo left alone in records of which it put back others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldLeft {
    /// Its name in the destination.
    pub field: String,
    /// Why, in a sentence.
    pub reason: String,
    /// In how many records.
    pub records: u64,
}

/// Notes which run this one takes back.
pub fn set_undoes(sqlite: &Sqlite, run: i64, undoes: i64) -> Result<()> {
    sqlite.execute("update run set undoes = ?2 where id = ?1", [run, undoes])?;
    Ok(())
}

/// Notes what a sealed undo left alone and, where it was to take back some records alone, the key hashes of those it found as
/// they were before.
pub fn set_undone(
    sqlite: &Sqlite,
    run: i64,
    left_alone: &[FieldLeft],
    as_before: Option<&[u64]>,
) -> Result<()> {
    let as_before = as_before.map(|hashes| write_json(&hashes)).transpose()?;
    let sql = "update run set left_alone = ?2, as_before = ?3 where id = ?1";
    sqlite.prepare_cached(sql)?.execute(params![run, write_json(&left_alone)?, as_before])?;
    Ok(())
}

/// Key hashes of records that an undo of some found as they were before.
pub fn as_before(sqlite: &Sqlite, run: i64) -> Result<Vec<u64>> {
    let sql = "select as_before from run where id = ?1";
    let text: Option<String> = sqlite.prepare_cached(sql)?.query_row([run], |row| row.get(0))?;
    Ok(text.as_deref().map(read_json).transpose()?.unwrap_or_default())
}

/// An undo was to take back some records alone.
pub fn is_of_some(sqlite: &Sqlite, undo: i64) -> Result<bool> {
    let sql = "select as_before is not null from run where id = ?1";
    Ok(sqlite.prepare_cached(sql)?.query_row([undo], |row| row.get(0))?)
}

/// The runs that were to take back this one, newest first.
pub fn undos_of(sqlite: &Sqlite, run: i64) -> Result<Vec<i64>> {
    let mut statement = sqlite.prepare_cached("select id from run where undoes = ?1 order by id desc")?;
    let rows = statement.query_map([run], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
