//! The practice CRM: an embedded destination with the rules, limits and refusals of a real one.

mod check;
mod client;
mod deliver;
mod error;
mod events;
mod manifest;
mod objects;
mod plays;
mod problem;
mod records;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::destination::{
    Batch, Delivery, Destination, DestinationKind, Found, Limits, Object, Quota, ReadByKey,
};
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Shape;

use super::event;
use client::Crm;

/// The practice CRM.
pub(super) struct Practice;

impl DestinationKind for Practice {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(Crm::new(opening)?))
    }

    fn own_answer(&self, answer: &str, place: usize, of: usize) -> Option<String> {
        deliver::own_answer(answer, place, of)
    }
}

#[async_trait]
impl Destination for Crm {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        check::check(self, steps).await
    }

    async fn objects(&self) -> Result<Vec<Object>> {
        Ok(self.play.objects.iter().map(objects::ObjectDef::described).collect())
    }

    fn limits(&self, shape: &Shape) -> Limits {
        deliver::limits(self.play, shape)
    }

    async fn deliver(&self, batch: &Batch<'_>) -> Delivery {
        deliver::deliver(self, batch).await
    }

    async fn read_by_key(&self, read: &ReadByKey<'_>) -> Option<Result<Vec<Option<Found>>>> {
        Some(client::read_by_key(self, read).await)
    }

    async fn quota(&self) -> Result<Option<Quota>> {
        let daily = &self.play.daily;
        let left = daily.most.saturating_sub(self.used_today().await?);
        Ok(Some(Quota { left, of: daily.most, counts: daily.counts }))
    }
}
