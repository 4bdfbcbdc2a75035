//! What Sluice remembers, in one SQLite database in the data folder.
//!
//! One thread writes ([`Store::write`]), readers have connections of their own. Each file here holds one
//! subject: its rows and the statements on them.

pub mod connections;
pub mod drafts;
pub mod events;
pub mod exchanges;
pub mod fingerprints;
pub mod outbox;
pub mod owner;
pub(crate) mod packed;
pub mod runs;
mod schema;
mod search;
pub mod settings;
pub mod slots;
pub mod syncs;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};

/// A database connection, as jobs of [`Store::write`] and [`Store::read`] get it.
pub use rusqlite::Connection as Sqlite;

use crate::error::{Error, ErrorKind, Result};

pub use writer::Written;

/// SQLite before this has a race that can lose committed writes (sqlite.org/changes.html, 3.51.3).
const OLDEST_SQLITE: i32 = 3_051_003;

/// What a process does with the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// It runs syncs, and holds the folder's lock.
    Owner,
    /// It looks, beside an owner that may be at work.
    Guest,
}

/// The open database.
pub struct Store {
    path: PathBuf,
    usage: Usage,
    writer: writer::Writer,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the database in `home`, making or migrating it. Before a migration a verified backup is made.
    ///
    /// A newer database is refused ([`ErrorKind::NewerDatabase`]); a file that can not be read is
    /// [`ErrorKind::Damaged`], and never taken for a fresh start.
    pub fn open(home: &Path, usage: Usage) -> Result<Self> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(Error::new(ErrorKind::Bug, "This build has a SQLite that is too old."));
        }
        make_private_folder(home)?;
        let path = home.join("sluice.sqlite");
        let existed = path.exists();
        let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        make_private(&path)?;
        migrate(&connection, home, existed)?;
        if usage == Usage::Owner {
            let clean: bool = connection.query_row("select clean from workspace", [], |row| row.get(0))?;
            if !clean {
                check(&connection)?;
            }
            connection.execute("update workspace set clean = 0", [])?;
        }
        let writer = writer::Writer::start(connection, path.with_extension("sqlite-wal"))?;
        Ok(Self { path, usage, writer, readers: Mutex::new(Vec::new()) })
    }

    /// What this process does with the data folder.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// Queues a write; the answer is there once it is on disk.
    pub fn write<T, F>(&self, job: F) -> Written<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.writer.submit(job)
    }

    /// Reads with a connection of its own.
    pub fn read<T>(&self, job: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let pooled = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match pooled {
            Some(connection) => connection,
            None => self.reader()?,
        };
        let result = job(&connection);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }

    /// A reading connection to keep, for long walks.
    pub fn reader(&self) -> Result<Connection> {
        connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// Notes that everything was written; the next start need not check the file.
    pub fn close(&self) -> Result<()> {
        self.write(|connection| {
            connection.execute("update workspace set clean = 1", [])?;
            Ok(())
        })
        .wait()
    }

    /// An id of this data folder, under which the keychain keeps its secrets.
    pub fn uuid(&self) -> Result<String> {
        self.read(|connection| Ok(connection.query_row("select uuid from workspace", [], |row| row.get(0))?))
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
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

fn migrate(connection: &Connection, home: &Path, existed: bool) -> Result<()> {
    let version: usize = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    let newest = schema::MIGRATIONS.len();
    if version > newest {
        return Err(Error::new(ErrorKind::NewerDatabase, "The data folder was written by a newer Sluice."));
    }
    if existed && version == 0 && !is_empty(connection)? {
        return Err(Error::new(ErrorKind::Damaged, "The data folder's database is not one of Sluice's."));
    }
    if version > 0 && version < newest {
        back_up(connection, home, version)?;
    }
    for (index, migration) in schema::MIGRATIONS.iter().enumerate().skip(version) {
        connection.execute_batch(&format!(
            "begin immediate; {migration}; pragma user_version = {}; commit;",
            index + 1
        ))?;
    }
    Ok(())
}

fn is_empty(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("select count(*) = 0 from sqlite_schema", [], |row| row.get(0))?)
}

fn back_up(connection: &Connection, home: &Path, version: usize) -> Result<()> {
    let folder = home.join("backups");
    make_private_folder(&folder)?;
    let path = folder.join(format!("before-version-{}.sqlite", version + 1));
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    let text =
        path.to_str().ok_or_else(|| Error::new(ErrorKind::Storage, "The data folder's path is not text."))?;
    connection.execute("vacuum into ?1", [text])?;
    make_private(&path)?;
    check(&connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

fn check(connection: &Connection) -> Result<()> {
    let found: String = connection.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::Damaged, "Sluice's database file is damaged."))
    }
}

/// Makes a folder only its owner can open.
pub fn make_private_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn make_private(file: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// `text` read as JSON; what Sluice wrote itself and can not read is damage.
fn read_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::new(ErrorKind::Damaged, "A stored entry can not be read.").with_source(error))
}

fn write_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Bug, "An entry could not be stored.").with_source(error))
}

/// A new id for life.
pub fn new_uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}
