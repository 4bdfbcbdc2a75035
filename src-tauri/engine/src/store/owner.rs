//! Who changes the data folder: one process at a time, its owner.
//!
//! A lock of the operating system keeps a second owner out. Where it does not hold, as on some network drives,
//! the epoch does: every owner raises it, every transaction of an owner checks it, and an owner that finds
//! another's has lost the folder and stops.

use std::fs::{File, TryLockError};
use std::path::Path;

use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind, Result};

/// Held while this process owns a data folder. The system lets go of it however the process ends.
#[derive(Debug)]
pub struct Owner {
    _lock: File,
}

impl Owner {
    /// Makes this process the owner of `home`. Where another one is, that is [`ErrorKind::InUse`].
    pub fn take(home: &Path) -> Result<Self> {
        let lock = File::options().create(true).truncate(false).read(true).write(true).open(path(home))?;
        loop {
            if is_free(lock.try_lock())? {
                return Ok(Self { _lock: lock });
            }
            // Who only looks for an owner shares the lock for a moment; an owner shares it with nobody.
            if !is_free(lock.try_lock_shared())? {
                return Err(Error::new(ErrorKind::InUse, "Another Sluice is using this data folder."));
            }
            lock.unlock()?;
        }
    }

    /// A process owns `home`; not to be asked by the owner itself.
    pub fn is_there(home: &Path) -> Result<bool> {
        match File::options().read(true).open(path(home)) {
            Ok(lock) => Ok(!is_free(lock.try_lock_shared())?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
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
        // Not with `returning`: a statement that hands out a row commits after it, where nobody hears of a full disk.
        connection.execute("update workspace set epoch = epoch + 1, clean = 0", [])?;
        let epoch = connection.query_row("select epoch from workspace", [], |row| row.get(0))?;
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

fn path(home: &Path) -> std::path::PathBuf {
    home.join("lock")
}

fn is_free(locked: std::result::Result<(), TryLockError>) -> Result<bool> {
    match locked {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
