//! The sample's file: made on first use, opened read-only.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use sluice_engine::error::{Error, ErrorKind, Result};

use super::{catalogue, make};

/// Where the sample lives.
#[derive(Clone)]
pub(super) struct SampleFile {
    path: PathBuf,
}

impl SampleFile {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("sample.sqlite") }
    }

    /// Opens the file for reading, making it first where there is none. Blocks.
    ///
    /// Each schema is the same file under another name, so that `crm.leads` works in SQL. A file that
    /// is there is never made anew, damaged or not.
    pub(super) fn open(&self) -> Result<Connection> {
        if !self.path.try_exists()? {
            make::make(&self.path)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        let path = self.path.to_str().ok_or_else(|| {
            Error::new(ErrorKind::Storage, "The data folder's path is not text SQLite can take.")
                .with_hint("Choose a data folder whose path is plain text.")
        })?;
        for schema in catalogue::SCHEMAS {
            connection.execute(&format!("attach ?1 as {schema}"), [path])?;
        }
        Ok(connection)
    }

    /// Runs `work` on an open connection, away from the async threads.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let file = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&file.open()?)).await;
        done.map_err(|stopped| {
            Error::new(ErrorKind::Bug, "Reading the sample stopped unexpectedly.").with_source(stopped)
        })?
    }
}
