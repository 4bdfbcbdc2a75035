//! Slots that passed, and the rows that say why there was no run.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Unseen;
use crate::clock::{from_millis, millis};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::run::progress::Notice;
use crate::schedule::Slots;
use crate::store::runs::{self, Problem};
use crate::store::slots;
use crate::store::syncs::SavedSync;

/// Missed slots listed one by one; older ones are one line together, at the last of them.
const LISTED: usize = 50;
/// Slots older than this are not counted any more.
const COUNTED: TimeDelta = TimeDelta::days(366);

/// The slots of a sync that passed since it was planned.
pub(super) struct Passed {
    /// The newest.
    pub(super) newest: DateTime<Utc>,
    /// The ones before it that were not taken, oldest first, at most [`LISTED`].
    earlier: VecDeque<DateTime<Utc>>,
    /// The last one before those, and how many there were with it.
    unlisted: Option<(DateTime<Utc>, u64)>,
}

impl Passed {
    /// The slots from `due` to `now`; `due` is one in any case. Of those in `taken` nothing is to be said any more.
    pub(super) fn between(slots: &Slots, due: i64, now: DateTime<Utc>, taken: &HashSet<i64>) -> Self {
        let first = from_millis(due);
        let (mut newest, mut earlier, mut unlisted) = (first, VecDeque::new(), None);
        let mut from = first;
        if now - first > COUNTED {
            from = now - COUNTED;
        }
        while let Some(slot) = slots.next_after(from).filter(|slot| *slot <= now) {
            if !taken.contains(&millis(newest)) {
                earlier.push_back(newest);
            }
            if earlier.len() > LISTED {
                let count = unlisted.map_or(0, |(_, count)| count);
                unlisted = earlier.pop_front().map(|slot| (slot, count + 1));
            }
            (newest, from) = (slot, slot);
        }
        Self { newest, earlier, unlisted }
    }

    /// Every slot before the newest with the reason it was missed; the first of these stands for all that are
    /// not listed by themselves.
    pub(super) fn reasons(&self, unseen: Unseen) -> Vec<(DateTime<Utc>, Error)> {
        let reason = |slot: DateTime<Utc>| (slot, reason(slot, unseen));
        let mut reasons: Vec<_> = self.earlier.iter().map(|slot| reason(*slot)).collect();
        if let Some((slot, count)) = self.unlisted {
            let why = why(slot, unseen);
            let message = match count {
                1 => why.to_owned(),
                2 => format!("{why} The slot before it was missed too."),
                count => format!("{why} {} slots before it were missed too.", count - 1),
            };
            reasons.insert(0, (slot, Error::new(ErrorKind::MissedSlot, message)));
        }
        reasons
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
pub(super) async fn write_down(
    engine: &Arc<Engine>,
    saved: &SavedSync,
    missed: Vec<(DateTime<Utc>, Error)>,
) -> Result<()> {
    if missed.is_empty() {
        return Ok(());
    }
    let (sync, generation, shape) = (saved.id, saved.generation, saved.sync.shape.clone());
    let job = move |sqlite: &rusqlite::Connection| {
        let mut written = Vec::new();
        for (slot, reason) in missed {
            let slot = millis(slot);
            if !slots::is_taken(sqlite, sync, slot)? {
                let run = runs::missed(sqlite, sync, slot, generation, &shape, &Problem::from(&reason))?;
                slots::take(sqlite, sync, slot, run)?;
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
