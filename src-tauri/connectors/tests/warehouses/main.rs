//! What every warehouse has to keep, whichever it is, against a server that nobody here wrote.
//!
//! A warehouse joins by a [`Stage`] in a file of its own, and a name in [`every_warehouse_keeps_it`].
#![allow(clippy::unwrap_used, clippy::panic)]

mod bigquery;
#[path = "../bqemulator_server/mod.rs"]
mod bqemulator_server;
mod contract;
mod cut;
#[path = "../fakesnow_server/mod.rs"]
mod fakesnow_server;
mod names;
mod postgres;
#[path = "../postgres_server/mod.rs"]
mod postgres_server;
mod proxy;
mod redshift;
#[path = "../redshift_server/mod.rs"]
mod redshift_server;
#[path = "../bigquery/scripted.rs"]
mod scripted;
mod snowflake;
#[path = "../snowflake/script/mod.rs"]
mod snowflake_script;
mod stage;

use bigquery::BigQuery;
use postgres::Postgres;
use redshift::Redshift;
use snowflake::Snowflake;
use stage::Stage;

#[test]
fn every_warehouse_keeps_it() {
    let stages = [BigQuery::KIND, Postgres::KIND, Redshift::KIND, Snowflake::KIND];
    for kind in sluice_connectors::warehouses::CATALOGUE {
        // The sample is made once and never written; its own tests hold it to the same.
        let id = kind.manifest().id;
        assert!(id == "sample" || stages.contains(&id), "{id} is not held to the contract");
    }
}
