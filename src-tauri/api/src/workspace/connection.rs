//! One connection of the file.

use std::collections::BTreeMap;

use sluice_engine::connection::{Connection, check_input, checked_settings};
use sluice_engine::manifest::{Manifest, Setting};
use sluice_engine::secrets::environment_variable;
use sluice_engine::{Error, Result};

use super::entries::{Entries, text, unknown};
use super::faults::Faults;
use super::node::{Data, Key, Node, Place};
use super::{Surroundings, name};

const KEYS: &[&str] = &["kind", "settings"];

/// Reads the connection under `key`.
pub(super) fn parse(key: &Key, node: &Node, around: &Surroundings<'_>) -> Result<Connection> {
    let mut faults = Faults::default();
    let name = faults.keep(name(key, "a connection"));
    let secrets = secrets_beside_settings(node, around);
    for (secret, _) in &secrets {
        faults.push(secret_in_file(&key.text, secret));
    }
    let keys: Vec<_> = KEYS.iter().copied().chain(secrets.iter().map(|(_, setting)| *setting)).collect();
    let entries = Entries::of(node, "a connection", &keys, &mut faults)?;
    let manifest = faults.keep(kind(&entries, around));
    let settings = manifest.and_then(|manifest| faults.keep(settings(&key.text, manifest, &entries)));
    let connection = || Some(Connection { name: name?, kind: manifest?.id.to_owned(), settings: settings? });
    let connection = faults.end(connection())?;
    if let Some(manifest) = manifest {
        checked_settings(manifest, &connection)
            .map_err(|error| key.place.wrong(error.message()).with_hint(error.hint().to_owned()))?;
    }
    Ok(connection)
}

fn settings(
    connection: &str,
    manifest: &Manifest,
    entries: &Entries<'_>,
) -> Result<BTreeMap<String, String>> {
    let (mut faults, mut settings) = (Faults::default(), BTreeMap::new());
    if let Some(node) = entries.get("settings").filter(|node| !node.is_null()) {
        for (key, node) in Entries::open(node, "“settings”")?.pairs() {
            let read = setting(connection, manifest, key)
                .and_then(|setting| Ok(value(setting, node)?.map(|value| (setting.key.to_owned(), value))));
            settings.extend(faults.keep(read).flatten());
        }
    }
    faults.end(Some(settings))
}

/// Kind by name of every connection the file speaks of, those with faults too: a sync that uses a faulty
/// connection is not a second fault.
pub(super) fn kinds_named(connections: &Node) -> Vec<(&str, Option<&str>)> {
    let Data::Map(entries) = &connections.data else { return Vec::new() };
    let kind = |node| Entries::open(node, "a connection").ok()?.text("kind").ok()?;
    entries.iter().map(|(key, node)| (key.text.as_str(), kind(node))).collect()
}

fn kind(entries: &Entries<'_>, around: &Surroundings<'_>) -> Result<&'static Manifest> {
    let id = entries.required_text("kind")?;
    around.kind(id).ok_or_else(|| {
        let known: Vec<_> = around.kinds.iter().map(|kind| kind.id).collect();
        let statement = format!("“{id}” is not a kind of connection in this version");
        entries.place_of("kind").unwrap_or(entries.place()).wrong(unknown(&statement, id, &known))
    })
}

fn setting(connection: &str, manifest: &Manifest, key: &Key) -> Result<&'static Setting> {
    match manifest.settings.iter().find(|setting| setting.key == key.text) {
        Some(setting) if setting.secret => Err(secret_in_file(connection, key)),
        Some(setting) => Ok(setting),
        None => {
            let known: Vec<_> = manifest
                .settings
                .iter()
                .filter(|setting| !setting.secret)
                .map(|setting| setting.key)
                .collect();
            let statement = format!("“{}” is not a setting of {}", key.text, manifest.label);
            Err(key.place.wrong(unknown(&statement, &key.text, &known)))
        }
    }
}

fn value(setting: &Setting, node: &Node) -> Result<Option<String>> {
    if node.is_null() {
        return Ok(None);
    }
    let value = text(node, setting.key)?.trim();
    check_input(setting, value).map_err(|sentence| named(node.place, setting, &sentence))?;
    Ok(Some(value.to_owned()))
}

fn named(place: Place, setting: &Setting, sentence: &str) -> Error {
    place.wrong(format!("“{}”: {sentence}", setting.key))
}

/// Keys of a connection that are secrets of any kind, each with the setting's own name.
fn secrets_beside_settings<'n>(node: &'n Node, around: &Surroundings<'_>) -> Vec<(&'n Key, &'static str)> {
    let Data::Map(entries) = &node.data else { return Vec::new() };
    let secret = |key: &'n Key| {
        let mut settings = around.kinds.iter().flat_map(|kind| kind.settings);
        Some((key, settings.find(|setting| setting.secret && setting.key == key.text)?.key))
    };
    entries.iter().filter_map(|(key, _)| secret(key)).collect()
}

fn secret_in_file(connection: &str, key: &Key) -> Error {
    let setting = &key.text;
    key.place
        .wrong(format!("“{setting}” is a secret, and secrets do not stand in the file."))
        .with_safe("Nothing was changed, and the secret was not kept. If others can read the file, replace the secret.")
        .with_hint(format!(
            "Take the line out and give the secret with `sluice secret set {connection} {setting}`, or in the environment as {}.",
            environment_variable(connection, setting)
        ))
}
