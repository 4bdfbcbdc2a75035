//! Everything ever sent to one person, on one line of time.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use sluice_engine::Result;
use sluice_engine::engine::Engine;
use sluice_engine::json_text::Json;
use sluice_engine::mapping::named_in;
use sluice_engine::mask::Masks;
use sluice_engine::store::connections;
use sluice_engine::store::events::{self, EventId, EventRow, Filter};
use sluice_engine::store::outbox::RecordState;
use sluice_engine::store::outbox::beside::BEFORE;
use sluice_engine::sync::Shape;

use super::detail::{called, changes_nothing, summary};
use super::line::Lines;
use super::{STATUSES, problem, states};
use crate::convert::time;
use crate::masked::AboutRow;
use crate::plan::changes;
use crate::wire::{FieldChange, PersonEntry, PersonHistory, PersonRequest, PersonTotals};

/// Names of a person that are shown.
const NAMES: usize = 8;

pub(super) fn person(engine: &Engine, input: &PersonRequest) -> Result<PersonHistory> {
    let filter = Filter { about: Some(input.about.clone()), ..Filter::default() };
    let cursor: Option<EventId> = input.cursor.as_deref().map(str::parse).transpose()?;
    // One more than asked for: what was sent before the last of them may be it.
    let most = input.limit.saturating_add(1);
    let (mut rows, totals) = engine.store().read(|sqlite| {
        if cursor.is_some() {
            return Ok((events::page(sqlite, &filter, cursor, most)?, None));
        }
        let (rows, totals) = events::page_and_totals(sqlite, &filter, most)?;
        Ok((rows, Some(totals)))
    })?;
    let more = rows.len() > input.limit;
    let mut lines = Lines::new(engine);
    let shown = rows.len().min(input.limit);
    let mut entries = Vec::with_capacity(shown);
    for (place, row) in rows.iter().enumerate().take(shown) {
        let older = rows.get(place + 1..).unwrap_or_default();
        entries.push(entry(engine, &mut lines, row, older, input.reveal)?);
    }
    rows.truncate(shown);
    let cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let totals = totals.map(|totals| totals_on_wire(&mut lines, &totals)).transpose()?;
    let names = names(&mut lines, &rows, input.reveal)?;
    Ok(PersonHistory { names, entries, cursor, totals, masked: !input.reveal })
}

fn totals_on_wire(lines: &mut Lines<'_>, totals: &events::Totals) -> Result<PersonTotals> {
    let in_states =
        |states: &[RecordState]| states.iter().filter_map(|state| totals.by_state.get(state)).sum::<u64>();
    let by_status = STATUSES.map(|status| (status, in_states(states(status))));
    let mut by_sync = Vec::with_capacity(totals.by_sync.len());
    for (sync, entries) in &totals.by_sync {
        by_sync.push((lines.sync(*sync)?.sync.name.clone(), *entries));
    }
    by_sync.sort_by_key(|(_, entries)| Reverse(*entries));
    Ok(PersonTotals {
        entries: totals.by_state.values().sum(),
        by_status: by_status.into_iter().filter(|(_, entries)| *entries > 0).collect(),
        by_sync,
        since: totals.since.map(time),
        first_taken: totals.taken.map(|(first, _)| time(first)),
        last_taken: totals.taken.map(|(_, last)| time(last)),
    })
}

fn entry(
    engine: &Engine,
    lines: &mut Lines<'_>,
    row: &EventRow,
    older: &[EventRow],
    reveal: bool,
) -> Result<PersonEntry> {
    let saved = lines.sync(row.sync)?;
    let run = lines.run(row.run)?;
    let problem = problem(engine, lines, row)?;
    let event = lines.shown(row, reveal)?;
    let masks = lines.masks_unless(reveal, row.sync)?;
    let about = AboutRow::of(masks.as_deref(), row.key.as_deref(), &row.sent());
    let to = saved.sync.to.clone();
    let connection = match &to {
        Some(to) => engine.store().read(|sqlite| connections::find(sqlite, to))?,
        None => None,
    };
    let (before, read_before) = earlier(engine, &run.shape, row, older)?;
    let fields = fields(before, &row.sent(), masks.as_deref());
    let called = called(run.trigger, row.change, changes_nothing(&fields));
    let summary = summary(called, &event, problem.as_ref(), &about);
    Ok(PersonEntry {
        event,
        to,
        to_kind: connection.map(|saved| saved.connection.kind),
        trigger: run.trigger.into(),
        undoes: run.undoes,
        undone_by: match &row.key {
            Some(key) => engine.undone_for(run.id, key)?,
            None => None,
        },
        summary,
        fields,
        read_before,
    })
}

/// What stood in the destination before, else what was delivered before; and which of the two it is.
pub(super) fn earlier(
    engine: &Engine,
    shape: &Shape,
    row: &EventRow,
    older: &[EventRow],
) -> Result<(Option<Json>, bool)> {
    if let EventId::Record { batch, place, .. } = row.id
        && let Some(mut kept) = engine.store().read(|sqlite| BEFORE.of_batch(sqlite, batch))?
        && let Some(found) = kept.remove(&place)
    {
        return Ok((found.as_deref().and_then(|found| found_before(shape, found, &row.sent())), true));
    }
    let is_before = |earlier: &&EventRow| {
        earlier.sync == row.sync && earlier.key == row.key && earlier.state.has_arrived()
    };
    Ok((older.iter().find(is_before).and_then(|earlier| Json::parse(&earlier.sent())), false))
}

/// What stood in a record that was found. What it is found by is not asked for, and stood there as it was sent.
fn found_before(shape: &Shape, found: &str, sent: &str) -> Option<Json> {
    let mut before = Json::parse(found)?;
    if let (Json::Object(entries), Shape::Record { match_field, .. }) = (&mut before, shape)
        && !entries.iter().any(|(name, _)| name == match_field)
        && let Some(matched) = Json::parse(sent).as_ref().and_then(|sent| sent.get(match_field))
    {
        entries.push((match_field.clone(), matched.clone()));
    }
    Some(before)
}

/// Every field sent, with what was there before.
pub(super) fn fields(before: Option<Json>, sent: &str, masks: Option<&Masks>) -> Vec<FieldChange> {
    let (mut before, mut after) = (before, Json::parse(sent));
    let exact = changes(before.as_ref(), after.as_ref());
    if let Some(masks) = masks {
        for document in [&mut before, &mut after].into_iter().flatten() {
            masks.mask(document);
        }
    }
    let shown = changes(before.as_ref(), after.as_ref()).into_iter().zip(exact);
    // Where the record was read, only what is sent was asked for; what an earlier payload had beside says nothing.
    let sent = shown.filter(|(_, exact)| exact.after.is_some());
    sent.map(|(shown, exact)| FieldChange { changed: exact.changed, ..shown }).collect()
}

fn names(lines: &mut Lines<'_>, rows: &[EventRow], reveal: bool) -> Result<Vec<(String, String)>> {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut known = BTreeSet::new();
    for row in rows {
        let masks = lines.masks_unless(reveal, row.sync)?;
        let mut add = |name: &str, value: &str, masked: Option<String>| {
            if names.len() < NAMES && known.insert(value.to_owned()) {
                names.push((name.to_owned(), masked.unwrap_or_else(|| value.to_owned())));
            }
        };
        for (identifier, value) in named_in(&row.payload) {
            let name = identifier.name();
            add(name, &value, masks.as_ref().and_then(|masks| masks.value(name, &value)));
        }
        if let Some(key) = &row.key {
            add("key", key, masks.as_ref().and_then(|masks| masks.key(key)));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_is_found_by_stood_there_before() {
        let shape = Shape::Record { object: "contact".into(), match_field: "email".into() };
        let sent = r#"{"email":"a@b.example","score":7,"phone":"1"}"#;
        let changed = |found: &str| {
            let fields = fields(found_before(&shape, found, sent), sent, None).into_iter();
            fields.map(|field| (field.path, field.before, field.changed)).collect::<Vec<_>>()
        };
        let field =
            |path: &str, before: Option<&str>, changed| (path.to_owned(), before.map(str::to_owned), changed);
        assert_eq!(
            changed(r#"{"score":3,"phone":"1"}"#),
            [
                field("email", Some("\"a@b.example\""), false),
                field("score", Some("3"), true),
                field("phone", Some("\"1\""), false),
            ]
        );
        let other = changed(r#"{"email":"A@b.example","score":7,"phone":"1"}"#);
        assert_eq!(other[0], field("email", Some("\"A@b.example\""), true), "what was read counts");
        let new = fields(None, sent, None);
        assert!(new.iter().all(|field| field.changed && field.before.is_none()));
    }
}
