//! How fast the Snowflake connector reads: a million rows of eight columns from fakesnow, to the end of the last cell.
//! `cargo bench -p sluice-connectors --bench snowflake_read --profile quick`. With an address as `SNOWFLAKE_AT` it reads
//! from a fakesnow that runs already, such as one that another client is measured on.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../src-tauri/connectors/tests/fakesnow_server/mod.rs"]
mod fakesnow_server;

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

const TABLE: &str = "create table leads as select seq8() as lead_id, 'user' || seq8() || '@shop.example' as email, \
    'Person ' || seq8() as full_name, seq8() % 100 as score, (seq8() % 9999 / 7)::number(12, 2) as value, \
    seq8() % 3 = 0 as consent, dateadd('second', seq8() * 7, '2026-01-01'::timestamp_ntz) as seen_at, \
    parse_json('{\"plan\":' || seq8() % 4 || ',\"tags\":[\"a\",\"b\"]}') as extra from table(generator(rowcount => 1000000))";

#[tokio::main]
async fn main() {
    let url = match std::env::var("SNOWFLAKE_AT") {
        Ok(url) => url,
        Err(_) => {
            let Some(server) = fakesnow_server::Fakesnow::shared() else { return };
            server.sql("BENCH", &[TABLE]).await;
            server.url()
        }
    };
    let kind = *warehouses::CATALOGUE.iter().find(|kind| kind.manifest().id == "snowflake").unwrap();
    let settings =
        [("account", "bench"), ("user", "bench"), ("auth", "password"), ("database", "BENCH"), ("url", &url)];
    let settings: BTreeMap<_, _> = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let connection = Connection { name: "bench".into(), kind: "snowflake".into(), settings };
    let secrets = BTreeMap::from([("password".to_owned(), Secret::new("bench"))]);
    let opening =
        Opening::new(kind.manifest(), &connection, secrets, Path::new("/nowhere"), Arc::new(SystemClock));
    let warehouse = kind.open(&opening.unwrap()).unwrap();
    let read = Read::all(Query::Table("PUBLIC.LEADS".parse().unwrap()));
    for _ in 0..5 {
        let started = Instant::now();
        let mut rows = warehouse.read(&read).await.unwrap();
        let first = started.elapsed().as_secs_f64();
        let (mut count, mut bytes) = (0, 0);
        while let Some(batch) = rows.next().await.unwrap() {
            count += batch.rows();
            bytes += batch.bytes();
        }
        assert_eq!(rows.server_rows(), Some(count as u64));
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{count} rows, {} MB: {seconds:.2} s ({first:.2} s until the answer began), {:.0} rows/s",
            bytes / 1_000_000,
            count as f64 / seconds
        );
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}
