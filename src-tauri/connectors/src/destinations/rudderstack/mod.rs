//! RudderStack's data plane: `identify` and `track` events, in batches.

mod check;
mod client;
mod context;
mod deliver;
mod error;
mod manifest;
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
use client::DataPlane;

/// RudderStack.
pub(super) struct RudderStack;

impl DestinationKind for RudderStack {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        client::PASTED.found(text)
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(DataPlane::new(opening, Patience::default())?))
    }

    fn request(&self, settings: &BTreeMap<String, String>, batch: &Batch<'_>) -> Result<Option<Request>> {
        let url = settings.get("data_plane_url").map_or("", String::as_str);
        Ok(Some(client::address(url)?.request(deliver::body(batch))))
    }
}

#[async_trait]
impl Destination for DataPlane {
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
