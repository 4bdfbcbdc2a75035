//! What becomes of records that a run left waiting.

use rusqlite::{Connection as Sqlite, OptionalExtension, params};

use super::{RunRow, RunState, Trigger};
use crate::error::Result;
use crate::store::outbox;

/// The later run that took over what this one left waiting: the first one that read all of its sync and was sealed. `None`
/// as long as any of it is open. Nothing is asked of the database where nothing was left.
pub fn taken_over_by(sqlite: &Sqlite, run: &RunRow) -> Result<Option<i64>> {
    if run.counts.waiting() == 0 || run.state.is_going_on() || run.state == RunState::Held {
        return Ok(None);
    }
    let [retry, test, undo, replay] = Trigger::PARTS.map(|trigger| trigger as u8);
    let later: Option<i64> = sqlite
        .prepare_cached(
            "select id from run where sync = ?1 and id > ?2 and sealed is not null and cause not in (?3, ?4, ?5, ?6)
             order by id limit 1",
        )?
        .query_row(params![run.sync, run.id, retry, test, undo, replay], |row| row.get(0))
        .optional()?;
    if later.is_none() || !outbox::open_batches(sqlite, run.sync, Some(run.id))?.is_empty() {
        return Ok(None);
    }
    Ok(later)
}
