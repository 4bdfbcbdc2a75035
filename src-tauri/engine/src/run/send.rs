//! One request: the present values are read first where that is possible, and a job is followed to its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::before;
use super::deliver::Delivering;
use super::deliver::work::Work;
use super::guard;
use super::outcome::delivered;
use crate::clock::millis;
use crate::destination::{Answer, Batch, Delivery, Exchange, JobToken, Jobs};
use crate::error::{Error, ErrorKind, Result};
use crate::store::Written;
use crate::store::exchanges::{self, Left};
use crate::store::fingerprints::Chunk;
use crate::store::runs::{self, Counts};

/// The first pause between two looks at a destination's job; each is half as long again as the one before.
const POLL: Duration = Duration::from_secs(2);
/// The longest pause: looks count against a destination's daily quota.
const LONGEST_POLL: Duration = Duration::from_secs(30);

/// What came of some work.
pub(super) struct Sent {
    pub(super) work: Work,
    /// An error means that no request was made.
    pub(super) made: Result<Made>,
    /// The request's number.
    pub(super) request: u64,
    /// How long the answer took, in the time pauses are measured in.
    pub(super) took: Duration,
}

/// A request that was made.
pub(super) struct Made {
    pub(super) delivery: Delivery,
    /// Fingerprints of what it delivered.
    pub(super) delivered: Result<Option<Chunk>>,
    /// Its row, on its way to the disk; not for a look at a job.
    pub(super) left: Option<(Left, Written<()>)>,
}

impl Made {
    /// No record was left to send, and no request made.
    fn nothing() -> Self {
        let exchange = Exchange { never_left: true, ..Exchange::default() };
        Self {
            delivery: Delivery::new(Answer::Records(Vec::new()), exchange),
            delivered: Ok(None),
            left: None,
        }
    }
}

/// Sends the records of `work` in one request, or follows the job that has them.
pub(super) async fn send(context: Arc<Delivering>, mut work: Work, request: u64) -> Sent {
    let begun = Instant::now();
    let made = send_records(&context, &mut work).await;
    // A job takes as long as it takes, and says nothing about the pace of requests.
    let took = if work.job.is_some() { Duration::ZERO } else { begun.elapsed() };
    Sent { work, made, request, took }
}

async fn send_records(context: &Delivering, work: &mut Work) -> Result<Made> {
    if work.first {
        work.batch.kept_before.get_or_try_init(|| before::keep(context, work)).await?;
        if !work.without_left_alone() {
            return Ok(Made::nothing());
        }
    } else if work.job.is_none() {
        guard::again(context, work).await?;
        if work.places.is_empty() {
            return Ok(Made::nothing());
        }
    }
    let records = work.batch.records(&work.places, &context.sync_uuid, &context.run)?;
    let batch =
        Batch { shape: &context.run.shape, records: &records, run: context.run.id, sync: &context.sync.name };
    failpoint!(Sending);
    match (&work.job, context.destination.jobs()) {
        (Some(job), Some(jobs)) => Ok(made(ended(jobs, &job.token, &batch).await, context, work, None)),
        (Some(_), None) => {
            Err(Error::new(ErrorKind::Bug, "The destination has no jobs to look at any more."))
        }
        (None, _) => {
            let left = Some(leave(context, work));
            Ok(made(context.destination.deliver(&batch).await, context, work, left))
        }
    }
}

fn made(delivery: Delivery, context: &Delivering, work: &Work, left: Option<(Left, Written<()>)>) -> Made {
    let delivered = delivered(&delivery.answer, &work.places, &work.batch.body, &context.run.shape);
    Made { delivery, delivered, left }
}

/// Looks at a job until it has ended.
async fn ended(jobs: &dyn Jobs, token: &JobToken, batch: &Batch<'_>) -> Delivery {
    let mut pause = POLL;
    loop {
        if let Some(delivery) = jobs.poll(token, batch).await {
            return delivery;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_POLL);
    }
}

/// Counts a request that leaves now. It does not wait for the disk: that its records may have arrived is known
/// from the claim, which was written before.
fn leave(context: &Delivering, work: &Work) -> (Left, Written<()>) {
    let records = if work.first { work.places.len() as u64 } else { 0 };
    let added = Counts { sent: records, requests: 1, ..Counts::default() };
    context.progress.add(&added);
    let (run, at) = (context.run.id, millis(context.clock.now()));
    let (batch, places, left) = (work.batch.id, work.places.clone(), Left::default());
    let row = left.clone();
    let written = context.store.write_soon(move |sqlite| {
        runs::add_outcomes(sqlite, run, &added, 0)?;
        exchanges::leave(sqlite, &row, batch, at, &places)
    });
    (left, written)
}
