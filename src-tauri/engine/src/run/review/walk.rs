//! Goes through everything a held run has ready to send, and compares it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::last;
use super::report::Report;
use crate::destination::Destination;
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::record::Change;
use crate::run::compare::{Comparison, ToSend, entries, parse};
use crate::run::known::Known;
use crate::run::patient::{Patience, is_readable};
use crate::store::outbox::looked::{LOOKED, Looked};
use crate::store::outbox::{self, BatchRow, Body};
use crate::store::runs::{self, RunRow, RunState};
use crate::store::{Sqlite, Store};
use crate::sync::{Shape, Sync};

/// How long what was found waits for the disk.
const UNWRITTEN: Duration = Duration::from_millis(500);

/// A walk through one run.
pub(crate) struct Walk {
    pub(crate) store: Arc<Store>,
    pub(crate) destination: Arc<dyn Destination>,
    pub(crate) sync: Arc<Sync>,
    pub(crate) run: RunRow,
    /// What came of it so far; watched meanwhile.
    pub(crate) report: Arc<Mutex<Report>>,
    pub(crate) cancel: CancellationToken,
    /// The fields of the destination's object; asked for once.
    pub(crate) known: OnceCell<Known>,
}

/// What was found of a batch.
struct Compared {
    batch: i64,
    body: Body,
    by_place: BTreeMap<usize, Looked>,
}

/// The batches of a run after `until`.
pub(super) fn batches_after(sqlite: &Sqlite, run: i64, until: i64) -> Result<Vec<BatchRow>> {
    Ok(outbox::batches_of(sqlite, run)?.into_iter().filter(|batch| batch.id > until).collect())
}

/// Requests that comparing the batches of a run after `until` takes of the destination's quota.
pub(crate) fn requests(
    sqlite: &Sqlite,
    run: &RunRow,
    destination: &dyn Destination,
    until: i64,
) -> Result<u64> {
    let Shape::Record { .. } = run.shape else { return Ok(0) };
    let most = destination.limits(&run.shape).records.max(1);
    let of_batch = |records: usize| {
        (records / most) as u64 * destination.reading(most as u64)
            + destination.reading((records % most) as u64)
    };
    Ok(batches_after(sqlite, run.id, until)?.iter().map(|batch| of_batch(batch.n)).sum())
}

/// Whether the destination says what stands there.
pub(crate) async fn is_live(sync: &Sync, destination: &dyn Destination) -> Result<bool> {
    match &sync.shape {
        Shape::Record { object, match_field } => {
            is_readable(destination, object, match_field, Patience::Turns).await
        }
        Shape::Identify | Shape::Track(_) => Ok(false),
    }
}

impl Walk {
    /// Compares what is not compared yet. What was found by then is kept, however it ends.
    pub(crate) async fn finish(self) -> Result<()> {
        let walk = Arc::new(self);
        let is_live = is_live(&walk.sync, &*walk.destination).await?;
        let (run, until) = (walk.run.id, walk.report().until);
        let mut batches: VecDeque<BatchRow> =
            walk.store.read(|sqlite| batches_after(sqlite, run, until))?.into();
        let at_once = walk.destination.limits(&walk.run.shape).in_flight.max(1);
        let mut under_way: VecDeque<JoinHandle<Result<Option<Compared>>>> = VecDeque::new();
        let mut unwritten = Vec::new();
        let mut written = Instant::now();
        let ended = loop {
            while under_way.len() < at_once
                && let Some(batch) = batches.pop_front()
            {
                under_way.push_back(tokio::spawn(walk.clone().compare(batch, is_live)));
            }
            let Some(compared) = under_way.pop_front() else { break Ok(()) };
            let compared = tokio::select! {
                compared = compared => compared.map_err(|error| {
                    Error::new(ErrorKind::Bug, "Comparing ended unexpectedly.").with_source(error)
                }),
                () = walk.cancel.cancelled() => break Err(Error::new(ErrorKind::Cancelled, "Comparing was stopped.")),
            };
            match compared.flatten() {
                Ok(Some(compared)) => unwritten.push(walk.note(compared)?),
                Ok(None) => {}
                Err(error) => break Err(error),
            }
            if written.elapsed() >= UNWRITTEN {
                walk.write(std::mem::take(&mut unwritten)).await?;
                written = Instant::now();
            }
        };
        under_way.iter().for_each(JoinHandle::abort);
        walk.write(unwritten).await?;
        ended?;
        last::keep(&walk.store, &walk.run).await
    }

    async fn compare(self: Arc<Self>, batch: BatchRow, is_live: bool) -> Result<Option<Compared>> {
        let Some((body, places)) = self.store.read(|sqlite| outbox::to_send(sqlite, &batch))? else {
            return Ok(None);
        };
        let comparison = Comparison::new(&self.sync, &*self.destination, Patience::Failures, &self.known);
        let record = |place: usize| {
            Ok(ToSend {
                change: body.change(place)?,
                operation: body.operation(place)?,
                payload: body.payload(place),
            })
        };
        let mut by_place = BTreeMap::new();
        if is_live {
            let most = self.destination.limits(&self.run.shape).records.max(1);
            for places in places.chunks(most) {
                let records = places.iter().map(|place| record(*place)).collect::<Result<Vec<_>>>()?;
                let looked = comparison.live(&records).await?.unwrap_or_default();
                by_place.extend(places.iter().copied().zip(looked));
            }
        } else {
            let mut before = self.before(&body, &places)?;
            for place in places {
                let before = before.remove(body.key(place));
                by_place.insert(place, comparison.delivered(record(place)?, before).await?);
            }
        }
        Ok(Some(Compared { batch: batch.id, body, by_place }))
    }

    /// What was last delivered of the records at `places`, by key.
    fn before(&self, body: &Body, places: &[usize]) -> Result<std::collections::HashMap<String, Vec<u8>>> {
        let mut keys = Vec::with_capacity(places.len());
        for place in places {
            if body.change(*place)? != Change::Added {
                keys.push(body.key(*place));
            }
        }
        let found = self.store.read(|sqlite| outbox::all_last_delivered(sqlite, self.run.sync, &keys))?;
        let stands = found.into_iter().filter(|(_, (change, _))| *change != Change::Removed);
        Ok(stands.map(|(key, (_, payload))| (key, payload)).collect())
    }

    /// Counts what was found of a batch, and answers with what is kept of it.
    fn note(&self, compared: Compared) -> Result<(i64, Vec<u8>)> {
        let Compared { batch, body, by_place } = compared;
        let mut report = self.report();
        for (place, looked) in &by_place {
            let sent = entries(&self.run.shape, parse(body.payload(*place)).as_ref());
            let stands = looked.stands.as_deref().and_then(Json::parse);
            report.note(looked, &sent, &entries(&self.run.shape, stands.as_ref()));
        }
        report.until = batch;
        drop(report);
        Ok((batch, LOOKED.packed(&by_place)?))
    }

    async fn write(&self, found: Vec<(i64, Vec<u8>)>) -> Result<()> {
        let (run, report) = (self.run.id, self.report().to_keep());
        let job = move |sqlite: &rusqlite::Connection| {
            if runs::get(sqlite, run)?.state != RunState::Held {
                return Err(Error::new(ErrorKind::Cancelled, format!("Run {run} is not held any more.")));
            }
            for (batch, packed) in &found {
                LOOKED.keep(sqlite, *batch, packed)?;
            }
            runs::set_review(sqlite, run, &report)
        };
        self.store.write(job).done().await
    }

    fn report(&self) -> std::sync::MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
