//! Runs that carry a part of a sync, and read nothing of it whole: a test with one record, an undo, a replay.

use rusqlite::Connection;

use crate::error::Result;
use crate::store::marks;
use crate::store::outbox::{self, OpenRecord, RecordState};
use crate::store::runs::{self, Counts};

/// Seals the run of a sync, `(sync, run)`, with what it has staged: records with keys of these hashes, in batches up to
/// `last_batch`. Of the same keys nothing else stays open.
pub(super) fn seal(
    sqlite: &Connection,
    (sync, run): (i64, i64),
    at: i64,
    hashes: &[u64],
    counts: &Counts,
    last_batch: i64,
) -> Result<()> {
    // What waits of these keys would be written over what the run brings, and one key is never twice on its way.
    let open = outbox::open_records(sqlite, sync)?;
    for open in hashes.iter().filter_map(|hash| open.get(hash)) {
        take_over(sqlite, open)?;
    }
    // Where a row goes back to what was discarded, it has to be sent over what the run brings.
    outbox::discarded::forget(sqlite, sync, hashes)?;
    // A warehouse that compares by itself knows nothing of this delivery.
    marks::forget(sqlite, sync)?;
    outbox::release(sqlite, run)?;
    runs::set_counts(sqlite, run, counts)?;
    runs::seal(sqlite, run, at, None, last_batch)
}

/// Closes the open record of the same key: a newer run carries it.
fn take_over(sqlite: &Connection, open: &OpenRecord) -> Result<()> {
    let state = match outbox::state_of(sqlite, open.batch, open.place)? {
        RecordState::Rejected | RecordState::Doubtful => RecordState::RejectedBefore,
        RecordState::Staged
        | RecordState::Pending
        | RecordState::InFlight
        | RecordState::Delivered
        | RecordState::Accepted
        | RecordState::Superseded
        | RecordState::Discarded
        | RecordState::Retry
        | RecordState::Invalid
        | RecordState::RejectedBefore => RecordState::Superseded,
    };
    outbox::close(sqlite, open.batch, open.place, state)
}
