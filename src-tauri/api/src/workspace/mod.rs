//! The workspace file: connections and syncs as YAML, for git and for machines without a window.
//!
//! [`parse`] checks the whole file before anything is changed and names line, column and key of what it
//! refuses. [`write`] leaves out what is as it would be anyway. Secrets are never in the file.

mod apply;
mod brakes;
mod connection;
mod entries;
mod fields;
mod node;
mod plain;
mod schedule;
mod sync;
mod write;

use sluice_engine::connection::Connection;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Sync;
use sluice_engine::{Error, Result};

use entries::Entries;

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
    let file = Entries::of(&root, "the file", &["version", "connections", "syncs"])?;
    check_version(&file)?;
    let mut problems = Vec::new();
    let mut workspace = Workspace::default();
    if let Some(node) = file.get("connections").filter(|node| !node.is_null()) {
        for (name, node) in Entries::open(node, "“connections”")?.iter() {
            keep(connection::parse(name, node, around), &mut workspace.connections, &mut problems);
        }
    }
    let named = file.get("connections").map(connection::kinds_named).unwrap_or_default();
    if let Some(node) = file.get("syncs").filter(|node| !node.is_null()) {
        for (name, node) in Entries::open(node, "“syncs”")?.iter() {
            keep(sync::parse(name, node, &named, around), &mut workspace.syncs, &mut problems);
        }
    }
    match joined(problems) {
        Some(error) => Err(error),
        None => Ok(workspace),
    }
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

fn keep<T>(parsed: Result<T>, into: &mut Vec<T>, problems: &mut Vec<Error>) {
    match parsed {
        Ok(value) => into.push(value),
        Err(error) => problems.push(error),
    }
}

/// One error with the lines of all; advice of the first.
fn joined(problems: Vec<Error>) -> Option<Error> {
    let lines: Vec<_> = problems.iter().map(|problem| problem.message().to_owned()).collect();
    let first = problems.into_iter().next()?;
    let error = Error::new(first.kind(), lines.join("\n")).with_safe(first.safe().to_owned());
    Some(error.with_hint(first.hint().to_owned()))
}

/// A name of a connection or sync: not empty, and as people can type it.
fn name(key: &node::Key, what: &str) -> Result<String> {
    let name = &key.text;
    if name.is_empty() || name.trim() != name || name.chars().any(char::is_control) {
        return Err(key.place.wrong(format!("{name:?} is not a name for {what}.")));
    }
    Ok(name.clone())
}

#[cfg(test)]
mod tests;
