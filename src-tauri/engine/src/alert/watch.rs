//! Looks at what happens to syncs, and keeps what is to be told.

use rusqlite::Connection as Sqlite;

use super::judge::{Course, is_failure, is_success};
use super::{Cause, Notice, Rules};
use crate::error::Result;
use crate::store::alerts::{self, WINDOW};
use crate::store::runs::{self, RunRow, RunState};
use crate::store::syncs::{self, SavedSync};

/// What the window tells in its notifications, beside a sync's first success.
const NOTIFIED: Rules =
    Rules { failed: true, held: true, rejected: None, rejected_percent: None, silent_hours: None };

const HOUR: i64 = 60 * 60 * 1_000;

/// A run has ended: keeps what receivers are to be told, and what has recovered. In the transaction of the end.
pub(crate) fn run_ended(sqlite: &Sqlite, run: i64) -> Result<()> {
    let run = runs::get(sqlite, run)?;
    let saved = syncs::by_id(sqlite, run.sync)?;
    let failures = match (is_success(&run), is_failure(&run)) {
        (true, _) => 0,
        (false, true) => alerts::failures(sqlite, run.sync)?.saturating_add(1),
        (false, false) => alerts::failures(sqlite, run.sync)?,
    };
    alerts::set_failures(sqlite, run.sync, failures)?;
    let course = Course { run: &run, failures, again: again(&saved, &run) };
    end_recovered(sqlite, WINDOW, NOTIFIED, course)?;
    // One that can not be read shows as such where alerts are listed, and holds up no run.
    for receiver in alerts::readable(sqlite)?.into_iter().flatten() {
        if receiver.receiver.is_about(&saved.uuid) {
            tell(sqlite, &receiver.id, receiver.receiver.rules, course, &saved.sync.name)?;
        }
    }
    Ok(())
}

fn tell(sqlite: &Sqlite, receiver: &str, rules: Rules, course: Course<'_>, sync: &str) -> Result<()> {
    if let Some(since) = end_recovered(sqlite, receiver, rules, course)? {
        alerts::queue(sqlite, receiver, &Notice::recovered(sync, course.run, since))?;
    }
    let Some(cause) = course.begins(rules) else { return Ok(()) };
    let notice = Notice::of(&cause, sync, course.run);
    if alerts::tell(sqlite, receiver, course.run.sync, &cause, notice.at)? {
        alerts::queue(sqlite, receiver, &notice)?;
    }
    Ok(())
}

/// Ends what has recovered with this end; answers since when the first of that stood.
fn end_recovered(sqlite: &Sqlite, receiver: &str, rules: Rules, course: Course<'_>) -> Result<Option<i64>> {
    let mut first = None;
    for told in alerts::told(sqlite, receiver, course.run.sync)? {
        if course.recovers(&told.cause, rules) {
            alerts::recovered(sqlite, receiver, course.run.sync, &told.cause)?;
            first = first.or(Some(told.since));
        }
    }
    Ok(first)
}

/// When it goes on, or the sync runs again, by itself.
fn again(saved: &SavedSync, run: &RunRow) -> Option<i64> {
    let planned = if run.state == RunState::Waiting { run.next_attempt } else { saved.next_due };
    planned.filter(|_| !saved.paused)
}

/// What the window tells of a run that ended, once: that the sync needs the user, has failed after the retries, or
/// succeeded for the first time. `None` where there is nothing new.
pub fn news(sqlite: &Sqlite, run: i64) -> Result<Option<Notice>> {
    let run = runs::get(sqlite, run)?;
    if run.finished.is_none() || !alerts::is_newest(sqlite, &run)? {
        return Ok(None);
    }
    let saved = syncs::by_id(sqlite, run.sync)?;
    let failures = alerts::failures(sqlite, run.sync)?;
    let course = Course { run: &run, failures, again: again(&saved, &run) };
    let is_first = is_success(&run) && !alerts::succeeded_before(sqlite, &run)?;
    let Some(cause) = course.begins(NOTIFIED).or(is_first.then_some(Cause::FirstSuccess)) else {
        return Ok(None);
    };
    let notice = Notice::of(&cause, &saved.sync.name, &run);
    Ok(alerts::tell(sqlite, WINDOW, run.sync, &cause, notice.at)?.then_some(notice))
}

/// A sync without success for longer than a receiver wants, of which that was not told.
pub(super) struct Silence {
    receiver: String,
    sync: i64,
    since: i64,
    notice: Notice,
}

/// Looks for syncs that have not succeeded for too long. Those that are paused may be silent.
pub(super) fn silences(sqlite: &Sqlite, now: i64) -> Result<Vec<Silence>> {
    let mut found = Vec::new();
    for receiver in alerts::readable(sqlite)?.into_iter().flatten() {
        let Some(hours) = receiver.receiver.rules.silent_hours else { continue };
        for saved in syncs::all(sqlite)? {
            if saved.paused || saved.sync.to.is_none() || !receiver.receiver.is_about(&saved.uuid) {
                continue;
            }
            let last = alerts::last_success(sqlite, saved.id)?;
            let Some(since) = last.filter(|last| now - last > i64::from(hours) * HOUR) else { continue };
            let told = alerts::told(sqlite, &receiver.id, saved.id)?;
            if !told.iter().any(|told| told.cause == Cause::Silent) {
                let notice = Notice::silent(&saved.sync.name, now, since, hours);
                found.push(Silence { receiver: receiver.id.clone(), sync: saved.id, since, notice });
            }
        }
    }
    Ok(found)
}

/// Keeps that a silence is to be told.
pub(super) fn tell_silence(sqlite: &Sqlite, silence: &Silence) -> Result<()> {
    let Silence { receiver, sync, since, notice } = silence;
    if alerts::tell(sqlite, receiver, *sync, &Cause::Silent, *since)? {
        alerts::queue(sqlite, receiver, notice)?;
    }
    Ok(())
}
