//! The Snowflake connector against fakesnow, and against a scripted server where fakesnow falls short of Snowflake.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod comparing;
#[path = "../fakesnow_server/mod.rs"]
mod fakesnow_server;
#[path = "../killed/mod.rs"]
mod killed;
mod killed_processes;
mod reading;
mod script;
mod scripted;
mod sign_in;
#[path = "../../../engine/tests/twins/mod.rs"]
mod twins;
mod types;
mod whole_syncs;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use fakesnow_server::Fakesnow;
use sluice_connectors::warehouses;
use sluice_engine::check::{Step, StepResult, Steps};
use sluice_engine::clock::SystemClock;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::error::{Error, Result};
use sluice_engine::secrets::Secret;
use sluice_engine::sync::Query;
use sluice_engine::value::{Cell, RowBatch};
use sluice_engine::warehouse::{Read, Warehouse, WarehouseKind};

/// What to connect with; a test changes what it is about.
#[derive(Clone)]
struct Access {
    settings: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
}

impl Access {
    /// With a password, at this address.
    fn at(url: &str, database: &str) -> Self {
        let settings = [
            ("account", "myorg-account1"),
            ("user", "sluice"),
            ("auth", "password"),
            ("url", url),
            ("database", database),
        ];
        Self {
            settings: settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            secrets: BTreeMap::from([("password".to_owned(), "hunter2".to_owned())]),
        }
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.insert(key.to_owned(), value.to_owned());
        self
    }

    fn with_secret(mut self, key: &str, value: &str) -> Self {
        self.secrets.insert(key.to_owned(), value.to_owned());
        self
    }

    fn try_open(&self) -> Result<Box<dyn Warehouse>> {
        let connection =
            Connection { name: "shop".into(), kind: "snowflake".into(), settings: self.settings.clone() };
        let secrets =
            self.secrets.iter().map(|(key, value)| (key.clone(), Secret::new(value.as_bytes()))).collect();
        let opening = Opening::new(
            kind().manifest(),
            &connection,
            secrets,
            Path::new("/nowhere"),
            Arc::new(SystemClock),
        )?;
        kind().open(&opening)
    }

    fn open(&self) -> Box<dyn Warehouse> {
        self.try_open().unwrap()
    }

    /// Runs the connection test.
    async fn check(&self) -> (Vec<Step>, Option<Error>) {
        let mut steps = Steps::new(kind().manifest().steps, &|_| {});
        let failed = self.open().check(&mut steps).await.err();
        (steps.finish(), failed)
    }
}

fn kind() -> &'static dyn WarehouseKind {
    *warehouses::CATALOGUE.iter().find(|kind| kind.manifest().id == "snowflake").unwrap()
}

fn table(name: &str) -> Query {
    Query::Table(name.parse().unwrap())
}

fn sql(text: &str) -> Query {
    Query::Sql(text.to_owned())
}

fn all(query: Query) -> Read {
    Read::all(query)
}

/// A cell as text: JSON, `∅`, or `!` and the reason.
fn shown(batch: &RowBatch, row: usize, column: usize) -> String {
    match batch.cell(row, column) {
        Cell::Null => "∅".to_owned(),
        Cell::Json(json) => {
            serde_json::from_slice::<serde::de::IgnoredAny>(json).unwrap();
            String::from_utf8(json.to_vec()).unwrap()
        }
        Cell::Unreadable(reason) => format!("! {reason}"),
    }
}

/// Reads to the end, and asserts that the server counted as many rows.
async fn rows(warehouse: &dyn Warehouse, read: &Read) -> Vec<Vec<String>> {
    let mut rows = warehouse.read(read).await.unwrap();
    let mut all = Vec::new();
    while let Some(batch) = rows.next().await.unwrap() {
        for row in 0..batch.rows() {
            all.push((0..batch.columns().len()).map(|column| shown(&batch, row, column)).collect());
        }
    }
    assert_eq!(rows.server_rows(), Some(all.len() as u64));
    all
}

/// How each step ended: passed, noted, failed, not reached.
fn outcome(steps: &[Step]) -> String {
    let mark = |step: &Step| match step.result {
        StepResult::Passed(_) => '+',
        StepResult::Noted(..) => '!',
        StepResult::Failed(_) => '-',
        StepResult::NotReached => '.',
    };
    steps.iter().map(mark).collect()
}
