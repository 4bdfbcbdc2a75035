//! What Sluice remembers, in one SQLite database in the data folder.
//!
//! One thread writes ([`Store::write`]), readers have connections of their own. Each file here holds one
//! subject: its rows and the statements on them.

mod about;
pub mod alerts;
pub mod backup;
pub mod causes;
pub mod connections;
pub mod drafts;
pub mod events;
pub mod exchanges;
pub mod fingerprints;
mod json;
pub mod marks;
mod opening;
pub mod outbox;
pub mod owner;
pub(crate) mod packed;
pub mod retention;
pub mod runs;
mod schema;
pub mod seal;
pub(crate) mod search;
pub mod settings;
pub mod slots;
pub mod syncs;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};
use tokio_util::sync::CancellationToken;

/// A database connection, as jobs of [`Store::write`] and [`Store::read`] get it.
pub use rusqlite::Connection as Sqlite;
/// The version of SQLite in this program.
pub use rusqlite::version as sqlite_version;

use crate::error::{Error, ErrorKind, Result};

use owner::Claim;
use writer::Haste;
pub use writer::Written;

/// SQLite before this has a race that can lose committed writes (sqlite.org/changes.html, 3.51.3).
const OLDEST_SQLITE: i32 = 3_051_003;

/// What a process does with the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// It runs syncs, and holds the folder's [lock](owner::Owner).
    Owner,
    /// It looks, beside an owner that may be at work.
    Guest,
}

/// What can be said of the database without a look at what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// The version of its tables.
    pub version: usize,
    /// Its size in bytes, without its log.
    pub bytes: u64,
}

/// The open database.
pub struct Store {
    path: PathBuf,
    usage: Usage,
    claim: Option<Claim>,
    writer: writer::Writer,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the database in `home`, making or migrating it. Before a migration a verified backup is made.
    ///
    /// A newer database is refused ([`ErrorKind::NewerDatabase`]); a file that can not be read, or is not there
    /// although the folder was used, is [`ErrorKind::Damaged`], and never taken for a fresh start.
    pub fn open(home: &Path, usage: Usage) -> Result<Self> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(Error::new(ErrorKind::Bug, "This build has a SQLite that is too old."));
        }
        let (connection, claim) = opening::open(home, usage)?;
        let path = opening::database(home);
        let writer = writer::Writer::start(connection, opening::log(&path), claim.clone())?;
        Ok(Self { path, usage, claim, writer, readers: Mutex::new(Vec::new()) })
    }

    /// What this process does with the data folder.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// For an owner: an error once another process has taken the data folder over.
    pub fn check_owned(&self) -> Result<()> {
        self.claim.as_ref().map_or(Ok(()), |claim| self.read(|sqlite| claim.check(sqlite)))
    }

    /// Cancelled once it is known that another process has taken the data folder over; see [`owner::lost`].
    pub fn lost(&self) -> CancellationToken {
        self.claim.as_ref().map_or_else(CancellationToken::new, |claim| claim.lost().clone())
    }

    /// Queues a write; the answer is there once it is on disk.
    pub fn write<T, F>(&self, job: F) -> Written<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.writer.submit(Haste::Now, job)
    }

    /// Queues a write that nobody waits for now: it may wait a little for others to be committed with.
    pub fn write_soon<T, F>(&self, job: F) -> Written<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.writer.submit(Haste::Soon, job)
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
        opening::connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// Notes that everything was written; the next start need not check the file.
    pub fn close(&self) -> Result<()> {
        self.write(|connection| {
            connection.execute("update workspace set clean = 1", [])?;
            Ok(())
        })
        .wait()
    }

    /// The figures of the database.
    pub fn figures(&self) -> Result<Figures> {
        let size = "select page_count * page_size from pragma_page_count, pragma_page_size";
        self.read(|connection| {
            let bytes = connection.query_row(size, [], |row| row.get(0))?;
            Ok(Figures { version: opening::version(connection)?, bytes })
        })
    }

    /// An id of this data folder, under which the keychain keeps its secrets.
    pub fn uuid(&self) -> Result<String> {
        self.read(|connection| Ok(connection.query_row("select uuid from workspace", [], |row| row.get(0))?))
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

/// A new id for life.
pub fn new_uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}
