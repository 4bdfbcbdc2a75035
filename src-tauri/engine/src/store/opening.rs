//! Opening the database: what is refused, what is checked, what is brought up to date.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::owner::{Claim, Owner};
use super::{Usage, backup, make_private, make_private_folder, schema};
use crate::error::{Error, ErrorKind, Result};

/// Lies in every data folder that was ever used, so that a database that vanished is missed.
const MARK: &str = "in-use.txt";
const MARK_TEXT: &str = "Sluice keeps its data in this folder; sluice.sqlite is the database.\n\
    As long as this file is here, a missing database is reported and not made anew.\n";

/// Where the database of a data folder is.
pub(super) fn database(home: &Path) -> PathBuf {
    home.join("sluice.sqlite")
}

/// The write-ahead log of a database.
pub(super) fn log(database: &Path) -> PathBuf {
    database.with_extension("sqlite-wal")
}

/// Opens the database for writing. An owner gets its claim.
pub(super) fn open(home: &Path, usage: Usage) -> Result<(Connection, Option<Claim>)> {
    make_private_folder(home)?;
    let path = database(home);
    let used = was_used(home);
    if !path.exists() && (used || log(&path).exists()) {
        return Err(gone("The database of this data folder is gone."));
    }
    let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    make_private(&path)?;
    let newest = schema::MIGRATIONS.len();
    // A guest beside an owner of an older Sluice must not change what that one works with.
    let guest_behind = usage == Usage::Guest && version(&connection)? < newest;
    let alone = if guest_behind { Some(Owner::take(home)?) } else { None };
    let version = version(&connection)?;
    if version > newest {
        return Err(Error::new(ErrorKind::NewerDatabase, "The data folder was written by a newer Sluice."));
    }
    if version == 0 && !is_empty(&connection)? {
        return Err(Error::new(ErrorKind::Damaged, "The data folder's database is not one of Sluice's."));
    }
    if version == 0 && used {
        return Err(gone("The database of this data folder is empty."));
    }
    if usage == Usage::Owner && version > 0 && !was_closed(&connection)? {
        check(&connection)?;
    }
    migrate(&connection, home, version)?;
    drop(alone);
    if !used {
        mark_used(home)?;
    }
    let claim = if usage == Usage::Owner { Some(Claim::stake(&connection)?) } else { None };
    Ok((connection, claim))
}

/// A connection set up as Sluice needs it.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        connection.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
        connection.execute_batch(
            "pragma synchronous = full; pragma fullfsync = on; pragma wal_autocheckpoint = 0; pragma cache_size = -8000;",
        )?;
    } else {
        connection.execute_batch("pragma cache_size = -8000")?;
    }
    Ok(connection)
}

/// Looks through the whole file for damage.
pub(super) fn check(connection: &Connection) -> Result<()> {
    let found: String = connection.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::Damaged, "Sluice's database file is damaged."))
    }
}

/// The version of the database's tables.
pub(super) fn version(connection: &Connection) -> Result<usize> {
    Ok(connection.query_row("pragma user_version", [], |row| row.get(0))?)
}

fn is_empty(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("select count(*) = 0 from sqlite_schema", [], |row| row.get(0))?)
}

fn was_closed(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("select clean from workspace", [], |row| row.get(0))?)
}

fn migrate(connection: &Connection, home: &Path, version: usize) -> Result<()> {
    if version > 0 && version < schema::MIGRATIONS.len() {
        backup::before_version(home, version + 1)?;
    }
    for (index, migration) in schema::MIGRATIONS.iter().enumerate().skip(version) {
        connection.execute_batch(&format!(
            "begin immediate; {migration}; pragma user_version = {}; commit;",
            index + 1
        ))?;
    }
    Ok(())
}

/// Something in the folder says that Sluice kept data in it.
fn was_used(home: &Path) -> bool {
    home.join(MARK).exists() || backup::any(home)
}

fn mark_used(home: &Path) -> Result<()> {
    let mark = home.join(MARK);
    fs::write(&mark, MARK_TEXT)?;
    fs::File::open(&mark)?.sync_all()?;
    make_private(&mark)
}

fn gone(message: &str) -> Error {
    Error::new(ErrorKind::Damaged, message)
        .with_safe("No new one was made in its place, and nothing was sent.")
        .with_hint("Put sluice.sqlite back, or restore the newest of the data folder's backups.")
}
