//! A record of an object, or an event, as one JSON object: for destinations that take whatever comes.

use sluice_engine::destination::Batch;
use sluice_engine::record::{Operation, Record};
use sluice_engine::sync::Shape;

use super::event::{ENVELOPE_BYTES, EventTime, write_event};

/// What [`write_line`] adds to a payload at most, with a comma between two of them.
pub(crate) const LINE_BYTES: usize = ENVELOPE_BYTES + r#""_operation":"delete","#.len();

/// Appends the record: an event with its ids and times, a record of an object as its payload's own bytes. One
/// whose row is gone says so first, as `_operation`. A repeat of the same record appends the same bytes.
pub(crate) fn write_line(out: &mut Vec<u8>, batch: &Batch<'_>, record: &Record<'_>, time: &mut EventTime) {
    let start = out.len();
    match batch.shape {
        Shape::Identify | Shape::Track(_) => write_event(out, record, time),
        Shape::Record { .. } => out.extend_from_slice(record.payload),
    }
    let removed = match record.operation {
        Operation::Upsert | Operation::Update | Operation::Create => return,
        Operation::Clear => "clear",
        Operation::Delete => "delete",
    };
    let comma = if out.ends_with(b"{}") && out.len() == start + 2 { "" } else { "," };
    let at = start + 1;
    out.splice(at..at, format!(r#""_operation":"{removed}"{comma}"#).into_bytes());
}
