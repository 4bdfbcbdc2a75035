//! dbt projects: a manifest says which tables of a warehouse are models, and what they mean.

mod manifest;
mod models;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufReader, Read, Take};
use std::path::Path;

use serde_json::error::Category;
use sluice_engine::connection::Connection;
use sluice_engine::engine::Engine;
use sluice_engine::store::connections;
use sluice_engine::{Error, ErrorKind, Result};

use self::manifest::{Manifest, Metadata};
use crate::wire::{DbtProject, DbtRequest, Problem};
use crate::{Api, CATALOGUE};

/// No manifest is larger: a project of a thousand models has some 30 MB.
const LARGEST: u64 = 200_000_000;
/// Read from the disk at once.
const BUFFER: usize = 256 * 1024;
/// The first version of the manifest that is read; dbt 1.5 brought it. Those before it do not say which model a test is of.
const OLDEST: u32 = 9;

impl Api {
    /// The models of a dbt project, from the manifest that dbt wrote. Nothing of the project is run.
    pub async fn dbt_project(&self, input: DbtRequest) -> Result<DbtProject, Problem> {
        self.blocking(move |engine| project(engine, &input)).await
    }
}

fn project(engine: &Engine, input: &DbtRequest) -> Result<DbtProject> {
    let saved = engine.store().read(|sqlite| connections::get(sqlite, &input.connection))?;
    let manifest = read(open(Path::new(&input.path), LARGEST)?)?;
    models_for(manifest, &saved.connection)
}

/// Opens the file, where it is one and not longer than `largest`.
fn open(path: &Path, largest: u64) -> Result<BufReader<Take<File>>> {
    let unreadable = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            wrong(format!("There is no file {}.", path.display()))
        } else {
            wrong(format!("The file {} could not be read.", path.display())).with_source(error)
        }
    };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(wrong(format!("{} is not a file.", path.display())));
    }
    if about.len() > largest {
        return Err(wrong(format!("The file is larger than {} MB, as no manifest is.", largest / 1_000_000)));
    }
    let file = File::open(path).map_err(unreadable)?;
    Ok(BufReader::with_capacity(BUFFER, file.take(largest)))
}

/// Reads a manifest of a version whose shape is known. What a file has that is no manifest is not told: it is none of
/// Sluice's business.
fn read(file: impl Read) -> Result<Manifest> {
    let manifest: Manifest = serde_json::from_reader(file).map_err(|error| unreadable_as_json(&error))?;
    let metadata = manifest.metadata.as_ref();
    let (artifact, version) = metadata
        .and_then(|metadata| artifact(metadata.dbt_schema_version.as_deref()?))
        .ok_or_else(|| wrong("The file is no manifest of a dbt project."))?;
    if artifact != "manifest" {
        return Err(wrong(format!("The file is dbt’s “{artifact}”, not its manifest.")));
    }
    if version < OLDEST {
        let dbt = metadata.and_then(|metadata| metadata.dbt_version.as_deref()).unwrap_or("an older version");
        let message = format!(
            "The manifest is of version {version}, from dbt {dbt}. Sluice reads those of dbt 1.5 and newer."
        );
        return Err(wrong(message).with_hint("Update dbt, run dbt parse, and choose the file again."));
    }
    Ok(manifest)
}

/// The artifact and its version, from an address such as `https://schemas.getdbt.com/dbt/manifest/v12.json`.
fn artifact(schema: &str) -> Option<(&str, u32)> {
    let (path, version) = schema.strip_suffix(".json")?.rsplit_once("/v")?;
    let (_, artifact) = path.rsplit_once('/')?;
    Some((artifact, version.parse().ok()?))
}

/// Its models, where they are in the warehouse of `connection`.
fn models_for(manifest: Manifest, connection: &Connection) -> Result<DbtProject> {
    let Manifest { metadata, nodes } = manifest;
    let Metadata { generated_at, project_name, adapter_type, .. } = metadata.unwrap_or_default();
    if let Some(adapter) = adapter_type.filter(|adapter| *adapter != connection.kind) {
        let (theirs, ours) = (label(&adapter), label(&connection.kind));
        let message = format!("The project is built in {theirs}, and “{}” is {ours}.", connection.name);
        let hint = format!("Choose a connection to {theirs}, or the manifest of another project.");
        return Err(wrong(message).with_hint(hint));
    }
    let database = CATALOGUE.warehouse(&connection.kind).and_then(|kind| kind.database(&connection.settings));
    let models = models::of(nodes, database);
    if models.is_empty() {
        return Err(wrong("The project has no models that are tables or views.")
            .with_hint("Choose the manifest of another project. Ephemeral models can not be read: they are part of others."));
    }
    let database = database.map(str::to_owned);
    Ok(DbtProject { name: project_name, generated_at, database, models })
}

/// What people call the kind of a warehouse, for the name dbt has for it: the two are alike.
fn label(kind: &str) -> &str {
    CATALOGUE.warehouse(kind).map_or(kind, |known| known.manifest().label)
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::BadFile, message)
        .with_hint("Choose manifest.json in the target folder of a dbt project.")
}

/// The cause's own words can quote the file, so only its place is told.
fn unreadable_as_json(error: &serde_json::Error) -> Error {
    match error.classify() {
        Category::Io => wrong("The file could not be read to its end."),
        Category::Eof => wrong("The file is not complete.")
            .with_hint("Wait until dbt has ended, or run dbt parse, and choose the file again."),
        Category::Syntax => {
            wrong(format!("The file is not JSON: line {}, column {}.", error.line(), error.column()))
        }
        Category::Data => wrong("The file is no manifest of a dbt project."),
    }
}
