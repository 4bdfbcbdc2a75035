//! Sending a batch of events.

use sluice_engine::destination::{Answer, Batch, Delivery, Exchange, Limits};
use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::sync::Shape;

use super::client::DataPlane;
use super::context::{ENVELOPE_BYTES, envelope};
use super::error::classify;
use super::tracking;

/// Bytes of a body before compression (rudder-server, `Gateway.maxReqSizeInKB`), less what encloses the events.
const BODY_BYTES: usize = 4_000 * 1024 - 64;

/// RudderStack's documented size of one event.
const EVENT_BYTES: usize = 32 * 1024;

pub(super) const LIMITS: Limits = Limits {
    records: 500,
    bytes: BODY_BYTES,
    record_bytes: EVENT_BYTES - ENVELOPE_BYTES,
    envelope_bytes: ENVELOPE_BYTES,
    in_flight: 4,
};

/// Sends one batch. A repeat has the same bytes.
pub(super) async fn deliver(plane: &DataPlane, batch: &Batch<'_>) -> Delivery {
    if let Shape::Record { .. } = batch.shape {
        let error =
            Error::new(ErrorKind::BadMapping, "RudderStack takes identify and track events, and no records.");
        let exchange = Exchange { target: plane.api.target(), ..Exchange::default() };
        return Delivery::new(Answer::Stop(error), exchange);
    }
    let records = batch.records.len();
    tracking::deliver(&plane.api, body(batch), records, |sent| classify(sent, records)).await
}

pub(super) fn body(batch: &Batch<'_>) -> Vec<u8> {
    tracking::body(batch.records.iter(), &envelope(batch.sync))
}
