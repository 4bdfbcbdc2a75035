//! Opening connections: their settings, their secrets, and what is said where secrets are missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use crate::connection::{Connection, KeptSecrets, Opening, checked_settings, is_shown};
use crate::destination::Destination;
use crate::error::{Error, ErrorKind, Result};
use crate::secrets::{Secret, SecretStore, environment_variable, from_environment};
use crate::store::connections;
use crate::sync::Query;
use crate::warehouse::Warehouse;

impl Engine {
    /// What a connector gets to open `connection`; `typed` secrets win over saved ones.
    pub fn opening(&self, connection: &Connection, typed: &BTreeMap<String, Secret>) -> Result<Opening> {
        let (manifest, _) = self.catalogue.manifest(&connection.kind)?;
        let settings = checked_settings(manifest, connection)?;
        let (mut secrets, mut absent) = (BTreeMap::new(), None);
        for setting in
            manifest.settings.iter().filter(|setting| setting.secret && is_shown(setting, &settings))
        {
            let given = typed.get(setting.key).cloned();
            let found = match given.or_else(|| from_environment(&connection.name, setting.key)) {
                Some(secret) => Ok(Some(secret)),
                None => self.secrets.get(&connection.name, setting.key),
            };
            match found {
                Ok(secret) => secrets.extend(secret.map(|secret| (setting.key.to_owned(), secret))),
                // Others may be given in the environment, and all that are missing are told at once.
                Err(error) if error.kind() == ErrorKind::KeychainAbsent => absent = Some(error),
                Err(error) => return Err(error),
            }
        }
        let opening = Opening::new(manifest, connection, secrets, &self.home, self.clock.clone());
        match (opening, absent) {
            (Err(missing), Some(absent)) if missing.kind() == ErrorKind::SecretMissing => {
                Err(missing_without_keychain(&missing, absent))
            }
            // What is typed is not saved yet, so nothing of it is kept.
            (opening, _) if !typed.is_empty() => opening,
            (opening, _) => opening.map(|opening| opening.with_kept(self.kept(&connection.name))),
        }
    }

    fn kept(&self, connection: &str) -> Arc<dyn KeptSecrets> {
        Arc::new(Kept { secrets: self.secrets.clone(), connection: connection.to_owned() })
    }

    /// Opens the warehouse connection of this name.
    pub fn warehouse(&self, name: &str) -> Result<Box<dyn Warehouse>> {
        self.opened(name, None)
    }

    /// The same, to read this query there, which is refused where it does anything but read.
    pub fn warehouse_for(&self, name: &str, query: &Query) -> Result<Box<dyn Warehouse>> {
        self.opened(name, Some(query))
    }

    fn opened(&self, name: &str, query: Option<&Query>) -> Result<Box<dyn Warehouse>> {
        let saved = self.store.read(|sqlite| connections::get(sqlite, name))?;
        let kind =
            self.catalogue.warehouse(&saved.connection.kind).ok_or_else(|| wrong_side(name, "warehouse"))?;
        if let (Some(query), Some(dialect)) = (query, kind.manifest().dialect) {
            query.check(dialect)?;
        }
        kind.open(&self.opening(&saved.connection, &BTreeMap::new())?)
    }

    /// Opens the destination connection of this name.
    pub fn destination(&self, name: &str) -> Result<Box<dyn Destination>> {
        let saved = self.store.read(|sqlite| connections::get(sqlite, name))?;
        let kind = self
            .catalogue
            .destination(&saved.connection.kind)
            .ok_or_else(|| wrong_side(name, "destination"))?;
        kind.open(&self.opening(&saved.connection, &BTreeMap::new())?)
    }
}

/// The secrets of one saved connection.
struct Kept {
    secrets: Arc<dyn SecretStore>,
    connection: String,
}

impl KeptSecrets for Kept {
    fn get(&self, key: &str) -> Result<Option<Secret>> {
        match from_environment(&self.connection, key) {
            Some(secret) => Ok(Some(secret)),
            None => self.secrets.get(&self.connection, key),
        }
    }

    fn replace(&self, key: &str, secret: &Secret) -> Result<()> {
        if from_environment(&self.connection, key).is_some() {
            let variable = environment_variable(&self.connection, key);
            let message = "A secret was replaced by the other side, and it is given by the environment, where \
                           Sluice can not replace it.";
            return Err(Error::new(ErrorKind::BadSettings, message)
                .with_hint("Keep it in the keychain instead, and remove the variable below.")
                .with_fix(variable));
        }
        self.secrets.set(&self.connection, key, secret)
    }
}

/// Secrets that are missing, where there is no keychain that could have them.
fn missing_without_keychain(missing: &Error, absent: Error) -> Error {
    let told = Error::new(ErrorKind::KeychainAbsent, format!("{} {}", missing.message(), absent.message()))
        .with_hint(
            "Give it in the environment under the name below, or start a keychain (on Linux: gnome-keyring or KWallet).",
        )
        .with_source(absent);
    match missing.fix() {
        Some(variables) => told.with_fix(variables),
        None => told,
    }
}

/// Both, or what keeps them from being opened: secrets that are missing on both sides are told at once.
pub(super) fn both<D, W>(destination: Result<D>, warehouse: Result<W>) -> Result<(D, W)> {
    let is_missing =
        |error: &Error| matches!(error.kind(), ErrorKind::SecretMissing | ErrorKind::KeychainAbsent);
    match (destination, warehouse) {
        (Ok(destination), Ok(warehouse)) => Ok((destination, warehouse)),
        (Err(to), Err(from)) if is_missing(&to) && is_missing(&from) => {
            let variables: Vec<_> = [from.fix(), to.fix()].into_iter().flatten().collect();
            Err(Error::new(to.kind(), format!("{} {}", from.message(), to.message()))
                .with_hint(to.hint().to_owned())
                .with_fix(variables.join("\n"))
                .with_source(to))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

fn wrong_side(name: &str, side: &str) -> Error {
    Error::new(ErrorKind::BadSettings, format!("The connection “{name}” is no {side}."))
}
