//! The sample warehouse: one SQLite file, made on first use, that behaves as a warehouse does.

mod catalogue;
mod check;
mod edge_cases;
mod error;
mod file;
mod make;
mod manifest;
mod people;
mod read;
#[cfg(test)]
mod tests;
mod values;

#[cfg(test)]
pub(in crate::warehouses) use self::read::quoted;
use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Query;
use sluice_engine::value::Column;
use sluice_engine::warehouse::{KeyCheck, Read, Rows, Table, Warehouse, WarehouseKind};

use self::file::SampleFile;

/// The sample warehouse.
pub(crate) struct Sample;

impl WarehouseKind for Sample {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Warehouse>> {
        Ok(Box::new(SampleWarehouse { file: SampleFile::in_folder(opening.home()) }))
    }
}

struct SampleWarehouse {
    file: SampleFile,
}

#[async_trait]
impl Warehouse for SampleWarehouse {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        check::check(&self.file, steps).await
    }

    async fn tables(&self) -> Result<Vec<Table>> {
        self.file.with(catalogue::tables).await
    }

    async fn columns(&self, query: &Query) -> Result<Vec<Column>> {
        let query = query.clone();
        self.file.with(move |connection| catalogue::columns(connection, &query)).await
    }

    async fn estimate(&self, query: &Query) -> Result<Option<u64>> {
        let query = query.clone();
        self.file.with(move |connection| read::count(connection, &query)).await.map(Some)
    }

    async fn key_check(&self, query: &Query, key: &[String]) -> Result<KeyCheck> {
        let (query, key) = (query.clone(), key.to_vec());
        self.file.with(move |connection| read::key_check(connection, &query, &key)).await
    }

    async fn read(&self, read: &Read) -> Result<Box<dyn Rows>> {
        read::start(&self.file, read.clone()).await
    }
}
