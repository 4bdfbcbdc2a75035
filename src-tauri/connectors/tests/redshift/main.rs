//! The Redshift connector against its stand-in, and against scripted servers where that shows too little.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../asking/mod.rs"]
mod asking;
mod comparing;
mod faults;
#[path = "../postgres_server/mod.rs"]
mod postgres_server;
mod reading;
#[path = "../redshift_server/mod.rs"]
mod redshift_server;
mod scripted;
mod silent;
#[path = "../../../engine/tests/twins/mod.rs"]
mod twins;
mod types;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use asking::{Asking, all, rest, rows, shown, sql, table};
use redshift_server::RedshiftServer;
use sluice_connectors::warehouses;
use sluice_engine::check::{Step, Steps};
use sluice_engine::clock::SystemClock;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::error::{Error, Result};
use sluice_engine::secrets::Secret;
use sluice_engine::sync::Query;
use sluice_engine::warehouse::{Read, Warehouse, WarehouseKind};

/// What to connect with; a test changes what it is about.
#[derive(Clone)]
struct Access {
    settings: BTreeMap<String, String>,
    password: String,
}

impl Access {
    fn superuser(server: &RedshiftServer, database: &str) -> Self {
        let settings = [
            ("host", "127.0.0.1".to_owned()),
            ("port", server.port.to_string()),
            ("database", database.to_owned()),
            ("user", "postgres".to_owned()),
            ("tls", "disable".to_owned()),
        ];
        let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { settings, password: server.postgres.password.clone() }
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.insert(key.to_owned(), value.to_owned());
        self
    }

    fn try_open(&self) -> Result<Box<dyn Warehouse>> {
        let connection =
            Connection { name: "shop".into(), kind: "redshift".into(), settings: self.settings.clone() };
        let secrets = BTreeMap::from([("password".to_owned(), Secret::new(self.password.as_bytes()))]);
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
    *warehouses::CATALOGUE.iter().find(|kind| kind.manifest().id == "redshift").unwrap()
}
