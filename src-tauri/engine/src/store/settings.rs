//! The user's settings, by key.

use rusqlite::{Connection as Sqlite, OptionalExtension};

use crate::error::Result;

/// A setting's value.
pub fn get(sqlite: &Sqlite, key: &str) -> Result<Option<String>> {
    Ok(sqlite.query_row("select value from setting where key = ?1", [key], |row| row.get(0)).optional()?)
}

/// Keeps a setting.
pub fn set(sqlite: &Sqlite, key: &str, value: &str) -> Result<()> {
    sqlite.execute(
        "insert into setting values(?1, ?2) on conflict(key) do update set value = ?2",
        [key, value],
    )?;
    Ok(())
}
