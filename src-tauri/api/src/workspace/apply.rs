//! From a workspace file to the data folder and back.

use serde::Serialize;
use serde_json::Value;
use sluice_engine::clock::millis;
use sluice_engine::connection::{Connection, Role};
use sluice_engine::engine::Engine;
use sluice_engine::manifest::Manifest;
use sluice_engine::schedule::this_computers_zone;
use sluice_engine::store::{Sqlite, connections, new_uuid, syncs};
use sluice_engine::sync::{FieldValue, Mode, NullRule, Query, Removal, Sync};
use sluice_engine::{Error, ErrorKind};

use super::{Surroundings, Workspace, parse, write, write_json};
use crate::wire::Problem;
use crate::{Api, CATALOGUE};

/// One thing a workspace file changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedChange {
    /// What it is.
    pub what: Applied,
    /// Its name.
    pub name: String,
    /// What happened to it.
    pub change: Made,
}

/// What a file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// A connection.
    Connection,
    /// A sync.
    Sync,
}

/// What an apply did with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// It is new.
    Created,
    /// It was there and is different now.
    Updated,
}

/// What an apply did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedFile {
    /// What changed: connections, then syncs, in the file's order.
    pub changes: Vec<AppliedChange>,
    /// How many things the file names that were so already.
    pub unchanged: usize,
}

impl Api {
    /// Brings the data folder to what a workspace file says, in one step: either all of it or nothing.
    pub async fn apply_workspace(&self, text: &str) -> Result<AppliedFile, Problem> {
        let text = text.to_owned();
        let applied = self.blocking(move |engine| apply(engine, &text)).await?;
        if !applied.changes.is_empty() {
            self.changed();
        }
        Ok(applied)
    }

    /// What is saved, as a workspace file.
    pub async fn export_workspace(&self) -> Result<String, Problem> {
        self.blocking(|engine| write(&saved(engine)?, &kinds())).await
    }

    /// The same as JSON, which can be applied as well.
    pub async fn export_workspace_json(&self) -> Result<Value, Problem> {
        self.blocking(|engine| write_json(&saved(engine)?, &kinds())).await
    }
}

/// Every kind of connection, in the catalogue's order.
fn kinds() -> Vec<&'static Manifest> {
    let warehouses = CATALOGUE.warehouses.iter().map(|kind| kind.manifest());
    warehouses.chain(CATALOGUE.destinations.iter().map(|kind| kind.manifest())).collect()
}

fn saved(engine: &Engine) -> sluice_engine::Result<Workspace> {
    let (connections, syncs) =
        engine.store().read(|sqlite| Ok((connections::all(sqlite)?, syncs::all(sqlite)?)))?;
    Ok(Workspace {
        connections: connections.into_iter().map(|saved| normal_connection(saved.connection)).collect(),
        syncs: syncs.into_iter().map(|saved| normal_sync(saved.sync)).collect(),
    })
}

fn apply(engine: &Engine, text: &str) -> sluice_engine::Result<AppliedFile> {
    let before = saved(engine)?;
    let around =
        Surroundings { kinds: &kinds(), saved: &before.connections, time_zone: &this_computers_zone() };
    let file = parse(text, &around)?;
    refuse_changed_roles(&file, &before)?;
    let named = file.connections.len() + file.syncs.len();
    let connections = differing(file.connections, &before.connections);
    let syncs = differing(file.syncs, &before.syncs);
    let change =
        |what, change: &Made, name: &String| AppliedChange { what, change: *change, name: name.clone() };
    let changes: Vec<_> = connections
        .iter()
        .map(|(made, connection)| change(Applied::Connection, made, &connection.name))
        .chain(syncs.iter().map(|(made, sync)| change(Applied::Sync, made, &sync.name)))
        .collect();
    let unchanged = named - changes.len();
    if !changes.is_empty() {
        store(engine, connections, syncs)?;
    }
    Ok(AppliedFile { changes, unchanged })
}

fn store(
    engine: &Engine,
    connections: Vec<(Made, Connection)>,
    syncs: Vec<(Made, Sync)>,
) -> sluice_engine::Result<()> {
    let now = engine.clock().now();
    let job = move |sqlite: &Sqlite| {
        for (made, connection) in &connections {
            let existing = (*made == Made::Updated).then_some(connection.name.as_str());
            connections::save(sqlite, existing, connection)?;
        }
        for (made, sync) in &syncs {
            let existing = (*made == Made::Updated).then_some(sync.name.as_str());
            let due = sync.schedule.next_after(now).map(millis);
            syncs::save(sqlite, existing, sync, &new_uuid(), due)?;
        }
        Ok(())
    };
    engine.store().write(job).wait()
}

/// A connection's role is part of what syncs outside the file mean by its name.
fn refuse_changed_roles(file: &Workspace, before: &Workspace) -> sluice_engine::Result<()> {
    let role = |connection: &Connection| CATALOGUE.manifest(&connection.kind).ok().map(|(_, role)| role);
    for connection in &file.connections {
        let Some(earlier) = before.connections.iter().find(|earlier| earlier.name == connection.name) else {
            continue;
        };
        if role(earlier) == role(connection) {
            continue;
        }
        let outside = |sync: &&Sync| file.syncs.iter().all(|named| named.name != sync.name);
        let uses = |sync: &&Sync| match role(earlier) {
            Some(Role::Warehouse) => sync.from == connection.name,
            Some(Role::Destination) => sync.to.as_ref() == Some(&connection.name),
            None => false,
        };
        if let Some(sync) = before.syncs.iter().filter(outside).find(uses) {
            let message = format!(
                "“{}” can not become {}: the sync “{}” uses it as it is.",
                connection.name, connection.kind, sync.name
            );
            return Err(Error::new(ErrorKind::Conflict, message));
        }
    }
    Ok(())
}

/// What is new, or different from what is saved.
fn differing<T: Named + PartialEq>(named: Vec<T>, before: &[T]) -> Vec<(Made, T)> {
    let change = |thing: T| match before.iter().find(|earlier| earlier.name() == thing.name()) {
        Some(earlier) if *earlier == thing => None,
        Some(_) => Some((Made::Updated, thing)),
        None => Some((Made::Created, thing)),
    };
    named.into_iter().filter_map(change).collect()
}

trait Named {
    fn name(&self) -> &str;
}

impl Named for Connection {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Sync {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Without what says nothing: settings that are empty.
fn normal_connection(mut connection: Connection) -> Connection {
    connection.settings.retain(|_, value| {
        *value = value.trim().to_owned();
        !value.is_empty()
    });
    connection
}

/// Without what says nothing: a choice that goes with another mode, a rule of a constant.
fn normal_sync(mut sync: Sync) -> Sync {
    if sync.mode != Mode::Mirror {
        sync.removed = Removal::Nothing;
    }
    if sync.mode != Mode::Append {
        sync.cursor = None;
    }
    if let Query::Sql(sql) = &mut sync.query {
        *sql = sql.trim().to_owned();
    }
    for field in sync.fields.iter_mut().flatten() {
        if matches!(field.value, FieldValue::Constant(_)) {
            field.null = NullRule::default();
            field.hash = None;
            field.mask = false;
        }
    }
    sync
}
