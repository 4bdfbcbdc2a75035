//! One record once more, in a run of its own: as it was sent, or corrected by the user.
//!
//! A row that was refused and whose record was corrected still says what was refused. Sending that again would only have it
//! refused again, run after run, and where it is not, undo what the user corrected. So the correction stands until the row
//! says something else: what was refused counts as discarded, and like that it is sent no more while the row stays as it is.
//! A correction that is not taken itself changes nothing: the next run sends the row as ever. A record that was delivered and
//! is sent once more with other values is another matter: the next run sends its row over it.

use rusqlite::Connection;

use super::part;
use crate::destination::Limits;
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::mapping::named_in;
use crate::record::{Change, Operation};
use crate::store::events::{self, EventRow};
use crate::store::outbox::discarded::{self, Discarded};
use crate::store::outbox::{self, Body, REMOVED, RecordState, fingerprint, key_hash};
use crate::store::runs::{Counts, RunRow};
use crate::store::{fingerprints, syncs};
use crate::sync::{FieldValue, Identifier, Shape, Sync};
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
    let (hash, change) = (key_hash(&key), event.change.unwrap_or(Change::Changed));
    let operation = event.operation.unwrap_or(Operation::Upsert);
    let is_corrected = payload.is_some();
    let payload = match payload {
        Some(payload) => corrected(sqlite, of, &event, &payload, limits.record_bytes)?,
        None => event.sent().into_owned().into_bytes(),
    };
    let mut body = Body::default();
    body.push(&key, change, operation, run, &payload);
    let staged = outbox::stage(sqlite, of.sync, run, at, &outbox::compress(&body)?)?;
    let counts = Counts { carried: 1, to_send: 1, ..Counts::default() };
    let standing = discarded::of_sync(sqlite, of.sync)?.remove(&hash);
    part::seal(sqlite, (of.sync, run), at, &[hash], &counts, staged)?;
    let was_refused =
        matches!(event.state, RecordState::Rejected | RecordState::RejectedBefore | RecordState::Discarded);
    let refused = if was_refused && change != Change::Removed {
        Some(Discarded { batch, place, fingerprint: fingerprint(change, &event.payload), uncertain: false })
    } else {
        // Of what was corrected before the row still says what was refused then.
        standing
    };
    if let Some(refused) = refused.filter(|_| is_corrected) {
        discarded::keep(sqlite, of.sync, hash, &refused)?;
    }
    Ok(())
}

/// The payload as the user has written it, on one line; refused where it is about somebody else.
fn corrected(
    sqlite: &Connection,
    of: &RunRow,
    event: &EventRow,
    payload: &[u8],
    most: usize,
) -> Result<Vec<u8>> {
    let Some(after @ Json::Object(_)) = std::str::from_utf8(payload).ok().and_then(Json::parse) else {
        return Err(bad("What is to be sent is no JSON object."));
    };
    let compact = after.compact().into_bytes();
    let sent = event.sent();
    let (was, is) = (found_by(&of.shape, sent.as_bytes()), found_by(&of.shape, &compact));
    if was != is {
        let is_somebody = is.iter().any(|(_, text)| !text.trim().is_empty());
        may_be_found_by_another(sqlite, of, event, is_somebody)?;
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

/// What the record of a payload is found by, each with the identifier it is.
fn found_by(shape: &Shape, payload: &[u8]) -> Vec<(Option<Identifier>, String)> {
    match shape {
        Shape::Record { match_field, .. } => {
            let document = std::str::from_utf8(payload).ok().and_then(Json::parse);
            let matched =
                document.as_ref().and_then(|document| document.get(match_field)).and_then(Json::text);
            matched.into_iter().map(|text| (None, text)).collect()
        }
        Shape::Identify | Shape::Track(_) => {
            named_in(payload).into_iter().map(|(identifier, text)| (Some(identifier), text)).collect()
        }
    }
}

/// What a record is found by may be corrected only where no record can stand under what it was: that one would stay beside
/// the corrected one. `is_somebody`: it is found by something still.
fn may_be_found_by_another(
    sqlite: &Connection,
    of: &RunRow,
    event: &EventRow,
    is_somebody: bool,
) -> Result<()> {
    let key = event.key.as_deref().unwrap_or_default();
    let has_arrived = event.state.has_arrived();
    if !is_somebody
        || has_arrived
        || event.change == Some(Change::Removed)
        || may_stand(sqlite, of.sync, &of.shape, key)?
    {
        return Err(bad("The record would be another one: what it is found by has changed."));
    }
    let sync = syncs::by_id(sqlite, of.sync)?.sync;
    if sync.sends_removals() && is_of_key(&sync, &of.shape) {
        // Corrected in the warehouse later, the row would have another key: this one would seem to be gone, and its removal
        // would take the corrected record with it.
        let message =
            "Its row is known by what the record is found by, and a mirror would take that row for gone.";
        return Err(Error::new(ErrorKind::BadMapping, message).with_hint("Correct it in the warehouse."));
    }
    Ok(())
}

/// A record of this key may stand in the destination: one was delivered and not deleted since by what it was found by then,
/// or may have arrived although nobody knows. One that was emptied stands there still.
fn may_stand(sqlite: &Connection, sync: i64, shape: &Shape, key: &str) -> Result<bool> {
    let hash = key_hash(key);
    let mut print = REMOVED;
    fingerprints::walk(sqlite, sync, 0, i64::MAX, |known, newest| {
        if known == hash {
            print = newest;
        }
    })?;
    let open = outbox::open_records(sqlite, sync)?.remove(&hash);
    let discarded = discarded::of_sync(sqlite, sync)?.remove(&hash);
    if print != REMOVED
        || open.is_some_and(|open| open.uncertain)
        || discarded.is_some_and(|discarded| discarded.uncertain)
    {
        return Ok(true);
    }
    let mut deleted = Vec::new();
    for (batch, place) in outbox::find_key(sqlite, Some(sync), key, usize::MAX)? {
        let Some(body) = outbox::body(sqlite, batch)? else { continue };
        let found_by = found_by(shape, body.payload(place));
        if deleted.contains(&found_by) {
            continue;
        }
        match outbox::state_of(sqlite, batch, place)? {
            RecordState::Delivered | RecordState::Accepted => {
                if body.operation(place)? != Operation::Delete {
                    return Ok(true);
                }
                deleted.push(found_by);
            }
            RecordState::Doubtful => return Ok(true),
            RecordState::Staged | RecordState::Invalid => {}
            RecordState::Pending
            | RecordState::InFlight
            | RecordState::Superseded
            | RecordState::Discarded
            | RecordState::Rejected
            | RecordState::Retry
            | RecordState::RejectedBefore => {
                if body.past(place).doubtful {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

/// What records are found by comes from a column of the key.
fn is_of_key(sync: &Sync, shape: &Shape) -> bool {
    match (shape, &sync.fields) {
        (Shape::Record { match_field, .. }, None) => sync.key.contains(match_field),
        (Shape::Record { match_field, .. }, Some(fields)) => {
            fields.iter().filter(|field| field.key == *match_field).any(|field| match &field.value {
                FieldValue::Column(column) => sync.key.contains(column),
                FieldValue::Template(_) => true,
                FieldValue::Constant(_) => false,
            })
        }
        (Shape::Identify | Shape::Track(_), _) => {
            sync.identifiers.values().any(|column| sync.key.contains(column))
        }
    }
}

fn bad(message: &str) -> Error {
    Error::new(ErrorKind::BadMapping, message).with_hint("Correct the values alone.")
}
