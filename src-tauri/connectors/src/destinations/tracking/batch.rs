//! One batch of events: its body, and sending it.

use std::time::{Duration, Instant};

use sluice_engine::destination::{Answer, Delivery, Exchange};
use sluice_engine::record::Record;

use super::super::event::{Envelope, EventTime, write_event_in};
use super::TrackingApi;
use crate::http::{Answered, Failure};

/// The body of a batch. The same records make the same bytes: there is no time of sending in it.
pub(crate) fn body<'a>(
    records: impl Iterator<Item = &'a Record<'a>> + Clone,
    envelope: &Envelope,
) -> Vec<u8> {
    let size: usize = records.clone().map(|record| record.payload.len() + envelope.size()).sum();
    let mut body = Vec::with_capacity(size + 16);
    body.extend_from_slice(br#"{"batch":["#);
    let mut time = EventTime::default();
    for (index, record) in records.enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write_event_in(envelope, &mut body, record, &mut time);
    }
    body.extend_from_slice(b"]}");
    body
}

/// Sends a body with so many events once, and sorts what came of it.
pub(crate) async fn deliver(
    api: &TrackingApi,
    body: Vec<u8>,
    events: usize,
    classify: impl FnOnce(&Result<Answered, Failure>) -> Answer,
) -> Delivery {
    let mut exchange = Exchange { target: api.target(), headers: api.shown_headers(), ..Exchange::default() };
    exchange.keep_body(events, &body);
    let packed = match api.packed(body).await {
        Ok(packed) => packed,
        Err(error) => return Delivery::new(Answer::Stop(error), exchange),
    };
    exchange.bytes = packed.len() as u64;
    let started = Instant::now();
    let sent = api.post(packed).await;
    exchange.took = Duration::from_millis(started.elapsed().as_millis() as u64);
    crate::http::note(&sent, &mut exchange);
    Delivery::new(classify(&sent), exchange)
}
