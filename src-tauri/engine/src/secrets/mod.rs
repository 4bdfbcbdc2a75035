//! Secrets: in the keychain, or given by the environment; nowhere else.

mod keychain;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod parts;

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};

pub use keychain::Keychain;
#[cfg(any(test, feature = "testing"))]
pub use memory::MemorySecrets;

/// A secret's bytes. Never printed; wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<Vec<u8>>>);

impl Secret {
    /// Wraps the bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Arc::new(Zeroizing::new(bytes.into())))
    }

    /// The bytes, for the one place that sends them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The secret as text, for the one place that sends it.
    pub fn expose_text(&self) -> Result<&str> {
        std::str::from_utf8(&self.0)
            .map_err(|_| Error::new(ErrorKind::BadSettings, "A secret of this connection is not text."))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where secrets are kept. Calls may block while the system asks the user.
pub trait SecretStore: Send + Sync {
    /// The secret, if it is there.
    fn get(&self, connection: &str, setting: &str) -> Result<Option<Secret>>;

    /// Keeps a secret, in place of an earlier one.
    fn set(&self, connection: &str, setting: &str, secret: &Secret) -> Result<()>;

    /// Forgets a secret; one that is not there is no error.
    fn delete(&self, connection: &str, setting: &str) -> Result<()>;
}

/// The environment variable that gives a secret on machines without a keychain, and wins over it:
/// `SLUICE_SECRET_<CONNECTION>_<SETTING>` in upper case, every other character `_`.
pub fn environment_variable(connection: &str, setting: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
    };
    format!("SLUICE_SECRET_{}_{}", plain(connection), plain(setting))
}

/// The secret the environment gives, if any.
pub fn from_environment(connection: &str, setting: &str) -> Option<Secret> {
    std::env::var_os(environment_variable(connection, setting))
        .map(|value| Secret::new(value.into_encoded_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_spelled_as_the_contract_says() {
        assert_eq!(
            environment_variable("shop-warehouse 2", "password"),
            "SLUICE_SECRET_SHOP_WAREHOUSE_2_PASSWORD"
        );
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert!(!format!("{:?}", Secret::new("hunter2")).contains("hunter2"));
    }
}
