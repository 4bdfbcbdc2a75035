//! A workspace's address, and what is asked of it.

use sluice_engine::connection::Opening;
use sluice_engine::error::Result;
use url::Url;

use super::manifest::URL;
use super::tracking::{Address, Pasted, TrackingApi};
use crate::http::Patience;

/// Letters and digits of one of Segment's write keys.
const KEY_LENGTH: usize = 32;

/// A Segment workspace, or a server that speaks as it does, and the write key of one source.
pub(super) struct Workspace {
    pub(super) api: TrackingApi,
    /// The key does not have the form of Segment's own keys.
    pub(super) odd_key: bool,
}

impl Workspace {
    pub(super) fn new(opening: &Opening, patience: Patience) -> Result<Self> {
        let address = address(opening.get("url").unwrap_or(URL))?;
        let has_form = |key: &str| key.len() == KEY_LENGTH && key.chars().all(|c| c.is_ascii_alphanumeric());
        let key = opening.secret("write_key").and_then(|key| key.expose_text().ok()).unwrap_or_default();
        let odd_key = is_segment(&address.base) && !has_form(key.trim());
        // Segment documents no compression, and its own SDK uses none.
        Ok(Self { api: TrackingApi::new(opening, address, false, patience)?, odd_key })
    }
}

/// The workspace's address.
pub(super) fn address(text: &str) -> Result<Address> {
    Address::parse(text, "address", "https://api.segment.io or https://events.eu1.segmentapis.com")
}

/// Whether the address is Segment's own.
pub(super) fn is_segment(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    [".segment.io", ".segment.com", ".segmentapis.com"].iter().any(|domain| host.ends_with(domain))
}

pub(super) static PASTED: Pasted = Pasted { address: "url", key: KEY_LENGTH, is_theirs: is_segment };
