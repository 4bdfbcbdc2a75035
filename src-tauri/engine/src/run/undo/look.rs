//! Goes through what a run delivered, asks the destination what stands there now, and says what an undo would do.

mod before;
mod shared;

use std::collections::{HashSet, VecDeque};

use super::judge::{
    Arrived, FieldUndo, Judged, SKEW, Stood, Was, Will, arrived, document, judge, listed, members,
};
use crate::clock::from_millis;
use crate::destination::{Destination, Found, ReadByKey};
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::mapping::named_in;
use crate::record::Operation;
use crate::run::before::asked;
use crate::run::known::Known;
use crate::run::patient::{Patience, is_readable, patiently, read_by_key};
use crate::same::{is_same, may_be_shown_as};
use crate::store::events::EventId;
use crate::store::outbox::beside::{AMENDED, Amended, BEFORE, Before, MADE, Made};
use crate::store::outbox::{self, BatchRow, Body, key_hash};
use crate::store::runs::RunRow;
use crate::store::search::Search;
use crate::store::{Sqlite, Store};
use crate::sync::{Identifier, Shape};
use shared::{Share, Shared};

const MERGED: &str = "It is one record with another of this run now, and that one is undone.";

const SHARED: &str = "Another row of the run wrote the same record, and that one stands for both.";
const UNCLEAR: &str = "No answer came to it, and what stands there does not say whether it arrived.";
const EARLIER: &str = "Where an earlier event says what is right, send that one again: in the window Live events, that event, Send once more; in a terminal `sluice replay EVENT`.";

/// A record of the run, with what an undo does with it.
#[derive(Debug, Clone)]
pub struct UndoRecord {
    /// Its event.
    pub event: EventId,
    /// Its key.
    pub key: String,
    /// The identifier that tells people most among those it names.
    pub named: Option<(Identifier, String)>,
    /// What is done.
    pub will: Will,
    /// Its fields that are not as before the run.
    pub fields: Vec<FieldUndo>,
    /// Why it is left alone in whole or in part, or why there is nothing to do.
    pub reason: Option<String>,
    /// Its match value, as JSON.
    pub(super) matched: String,
    /// Its fields as they stand there now, as the text of one JSON object; `None` where there is no such record.
    pub(super) stands: Option<String>,
    /// The destination's own id of that record, where it says.
    pub(super) id: Option<String>,
}

/// What goes through the run.
pub(crate) struct Look<'a> {
    store: &'a Store,
    destination: &'a dyn Destination,
    of: &'a RunRow,
    keys: &'a [String],
    text: Option<Search>,
    object: &'a str,
    match_field: &'a str,
    known: Known,
    /// Records asked for at once.
    most: usize,
    patience: Patience,
    /// Hashes of the match values of records that something is done with: of two keys whose records are one now, it is
    /// done for one.
    taken: HashSet<u64>,
    /// Records of the run that are one in the destination; read before the first is looked at.
    shared: Option<Shared>,
    batches: VecDeque<BatchRow>,
    /// The batch that is being looked at, and how many of its records are done.
    at: Option<(Kept, usize)>,
}

/// A batch of the run, as kept.
struct Kept {
    id: i64,
    body: Body,
    amended: Amended,
    before: Option<Before>,
    made: Made,
    /// Places of what it delivered, and of what may have arrived although no answer says so.
    places: Vec<usize>,
    /// Those that may have.
    uncertain: HashSet<usize>,
}

impl Kept {
    fn sent(&self, place: usize) -> &[u8] {
        self.amended.get(&place).map_or(self.body.payload(place), |amended| amended.as_bytes())
    }
}

impl<'a> Look<'a> {
    /// Begins to look at what the run `of` wrote; of these keys, or all, and only where key or payload contain `text`,
    /// in any case.
    pub(crate) async fn begin(
        store: &'a Store,
        destination: &'a dyn Destination,
        of: &'a RunRow,
        keys: &'a [String],
        patience: Patience,
    ) -> Result<Self> {
        let Shape::Record { object, match_field } = &of.shape else { return Err(events()) };
        if !is_readable(destination, object, match_field, patience).await? {
            return Err(not_readable());
        }
        Ok(Self {
            store,
            destination,
            of,
            keys,
            text: None,
            object,
            match_field,
            known: patiently(patience, || Known::read(destination, object)).await?,
            most: destination.limits(&of.shape).records.max(1),
            patience,
            taken: HashSet::new(),
            shared: None,
            batches: store.read(|sqlite| outbox::batches_of(sqlite, of.id))?.into(),
            at: None,
        })
    }

    /// Only at records whose key or payload contain `text`, in any case.
    pub(crate) fn with_text(self, text: Option<&str>) -> Self {
        Self { text: text.map(Search::new), ..self }
    }

    /// The field records are found by.
    pub(crate) fn match_field(&self) -> &'a str {
        self.match_field
    }

    /// The next records, in the order they were sent; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<UndoRecord>>> {
        if self.shared.is_none() {
            self.shared = Some(self.read_shared().await?);
        }
        loop {
            if let Some((kept, done)) = self.at.take()
                && let Some(left) = kept.places.get(done..).filter(|left| !left.is_empty())
            {
                let places = left.get(..self.most).unwrap_or(left);
                let records = self.judged(&kept, places).await?;
                let done = done + places.len();
                self.at = Some((kept, done));
                return Ok(Some(records));
            }
            let Some(batch) = self.batches.pop_front() else { return Ok(None) };
            self.at = self.store.read(|sqlite| self.kept(sqlite, &batch))?.map(|kept| (kept, 0));
        }
    }

    fn kept(&self, sqlite: &Sqlite, batch: &BatchRow) -> Result<Option<Kept>> {
        let own = outbox::own_states(sqlite, batch.id)?;
        let Some(body) = outbox::body(sqlite, batch.id)? else { return Ok(None) };
        let before = BEFORE.of_batch(sqlite, batch.id)?;
        let (mut places, mut uncertain) = (Vec::new(), HashSet::new());
        for place in (0..body.len()).filter(|place| self.is_wanted(&body, *place)) {
            let state = own.get(&place).map_or(batch.state, |own| own.state);
            // What stands there is asked for just before a request leaves.
            let was_asked = before.as_ref().is_some_and(|before| before.contains_key(&place));
            if state.has_arrived() {
                places.push(place);
            } else if state.may_have_arrived() && was_asked {
                places.push(place);
                uncertain.insert(place);
            }
        }
        let amended = AMENDED.of_batch(sqlite, batch.id)?.unwrap_or_default();
        let made = MADE.of_batch(sqlite, batch.id)?.unwrap_or_default();
        Ok(Some(Kept { id: batch.id, body, amended, before, made, places, uncertain }))
    }

    /// Its key, and what it contains, are looked for.
    fn is_wanted(&self, body: &Body, place: usize) -> bool {
        (self.keys.is_empty() || self.keys.iter().any(|key| key == body.key(place)))
            && self.text.as_ref().is_none_or(|text| contains(body, place, text))
    }

    fn share(&self, place: (i64, usize)) -> Share<'_> {
        self.shared.as_ref().map_or(Share::Own, |shared| shared.of(place))
    }

    async fn judged(&mut self, kept: &Kept, places: &[usize]) -> Result<Vec<UndoRecord>> {
        let shares: Vec<Share<'_>> = places.iter().map(|place| self.share((kept.id, *place))).collect();
        let payload = |(place, share): (&usize, &Share<'_>)| match share {
            Share::Lead(written) => written.payload.clone(),
            Share::Own | Share::Other => kept.sent(*place).to_vec(),
        };
        let payloads: Vec<Vec<u8>> = places.iter().zip(&shares).map(payload).collect();
        let (object, match_field) = (self.object, self.match_field);
        let (values, mut fields) = asked(payloads.iter().map(Vec::as_slice), match_field)?;
        // A record may be found by a value that another of the run is found by too.
        fields.push(match_field.to_owned());
        let read = ReadByKey { object, match_field, values: &values, fields: &fields, needed: true };
        let now = read_by_key(self.destination, &read, self.patience).await.ok_or_else(not_readable)??;
        let mut records = Vec::with_capacity(places.len());
        for (((place, payload), share), now) in places.iter().zip(&payloads).zip(&shares).zip(&now) {
            records.extend(self.judged_one(kept, *place, payload, share, now.as_ref())?);
        }
        self.leave_merged_alone(&mut records)?;
        Ok(records)
    }

    /// What is done with one record; `None` where it may have arrived and did not.
    fn judged_one(
        &self,
        kept: &Kept,
        place: usize,
        payload: &[u8],
        share: &Share<'_>,
        now: Option<&Found>,
    ) -> Result<Option<UndoRecord>> {
        let (before, made) = match share {
            Share::Lead(written) => (written.before.clone(), written.made.as_deref()),
            Share::Own | Share::Other => {
                (self.before(kept, place)?, kept.made.get(&place).map(String::as_str))
            }
        };
        let operation = kept.body.operation(place)?;
        let was = Was { operation, payload, before: &before, now, made, began: from_millis(self.of.started) };
        // Of what may have arrived, only what did is the run's.
        let arrival =
            if kept.uncertain.contains(&place) { self.arrival(kept, place, &was)? } else { Arrived::Yes };
        if arrival == Arrived::No {
            return Ok(None);
        }
        let Judged { will, mut fields, mut reason } = match share {
            Share::Own | Share::Lead(_) => judge(&self.known, self.match_field, &was)?,
            Share::Other => {
                Judged { will: Will::Nothing, fields: Vec::new(), reason: Some(SHARED.to_owned()) }
            }
        };
        if let Some((run, did)) = self.done_later(kept, place, &was, will, &fields)? {
            reason = Some(written_later(run, did, will, &mut fields));
        }
        let matched =
            document(payload)?.get(self.match_field).map_or_else(|| "null".to_owned(), Json::compact);
        let mut record = UndoRecord {
            event: EventId::Record { run: self.of.id, batch: kept.id, place },
            key: kept.body.key(place).to_owned(),
            named: named_in(payload).into_iter().next(),
            will,
            fields,
            reason,
            matched,
            id: now.and_then(|now| now.id.clone()),
            stands: now.map(|now| now.fields.clone()),
        };
        if arrival == Arrived::Unclear {
            leave_alone(&mut record, UNCLEAR.to_owned());
        }
        Ok(Some(record))
    }

    fn arrival(&self, kept: &Kept, place: usize, was: &Was<'_>) -> Result<Arrived> {
        let arrival = arrived(&self.known, self.match_field, was, &HashSet::new())?;
        if arrival != Arrived::Unclear {
            return Ok(arrival);
        }
        let key = kept.body.key(place);
        let mut written = HashSet::new();
        for later in self.store.read(|sqlite| later(sqlite, self.of.sync, key, kept.id))? {
            let payload = document(&later.payload)?;
            written.extend(members(&payload).map(|(name, _)| name.to_owned()));
        }
        arrived(&self.known, self.match_field, was, &written)
    }

    /// Where two keys of the run find one and the same record now, only one of them may still decide what is in it: the
    /// one the record says to be found by, or else the first.
    fn leave_merged_alone(&mut self, records: &mut [UndoRecord]) -> Result<()> {
        let mut others = Vec::new();
        for record in records.iter_mut().filter(|record| matches!(record.will, Will::PutBack | Will::Delete))
        {
            let Some(stands) = &record.stands else { continue };
            let fields = document(stands.as_bytes())?;
            let Some(found_by) = fields.get(self.match_field) else { continue };
            let Some(text) = found_by.text() else { continue };
            let matched = Json::parse(&record.matched);
            let is_own = is_same(self.known.takes(self.match_field), matched.as_ref(), Some(found_by));
            let matched = matched.and_then(|matched| matched.text()).unwrap_or_default();
            let is_written_alike = text.trim().eq_ignore_ascii_case(matched.trim());
            if record.will == Will::Delete && !is_own && !is_written_alike {
                // The run made a record with the value that it was to be found by.
                leave_alone(
                    record,
                    format!("What is found by its “{}” is another record now.", self.match_field),
                );
            } else if !is_own {
                others.push((record, text));
            } else if !self.taken.insert(key_hash(&text)) {
                leave_alone(record, MERGED.to_owned());
            }
        }
        for (record, text) in others {
            if !self.taken.insert(key_hash(&text)) {
                leave_alone(record, MERGED.to_owned());
            }
        }
        Ok(())
    }

    /// Which later run of the sync did what now keeps the record, or fields of it, from being put back; `None` where it
    /// was nobody here.
    fn done_later(
        &self,
        kept: &Kept,
        place: usize,
        was: &Was<'_>,
        will: Will,
        fields: &[FieldUndo],
    ) -> Result<Option<(i64, &'static str)>> {
        let others: Vec<&FieldUndo> = fields.iter().filter(|field| field.left_alone.is_some()).collect();
        if others.is_empty() && will != Will::LeaveAlone {
            return Ok(None);
        }
        let is_unknown = *was.before == Stood::Unknown || was.now.is_some_and(|now| now.is_one_of_several);
        // What nobody can read there nobody can say to be ours.
        if is_unknown || others.iter().any(|field| field.now.is_none()) {
            return Ok(None);
        }
        let key = kept.body.key(place);
        let later = self.store.read(|sqlite| later(sqlite, self.of.sync, key, kept.id))?;
        let Some(newest) = later.first() else { return Ok(None) };
        let is_delete = newest.operation == Operation::Delete;
        let (run, did) = match was.now {
            None if is_delete => (newest.run, "deleted it"),
            Some(_) if was.operation == Operation::Delete && !is_delete => (newest.run, "created it again"),
            Some(now) if others.is_empty() && !is_delete && !is_older(now, was) => {
                (newest.run, "written it again")
            }
            Some(_) if !others.is_empty() => match self.written_by(&others, &later)? {
                Some(run) => (run, "written it again"),
                None => return Ok(None),
            },
            Some(_) | None => return Ok(None),
        };
        Ok(Some((run, did)))
    }

    /// The newest of the later runs that wrote what stands in these fields now; `None` where somebody else wrote one of them.
    /// Of each field the newest record counts that names it: an undo names a few of them alone.
    fn written_by(&self, fields: &[&FieldUndo], later: &[Later]) -> Result<Option<i64>> {
        let wrote = later.iter().map(|later| Ok((later.run, document(&later.payload)?)));
        let wrote = wrote.collect::<Result<Vec<_>>>()?;
        let by = fields.iter().map(|field| {
            let now = field.now.as_deref().and_then(Json::parse)?;
            let (run, value) = wrote.iter().find_map(|(run, wrote)| Some((*run, wrote.get(&field.name)?)))?;
            may_be_shown_as(self.known.takes(&field.name), value, &now).then_some(run)
        });
        let by: Option<Vec<i64>> = by.collect();
        Ok(by.and_then(|runs| runs.into_iter().max()))
    }
}

/// What a later run delivered of a key.
struct Later {
    run: i64,
    operation: Operation,
    payload: Vec<u8>,
}

/// What was delivered of a key after the batch `since`, newest first, as far as it is kept.
fn later(sqlite: &Sqlite, sync: i64, key: &str, since: i64) -> Result<Vec<Later>> {
    let mut later = Vec::new();
    for (batch, place) in outbox::find_key(sqlite, Some(sync), key, usize::MAX)? {
        if batch <= since {
            break;
        }
        let state = outbox::state_of(sqlite, batch, place)?;
        if !state.has_arrived() {
            continue;
        }
        let Some(body) = outbox::body(sqlite, batch)? else { break };
        let payload = sent(sqlite, batch, place, &body)?;
        let operation = body.operation(place)?;
        later.push(Later { run: outbox::run_of(sqlite, batch)?, operation, payload });
    }
    Ok(later)
}

/// What a record was sent as: what was left out because there was a value is not written.
fn sent(sqlite: &Sqlite, batch: i64, place: usize, body: &Body) -> Result<Vec<u8>> {
    let amended = AMENDED.of_batch(sqlite, batch)?.and_then(|mut amended| amended.remove(&place));
    Ok(amended.map_or_else(|| body.payload(place).to_vec(), String::into_bytes))
}

/// Its own time says that it was there before the run: no later run is the reason.
fn is_older(now: &Found, was: &Was<'_>) -> bool {
    now.made_at.is_some_and(|made| made < was.began - SKEW)
}

/// Says of a record, and of its fields that are left alone, what a later run did.
fn written_later(run: i64, did: &str, will: Will, fields: &mut [FieldUndo]) -> String {
    let said = format!("Run {run} of this sync has {did} since.");
    let mut names = Vec::new();
    for field in fields {
        if let Some(why) = &mut field.left_alone {
            why.clone_from(&said);
            names.push(field.name.as_str());
        }
    }
    // Of a record that gets others back, those that stay are named.
    let names = listed(&names).filter(|_| will == Will::PutBack);
    names.map_or(said, |names| format!("Run {run} of this sync has written {names} again since."))
}

fn leave_alone(record: &mut UndoRecord, reason: String) {
    record.will = Will::LeaveAlone;
    for field in &mut record.fields {
        field.left_alone = Some(reason.clone());
    }
    record.reason = Some(reason);
}

/// Whether key or payload of a record contain what is looked for.
fn contains(body: &Body, place: usize, search: &Search) -> bool {
    search.is_in_text(body.key(place)) || search.is_in_text(&String::from_utf8_lossy(body.payload(place)))
}

fn events() -> Error {
    Error::new(ErrorKind::CanNotUndo, "The run sent events. What was sent as an event can not be taken back.")
        .with_hint(EARLIER)
}

fn not_readable() -> Error {
    Error::new(
        ErrorKind::CanNotUndo,
        "This destination does not say what is in its records, so nobody knows what to put back.",
    )
    .with_hint(EARLIER)
}
