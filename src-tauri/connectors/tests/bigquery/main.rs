//! The BigQuery connector against a stand-in nobody here wrote, and against scripted answers for what that does
//! not show.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../asking/mod.rs"]
mod asking;
#[path = "../bqemulator_server/mod.rs"]
mod bqemulator_server;
mod checking;
mod comparing;
mod cost;
mod far_away;
mod faults;
#[path = "../killed/mod.rs"]
mod killed;
mod killed_processes;
mod listing;
mod reading;
mod scripted;
#[path = "../../../engine/tests/twins/mod.rs"]
mod twins;
mod types;
mod undone;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use asking::{Asking, all, read_all, rest, rows, shown, sql, table};
use bqemulator_server::BigQueryServer;
use sluice_connectors::warehouses;
use sluice_engine::check::{Step, Steps};
use sluice_engine::clock::SystemClock;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::error::{Error, Result};
use sluice_engine::secrets::Secret;
use sluice_engine::sync::Query;
use sluice_engine::warehouse::{Read, Warehouse, WarehouseKind};

/// What to connect with; a test changes what it is about.
#[derive(Clone, Default)]
struct Access {
    settings: BTreeMap<String, String>,
    key: Option<String>,
}

impl Access {
    /// The stand-in, with Storage Read.
    fn to(server: &BigQueryServer) -> Self {
        Self::over_rest(server).with("storage_url", &server.storage_url)
    }

    /// The stand-in, as one without Storage Read.
    fn over_rest(server: &BigQueryServer) -> Self {
        Self::default().with("project", "demo").with("url", &server.url)
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.insert(key.to_owned(), value.to_owned());
        self
    }

    fn try_open(&self) -> Result<Box<dyn Warehouse>> {
        let connection =
            Connection { name: "shop".into(), kind: "bigquery".into(), settings: self.settings.clone() };
        let key = self.key.iter().map(|key| ("service_account".to_owned(), Secret::new(key.as_bytes())));
        let opening = Opening::new(
            kind().manifest(),
            &connection,
            key.collect(),
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
    *warehouses::CATALOGUE.iter().find(|kind| kind.manifest().id == "bigquery").unwrap()
}
