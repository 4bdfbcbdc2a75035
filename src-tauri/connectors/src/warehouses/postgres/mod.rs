//! PostgreSQL: rows streamed over one read-only transaction, values written straight from the wire.

mod catalogue;
mod check;
mod client;
mod decimal;
mod differ;
mod differences;
mod error;
mod form;
mod manifest;
mod paste;
mod query;
mod read;
mod snapshot;
#[cfg(test)]
mod tests;
mod values;

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

use self::client::{Login, Session};

/// What the names of tables that hold snapshots begin with.
const SNAPSHOT_TABLE: &str = "sluice_snapshot_";

/// PostgreSQL.
pub(crate) struct Postgres;

impl WarehouseKind for Postgres {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        paste::settings(text.trim())
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Warehouse>> {
        let login = Login::new(opening, &client::WORDS)?;
        let schema = opening.get("diff_schema");
        let differ = schema.map(|schema| PostgresDiffer { login: login.clone(), schema: schema.to_owned() });
        Ok(Box::new(PostgresWarehouse { login, differ }))
    }
}

/// Every call signs in anew: nothing is held open while nobody reads.
struct PostgresWarehouse {
    login: Login,
    /// Where the user has named a schema for snapshots.
    differ: Option<PostgresDiffer>,
}

struct PostgresDiffer {
    login: Login,
    schema: String,
}

#[async_trait]
impl Differ for PostgresDiffer {
    async fn compare(&self, comparison: &Comparison<'_>) -> Result<Box<dyn Differences>> {
        differ::compare(&self.login, &self.schema, comparison).await
    }
}

#[async_trait]
impl Warehouse for PostgresWarehouse {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        let schema = self.differ.as_ref().map(|differ| differ.schema.as_str());
        check::check(&self.login, schema, steps).await
    }

    async fn tables(&self) -> Result<Vec<Table>> {
        let session = Session::open(&self.login).await?;
        let tables = catalogue::tables(&session).await;
        session.close();
        tables
    }

    async fn columns(&self, query: &Query) -> Result<Vec<Column>> {
        let session = Session::open(&self.login).await?;
        let fields = query::fields(&session, query).await;
        session.close();
        Ok(fields?.into_iter().map(|field| field.column).collect())
    }

    async fn estimate(&self, query: &Query) -> Result<Option<u64>> {
        let session = Session::open(&self.login).await?;
        let estimate = query::estimate(&session, query).await;
        session.close();
        estimate
    }

    async fn key_check(&self, query: &Query, key: &[String]) -> Result<KeyCheck> {
        let session = Session::open(&self.login).await?;
        let check = query::key_check(&session, query, key).await;
        session.close();
        check
    }

    async fn read(&self, read: &Read) -> Result<Box<dyn Rows>> {
        read::start(Session::open(&self.login).await?, read).await
    }

    fn differ(&self) -> Option<&dyn Differ> {
        self.differ.as_ref().map(|differ| differ as &dyn Differ)
    }
}
