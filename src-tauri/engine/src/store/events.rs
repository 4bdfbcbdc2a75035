//! The event log: every record of every run, newest first.
//!
//! A page is found by walking batches backwards from a cursor; nothing is kept per event but its state where it
//! differs, and its place in the key segments.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;

use rusqlite::{Connection as Sqlite, OptionalExtension, params};

use super::about::About;
use super::causes;
use super::outbox::beside::{AMENDED, Amended};
use super::outbox::{self, BatchRow, Body, OwnState, RecordState};
use super::runs::{self, InvalidRow};
use super::search::Search;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Shape;

/// Which events.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this sync.
    pub sync: Option<i64>,
    /// Only of this run.
    pub run: Option<i64>,
    /// Only of the record with exactly this key.
    pub key: Option<String>,
    /// Only of records with this key, that name this identifier, or that are found by this value in their destination:
    /// exactly, but for spaces around it and the case of an e-mail. Looks into every body, where `key` needs an index
    /// alone.
    pub about: Option<String>,
    /// Only in these states; empty for all.
    pub states: Vec<RecordState>,
    /// Only in their state for one of these [causes]; `None` for any cause and none.
    pub causes: Option<Vec<i64>>,
    /// Only where key, payload or reason contain this text, any case.
    pub search: Option<String>,
    /// Only changed at or after this time, in ms.
    pub since: Option<i64>,
    /// Only changed before this time, in ms.
    pub before: Option<i64>,
}

/// Names one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventId {
    /// A row of a run that could not become a record; its number.
    Invalid {
        /// The run.
        run: i64,
        /// The row.
        row: u64,
    },
    /// A record: its run, batch and place.
    Record {
        /// The run.
        run: i64,
        /// The batch.
        batch: i64,
        /// The place in the batch.
        place: usize,
    },
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Invalid { run, row } => write!(f, "{run}-row-{row}"),
            Self::Record { run, batch, place } => write!(f, "{run}-{batch}-{place}"),
        }
    }
}

impl std::str::FromStr for EventId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let parsed = match parts.as_slice() {
            [run, "row", row] => {
                run.parse().ok().zip(row.parse().ok()).map(|(run, row)| Self::Invalid { run, row })
            }
            [run, batch, place] => match (run.parse(), batch.parse(), place.parse()) {
                (Ok(run), Ok(batch), Ok(place)) => Some(Self::Record { run, batch, place }),
                _ => None,
            },
            _ => None,
        };
        parsed.ok_or_else(|| Error::new(ErrorKind::UnknownName, format!("There is no event “{text}”.")))
    }
}

/// One event.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Its id.
    pub id: EventId,
    /// When its state last changed, in ms.
    pub at: i64,
    /// Its sync.
    pub sync: i64,
    /// Its run.
    pub run: i64,
    /// Its state.
    pub state: RecordState,
    /// Its key, where it has one.
    pub key: Option<String>,
    /// What happened to its row; `None` for an invalid row.
    pub change: Option<crate::record::Change>,
    /// What was to be done with it.
    pub operation: Option<crate::record::Operation>,
    /// Its change number.
    pub number: i64,
    /// Its payload, as the mapping made it; empty for an invalid row.
    pub payload: Vec<u8>,
    /// Its payload as it goes out, where that is not as the mapping made it.
    pub amended: Option<String>,
    /// Why it is in its state, as JSON.
    pub problem: Option<String>,
}

impl EventRow {
    /// The exact payload that goes out; empty for an invalid row.
    pub fn sent(&self) -> Cow<'_, str> {
        match &self.amended {
            Some(amended) => Cow::Borrowed(amended),
            None => String::from_utf8_lossy(&self.payload),
        }
    }
}

/// A filter made ready to be asked of many events.
struct Wanted<'a> {
    filter: &'a Filter,
    search: Option<Search>,
    about: Option<About>,
}

impl<'a> Wanted<'a> {
    fn new(filter: &'a Filter) -> Self {
        Self {
            filter,
            search: filter.search.as_deref().map(Search::new),
            about: filter.about.as_deref().map(About::new),
        }
    }

    /// False only where no record of the batch is wanted, as far as that can be told without its body.
    fn may_be_in(&self, batch: &BatchRow, own: &HashMap<usize, OwnState>) -> bool {
        self.has(batch.state, batch.at) || own.values().any(|own| self.has(own.state, own.at))
    }

    fn has(&self, state: RecordState, at: i64) -> bool {
        (self.filter.states.is_empty() || self.filter.states.contains(&state))
            && self.filter.since.is_none_or(|since| at >= since)
            && self.filter.before.is_none_or(|before| at < before)
    }

    /// Which records of a batch have one of the causes, where causes are asked for.
    fn caused(&self, sqlite: &Sqlite, batch: i64) -> Result<Option<HashSet<usize>>> {
        self.filter.causes.as_deref().map(|causes| causes::places(sqlite, causes, batch)).transpose()
    }

    /// The same of what can be told by the body's bytes, one text behind the other.
    fn may_be_in_text(&self, body: &Body, own: &HashMap<usize, OwnState>) -> bool {
        let has_text = self.search.as_ref().is_none_or(|search| {
            let in_reason =
                |own: &OwnState| own.problem.as_deref().is_some_and(|text| search.is_in_text(text));
            search.may_be_in(&mut body.payloads().to_vec())
                || search.may_be_in(&mut body.keys().as_bytes().to_vec())
                || own.values().any(in_reason)
        });
        has_text && self.about.as_ref().is_none_or(|about| about.may_be_in(body))
    }

    fn is(&self, event: &EventRow) -> bool {
        self.has(event.state, event.at) && self.search.as_ref().is_none_or(|search| search.is_in(event))
    }
}

/// Is handed events one by one, and says whether it wants more.
type Take<'a> = dyn FnMut(EventRow) -> ControlFlow<()> + 'a;

/// Events newest first, after `cursor`; at most `limit`.
pub fn page(
    sqlite: &Sqlite,
    filter: &Filter,
    cursor: Option<EventId>,
    limit: usize,
) -> Result<Vec<EventRow>> {
    let mut found = Vec::new();
    if limit > 0 {
        each(sqlite, filter, cursor, &mut |event: EventRow| {
            found.push(event);
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
    Ok(found)
}

/// What events add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many are in each state.
    pub by_state: HashMap<RecordState, u64>,
    /// How many each sync has.
    pub by_sync: BTreeMap<i64, u64>,
    /// When the oldest was, in ms.
    pub since: Option<i64>,
    /// When the first and the last that the destination took were, in ms.
    pub taken: Option<(i64, i64)>,
}

impl Totals {
    fn add(&mut self, event: &EventRow) {
        *self.by_state.entry(event.state).or_default() += 1;
        *self.by_sync.entry(event.sync).or_default() += 1;
        self.since = Some(self.since.map_or(event.at, |since| since.min(event.at)));
        if event.state.has_arrived() {
            let (first, last) = self.taken.unwrap_or((event.at, event.at));
            self.taken = Some((first.min(event.at), last.max(event.at)));
        }
    }
}

/// The newest events, at most `limit`, and what all that match add up to: each body is read once.
pub fn page_and_totals(sqlite: &Sqlite, filter: &Filter, limit: usize) -> Result<(Vec<EventRow>, Totals)> {
    let (mut found, mut totals) = (Vec::new(), Totals::default());
    each(sqlite, filter, None, &mut |event: EventRow| {
        totals.add(&event);
        if found.len() < limit {
            found.push(event);
        }
        ControlFlow::Continue(())
    })?;
    Ok((found, totals))
}

/// Hands on the events that match, newest first, after `cursor`, for as long as they are wanted.
fn each(sqlite: &Sqlite, filter: &Filter, cursor: Option<EventId>, take: &mut Take<'_>) -> Result<()> {
    let wanted = Wanted::new(filter);
    if filter.causes.as_ref().is_some_and(Vec::is_empty) {
        return Ok(());
    }
    if let Some(key) = &filter.key {
        return of_key(sqlite, &wanted, key, cursor, take);
    }
    let first = match cursor {
        Some(EventId::Invalid { run, .. } | EventId::Record { run, .. }) => run,
        None => i64::MAX,
    };
    let mut statement = sqlite.prepare_cached(
        "select id, sync from run where id <= ?1 and (?2 is null or sync = ?2) and (?3 is null or id = ?3)
         order by id desc",
    )?;
    let mut rows = statement.query(params![first, filter.sync, filter.run])?;
    while let Some(row) = rows.next()? {
        let (run, sync): (i64, i64) = (row.get(0)?, row.get(1)?);
        let cursor = cursor.filter(|_| run == first);
        if take_records(sqlite, &wanted, run, sync, cursor, take)?.is_break()
            || take_invalid(sqlite, &wanted, run, sync, cursor, take)?.is_break()
        {
            break;
        }
    }
    Ok(())
}

/// How many events match, where counting needs no look into bodies: not by key, person, text or time.
pub fn count(sqlite: &Sqlite, filter: &Filter) -> Result<Option<u64>> {
    let by_time = filter.since.is_some() || filter.before.is_some();
    if filter.key.is_some() || filter.about.is_some() || filter.search.is_some() || by_time {
        return Ok(None);
    }
    let wanted = |state: RecordState| filter.states.is_empty() || filter.states.contains(&state);
    if let Some(causes) = &filter.causes {
        let mut counted = 0;
        for (state, n) in causes::count(sqlite, causes, filter)? {
            counted += if wanted(RecordState::from_code(state)?) { n } else { 0 };
        }
        return Ok(Some(counted));
    }
    let counts = by_state(sqlite, filter)?;
    Ok(Some(counts.into_iter().filter(|(state, _)| wanted(*state)).map(|(_, n)| n).sum()))
}

/// How many events are in each state; of the filter count sync and run.
pub fn by_state(sqlite: &Sqlite, filter: &Filter) -> Result<HashMap<RecordState, u64>> {
    let tally = |sql: &str| -> Result<Vec<(RecordState, u64)>> {
        let mut statement = sqlite.prepare_cached(sql)?;
        let mut rows = statement.query(params![filter.sync, filter.run])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((RecordState::from_code(row.get(0)?)?, row.get(1)?));
        }
        Ok(found)
    };
    let of_filter = "b.state <> 2 and (?1 is null or b.sync = ?1) and (?2 is null or b.run = ?2)";
    let exceptions =
        format!("from record_state r join batch b on b.id = r.batch where {of_filter} group by 1");
    let batches = tally(&format!("select b.state, sum(b.n) from batch b where {of_filter} group by 1"))?;
    let mut counts: HashMap<RecordState, u64> = batches.into_iter().collect();
    for (state, without) in tally(&format!("select b.state, count(*) {exceptions}"))? {
        // A batch may have got its state since it was counted.
        if let Some(n) = counts.get_mut(&state) {
            *n = n.saturating_sub(without);
        }
    }
    let own = tally(&format!("select r.state, count(*) {exceptions}"))?;
    // Records found to share their key stand among the rows that could not be sent.
    for (state, n) in own.into_iter().filter(|(state, _)| *state != RecordState::Invalid) {
        *counts.entry(state).or_default() += n;
    }
    *counts.entry(RecordState::Invalid).or_default() += count_invalid(sqlite, filter)?;
    Ok(counts)
}

fn count_invalid(sqlite: &Sqlite, filter: &Filter) -> Result<u64> {
    let counted = sqlite
        .prepare_cached(
            "select count(*) from invalid_row i join run on run.id = i.run
             where (?1 is null or run.sync = ?1) and (?2 is null or run.id = ?2)",
        )?
        .query_row(params![filter.sync, filter.run], |row| row.get(0))?;
    Ok(counted)
}

/// A row turns out not to be a record while it is read, before anything of its run is sent: so these come after
/// the run's records, last row first.
fn take_invalid(
    sqlite: &Sqlite,
    wanted: &Wanted<'_>,
    run: i64,
    sync: i64,
    cursor: Option<EventId>,
    take: &mut Take<'_>,
) -> Result<ControlFlow<()>> {
    let before = match cursor {
        Some(EventId::Invalid { row, .. }) => row,
        Some(EventId::Record { .. }) | None => u64::MAX,
    };
    let at = runs::get(sqlite, run)?.started;
    if !wanted.has(RecordState::Invalid, at) {
        return Ok(ControlFlow::Continue(()));
    }
    let caused =
        wanted.filter.causes.as_deref().map(|causes| causes::rows(sqlite, causes, run)).transpose()?;
    if caused.as_ref().is_some_and(HashSet::is_empty) {
        return Ok(ControlFlow::Continue(()));
    }
    let is_next = |invalid: &InvalidRow| {
        invalid.row < before && caused.as_ref().is_none_or(|rows| rows.contains(&invalid.row))
    };
    for invalid in runs::invalid_rows(sqlite, run)?.into_iter().rev().filter(is_next) {
        let event = invalid_event(run, sync, at, invalid)?;
        let is_about = |about: &About| event.key.as_deref().is_some_and(|key| about.is_named(key));
        if wanted.about.as_ref().is_none_or(is_about) && wanted.is(&event) && take(event).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn invalid_event(run: i64, sync: i64, at: i64, invalid: InvalidRow) -> Result<EventRow> {
    Ok(EventRow {
        id: EventId::Invalid { run, row: invalid.row },
        at,
        sync,
        run,
        state: RecordState::Invalid,
        key: invalid.key,
        change: None,
        operation: None,
        number: 0,
        payload: Vec::new(),
        amended: None,
        problem: Some(invalid.problem.to_json()?),
    })
}

fn take_records(
    sqlite: &Sqlite,
    wanted: &Wanted<'_>,
    run: i64,
    sync: i64,
    cursor: Option<EventId>,
    take: &mut Take<'_>,
) -> Result<ControlFlow<()>> {
    let (batch, place) = match cursor {
        Some(EventId::Record { batch, place, .. }) => (batch, place),
        Some(EventId::Invalid { .. }) => return Ok(ControlFlow::Continue(())),
        None => (i64::MAX, usize::MAX),
    };
    let match_field = wanted.about.as_ref().map(|_| found_by(sqlite, run)).transpose()?.flatten();
    let mut statement = sqlite.prepare_cached(&format!(
        "select {} from batch where run = ?1 and id <= ?2 and state <> 2 order by id desc",
        outbox::BATCH_COLUMNS
    ))?;
    let mut rows = statement.query(params![run, batch])?;
    while let Some(row) = rows.next()? {
        let row = outbox::batch_from_row(row)?;
        let caused = wanted.caused(sqlite, row.id)?;
        if caused.as_ref().is_some_and(HashSet::is_empty) {
            continue;
        }
        let own = outbox::own_states(sqlite, row.id)?;
        if !wanted.may_be_in(&row, &own) {
            continue;
        }
        let Some(body) = outbox::body(sqlite, row.id)? else { continue };
        if !wanted.may_be_in_text(&body, &own) {
            continue;
        }
        let amended = AMENDED.of_batch(sqlite, row.id)?;
        let end = if row.id == batch { place.min(body.len()) } else { body.len() };
        for place in (0..end).rev() {
            let is_about =
                |about: &About| about.is(body.key(place), body.payload(place), match_field.as_deref());
            let is_caused = caused.as_ref().is_none_or(|places| places.contains(&place));
            if !is_caused || !wanted.about.as_ref().is_none_or(is_about) {
                continue;
            }
            let event = record_event(sync, &row, &own, &body, amended.as_ref(), place)?;
            if event.state != RecordState::Invalid && wanted.is(&event) && take(event).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What the records of a run are found by in their destination; `None` of events.
fn found_by(sqlite: &Sqlite, run: i64) -> Result<Option<String>> {
    Ok(match runs::get(sqlite, run)?.shape {
        Shape::Record { match_field, .. } => Some(match_field),
        Shape::Identify | Shape::Track(_) => None,
    })
}

fn record_event(
    sync: i64,
    batch: &BatchRow,
    own: &HashMap<usize, OwnState>,
    body: &Body,
    amended: Option<&Amended>,
    place: usize,
) -> Result<EventRow> {
    let own = own.get(&place);
    Ok(EventRow {
        id: EventId::Record { run: batch.run, batch: batch.id, place },
        at: own.map_or(batch.at, |own| own.at),
        sync,
        run: batch.run,
        state: own.map_or(batch.state, |own| own.state),
        key: Some(body.key(place).to_owned()),
        change: Some(body.change(place)?),
        operation: Some(body.operation(place)?),
        number: body.number(place),
        payload: body.payload(place).to_vec(),
        amended: amended.and_then(|amended| amended.get(&place).cloned()),
        problem: own.and_then(|own| own.problem.clone()),
    })
}

fn of_key(
    sqlite: &Sqlite,
    wanted: &Wanted<'_>,
    key: &str,
    cursor: Option<EventId>,
    take: &mut Take<'_>,
) -> Result<()> {
    for (batch, place) in outbox::find_key(sqlite, wanted.filter.sync, key, usize::MAX)? {
        let id = (batch, place);
        if matches!(cursor, Some(EventId::Record { batch, place, .. }) if id >= (batch, place)) {
            continue;
        }
        if wanted.caused(sqlite, batch)?.is_some_and(|places| !places.contains(&place)) {
            continue;
        }
        let event = record(sqlite, batch, place)?;
        let staged = event.state == RecordState::Staged;
        let is_wanted = !staged && wanted.filter.run.is_none_or(|run| run == event.run) && wanted.is(&event);
        if is_wanted && take(event).is_break() {
            break;
        }
    }
    Ok(())
}

fn record(sqlite: &Sqlite, batch: i64, place: usize) -> Result<EventRow> {
    let (row, sync) = sqlite
        .prepare_cached(&format!("select {}, sync from batch where id = ?1", outbox::BATCH_COLUMNS))?
        .query_row([batch], |row| Ok((outbox::batch_from_row(row), row.get::<_, i64>(6)?)))
        .optional()?
        .ok_or_else(gone)?;
    let body = outbox::body(sqlite, batch)?.filter(|body| place < body.len()).ok_or_else(gone)?;
    let amended = AMENDED.of_batch(sqlite, batch)?;
    record_event(sync, &row?, &outbox::own_states(sqlite, batch)?, &body, amended.as_ref(), place)
}

/// One event.
pub fn get(sqlite: &Sqlite, id: EventId) -> Result<EventRow> {
    match id {
        EventId::Record { batch, place, .. } => record(sqlite, batch, place),
        EventId::Invalid { run, row } => {
            let of_run = runs::get(sqlite, run)?;
            let invalid = runs::invalid_rows(sqlite, run)?.into_iter().find(|invalid| invalid.row == row);
            invalid_event(run, of_run.sync, of_run.started, invalid.ok_or_else(gone)?)
        }
    }
}

/// The keys of these events; `None` of a row without one. Events of one batch that follow each other need one look into it.
pub fn keys(sqlite: &Sqlite, ids: &[EventId]) -> Result<Vec<Option<String>>> {
    let mut last: Option<(i64, Body)> = None;
    let mut keys = Vec::with_capacity(ids.len());
    for id in ids {
        let EventId::Record { batch, place, .. } = *id else {
            keys.push(get(sqlite, *id)?.key);
            continue;
        };
        let body = match last.take().filter(|(known, _)| *known == batch) {
            Some((_, body)) => body,
            None => outbox::body(sqlite, batch)?.ok_or_else(gone)?,
        };
        if place >= body.len() {
            return Err(gone());
        }
        keys.push(Some(body.key(place).to_owned()));
        last = Some((batch, body));
    }
    Ok(keys)
}

/// What became of a record that a later run took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// The run that took it over.
    pub by: i64,
    /// The newest run that had it.
    pub newest: i64,
    /// Its state in that one.
    pub state: RecordState,
}

/// What became of the key of an event in later runs of its sync; `None` where none of them had it, or under another key.
pub fn later(sqlite: &Sqlite, event: &EventRow) -> Result<Option<Later>> {
    let (EventId::Record { batch, .. }, Some(key)) = (event.id, &event.key) else { return Ok(None) };
    let mut found: Option<Later> = None;
    for (other, place) in outbox::find_key(sqlite, Some(event.sync), key, usize::MAX)? {
        if other <= batch {
            break;
        }
        let state = outbox::state_of(sqlite, other, place)?;
        if matches!(state, RecordState::Staged | RecordState::Invalid) {
            continue;
        }
        let run = outbox::run_of(sqlite, other)?;
        found = Some(found.map_or(Later { by: run, newest: run, state }, |later| Later { by: run, ..later }));
    }
    Ok(found)
}

fn gone() -> Error {
    Error::new(ErrorKind::UnknownName, "This event is no longer kept.")
}
