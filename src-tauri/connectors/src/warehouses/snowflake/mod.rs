//! Snowflake: an own client of the drivers' protocol, rows taken from Arrow as they arrive.

mod account;
mod arrow;
mod body;
mod catalogue;
mod check;
mod chunks;
mod differ;
mod differences;
mod error;
mod head;
mod json_rows;
mod key;
mod listing;
mod login;
mod manifest;
mod moments;
mod part;
mod paste;
mod query;
mod read;
mod refusal;
mod results;
mod session;
mod snapshot;
mod split;
#[cfg(test)]
mod tests;
mod transport;
mod values;
mod wire;

#[cfg(test)]
pub(in crate::warehouses) use self::query::quoted;
use std::collections::BTreeMap;

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::differ::{Comparison, Differ, Differences};
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Query;
use sluice_engine::value::Column;
use sluice_engine::warehouse::{KeyCheck, Read, Rows, Table, Warehouse, WarehouseKind};

use self::login::Login;
use self::session::Session;

/// What the names of tables that hold snapshots begin with.
const SNAPSHOT_TABLE: &str = "SLUICE_SNAPSHOT_";

/// Snowflake.
pub(crate) struct Snowflake;

impl WarehouseKind for Snowflake {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        paste::settings(text)
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Warehouse>> {
        let login = Login::new(opening)?;
        let schema = opening.get("diff_schema");
        let differ = schema.map(|schema| SnowflakeDiffer { login: login.clone(), schema: schema.to_owned() });
        Ok(Box::new(SnowflakeWarehouse { login, differ }))
    }
}

/// Every call signs in anew: nothing is held open while nobody reads.
struct SnowflakeWarehouse {
    login: Login,
    /// Where the user has named a schema for snapshots.
    differ: Option<SnowflakeDiffer>,
}

struct SnowflakeDiffer {
    login: Login,
    schema: String,
}

#[async_trait]
impl Differ for SnowflakeDiffer {
    async fn compare(&self, comparison: &Comparison<'_>) -> Result<Box<dyn Differences>> {
        differ::compare(&self.login, &self.schema, comparison).await
    }
}

#[async_trait]
impl Warehouse for SnowflakeWarehouse {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        let schema = self.differ.as_ref().map(|differ| differ.schema.as_str());
        check::check(&self.login, schema, steps).await
    }

    async fn tables(&self) -> Result<Vec<Table>> {
        catalogue::tables(&Session::open(&self.login).await?).await
    }

    async fn columns(&self, query: &Query) -> Result<Vec<Column>> {
        query::fields(&Session::open(&self.login).await?, query).await
    }

    async fn estimate(&self, query: &Query) -> Result<Option<u64>> {
        query::estimate(&Session::open(&self.login).await?, query).await
    }

    async fn key_check(&self, query: &Query, key: &[String]) -> Result<KeyCheck> {
        query::key_check(&Session::open(&self.login).await?, query, key).await
    }

    async fn read(&self, read: &Read) -> Result<Box<dyn Rows>> {
        read::start(&Session::open(&self.login).await?, read).await
    }

    fn differ(&self) -> Option<&dyn Differ> {
        self.differ.as_ref().map(|differ| differ as &dyn Differ)
    }
}
