//! What came of comparing every record of a run, kept with its row.

use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::store::json::{read_json, write_json};

/// Keeps what came of it so far.
pub fn set_review(sqlite: &Sqlite, run: i64, review: &impl Serialize) -> Result<()> {
    let sql = "update run set review = ?2 where id = ?1";
    sqlite.prepare_cached(sql)?.execute(params![run, write_json(review)?])?;
    Ok(())
}

/// What came of it; `None` where nothing was compared.
pub fn review<T: DeserializeOwned>(sqlite: &Sqlite, run: i64) -> Result<Option<T>> {
    let sql = "select review from run where id = ?1";
    let text: Option<Option<String>> =
        sqlite.prepare_cached(sql)?.query_row([run], |row| row.get(0)).optional()?;
    text.flatten().as_deref().map(read_json).transpose()
}

/// The same of the newest run of the sync before this one that has any.
pub fn review_before<T: DeserializeOwned>(sqlite: &Sqlite, sync: i64, run: i64) -> Result<Option<T>> {
    let sql =
        "select review from run where sync = ?1 and id < ?2 and review is not null order by id desc limit 1";
    let text: Option<String> =
        sqlite.prepare_cached(sql)?.query_row([sync, run], |row| row.get(0)).optional()?;
    text.as_deref().map(read_json).transpose()
}
