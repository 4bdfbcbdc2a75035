//! Who changes the data folder: one process at a time, its owner.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// Held while this process owns a data folder. The system lets go of it however the process ends.
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
