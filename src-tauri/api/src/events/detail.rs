//! Everything about one record.

use sluice_engine::Result;
use sluice_engine::destination::DestinationKind;
use sluice_engine::engine::Engine;
use sluice_engine::json_text::Json;
use sluice_engine::mask::Masks;
use sluice_engine::record::Change;
use sluice_engine::store::events::{self, EventId, EventRow};
use sluice_engine::store::outbox::beside::BEFORE;
use sluice_engine::store::runs::{RunRow, Trigger};
use sluice_engine::store::syncs::SavedSync;
use sluice_engine::store::{connections, exchanges};

use super::line::{Lines, unanswered};
use super::person::{earlier, fields};
use super::{curl, label, problem, status};
use crate::convert::time;
use crate::masked::AboutRow;
use crate::wire::{Attempt, Event, EventDetail, EventRequest, EventStatus, FieldChange, Problem};

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
    let called = called(run.trigger, row.change, was_so(engine, &run, &row)?);
    Ok(EventDetail {
        summary: summary(called, &event, problem.as_ref(), &about),
        trigger: run.trigger.into(),
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

/// Whether every field of the record stood so before it was sent, as far as is known.
fn was_so(engine: &Engine, run: &RunRow, row: &EventRow) -> Result<bool> {
    let (before, _) = earlier(engine, &run.shape, row, &[])?;
    Ok(changes_nothing(&fields(before, &row.sent(), None)))
}

/// Whether a record of these fields was so already.
pub(super) fn changes_nothing(fields: &[FieldChange]) -> bool {
    !fields.is_empty() && fields.iter().all(|field| !field.changed)
}

/// What a record is: what happened to its row, or why it goes out although nothing did.
pub(super) fn called(trigger: Trigger, change: Option<Change>, was_so: bool) -> &'static str {
    match trigger {
        Trigger::Replay => "A record that you sent once more",
        Trigger::Retry => "A refused record that is sent again",
        Trigger::Undo => "What an undo puts back",
        Trigger::Manual | Trigger::Schedule | Trigger::CatchUp | Trigger::Resume | Trigger::Test => {
            match change {
                Some(Change::Added) => "New row",
                Some(Change::Changed) if was_so => "A record that was so already",
                Some(Change::Changed) => "Changed row",
                Some(Change::Removed) => "Removed row",
                None => "A row",
            }
        }
    }
}

/// What became of a record that is `called` so.
pub(super) fn summary(
    called: &str,
    event: &Event,
    problem: Option<&Problem>,
    about: &AboutRow<'_>,
) -> String {
    let why = problem.map(|problem| format!(" {}", about.words(&problem.message))).unwrap_or_default();
    match event.status {
        EventStatus::Delivered => format!("{called}, delivered and confirmed."),
        EventStatus::Accepted => {
            format!("{called}. The destination took it; it gives no answer for single records.")
        }
        EventStatus::Waiting => format!("{called}, kept on this computer and still to be sent.{why}"),
        EventStatus::Sending => format!("{called}, on its way."),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_again_is_no_changed_row() {
        let changed = Some(Change::Changed);
        assert_eq!(called(Trigger::Manual, changed, false), "Changed row");
        assert_eq!(called(Trigger::Manual, changed, true), "A record that was so already");
        assert_eq!(called(Trigger::Replay, changed, false), "A record that you sent once more");
        assert_eq!(called(Trigger::Retry, changed, true), "A refused record that is sent again");
        assert_eq!(called(Trigger::Undo, changed, false), "What an undo puts back");
        assert_eq!(called(Trigger::Schedule, Some(Change::Removed), true), "Removed row");
    }
}
