//! Sending a batch of records.

use std::time::{Duration, Instant};

use sluice_engine::destination::{Answer, Batch, Delivery, Exchange, Limits};

use super::client::Receiver;
use super::error::classify;
use super::line::LINE_BYTES;
use crate::http::note;

/// Bytes of a body, whatever the receiver would take.
const BODY_BYTES: usize = 4 << 20;

/// Bytes of one record, whatever the receiver would take.
const RECORD_BYTES: usize = 1 << 20;

/// So many as the user wants in a request.
pub(super) fn limits(receiver: &Receiver) -> Limits {
    Limits {
        records: receiver.batch_size,
        bytes: BODY_BYTES,
        record_bytes: RECORD_BYTES,
        envelope_bytes: LINE_BYTES,
        in_flight: 4,
    }
}

/// Sends one batch. A repeat has the same body and the same `webhook-id`.
pub(super) async fn deliver(receiver: &Receiver, batch: &Batch<'_>) -> Delivery {
    let mut exchange = Exchange { target: receiver.target(), ..Exchange::default() };
    let ready = match receiver.ready(batch) {
        Ok(ready) => ready,
        Err(error) => return Delivery::new(Answer::Stop(error), exchange),
    };
    exchange.headers = receiver.shown_headers(&ready);
    exchange.bytes = ready.body.len() as u64;
    exchange.keep_body(batch.records.len(), &ready.body);
    let started = Instant::now();
    let sent = receiver.post(ready).await;
    exchange.took = Duration::from_millis(started.elapsed().as_millis() as u64);
    note(&sent, &mut exchange);
    Delivery::new(classify(&sent, batch.records.len()), exchange)
}
