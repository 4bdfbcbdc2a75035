//! One request: the present values are read first where that is possible, and a job is followed to its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::deliver::Delivering;
use super::deliver::work::Work;
use super::only_if_empty;
use super::outcome::delivered;
use crate::clock::millis;
use crate::destination::{Batch, Delivery, JobToken, Jobs, ReadByKey};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Record;
use crate::store::Written;
use crate::store::exchanges::{self, Left};
use crate::store::fingerprints::Chunk;
use crate::store::outbox::amended;
use crate::store::packed::pack;
use crate::store::runs::{self, Counts};
use crate::sync::Shape;

/// Pause between two looks at a destination's job.
const POLL: Duration = Duration::from_secs(2);

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

/// Sends the records of `work` in one request, or follows the job that has them.
pub(super) async fn send(context: Arc<Delivering>, work: Work, request: u64) -> Sent {
    let begun = Instant::now();
    let made = send_records(&context, &work).await;
    // A job takes as long as it takes, and says nothing about the pace of requests.
    let took = if work.job.is_some() { Duration::ZERO } else { begun.elapsed() };
    Sent { work, made, request, took }
}

async fn send_records(context: &Delivering, work: &Work) -> Result<Made> {
    let as_it_is = || -> Result<Vec<Record<'_>>> {
        let record = |place: &usize| work.batch.record(*place, &context.sync_uuid, &context.run);
        work.places.iter().map(record).collect()
    };
    let mut records = as_it_is()?;
    if work.first {
        keep_before(context, work, &records).await?;
        if work.batch.is_amended() {
            records = as_it_is()?;
        }
    }
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
    loop {
        if let Some(delivery) = jobs.poll(token, batch).await {
            return delivery;
        }
        tokio::time::sleep(POLL).await;
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

/// Before the first write of a batch: stores the values as they are now, where the destination can be read, and what
/// goes out without the fields that have a value there.
async fn keep_before(context: &Delivering, work: &Work, records: &[Record<'_>]) -> Result<()> {
    let Shape::Record { object, match_field } = &context.run.shape else { return Ok(()) };
    let (values, fields) = asked(records, match_field)?;
    let read = ReadByKey { object, match_field, values: &values, fields: &fields };
    let only_if_empty = only_if_empty::names(&context.sync);
    let Some(found) = context.destination.read_by_key(&read).await else {
        return if only_if_empty.is_empty() { Ok(()) } else { Err(only_if_empty::not_readable()) };
    };
    let found = found?;
    let amended = if only_if_empty.is_empty() || work.batch.is_amended() {
        None
    } else {
        Some(only_if_empty::amended(&only_if_empty, &work.places, records, &found)?)
    };
    let packed = amended.as_ref().map(amended::packed).transpose()?;
    let before: Vec<Option<String>> =
        found.into_iter().map(|found| found.map(|found| found.fields)).collect();
    let text = serde_json::to_vec(&before).map_err(|error| {
        Error::new(ErrorKind::Bug, "Present values could not be stored.").with_source(error)
    })?;
    let (batch, z) = (work.batch.id, pack(&text)?);
    let insert = move |sqlite: &rusqlite::Connection| {
        sqlite
            .prepare_cached("insert or ignore into before values(?1, ?2)")?
            .execute(rusqlite::params![batch, z])?;
        packed.map_or(Ok(()), |packed| amended::keep(sqlite, batch, &packed))
    };
    context.store.write(insert).done().await?;
    if let Some(amended) = amended {
        work.batch.amend(amended);
    }
    Ok(())
}

/// The match values of records, and every field of theirs.
fn asked(records: &[Record<'_>], match_field: &str) -> Result<(Vec<String>, Vec<String>)> {
    let mut values = Vec::with_capacity(records.len());
    let mut fields: Vec<String> = Vec::new();
    for record in records {
        let payload: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(record.payload)
            .map_err(|error| {
                Error::new(ErrorKind::Damaged, "A stored record can not be read.").with_source(error)
            })?;
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
    Ok((values, fields))
}
