//! Held runs: looked at, then approved or dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use super::start::Began;
use crate::clock::millis;
use crate::error::{Error, ErrorKind, Result};
use crate::record::Change;
use crate::run::compare::compare;
use crate::run::plan::{Plan, PlanRecord, requests};
use crate::store::outbox::{self, Body};
use crate::store::runs::{Counts, RunRow, RunState};
use crate::store::seal::Dropped;
use crate::store::syncs::SavedSync;
use crate::store::{Sqlite, runs, seal, syncs};

impl Engine {
    /// Goes on with a held run, as it was looked at: exactly what it staged or kept back is sent. Answers with the
    /// run.
    pub async fn approve(self: &Arc<Self>, run: i64) -> Result<i64> {
        let sync = self.store.read(|sqlite| runs::get(sqlite, run))?.sync;
        let at = millis(self.clock.now());
        let _turn = self.beginning().await?;
        let begun = self.store.write(move |sqlite| seal::approve(sqlite, run, at)).done().await?;
        let saved = self.store.read(|sqlite| syncs::by_id(sqlite, sync))?;
        self.launch(saved, run, if begun { Began::Resumed } else { Began::Staged });
        Ok(run)
    }

    /// Drops a held run. Nothing more of it is sent; the next run reads afresh.
    pub async fn drop_held(&self, run: i64) -> Result<()> {
        self.store.write(move |sqlite| seal::drop_held(sqlite, run, &Dropped::Decided)).done().await
    }

    /// The same of a run that was to be looked at and could not be: nobody is to approve it.
    pub async fn drop_unlooked(&self, run: i64) -> Result<()> {
        self.store.write(move |sqlite| seal::drop_held(sqlite, run, &Dropped::Unlooked)).done().await
    }

    /// The run of a sync that is held; [`ErrorKind::Conflict`] where none is.
    pub fn held_of(&self, sync: &str) -> Result<i64> {
        let held = self.store.read(|sqlite| seal::held_of(sqlite, syncs::get(sqlite, sync)?.id))?;
        held.ok_or_else(|| {
            Error::new(ErrorKind::Conflict, format!("No run of “{sync}” is held."))
                .with_hint("Look at its runs.")
        })
    }

    /// What a held run would do: `limit` records of each kind of change, from what it staged or kept back, and the rows
    /// that can not be sent. How they go, and which fields they leave alone, is told where the destination can be asked;
    /// what can not be had keeps nobody from looking.
    pub async fn held(self: &Arc<Self>, run: i64, limit: usize) -> Result<Plan> {
        let engine = self.clone();
        let looking = tokio::task::spawn_blocking(move || engine.looked(run, limit));
        let looked = looking.await.map_err(|error| {
            Error::new(ErrorKind::Bug, "Looking at a held run ended unexpectedly.").with_source(error)
        })?;
        let (saved, mut plan, operations) = looked?;
        let Some(destination) = saved.sync.to.as_deref().and_then(|to| self.destination(to).ok()) else {
            return Ok(plan);
        };
        let shape = &saved.sync.shape;
        (plan.requests, plan.by) =
            requests(&*destination, shape, &operations, plan.counts.to_send, plan.requests)?;
        let most = destination.limits(shape).records;
        // It is asked once more before anything is sent, and nothing is sent that could not be asked.
        plan.reads = compare(&saved.sync, &*destination, most, &mut plan.records).await.unwrap_or(false);
        Ok(plan)
    }

    fn looked(&self, run: i64, limit: usize) -> Result<(SavedSync, Plan, BTreeMap<u8, u64>)> {
        self.store.read(|sqlite| {
            let row = runs::get(sqlite, run)?;
            if row.state != RunState::Held {
                return Err(Error::new(ErrorKind::Conflict, format!("Run {run} is not held.")));
            }
            let Staged { records, batches, operations } = staged(sqlite, &row, limit)?;
            let invalid = runs::invalid_rows(sqlite, run)?;
            let (counts, held, cost) = (row.counts, row.problem, row.cost);
            let plan = Plan {
                counts,
                records,
                invalid,
                held,
                requests: batches,
                by: Vec::new(),
                cost,
                reads: false,
                stamp: None,
                expected: runs::expected(sqlite, row.sync, &Counts { read: 0, ..counts })?,
            };
            Ok((syncs::by_id(sqlite, row.sync)?, plan, operations))
        })
    }
}

/// What a held run has ready to send.
struct Staged {
    /// The first records of each kind of change.
    records: Vec<PlanRecord>,
    batches: u64,
    /// All its records, by what is done with them.
    operations: BTreeMap<u8, u64>,
}

fn staged(sqlite: &Sqlite, run: &RunRow, limit: usize) -> Result<Staged> {
    let counts = run.counts;
    let mut left = [0, counts.added, counts.changed, counts.removed].map(|count| count.min(limit as u64));
    let mut staged = Staged { records: Vec::new(), batches: 0, operations: BTreeMap::new() };
    for batch in outbox::batches_of(sqlite, run.id)? {
        let Some((body, places)) = outbox::to_send(sqlite, &batch)? else { continue };
        staged.batches += 1;
        for place in places {
            *staged.operations.entry(body.operation(place)? as u8).or_default() += 1;
            let change = body.change(place)?;
            let left = &mut left[change as usize];
            if *left > 0 {
                *left -= 1;
                staged.records.push(looked_at(sqlite, run.sync, &body, place, change)?);
            }
        }
    }
    Ok(staged)
}

fn looked_at(sqlite: &Sqlite, sync: i64, body: &Body, place: usize, change: Change) -> Result<PlanRecord> {
    let key = body.key(place).to_owned();
    let before = match change {
        Change::Added => None,
        Change::Changed | Change::Removed => outbox::last_delivered(sqlite, sync, &key)?,
    };
    let before = before.filter(|(change, _)| *change != Change::Removed).map(|(_, payload)| payload);
    Ok(PlanRecord {
        key,
        change,
        before,
        operation: body.operation(place)?,
        sent: body.payload(place).to_vec(),
        looked: None,
        left_alone: body.past(place).left_alone,
    })
}
