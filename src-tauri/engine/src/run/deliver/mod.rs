//! Delivery: what is in the outbox goes out. The only place that waits, retries, splits and gives up.

mod answers;
mod jobs;
pub(super) mod work;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backoff::{Backoff, later};
use super::known::Known;
use super::outcome::{Attempt, Settled, Settlement};
use super::progress::Progress;
use super::refusals::Refusals;
use super::send::{Sent, send};
use crate::clock::{SharedClock, millis};
use crate::destination::{Destination, Limits};
use crate::error::{Error, ErrorKind, Result};
use crate::store::outbox::{self, jobs::JobRow};
use crate::store::runs::{self, RunRow};
use crate::store::{Store, Written};
use crate::sync::Sync;
use work::{Loaded, Loading, Work};

/// Writes, two for each request, that may be on their way to the disk while the next requests are under way.
const UNWRITTEN: usize = 256;
/// After a cancel, requests under way get this long for their answers.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// How delivery ended.
#[derive(Debug)]
pub(crate) enum End {
    /// Every record has an outcome.
    Done,
    /// The user cancelled.
    Cancelled,
    /// The destination is away; try again at this time.
    GaveUp(Error, DateTime<Utc>),
    /// Only the user can mend it.
    Stopped(Error),
    /// The destination refuses so much that the rest is kept for the user's decision.
    Held(Error),
}

/// What one delivery works on.
pub(crate) struct Delivering {
    pub(crate) store: Arc<Store>,
    pub(crate) destination: Arc<dyn Destination>,
    pub(crate) clock: SharedClock,
    pub(crate) progress: Arc<Progress>,
    pub(crate) cancel: CancellationToken,
    pub(crate) sync: Arc<Sync>,
    pub(crate) sync_uuid: String,
    pub(crate) limits: Limits,
    pub(crate) run: RunRow,
    /// An earlier delivery of this run was cut off or gave up.
    pub(crate) resumed: bool,
    /// Only sees the destination's jobs to their end, and sends nothing.
    pub(crate) only_jobs: bool,
    /// The fields of the destination's object; asked for once, where something is deleted.
    pub(crate) known: OnceCell<Known>,
}

struct Sender {
    context: Arc<Delivering>,
    batches: VecDeque<outbox::BatchRow>,
    ids: Vec<i64>,
    /// Jobs that were under way when this delivery began.
    jobs: Vec<JobRow>,
    loading: VecDeque<Loading>,
    queue: VecDeque<Work>,
    /// Records the destination could not take for now; tried again after everything else.
    later: VecDeque<Work>,
    claimed: i64,
    backoff: Backoff,
    unwritten: VecDeque<Written<()>>,
    stopped: Option<Error>,
    /// Why some records are left to a later run.
    left: Option<Error>,
    /// What the destination calls the ways records went.
    sent_by: Vec<String>,
    refusals: Refusals,
}

/// Sends everything of a run that is open.
pub(crate) async fn deliver(context: Arc<Delivering>) -> Result<End> {
    let (sync, run) = (context.run.sync, context.run.id);
    let (mut open, jobs) = context.store.read(|sqlite| {
        Ok((outbox::open_batches(sqlite, sync, Some(run))?, outbox::jobs::of_run(sqlite, run)?))
    })?;
    if context.only_jobs {
        open.retain(|batch| jobs.iter().any(|job| job.batch == batch.id));
    }
    let mut delivery = Sender {
        ids: open.iter().map(|batch| batch.id).collect(),
        batches: open.into(),
        jobs,
        loading: VecDeque::new(),
        queue: VecDeque::new(),
        later: VecDeque::new(),
        claimed: context.run.claimed,
        backoff: Backoff::new(context.limits.in_flight),
        unwritten: VecDeque::new(),
        stopped: None,
        left: None,
        sent_by: context.run.sent_by.clone(),
        refusals: Refusals::new(context.sync.brakes.refused.filter(|_| !context.run.approved)),
        context,
    };
    let mut under_way = JoinSet::new();
    let end = delivery.run_until_end(&mut under_way).await;
    // What is under way is waited for, so that its outcome is known. After a cancel not for long: what has no
    // answer by then waits, and goes out again with the same ids.
    let until = matches!(end, Ok(End::Cancelled)).then(|| Instant::now() + LAST_ANSWERS);
    loop {
        let sent = match until {
            Some(until) => tokio::time::timeout_at(until, under_way.join_next()).await.unwrap_or(None),
            None => under_way.join_next().await,
        };
        let Some(sent) = sent else { break };
        delivery.answered(joined(sent)?).await?;
    }
    // What still has no answer is given up, and nothing of it goes on behind the run's end.
    under_way.shutdown().await;
    delivery.write_all().await?;
    delivery.write_sent_by().await?;
    delivery.context.progress.flush();
    end
}

impl Sender {
    async fn run_until_end(&mut self, under_way: &mut JoinSet<Sent>) -> Result<End> {
        loop {
            if let Some(error) = self.stopped.take() {
                return Ok(End::Stopped(error));
            }
            if self.context.cancel.is_cancelled() {
                return Ok(End::Cancelled);
            }
            if let Some((error, pause)) = self.backoff.gives_up() {
                return Ok(self.gave_up(error, pause));
            }
            let ready = self.backoff.until().is_none_or(|until| until <= Instant::now());
            if ready && under_way.len() < self.backoff.room() {
                if let Some(work) = self.next_work().await? {
                    if let Some(reason) = self.refusals.hold() {
                        return Ok(End::Held(reason));
                    }
                    self.context.progress_goes_on(&self.backoff);
                    under_way.spawn(send(self.context.clone(), work, self.backoff.begin()));
                    continue;
                }
                if under_way.is_empty() {
                    return Ok(self.left.take().map_or(End::Done, |error| self.gave_up(error, later())));
                }
            }
            self.wait(under_way, ready).await?;
        }
    }

    fn gave_up(&self, error: Error, pause: Duration) -> End {
        End::GaveUp(error, self.context.clock.now() + pause)
    }

    /// Waits for an answer, the end of a pause, or the user.
    async fn wait(&mut self, under_way: &mut JoinSet<Sent>, ready: bool) -> Result<()> {
        let until = self.backoff.until().filter(|_| !ready);
        let cancel = self.context.cancel.clone();
        let pause = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(sent) = under_way.join_next() => self.answered(joined(sent)?).await,
            () = pause => Ok(()),
            () = cancel.cancelled() => Ok(()),
        }
    }

    /// Writes outcome, fingerprints, ids, counters and event in one transaction.
    async fn write(&mut self, attempt: Attempt, settled: Settled, batch: &Arc<Loaded>) -> Result<()> {
        let context = &self.context;
        self.refusals.note(&settled, &batch.body);
        let settlement = Settlement::of(&attempt, settled)?;
        context.progress.add(&settlement.added);
        let (run, sync, at) = (context.run.id, context.run.sync, millis(context.clock.now()));
        let written = context.store.write_soon(move |sqlite| settlement.write(sqlite, sync, run, at));
        self.unwritten.push_back(written);
        while self.unwritten.len() > UNWRITTEN {
            self.write_one().await?;
        }
        Ok(())
    }

    async fn write_one(&mut self) -> Result<()> {
        match self.unwritten.pop_front() {
            Some(written) => written.done().await,
            None => Ok(()),
        }
    }

    async fn write_sent_by(&self) -> Result<()> {
        let (run, by) = (self.context.run.id, self.sent_by.clone());
        if by == self.context.run.sent_by {
            return Ok(());
        }
        self.context.store.write(move |sqlite| runs::set_sent_by(sqlite, run, &by)).done().await
    }

    async fn write_all(&mut self) -> Result<()> {
        while !self.unwritten.is_empty() {
            self.write_one().await?;
        }
        Ok(())
    }
}

impl Delivering {
    fn progress_goes_on(&self, backoff: &Backoff) {
        if backoff.pauses() {
            self.progress.wait_for(None);
        }
    }
}

fn joined(sent: std::result::Result<Sent, tokio::task::JoinError>) -> Result<Sent> {
    sent.map_err(|error| Error::new(ErrorKind::Bug, "Sending ended unexpectedly.").with_source(error))
}
