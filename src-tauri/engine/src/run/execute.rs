//! The course of a run, from its row to its end.

use std::sync::Arc;

use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::brakes::{self, Before};
use super::columns;
use super::deliver::{Delivering, End, deliver};
use super::invalid;
use super::progress::{Phase, Progress};
use super::read::{ReadContext, ReadResult, read_all, unless_cancelled};
use super::source::{self, Source};
use super::stage::{Placed, Staging, locate};
use super::stamp::Stamp;
use super::undo::Undo;
use crate::clock::{SharedClock, millis};
use crate::destination::Destination;
use crate::error::{Error, ErrorKind, Result};
use crate::store::Store;
use crate::store::fingerprints;
use crate::store::marks::Mark;
use crate::store::outbox::{self, RecordState};
use crate::store::runs::{self, Counts, Ended, RunRow, RunState};
use crate::store::seal::{self, Sealing};
use crate::store::syncs::{self, SavedSync};
use crate::sync::{Mode, Sync};
use crate::warehouse::{Cost, Warehouse};
use crate::words::count;

/// Overrides after which the base is rewritten.
const OVERRIDES: u64 = 250_000;
/// The share of the base (one in so many) after which it is rewritten.
const SHARE: u64 = 20;
/// Batches claimed when a read is sealed.
const FIRST_CLAIM: usize = 128;

/// What a run does.
pub(crate) enum Job {
    /// Reads the warehouse, then delivers.
    Sync {
        warehouse: Box<dyn Warehouse>,
        /// What was asked for.
        asked: Asked,
    },
    /// Reads until it has one record to send, and delivers that.
    One {
        /// Where from.
        warehouse: Box<dyn Warehouse>,
        /// The hash of the record's key; any record where there is none.
        wanted: Option<u64>,
    },
    /// Takes back what an earlier run wrote.
    Undo(Undo),
    /// Delivers what is in the outbox.
    Deliver {
        /// An earlier delivery of the run was cut off or gave up.
        resumed: bool,
    },
}

/// What a run of a whole sync is asked for.
pub(crate) struct Asked {
    /// Sends every row again.
    pub(crate) resend: bool,
    /// Goes on past brakes and changed columns.
    pub(crate) approve: bool,
    /// Is held before anything is sent.
    pub(crate) review: bool,
    /// Is held where it finds other records than the plan with this stamp.
    pub(crate) planned: Option<Stamp>,
}

/// A run with all it needs.
pub(crate) struct Execution {
    pub(crate) store: Arc<Store>,
    pub(crate) home: std::path::PathBuf,
    pub(crate) clock: SharedClock,
    pub(crate) saved: SavedSync,
    pub(crate) run: i64,
    pub(crate) destination: Arc<dyn Destination>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) cancel: CancellationToken,
}

/// How the part before delivery ended.
enum Sealed {
    /// Ready to deliver.
    Ready,
    /// Held, with the reason.
    Held(Error),
}

impl Execution {
    /// Runs to the end, and answers with how it ended.
    pub(crate) async fn execute(self, job: Job) -> Result<Ended> {
        let execution = Arc::new(self);
        let ended = execution.clone().run(job).await;
        execution.progress.flush();
        ended
    }

    async fn run(self: Arc<Self>, job: Job) -> Result<Ended> {
        let reading = self.clone();
        let mut resumed = false;
        let sealed = match job {
            Job::Sync { warehouse, asked } => {
                self.finish_jobs().await?;
                on_a_thread(move || async move { reading.read_and_seal(&*warehouse, asked).await }).await
            }
            Job::One { warehouse, wanted } => {
                on_a_thread(move || async move {
                    reading.stage_one(&*warehouse, wanted).await.map(|()| Sealed::Ready)
                })
                .await
            }
            Job::Undo(undo) => {
                self.finish_jobs().await?;
                self.stage_undo(&undo).await.map(|()| Sealed::Ready)
            }
            Job::Deliver { resumed: again } => {
                resumed = again;
                Ok(Sealed::Ready)
            }
        };
        match sealed? {
            Sealed::Ready => {}
            Sealed::Held(reason) => return Ok(Ended::because(RunState::Held, self.now(), &reason)),
        }
        self.deliver(resumed).await
    }

    /// What the destination still works on for earlier runs is seen to its end before anything newer is read.
    async fn finish_jobs(&self) -> Result<()> {
        for run in self.store.read(|sqlite| outbox::jobs::runs_of(sqlite, self.saved.id))? {
            let run = self.store.read(|sqlite| runs::get(sqlite, run))?;
            self.progress.wait_for(Some(format!("The destination still works on run {}.", run.id)));
            match deliver(Arc::new(self.delivering(run, true, true))).await? {
                End::Done => self.progress.wait_for(None),
                End::Cancelled => return Err(Error::new(ErrorKind::Cancelled, "The run was cancelled.")),
                End::GaveUp(error, _) | End::Stopped(error) | End::Held(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn read_and_seal(&self, warehouse: &dyn Warehouse, asked: Asked) -> Result<Sealed> {
        failpoint!(Begun);
        let sync = &self.saved.sync;
        let limits = self.destination.limits(&sync.shape);
        let started = self.now();
        self.progress
            .expect(unless_cancelled(&self.cancel, warehouse.estimate(&sync.query)).await.unwrap_or(None));
        let resend = asked.resend || sync.mode == Mode::Full;
        let wanted = source::wanted(&self.saved, warehouse, resend);
        let read = unless_cancelled(&self.cancel, wanted).await?;
        let cost = unless_cancelled(&self.cancel, warehouse.cost(&read)).await?;
        let opening = source::open(&self.store, &self.saved, warehouse, &read, resend);
        let opened = unless_cancelled(&self.cancel, opening).await;
        self.keep_cost(cost, &opened)?;
        let mut source = opened?;
        let rows = &mut *source.differences;
        let (store, progress, keeps_rows) =
            (self.store.clone(), self.progress.clone(), source.mark.is_some());
        let mut staging =
            Staging::start(store, self.saved.id, self.run, started, limits, progress, keeps_rows)?;
        let context = self.reading(resend, limits.record_bytes);
        let changed = columns::changed(self.saved.columns.as_deref(), rows.columns());
        let found = read_all(&context, rows, &mut staging).await?;
        let mark = source.mark.filter(|_| goes_on(&found, source.differences.is_whole()));
        drop(source.differences);
        failpoint!(Whole);
        self.progress.enter(Phase::Sealing, found.counts);
        let placed = staging.finish()?;
        failpoint!(Sealing);
        let room = invalid::KEPT.saturating_sub(found.counts.invalid - found.duplicates.len() as u64);
        invalid::keep_duplicates(&self.store, self.run, &placed, &found.duplicates, room)?;
        let reason = match changed {
            _ if asked.approve => None,
            Some(changed) => Some(changed),
            None => brakes::holds(sync, &Before::of(&self.store, &self.saved)?, &found)?,
        };
        let reason = reason.or_else(|| asked.holds(sync, &found));
        self.seal(found, &placed, mark, reason.is_some().then_some(resend)).await?;
        Ok(reason.map_or(Sealed::Ready, Sealed::Held))
    }

    /// Keeps what the read takes, once it is taken: a read that was refused or failed before it began is not billed. One
    /// that was stopped while the warehouse worked on it may be.
    fn keep_cost(&self, cost: Option<Cost>, opened: &Result<Source>) -> Result<()> {
        let may_be_billed = match opened {
            Ok(_) => true,
            Err(error) => matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::TimedOut),
        };
        if let Some(cost) = cost.filter(|_| may_be_billed) {
            let run = self.run;
            self.store.write(move |sqlite| runs::set_cost(sqlite, run, &cost)).wait()?;
        }
        Ok(())
    }

    /// What a read of this run has to know; see [`ReadContext`].
    pub(super) fn reading(&self, resend: bool, record_bytes: usize) -> ReadContext<'_> {
        ReadContext {
            store: &self.store,
            home: &self.home,
            sync: &self.saved.sync,
            sync_id: self.saved.id,
            base_until: self.saved.base_until,
            keyed_by: self.saved.keyed_by.as_deref(),
            run: self.run,
            resend,
            record_bytes,
            cancel: &self.cancel,
        }
    }

    /// From here on what was read is to be sent, or kept for a decision: one transaction. `held` is there where it is
    /// kept, and says whether every row was to be sent again.
    async fn seal(
        &self,
        found: ReadResult,
        placed: &Placed,
        mark: Option<Mark>,
        held: Option<bool>,
    ) -> Result<()> {
        let at = self.now();
        let (run, sync, counts) = (self.run, self.saved.id, found.counts);
        let duplicates: Vec<(i64, usize)> =
            found.duplicates.iter().filter_map(|row| locate(placed, row.ordinal)).collect();
        let sealing = Sealing {
            rows: found.usable(),
            server_rows: found.server_rows,
            claimed: placed.get(FIRST_CLAIM).or(placed.last()).map_or(0, |(_, batch)| *batch),
            columns: found.columns,
            cursor: found.cursor,
            forgotten: found.forgotten,
            rekeyed: found.rekeyed,
            outdated: found.outdated,
            discarded: found.discarded,
            mark: mark.map(|mark| Mark { refused: found.refused, ..mark }),
            resend: held.unwrap_or(false),
        };
        let job = move |sqlite: &rusqlite::Connection| {
            for (batch, place) in &duplicates {
                outbox::set_state(sqlite, *batch, *place, RecordState::Invalid, at, None)?;
            }
            runs::set_counts(sqlite, run, &counts)?;
            if held.is_some() {
                return seal::hold(sqlite, run, &sealing);
            }
            seal::seal(sqlite, sync, run, at, &sealing)?;
            failpoint!(Sealed);
            Ok(())
        };
        self.store.write(job).done().await
    }

    fn delivering(&self, run: RunRow, resumed: bool, only_jobs: bool) -> Delivering {
        Delivering {
            store: self.store.clone(),
            destination: self.destination.clone(),
            clock: self.clock.clone(),
            progress: self.progress.clone(),
            cancel: self.cancel.clone(),
            sync: Arc::new(self.saved.sync.clone()),
            sync_uuid: self.saved.uuid.clone(),
            limits: self.destination.limits(&run.shape),
            run,
            resumed,
            only_jobs,
            known: OnceCell::new(),
        }
    }

    async fn deliver(&self, resumed: bool) -> Result<Ended> {
        let run = self.store.read(|sqlite| runs::get(sqlite, self.run))?;
        self.progress.enter(Phase::Sending, run.counts);
        let trigger = run.trigger;
        let end = deliver(Arc::new(self.delivering(run, resumed, false))).await?;
        failpoint!(Finishing);
        self.destination.finish(&self.saved.sync.name, self.run).await?;
        // What a part of a sync delivered stays beside the base until a whole run has been delivered.
        if !trigger.is_partial() {
            self.tidy_base().await?;
        }
        let counts = self.store.read(|sqlite| Ok(runs::get(sqlite, self.run)?.counts))?;
        let at = self.now();
        Ok(match end {
            End::Done => Ended::new(finished(&counts), at),
            End::Cancelled => Ended::new(RunState::Cancelled, at),
            End::GaveUp(error, next) => {
                Ended { next_attempt: Some(millis(next)), ..Ended::because(RunState::Waiting, at, &error) }
            }
            End::Stopped(error) => Ended::because(RunState::Failed, at, &error),
            End::Held(reason) => Ended::because(RunState::Held, at, &reason),
        })
    }

    /// The first delivered fingerprints become the base; many overrides are written into it.
    async fn tidy_base(&self) -> Result<()> {
        let (sync, run) = (self.saved.id, self.run);
        let job = move |sqlite: &rusqlite::Connection| {
            failpoint!(Tidying);
            let base_until = syncs::by_id(sqlite, sync)?.base_until;
            let (base, overrides) = fingerprints::sizes(sqlite, sync, base_until)?;
            if base == 0 {
                fingerprints::first_base(sqlite, sync, run)
            } else if overrides > OVERRIDES
                || (overrides > base / SHARE && overrides > fingerprints::CHUNK as u64 * 8)
            {
                fingerprints::rewrite_base(sqlite, sync, base_until)
            } else {
                Ok(())
            }
        };
        self.store.write(job).done().await
    }

    fn now(&self) -> i64 {
        millis(self.clock.now())
    }
}

impl Asked {
    /// Why a run that found this is held, so that somebody looks at it.
    fn holds(&self, sync: &Sync, found: &ReadResult) -> Option<Error> {
        let to_send = found.counts.to_send;
        let held = |message| Some(Error::new(ErrorKind::Held, message));
        match &self.planned {
            Some(planned) if *planned != found.stamp => held(if planned.records == to_send {
                format!("The records of “{}” have changed since you looked.", sync.name)
            } else {
                let (then, now) = (count(planned.records), count(to_send));
                format!(
                    "“{}” has changed since you looked: it would have sent {then} records then, and {now} now.",
                    sync.name
                )
            }),
            _ if self.review && to_send > 0 => {
                let message = format!("“{}” would send {} records.", sync.name, count(to_send));
                Some(Error::new(ErrorKind::ToReview, message))
            }
            _ => None,
        }
    }
}

/// Whether the next run may go on from what the warehouse has kept of this one. A warehouse that has just begun
/// does not know the keys that were gone before, and could not name them again if their removal fails.
fn goes_on(found: &ReadResult, whole: bool) -> bool {
    found.refused.len() < source::MOST_UNDELIVERED
        && (!whole || found.counts.removed == found.forgotten.len() as u64)
}

/// Reads on a thread of its own, with a runtime of its own: rows are mapped and compared where they arrive.
async fn on_a_thread<Work>(read: impl FnOnce() -> Work + Send + 'static) -> Result<Sealed>
where
    Work: Future<Output = Result<Sealed>>,
{
    let (reply, answer) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("read".into()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let result = match runtime {
            Ok(runtime) => runtime.block_on(read()),
            Err(error) => Err(error.into()),
        };
        drop(reply.send(result));
    })?;
    answer.await.map_err(|_| Error::new(ErrorKind::Bug, "Reading ended unexpectedly."))?
}

fn finished(counts: &Counts) -> RunState {
    match (counts.waiting(), counts.rejected) {
        (0, 0) => RunState::Completed,
        (0, _) => RunState::CompletedWithRejections,
        _ => RunState::Waiting,
    }
}
