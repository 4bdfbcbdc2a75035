//! How far runs are taken back.

use std::collections::HashSet;

use super::Engine;
use crate::error::Result;
use crate::store::Sqlite;
use crate::store::events::{self, Filter};
use crate::store::outbox::looked::{LOOKED, Looked};
use crate::store::outbox::{self, RecordState, key_hash};
use crate::store::runs::{self, RunRow, RunState};

/// How far a run is taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Undone {
    /// The newest run that took all of it back, alone or as the last of several; else the newest that took back a part.
    pub by: Option<i64>,
    /// A part alone: some records, or fields of some, were left alone, or not asked for.
    pub in_part: bool,
    /// The run that is at it now.
    pub under_way: Option<i64>,
}

/// An undo that took back a part of a run.
struct Part {
    undo: RunRow,
    /// What it found as before is so still: no undo of the run was taken back since.
    finds: bool,
}

impl Part {
    /// What it did not take back is all that is open.
    fn is_of_all(&self, run: &RunRow) -> bool {
        self.finds && is_of_all(&self.undo, run)
    }
}

impl Engine {
    /// How far a run is taken back. An undo that did not come to its end, or is taken back itself, does not count.
    pub fn undone(&self, run: &RunRow) -> Result<Undone> {
        let (mut undone, mut ended, mut rewritten) = (Undone::default(), Vec::new(), 0_i64);
        for undo in self.store.read(|sqlite| runs::undos_of(sqlite, run.id))? {
            let undo = self.run(undo)?;
            if undo.state.is_going_on() {
                undone.under_way = Some(undo.id);
            }
            if !matches!(undo.state, RunState::Completed | RunState::CompletedWithRejections) {
                continue;
            }
            let own = self.undone(&undo)?;
            rewritten = rewritten.max(own.by.unwrap_or_default());
            if own.by.is_none() || own.in_part {
                ended.push((undo, own.in_part));
            }
        }
        let mut parts = Vec::new();
        for (undo, is_taken_back_in_part) in ended {
            let (counts, finds) = (undo.counts, undo.id > rewritten);
            let is_whole = !is_taken_back_in_part
                && is_of_all(&undo, run)
                && !self.is_of_some_that_may_have_arrived(&undo, run)?
                && undo.left_alone.is_empty()
                && counts.invalid + counts.rejected + counts.discarded == 0
                && (finds || counts.unchanged == counts.removed);
            if is_whole {
                return Ok(Undone { by: Some(undo.id), in_part: false, ..undone });
            }
            if counts.delivered > 0 && undone.by.is_none() {
                (undone.by, undone.in_part) = (Some(undo.id), true);
            }
            if !is_taken_back_in_part {
                parts.push(Part { undo, finds });
            }
        }
        if undone.in_part && self.store.read(|sqlite| are_all(sqlite, run, &parts))? {
            undone.in_part = false;
        }
        Ok(undone)
    }

    /// Of a run whose answers were all lost nobody knows how many records it wrote: the undo says whether it was to take back
    /// all of them.
    fn is_of_some_that_may_have_arrived(&self, undo: &RunRow, run: &RunRow) -> Result<bool> {
        Ok(run.counts.delivered == 0 && self.store.read(|sqlite| runs::is_of_some(sqlite, undo.id))?)
    }

    /// The newest run that took back what `run` did to the record with this key; one that is taken back itself does not
    /// count.
    pub fn undone_for(&self, run: i64, key: &str) -> Result<Option<i64>> {
        for undo in self.store.read(|sqlite| runs::undos_of(sqlite, run))? {
            let states = vec![RecordState::Delivered, RecordState::Accepted];
            let filter = Filter { run: Some(undo), key: Some(key.to_owned()), states, ..Filter::default() };
            let found = self.store.read(|sqlite| events::page(sqlite, &filter, None, 1))?;
            if !found.is_empty() && self.undone_for(undo, key)?.is_none() {
                return Ok(Some(undo));
            }
        }
        Ok(None)
    }
}

/// The undo was to take back all of the run. What it read is what it looked at: of a run of which it was to take back some
/// records those alone.
fn is_of_all(undo: &RunRow, run: &RunRow) -> bool {
    undo.counts.read >= run.counts.delivered
}

/// These undos of a run, each of which took back a part, took back all of it together.
fn are_all(sqlite: &Sqlite, run: &RunRow, parts: &[Part]) -> Result<bool> {
    let settled = |part: &Part| {
        let counts = part.undo.counts;
        counts.read.saturating_sub(counts.invalid + counts.rejected + counts.discarded)
    };
    // Most are told by their counts alone.
    if run.counts.delivered == 0
        || parts.len() < 2
        || parts.iter().map(settled).sum::<u64>() < run.counts.delivered
    {
        return Ok(false);
    }
    let mut open: Option<HashSet<u64>> = None;
    for part in parts.iter().filter(|part| part.is_of_all(run)) {
        let Some(left) = left_by(sqlite, &part.undo)? else { continue };
        open = Some(match open {
            Some(open) => open.intersection(&left).copied().collect(),
            None => left,
        });
    }
    let mut open = if let Some(open) = open {
        open
    } else {
        let delivered = hashes(sqlite, run.id, |state, _| state.has_arrived())?;
        if (delivered.len() as u64) < run.counts.delivered {
            return Ok(false);
        }
        delivered
    };
    for part in parts.iter().filter(|part| !part.is_of_all(run)) {
        let taken_back = hashes(sqlite, part.undo.id, is_whole)?;
        open.retain(|hash| !taken_back.contains(hash));
        if part.finds {
            for hash in runs::as_before(sqlite, part.undo.id)? {
                open.remove(&hash);
            }
        }
    }
    Ok(open.is_empty())
}

/// Key hashes of the records that an undo of all did not take back, or not whole; `None` where they are not all kept.
fn left_by(sqlite: &Sqlite, undo: &RunRow) -> Result<Option<HashSet<u64>>> {
    let counts = undo.counts;
    let rows = runs::invalid_rows(sqlite, undo.id)?;
    if (rows.len() as u64) < counts.invalid {
        return Ok(None);
    }
    let mut left: HashSet<u64> = rows.iter().filter_map(|row| row.key.as_deref()).map(key_hash).collect();
    if !undo.left_alone.is_empty() || counts.rejected + counts.discarded > 0 {
        if (hashes(sqlite, undo.id, |_, _| true)?.len() as u64) < counts.to_send {
            return Ok(None);
        }
        left.extend(hashes(sqlite, undo.id, |state, looked| !is_whole(state, looked))?);
    }
    Ok(Some(left))
}

/// A record of an undo was delivered, and no field of it was left alone.
fn is_whole(state: RecordState, looked: Option<&Looked>) -> bool {
    state.has_arrived() && looked.is_none_or(|looked| looked.reason.is_none())
}

/// Key hashes of the records of a run that are wanted, as far as they are kept.
fn hashes(
    sqlite: &Sqlite,
    run: i64,
    is_wanted: impl Fn(RecordState, Option<&Looked>) -> bool,
) -> Result<HashSet<u64>> {
    let mut found = HashSet::new();
    for batch in outbox::batches_of(sqlite, run)? {
        let Some(body) = outbox::body(sqlite, batch.id)? else { continue };
        let own = outbox::own_states(sqlite, batch.id)?;
        let looked = LOOKED.of_batch(sqlite, batch.id)?.unwrap_or_default();
        for place in 0..body.len() {
            let state = own.get(&place).map_or(batch.state, |own| own.state);
            if is_wanted(state, looked.get(&place)) {
                found.insert(key_hash(body.key(place)));
            }
        }
    }
    Ok(found)
}
