//! How long a run would take, by the last ones of its sync.

use std::time::Duration;

use rusqlite::Connection as Sqlite;

use super::{Counts, RunState, list};
use crate::error::Result;

/// Runs that are looked at.
const LAST: usize = 20;

/// How long a run with these `counts` would take: rows to read and records to send, each at the middle pace of the last
/// runs. `None` where none of them says.
pub fn expected(sqlite: &Sqlite, sync: i64, counts: &Counts) -> Result<Option<Duration>> {
    let runs = list(sqlite, Some(sync), None, LAST)?;
    let done = runs.iter().filter(|run| {
        !run.trigger.is_partial()
            && matches!(run.state, RunState::Completed | RunState::CompletedWithRejections)
    });
    let (mut reading, mut sending) = (Vec::new(), Vec::new());
    for run in done {
        let (Some(sealed), Some(finished)) = (run.sealed, run.finished) else { continue };
        // Held is a run before its read is sealed, or, where it was to be approved once more, while it sends.
        let (before, after) = if run.approved { (0, run.held_for) } else { (run.held_for, 0) };
        reading.extend(each(sealed - run.started - before, run.counts.read));
        sending.extend(each(finished - sealed - after, run.counts.sent));
    }
    let (reads, sends) = (counts.read, counts.to_send);
    let parts = [part(reading, reads), part(sending, sends)];
    Ok(parts.into_iter().sum::<Option<f64>>().map(|ms| Duration::from_secs_f64(ms / 1_000.0)))
}

/// Milliseconds for each of so many.
fn each(ms: i64, count: u64) -> Option<f64> {
    (count > 0).then(|| ms.max(0) as f64 / count as f64)
}

/// Milliseconds for `count`, at the middle pace; `None` where nobody knows.
fn part(mut paces: Vec<f64>, count: u64) -> Option<f64> {
    if count == 0 {
        return Some(0.0);
    }
    paces.sort_by(f64::total_cmp);
    paces.get(paces.len() / 2).map(|pace| pace * count as f64)
}
