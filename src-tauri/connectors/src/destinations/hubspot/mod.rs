//! HubSpot's CRM: contacts, companies, deals and custom objects, in batches with an answer for every record.

mod answer;
mod check;
mod client;
mod delete;
mod deliver;
mod error;
mod manifest;
mod properties;
mod quota;
mod read;
mod request;
mod values;
mod window;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::destination::{
    Batch, Counted, Delivery, Destination, DestinationKind, Found, Limits, Object, Quota, ReadByKey, Request,
};
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Shape;

use crate::http::Patience;
pub(super) use answer::rejected;
use client::HubSpot;
pub(super) use error::no_property;
pub(super) use request::LIMITS;

/// HubSpot.
pub(super) struct Crm;

impl DestinationKind for Crm {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        client::paste(text)
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(HubSpot::new(opening, Patience::default())?))
    }

    fn request(&self, settings: &BTreeMap<String, String>, batch: &Batch<'_>) -> Result<Option<Request>> {
        request::by_hand(settings, batch).map(Some)
    }

    fn own_answer(&self, answer: &str, place: usize, of: usize) -> Option<String> {
        answer::own(answer, place, of)
    }
}

#[async_trait]
impl Destination for HubSpot {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        check::check(self, steps).await
    }

    async fn objects(&self) -> Result<Vec<Object>> {
        properties::objects(self).await
    }

    fn limits(&self, _: &Shape) -> Limits {
        request::LIMITS
    }

    async fn deliver(&self, batch: &Batch<'_>) -> Delivery {
        deliver::deliver(self, batch).await
    }

    async fn read_by_key(&self, read: &ReadByKey<'_>) -> Option<Result<Vec<Option<Found>>>> {
        if !read.needed && self.quota.is_scarce() {
            return None;
        }
        Some(read::read_by_key(self, read).await)
    }

    fn reading(&self, records: u64) -> u64 {
        records.div_ceil(request::LIMITS.records as u64)
    }

    async fn quota(&self) -> Result<Option<Quota>> {
        let counts = Counted::Requests;
        Ok(quota::ask(self).await?.map(|(left, of)| Quota { left, of, counts }))
    }
}
