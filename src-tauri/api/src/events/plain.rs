//! Events for the command line, which shows people their own data.

use sluice_engine::Result;
use sluice_engine::clock::from_millis;
use sluice_engine::engine::Engine;
use sluice_engine::store::events::{self, EventRow};

use super::line::Lines;
use super::{filter, problem};
use crate::Api;
use crate::wire::{ChangeKind, EventStatus, EventsRequest, Problem};

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
    /// Whom it is about: e-mail, user id, anonymous id, else the key.
    pub who: String,
    /// The id sent with it.
    pub message_id: String,
    /// The payload exactly as sent.
    pub payload: Option<Box<serde_json::value::RawValue>>,
    /// The answer in short.
    pub answer: String,
    /// How many requests carried it.
    pub attempts: u64,
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
            let mut lines = Lines::new(engine);
            let mut plain =
                rows.iter().map(|row| plain_event(engine, &mut lines, row)).collect::<Result<Vec<_>>>()?;
            plain.reverse();
            Ok(plain)
        })
        .await
    }
}

fn plain_event(engine: &Engine, lines: &mut Lines<'_>, row: &EventRow) -> Result<PlainEvent> {
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
        payload: serde_json::value::RawValue::from_string(payload).ok(),
        answer: event.answer,
        attempts: lines.attempts(row)?,
        problem: problem(engine, lines, row)?,
    })
}
