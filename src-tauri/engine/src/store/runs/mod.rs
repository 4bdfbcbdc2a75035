//! Runs. A run is a row before anything else happens.

mod ended;
mod expected;
mod invalid;
mod problem;
mod reviewed;
mod row;
mod taken_over;
mod undone;

use rusqlite::{Connection as Sqlite, params};

pub use ended::{Ended, end, last_sign};
pub use expected::expected;
pub use invalid::{InvalidRow, add_invalid, invalid_rows};
pub use problem::Problem;
pub use reviewed::{review, review_before, set_review};
pub use row::{Counts, RunRow, RunState, Trigger, get, list, none_sealed, unfinished, waiting, waiting_part};
pub use taken_over::taken_over_by;
pub use undone::{FieldLeft, as_before, is_of_some, set_undoes, set_undone, undos_of};

use super::json::write_json;
use super::seal::{self, Dropped};
use super::syncs;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Shape;
use crate::warehouse::Cost;

/// Writes down a new run that is reading. A run that is held is dropped: the new run reads afresh. What reads too little
/// for that (a test with one record, an undo, a replay) is refused where the held run has sent nothing yet.
pub fn begin(
    sqlite: &Sqlite,
    sync: i64,
    trigger: Trigger,
    at: i64,
    generation: i64,
    shape: &Shape,
) -> Result<i64> {
    refuse_second(sqlite, sync)?;
    if !trigger.is_whole() {
        seal::refuse_while_held(sqlite, sync)?;
    } else if let Some(held) = seal::held_of(sqlite, sync)? {
        seal::drop_held(sqlite, held, &Dropped::Newer)?;
    }
    let to = syncs::by_id(sqlite, sync)?.sync.to;
    sqlite
        .prepare_cached(
            "insert into run(sync, cause, state, started, generation, shape, destination)
             values(?1, ?2, 1, ?3, ?4, ?5, (select id from connection where name = ?6))",
        )?
        .execute(params![sync, trigger as u8, at, generation, write_json(shape)?, to])?;
    Ok(sqlite.last_insert_rowid())
}

/// Puts a run that waits back to sending. Not one that a newer run has overtaken or that is going on.
pub fn resume(sqlite: &Sqlite, run: &RunRow) -> Result<()> {
    refuse_second(sqlite, run.sync)?;
    if get(sqlite, run.id)?.state != RunState::Waiting {
        return Err(Error::new(ErrorKind::Conflict, format!("Run {} does not wait any more.", run.id)));
    }
    go_on(sqlite, run.id)
}

/// Puts a run that had ended back to sending.
pub(super) fn go_on(sqlite: &Sqlite, run: i64) -> Result<()> {
    sqlite.execute(
        "update run set state = 2, finished = null, next_attempt = null, problem = null where id = ?1",
        [run],
    )?;
    Ok(())
}

/// Adds the time since a run was held to how long it was held: it is approved at `at`.
pub(super) fn add_held(sqlite: &Sqlite, run: i64, at: i64) -> Result<()> {
    sqlite.execute(
        "update run set held_for = held_for + max(?2 - coalesce(finished, ?2), 0) where id = ?1",
        [run, at],
    )?;
    Ok(())
}

/// Refuses what must not happen while a run of the sync is going on.
pub fn refuse_second(sqlite: &Sqlite, sync: i64) -> Result<()> {
    let going_on: bool = sqlite
        .prepare_cached("select exists(select 1 from run where sync = ?1 and state in (1, 2))")?
        .query_row([sync], |row| row.get(0))?;
    if going_on {
        Err(Error::new(ErrorKind::AlreadyRunning, "A run of this sync is going on."))
    } else {
        Ok(())
    }
}

/// Slots without a run that share one line of the history; often one alone. Times are in ms.
#[derive(Debug, Clone)]
pub struct Missed {
    /// The first slot the line speaks for.
    pub first: i64,
    /// The last; this one the line takes.
    pub last: i64,
    /// When the line is written, whatever the slots' own time: history is kept from then on.
    pub at: i64,
    /// Why none of them ran.
    pub reason: Problem,
}

/// Writes down slots that did not run.
pub fn missed(sqlite: &Sqlite, sync: i64, generation: i64, shape: &Shape, missed: &Missed) -> Result<i64> {
    sqlite
        .prepare_cached(
            "insert into run(sync, cause, state, started, finished, slot, generation, shape, problem)
             values(?1, 2, 9, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            sync,
            missed.first,
            missed.at,
            missed.last,
            generation,
            write_json(shape)?,
            missed.reason.to_json()?
        ])?;
    Ok(sqlite.last_insert_rowid())
}

/// Stores all counts of a run.
pub fn set_counts(sqlite: &Sqlite, run: i64, counts: &Counts) -> Result<()> {
    sqlite
        .prepare_cached(
            "update run set read = ?2, invalid = ?3, added = ?4, changed = ?5, removed = ?6, unchanged = ?7,
             carried = ?8, to_send = ?9 where id = ?1",
        )?
        .execute(params![
            run,
            counts.read,
            counts.invalid,
            counts.added,
            counts.changed,
            counts.removed,
            counts.unchanged,
            counts.carried,
            counts.to_send
        ])?;
    Ok(())
}

/// Notes by which ways records went.
pub fn set_sent_by(sqlite: &Sqlite, run: i64, by: &[String]) -> Result<()> {
    sqlite.execute("update run set sent_by = ?2 where id = ?1", params![run, write_json(&by)?])?;
    Ok(())
}

/// Notes what the warehouse says the read takes.
pub fn set_cost(sqlite: &Sqlite, run: i64, cost: &Cost) -> Result<()> {
    sqlite.execute("update run set cost = ?2 where id = ?1", params![run, write_json(cost)?])?;
    Ok(())
}

/// Notes that the read is whole, and what the server reported.
pub fn seal(sqlite: &Sqlite, run: i64, at: i64, server_rows: Option<u64>, claimed: i64) -> Result<()> {
    sqlite.execute(
        "update run set state = 2, sealed = ?2, server_rows = ?3, claimed = ?4 where id = ?1",
        params![run, at, server_rows, claimed],
    )?;
    Ok(())
}

/// Adds what one request brought to a run's counts, and moves what may be under way.
pub fn add_outcomes(sqlite: &Sqlite, run: i64, added: &Counts, claimed: i64) -> Result<()> {
    sqlite
        .prepare_cached(
            "update run set sent = sent + ?2, delivered = delivered + ?3, rejected = rejected + ?4,
             requests = requests + ?5, bytes_sent = bytes_sent + ?6, claimed = max(claimed, ?7) where id = ?1",
        )?
        .execute(params![run, added.sent, added.delivered, added.rejected, added.requests, added.bytes_sent, claimed])?;
    Ok(())
}

/// Takes back that a request left, which did not after all.
pub fn take_back(sqlite: &Sqlite, run: i64, sent: u64) -> Result<()> {
    sqlite
        .prepare_cached("update run set sent = sent - ?2, requests = requests - 1 where id = ?1")?
        .execute(params![run, sent])?;
    Ok(())
}

/// Counts records of a run as discarded, `refused` of which had counted as rejected.
pub fn add_discarded(sqlite: &Sqlite, run: i64, refused: u64, waiting: u64) -> Result<()> {
    sqlite.execute(
        "update run set rejected = rejected - ?2, discarded = discarded + ?2 + ?3 where id = ?1",
        params![run, refused, waiting],
    )?;
    Ok(())
}
