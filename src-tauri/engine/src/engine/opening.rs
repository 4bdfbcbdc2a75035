//! Opens connections, with their secrets.

use std::collections::BTreeMap;

use super::Engine;
use crate::connection::{Connection, Opening, is_shown};
use crate::destination::Destination;
use crate::error::{Error, ErrorKind, Result};
use crate::secrets::{Secret, from_environment};
use crate::store::connections;
use crate::warehouse::Warehouse;

impl Engine {
    /// What a connector gets to open `connection`; `typed` secrets win over saved ones.
    pub fn opening(&self, connection: &Connection, typed: &BTreeMap<String, Secret>) -> Result<Opening> {
        let (manifest, _) = self.catalogue.manifest(&connection.kind)?;
        let settings = crate::connection::checked_settings(manifest, connection)?;
        let mut secrets = BTreeMap::new();
        for setting in
            manifest.settings.iter().filter(|setting| setting.secret && is_shown(setting, &settings))
        {
            let found = match typed
                .get(setting.key)
                .cloned()
                .or_else(|| from_environment(&connection.name, setting.key))
            {
                Some(secret) => Some(secret),
                None => self.secrets.get(&connection.name, setting.key)?,
            };
            if let Some(secret) = found {
                secrets.insert(setting.key.to_owned(), secret);
            }
        }
        Opening::new(manifest, connection, secrets, &self.home, self.clock.clone())
    }

    /// Opens the warehouse connection of this name.
    pub fn warehouse(&self, name: &str) -> Result<Box<dyn Warehouse>> {
        let saved = self.store.read(|sqlite| connections::get(sqlite, name))?;
        let kind =
            self.catalogue.warehouse(&saved.connection.kind).ok_or_else(|| wrong_side(name, "warehouse"))?;
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

fn wrong_side(name: &str, side: &str) -> Error {
    Error::new(ErrorKind::BadSettings, format!("The connection “{name}” is no {side}."))
}
