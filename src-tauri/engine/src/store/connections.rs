//! Saved connections.

use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};

use super::json::{read_json, write_json};
use crate::connection::Connection;
use crate::error::{Error, ErrorKind, Result};

/// A connection and what its last test found.
#[derive(Debug, Clone)]
pub struct SavedConnection {
    /// What was saved.
    pub connection: Connection,
    /// When it was last tested, in ms.
    pub checked_at: Option<i64>,
    /// What the last test found.
    pub checked_ok: Option<bool>,
}

/// All connections, by name.
pub fn all(sqlite: &Sqlite) -> Result<Vec<SavedConnection>> {
    let mut statement = sqlite.prepare_cached(
        "select name, kind, settings, checked_at, checked_ok from connection order by name",
    )?;
    let rows = statement.query_map([], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// The connection of this name.
pub fn get(sqlite: &Sqlite, name: &str) -> Result<SavedConnection> {
    find(sqlite, name)?
        .ok_or_else(|| Error::new(ErrorKind::UnknownName, format!("There is no connection “{name}”.")))
}

/// The connection of this name, if there is one.
pub fn find(sqlite: &Sqlite, name: &str) -> Result<Option<SavedConnection>> {
    sqlite
        .prepare_cached(
            "select name, kind, settings, checked_at, checked_ok from connection where name = ?1",
        )?
        .query_row([name], |row| Ok(from_row(row)))
        .optional()?
        .transpose()
}

/// The row of the connection of this name, which stays its own whatever it is called.
pub fn id(sqlite: &Sqlite, name: &str) -> Result<Option<i64>> {
    let sql = "select id from connection where name = ?1";
    Ok(sqlite.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?)
}

/// Creates a connection, or changes the one named `existing`; syncs that use it follow a new name.
pub fn save(sqlite: &Sqlite, existing: Option<&str>, connection: &Connection) -> Result<()> {
    let settings = write_json(&connection.settings)?;
    let taken = existing != Some(&connection.name) && find(sqlite, &connection.name)?.is_some();
    if taken {
        let message = format!("There is already a connection “{}”.", connection.name);
        return Err(Error::new(ErrorKind::Conflict, message));
    }
    let Some(existing) = existing else {
        sqlite.execute(
            "insert into connection(name, kind, settings) values(?1, ?2, ?3)",
            params![connection.name, connection.kind, settings],
        )?;
        return Ok(());
    };
    let changed = sqlite.execute(
        "update connection set name = ?2, kind = ?3, settings = ?4, checked_at = null, checked_ok = null where name = ?1",
        params![existing, connection.name, connection.kind, settings],
    )?;
    if changed == 0 {
        return Err(Error::new(ErrorKind::UnknownName, format!("There is no connection “{existing}”.")));
    }
    if existing != connection.name {
        super::syncs::rename_connection(sqlite, existing, &connection.name)?;
    }
    Ok(())
}

/// Deletes a connection that no sync uses.
pub fn delete(sqlite: &Sqlite, name: &str) -> Result<()> {
    let users = super::syncs::using(sqlite, name)?;
    if !users.is_empty() {
        let message = format!("The connection “{name}” is used by {}.", users.join(", "));
        return Err(Error::new(ErrorKind::Conflict, message).with_hint("Delete or change these syncs first."));
    }
    if sqlite.execute("delete from connection where name = ?1", [name])? == 0 {
        return Err(Error::new(ErrorKind::UnknownName, format!("There is no connection “{name}”.")));
    }
    Ok(())
}

/// Notes what a test found.
pub fn checked(sqlite: &Sqlite, name: &str, at: i64, ok: bool) -> Result<()> {
    sqlite.execute(
        "update connection set checked_at = ?2, checked_ok = ?3 where name = ?1",
        params![name, at, ok],
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<SavedConnection> {
    let settings: String = row.get(2)?;
    Ok(SavedConnection {
        connection: Connection { name: row.get(0)?, kind: row.get(1)?, settings: read_json(&settings)? },
        checked_at: row.get(3)?,
        checked_ok: row.get(4)?,
    })
}
