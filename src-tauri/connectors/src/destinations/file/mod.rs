//! Files in a folder: one per run or one per sync, JSON lines or CSV.

mod check;
mod deliver;
mod ending;
mod error;
mod folder;
mod manifest;
mod part;
mod table;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::destination::{Batch, Delivery, Destination, DestinationKind, Limits, Object};
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Shape;

use super::{event, line};
use folder::Folder;

/// Files in a folder.
pub(super) struct File;

impl DestinationKind for File {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(Folder::new(opening)?))
    }
}

#[async_trait]
impl Destination for Folder {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        check::check(self, steps).await
    }

    async fn objects(&self) -> Result<Vec<Object>> {
        Ok(vec![Object { name: "rows".to_owned(), label: "Rows".to_owned(), fields: Vec::new() }])
    }

    fn limits(&self, _: &Shape) -> Limits {
        deliver::LIMITS
    }

    async fn deliver(&self, batch: &Batch<'_>) -> Delivery {
        deliver::deliver(self, batch).await
    }

    async fn finish(&self, sync: &str, run: i64) -> Result<()> {
        self.finish_run(sync, run).await
    }
}
