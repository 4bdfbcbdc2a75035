//! The workspace file: connections and syncs as YAML, for git and for machines without a window.
//!
//! [`parse`] checks the whole file before anything is changed and names line, column and key of what it
//! refuses. [`write`] leaves out what is as it would be anyway. Secrets are never in the file.

mod apply;
mod brakes;
mod connection;
mod entries;
mod faults;
mod fields;
mod node;
mod plain;
mod schedule;
mod shape;
mod sync;
mod write;

use sluice_engine::Result;
use sluice_engine::connection::Connection;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Sync;

use entries::Entries;
use faults::Faults;
use node::{Key, Node};

pub use apply::{Applied, AppliedChange, AppliedFile, Made};
pub use plain::plain_record;
pub use write::{write, write_json};

/// What a workspace file names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Workspace {
    /// Connections, by name.
    pub connections: Vec<Connection>,
    /// Syncs, by name.
    pub syncs: Vec<Sync>,
}

/// What a file is read against.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Every kind of connection there is.
    pub kinds: &'a [&'static Manifest],
    /// Connections a sync may use without the file naming them.
    pub saved: &'a [Connection],
    /// This computer's time zone, for schedules that name none.
    pub time_zone: &'a str,
}

impl Surroundings<'_> {
    /// The kind called `id`.
    fn kind(&self, id: &str) -> Option<&'static Manifest> {
        self.kinds.iter().copied().find(|kind| kind.id == id)
    }
}

/// The version of the file's form that this program reads and writes.
const VERSION: &str = "1";

/// Reads a workspace file. Everything wrong in it is in the one error, line by line.
pub fn parse(text: &str, around: &Surroundings<'_>) -> Result<Workspace> {
    let root = node::read(text)?;
    let mut faults = Faults::default();
    let file = Entries::of(&root, "the file", &["version", "connections", "syncs"], &mut faults)?;
    // A file of another version has other rules.
    check_version(&file)?;
    let mut workspace = Workspace::default();
    for (name, node) in named(&file, "connections", "“connections”", &mut faults) {
        workspace.connections.extend(faults.keep(connection::parse(name, node, around)));
    }
    let kinds = file.get("connections").map(connection::kinds_named).unwrap_or_default();
    for (name, node) in named(&file, "syncs", "“syncs”", &mut faults) {
        workspace.syncs.extend(faults.keep(sync::parse(name, node, &kinds, around)));
    }
    faults.end(Some(workspace))
}

/// What stands under `key`, called `what`, by the names the user chose.
fn named<'n>(file: &Entries<'n>, key: &str, what: &'static str, faults: &mut Faults) -> &'n [(Key, Node)] {
    let node = file.get(key).filter(|node| !node.is_null());
    let entries = node.and_then(|node| faults.keep(Entries::open(node, what)));
    entries.map_or(&[], |entries| entries.pairs())
}

fn check_version(file: &Entries<'_>) -> Result<()> {
    match file.required_text("version")? {
        VERSION => Ok(()),
        other => Err(file
            .required("version")?
            .place
            .wrong(format!("“version” is {other}, and this Sluice reads version {VERSION}."))
            .with_hint("Write “version: 1”, or install the Sluice the file was written for.")),
    }
}

/// A name of a connection or sync: not empty, and as people can type it.
fn name(key: &Key, what: &str) -> Result<String> {
    let name = &key.text;
    if name.is_empty() || name.trim() != name || name.chars().any(char::is_control) {
        return Err(key.place.wrong(format!("{name:?} is not a name for {what}.")));
    }
    Ok(name.clone())
}

#[cfg(test)]
mod tests;
