//! The warehouses. To add one: a folder, a `mod` line and a line in the list.

use sluice_engine::warehouse::WarehouseKind;

mod bigquery;
mod moment;
mod named_tables;
#[cfg(test)]
mod names;
mod pgwire;
mod postgres;
mod redshift;
mod sample;
mod select;
mod snowflake;

/// Every kind of warehouse, in the order the wizard shows them.
pub static CATALOGUE: &[&dyn WarehouseKind] =
    &[&snowflake::Snowflake, &bigquery::BigQuery, &redshift::Redshift, &postgres::Postgres, &sample::Sample];
