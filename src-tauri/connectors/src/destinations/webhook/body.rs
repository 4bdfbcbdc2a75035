//! The body of a request and the id it has: both the same when the same records are sent again.

use ring::digest::{Context, SHA256};
use sluice_engine::destination::Batch;

use super::event::EventTime;
use super::line::{LINE_BYTES, write_line};

/// One JSON object, or a list where requests carry many, also around a single one.
pub(super) fn body(batch: &Batch<'_>, as_list: bool) -> Vec<u8> {
    let size: usize = batch.records.iter().map(|record| record.payload.len() + LINE_BYTES).sum();
    let mut body = Vec::with_capacity(size + 2);
    let mut time = EventTime::default();
    if as_list {
        body.push(b'[');
    }
    for (index, record) in batch.records.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write_line(&mut body, batch, record, &mut time);
    }
    if as_list {
        body.push(b']');
    }
    body
}

/// `webhook-id`: the id of a single record's change, or one made of all of theirs.
pub(super) fn id(batch: &Batch<'_>) -> String {
    if let [record] = batch.records {
        return format!("msg_{}", record.message_id);
    }
    let mut ids = Context::new(&SHA256);
    for record in batch.records {
        ids.update(&record.message_id.0.to_be_bytes());
    }
    let digest = ids.finish();
    let half: Vec<String> = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("msg_{}", half.concat())
}
