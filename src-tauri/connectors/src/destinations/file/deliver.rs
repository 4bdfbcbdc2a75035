//! Adding a batch to the run's file.

use std::time::Instant;

use sluice_engine::destination::{Answer, Batch, Delivery, Exchange, Limits, Outcome};
use sluice_engine::record::Record;

use super::event::EventTime;
use super::folder::Folder;
use super::line::{LINE_BYTES, write_line};
use super::part::Line;

pub(super) const LIMITS: Limits = Limits {
    records: 5_000,
    bytes: 64 << 20,
    record_bytes: 32 << 20,
    envelope_bytes: LINE_BYTES,
    in_flight: 1,
};

/// Adds one batch. Its lines are on disk when this returns, and in the file at the end of the run.
pub(super) async fn deliver(folder: &Folder, batch: &Batch<'_>) -> Delivery {
    let started = Instant::now();
    let mut time = EventTime::default();
    let lines = batch.records.iter().map(|record| line(batch, record, &mut time)).collect();
    let target = folder.target(batch.sync, batch.run);
    let mut exchange = Exchange { target: folder.file(&target).display().to_string(), ..Exchange::default() };
    let answer = match folder.add(batch.sync, target, lines).await {
        Ok(added) => {
            exchange.bytes = added.bytes;
            exchange.answer = match batch.records.len() - added.lines {
                0 => format!("{} lines added", added.lines),
                there => format!("{} lines added, {there} were there already", added.lines),
            };
            Answer::Records(vec![Outcome::Delivered; batch.records.len()])
        }
        Err(error) => {
            error.message().clone_into(&mut exchange.answer);
            // What could not be written whole is cut off again.
            exchange.never_left = true;
            Answer::Stop(error)
        }
    };
    exchange.took = started.elapsed();
    Delivery::new(answer, exchange)
}

/// A record as one line of JSON.
fn line(batch: &Batch<'_>, record: &Record<'_>, time: &mut EventTime) -> Line {
    let mut text = Vec::with_capacity(record.payload.len() + LINE_BYTES);
    write_line(&mut text, batch, record, time);
    // Only between JSON's tokens: inside of text they are escaped.
    for byte in text.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
    Line { id: record.message_id.0, text }
}
