//! Delivery: what is in the outbox goes out. The only place that waits, retries, splits and gives up.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::outcome::{Attempt, Settled, settle};
use super::progress::Progress;
use crate::clock::{SharedClock, millis};
use crate::destination::{Answer, Batch, Delivery, Destination, Limits, ReadByKey};
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::store::outbox::{self, Body};
use crate::store::runs::{Counts, RunRow};
use crate::store::{Store, Written, runs};
use crate::sync::{Shape, Sync};

/// Failures in a row after which a run leaves the rest to a later one.
const FAILURES: u32 = 6;
/// The longest a run waits at once; longer pauses are left to a later run.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The first pause; doubled with each failure in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause of the backoff.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Outcomes that may wait to be written while the next requests are under way.
const UNWRITTEN: usize = 64;
/// Batches that may be under way before another claim is written.
const CLAIM: usize = 128;
/// Pause between two looks at a destination's job.
const POLL: Duration = Duration::from_secs(2);

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
}

/// A loaded batch, shared by the parts it is split into.
struct Loaded {
    id: i64,
    body: Body,
    /// No request carried it before.
    fresh: bool,


}

/// Records of one batch to be sent in one request.
struct Work {
    batch: Arc<Loaded>,
    places: Vec<usize>,
    attempts: u32,
    /// This is the first request with these records.
    first: bool,
}

struct Sent {
    work: Work,
    delivery: Delivery,
    at: Instant,
}

/// When requests may go on after failures.
#[derive(Default)]
struct Backoff {
    failures: u32,
    last_failure: Option<Instant>,
    until: Option<Instant>,
    error: Option<Error>,
}

struct Sender {
    context: Arc<Delivering>,
    batches: VecDeque<outbox::BatchRow>,
    ids: Vec<i64>,
    queue: VecDeque<Work>,
    claimed: i64,
    backoff: Backoff,
    counts: Counts,
    unwritten: VecDeque<Written<()>>,
    stopped: Option<Error>,
}

/// Sends everything of a run that is open.
pub(crate) async fn deliver(context: Arc<Delivering>) -> Result<End> {
    let (sync, run) = (context.run.sync, context.run.id);
    let open = context.store.read(|sqlite| outbox::open_batches(sqlite, sync, Some(run)))?;
    let mut delivery = Sender {
        ids: open.iter().map(|batch| batch.id).collect(),
        batches: open.into(),
        queue: VecDeque::new(),
        claimed: context.run.claimed,
        backoff: Backoff::default(),
        counts: context.run.counts,
        unwritten: VecDeque::new(),
        stopped: None,
        context,
    };
    let mut under_way = JoinSet::new();
    let end = delivery.run_until_end(&mut under_way).await;
    // What is under way is waited for, so that its outcome is known.
    while let Some(sent) = under_way.join_next().await {
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
            if let Some(end) = self.give_up() {
                return Ok(end);
            }
            let ready = self.backoff.until.is_none_or(|until| until <= Instant::now());
            // After a failure one request goes first; the others follow when it worked.
            let room = if self.backoff.failures > 0 { 1 } else { self.context.limits.in_flight.max(1) };
            if ready && under_way.len() < room {
                if let Some(work) = self.next_work().await? {
                    self.context.progress_goes_on(&self.backoff);
                    under_way.spawn(send(self.context.clone(), work));
                    continue;
                }
                if under_way.is_empty() {
                    return Ok(End::Done);
                }
            }
            self.wait(under_way, ready).await?;
        }
    }

    /// Waits for an answer, the end of a pause, or the user.
    async fn wait(&mut self, under_way: &mut JoinSet<Sent>, ready: bool) -> Result<()> {
        let until = self.backoff.until.filter(|_| !ready);
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

    fn give_up(&mut self) -> Option<End> {
        let now = Instant::now();
        let wait = self.backoff.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        if self.backoff.failures < FAILURES && wait <= LONGEST_WAIT {
            return None;
        }
        let error = self.backoff.error.take()?;
        let pause = wait.max(LONGEST_WAIT);
        let next = self.context.clock.now() + chrono::Duration::from_std(pause).unwrap_or_default();
        Some(End::GaveUp(error, next))
    }

    async fn next_work(&mut self) -> Result<Option<Work>> {
        if let Some(work) = self.queue.pop_front() {
            return Ok(Some(work));
        }
        while let Some(row) = self.batches.pop_front() {
            self.claim(row.id).await?;
            let store = self.context.store.clone();
            let loading = tokio::task::spawn_blocking(move || {
                store.read(|sqlite| Ok((outbox::body(sqlite, row.id)?, outbox::own_states(sqlite, row.id)?)))
            });
            let (body, own) = loading.await.map_err(|_| stopped())??;
            let Some(body) = body else { continue };
            let is_waiting =
                |place: &usize| own.get(place).map_or(row.state, |own| own.state).is_waiting();
            let places: Vec<usize> = (0..body.len()).filter(is_waiting).collect();
            if places.is_empty() {
                continue;
            }
            let fresh = row.attempts == 0 && own.is_empty();
            let batch = Arc::new(Loaded { id: row.id, body, fresh });
            return Ok(Some(Work { batch, places, attempts: 0, first: row.attempts == 0 }));
        }
        Ok(None)
    }

    /// Writes down that batches up to a little beyond `id` may be under way, before the first of them is.
    async fn claim(&mut self, id: i64) -> Result<()> {
        if id <= self.claimed {
            return Ok(());
        }
        let position = self.ids.partition_point(|known| *known < id);
        let last = self.ids.get((position + CLAIM).min(self.ids.len() - 1)).copied().unwrap_or(id);
        let run = self.context.run.id;
        self.context.store.write(move |sqlite| runs::add_outcomes(sqlite, run, &Counts::default(), last)).done().await?;
        self.claimed = last;
        Ok(())
    }

    /// Acts on what a request brought.
    async fn answered(&mut self, sent: Sent) -> Result<()> {
        let Sent { mut work, delivery, at } = sent;
        let Delivery { answer, exchange } = delivery;
        work.attempts += 1;
        let attempt = Attempt {
            batch: work.batch.id,
            whole: work.batch.fresh && work.places.len() == work.batch.body.len(),
            places: work.places.clone(),
            first: std::mem::take(&mut work.first),
            exchange,
        };
        let count = work.places.len();
        match answer {
            Answer::Records(outcomes) if outcomes.len() == count => {
                self.backoff = Backoff::default();
                let settled = Settled::from_outcomes(&attempt.places, outcomes);
                let again = settled.again.clone();
                self.write(attempt, settled, &work.batch).await?;
                self.send_again(work, again, at);
            }
            Answer::Records(outcomes) => {
                let message = format!("The connector answered for {} records of {count}.", outcomes.len());
                self.retry_later(attempt, work, &Error::new(ErrorKind::Bug, message), at).await?;
            }
            Answer::Refused(error) if count > 1 => {
                self.backoff = Backoff::default();
                let settled = Settled::waiting(&attempt.places, &error);
                self.write(attempt, settled, &work.batch).await?;
                self.split(work);
            }
            Answer::Refused(error) => {
                self.backoff = Backoff::default();
                let settled = Settled::rejected(&attempt.places, &error);
                self.write(attempt, settled, &work.batch).await?;
            }
            Answer::Again(error) | Answer::Unknown(error) => self.retry_later(attempt, work, &error, at).await?,
            Answer::Stop(error) => {
                let settled = Settled::waiting(&attempt.places, &error);
                self.write(attempt, settled, &work.batch).await?;
                self.stopped = Some(error);
            }
            Answer::Job(token) => {
                let message = format!("The destination answered with a job ({}) it does not offer to look at.", token.0);
                self.retry_later(attempt, work, &Error::new(ErrorKind::Bug, message), at).await?;
            }
        }
        Ok(())
    }

    /// Halves a refused request; the halves go first, so that the bad records are found soon.
    fn split(&mut self, work: Work) {
        let half = work.places.len().div_ceil(2);
        for places in [&work.places[half..], &work.places[..half]] {
            if !places.is_empty() {
                let part = Work { batch: work.batch.clone(), places: places.to_vec(), attempts: 0, first: false };
                self.queue.push_front(part);
            }
        }
    }

    /// Records the destination could not take now go out again, for a few times.
    fn send_again(&mut self, work: Work, again: Vec<(usize, Error)>, at: Instant) {
        let Some((_, error)) = again.first() else { return };
        let error = error.clone();
        if work.attempts >= FAILURES {
            self.backoff.failures = FAILURES;
            self.backoff.error = Some(error);
            return;
        }
        self.pause(&error, at);
        let places = again.into_iter().map(|(place, _)| place).collect();
        self.queue.push_back(Work { places, ..work });
    }

    async fn retry_later(&mut self, attempt: Attempt, work: Work, error: &Error, at: Instant) -> Result<()> {
        let settled = Settled::waiting(&attempt.places, error);
        self.write(attempt, settled, &work.batch).await?;
        self.queue.push_front(work);
        match error.kind().retry() {
            Retry::Backoff => self.pause(error, at),
            Retry::AfterUserAction | Retry::Never => self.stopped = Some(error.clone()),
        }
        Ok(())
    }

    /// Requests pause after a failure. Requests that were under way together fail together, and count once.
    fn pause(&mut self, error: &Error, sent: Instant) {
        let now = Instant::now();
        if self.backoff.last_failure.is_none_or(|last| sent >= last) {
            self.backoff.failures += 1;
            self.backoff.last_failure = Some(now);
        }
        let wait = error.retry_after().unwrap_or_else(|| jittered(self.backoff.failures));
        let until = now + wait;
        self.backoff.until = Some(self.backoff.until.map_or(until, |before| before.max(until)));
        self.backoff.error = Some(error.clone());
        let seconds = wait.as_secs().max(1);
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

impl Delivering {
    fn keeps_addresses(&self) -> bool {
        self.sync.mode == crate::sync::Mode::Mirror && self.sync.removed != crate::sync::Removal::Nothing
    }

    fn progress_goes_on(&self, backoff: &Backoff) {
        if backoff.until.is_some() {
            self.progress.wait_for(None);
        }
    }
}

/// Sends one request: reads the present values first where that is possible, and follows a job to its end.
async fn send(context: Arc<Delivering>, work: Work) -> Sent {
    let at = Instant::now();
    let delivery = send_records(&context, &work).await.unwrap_or_else(|error| Delivery {
        answer: Answer::Again(error),
        exchange: crate::destination::Exchange::default(),
    });
    Sent { work, delivery, at }
}

async fn send_records(context: &Delivering, work: &Work) -> Result<Delivery> {
    let body = &work.batch.body;
    let generation = context.run.generation;
    let records: Vec<_> = work
        .places
        .iter()
        .map(|place| body.record(*place, &context.sync_uuid, generation))
        .collect::<Result<_>>()?;
    if work.first {
        keep_before(context, work.batch.id, &records).await?;
    }
    let batch = Batch {
        shape: &context.run.shape,
        records: &records,
        sealed_at: crate::clock::from_millis(context.run.sealed.unwrap_or(context.run.started)),
        run: context.run.id,
        sync: &context.sync.name,
    };
    let mut delivery = context.destination.deliver(&batch).await;
    while let (Answer::Job(token), Some(jobs)) = (&delivery.answer, context.destination.jobs()) {
        tokio::time::sleep(POLL).await;
        if let Some(next) = jobs.poll(token, &batch).await {
            delivery = next;
        }
    }
    Ok(delivery)
}

/// Before the first write of a batch: stores the values as they are now, where the destination can be read.
async fn keep_before(context: &Delivering, batch: i64, records: &[crate::record::Record<'_>]) -> Result<()> {
    let Shape::Record { object, match_field } = &context.run.shape else { return Ok(()) };
    let mut values = Vec::with_capacity(records.len());
    let mut fields: Vec<String> = Vec::new();
    for record in records {
        let payload: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(record.payload)
            .map_err(|error| Error::new(ErrorKind::Damaged, "A stored record can not be read.").with_source(error))?;
        values.push(match payload.get(match_field) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        });
        for key in payload.keys().filter(|key| *key != match_field) {
            if !fields.contains(key) {
                fields.push(key.clone());
            }
        }
    }
    let read = ReadByKey { object, match_field, values: &values, fields: &fields };
    let Some(found) = context.destination.read_by_key(&read).await else { return Ok(()) };
    let before: Vec<Option<String>> = found?.into_iter().map(|found| found.map(|found| found.fields)).collect();
    let text = serde_json::to_vec(&before)
        .map_err(|error| Error::new(ErrorKind::Bug, "Present values could not be stored.").with_source(error))?;
    let z = zstd::bulk::compress(&text, 1)?;
    let insert = move |sqlite: &rusqlite::Connection| {
        sqlite.prepare_cached("insert or ignore into before values(?1, ?2)")?.execute(rusqlite::params![batch, z])?;
        Ok(())
    };
    context.store.write(insert).done().await
}

/// Full jitter: anything from nothing to the doubled pause (AWS Architecture Blog, "Exponential Backoff And Jitter").
fn jittered(failures: u32) -> Duration {
    let ceiling = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
    let random = (uuid::Uuid::new_v4().as_u128() >> 64) as u64 as f64 / u64::MAX as f64;
    ceiling.mul_f64(random)
}

fn joined(sent: std::result::Result<Sent, tokio::task::JoinError>) -> Result<Sent> {
    sent.map_err(|error| Error::new(ErrorKind::Bug, "Sending ended unexpectedly.").with_source(error))
}

fn stopped() -> Error {
    Error::new(ErrorKind::Bug, "Reading the outbox ended unexpectedly.")
}
