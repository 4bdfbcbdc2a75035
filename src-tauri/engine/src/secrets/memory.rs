//! Secrets in memory, for tests.

use std::collections::HashMap;
use std::sync::Mutex;

use super::{Secret, SecretStore};
use crate::error::{Error, Result};

/// Keeps secrets until it is dropped; can be told to fail.
#[derive(Default)]
pub struct MemorySecrets {
    kept: Mutex<HashMap<(String, String), Secret>>,
    failure: Mutex<Option<Error>>,
}

impl MemorySecrets {
    /// From now on every call fails with `error`, or works again with `None`.
    pub fn fail_with(&self, error: Option<Error>) {
        *self.failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = error;
    }

    fn check(&self) -> Result<()> {
        match &*self.failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Secret>> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl SecretStore for MemorySecrets {
    fn get(&self, connection: &str, setting: &str) -> Result<Option<Secret>> {
        self.check()?;
        Ok(self.kept().get(&(connection.to_owned(), setting.to_owned())).cloned())
    }

    fn set(&self, connection: &str, setting: &str, secret: &Secret) -> Result<()> {
        self.check()?;
        self.kept().insert((connection.to_owned(), setting.to_owned()), secret.clone());
        Ok(())
    }

    fn delete(&self, connection: &str, setting: &str) -> Result<()> {
        self.check()?;
        self.kept().remove(&(connection.to_owned(), setting.to_owned()));
        Ok(())
    }
}
