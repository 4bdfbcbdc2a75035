//! PostgreSQL: rows streamed over one read-only transaction, values written straight from the wire.

mod catalogue;
mod check;
mod client;
mod decimal;
mod error;
mod form;
mod manifest;
mod paste;
mod query;
mod read;
#[cfg(test)]
mod tests;
mod tls;
mod values;

use std::collections::BTreeMap;

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Query;
use sluice_engine::value::Column;
use sluice_engine::warehouse::{KeyCheck, Read, Rows, Table, Warehouse, WarehouseKind};

use self::client::{Login, Session};

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
        Ok(Box::new(PostgresWarehouse { login: Login::new(opening)? }))
    }
}

/// Every call signs in anew: nothing is held open while nobody reads.
struct PostgresWarehouse {
    login: Login,
}

#[async_trait]
impl Warehouse for PostgresWarehouse {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        check::check(&self.login, steps).await
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
}
