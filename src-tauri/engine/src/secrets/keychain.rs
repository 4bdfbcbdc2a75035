//! The operating system's keychain.

use super::{Secret, SecretStore};
use crate::error::Result;

/// Secrets in the operating system's keychain.
pub struct Keychain;

impl SecretStore for Keychain {
    fn get(&self, _: &str, _: &str) -> Result<Option<Secret>> {
        unimplemented!()
    }
    fn set(&self, _: &str, _: &str, _: &Secret) -> Result<()> {
        unimplemented!()
    }
    fn delete(&self, _: &str, _: &str) -> Result<()> {
        unimplemented!()
    }
}
