//! How fast the PostgreSQL connector reads: a million rows of eight columns from a server of its own, to the
//! end of the last cell. `cargo bench -p sluice-connectors --bench postgres_read --profile quick`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../src-tauri/connectors/tests/postgres_server/mod.rs"]
mod postgres_server;

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
    let Some(server) = postgres_server::PostgresServer::shared() else { return };
    server.sql("postgres", "create table leads as select i::int8 as lead_id, 'user' || i || '@shop.example' as email, \
        'Person ' || i as full_name, (i % 100)::int4 as score, round((i % 9999)::numeric / 7, 2) as value, i % 3 = 0 as consent, \
        timestamptz '2026-01-01' + i * interval '7 s' as seen_at, jsonb_build_object('plan', i % 4, 'tags', array['a', 'b']) as extra \
        from generate_series(1, 1000000) i; analyze leads");
    let kind = *warehouses::CATALOGUE.iter().find(|kind| kind.manifest().id == "postgres").unwrap();
    let settings =
        [("host", "127.0.0.1"), ("database", "postgres"), ("user", "postgres"), ("tls", "disable")];
    let mut settings: BTreeMap<_, _> = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    settings.insert("port".to_owned(), server.port.to_string());
    let connection = Connection { name: "bench".into(), kind: "postgres".into(), settings };
    let secrets = BTreeMap::from([("password".to_owned(), Secret::new(server.password.as_bytes()))]);
    let opening =
        Opening::new(kind.manifest(), &connection, secrets, Path::new("/nowhere"), Arc::new(SystemClock));
    let warehouse = kind.open(&opening.unwrap()).unwrap();
    let read = Read::all(Query::Table("public.leads".parse().unwrap()));
    for _ in 0..7 {
        let started = Instant::now();
        let mut rows = warehouse.read(&read).await.unwrap();
        let (mut count, mut bytes) = (0, 0);
        while let Some(batch) = rows.next().await.unwrap() {
            count += batch.rows();
            bytes += batch.bytes();
        }
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{count} rows, {} MB: {seconds:.2} s, {:.0} rows/s",
            bytes / 1_000_000,
            count as f64 / seconds
        );
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}
