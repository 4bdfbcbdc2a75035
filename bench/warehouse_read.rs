//! Reads a table to the end of the last value, and says how long that took: `warehouse_read KIND SCHEMA.TABLE
//! key=value…`, where the key of a secret begins with `secret.`. See `bench/warehouses.py`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use sluice_connectors::warehouses;
use sluice_engine::clock::SystemClock;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::secrets::Secret;
use sluice_engine::sync::Query;
use sluice_engine::warehouse::Read;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (kind, table) = (arguments.next().unwrap(), arguments.next().unwrap());
    let (mut settings, mut secrets) = (BTreeMap::new(), BTreeMap::new());
    for argument in arguments {
        let (key, value) = argument.split_once('=').unwrap();
        match key.strip_prefix("secret.") {
            Some(key) => drop(secrets.insert(key.to_owned(), Secret::new(value.as_bytes()))),
            None => drop(settings.insert(key.to_owned(), value.to_owned())),
        }
    }
    let catalogued = *warehouses::CATALOGUE.iter().find(|known| known.manifest().id == kind).unwrap();
    let connection = Connection { name: "bench".into(), kind, settings };
    let (nowhere, clock) = (Path::new("/nowhere"), Arc::new(SystemClock));
    let opening = Opening::new(catalogued.manifest(), &connection, secrets, nowhere, clock).unwrap();
    let warehouse = catalogued.open(&opening).unwrap();
    let read = Read::all(Query::Table(table.parse().unwrap()));
    let started = Instant::now();
    let mut rows = warehouse.read(&read).await.unwrap();
    let (mut count, mut bytes) = (0, 0);
    while let Some(batch) = rows.next().await.unwrap() {
        count += batch.rows();
        bytes += batch.bytes();
    }
    assert_eq!(rows.server_rows(), Some(count as u64));
    println!(r#"{{"rows":{count},"bytes":{bytes},"seconds":{}}}"#, started.elapsed().as_secs_f64());
}
