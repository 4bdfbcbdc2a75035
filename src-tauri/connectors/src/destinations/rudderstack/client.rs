//! The data plane: its address, and what is asked of it.

use sluice_engine::connection::Opening;
use sluice_engine::error::Result;

use super::tracking::{Address, Pasted, TrackingApi};
use crate::http::{Answered, Failure, Patience, is_loopback};

/// A RudderStack data plane and the write key of one source.
pub(super) struct DataPlane {
    pub(super) api: TrackingApi,
}

impl DataPlane {
    pub(super) fn new(opening: &Opening, patience: Patience) -> Result<Self> {
        let address = address(opening.required("data_plane_url")?)?;
        // Compression is pointless where requests do not leave this computer.
        let gzip = !is_loopback(&address.base);
        Ok(Self { api: TrackingApi::new(opening, address, gzip, patience)? })
    }

    /// Asks for the data plane's health; needs no key.
    pub(super) async fn health(&self) -> Result<std::result::Result<Answered, Failure>> {
        self.api.get("health").await
    }
}

/// The data plane's address.
pub(super) fn address(text: &str) -> Result<Address> {
    Address::parse(text, "data plane URL", "https://hosted.dataplane.rudderstack.com")
}

/// Any address may be a data plane's.
pub(super) static PASTED: Pasted = Pasted { address: "data_plane_url", key: 27, is_theirs: |_| true };
