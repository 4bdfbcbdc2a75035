//! What a run would do: the same read and comparison, with nothing written and nothing sent.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::brakes::{self, Before};
use super::columns;
use super::compare::{ToSend, compare};
use super::invalid::duplicate;
use super::read::{ReadContext, ReadResult, Sink, Staged, read_all};
use super::source;
use super::stamp::Stamp;
use crate::destination::{Destination, Limits};
use crate::diff::NewRow;
use crate::error::{Error, Result};
use crate::record::{Change, Operation};
use crate::store::fingerprints::Delivered;
use crate::store::outbox::{self, looked::Looked};
use crate::store::runs::{Counts, InvalidRow, Problem, expected};
use crate::store::{Store, syncs::SavedSync};
use crate::sync::{Mode, Shape};
use crate::warehouse::{Cost, Read, Warehouse};

/// What a run would do.
#[derive(Debug)]
pub struct Plan {
    /// Its counts; `to_send` is what it would send.
    pub counts: Counts,
    /// The first records of each kind of change, in the order read.
    pub records: Vec<PlanRecord>,
    /// The first rows that can not be sent, in the order read.
    pub invalid: Vec<InvalidRow>,
    /// Why it would be held.
    pub held: Option<Problem>,
    /// Requests it would need, if every batch is taken, with those that read what stands there before.
    pub requests: u64,
    /// How records travel together, where the destination has several ways for that.
    pub by: Vec<&'static str>,
    /// What the warehouse says a whole read takes.
    pub cost: Option<Cost>,
    /// The destination says what stands there now, and did for `records`.
    pub reads: bool,
    /// Stands for just these records; not known of a held run.
    pub stamp: Option<Stamp>,
    /// How long the run would take, by the last ones of the sync.
    pub expected: Option<Duration>,
}

/// One record of a plan.
#[derive(Debug, Clone)]
pub struct PlanRecord {
    /// Its key.
    pub key: String,
    /// What happened to its row.
    pub change: Change,
    /// The payload as last delivered.
    pub before: Option<Vec<u8>>,
    /// What is done with it.
    pub operation: Operation,
    /// The exact payload that goes out, also for a removal.
    pub sent: Vec<u8>,
    /// What stands in its place; `None` where nobody looked.
    pub looked: Option<Looked>,
    /// It was left alone by an earlier run, and nobody has looked since: a run leaves it alone again.
    pub left_alone: bool,
}

impl PlanRecord {
    /// The payload it would send; `None` for a removal.
    pub fn after(&self) -> Option<&[u8]> {
        (self.change != Change::Removed).then_some(self.sent.as_slice())
    }

    pub(crate) fn to_send(&self) -> ToSend<'_> {
        ToSend { change: self.change, operation: self.operation, payload: &self.sent }
    }
}

/// Stands for the run in change numbers.
const NO_RUN: i64 = i64::MAX;

/// For a sync that has no destination yet.
const UNLIMITED: Limits =
    Limits { records: 1_000, bytes: usize::MAX, record_bytes: usize::MAX, envelope_bytes: 0, in_flight: 1 };

/// A record's ordinal, the key it is known under, and what it would be.
type Collection = (u64, String, PlanRecord);

struct Collected {
    limit: usize,
    limits: Limits,
    records: Vec<Collection>,
    taken: [usize; 4],
    /// By row: they do not come in the order read where rows have moved since the last run.
    invalid: BTreeMap<u64, InvalidRow>,
    ordinal: u64,
    batch: (usize, usize),
    requests: u64,
    /// Records by what is to be done with them.
    operations: BTreeMap<u8, u64>,
}

impl Sink for Collected {
    fn stage(&mut self, staged: &Staged<'_>) -> Result<()> {
        let bytes = staged.payload.len() + self.limits.envelope_bytes;
        let (records, size) = self.batch;
        let full = records >= self.limits.records || size + bytes > self.limits.bytes;
        if full || self.requests == 0 {
            self.requests += 1;
            self.batch = (0, 0);
        }
        self.batch = (self.batch.0 + 1, self.batch.1 + bytes);
        *self.operations.entry(staged.operation as u8).or_default() += 1;
        let taken = &mut self.taken[staged.change as usize];
        if *taken < self.limit {
            *taken += 1;
            let record = PlanRecord {
                key: staged.key.to_owned(),
                change: staged.change,
                before: None,
                operation: staged.operation,
                sent: staged.payload.to_vec(),
                looked: None,
                left_alone: staged.past.left_alone,
            };
            self.records.push((self.ordinal, staged.known_as.to_owned(), record));
        }
        self.ordinal += 1;
        Ok(())
    }

    fn invalid(&mut self, invalid: InvalidRow) -> Result<()> {
        self.invalid.insert(invalid.row, invalid);
        if self.invalid.len() > self.limit {
            self.invalid.pop_last();
        }
        Ok(())
    }

    fn progress(&mut self, _: &Counts) {}

    fn rekeyed(&mut self, _: Vec<Delivered>) -> Result<()> {
        Ok(())
    }
}

/// Requests that records need, and by which ways they go: where the destination says how many go together, so; else in
/// as many requests as there are batches `staged`. What stands there is read before each batch is first written: these
/// requests are counted too. `operations` counts the records by what is done with them, and `of_run` are all of the run's.
pub(crate) fn requests(
    destination: &dyn Destination,
    shape: &Shape,
    operations: &BTreeMap<u8, u64>,
    of_run: u64,
    staged: u64,
) -> Result<(u64, Vec<&'static str>)> {
    let limits = destination.limits(shape);
    let reading = |records: u64| match shape {
        Shape::Record { .. } => destination.reading(records),
        Shape::Identify | Shape::Track(_) => 0,
    };
    let (mut requests, mut by) = (0, Vec::new());
    for (code, count) in operations {
        let operation = Operation::from_code(*code)?;
        let Some(together) = destination.together(shape, operation, of_run) else {
            return Ok((staged + staged * reading(limits.records as u64), Vec::new()));
        };
        let most = together.records.clamp(1, limits.records) as u64;
        requests += count.div_ceil(most) * together.requests;
        requests += count / most * reading(most) + reading(count % most);
        if !by.contains(&together.by) {
            by.push(together.by);
        }
    }
    Ok((requests, by))
}

impl Collected {
    fn new(limit: usize, limits: Limits) -> Self {
        Self {
            limit,
            limits,
            records: Vec::new(),
            taken: [0; 4],
            invalid: BTreeMap::new(),
            ordinal: 0,
            batch: (0, 0),
            requests: 0,
            operations: BTreeMap::new(),
        }
    }

    /// Takes out the records whose key turned out to stand on an earlier row: those are rows that can not be sent.
    fn take_out(&mut self, duplicates: &[NewRow]) -> Result<()> {
        for NewRow { ordinal, row } in duplicates {
            let kept = self.records.binary_search_by_key(ordinal, |(ordinal, ..)| *ordinal);
            let key = kept.ok().map(|place| self.records.remove(place).2.key);
            let problem = Problem::from(&duplicate(key.as_deref()));
            self.invalid(InvalidRow { row: *row, key, problem })?;
        }
        Ok(())
    }
}

/// A read that leaves nothing behind.
pub(crate) struct Reading<'a> {
    pub(crate) store: &'a Store,
    pub(crate) home: &'a Path,
    pub(crate) saved: &'a SavedSync,
    pub(crate) warehouse: &'a dyn Warehouse,
    /// Bytes of one payload the destination takes.
    pub(crate) record_bytes: usize,
}

impl Reading<'_> {
    /// What is read of the query, and what the warehouse says that takes.
    pub(crate) async fn price(&self, resend: bool) -> Result<(Read, Option<Cost>)> {
        let read = source::wanted(self.saved, self.warehouse, resend).await?;
        let cost = self.warehouse.cost(&read).await?;
        Ok((read, cost))
    }

    /// Reads and compares. Answers also with why the columns ask for a decision.
    pub(crate) async fn read<S: Sink>(
        &self,
        read: &Read,
        resend: bool,
        sink: &mut S,
    ) -> Result<(ReadResult, Option<Error>)> {
        let saved = self.saved;
        let cancel = CancellationToken::new();
        let context = ReadContext {
            store: self.store,
            home: self.home,
            sync: &saved.sync,
            sync_id: saved.id,
            base_until: saved.base_until,
            keyed_by: saved.keyed_by.as_deref(),
            run: NO_RUN,
            resend,
            record_bytes: self.record_bytes,
            cancel: &cancel,
        };
        let mut rows = source::look(self.store, saved, self.warehouse, read).await?;
        let changed = columns::changed(saved.columns.as_deref(), rows.columns());
        Ok((read_all(&context, &mut *rows, sink).await?, changed))
    }
}

/// Reads and compares. `limit` records of each kind of change are kept.
pub(crate) async fn plan(
    reading: &Reading<'_>,
    destination: Option<&dyn Destination>,
    limit: usize,
) -> Result<Plan> {
    let (store, saved) = (reading.store, reading.saved);
    let sync = &saved.sync;
    let limits = limits(destination, &sync.shape);
    let resend = sync.mode == Mode::Full;
    let (read, cost) = reading.price(resend).await?;
    let mut collected = Collected::new(limit, limits);
    let (found, changed) = reading.read(&read, resend, &mut collected).await?;
    let held = match changed {
        Some(changed) => Some(changed),
        None => brakes::holds(sync, &Before::of(store, saved)?, &found)?,
    };
    let (requests, by) = match destination {
        Some(destination) => requests(
            destination,
            &sync.shape,
            &collected.operations,
            found.counts.to_send,
            collected.requests,
        )?,
        None => (collected.requests, Vec::new()),
    };
    collected.take_out(&found.duplicates)?;
    let mut records = Vec::with_capacity(collected.records.len());
    for (_, known_as, mut record) in collected.records {
        if record.change != Change::Added {
            let delivered = store.read(|sqlite| outbox::last_delivered(sqlite, saved.id, &known_as))?;
            record.before =
                delivered.filter(|(change, _)| *change != Change::Removed).map(|(_, payload)| payload);
        }
        records.push(record);
    }
    let reads = match destination {
        Some(destination) => compare(sync, destination, limits.records, &mut records).await?,
        None => false,
    };
    Ok(Plan {
        stamp: Some(found.stamp),
        expected: store.read(|sqlite| expected(sqlite, saved.id, &found.counts))?,
        counts: found.counts,
        records,
        invalid: collected.invalid.into_values().collect(),
        held: held.as_ref().map(Problem::from),
        requests,
        by,
        cost,
        reads,
    })
}

/// What one request to `destination` may carry; without one, anything.
pub(crate) fn limits(destination: Option<&dyn Destination>, shape: &Shape) -> Limits {
    destination.map_or(UNLIMITED, |destination| destination.limits(shape))
}
