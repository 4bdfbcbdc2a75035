//! A line of the live viewer.

use std::collections::HashMap;
use std::rc::Rc;

use sluice_engine::Result;
use sluice_engine::engine::Engine;
use sluice_engine::mapping::named_in;
use sluice_engine::mask::Masks;
use sluice_engine::record::Change;
use sluice_engine::store::events::{EventId, EventRow};
use sluice_engine::store::exchanges::{self, Newest, Requests};
use sluice_engine::store::outbox::{self, looked::LOOKED};
use sluice_engine::store::runs::{self, RunRow};
use sluice_engine::store::syncs::{self, SavedSync};
use sluice_engine::sync::Shape;

use super::status;
use crate::convert::time;
use crate::masked::shown_key;
use crate::wire::Event;

/// Makes lines of events. Syncs, runs and answers are each looked up once, however many events they have.
pub(super) struct Lines<'a> {
    engine: &'a Engine,
    syncs: HashMap<i64, Rc<SavedSync>>,
    masks: HashMap<i64, Rc<Masks>>,
    runs: HashMap<i64, Rc<RunRow>>,
    requests: HashMap<i64, HashMap<usize, Requests>>,
    left_alone: HashMap<i64, HashMap<usize, String>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(engine: &'a Engine) -> Self {
        let (syncs, masks, runs) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { engine, syncs, masks, runs, requests: HashMap::new(), left_alone: HashMap::new() }
    }

    pub(super) fn sync(&mut self, id: i64) -> Result<Rc<SavedSync>> {
        if let Some(known) = self.syncs.get(&id) {
            return Ok(known.clone());
        }
        let saved = Rc::new(self.engine.store().read(|sqlite| syncs::by_id(sqlite, id))?);
        self.syncs.insert(id, saved.clone());
        Ok(saved)
    }

    /// How values of a sync are masked.
    pub(super) fn masks(&mut self, sync: i64) -> Result<Rc<Masks>> {
        if let Some(known) = self.masks.get(&sync) {
            return Ok(known.clone());
        }
        let masks = Rc::new(self.sync(sync)?.masks());
        self.masks.insert(sync, masks.clone());
        Ok(masks)
    }

    /// The same, or none where values are to be revealed.
    pub(super) fn masks_unless(&mut self, reveal: bool, sync: i64) -> Result<Option<Rc<Masks>>> {
        if reveal { Ok(None) } else { self.masks(sync).map(Some) }
    }

    pub(super) fn run(&mut self, id: i64) -> Result<Rc<RunRow>> {
        if let Some(known) = self.runs.get(&id) {
            return Ok(known.clone());
        }
        let run = Rc::new(self.engine.run(id)?);
        self.runs.insert(id, run.clone());
        Ok(run)
    }

    /// The line of one event, personal data masked.
    pub(super) fn line(&mut self, row: &EventRow) -> Result<Event> {
        let masks = self.masks(row.sync)?;
        let key = shown_key(row.key.as_deref().unwrap_or_default(), Some(&*masks));
        Ok(Event {
            event: row.id.to_string(),
            at: time(row.at),
            sync: self.sync(row.sync)?.sync.name.clone(),
            run: row.run,
            status: status(row.state),
            change: row.change.unwrap_or(Change::Added).into(),
            what: what(&self.run(row.run)?.shape),
            who: who(&row.payload, &masks).unwrap_or_else(|| key.clone()),
            key,
            answer: self.answer(row)?,
            retryable: row.state.is_refused(),
            discardable: row.state.is_open() && !self.run(row.run)?.state.is_going_on(),
        })
    }

    /// The line of one event; personal data as it is where it is to be revealed, else masked.
    pub(super) fn shown(&mut self, row: &EventRow, reveal: bool) -> Result<Event> {
        let mut event = self.line(row)?;
        if reveal {
            event.key = row.key.clone().unwrap_or_default();
            let named = named_in(&row.payload).into_iter().next();
            event.who = named.map_or_else(|| event.key.clone(), |(_, value)| value);
        }
        Ok(event)
    }

    /// The id a record was sent with; empty for a row that could not become one.
    pub(super) fn message_id(&mut self, row: &EventRow) -> Result<String> {
        let (Some(key), Some(change), Some(operation)) = (&row.key, row.change, row.operation) else {
            return Ok(String::new());
        };
        let print = outbox::fingerprint(change, &row.payload);
        let (sync, generation) = (self.sync(row.sync)?, self.run(row.run)?.generation);
        let hash = outbox::key_hash(key);
        Ok(outbox::message_id(&sync.uuid, generation, row.number, operation, hash, print).to_string())
    }

    /// How many requests carried the record; none for a row that could not become one.
    pub(super) fn attempts(&mut self, row: &EventRow) -> Result<u64> {
        Ok(self.requests(row.id)?.map_or(0, |requests| requests.count))
    }

    /// The requests that carried a record.
    fn requests(&mut self, event: EventId) -> Result<Option<Requests>> {
        let EventId::Record { batch, place, .. } = event else { return Ok(None) };
        if !self.requests.contains_key(&batch) {
            let requests = self.engine.store().read(|sqlite| exchanges::by_place(sqlite, batch))?;
            self.requests.insert(batch, requests);
        }
        Ok(self.requests.get(&batch).and_then(|requests| requests.get(&place)).copied())
    }

    /// Which fields of a record an undo left alone while it put back others, and why.
    pub(super) fn left_alone(&mut self, row: &EventRow) -> Result<Option<String>> {
        let EventId::Record { batch, place, .. } = row.id else { return Ok(None) };
        if self.run(row.run)?.left_alone.is_empty() {
            return Ok(None);
        }
        if !self.left_alone.contains_key(&batch) {
            let looked = self.engine.store().read(|sqlite| LOOKED.of_batch(sqlite, batch))?;
            let reasons = looked.unwrap_or_default().into_iter();
            let reasons = reasons.filter_map(|(place, looked)| Some((place, looked.reason?))).collect();
            self.left_alone.insert(batch, reasons);
        }
        Ok(self.left_alone.get(&batch).and_then(|reasons| reasons.get(&place)).cloned())
    }

    fn answer(&mut self, row: &EventRow) -> Result<String> {
        let problem = row.problem.as_deref().map(runs::Problem::from_json).transpose()?;
        let words = problem.map(|problem| problem.kind.replace('_', " "));
        let answer = match self.requests(row.id)?.map(|requests| requests.newest) {
            Some(Newest::Answered(status)) => status.map(|status| status.to_string()),
            Some(Newest::Unanswered) => Some(unanswered(&*self.run(row.run)?).to_lowercase()),
            None => None,
        };
        Ok([answer, words].into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// What is said of a request without an answer.
pub(super) fn unanswered(run: &RunRow) -> &'static str {
    if run.state.is_going_on() { "No answer yet" } else { "Unknown: no answer came" }
}

fn what(shape: &Shape) -> String {
    match shape {
        Shape::Identify => "identify".to_owned(),
        Shape::Track(_) => "track".to_owned(),
        Shape::Record { object, .. } => object.clone(),
    }
}

/// Whom a payload is about, masked: the e-mail, else the ids.
fn who(payload: &[u8], masks: &Masks) -> Option<String> {
    let (identifier, value) = named_in(payload).into_iter().next()?;
    Some(masks.value(identifier.name(), &value).unwrap_or(value))
}
