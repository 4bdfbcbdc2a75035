//! Slots of schedules. A slot is (sync, instant) and is taken once.

use rusqlite::{Connection as Sqlite, params};

use crate::error::Result;

/// Takes the slot for `run`; false where it was taken before.
pub fn take(sqlite: &Sqlite, sync: i64, at: i64, run: i64) -> Result<bool> {
    let taken = sqlite.execute("insert or ignore into slot values(?1, ?2, ?3)", params![sync, at, run])?;
    Ok(taken == 1)
}
