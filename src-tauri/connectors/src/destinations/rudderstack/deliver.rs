//! Sending a batch of events.

use std::time::{Duration, Instant};

use sluice_engine::destination::{Answer, Batch, Delivery, Exchange, Limits};
use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::sync::Shape;

use super::client::DataPlane;
use super::error::classify;
use super::event::{ENVELOPE_BYTES, EventTime, write_event};

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

/// Sends one batch. A repeat has the same bytes: there is no time of sending in it.
pub(super) async fn deliver(plane: &DataPlane, batch: &Batch<'_>) -> Delivery {
    let mut exchange =
        Exchange { target: plane.target(), headers: plane.shown_headers(), ..Exchange::default() };
    if let Shape::Record { .. } = batch.shape {
        let error =
            Error::new(ErrorKind::BadMapping, "RudderStack takes identify and track events, and no records.");
        return Delivery { answer: Answer::Stop(error), exchange };
    }
    let packed = match plane.packed(body(batch)).await {
        Ok(packed) => packed,
        Err(error) => return Delivery { answer: Answer::Stop(error), exchange },
    };
    exchange.bytes = packed.len() as u64;
    let started = Instant::now();
    let sent = plane.post(packed).await;
    exchange.took = Duration::from_millis(started.elapsed().as_millis() as u64);
    match &sent {
        Ok(answered) => {
            exchange.status = Some(answered.status);
            exchange.answer.clone_from(&answered.body);
        }
        Err(failure) => failure.error().message().clone_into(&mut exchange.answer),
    }
    Delivery { answer: classify(&sent, batch.records.len()), exchange }
}

pub(super) fn body(batch: &Batch<'_>) -> Vec<u8> {
    let size: usize = batch.records.iter().map(|record| record.payload.len() + ENVELOPE_BYTES).sum();
    let mut body = Vec::with_capacity(size + 16);
    body.extend_from_slice(br#"{"batch":["#);
    let mut time = EventTime::default();
    for (index, record) in batch.records.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write_event(&mut body, record, &mut time);
    }
    body.extend_from_slice(b"]}");
    body
}
