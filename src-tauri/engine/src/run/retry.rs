//! Retrying rejected records: a run of its own, with the same records.

use rusqlite::Connection;

use crate::error::{Error, ErrorKind, Result};
use crate::store::outbox::{self, Body, RecordState};
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
    let mut taken = Body::default();
    let mut last_batch = 0;
    let mut count = 0;
    outbox::each_open(sqlite, from.sync, Some(from.id), |found| {
        let (body, place) = (found.body, found.place);
        let key = body.key(place);
        if !found.state.is_refused() || !(keys.is_empty() || keys.iter().any(|wanted| wanted == key)) {
            return Ok(());
        }
        outbox::set_state(sqlite, found.batch.id, place, RecordState::RejectedBefore, at, found.problem)?;
        let (change, operation) = (body.change(place)?, body.operation(place)?);
        let (number, payload) = (body.number(place), body.payload(place));
        taken.push_over(key, change, operation, number, payload, found.uncertain);
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
        let message = format!("Run {} has no rejected records to send again.", from.id);
        return Err(Error::new(ErrorKind::UnknownName, message)
            .with_hint("Rejected records of earlier runs are carried by the newest run of the sync."));
    }
    outbox::release(sqlite, run)?;
    runs::set_counts(sqlite, run, &Counts { carried: count, to_send: count, ..Counts::default() })?;
    runs::seal(sqlite, run, at, None, last_batch)?;
    Ok(count)
}
