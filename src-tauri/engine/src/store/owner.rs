//! Who owns a data folder: one process at a time.
//!
//! A lock of the operating system keeps a second owner out. Where it does not hold, as on some network drives,
//! the epoch does: every owner raises it, every transaction of an owner checks it, and an owner that finds
//! another's has lost the folder and stops.

use std::fs::File;
use std::path::Path;

use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind, Result};

/// Takes the lock of the data folder `home`; it is held until the file is dropped or the process ends.
///
/// A folder whose lock another process holds is [`ErrorKind::InUse`].
pub fn lock(home: &Path) -> Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(home.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Error::new(ErrorKind::InUse, "Another Sluice is using this data folder."))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}

/// An owner's claim to the data folder.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    epoch: i64,
    lost: CancellationToken,
}

impl Claim {
    /// Makes this process the owner: whoever was it before finds out at its next transaction.
    pub(super) fn stake(connection: &Connection) -> Result<Self> {
        let sql = "update workspace set epoch = epoch + 1, clean = 0 returning epoch";
        let epoch = connection.query_row(sql, [], |row| row.get(0))?;
        Ok(Self { epoch, lost: CancellationToken::new() })
    }

    /// Refuses what a process wants to do that is the owner no more.
    pub(super) fn check(&self, connection: &Connection) -> Result<()> {
        let epoch: i64 =
            connection.prepare_cached("select epoch from workspace")?.query_row([], |row| row.get(0))?;
        if epoch == self.epoch {
            return Ok(());
        }
        self.lost.cancel();
        Err(lost())
    }

    /// Cancelled once the folder is known to be lost.
    pub(super) fn lost(&self) -> &CancellationToken {
        &self.lost
    }
}

/// What a process is told that is the owner no more.
pub fn lost() -> Error {
    Error::new(ErrorKind::InUse, "Another Sluice has taken over this data folder.")
        .with_safe("This one stopped; the other goes on from where it was.")
        .with_hint("Quit this one, and keep the data folder on a disk of this computer.")
}
