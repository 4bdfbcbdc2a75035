//! What RudderStack and Segment have in common: an address that takes batches of events, and a write key.

mod address;
mod api;
mod batch;

pub(super) use address::{Address, Pasted};
pub(super) use api::TrackingApi;
pub(super) use batch::{body, deliver};
