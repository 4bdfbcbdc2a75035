//! Writes what a read finds into the outbox: batches are filled on the reading thread, compressed on a second
//! one and written by the store's writer.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::invalid;
use super::progress::Progress;
use super::read::{Sink, Staged};
use crate::destination::Limits;
use crate::error::{Error, ErrorKind, Result};
use crate::store::fingerprints::{self, Delivered};
use crate::store::marks;
use crate::store::outbox::{self, Body, Sealed};
use crate::store::runs::{Counts, InvalidRow};
use crate::store::{Store, Written};

/// Bodies that wait for compression.
const WAITING_BODIES: usize = 4;
/// Batches written in one job: nobody waits for a single one.
const TOGETHER: usize = 32;
/// Jobs whose answer is not looked at yet.
const WAITING_WRITES: usize = 2;

/// Where a staged batch begins: the ordinal of its first record, and its id.
pub(crate) type Placed = Vec<(u64, i64)>;

/// What a staged batch is written from.
#[derive(Default)]
struct Filled {
    body: Body,
    /// Which row each record was made from; empty where nobody will ask.
    rows: Vec<u64>,
}

/// Fills batches for the outbox.
pub(crate) struct Staging {
    store: Arc<Store>,
    sync: i64,
    run: i64,
    limits: Limits,
    progress: Arc<Progress>,
    keeps_rows: bool,
    filled: Filled,
    bytes: usize,
    invalid: u64,
    bodies: Option<SyncSender<Filled>>,
    writing: Option<JoinHandle<Result<Placed>>>,
    rekeyed: Vec<Written<()>>,
}

impl Staging {
    /// Begins to stage for a run. With `keeps_rows` it is written down which row each record was made from.
    pub(crate) fn start(
        store: Arc<Store>,
        sync: i64,
        run: i64,
        at: i64,
        limits: Limits,
        progress: Arc<Progress>,
        keeps_rows: bool,
    ) -> Result<Self> {
        let (bodies, queue) = sync_channel(WAITING_BODIES);
        let writer = store.clone();
        let writing = std::thread::Builder::new()
            .name("stage".into())
            .spawn(move || write_bodies(&writer, sync, run, at, &queue))?;
        Ok(Self {
            store,
            sync,
            run,
            limits,
            progress,
            keeps_rows,
            filled: Filled::default(),
            bytes: 0,
            invalid: 0,
            bodies: Some(bodies),
            writing: Some(writing),
            rekeyed: Vec::new(),
        })
    }

    /// Ends staging: everything is on disk. Answers with where each batch begins.
    pub(crate) fn finish(mut self) -> Result<Placed> {
        if !self.filled.body.is_empty() {
            self.hand_on()?;
        }
        drop(self.bodies.take());
        let placed = self.join()?;
        self.rekeyed.drain(..).try_for_each(Written::wait)?;
        Ok(placed)
    }

    fn hand_on(&mut self) -> Result<()> {
        self.bytes = 0;
        let filled = std::mem::take(&mut self.filled);
        let sent = self.bodies.as_ref().is_some_and(|bodies| bodies.send(filled).is_ok());
        if sent { Ok(()) } else { self.join().and(Err(stopped())) }
    }

    fn join(&mut self) -> Result<Placed> {
        self.writing.take().ok_or_else(stopped)?.join().map_err(|_| stopped())?
    }
}

/// A read that failed still ends its writes first, so that what it staged can be removed after them.
impl Drop for Staging {
    fn drop(&mut self) {
        drop(self.bodies.take());
        if let Some(writing) = self.writing.take() {
            drop(writing.join());
        }
    }
}

impl Sink for Staging {
    fn stage(&mut self, staged: &Staged<'_>) -> Result<()> {
        let bytes = staged.payload.len() + self.limits.envelope_bytes;
        let full = self.filled.body.len() >= self.limits.records.min(outbox::MOST_RECORDS)
            || self.bytes + bytes > self.limits.bytes;
        if full && !self.filled.body.is_empty() {
            self.hand_on()?;
        }
        self.bytes += bytes;
        let Staged { key, row, change, operation, number, payload, past, .. } = *staged;
        self.filled.body.push_over(key, change, operation, number, payload, past);
        if self.keeps_rows {
            self.filled.rows.push(row);
        }
        Ok(())
    }

    fn invalid(&mut self, row: InvalidRow) -> Result<()> {
        self.invalid += 1;
        if self.invalid <= invalid::KEPT {
            invalid::keep(&self.store, self.run, row);
        }
        Ok(())
    }

    fn progress(&mut self, counts: &Counts) {
        self.progress.read(counts);
    }

    fn rekeyed(&mut self, delivered: Vec<Delivered>) -> Result<()> {
        if !delivered.is_empty() {
            let sync = self.sync;
            let stage = move |sqlite: &rusqlite::Connection| fingerprints::stage(sqlite, sync, &delivered);
            self.rekeyed.push(self.store.write(stage));
        }
        Ok(())
    }
}

fn write_bodies(store: &Store, sync: i64, run: i64, at: i64, queue: &Receiver<Filled>) -> Result<Placed> {
    let mut writes = Writes { placed: Vec::new(), waiting: VecDeque::new(), ordinal: 0 };
    let mut ready = Vec::new();
    while let Ok(Filled { body, rows }) = queue.recv() {
        ready.push((body.len() as u64, outbox::compress(&body)?, rows));
        if ready.len() == TOGETHER {
            writes.add(store, sync, run, at, std::mem::take(&mut ready))?;
        }
    }
    if !ready.is_empty() {
        writes.add(store, sync, run, at, ready)?;
    }
    writes.wait_until(0)?;
    Ok(writes.placed)
}

/// A compressed batch: how many records it has, and which rows they were made from.
type Compressed = (u64, Sealed, Vec<u64>);

/// Jobs on their way to the disk.
struct Writes {
    placed: Placed,
    waiting: VecDeque<Written<Placed>>,
    ordinal: u64,
}

impl Writes {
    fn add(&mut self, store: &Store, sync: i64, run: i64, at: i64, batches: Vec<Compressed>) -> Result<()> {
        let mut first = self.ordinal;
        self.ordinal += batches.iter().map(|(count, ..)| count).sum::<u64>();
        let write = move |sqlite: &rusqlite::Connection| {
            let mut placed = Vec::with_capacity(batches.len());
            for (count, sealed, rows) in &batches {
                failpoint!(Staging);
                let batch = outbox::stage(sqlite, sync, run, at, sealed)?;
                if !rows.is_empty() {
                    marks::keep_rows(sqlite, sync, batch, rows)?;
                }
                placed.push((first, batch));
                first += count;
            }
            Ok(placed)
        };
        self.waiting.push_back(store.write_soon(write));
        self.wait_until(WAITING_WRITES)
    }

    /// Waits until no more than `count` jobs are left.
    fn wait_until(&mut self, count: usize) -> Result<()> {
        while self.waiting.len() > count
            && let Some(written) = self.waiting.pop_front()
        {
            self.placed.extend(written.wait()?);
        }
        Ok(())
    }
}

/// The batch and place of a staged record.
pub(crate) fn locate(placed: &Placed, ordinal: u64) -> Option<(i64, usize)> {
    let after = placed.partition_point(|(first, _)| *first <= ordinal);
    let (first, batch) = placed.get(after.checked_sub(1)?)?;
    Some((*batch, (ordinal - first) as usize))
}

fn stopped() -> Error {
    Error::new(ErrorKind::Storage, "What was read could not be written down.")
}
