//! What goes out next: batches out of the outbox, their halves, and what was put off.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;

use super::Sender;
use super::jobs::Job;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Operation, Record};
use crate::store::outbox::beside::{AMENDED, Amended};
use crate::store::outbox::{self, BatchRow, Body, OwnState};
use crate::store::runs::{self, Counts, RunRow};

/// Batches that may be under way before another claim is written.
const CLAIM: usize = 128;
/// Batches read from the outbox before it is their turn.
const AHEAD: usize = 2;

/// A batch that is being read from the outbox.
pub(super) struct Loading {
    row: BatchRow,
    read: JoinHandle<Result<Read>>,
}

/// A batch, while its body is kept, and the records whose state differs from the batch's.
type Read = (Option<Loaded>, HashMap<usize, OwnState>);

/// A loaded batch, shared by the parts it is split into.
pub(in crate::run) struct Loaded {
    pub(in crate::run) id: i64,
    pub(in crate::run) body: Body,
    /// When its changes were found, by place.
    changed_at: Vec<DateTime<Utc>>,
    /// The places that go out for the first time, and whether the values before that are kept.
    pub(in crate::run) first: OnceCell<Vec<usize>>,
    pub(in crate::run) kept_before: OnceCell<()>,
    /// What is sent otherwise than the body has it; known from before the first send on.
    amended: OnceLock<Amended>,
    /// Places of records that do not go out after all, because somebody changed them.
    left_alone: OnceLock<BTreeSet<usize>>,
}

impl Loaded {
    /// The record at `place`, ready to send as one of `run`.
    pub(in crate::run) fn record(&self, place: usize, sync: &str, run: &RunRow) -> Result<Record<'_>> {
        let record = self.body.record(place, sync, run.generation, self.changed_at[place])?;
        Ok(match self.amended.get().and_then(|amended| amended.get(&place)) {
            Some(payload) => Record { payload: payload.as_bytes(), ..record },
            None => record,
        })
    }

    /// The records at `places`, ready to send as ones of `run`.
    pub(in crate::run) fn records(
        &self,
        places: &[usize],
        sync: &str,
        run: &RunRow,
    ) -> Result<Vec<Record<'_>>> {
        places.iter().map(|place| self.record(*place, sync, run)).collect()
    }

    /// It is known what is sent otherwise than the body has it.
    pub(in crate::run) fn is_amended(&self) -> bool {
        self.amended.get().is_some()
    }

    /// These of its records do not go out.
    pub(in crate::run) fn leave_alone(&self, places: BTreeSet<usize>) {
        self.left_alone.get_or_init(|| places);
    }

    /// Its records are sent like this from now on; what was known before stays.
    pub(in crate::run) fn amend(&self, amended: Amended) {
        self.amended.get_or_init(|| amended);
    }
}

/// Records of one batch to be sent in one request.
pub(in crate::run) struct Work {
    pub(in crate::run) batch: Arc<Loaded>,
    pub(in crate::run) places: Vec<usize>,
    /// Requests that carried these records in this run.
    pub(in crate::run) attempts: u32,
    /// No request carried these records before.
    pub(in crate::run) first: bool,
    /// A request that carried these records may have arrived although its answer never came.
    pub(super) lost: bool,
    /// The destination works on these records already.
    pub(in crate::run) job: Option<Job>,
}

impl Work {
    fn new(batch: Arc<Loaded>, places: Vec<usize>, first: bool, lost: bool) -> Self {
        Self { batch, places, attempts: 0, first, lost, job: None }
    }

    /// Takes out the records that do not go out after all. Answers with whether any is left.
    pub(in crate::run) fn without_left_alone(&mut self) -> bool {
        if let Some(left_alone) = self.batch.left_alone.get() {
            self.places.retain(|place| !left_alone.contains(place));
        }
        !self.places.is_empty()
    }

    /// The record at `place` may be in the destination from an earlier request.
    pub(super) fn may_be_there(&self, place: usize) -> bool {
        self.lost || self.batch.body.past(place).doubtful
    }
}

impl Sender {
    pub(super) async fn next_work(&mut self) -> Result<Option<Work>> {
        if self.context.only_jobs {
            self.queue.retain(|work| work.job.is_some());
            self.later.clear();
        }
        if let Some(work) = self.queue.pop_front() {
            return Ok(Some(work));
        }
        while let Some(Loading { row, read }) = self.next_batch() {
            let lost = self.context.resumed && row.id <= self.context.run.claimed;
            self.claim(row.id).await?;
            let (loaded, own) = read.await.map_err(|_| stopped())??;
            let Some(batch) = loaded.map(Arc::new) else { continue };
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
            let first = row.attempts == 0;
            if first {
                drop(batch.first.set(places.clone()));
            }
            for places in self.requests(&batch, places)? {
                self.queue.push_back(Work::new(batch.clone(), places, first, lost));
            }
            if let Some(work) = self.queue.pop_front() {
                return Ok(Some(work));
            }
        }
        Ok(self.later.pop_front())
    }

    /// Puts the records of one batch into the requests that carry them, as the destination asks for.
    fn requests(&mut self, batch: &Loaded, places: Vec<usize>) -> Result<Vec<Vec<usize>>> {
        let mut requests: Vec<(Option<Operation>, usize, Vec<usize>)> = Vec::new();
        for place in places {
            let operation = batch.body.operation(place)?;
            let (run, destination) = (&self.context.run, &self.context.destination);
            let together = destination.together(&run.shape, operation, run.counts.to_send);
            if let Some(by) = together
                .map(|together| together.by)
                .filter(|by| !self.sent_by.iter().any(|known| known == by))
            {
                self.sent_by.push(by.to_owned());
            }
            let (own, most) = (together.map(|_| operation), together.map(|together| together.records));
            let open = requests.iter_mut().rev().find(|(carries, ..)| *carries == own);
            match open.filter(|(_, most, places)| places.len() < *most) {
                Some((_, _, places)) => places.push(place),
                None => requests.push((own, most.unwrap_or(usize::MAX).max(1), vec![place])),
            }
        }
        Ok(requests.into_iter().map(|(_, _, places)| places).collect())
    }

    /// The next batch, while those behind it are read already.
    fn next_batch(&mut self) -> Option<Loading> {
        while self.loading.len() <= AHEAD
            && let Some(row) = self.batches.pop_front()
        {
            let store = self.context.store.clone();
            let read =
                move || store.read(|sqlite| Ok((load(sqlite, row)?, outbox::own_states(sqlite, row.id)?)));
            self.loading.push_back(Loading { row, read: tokio::task::spawn_blocking(read) });
        }
        self.loading.pop_front()
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

    /// Halves a refused request; the halves go first, so that the bad records are found soon.
    pub(super) fn split(&mut self, work: &Work) {
        let half = work.places.len().div_ceil(2);
        for places in [&work.places[half..], &work.places[..half]] {
            if !places.is_empty() {
                self.queue.push_front(Work::new(work.batch.clone(), places.to_vec(), false, work.lost));
            }
        }
    }
}

fn load(sqlite: &rusqlite::Connection, row: BatchRow) -> Result<Option<Loaded>> {
    let Some(body) = outbox::body(sqlite, row.id)? else { return Ok(None) };
    let changed_at = outbox::changed_at(sqlite, &body, row.run)?;
    let amended = AMENDED.of_batch(sqlite, row.id)?.map(OnceLock::from).unwrap_or_default();
    let (first, kept_before, left_alone) = (OnceCell::new(), OnceCell::new(), OnceLock::new());
    Ok(Some(Loaded { id: row.id, body, changed_at, first, kept_before, amended, left_alone }))
}

fn stopped() -> Error {
    Error::new(ErrorKind::Bug, "Reading the outbox ended unexpectedly.")
}
