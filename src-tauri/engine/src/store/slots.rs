//! Slots of schedules. A slot is (sync, instant) and is taken once.

use std::collections::HashSet;

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

/// The slots of a sync from `from` to `until`, in ms, that were taken.
pub fn taken(sqlite: &Sqlite, sync: i64, from: i64, until: i64) -> Result<HashSet<i64>> {
    let mut statement =
        sqlite.prepare_cached("select at from slot where sync = ?1 and at between ?2 and ?3")?;
    let found = statement.query_map(params![sync, from, until], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Gives back slots later than `now` that were listed as missed, as if nothing had been said of them. Answers with
/// the first slot, in ms, that one of these lines spoke for; it may be earlier than `now`.
pub fn give_back(sqlite: &Sqlite, sync: i64, now: i64) -> Result<Option<i64>> {
    let first = sqlite.query_row(
        "select min(started) from run where sync = ?1 and state = 9 and slot > ?2",
        params![sync, now],
        |row| row.get(0),
    )?;
    sqlite.execute(
        "delete from slot where sync = ?1 and at > ?2 and run in (select id from run where sync = ?1 and state = 9)",
        params![sync, now],
    )?;
    sqlite.execute("delete from run where sync = ?1 and state = 9 and slot > ?2", params![sync, now])?;
    Ok(first)
}
