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
use crate::store::runs::{self, Problem};
use crate::store::slots;
use crate::store::syncs::SavedSync;

/// Missed slots listed one by one; older ones are one line together.
const LISTED: usize = 50;
/// Slots older than this are not counted any more.
const COUNTED: TimeDelta = TimeDelta::days(366);

/// The slots of a sync that passed since it was planned.
pub(super) struct Passed {
    /// The newest.
    pub(super) newest: DateTime<Utc>,
    /// The ones before it, oldest first, at most [`LISTED`].
    earlier: VecDeque<DateTime<Utc>>,
    /// How many there were before those.
    more: u64,
    /// The first of all.
    first: DateTime<Utc>,
}

impl Passed {
    /// The slots from `due` to `now`; `due` is one in any case.
    pub(super) fn between(slots: &Slots, due: i64, now: DateTime<Utc>) -> Self {
        let first = from_millis(due);
        let (mut newest, mut earlier, mut more) = (first, VecDeque::new(), 0);
        let mut from = first;
        if now - first > COUNTED {
            from = now - COUNTED;
        }
        while let Some(slot) = slots.next_after(from).filter(|slot| *slot <= now) {
            earlier.push_back(newest);
            if earlier.len() > LISTED {
                earlier.pop_front();
                more += 1;
            }
            (newest, from) = (slot, slot);
        }
        Self { newest, earlier, more, first }
    }

    /// Every slot before the newest with the reason it was missed; the first stands for all that are not
    /// listed by themselves.
    pub(super) fn reasons(&self, unseen: Unseen) -> Vec<(DateTime<Utc>, Error)> {
        let reason = |slot: DateTime<Utc>| (slot, reason(slot, unseen));
        let mut reasons: Vec<_> = self.earlier.iter().map(|slot| reason(*slot)).collect();
        if self.more > 0 {
            let why = why(self.first, unseen);
            let message = match self.more {
                1 => why.to_owned(),
                more => format!("{why} {} more slots up to the next one listed were missed too.", more - 1),
            };
            reasons.insert(0, (self.first, Error::new(ErrorKind::MissedSlot, message)));
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
