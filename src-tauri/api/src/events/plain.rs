//! Events for the command line, which shows people their own data.

use serde_json::value::RawValue;
use sluice_engine::Result;
use sluice_engine::clock::from_millis;
use sluice_engine::engine::Engine;
use sluice_engine::json_text::Json;
use sluice_engine::store::events::{self, EventId, EventRow};
use sluice_engine::store::exchanges;
use sluice_engine::store::outbox::beside::BEFORE;

use super::line::Lines;
use super::{filter, problem};
use crate::Api;
use crate::wire::{ChangeKind, EventStatus, EventsRequest, Problem};

/// One event for the command line, which shows people their own data unmasked.
#[derive(Debug, Clone)]
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
    /// Whom it is about: e-mail, user id, anonymous id, else the key.
    pub who: String,
    /// The id sent with it.
    pub message_id: String,
    /// The payload exactly as sent.
    pub payload: Option<Box<RawValue>>,
    /// The answer in short.
    pub answer: String,
    /// How many requests carried it.
    pub attempts: u64,
    /// Why it was refused, waits or could not be sent; or which of its fields an undo left alone.
    pub problem: Option<Problem>,
    /// What came before it and went out with it; only of the events of one record or person.
    pub history: Option<PlainHistory>,
}

/// What stood in the destination before an event, and the request that carried it.
#[derive(Debug, Clone, Default)]
pub struct PlainHistory {
    /// What stands in its place was read before it was first sent.
    pub read_before: bool,
    /// What stood there then; `None` where there was no such record, or it was not read.
    pub before: Option<Box<RawValue>>,
    /// The newest request that carried it and was answered.
    pub request: Option<PlainRequest>,
}

/// A request, without secrets.
#[derive(Debug, Clone, serde::Serialize)]
pub struct PlainRequest {
    /// Method and address; for a file its path.
    pub target: String,
    /// Headers sent, with secrets replaced by `in keychain`.
    pub headers: Vec<(String, String)>,
    /// The body before compression; only of requests with few records.
    pub body: Option<String>,
    /// HTTP status, where there is one.
    pub status: Option<u16>,
    /// The answer's body, cut at 64 KiB.
    pub answer: String,
}

impl Api {
    /// A page of events unmasked, oldest first: the newest `limit` that match, older than the cursor.
    pub async fn plain_events(&self, input: EventsRequest) -> Result<Vec<PlainEvent>, Problem> {
        self.blocking(move |engine| {
            let filter = filter(engine, &input)?;
            let cursor = input.cursor.as_deref().map(str::parse).transpose()?;
            let rows = engine.store().read(|sqlite| events::page(sqlite, &filter, cursor, input.limit))?;
            let (mut lines, is_history) = (Lines::new(engine), input.about.is_some());
            let plain = rows.iter().map(|row| plain_event(engine, &mut lines, row, is_history));
            let mut plain = plain.collect::<Result<Vec<_>>>()?;
            plain.reverse();
            Ok(plain)
        })
        .await
    }
}

fn plain_event(
    engine: &Engine,
    lines: &mut Lines<'_>,
    row: &EventRow,
    is_history: bool,
) -> Result<PlainEvent> {
    let event = lines.shown(row, true)?;
    let payload = row.sent().into_owned();
    Ok(PlainEvent {
        event: event.event,
        at: from_millis(row.at).to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        run: row.run,
        sync: event.sync,
        key: row.key.clone(),
        status: event.status,
        change: row.change.map(Into::into),
        what: event.what,
        who: event.who,
        message_id: lines.message_id(row)?,
        payload: RawValue::from_string(payload).ok(),
        answer: event.answer,
        attempts: lines.attempts(row)?,
        problem: problem(engine, lines, row)?,
        history: if is_history { Some(history(engine, row)?) } else { None },
    })
}

fn history(engine: &Engine, row: &EventRow) -> Result<PlainHistory> {
    let EventId::Record { batch, place, .. } = row.id else { return Ok(PlainHistory::default()) };
    let (kept, attempts) = engine
        .store()
        .read(|sqlite| Ok((BEFORE.of_batch(sqlite, batch)?, exchanges::attempts(sqlite, batch, place)?)))?;
    let found = kept.and_then(|mut kept| kept.remove(&place));
    let newest = attempts.into_iter().rev().find_map(|attempt| attempt.exchange);
    Ok(PlainHistory {
        read_before: found.is_some(),
        before: found
            .flatten()
            .and_then(|fields| RawValue::from_string(Json::parse(&fields)?.compact()).ok()),
        request: newest.map(|exchange| PlainRequest {
            target: exchange.target,
            headers: exchange.headers,
            body: (!exchange.body.is_empty()).then_some(exchange.body),
            status: exchange.status,
            answer: exchange.answer,
        }),
    })
}
