//! Runs: started, watched, cancelled, retried.

use sluice_engine::clock::millis;
use sluice_engine::engine::{Engine, Start};
use sluice_engine::run::progress::{Phase as EnginePhase, Snapshot};
use sluice_engine::store::events::{self, EventId};
use sluice_engine::store::runs::{self, Counts, RunRow, RunState, Trigger};
use sluice_engine::store::syncs;
use sluice_engine::{Error, ErrorKind, Result};

use crate::Api;
use crate::convert::time;
use crate::plan;
use crate::wire::{
    Discard, Phase, Problem, Retry, Run, RunCounts, RunProgress, RunStatus, RunsRequest, SyncNow, SyncTest,
};

impl Api {
    /// Starts a run; answers as soon as it is written down.
    pub async fn sync_now(&self, input: SyncNow) -> Result<Run, Problem> {
        let SyncNow { sync, full, approve, review, planned } = input;
        let planned = planned.as_deref().map(str::parse).transpose()?;
        let start = Start { full, approve, review, planned, ..Start::of(Trigger::Manual) };
        let run = self.engine().start(&sync, start).await?;
        self.run(run).await
    }

    /// Tests a sync with one record: that one goes out, or the first a run would send, and counts as any other.
    pub async fn sync_test(&self, input: SyncTest) -> Result<Run, Problem> {
        let record = input.record.as_deref().map(plan::named_record).transpose()?;
        let start = Start { record, ..Start::of(Trigger::Test) };
        let run = self.engine().start(&input.sync, start).await?;
        self.run(run).await
    }

    /// Stops a run; what was sent stays sent.
    pub async fn run_cancel(&self, run: i64) -> Result<Run, Problem> {
        self.engine().cancel(run);
        self.run(run).await
    }

    /// Goes on with a held run: what it showed is sent.
    pub async fn run_approve(&self, run: i64) -> Result<Run, Problem> {
        let run = self.engine().approve(run).await?;
        self.run(run).await
    }

    /// Drops a held run. Nothing more of it is sent.
    pub async fn run_drop(&self, run: i64) -> Result<Run, Problem> {
        self.engine().drop_held(run).await?;
        self.changed();
        self.run(run).await
    }

    /// Drops a held run that was to be looked at and could not be.
    pub async fn run_drop_unlooked(&self, run: i64) -> Result<Run, Problem> {
        self.engine().drop_unlooked(run).await?;
        self.changed();
        self.run(run).await
    }

    /// Drops the held run of the sync of this name.
    pub async fn sync_drop(&self, sync: &str) -> Result<Run, Problem> {
        let held = self.engine().held_of(sync)?;
        self.run_drop(held).await
    }

    /// Run history, newest first.
    pub async fn runs(&self, input: RunsRequest) -> Result<Vec<Run>, Problem> {
        self.blocking(move |engine| {
            let named = |name| engine.store().read(|sqlite| syncs::get(sqlite, name));
            let sync = input.sync.as_deref().map(named).transpose()?;
            let rows = engine.runs(sync.map(|saved| saved.id), input.before, input.limit)?;
            rows.iter().map(|row| on_wire(engine, row)).collect()
        })
        .await
    }

    /// The run with this id.
    pub async fn run(&self, run: i64) -> Result<Run, Problem> {
        self.blocking(move |engine| on_wire(engine, &engine.run(run)?)).await
    }

    /// Sends rejected records again, as a new run.
    pub async fn retry(&self, input: Retry) -> Result<Run, Problem> {
        let keys = self.keys_of(input.keys, input.events).await?;
        let run = self.engine().retry(input.run, keys).await?;
        self.run(run).await
    }

    /// Decides that rejected or waiting records are not to be sent; answers with their run.
    pub async fn discard(&self, input: Discard) -> Result<Run, Problem> {
        let keys = self.keys_of(input.keys, input.events).await?;
        self.engine().discard(input.run, keys, input.which.into()).await?;
        self.changed();
        self.run(input.run).await
    }

    /// These keys, and those of these events.
    pub(crate) async fn keys_of(
        &self,
        mut keys: Vec<String>,
        events: Vec<String>,
    ) -> Result<Vec<String>, Problem> {
        keys.extend(self.blocking(move |engine| keys_of_events(engine, &events)).await?);
        Ok(keys)
    }
}

fn keys_of_events(engine: &Engine, ids: &[String]) -> Result<Vec<String>> {
    let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<EventId>>>()?;
    let found = engine.store().read(|sqlite| events::keys(sqlite, &ids))?;
    let named = found.into_iter().map(|key| {
        key.ok_or_else(|| {
            Error::new(
                ErrorKind::UnknownName,
                "This row was never a record; there is nothing to send or discard.",
            )
        })
    });
    named.collect()
}

pub(crate) fn on_wire(engine: &Engine, row: &RunRow) -> Result<Run> {
    let live = engine.progress(row.id).filter(|_| row.state.is_going_on());
    let sync = engine.store().read(|sqlite| syncs::by_id(sqlite, row.sync))?.sync.name;
    let missed = row.state == RunState::Missed;
    let undone = engine.undone(row)?;
    let taken_over_by = engine.store().read(|sqlite| runs::taken_over_by(sqlite, row))?;
    let now = || millis(engine.clock().now());
    // What did not run took no time.
    let until = if missed { row.started } else { row.finished.unwrap_or_else(now) };
    let seconds = (until - row.started - row.held_for).max(0) as f64 / 1_000.0;
    let counts = live.as_ref().map_or(row.counts, |live| merged(&row.counts, &live.counts));
    Ok(Run {
        run: row.id,
        sync,
        status: RunStatus::from(row.state),
        trigger: row.trigger.into(),
        started_at: time(row.started),
        finished_at: row.finished.map(time),
        counts: counts_on_wire(&counts, seconds),
        held_seconds: row.held_for as f64 / 1_000.0,
        cost: row.cost.as_ref().map(Into::into),
        undoes: row.undoes,
        left_alone: row.left_alone.iter().map(Into::into).collect(),
        undone_by: undone.by,
        undone_in_part: undone.in_part,
        undoing: undone.under_way,
        taken_over_by,
        sent_by: row.sent_by.clone(),
        progress: live.map(progress),
        problem: row.problem.as_ref().filter(|_| !missed).map(Into::into),
        reason: row.problem.as_ref().filter(|_| missed).map(|problem| problem.message.clone()),
    })
}

/// Live counts are ahead of the stored ones.
fn merged(stored: &Counts, live: &Counts) -> Counts {
    if live.read >= stored.read { *live } else { *stored }
}

/// All counts; `seconds` is how long it worked.
pub(crate) fn counts_on_wire(counts: &Counts, seconds: f64) -> RunCounts {
    RunCounts {
        read: counts.read,
        invalid: counts.invalid,
        added: counts.added,
        changed: counts.changed,
        removed: counts.removed,
        unchanged: counts.unchanged,
        carried: counts.carried,
        sent: counts.sent,
        delivered: counts.delivered,
        rejected: counts.rejected,
        discarded: counts.discarded,
        waiting: counts.waiting(),
        requests: counts.requests,
        bytes_sent: counts.bytes_sent,
        seconds,
    }
}

fn progress(live: Snapshot) -> RunProgress {
    RunProgress {
        phase: match live.phase {
            EnginePhase::Reading => Phase::Reading,
            EnginePhase::Sealing => Phase::Sealing,
            EnginePhase::Sending => Phase::Sending,
        },
        to_send: (live.phase == EnginePhase::Sending).then_some(live.counts.to_send),
        expected_rows: live.expected_rows,
        per_second: live.per_second,
        seconds_left: live.seconds_left,
        rates: live.rates,
        waiting_for: live.waiting_for,
    }
}
