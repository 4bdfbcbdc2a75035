//! Slots of schedules. A slot is (sync, instant) and is taken once.

use rusqlite::{Connection as Sqlite, params};

use crate::error::Result;

/// Takes the slot for `run`; false where it was taken before.
pub fn take(sqlite: &Sqlite, sync: i64, at: i64, run: i64) -> Result<bool> {
    let taken = sqlite.execute("insert or ignore into slot values(?1, ?2, ?3)", params![sync, at, run])?;
    Ok(taken == 1)
}

/// The slot was taken before.
pub fn is_taken(sqlite: &Sqlite, sync: i64, at: i64) -> Result<bool> {
    let mut statement =
        sqlite.prepare_cached("select exists(select 1 from slot where sync = ?1 and at = ?2)")?;
    Ok(statement.query_row(params![sync, at], |row| row.get(0))?)
}
