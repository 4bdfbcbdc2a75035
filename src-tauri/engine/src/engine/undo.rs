//! Runs are undone, and single records sent again as they were or corrected.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Engine;
use super::start::Began;
use crate::clock::millis;
use crate::error::{Error, ErrorKind, Result};
use crate::run::replay;
use crate::run::undo::{Look, Patience, Undo, UndoRecord, Will};
use crate::store::events::EventId;
use crate::store::outbox;
use crate::store::runs::{self, Ended, RunRow, RunState, Trigger};
use crate::store::syncs::{self, SavedSync};
use crate::store::{Sqlite, connections, seal};
use crate::words::count;

/// What undoing a run would do.
#[derive(Debug)]
pub struct UndoLook {
    /// The run.
    pub of: RunRow,
    /// How many of its records by what would be done with them.
    pub counts: BTreeMap<Will, u64>,
    /// Records of the run that wait to be sent: an undo of all of the run keeps them from going out by themselves.
    pub waiting: u64,
    /// How many values are put back.
    pub values: u64,
    /// The fields they are put back in.
    pub fields: BTreeSet<String>,
    /// How many records are left alone for which reason.
    pub reasons: BTreeMap<String, u64>,
    /// The first of each, in the order they were sent.
    pub records: Vec<UndoRecord>,
}

impl Engine {
    /// What undoing a run would do, with the first `limit` records of each kind; of these keys, or all, and only where
    /// key or payload contain `text`. Nothing is written anywhere.
    pub async fn look_at_undo(
        &self,
        run: i64,
        keys: &[String],
        text: Option<&str>,
        limit: usize,
    ) -> Result<UndoLook> {
        let (of, saved) = self.store.read(|sqlite| same_destination(sqlite, run))?;
        self.refuse_beside_work(of.sync)?;
        let destination = self.destination(saved.sync.to.as_deref().unwrap_or_default())?;
        let (mut counts, mut records) = (BTreeMap::new(), Vec::new());
        let (mut values, mut fields) = (0, BTreeSet::new());
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let look = Look::begin(&self.store, &*destination, &of, keys, Patience::Turns).await?;
        let mut look = look.with_text(text);
        while let Some(found) = look.next().await? {
            for record in found {
                let of_kind: &mut u64 = counts.entry(record.will).or_default();
                *of_kind += 1;
                if record.will == Will::PutBack {
                    for field in record.fields.iter().filter(|field| field.left_alone.is_none()) {
                        values += 1;
                        if !fields.contains(&field.name) {
                            fields.insert(field.name.clone());
                        }
                    }
                }
                if record.will == Will::LeaveAlone
                    && let Some(reason) = &record.reason
                {
                    *reasons.entry(reason.clone()).or_default() += 1;
                }
                if *of_kind <= limit as u64 {
                    records.push(record);
                }
            }
        }
        let waiting = if keys.is_empty() { self.store.read(|sqlite| waiting_of(sqlite, &of))? } else { 0 };
        if counts.is_empty() && waiting == 0 && text.is_none() {
            return Err(nothing(run, keys));
        }
        Ok(UndoLook { of, counts, waiting, values, fields, reasons, records })
    }

    /// Takes back what a run wrote, in a run of its own; of these keys, or all. What the run created is deleted only
    /// where `deletes` says so.
    pub async fn undo(self: &Arc<Self>, run: i64, keys: Vec<String>, deletes: bool) -> Result<i64> {
        let (of, saved) = self.store.read(|sqlite| undoable(sqlite, run))?;
        let destination = self.destination(saved.sync.to.as_deref().unwrap_or_default())?;
        Look::begin(&self.store, &*destination, &of, &keys, Patience::Turns).await?;
        let (at, all) = (millis(self.clock.now()), keys.is_empty());
        let begin = move |sqlite: &rusqlite::Connection| {
            let (of, _) = undoable(sqlite, run)?;
            if all {
                stop_waiting(sqlite, &of, at)?;
            }
            let undo = runs::begin(sqlite, of.sync, Trigger::Undo, at, of.generation, &of.shape)?;
            runs::set_undoes(sqlite, undo, run)?;
            Ok(undo)
        };
        let _turn = self.beginning().await?;
        let own = self.store.write(begin).done().await?;
        self.launch(saved, own, Began::Undoes(Undo { of: run, keys, deletes }));
        Ok(own)
    }

    /// Sends the record of an event once more, in a run of its own: with the bytes it had, or with `payload` in their
    /// place.
    pub async fn replay(self: &Arc<Self>, event: EventId, payload: Option<Vec<u8>>) -> Result<i64> {
        let EventId::Record { run, batch, place } = event else {
            return Err(Error::new(
                ErrorKind::UnknownName,
                "This row was never a record; there is nothing to send.",
            ));
        };
        let (of, saved) = self.store.read(|sqlite| same_destination(sqlite, run))?;
        let limits = self.destination(saved.sync.to.as_deref().unwrap_or_default())?.limits(&of.shape);
        let at = millis(self.clock.now());
        let begin = move |sqlite: &rusqlite::Connection| {
            let own = runs::begin(sqlite, of.sync, Trigger::Replay, at, of.generation, &of.shape)?;
            replay::stage(sqlite, &of, (batch, place), payload, own, at, limits)?;
            Ok(own)
        };
        let _turn = self.beginning().await?;
        let own = self.store.write(begin).done().await?;
        self.launch(saved, own, Began::Staged);
        Ok(own)
    }
}

/// The run and its sync, where the run can be undone now.
fn undoable(sqlite: &Sqlite, run: i64) -> Result<(RunRow, SavedSync)> {
    let (of, saved) = same_destination(sqlite, run)?;
    runs::refuse_second(sqlite, of.sync)?;
    seal::refuse_while_held(sqlite, of.sync)?;
    Ok((of, saved))
}

/// The run and its sync, which has to send to where the run sent.
fn same_destination(sqlite: &Sqlite, run: i64) -> Result<(RunRow, SavedSync)> {
    let of = runs::get(sqlite, run)?;
    let saved = syncs::by_id(sqlite, of.sync)?;
    let to = saved.sync.to.as_deref().map(|to| connections::id(sqlite, to)).transpose()?.flatten();
    if to.is_none() || of.destination.is_some_and(|destination| Some(destination) != to) {
        let message =
            format!("Run {run} sent to another destination than its sync “{}” has now.", saved.sync.name);
        return Err(Error::new(ErrorKind::Conflict, message)
            .with_hint("Give the sync the destination it had, and try again."));
    }
    Ok((of, saved))
}

/// How many records go out by themselves once the run goes on; not those that a later run has taken over.
fn waiting_of(sqlite: &Sqlite, of: &RunRow) -> Result<u64> {
    if of.state != RunState::Waiting {
        return Ok(0);
    }
    let (waiting, _) = outbox::open_counts(sqlite, of.sync, Some(of.id))?;
    Ok(waiting)
}

/// What waits of a run that is taken back does not go out by itself any more. Of a whole run the next one takes it up.
fn stop_waiting(sqlite: &Sqlite, of: &RunRow, at: i64) -> Result<()> {
    let waiting = waiting_of(sqlite, of)?;
    if waiting == 0 {
        return Ok(());
    }
    let message = format!("It was undone while {} of its records waited.", count(waiting));
    let error = Error::new(ErrorKind::Cancelled, message);
    let error = if of.trigger.is_whole() {
        error
    } else {
        error
            .with_safe("What waited is not sent.")
            .with_hint("Undo the run it took back again, if that is to go on.")
    };
    runs::end(sqlite, of.id, &Ended::because(RunState::Cancelled, of.finished.unwrap_or(at), &error))
}

fn nothing(run: i64, keys: &[String]) -> Error {
    if keys.is_empty() {
        let message = format!("Run {run} delivered nothing that is still kept, so there is nothing to undo.");
        return Error::new(ErrorKind::Conflict, message).with_hint("Look at its events.");
    }
    Error::new(ErrorKind::UnknownName, format!("Run {run} delivered no record with this key."))
        .with_hint("Look at the keys of its delivered records.")
}
