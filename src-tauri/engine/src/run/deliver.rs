//! Delivery: what is in the outbox goes out. The only place that waits, retries, splits and gives up.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backoff::{Backoff, FAILURES, is_offline, later};
use super::outcome::{Attempt, Settled, settle};
use super::progress::Progress;
use super::send::{Sent, send};
use crate::clock::{SharedClock, millis};
use crate::destination::{Answer, Delivery, Destination, JobToken, Limits};
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::store::outbox::jobs::JobRow;
use crate::store::outbox::{self, Body};
use crate::store::runs::{Counts, RunRow};
use crate::store::{Store, Written, runs};
use crate::sync::Sync;

/// Outcomes that may wait to be written while the next requests are under way.
const UNWRITTEN: usize = 64;
/// Batches that may be under way before another claim is written.
const CLAIM: usize = 128;
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
}

/// A loaded batch, shared by the parts it is split into.
pub(super) struct Loaded {
    pub(super) id: i64,
    pub(super) body: Body,
}

/// Records of one batch to be sent in one request.
pub(super) struct Work {
    pub(super) batch: Arc<Loaded>,
    pub(super) places: Vec<usize>,
    /// Requests that carried these records in this run.
    attempts: u32,
    /// No request carried these records before.
    pub(super) first: bool,
    /// A request that carried these records may have arrived although its answer never came.
    lost: bool,
    /// The destination works on these records already.
    pub(super) job: Option<Job>,
}

/// A job of the destination, as written down.
pub(super) struct Job {
    id: i64,
    pub(super) token: JobToken,
}

struct Sender {
    context: Arc<Delivering>,
    batches: VecDeque<outbox::BatchRow>,
    ids: Vec<i64>,
    /// Jobs that were under way when this delivery began.
    jobs: Vec<JobRow>,
    queue: VecDeque<Work>,
    /// Records the destination could not take for now; tried again after everything else.
    later: VecDeque<Work>,
    claimed: i64,
    backoff: Backoff,
    counts: Counts,
    unwritten: VecDeque<Written<()>>,
    stopped: Option<Error>,
    /// Why some records are left to a later run.
    left: Option<Error>,
}

/// After a cancel, requests under way get this long for their answers.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// Sends everything of a run that is open.
pub(crate) async fn deliver(context: Arc<Delivering>) -> Result<End> {
    let (sync, run) = (context.run.sync, context.run.id);
    let (open, jobs) = context.store.read(|sqlite| {
        Ok((outbox::open_batches(sqlite, sync, Some(run))?, outbox::jobs::of_run(sqlite, run)?))
    })?;
    let open: Vec<_> = if context.only_jobs {
        open.into_iter().filter(|batch| jobs.iter().any(|job| job.batch == batch.id)).collect()
    } else {
        open
    };
    let mut delivery = Sender {
        ids: open.iter().map(|batch| batch.id).collect(),
        batches: open.into(),
        jobs,
        queue: VecDeque::new(),
        later: VecDeque::new(),
        claimed: context.run.claimed,
        backoff: Backoff::new(context.limits.in_flight),
        counts: context.run.counts,
        unwritten: VecDeque::new(),
        stopped: None,
        left: None,
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
    delivery.write_all().await?;
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

    async fn next_work(&mut self) -> Result<Option<Work>> {
        if self.context.only_jobs {
            self.queue.retain(|work| work.job.is_some());
            self.later.clear();
        }
        if let Some(work) = self.queue.pop_front() {
            return Ok(Some(work));
        }
        while let Some(row) = self.batches.pop_front() {
            let lost = self.context.resumed && row.id <= self.context.run.claimed;
            self.claim(row.id).await?;
            let store = self.context.store.clone();
            let loading = tokio::task::spawn_blocking(move || {
                store.read(|sqlite| Ok((outbox::body(sqlite, row.id)?, outbox::own_states(sqlite, row.id)?)))
            });
            let (body, own) = loading.await.map_err(|_| stopped())??;
            let Some(body) = body else { continue };
            let batch = Arc::new(Loaded { id: row.id, body });
            let mut at_work = HashSet::new();
            for job in self.jobs.extract_if(.., |job| job.batch == row.id) {
                at_work.extend(job.places.iter().copied());
                let work = Work::new(batch.clone(), job.places, false, true);
                self.queue.push_back(Work { job: Some(Job { id: job.id, token: job.token }), ..work });
            }
            let is_waiting = |place: &usize| own.get(place).map_or(row.state, |own| own.state).is_waiting();
            let places: Vec<usize> = (0..batch.body.len())
                .filter(|place| is_waiting(place) && !at_work.contains(place) && !self.context.only_jobs)
                .collect();
            if !places.is_empty() {
                self.queue.push_back(Work::new(batch, places, row.attempts == 0, lost));
            }
            if let Some(work) = self.queue.pop_front() {
                return Ok(Some(work));
            }
        }
        Ok(self.later.pop_front())
    }

    /// Writes down that batches up to a little beyond `id` may be under way, before the first of them is.
    async fn claim(&mut self, id: i64) -> Result<()> {
        if id <= self.claimed {
            return Ok(());
        }
        failpoint!(Claiming);
        let position = self.ids.partition_point(|known| *known < id);
        let last = self.ids.get((position + CLAIM).min(self.ids.len() - 1)).copied().unwrap_or(id);
        let run = self.context.run.id;
        self.context
            .store
            .write(move |sqlite| runs::add_outcomes(sqlite, run, &Counts::default(), last))
            .done()
            .await?;
        self.claimed = last;
        Ok(())
    }

    /// Acts on what came of some work.
    async fn answered(&mut self, sent: Sent) -> Result<()> {
        let Sent { mut work, delivery, request, took } = sent;
        let Delivery { answer, exchange } = match delivery {
            Ok(delivery) => delivery,
            Err(error) => {
                self.put_back(work, &error, request);
                return Ok(());
            }
        };
        failpoint!(Answered);
        self.backoff.answered(took);
        match &answer {
            // Nothing left this computer, or only the look at the job failed.
            Answer::Again(error) if is_offline(error) || work.job.is_some() => {
                self.put_back(work, error, request);
                return Ok(());
            }
            // The job goes on meanwhile.
            Answer::Stop(error) if work.job.is_some() => {
                self.stopped = Some(error.clone());
                return Ok(());
            }
            Answer::Unknown(_) => work.lost = true,
            Answer::Records(_) | Answer::Refused(_) | Answer::Again(_) | Answer::Stop(_) | Answer::Job(_) => {
            }
        }
        work.attempts += 1;
        let attempt = Attempt {
            batch: work.batch.id,
            whole: work.places.len() == work.batch.body.len(),
            places: work.places.clone(),
            first: std::mem::take(&mut work.first),
            exchange,
            job: work.job.take().map(|job| job.id),
        };
        self.act(answer, attempt, work, request).await
    }

    async fn act(&mut self, answer: Answer, attempt: Attempt, work: Work, request: u64) -> Result<()> {
        let count = work.places.len();
        match answer {
            Answer::Records(outcomes) if outcomes.len() == count => {
                let settled =
                    Settled::from_outcomes(&attempt.places, outcomes, |place| work.may_be_there(place));
                let again = settled.again.clone();
                self.write(attempt, settled, &work.batch).await?;
                self.send_again(work, again, request);
                Ok(())
            }
            Answer::Records(outcomes) => {
                let message = format!("The connector answered for {} records of {count}.", outcomes.len());
                self.retry_later(attempt, work, &Error::new(ErrorKind::Bug, message), request).await
            }
            Answer::Refused(error) => {
                self.backoff.worked(request);
                if let [place] = *attempt.places {
                    let settled = Settled::rejected(place, &error, work.may_be_there(place));
                    return self.write(attempt, settled, &work.batch).await;
                }
                let settled = Settled::waiting(&attempt.places, &error);
                self.write(attempt, settled, &work.batch).await?;
                self.split(&work);
                Ok(())
            }
            Answer::Again(error) | Answer::Unknown(error) => {
                self.retry_later(attempt, work, &error, request).await
            }
            Answer::Stop(error) => {
                let settled = Settled::waiting(&attempt.places, &error);
                self.stopped = Some(error);
                self.write(attempt, settled, &work.batch).await
            }
            Answer::Job(token) if self.context.destination.jobs().is_some() => {
                self.follow(token, attempt, work, request).await
            }
            Answer::Job(token) => {
                let message = format!(
                    "The destination answered with a job ({}) it does not offer to look at.",
                    token.0
                );
                self.retry_later(attempt, work, &Error::new(ErrorKind::Bug, message), request).await
            }
        }
    }

    /// Writes a job down, and only then looks at it: a restart goes on looking instead of sending again.
    async fn follow(&mut self, token: JobToken, attempt: Attempt, work: Work, request: u64) -> Result<()> {
        self.backoff.worked(request);
        let (batch, places, at) = (attempt.batch, attempt.places.clone(), millis(self.context.clock.now()));
        let settled = Settled::under_way(&places);
        self.write(attempt, settled, &work.batch).await?;
        let kept = token.clone();
        let keep = move |sqlite: &rusqlite::Connection| outbox::jobs::keep(sqlite, batch, &places, &kept, at);
        let id = self.context.store.write(keep).done().await?;
        self.queue.push_front(Work { job: Some(Job { id, token }), lost: true, ..work });
        Ok(())
    }

    /// Records that were not sent now go first once the pause is over.
    fn put_back(&mut self, work: Work, error: &Error, request: u64) {
        self.queue.push_front(work);
        self.pause_or_stop(error, request);
    }

    /// Halves a refused request; the halves go first, so that the bad records are found soon.
    fn split(&mut self, work: &Work) {
        let half = work.places.len().div_ceil(2);
        for places in [&work.places[half..], &work.places[..half]] {
            if !places.is_empty() {
                self.queue.push_front(Work::new(work.batch.clone(), places.to_vec(), false, work.lost));
            }
        }
    }

    /// Records the destination could not take for now go out again, for a few times, after all others: they must
    /// not hold them up.
    fn send_again(&mut self, work: Work, again: Vec<(usize, Error)>, request: u64) {
        let Some((_, error)) = again.first() else { return self.backoff.worked(request) };
        if again.len() == work.places.len() || error.retry_after().is_some() {
            self.pause(error, request);
        } else {
            self.backoff.worked(request);
        }
        if work.attempts >= FAILURES {
            self.left = Some(error.clone());
        } else {
            let places = again.into_iter().map(|(place, _)| place).collect();
            self.later.push_back(Work { places, ..work });
        }
    }

    async fn retry_later(&mut self, attempt: Attempt, work: Work, error: &Error, request: u64) -> Result<()> {
        let settled = Settled::waiting(&attempt.places, error);
        self.write(attempt, settled, &work.batch).await?;
        self.queue.push_front(work);
        self.pause_or_stop(error, request);
        Ok(())
    }

    fn pause_or_stop(&mut self, error: &Error, request: u64) {
        match error.kind().retry() {
            Retry::Backoff => self.pause(error, request),
            Retry::AfterUserAction | Retry::Never => self.stopped = Some(error.clone()),
        }
    }

    fn pause(&mut self, error: &Error, request: u64) {
        let seconds = self.backoff.failed(error, request).as_secs().max(1);
        self.context.progress.wait_for(Some(format!("{} Next try in {seconds} s.", error.message())));
    }

    /// Writes outcome, fingerprints, counters and event in one transaction.
    async fn write(&mut self, attempt: Attempt, settled: Settled, batch: &Arc<Loaded>) -> Result<()> {
        let context = &self.context;
        let added = settled.counts(&attempt);
        let (outcomes, rejected) = (added.delivered + added.rejected, added.rejected);
        self.counts.sent += added.sent;
        self.counts.delivered += added.delivered;
        self.counts.rejected += added.rejected;
        self.counts.requests += added.requests;
        self.counts.bytes_sent += added.bytes_sent;
        context.progress.sent(self.counts, outcomes, rejected);
        let delivered = settled.fingerprints(&batch.body, &context.run.shape, context.keeps_addresses())?;
        let (run, sync, at) = (context.run.id, context.run.sync, millis(context.clock.now()));
        let written = context
            .store
            .write(move |sqlite| settle(sqlite, sync, run, at, &attempt, &settled, &delivered, &added));
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

    async fn write_all(&mut self) -> Result<()> {
        while !self.unwritten.is_empty() {
            self.write_one().await?;
        }
        Ok(())
    }
}

impl Work {
    fn new(batch: Arc<Loaded>, places: Vec<usize>, first: bool, lost: bool) -> Self {
        Self { batch, places, attempts: 0, first, lost, job: None }
    }

    /// The record at `place` may be in the destination from an earlier request.
    fn may_be_there(&self, place: usize) -> bool {
        self.lost || self.batch.body.is_doubtful(place)
    }
}

impl Delivering {
    fn keeps_addresses(&self) -> bool {
        self.sync.mode == crate::sync::Mode::Mirror && self.sync.removed != crate::sync::Removal::Nothing
    }

    fn progress_goes_on(&self, backoff: &Backoff) {
        if backoff.pauses() {
            self.progress.wait_for(None);
        }
    }
}

fn joined(sent: std::result::Result<Sent, tokio::task::JoinError>) -> Result<Sent> {
    sent.map_err(|error| Error::new(ErrorKind::Bug, "Sending ended unexpectedly.").with_source(error))
}

fn stopped() -> Error {
    Error::new(ErrorKind::Bug, "Reading the outbox ended unexpectedly.")
}
