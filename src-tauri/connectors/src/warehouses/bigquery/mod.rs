//! BigQuery: queries run as jobs over the REST API, and their rows are read as Arrow by the Storage Read API.

mod arrow_values;
mod catalogue;
mod check;
mod client;
mod cost;
mod credentials;
mod differ;
mod differences;
mod error;
mod grpc;
mod job;
mod manifest;
mod name;
mod pages;
mod paste;
mod query;
mod read;
mod schema;
mod snapshot;
mod storage;
mod stream;
#[cfg(test)]
mod tests;
mod text_values;
mod token;
mod values;

#[cfg(test)]
pub(in crate::warehouses) use self::name::quoted;
use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::differ::{Comparison, Differ, Differences};
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Query;
use sluice_engine::value::Column;
use sluice_engine::warehouse::{Cost, KeyCheck, Read, Rows, Table, Warehouse, WarehouseKind};

use self::client::Login;

/// What the names of tables that hold snapshots begin with.
const SNAPSHOT_TABLE: &str = "sluice_snapshot_";

/// BigQuery.
pub(crate) struct BigQuery;

impl WarehouseKind for BigQuery {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        paste::settings(text.trim())
    }

    fn database<'a>(&self, settings: &'a BTreeMap<String, String>) -> Option<&'a str> {
        settings.get("project").map(String::as_str)
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Warehouse>> {
        let login = Login::new(opening)?;
        let dataset = opening.get("diff_schema");
        let differ =
            dataset.map(|dataset| BigQueryDiffer { login: login.clone(), dataset: dataset.to_owned() });
        Ok(Box::new(BigQueryWarehouse { login, differ }))
    }
}

struct BigQueryWarehouse {
    login: Arc<Login>,
    /// Where the user has named a dataset for snapshots.
    differ: Option<BigQueryDiffer>,
}

struct BigQueryDiffer {
    login: Arc<Login>,
    dataset: String,
}

#[async_trait]
impl Differ for BigQueryDiffer {
    async fn compare(&self, comparison: &Comparison<'_>) -> Result<Box<dyn Differences>> {
        differ::compare(&self.login, &self.dataset, comparison).await
    }
}

#[async_trait]
impl Warehouse for BigQueryWarehouse {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        let dataset = self.differ.as_ref().map(|differ| differ.dataset.as_str());
        check::check(&self.login, dataset, steps).await
    }

    async fn tables(&self) -> Result<Vec<Table>> {
        catalogue::tables(&self.login).await
    }

    async fn columns(&self, query: &Query) -> Result<Vec<Column>> {
        let sql = format!("SELECT * FROM {}", query::source(&self.login, query)?);
        let plan = query::plan(&self.login, query, &sql).await?;
        Ok(plan.fields.into_iter().map(|field| field.column).collect())
    }

    async fn estimate(&self, query: &Query) -> Result<Option<u64>> {
        query::estimate(&self.login, query).await
    }

    async fn key_check(&self, query: &Query, key: &[String]) -> Result<KeyCheck> {
        query::key_check(&self.login, query, key).await
    }

    async fn cost(&self, read: &Read) -> Result<Option<Cost>> {
        read::cost(&self.login, read).await
    }

    async fn read(&self, read: &Read) -> Result<Box<dyn Rows>> {
        read::start(&self.login, read).await
    }

    fn differ(&self) -> Option<&dyn Differ> {
        self.differ.as_ref().map(|differ| differ as &dyn Differ)
    }
}
