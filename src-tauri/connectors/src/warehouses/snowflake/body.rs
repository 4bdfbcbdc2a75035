//! A statement's answer while it arrives.

use std::collections::VecDeque;

use bytes::Bytes;
use reqwest::Response;
use serde::de::DeserializeOwned;
use sluice_engine::error::Result;
use url::Url;

use super::split::Split;
use super::transport::next_bytes;
use super::wire::{Envelope, parsed};

/// Bytes of rows that are taken in before anybody asks for them. The real service puts no more into an answer, so that
/// its connection is free again; what a stand-in sends beyond that waits with the server.
const TAKEN_IN: usize = 4 << 20;

/// A statement's answer while it arrives.
pub(super) struct Body {
    response: Response,
    url: Url,
    split: Split,
    rows: VecDeque<Bytes>,
    taken_in: usize,
    ended: bool,
}

impl Body {
    /// Reads as far as the answer can tell what it is: to where its rows are long, else to its end.
    pub(super) async fn begin(response: Response) -> Result<Self> {
        let url = response.url().clone();
        let mut body =
            Self { response, url, split: Split::new(), rows: VecDeque::new(), taken_in: 0, ended: false };
        while !body.ended && (body.taken_in < TAKEN_IN || !body.split.is_in_rows()) {
            body.pull().await?;
        }
        Ok(body)
    }

    async fn pull(&mut self) -> Result<()> {
        let Some(bytes) = next_bytes(&mut self.response, &self.url).await? else {
            self.ended = true;
            return Ok(());
        };
        let mut rows = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
        self.split.take(&bytes, &mut rows)?;
        if !rows.is_empty() {
            self.taken_in += rows.len();
            self.rows.push_back(rows.into());
        }
        Ok(())
    }

    /// The next bytes of the rows; `None` at the end of the answer.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(bytes) = self.rows.pop_front() {
                return Ok(Some(bytes));
            }
            if self.ended {
                return Ok(None);
            }
            self.pull().await?;
        }
    }

    /// What stands around the rows; before the end of the answer as far as the rows.
    pub(super) fn answer<T: DeserializeOwned>(&self) -> Result<Envelope<T>> {
        if self.ended { parsed(&self.split.json) } else { parsed(&self.split.json_before_rows()) }
    }

    /// What stands around the rows, which are left out.
    pub(super) async fn whole<T: DeserializeOwned>(mut self) -> Result<Envelope<T>> {
        while self.next().await?.is_some() {}
        self.answer()
    }

    /// Whether the whole answer is there.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }
}
