//! Salesforce: records of any object, by sObject Collections or Bulk API 2.0.

mod address;
mod bare;
mod browser;
mod bulk;
mod check;
mod client;
mod collections;
mod composite;
mod deliver;
mod describe;
mod error;
mod lookup;
mod manifest;
mod paste;
mod present;
mod rejection;
mod results;
mod rows;
mod sign_in;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::clock::SharedClock;
use sluice_engine::connection::Opening;
use sluice_engine::destination::{
    Batch, Delivery, Destination, DestinationKind, Found, JobToken, Jobs, Limits, Object, Quota, ReadByKey,
    Request, Together,
};
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::record::Operation;
use sluice_engine::sign_in::SignIn;
use sluice_engine::sync::Shape;

use crate::http::Patience;
use client::Org;
pub(super) use collections::RECORDS as COLLECTION;
pub(super) use deliver::LIMITS;
use error::Trouble;
pub(super) use error::no_field;
pub(super) use rejection::{RowError, rejected};

/// Salesforce.
pub(super) struct Salesforce;

#[async_trait]
impl DestinationKind for Salesforce {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        paste::settings(text)
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(Org::new(opening, Patience::default())?))
    }

    async fn sign_in(
        &self,
        settings: &BTreeMap<String, String>,
        clock: &SharedClock,
    ) -> Result<Box<dyn SignIn>> {
        let setting = |key: &str, or| settings.get(key).map_or(or, String::as_str);
        let (login, client) = (setting("login_url", manifest::LOGIN), setting("client_id", ""));
        let sign_in = browser::BrowserSignIn::begin(login, client, &browser::PORTS, clock.clone()).await?;
        Ok(Box::new(sign_in))
    }

    fn request(&self, settings: &BTreeMap<String, String>, batch: &Batch<'_>) -> Result<Option<Request>> {
        deliver::request(settings.get("instance_url").map(String::as_str), batch)
    }

    fn own_answer(&self, answer: &str, place: usize, of: usize) -> Option<String> {
        collections::own_answer(answer, place, of)
    }
}

#[async_trait]
impl Destination for Org {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        check::check(self, steps).await
    }

    async fn objects(&self) -> Result<Vec<Object>> {
        Self::objects(self).await.map_err(Trouble::error)
    }

    fn limits(&self, _: &Shape) -> Limits {
        deliver::LIMITS
    }

    fn together(&self, _: &Shape, operation: Operation, of_run: u64) -> Option<Together> {
        Some(deliver::together(operation, of_run))
    }

    async fn deliver(&self, batch: &Batch<'_>) -> Delivery {
        deliver::deliver(self, batch).await
    }

    async fn read_by_key(&self, read: &ReadByKey<'_>) -> Option<Result<Vec<Option<Found>>>> {
        present::read_by_key(self, read).await
    }

    fn reading(&self, records: u64) -> u64 {
        records.div_ceil(lookup::AT_ONCE as u64)
    }

    fn jobs(&self) -> Option<&dyn Jobs> {
        Some(self)
    }

    async fn quota(&self) -> Result<Option<Quota>> {
        check::quota(self).await.map(Some)
    }
}

#[async_trait]
impl Jobs for Org {
    async fn poll(&self, job: &JobToken, batch: &Batch<'_>) -> Option<Delivery> {
        deliver::poll(self, job, batch).await
    }
}
