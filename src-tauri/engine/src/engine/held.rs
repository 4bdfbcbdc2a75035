//! Held runs: looked at, then approved or dropped.

use std::sync::Arc;

use super::Engine;
use super::start::Began;
use crate::clock::millis;
use crate::error::{Error, ErrorKind, Result};
use crate::record::Change;
use crate::run::plan::{Plan, PlanRecord};
use crate::store::outbox::{self, RecordState};
use crate::store::runs::{RunRow, RunState};
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
        self.store.write(move |sqlite| seal::drop_held(sqlite, run)).done().await
    }

    /// The run of a sync that is held; [`ErrorKind::Conflict`] where none is.
    pub fn held_of(&self, sync: &str) -> Result<i64> {
        let held = self.store.read(|sqlite| seal::held_of(sqlite, syncs::get(sqlite, sync)?.id))?;
        held.ok_or_else(|| {
            Error::new(ErrorKind::Conflict, format!("No run of “{sync}” is held."))
                .with_hint("Look at its runs.")
        })
    }

    /// What a held run would do: `limit` records of each kind of change, from what it staged or kept back.
    pub fn held(&self, run: i64, limit: usize) -> Result<Plan> {
        self.store.read(|sqlite| {
            let row = runs::get(sqlite, run)?;
            if row.state != RunState::Held {
                return Err(Error::new(ErrorKind::Conflict, format!("Run {run} is not held.")));
            }
            let (records, requests) = records(sqlite, &row, limit)?;
            let mut invalid = runs::invalid_rows(sqlite, run)?;
            invalid.truncate(limit);
            let (counts, held, cost) = (row.counts, row.problem, row.cost);
            Ok(Plan { counts, records, invalid, held, requests, by: Vec::new(), cost })
        })
    }
}

/// The first records of each kind of change that a held run would send, and how many batches they are in.
fn records(sqlite: &Sqlite, run: &RunRow, limit: usize) -> Result<(Vec<PlanRecord>, u64)> {
    let counts = run.counts;
    let mut left = [0, counts.added, counts.changed, counts.removed].map(|count| count.min(limit as u64));
    let (mut records, mut requests) = (Vec::new(), 0);
    for batch in outbox::batches_of(sqlite, run.id)? {
        let own = outbox::own_states(sqlite, batch.id)?;
        let to_send = |state: RecordState| state == RecordState::Staged || state.is_waiting();
        if !to_send(batch.state) && !own.values().any(|own| to_send(own.state)) {
            continue;
        }
        requests += 1;
        if left.iter().all(|left| *left == 0) {
            continue;
        }
        let Some(body) = outbox::body(sqlite, batch.id)? else { continue };
        for place in 0..body.len() {
            let change = body.change(place)?;
            let left = &mut left[change as usize];
            if *left == 0 || !to_send(own.get(&place).map_or(batch.state, |own| own.state)) {
                continue;
            }
            *left -= 1;
            let key = body.key(place).to_owned();
            let before = match change {
                Change::Added => None,
                Change::Changed | Change::Removed => outbox::last_delivered(sqlite, run.sync, &key)?,
            };
            let before = before.filter(|(change, _)| *change != Change::Removed).map(|(_, payload)| payload);
            let after = (change != Change::Removed).then(|| body.payload(place).to_vec());
            records.push(PlanRecord { key, change, before, after, left_alone: Vec::new() });
        }
    }
    Ok((records, requests))
}
