//! Retrying rejected records: a run of its own, with the same records.

use std::collections::HashSet;

use rusqlite::Connection;

use crate::error::{Error, ErrorKind, Result};
use crate::store::outbox::{self, Body, Past, RecordState};
use crate::store::runs::{self, Counts, RunRow};

/// Stages the rejected records of `from` (of these keys, or all) in the new run `run`, and seals it. Answers
/// with how many there are.
pub(crate) fn take_rejected(
    sqlite: &Connection,
    from: &RunRow,
    keys: &[String],
    run: i64,
    at: i64,
    batch_records: usize,
) -> Result<u64> {
    let wanted: HashSet<&str> = keys.iter().map(String::as_str).collect();
    let mut taken = Body::default();
    let mut last_batch = 0;
    let (mut count, mut others) = (0, 0);
    outbox::each_open(sqlite, from.sync, Some(from.id), |found| {
        let (body, place) = (found.body, found.place);
        let key = body.key(place);
        if !found.state.is_refused() {
            return Ok(());
        }
        if !(wanted.is_empty() || wanted.contains(key)) {
            others += 1;
            return Ok(());
        }
        outbox::close(sqlite, found.batch.id, place, RecordState::RejectedBefore)?;
        let (change, operation) = (body.change(place)?, body.operation(place)?);
        let (number, payload) = (body.number(place), body.payload(place));
        let past = Past { doubtful: found.uncertain, refused: true, left_alone: false };
        taken.push_over(key, change, operation, number, payload, past);
        count += 1;
        if taken.len() == batch_records {
            last_batch =
                outbox::stage(sqlite, from.sync, run, at, &outbox::compress(&std::mem::take(&mut taken))?)?;
        }
        Ok(())
    })?;
    if !taken.is_empty() {
        last_batch = outbox::stage(sqlite, from.sync, run, at, &outbox::compress(&taken)?)?;
    }
    if count == 0 {
        return Err(nothing_rejected(from.id, others > 0));
    }
    outbox::release(sqlite, run)?;
    runs::set_counts(sqlite, run, &Counts { carried: count, to_send: count, ..Counts::default() })?;
    runs::seal(sqlite, run, at, None, last_batch)?;
    Ok(count)
}

/// `others`: records with other keys than those asked for were rejected.
fn nothing_rejected(run: i64, others: bool) -> Error {
    if others {
        return Error::new(
            ErrorKind::UnknownName,
            format!("Run {run} has no rejected record with this key."),
        )
        .with_hint("Look at the keys of its rejected records.");
    }
    Error::new(ErrorKind::Conflict, format!("Run {run} has no rejected records to send again.")).with_hint(
        "Where a later run took them over, retry that one: each run takes over what was rejected before.",
    )
}
