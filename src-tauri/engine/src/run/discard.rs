//! Discarding: the user decides that records are not to be sent.

use rusqlite::Connection;

use crate::error::{Error, ErrorKind, Result};
use crate::store::outbox::discarded::{self, Discarded};
use crate::store::outbox::{self, RecordState, fingerprint, key_hash};
use crate::store::runs::{self, Ended, RunRow, RunState};
use crate::store::seal;

/// Which open records of a run to discard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discard {
    /// Those the destination refused.
    Refused,
    /// Those that wait.
    Waiting,
    /// Both.
    All,
}

impl Discard {
    fn takes(self, state: RecordState) -> bool {
        match self {
            Self::Refused => state.is_refused(),
            Self::Waiting => state.is_waiting(),
            Self::All => state.is_open(),
        }
    }
}

/// Discards open records of a run (of these keys, or all), and answers with how many. They stay in the event
/// log, and are not sent again before their rows change.
pub(crate) fn discard(
    sqlite: &Connection,
    run: i64,
    keys: &[String],
    which: Discard,
    at: i64,
) -> Result<u64> {
    let of_run = runs::get(sqlite, run)?;
    runs::refuse_second(sqlite, of_run.sync)?;
    seal::refuse_while_held(sqlite, of_run.sync)?;
    // What the destination works on is on its way.
    let jobs = outbox::jobs::of_run(sqlite, run)?;
    let is_under_way =
        |batch: i64, place: &usize| jobs.iter().any(|job| job.batch == batch && job.places.contains(place));
    let mut taken: Vec<Taken> = Vec::new();
    outbox::each_open(sqlite, of_run.sync, Some(run), |found| {
        let key = found.body.key(found.place);
        let wanted = keys.is_empty() || keys.iter().any(|wanted| wanted == key);
        if which.takes(found.state) && wanted && !is_under_way(found.batch.id, &found.place) {
            let payload = found.body.payload(found.place);
            let record = Discarded {
                batch: found.batch.id,
                place: found.place,
                fingerprint: fingerprint(found.body.change(found.place)?, payload),
                uncertain: found.uncertain,
            };
            let problem = found.problem.map(str::to_owned);
            let (hash, refused) = (key_hash(key), found.state.is_refused());
            taken.push(Taken { hash, record, refused, problem, of: found.body.len() });
        }
        Ok(())
    })?;
    if taken.is_empty() {
        let message = format!("Run {run} has no such records that are rejected or waiting.");
        return Err(Error::new(ErrorKind::UnknownName, message)
            .with_hint("What earlier runs left is carried by the newest run of the sync."));
    }
    for of_batch in taken.chunk_by(|one, next| one.record.batch == next.record.batch) {
        set_discarded(sqlite, of_run.sync, of_batch, at)?;
    }
    let refused = taken.iter().filter(|taken| taken.refused).count() as u64;
    let count = taken.len() as u64;
    runs::add_discarded(sqlite, run, refused, count - refused)?;
    end_anew(sqlite, &of_run)?;
    Ok(count)
}

/// A record to discard.
struct Taken {
    hash: u64,
    record: Discarded,
    refused: bool,
    problem: Option<String>,
    /// Records of its batch.
    of: usize,
}

/// Sets the state of records of one batch.
fn set_discarded(sqlite: &Connection, sync: i64, taken: &[Taken], at: i64) -> Result<()> {
    let whole = taken.iter().all(|one| one.of == taken.len() && one.problem.is_none());
    if let (true, Some(first)) = (whole, taken.first()) {
        outbox::set_batch_state(sqlite, first.record.batch, RecordState::Discarded, at)?;
    }
    for Taken { hash, record, problem, .. } in taken {
        if !whole {
            let (batch, place) = (record.batch, record.place);
            outbox::set_state(sqlite, batch, place, RecordState::Discarded, at, problem.as_deref())?;
        }
        discarded::keep(sqlite, sync, *hash, record)?;
    }
    Ok(())
}

/// A run that ended with open records may have none any more.
fn end_anew(sqlite: &Connection, before: &RunRow) -> Result<()> {
    let waits = match before.state {
        RunState::Waiting | RunState::CompletedWithRejections | RunState::Held => {
            runs::get(sqlite, before.id)?.counts
        }
        RunState::Reading
        | RunState::Sending
        | RunState::Completed
        | RunState::Cancelled
        | RunState::Failed
        | RunState::Missed => return Ok(()),
    };
    if waits.waiting() > 0 {
        return Ok(());
    }
    let at = before.finished.unwrap_or(before.started);
    let state = if waits.rejected > 0 { RunState::CompletedWithRejections } else { RunState::Completed };
    runs::end(sqlite, before.id, &Ended::new(state, at))
}
