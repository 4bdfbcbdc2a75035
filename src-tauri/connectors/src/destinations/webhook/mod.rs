//! Any HTTP server that takes JSON: one record a request or many, signed as Standard Webhooks describes.

mod body;
mod check;
mod client;
mod deliver;
mod error;
mod headers;
mod manifest;
mod sign;
mod sign_in;
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

use super::{event, line};
use crate::http::Patience;
use client::Receiver;

/// A webhook.
pub(super) struct Webhook;

impl DestinationKind for Webhook {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn paste(&self, text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        client::paste(text)
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(Receiver::new(opening, Patience::default())?))
    }

    fn request(&self, settings: &BTreeMap<String, String>, batch: &Batch<'_>) -> Result<Option<Request>> {
        client::request(settings, batch).map(Some)
    }
}

#[async_trait]
impl Destination for Receiver {
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()> {
        check::check(self, steps).await
    }

    async fn objects(&self) -> Result<Vec<Object>> {
        Ok(vec![Object { name: "records".to_owned(), label: "Records".to_owned(), fields: Vec::new() }])
    }

    fn limits(&self, _: &Shape) -> Limits {
        deliver::limits(self)
    }

    async fn deliver(&self, batch: &Batch<'_>) -> Delivery {
        deliver::deliver(self, batch).await
    }
}
