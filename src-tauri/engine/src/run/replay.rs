//! One record once more, in a run of its own: as it was sent, or corrected by the user.

use rusqlite::Connection;

use super::part;
use crate::destination::Limits;
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::mapping::named_in;
use crate::record::{Change, Operation};
use crate::store::events;
use crate::store::outbox::{self, Body, key_hash};
use crate::store::runs::{Counts, RunRow};
use crate::sync::Shape;
use crate::words::count;

/// Stages the record at `place` of a batch of `of` in the new run `run`, and seals it.
pub(crate) fn stage(
    sqlite: &Connection,
    of: &RunRow,
    (batch, place): (i64, usize),
    payload: Option<Vec<u8>>,
    run: i64,
    at: i64,
    limits: Limits,
) -> Result<()> {
    let event = events::get(sqlite, events::EventId::Record { run: of.id, batch, place })?;
    let key = event.key.clone().unwrap_or_default();
    let operation = event.operation.unwrap_or(Operation::Upsert);
    let sent = event.sent().into_owned().into_bytes();
    let payload = match payload {
        Some(payload) => corrected(&of.shape, &sent, &payload, limits.record_bytes)?,
        None => sent,
    };
    let change = event.change.unwrap_or(Change::Changed);
    let mut body = Body::default();
    body.push(&key, change, operation, run, &payload);
    let staged = outbox::stage(sqlite, of.sync, run, at, &outbox::compress(&body)?)?;
    let counts = Counts { carried: 1, to_send: 1, ..Counts::default() };
    part::seal(sqlite, (of.sync, run), at, &[key_hash(&key)], &counts, staged)
}

/// The payload as the user has written it, on one line; refused where it is about somebody else.
fn corrected(shape: &Shape, sent: &[u8], payload: &[u8], most: usize) -> Result<Vec<u8>> {
    let bad =
        |message: String| Error::new(ErrorKind::BadMapping, message).with_hint("Correct the values alone.");
    let parsed = |bytes: &[u8]| std::str::from_utf8(bytes).ok().and_then(Json::parse);
    let Some(after @ Json::Object(_)) = parsed(payload) else {
        return Err(bad("What is to be sent is no JSON object.".to_owned()));
    };
    let compact = after.compact().into_bytes();
    let is_same = match shape {
        Shape::Record { match_field, .. } => {
            let matched = |document: &Json| document.get(match_field).and_then(Json::text);
            parsed(sent).as_ref().and_then(matched) == matched(&after)
        }
        Shape::Identify | Shape::Track(_) => named_in(sent) == named_in(&compact),
    };
    if !is_same {
        return Err(bad("The record would be another one: what it is found by has changed.".to_owned()));
    }
    if compact.len() > most {
        let (has, takes) = (count(compact.len() as u64), count(most as u64));
        return Err(Error::new(
            ErrorKind::TooLarge,
            format!("The record has {has} bytes, and the destination takes {takes} for one."),
        ));
    }
    Ok(compact)
}
