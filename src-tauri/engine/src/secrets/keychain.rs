//! The operating system's keychain: Keychain Services, Windows Credential Manager, or the Secret Service.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring::Error as KeyringError;
use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi;
use zeroize::Zeroizing;

use super::parts::{self, Entries};
use super::{Secret, SecretStore};
use crate::error::{Error, ErrorKind, Result};

/// Under this service every entry stands.
const SERVICE: &str = "Sluice";
/// How long the keychain may take, most of it for the user to answer its prompt.
const LIMIT: Duration = Duration::from_secs(30);

type Store = Arc<dyn CredentialStoreApi + Send + Sync>;

/// Secrets in the operating system's keychain, as entries `<workspace>/<connection>/<setting>` of the service
/// “Sluice”.
///
/// The keychain is looked for at the first call, and again after it has failed. A call blocks while the
/// system asks the user, 30 s at most: call it where blocking is allowed.
pub struct Keychain {
    workspace: String,
    store: Mutex<Option<Store>>,
}

impl Keychain {
    /// The keychain for the data folder with this id. Nothing is reached yet.
    pub fn new(workspace_uuid: String) -> Self {
        Self { workspace: workspace_uuid, store: Mutex::new(None) }
    }

    /// Does `work` with the entries. Where the keychain was restarted since the last call, once more.
    fn with<T: Send + 'static>(
        &self,
        work: fn(&Session, &str, &Secret) -> Result<T>,
        call: &Call<'_>,
    ) -> Result<T> {
        let name = format!("{}/{}/{}", self.workspace, call.connection, call.setting);
        let known = self.store().clone();
        let was_known = known.is_some();
        match self.attempt(known, work, name.clone(), call.secret.clone()) {
            Err(error) if was_known && error.kind() == ErrorKind::Storage => {
                *self.store() = None;
                self.attempt(None, work, name, call.secret.clone())
            }
            answer => answer,
        }
    }

    /// One attempt, on a thread of its own, so that an unanswered prompt does not hold the caller for ever.
    fn attempt<T: Send + 'static>(
        &self,
        known: Option<Store>,
        work: fn(&Session, &str, &Secret) -> Result<T>,
        name: String,
        secret: Secret,
    ) -> Result<T> {
        let given_up = Arc::new(AtomicBool::new(false));
        let seen = given_up.clone();
        let (reply, answer) = sync_channel(1);
        std::thread::Builder::new().name("keychain".into()).spawn(move || {
            let done = known.map_or_else(connect, Ok).and_then(|store| {
                let session = Session { store, given_up: seen };
                let value = work(&session, &name, &secret)?;
                Ok((value, session.store))
            });
            // Nobody listens any more after the limit.
            drop(reply.send(done));
        })?;
        let (value, store) = match answer.recv_timeout(LIMIT) {
            Ok(done) => done?,
            Err(RecvTimeoutError::Timeout) => {
                given_up.store(true, Ordering::Relaxed);
                return Err(unanswered());
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::new(ErrorKind::Storage, "The keychain failed unexpectedly."));
            }
        };
        *self.store() = Some(store);
        Ok(value)
    }

    fn store(&self) -> std::sync::MutexGuard<'_, Option<Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which secret a call is about; `secret` is empty but for `set`.
struct Call<'a> {
    connection: &'a str,
    setting: &'a str,
    secret: Secret,
}

impl<'a> Call<'a> {
    fn about(connection: &'a str, setting: &'a str) -> Self {
        Self { connection, setting, secret: Secret::new([]) }
    }
}

impl SecretStore for Keychain {
    fn get(&self, connection: &str, setting: &str) -> Result<Option<Secret>> {
        self.with(|session, name, _| parts::get(session, name), &Call::about(connection, setting))
    }

    fn set(&self, connection: &str, setting: &str, secret: &Secret) -> Result<()> {
        let call = Call { secret: secret.clone(), ..Call::about(connection, setting) };
        self.with(parts::set, &call)
    }

    fn delete(&self, connection: &str, setting: &str) -> Result<()> {
        self.with(|session, name, _| parts::delete(session, name), &Call::about(connection, setting))
    }
}

/// One call's entries. After the caller has given up nothing more is read or written.
struct Session {
    store: Store,
    given_up: Arc<AtomicBool>,
}

impl Session {
    fn entry(&self, name: &str) -> Result<Entry> {
        if self.given_up.load(Ordering::Relaxed) {
            return Err(unanswered());
        }
        self.store.build(SERVICE, name, None).map_err(failure)
    }
}

impl Entries for Session {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match self.entry(name)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    fn set(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.entry(name)?.set_secret(bytes).map_err(failure)
    }

    fn delete(&self, name: &str) -> Result<()> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }
}

/// Looks for the platform's keychain.
fn connect() -> Result<Store> {
    #[cfg(target_os = "macos")]
    let found = apple_native_keyring_store::keychain::Store::new();
    #[cfg(target_os = "windows")]
    let found = windows_native_keyring_store::Store::new();
    #[cfg(not(any(target_os = "macos", target_os = "windows")))]
    let found = zbus_secret_service_keyring_store::Store::new();
    match found {
        Ok(store) => Ok(store),
        Err(error) if bus_refuses(&error) => Err(failure(error)),
        Err(error) => {
            Err(Error::new(ErrorKind::KeychainAbsent, "This computer's keychain could not be found.")
                .with_source(error))
        }
    }
}

/// What an error of the keychain means for the user.
fn failure(error: KeyringError) -> Error {
    let denied =
        bus_refuses(&error) || cfg!(target_os = "macos") && matches!(error, KeyringError::PlatformFailure(_));
    let told = if matches!(error, KeyringError::NoStorageAccess(_)) {
        // The Secret Service says the same for a prompt the user closed and for one nobody could be shown.
        Error::new(ErrorKind::KeychainLocked, "The keychain is locked.")
    } else if denied {
        // Keychain Services answers so when the user refuses, or the program's signature is another one; the
        // message bus, where it keeps this program away from the Secret Service (a confined package).
        Error::new(ErrorKind::KeychainDenied, "The keychain refused Sluice.")
    } else {
        Error::new(ErrorKind::Storage, "The keychain could not be read or written.")
            .with_hint("Check that the keychain works, then try again.")
    };
    if matches!(error, KeyringError::BadEncoding(_) | KeyringError::BadDataFormat(..)) {
        // These carry an entry's bytes.
        told
    } else {
        told.with_source(error)
    }
}

/// Whether the message bus does not let this program near the Secret Service.
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
fn bus_refuses(error: &KeyringError) -> bool {
    let mut causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.any(|cause| match cause.downcast_ref::<zbus::Error>() {
        Some(zbus::Error::MethodError(name, ..)) => *name == "org.freedesktop.DBus.Error.AccessDenied",
        Some(zbus::Error::FDO(error)) => matches!(**error, zbus::fdo::Error::AccessDenied(_)),
        Some(_) | None => matches!(cause.downcast_ref(), Some(zbus::fdo::Error::AccessDenied(_))),
    })
}

/// There is no message bus.
#[cfg(any(target_os = "macos", target_os = "windows"))]
fn bus_refuses(_: &KeyringError) -> bool {
    false
}

fn unanswered() -> Error {
    Error::new(ErrorKind::KeychainLocked, "The keychain did not answer.").with_hint(
        "Look for the system's prompt that asks to unlock the keychain, answer it, then try again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_keychain_are_told_apart() {
        let locked = KeyringError::NoStorageAccess(Box::new(KeyringError::NoEntry));
        assert_eq!(failure(locked).kind(), ErrorKind::KeychainLocked);
        assert_eq!(failure(KeyringError::TooLong("secret".into(), 2560)).kind(), ErrorKind::Storage);
    }

    #[test]
    fn an_error_never_carries_the_secret() {
        let error = failure(KeyringError::BadEncoding(b"hunter2".to_vec()));
        assert!(std::error::Error::source(&error).is_none());
    }
}
