//! Amazon Redshift: rows through a cursor in one read-only transaction, values from their text forms.
//!
//! It speaks the protocol of PostgreSQL 8.0 with extensions of its own, which no PostgreSQL client knows: passwords
//! kept as SHA-256, and types without entries a client could look up. So this has a small client of its own.

mod catalogue;
mod check;
mod client;
mod differ;
mod differences;
mod error;
mod form;
mod manifest;
mod paste;
mod query;
mod read;
mod sign_in;
mod snapshot;
#[cfg(test)]
mod tests;
mod times;
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

use self::client::{Login, Session};

/// What the names of tables that hold snapshots begin with.
const SNAPSHOT_TABLE: &str = "sluice_snapshot_";

/// Amazon Redshift.
pub(crate) struct Redshift;

impl WarehouseKind for Redshift {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        paste::settings(text.trim())
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Warehouse>> {
        let login = Login::new(opening, &client::WORDS)?;
        let schema = opening.get("diff_schema");
        let differ = schema.map(|schema| RedshiftDiffer { login: login.clone(), schema: schema.to_owned() });
        Ok(Box::new(RedshiftWarehouse { login, differ }))
    }
}

/// Every call signs in anew: nothing is held open while nobody reads.
struct RedshiftWarehouse {
    login: Login,
    /// Where the user has named a schema for snapshots.
    differ: Option<RedshiftDiffer>,
}

struct RedshiftDiffer {
    login: Login,
    schema: String,
}

#[async_trait]
impl Differ for RedshiftDiffer {
    async fn compare(&self, comparison: &Comparison<'_>) -> Result<Box<dyn Differences>> {
        differ::compare(&self.login, &self.schema, comparison).await
    }
}

#[async_trait]
impl Warehouse for RedshiftWarehouse {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        let schema = self.differ.as_ref().map(|differ| differ.schema.as_str());
        check::check(&self.login, schema, steps).await
    }

    async fn tables(&self) -> Result<Vec<Table>> {
        let mut session = Session::open(&self.login).await?;
        let tables = catalogue::tables(&mut session).await;
        session.close();
        tables
    }

    async fn columns(&self, query: &Query) -> Result<Vec<Column>> {
        let mut session = Session::open(&self.login).await?;
        let fields = query::fields(&mut session, query).await;
        session.close();
        Ok(fields?.into_iter().map(|field| field.column).collect())
    }

    async fn estimate(&self, query: &Query) -> Result<Option<u64>> {
        let mut session = Session::open(&self.login).await?;
        let estimate = query::estimate(&mut session, query).await;
        session.close();
        estimate
    }

    async fn key_check(&self, query: &Query, key: &[String]) -> Result<KeyCheck> {
        let mut session = Session::open(&self.login).await?;
        let check = query::key_check(&mut session, query, key).await;
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
