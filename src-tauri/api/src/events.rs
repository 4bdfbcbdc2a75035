//! The event log.

use std::collections::HashMap;
use std::io::Write;

use sluice_engine::clock::from_millis;
use sluice_engine::engine::Engine;
use sluice_engine::json_text::Json;
use sluice_engine::mask;
use sluice_engine::record::Change;
use sluice_engine::store::events::{self, AttemptRow, EventId, EventRow, Filter};
use sluice_engine::store::outbox::{self, RecordState};
use sluice_engine::store::{runs, syncs};
use sluice_engine::sync::Shape;
use sluice_engine::{Error, ErrorKind, Result};

use crate::Api;
use crate::convert::time;
use crate::wire::{
    Attempt, ChangeKind, Event, EventDetail, EventPage, EventRequest, EventStatus, EventsExport,
    EventsRequest, Problem,
};

/// Events read at once for an export.
const PAGE: usize = 1_000;

impl Api {
    /// A page of the event log, newest first.
    pub async fn events(&self, input: EventsRequest) -> Result<EventPage, Problem> {
        self.blocking(move |engine| {
            let filter = filter(engine, &input)?;
            let cursor = input.cursor.as_deref().map(str::parse).transpose()?;
            let rows = engine.store().read(|sqlite| events::page(sqlite, &filter, cursor, input.limit))?;
            let more = rows.len() == input.limit;
            let cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
            let mut names = Names::new(engine);
            let events = rows.iter().map(|row| names.on_wire(row)).collect::<Result<_>>()?;
            Ok(EventPage { events, cursor, total: None })
        })
        .await
    }

    /// Everything about one record.
    pub async fn event(&self, input: EventRequest) -> Result<EventDetail, Problem> {
        self.blocking(move |engine| detail(engine, &input)).await
    }

    /// Writes events to a file, oldest last; answers with how many.
    pub async fn events_export(&self, input: EventsExport) -> Result<u64, Problem> {
        self.blocking(move |engine| export(engine, &input)).await
    }
}

fn filter(engine: &Engine, input: &EventsRequest) -> Result<Filter> {
    let sync = input
        .sync
        .as_deref()
        .map(|name| engine.store().read(|sqlite| syncs::get(sqlite, name)))
        .transpose()?;
    let since = input.since.as_deref().map(|since| {
        let at = chrono::DateTime::parse_from_rfc3339(since);
        at.map(|at| at.timestamp_millis()).map_err(|error| {
            Error::new(ErrorKind::BadSettings, format!("“{since}” is no time.")).with_source(error)
        })
    });
    Ok(Filter {
        sync: sync.map(|saved| saved.id),
        run: input.run,
        key: input.key.clone(),
        states: input.statuses.iter().flat_map(|status| states(*status)).copied().collect(),
        search: input.search.clone().filter(|search| !search.is_empty()),
        since: since.transpose()?,
    })
}

fn states(status: EventStatus) -> &'static [RecordState] {
    match status {
        EventStatus::Delivered => &[RecordState::Delivered],
        EventStatus::Accepted => &[RecordState::Accepted],
        EventStatus::Waiting => &[RecordState::Pending, RecordState::Retry],
        EventStatus::Sending => &[RecordState::InFlight],
        EventStatus::Rejected => &[RecordState::Rejected, RecordState::RejectedBefore],
        EventStatus::Superseded => &[RecordState::Superseded],
        EventStatus::Discarded => &[RecordState::Discarded],
        EventStatus::Invalid => &[RecordState::Invalid],
    }
}

fn status(state: RecordState) -> EventStatus {
    match state {
        RecordState::Delivered => EventStatus::Delivered,
        RecordState::Accepted => EventStatus::Accepted,
        RecordState::Staged | RecordState::Pending | RecordState::Retry => EventStatus::Waiting,
        RecordState::InFlight => EventStatus::Sending,
        RecordState::Rejected | RecordState::RejectedBefore => EventStatus::Rejected,
        RecordState::Superseded => EventStatus::Superseded,
        RecordState::Discarded => EventStatus::Discarded,
        RecordState::Invalid => EventStatus::Invalid,
    }
}

/// Names of syncs, shapes of runs and answers of batches, each looked up once for a page.
struct Names<'a> {
    engine: &'a Engine,
    syncs: HashMap<i64, String>,
    shapes: HashMap<i64, Shape>,
    answers: HashMap<i64, Option<u16>>,
}

impl<'a> Names<'a> {
    fn new(engine: &'a Engine) -> Self {
        Self { engine, syncs: HashMap::new(), shapes: HashMap::new(), answers: HashMap::new() }
    }

    fn on_wire(&mut self, row: &EventRow) -> Result<Event> {
        let store = self.engine.store();
        let sync = match self.syncs.get(&row.sync) {
            Some(name) => name.clone(),
            None => store.read(|sqlite| syncs::by_id(sqlite, row.sync))?.sync.name,
        };
        self.syncs.insert(row.sync, sync.clone());
        let shape = match self.shapes.get(&row.run) {
            Some(shape) => shape.clone(),
            None => store.read(|sqlite| runs::get(sqlite, row.run))?.shape,
        };
        self.shapes.insert(row.run, shape.clone());
        let key = row.key.clone().unwrap_or_default();
        Ok(Event {
            event: row.id.to_string(),
            at: time(row.at),
            sync,
            run: row.run,
            status: status(row.state),
            change: row.change.unwrap_or(Change::Added).into(),
            what: what(&shape),
            who: who(&row.payload).unwrap_or_else(|| mask_key(&key)),
            key: mask_key(&key),
            answer: self.answer(row)?,
            retryable: row.state == RecordState::Rejected,
        })
    }

    fn answer(&mut self, row: &EventRow) -> Result<String> {
        let problem = row.problem.as_deref().map(runs::Problem::from_json).transpose()?;
        let EventId::Record { batch, .. } = row.id else {
            return Ok(problem.map_or_else(String::new, |problem| problem.kind.replace('_', " ")));
        };
        let status = match self.answers.get(&batch) {
            Some(status) => *status,
            None => self.engine.store().read(|sqlite| events::last_status(sqlite, batch))?,
        };
        self.answers.insert(batch, status);
        let status = status.map(|status| status.to_string());
        let words = problem.map(|problem| problem.kind.replace('_', " "));
        Ok([status, words].into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

fn what(shape: &Shape) -> String {
    match shape {
        Shape::Identify => "identify".to_owned(),
        Shape::Track(_) => "track".to_owned(),
        Shape::Record { object, .. } => object.clone(),
    }
}

fn mask_key(key: &str) -> String {
    mask::value("", key).unwrap_or_else(|| key.to_owned())
}

/// Whom a payload is about, masked: the e-mail, else the ids.
fn who(payload: &[u8]) -> Option<String> {
    let document = Json::parse(std::str::from_utf8(payload).ok()?)?;
    let at = |path: &[&str]| path.iter().try_fold(&document, |node, key| node.get(key))?.text();
    let email =
        at(&["traits", "email"]).or_else(|| at(&["context", "traits", "email"])).or_else(|| at(&["email"]));
    let id = || at(&["userId"]).or_else(|| at(&["anonymousId"]));
    email.map(|email| mask::value("email", &email).unwrap_or(email)).or_else(|| id().map(|id| mask_key(&id)))
}

fn detail(engine: &Engine, input: &EventRequest) -> Result<EventDetail> {
    let id: EventId = input.event.parse()?;
    let row = engine.store().read(|sqlite| events::get(sqlite, id))?;
    let run = engine.store().read(|sqlite| runs::get(sqlite, row.run))?;
    let saved = engine.store().read(|sqlite| syncs::by_id(sqlite, row.sync))?;
    let attempts = match id {
        EventId::Record { batch, place, .. } => {
            engine.store().read(|sqlite| events::attempts(sqlite, batch, place))?
        }
        EventId::Invalid { .. } => Vec::new(),
    };
    let mut event = Names::new(engine).on_wire(&row)?;
    let payload = String::from_utf8_lossy(&row.payload).into_owned();
    let (shown, masked) =
        if input.reveal || payload.is_empty() { (payload, false) } else { mask::json(&payload) };
    let pretty = Json::parse(&shown).map_or_else(String::new, |document| {
        document.lines().into_iter().map(|(line, _)| line).collect::<Vec<_>>().join("\n")
    });
    let problem = row.problem.as_deref().map(runs::Problem::from_json).transpose()?;
    let waiting = row.state.is_waiting();
    let message_id = message_id(&row, &saved.uuid, run.generation);
    if input.reveal {
        event.key = row.key.clone().unwrap_or_default();
    }
    Ok(EventDetail {
        summary: summary(&row, &event, problem.as_ref()),
        payload: shown,
        payload_pretty: pretty,
        masked,
        message_id,
        bytes: row.payload.len(),
        problem: problem.as_ref().map(|problem| masked_problem(problem, input.reveal)),
        attempts: outcomes(&attempts, &row, input.reveal),
        curl: None,
        next_attempt_at: run.next_attempt.filter(|_| waiting).map(time),
        event,
    })
}

fn message_id(row: &EventRow, sync: &str, generation: i64) -> String {
    let (Some(key), Some(change), Some(operation)) = (&row.key, row.change, row.operation) else {
        return String::new();
    };
    let print = outbox::fingerprint(change, &row.payload);
    outbox::message_id(sync, generation, row.number, operation, outbox::key_hash(key), print).to_string()
}

fn masked_problem(problem: &runs::Problem, reveal: bool) -> Problem {
    let mut problem = Problem::from(problem);
    if !reveal {
        problem.message = mask::free_text(&problem.message);
        problem.details.iter_mut().for_each(|detail| *detail = mask::free_text(detail));
    }
    problem
}

fn summary(row: &EventRow, event: &Event, problem: Option<&runs::Problem>) -> String {
    let why = problem.map(|problem| format!(" {}", mask::free_text(&problem.message))).unwrap_or_default();
    let verb = match row.change {
        Some(Change::Added) => "New",
        Some(Change::Changed) => "Changed",
        Some(Change::Removed) => "Removed",
        None => "",
    };
    match event.status {
        EventStatus::Delivered => format!("{verb} row, delivered and confirmed."),
        EventStatus::Accepted => {
            format!("{verb} row. The destination took it; it gives no answer for single records.")
        }
        EventStatus::Waiting => format!("{verb} row, kept on this computer and sent again.{why}"),
        EventStatus::Sending => format!("{verb} row, on its way."),
        EventStatus::Rejected => format!("The destination refused this record.{why}"),
        EventStatus::Superseded => "A later run took this record over.".to_owned(),
        EventStatus::Discarded => "You discarded this record.".to_owned(),
        EventStatus::Invalid => format!("This row was not sent.{why}"),
    }
}

/// The attempts as the window shows them; only the newest one's outcome is the record's state.
fn outcomes(attempts: &[AttemptRow], row: &EventRow, reveal: bool) -> Vec<Attempt> {
    let last = attempts.len().saturating_sub(1);
    let shown = |text: &str| if reveal { text.to_owned() } else { masked_answer(text) };
    attempts
        .iter()
        .enumerate()
        .map(|(index, attempt)| Attempt {
            at: time(attempt.at),
            took_ms: attempt.exchange.took.as_secs_f64() * 1_000.0,
            target: attempt.exchange.target.clone(),
            headers: attempt.exchange.headers.clone(),
            records: attempt.records as u64,
            bytes: attempt.exchange.bytes,
            status: attempt.exchange.status,
            answer: shown(&attempt.exchange.answer),
            outcome: if index == last { label(status(row.state)) } else { "Tried again" }.to_owned(),
        })
        .collect()
}

fn masked_answer(text: &str) -> String {
    if Json::parse(text).is_some() { mask::json(text).0 } else { mask::free_text(text) }
}

fn label(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Delivered => "Delivered",
        EventStatus::Accepted => "Accepted",
        EventStatus::Waiting => "Waiting",
        EventStatus::Sending => "Sending",
        EventStatus::Rejected => "Rejected",
        EventStatus::Superseded => "Superseded",
        EventStatus::Discarded => "Discarded",
        EventStatus::Invalid => "Not sent",
    }
}

fn export(engine: &Engine, input: &EventsExport) -> Result<u64> {
    let filter = filter(engine, &input.filter)?;
    let mut names = Names::new(engine);
    let mut out = std::io::BufWriter::new(std::fs::File::create(&input.path)?);
    let csv = input.format == "csv";
    if csv {
        writeln!(out, "at,sync,run,status,change,what,who,key,answer,payload")?;
    }
    let (mut count, mut cursor) = (0, None);
    loop {
        let rows = engine.store().read(|sqlite| events::page(sqlite, &filter, cursor, PAGE))?;
        for row in &rows {
            let event = names.on_wire(row)?;
            let payload = String::from_utf8_lossy(&row.payload).into_owned();
            let payload = if input.reveal || payload.is_empty() { payload } else { mask::json(&payload).0 };
            let key = if input.reveal { row.key.clone().unwrap_or_default() } else { event.key.clone() };
            write_event(&mut out, csv, &event, &key, &payload)?;
            count += 1;
        }
        cursor = rows.last().map(|row| row.id);
        if rows.len() < PAGE {
            out.flush()?;
            return Ok(count);
        }
    }
}

fn write_event(out: &mut impl Write, csv: bool, event: &Event, key: &str, payload: &str) -> Result<()> {
    if csv {
        let change = format!("{:?}", event.change).to_lowercase();
        let run = event.run.to_string();
        let status = label(event.status);
        let cells = [
            &event.at,
            &event.sync,
            &run,
            status,
            &change,
            &event.what,
            &event.who,
            key,
            &event.answer,
            payload,
        ];
        writeln!(out, "{}", cells.map(quoted).join(","))?;
        return Ok(());
    }
    let mut line = serde_json::to_value(event)
        .map_err(|error| Error::new(ErrorKind::Bug, "An event could not be written.").with_source(error))?;
    line["key"] = key.into();
    let text = line.to_string();
    let payload = if payload.is_empty() { "null" } else { payload };
    writeln!(out, "{},\"payload\":{payload}}}", text.trim_end_matches('}'))?;
    Ok(())
}

/// RFC 4180: quoted where needed; a cell a spreadsheet would take for a formula gets a quote in front.
fn quoted(cell: &str) -> String {
    let defused =
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if defused.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", defused.replace('"', "\"\""))
    } else {
        defused
    }
}

/// One event for the command line, which shows people their own data unmasked.
#[derive(Debug, Clone, serde::Serialize)]
pub struct PlainEvent {
    /// Its id.
    pub event: String,
    /// When its state last changed.
    pub at: String,
    /// The run.
    pub run: i64,
    /// The sync's name.
    pub sync: String,
    /// The row's key.
    pub key: Option<String>,
    /// Its state.
    pub status: EventStatus,
    /// What happened to its row; `None` for a row that could not become a record.
    pub change: Option<ChangeKind>,
    /// `identify`, `track`, or the object's name.
    pub what: String,
    /// The id sent with it.
    pub message_id: String,
    /// The payload exactly as sent.
    pub payload: Option<Box<serde_json::value::RawValue>>,
    /// The answer in short.
    pub answer: String,
    /// Why it was refused, waits or could not be sent.
    pub problem: Option<Problem>,
}

impl Api {
    /// A page of events unmasked, oldest first: the newest `limit` that match, older than the cursor.
    pub async fn plain_events(&self, input: EventsRequest) -> Result<Vec<PlainEvent>, Problem> {
        self.blocking(move |engine| {
            let filter = filter(engine, &input)?;
            let cursor = input.cursor.as_deref().map(str::parse).transpose()?;
            let rows = engine.store().read(|sqlite| events::page(sqlite, &filter, cursor, input.limit))?;
            let mut names = Names::new(engine);
            let mut plain =
                rows.iter().map(|row| plain_event(engine, &mut names, row)).collect::<Result<Vec<_>>>()?;
            plain.reverse();
            Ok(plain)
        })
        .await
    }
}

fn plain_event(engine: &Engine, names: &mut Names<'_>, row: &EventRow) -> Result<PlainEvent> {
    let event = names.on_wire(row)?;
    let saved = engine.store().read(|sqlite| syncs::by_id(sqlite, row.sync))?;
    let run = engine.store().read(|sqlite| runs::get(sqlite, row.run))?;
    let problem = row.problem.as_deref().map(runs::Problem::from_json).transpose()?;
    let payload = String::from_utf8_lossy(&row.payload).into_owned();
    Ok(PlainEvent {
        event: event.event,
        at: from_millis(row.at).to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        run: row.run,
        sync: event.sync,
        key: row.key.clone(),
        status: event.status,
        change: row.change.map(Into::into),
        what: event.what,
        message_id: message_id(row, &saved.uuid, run.generation),
        payload: serde_json::value::RawValue::from_string(payload).ok(),
        answer: event.answer,
        problem: problem.as_ref().map(Into::into),
    })
}
