//! How runs end, also those whose end nobody could write down.
//!
//! A run's row says that the run goes on until somebody ends it. So a row alone is not believed: a run goes on
//! only while this process works on it, or another process owns the data folder.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use super::Engine;
use crate::alert;
use crate::error::Result;
use crate::store::owner::Owner;
use crate::store::runs::{self, Ended, RunRow};
use crate::store::{Sqlite, Usage, seal};

impl Engine {
    /// Ends what a crash or quit cut off. Only for the process that owns the data folder.
    pub fn recover(&self) -> Result<()> {
        self.store.write(end_cut_off).wait()
    }

    /// A run as it is.
    pub fn run(&self, run: i64) -> Result<RunRow> {
        self.as_it_is(self.store.read(|sqlite| runs::get(sqlite, run))?)
    }

    /// Runs as they are, newest first; of one sync, older than `before`.
    pub fn runs(&self, sync: Option<i64>, before: Option<i64>, limit: usize) -> Result<Vec<RunRow>> {
        let rows = self.store.read(|sqlite| runs::list(sqlite, sync, before, limit))?;
        rows.into_iter().map(|row| self.as_it_is(row)).collect()
    }

    fn as_it_is(&self, row: RunRow) -> Result<RunRow> {
        if !row.state.is_going_on() || self.is_worked_on(row.id)? {
            return Ok(row);
        }
        let kept = self.unwritten().get(&row.id).cloned();
        // It may have ended since the row was read.
        let (row, last_sign) = self.store.read(|sqlite| {
            let row = runs::get(sqlite, row.id)?;
            let last_sign = runs::last_sign(sqlite, &row)?;
            Ok((row, last_sign))
        })?;
        if !row.state.is_going_on() {
            return Ok(row);
        }
        let ended = kept.unwrap_or_else(|| Ended::cut_off(&row, last_sign));
        Ok(row.ended(ended))
    }

    fn is_worked_on(&self, run: i64) -> Result<bool> {
        // A run that is beginning is a row before it is among those that are going on.
        let begins = self.beginning.try_lock().is_err();
        if begins || self.running().contains_key(&run) {
            return Ok(true);
        }
        match self.store.usage() {
            Usage::Owner => Ok(false),
            Usage::Guest => Owner::is_there(&self.home),
        }
    }

    /// Refuses to look at what a sync sent while a run of it is held or goes on. One that nobody works on goes on in its
    /// row alone: it is in nobody's way.
    pub(super) fn refuse_beside_work(&self, sync: i64) -> Result<()> {
        for unfinished in self.store.read(runs::unfinished)? {
            if unfinished.sync == sync && self.is_worked_on(unfinished.id)? {
                // It may have ended since.
                self.store.read(|sqlite| runs::refuse_second(sqlite, sync))?;
            }
        }
        self.store.read(|sqlite| seal::refuse_while_held(sqlite, sync))
    }

    /// Ends a run. Where the disk does not take it, this process remembers how it ended.
    pub(super) async fn end(&self, run: i64, ended: Ended) {
        let kept = ended.clone();
        let end = move |sqlite: &Sqlite| {
            failpoint!(Ending);
            end_told(sqlite, run, &ended)
        };
        let written = self.store.write(end).done().await;
        if let Err(error) = written {
            let kept = if kept.problem.is_some() { kept } else { Ended::failed(kept.at, &error) };
            self.unwritten().insert(run, kept);
        }
    }

    /// Writes down the ends that the disk did not take when they came.
    pub(crate) async fn write_ends(&self) -> Result<()> {
        let unwritten = self.unwritten().clone();
        for (run, ended) in unwritten {
            self.store.write(move |sqlite| end_told(sqlite, run, &ended)).done().await?;
            self.unwritten().remove(&run);
        }
        Ok(())
    }

    /// Lets one run after the other begin. A run whose end could not be written is ended first: its row must not
    /// block its sync.
    pub(super) async fn beginning(&self) -> Result<tokio::sync::MutexGuard<'_, ()>> {
        let turn = self.beginning.lock().await;
        self.write_ends().await?;
        Ok(turn)
    }

    fn unwritten(&self) -> MutexGuard<'_, HashMap<i64, Ended>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a run, and keeps who is to be told of that.
fn end_told(sqlite: &Sqlite, run: i64, ended: &Ended) -> Result<()> {
    runs::end(sqlite, run, ended)?;
    alert::run_ended(sqlite, run)
}

fn end_cut_off(sqlite: &Sqlite) -> Result<()> {
    for run in runs::unfinished(sqlite)? {
        let last_sign = runs::last_sign(sqlite, &run)?;
        runs::end(sqlite, run.id, &Ended::cut_off(&run, last_sign))?;
    }
    Ok(())
}
