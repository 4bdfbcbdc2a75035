//! Segment's HTTP tracking API, and servers that speak as it does: `identify` and `track` events, in batches.

mod check;
mod client;
mod deliver;
mod error;
mod manifest;
mod people;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::destination::{Batch, Delivery, Destination, DestinationKind, Limits, Object, Request};
use sluice_engine::error::Result;
use sluice_engine::manifest::Manifest;
use sluice_engine::sync::Shape;

use super::{event, tracking};
use crate::http::Patience;
use client::Workspace;

/// Segment.
pub(super) struct Segment;

impl DestinationKind for Segment {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        client::PASTED.found(text)
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(Workspace::new(opening, Patience::default())?))
    }

    fn request(&self, settings: &BTreeMap<String, String>, batch: &Batch<'_>) -> Result<Option<Request>> {
        let address = client::address(settings.get("url").map_or(manifest::URL, String::as_str))?;
        Ok(Some(address.request(tracking::body(batch.records.iter(), &deliver::ENVELOPE))))
    }
}

#[async_trait]
impl Destination for Workspace {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        check::check(self, steps).await
    }

    async fn objects(&self) -> Result<Vec<Object>> {
        Ok(Vec::new())
    }

    fn limits(&self, _: &Shape) -> Limits {
        deliver::LIMITS
    }

    async fn deliver(&self, batch: &Batch<'_>) -> Delivery {
        deliver::deliver(self, batch).await
    }
}
