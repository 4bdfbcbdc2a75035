//! Everything about one record.

use sluice_engine::Result;
use sluice_engine::destination::DestinationKind;
use sluice_engine::engine::Engine;
use sluice_engine::json_text::Json;
use sluice_engine::mask::Masks;
use sluice_engine::record::Change;
use sluice_engine::store::events::{self, EventId, EventRow};
use sluice_engine::store::outbox::beside::BEFORE;
use sluice_engine::store::runs::RunRow;
use sluice_engine::store::syncs::SavedSync;
use sluice_engine::store::{connections, exchanges};

use super::line::{Lines, unanswered};
use super::{curl, label, problem, status};
use crate::convert::time;
use crate::masked::AboutRow;
use crate::wire::{Attempt, Event, EventDetail, EventRequest, EventStatus, Problem};

pub(super) fn detail(engine: &Engine, input: &EventRequest) -> Result<EventDetail> {
    let id: EventId = input.event.parse()?;
    let row = engine.store().read(|sqlite| events::get(sqlite, id))?;
    let mut lines = Lines::new(engine);
    let run = lines.run(row.run)?;
    let attempts = match id {
        EventId::Record { batch, place, .. } => {
            engine.store().read(|sqlite| exchanges::attempts(sqlite, batch, place))?
        }
        EventId::Invalid { .. } => Vec::new(),
    };
    let kind = kind(engine, &*lines.sync(row.sync)?)?;
    let event = lines.shown(&row, input.reveal)?;
    let payload = row.sent().into_owned();
    let bytes = payload.len();
    let masks = lines.masks_unless(input.reveal, row.sync)?;
    let masks = masks.as_deref();
    let about = AboutRow::of(masks, row.key.as_deref(), &payload);
    let (shown, masked) = match masks {
        Some(masks) if !payload.is_empty() => masks.json(&payload),
        Some(_) | None => (payload, false),
    };
    let problem = problem(engine, &mut lines, &row)?;
    let message_id = lines.message_id(&row)?;
    let curl = if masked { None } else { curl::curl(engine, &*lines.sync(row.sync)?, &run, &row)? };
    Ok(EventDetail {
        summary: summary(&row, &event, problem.as_ref(), &about),
        payload_pretty: pretty(&shown),
        payload: shown,
        masked,
        message_id,
        bytes,
        before: before(engine, id, masks)?,
        problem: problem.map(|problem| about.problem(problem)),
        attempts: outcomes(attempts, &row, &run, kind, &about),
        curl,
        next_attempt_at: run.next_attempt.filter(|_| row.state.is_waiting()).map(time),
        event,
    })
}

/// What stood in the destination before the record was first sent; empty where there was no such record, `None` where
/// nobody asked.
fn before(engine: &Engine, id: EventId, masks: Option<&Masks>) -> Result<Option<String>> {
    let EventId::Record { batch, place, .. } = id else { return Ok(None) };
    let kept = engine.store().read(|sqlite| BEFORE.of_batch(sqlite, batch))?;
    let before = kept.and_then(|mut kept| kept.remove(&place));
    Ok(before.map(|fields| {
        let shown = fields.map(|fields| masks.map_or_else(|| fields.clone(), |masks| masks.json(&fields).0));
        shown.as_deref().map_or_else(String::new, pretty)
    }))
}

fn pretty(text: &str) -> String {
    Json::parse(text).map_or_else(String::new, |document| {
        document.lines().into_iter().map(|(line, _)| line).collect::<Vec<_>>().join("\n")
    })
}

pub(super) fn summary(
    row: &EventRow,
    event: &Event,
    problem: Option<&Problem>,
    about: &AboutRow<'_>,
) -> String {
    let why = problem.map(|problem| format!(" {}", about.words(&problem.message))).unwrap_or_default();
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
        EventStatus::Doubtful => format!("It may have arrived: look in the destination.{why}"),
        EventStatus::Superseded => "A later run took this record over.".to_owned(),
        EventStatus::Discarded => "You discarded this record.".to_owned(),
        EventStatus::Invalid => format!("This row was not sent.{why}"),
    }
}

/// The kind of destination the sync sends to, where it has one.
fn kind(engine: &Engine, saved: &SavedSync) -> Result<Option<&'static dyn DestinationKind>> {
    let Some(to) = &saved.sync.to else { return Ok(None) };
    let connection = engine.store().read(|sqlite| connections::find(sqlite, to))?;
    Ok(connection.and_then(|saved| engine.catalogue().destination(&saved.connection.kind)))
}

/// The attempts as the window shows them; only the newest answer's outcome is the record's state.
fn outcomes(
    attempts: Vec<exchanges::Attempt>,
    row: &EventRow,
    run: &RunRow,
    kind: Option<&dyn DestinationKind>,
    about: &AboutRow<'_>,
) -> Vec<Attempt> {
    let last = attempts.len().saturating_sub(1);
    let shown = |text: &str| about.body(text);
    attempts
        .into_iter()
        .enumerate()
        .map(|(index, attempt)| {
            let outcome = match &attempt.exchange {
                None => unanswered(run),
                Some(_) if index == last => label(status(row.state)),
                Some(_) => "Tried again",
            };
            let took = attempt.exchange.as_ref().map(|exchange| exchange.took.as_secs_f64() * 1_000.0);
            let exchange = attempt.exchange.unwrap_or_default();
            let own = kind.and_then(|kind| kind.own_answer(&exchange.answer, attempt.place, attempt.records));
            Attempt {
                at: time(attempt.at),
                took_ms: took,
                own_answer: own.map(|own| shown(&own)),
                answer: shown(&exchange.answer),
                target: shown(&exchange.target),
                headers: exchange.headers,
                records: attempt.records as u64,
                bytes: exchange.bytes,
                body: (!exchange.body.is_empty()).then(|| shown(&exchange.body)),
                status: exchange.status,
                outcome: outcome.to_owned(),
            }
        })
        .collect()
}
