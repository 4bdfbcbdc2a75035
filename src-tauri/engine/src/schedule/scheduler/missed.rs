//! Slots that passed, and the rows that say why there was no run.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Unseen;
use crate::clock::{from_millis, millis};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::run::progress::Notice;
use crate::schedule::Slots;
use crate::store::runs::{self, Missed, Problem};
use crate::store::slots::{self, Told};
use crate::store::syncs::SavedSync;

/// Missed slots listed one by one; older ones are one line together, from the first to the last of them.
const LISTED: usize = 50;
/// Where so many passed, those before [`COUNTED`] are not counted one by one.
const WALKED: usize = 10_000;
/// Slots that passed within so long are counted in any case.
const COUNTED: TimeDelta = TimeDelta::days(366);

/// The slots of a sync that passed since it was planned.
pub(super) struct Passed {
    /// The newest.
    pub(super) newest: DateTime<Utc>,
    /// The ones before it of which nothing is said yet, oldest first, at most [`LISTED`].
    earlier: VecDeque<DateTime<Utc>>,
    /// Those before them.
    unlisted: Option<Unlisted>,
    /// None was left out.
    all: bool,
}

/// Missed slots that share one line.
struct Unlisted {
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    count: u64,
}

/// One line of the history: slots that were missed, and why.
pub(super) struct Line {
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    reason: Error,
}

impl Line {
    /// For one slot.
    pub(super) fn of(slot: DateTime<Utc>, reason: Error) -> Self {
        Self { first: slot, last: slot, reason }
    }
}

impl Passed {
    /// The slots from `due` to `now`; `due` is one in any case. Those that are `told` already are left out.
    pub(super) fn between(slots: &Slots, due: i64, now: DateTime<Utc>, told: &Told) -> Self {
        let mut passed =
            Self { newest: from_millis(due), earlier: VecDeque::new(), unlisted: None, all: true };
        let counted = now - COUNTED;
        for walked in 1.. {
            let Some(slot) = slots.next_after(passed.newest).filter(|slot| *slot <= now) else { break };
            let before = std::mem::replace(&mut passed.newest, slot);
            if !told.contains(millis(before)) {
                passed.miss(before);
            }
            if walked == WALKED
                && slot < counted
                && let Some(later) = slots.next_after(counted).filter(|later| *later <= now)
            {
                passed.newest = later;
                passed.all = false;
            }
        }
        passed
    }

    fn miss(&mut self, slot: DateTime<Utc>) {
        self.earlier.push_back(slot);
        if self.earlier.len() > LISTED
            && let Some(last) = self.earlier.pop_front()
        {
            let unlisted = self.unlisted.get_or_insert(Unlisted { first: last, last, count: 0 });
            (unlisted.last, unlisted.count) = (last, unlisted.count + 1);
        }
    }

    /// Every slot before the newest with the reason it was missed; the first of these stands for all that are
    /// not listed by themselves.
    pub(super) fn lines(&self, unseen: Unseen) -> Vec<Line> {
        let mut lines = Vec::with_capacity(self.earlier.len() + 1);
        if let Some(Unlisted { first, last, count }) = self.unlisted {
            let why = why(first, unseen);
            let at_least = if self.all { "" } else { "At least " };
            let message = match count - 1 {
                0 => why.to_owned(),
                1 => format!("{why} {at_least}1 more slot up to the next one listed was missed too."),
                more => {
                    format!("{why} {at_least}{more} more slots up to the next one listed were missed too.")
                }
            };
            lines.push(Line { first, last, reason: Error::new(ErrorKind::MissedSlot, message) });
        }
        lines.extend(self.earlier.iter().map(|slot| Line::of(*slot, reason(*slot, unseen))));
        lines
    }
}

/// Why one slot was missed.
pub(super) fn reason(slot: DateTime<Utc>, unseen: Unseen) -> Error {
    Error::new(ErrorKind::MissedSlot, why(slot, unseen))
}

fn why(slot: DateTime<Utc>, unseen: Unseen) -> &'static str {
    if slot < unseen.begun {
        "Sluice was not running."
    } else if unseen.asleep {
        "This computer was asleep."
    } else {
        "Sluice came too late: this computer was asleep or very busy."
    }
}

/// Why a slot was missed that came while a run of its sync was going on.
pub(super) fn overlap() -> Error {
    Error::new(ErrorKind::AlreadyRunning, "The run before was still going on.")
        .with_hint("Nothing to do; if it happens often, choose a longer time between runs.")
}

/// Why a slot was missed that came while a run of its sync was held.
pub(super) fn undecided() -> Error {
    Error::new(ErrorKind::Held, "The run before is held for review.")
        .with_hint("Look at the run that is held, then approve or drop it: the schedule goes on after that.")
}

/// Writes down slots without a run, each once ever.
pub(super) async fn write_down(engine: &Arc<Engine>, saved: &SavedSync, lines: Vec<Line>) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let at = millis(engine.clock().now());
    let (sync, generation, shape) = (saved.id, saved.generation, saved.sync.shape.clone());
    let job = move |sqlite: &rusqlite::Connection| {
        let mut written = Vec::new();
        for Line { first, last, reason } in lines {
            let (first, last, reason) = (millis(first), millis(last), Problem::from(&reason));
            if !slots::is_taken(sqlite, sync, last)? {
                let missed = Missed { first, last, at, reason };
                let run = runs::missed(sqlite, sync, generation, &shape, &missed)?;
                slots::take(sqlite, sync, last, run)?;
                written.push(run);
            }
        }
        Ok(written)
    };
    for run in engine.store().write(job).done().await? {
        engine.tell(Notice::Run(run));
    }
    Ok(())
}
