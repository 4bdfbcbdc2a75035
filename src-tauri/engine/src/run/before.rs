//! Values as they are in the destination, read before the first write of a batch.

use std::collections::{BTreeMap, BTreeSet};

use super::deliver::Delivering;
use super::deliver::work::Work;
use super::known::Known;
use super::only_if_empty;
use crate::clock::millis;
use crate::destination::{Found, ReadByKey, Takes};
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::record::Operation;
use crate::same::may_be_shown_as;
use crate::store::outbox::beside::{AMENDED, BEFORE};
use crate::store::outbox::looked::{LOOKED, Looked};
use crate::store::outbox::{self, Body, RecordState};
use crate::store::runs::{self, Counts, Problem};
use crate::sync::Shape;

/// What is to be done about a record that was left alone.
const LOOK_AGAIN: &str = "Look again at what would be sent, and approve that.";

/// Stores the values of all records of a batch that go out for the first time, where the destination can be read, and what
/// goes out without the fields that have a value there. Records that were looked at before, and are not as they were then,
/// do not go out.
pub(super) async fn keep(context: &Delivering, work: &Work) -> Result<()> {
    let Shape::Record { object, match_field } = &context.run.shape else { return Ok(()) };
    let batch = &work.batch;
    let places = batch.first.get().unwrap_or(&work.places);
    let records = batch.records(places, &context.sync_uuid, &context.run)?;
    let (values, mut fields) = asked(records.iter().map(|record| record.payload), match_field)?;
    if records.iter().any(|record| record.operation == Operation::Delete) {
        let known = context.known.get_or_try_init(|| Known::read(&*context.destination, object)).await?;
        known.add_writable(&mut fields);
    }
    let only_if_empty = only_if_empty::names(&context.sync);
    // Where values are kept already, a request with these records may have left: what stands there now may be its own work.
    let (is_first, looked) = context.store.read(|sqlite| {
        let is_first = !BEFORE.has(sqlite, batch.id)?;
        Ok((is_first, if is_first { LOOKED.of_batch(sqlite, batch.id)? } else { None }))
    })?;
    // Without them nobody knows what may be filled, or what has changed since somebody looked; for the log alone they are
    // not worth the last of a day's requests.
    let needed = !only_if_empty.is_empty() || looked.is_some();
    let read = ReadByKey { object, match_field, values: &values, fields: &fields, needed };
    let Some(found) = context.destination.read_by_key(&read).await else {
        return if only_if_empty.is_empty() { Ok(()) } else { Err(only_if_empty::not_readable()) };
    };
    let found = found?;
    let amended = if only_if_empty.is_empty() || batch.is_amended() {
        None
    } else {
        Some(only_if_empty::amended(&only_if_empty, places, &records, &found)?)
    };
    let mut since = changed_since(looked.as_ref(), places, &found);
    if is_first {
        since.extend(still_left_alone(looked.as_ref(), places, &batch.body));
    }
    let packed = amended.as_ref().map(|amended| AMENDED.packed(amended)).transpose()?;
    let known = places.iter().copied().zip(found).filter(|(_, found)| !is_one_of_several(found.as_ref()));
    let values = known.map(|(place, found)| (place, found.map(|found| found.fields)));
    let (id, values) = (batch.id, BEFORE.packed(&values.collect())?);
    let (run, at) = (context.run.id, millis(context.clock.now()));
    // What a part of a sync leaves is nothing that the next run is to send.
    let is_part = context.run.trigger.is_partial();
    let state = if is_part { RecordState::RejectedBefore } else { RecordState::Rejected };
    let left_alone: BTreeSet<usize> = since.iter().map(|(place, _)| *place).collect();
    let insert = move |sqlite: &rusqlite::Connection| {
        BEFORE.keep(sqlite, id, &values)?;
        for (place, problem) in &since {
            let problem = problem.to_json()?;
            outbox::set_state(sqlite, id, *place, state, at, Some(&problem))?;
        }
        if !since.is_empty() {
            runs::add_outcomes(sqlite, run, &left(since.len()), 0)?;
        }
        packed.map_or(Ok(()), |packed| AMENDED.keep(sqlite, id, &packed))
    };
    context.store.write(insert).done().await?;
    if !left_alone.is_empty() {
        context.progress.add(&left(left_alone.len()));
        batch.leave_alone(left_alone);
    }
    if let Some(amended) = amended {
        batch.amend(amended);
    }
    Ok(())
}

/// So many records are left alone.
fn left(records: usize) -> Counts {
    Counts { rejected: records as u64, ..Counts::default() }
}

/// Records that are not any more as they were when somebody looked at them, with what has changed: they are not
/// written over.
fn changed_since(
    looked: Option<&BTreeMap<usize, Looked>>,
    places: &[usize],
    found: &[Option<Found>],
) -> Vec<(usize, Problem)> {
    let Some(looked) = looked else { return Vec::new() };
    let mut changed = Vec::new();
    for (place, found) in places.iter().zip(found) {
        let Some(looked) = looked.get(place).filter(|looked| looked.live) else { continue };
        let message = match (&looked.stands, found) {
            _ if is_one_of_several(found.as_ref()) != looked.several => {
                "Several records have its match value now, or had when this was looked at.".to_owned()
            }
            _ if looked.several => continue,
            (None, None) => continue,
            (None, Some(_)) => {
                "It is in the destination now, and was not when this was looked at.".to_owned()
            }
            (Some(_), None) => {
                "It is not in the destination any more, and was when this was looked at.".to_owned()
            }
            (Some(_), Some(found))
                if looked.id.as_ref().zip(found.id.as_ref()).is_some_and(|(was, is)| was != is) =>
            {
                "Another record is in its place now than when this was looked at.".to_owned()
            }
            (Some(stood), Some(found)) => match others(stood, &found.fields) {
                names if names.is_empty() => continue,
                names => format!(
                    "Somebody changed it in the destination after this was looked at: {}.",
                    names.join(", ")
                ),
            },
        };
        let error = Error::new(ErrorKind::LeftAlone, message).with_hint(LOOK_AGAIN);
        changed.push((*place, Problem::from(&error)));
    }
    changed
}

/// Records that an earlier run left alone, and that nobody has looked at since.
fn still_left_alone(
    looked: Option<&BTreeMap<usize, Looked>>,
    places: &[usize],
    body: &Body,
) -> Vec<(usize, Problem)> {
    let is_left = |place: &usize| {
        body.past(*place).left_alone && looked.is_none_or(|looked| !looked.contains_key(place))
    };
    let message =
        "Somebody had changed it in the destination when it was to be sent, and nobody has looked since.";
    let problem = || Problem::from(&Error::new(ErrorKind::LeftAlone, message).with_hint(LOOK_AGAIN));
    places.iter().copied().filter(is_left).map(|place| (place, problem())).collect()
}

/// Names of the fields that are in both and not the same.
fn others(stood: &str, now: &str) -> Vec<String> {
    let (Some(Json::Object(stood)), Some(now)) = (Json::parse(stood), Json::parse(now)) else {
        return Vec::new();
    };
    // Both came from the destination: spaces that are gone, too, somebody took away.
    let is_one = |one: &Json, other: &Json| may_be_shown_as(Takes::Anything, one, other);
    let differs = |(name, value): &(String, Json)| {
        now.get(name).is_some_and(|now| !is_one(value, now) || !is_one(now, value))
    };
    stood.into_iter().filter(differs).map(|(name, _)| name).collect()
}

/// Of such a record nobody knows what stood there: it is neither there nor not there.
fn is_one_of_several(found: Option<&Found>) -> bool {
    found.is_some_and(|found| found.is_one_of_several)
}

/// The match values of records with these payloads, and every field of theirs.
pub(super) fn asked<'p>(
    payloads: impl Iterator<Item = &'p [u8]>,
    match_field: &str,
) -> Result<(Vec<String>, Vec<String>)> {
    let mut values = Vec::new();
    let mut fields: Vec<String> = Vec::new();
    for payload in payloads {
        let payload: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(payload).map_err(|error| {
                Error::new(ErrorKind::Damaged, "A stored record can not be read.").with_source(error)
            })?;
        values.push(match payload.get(match_field) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        });
        for key in payload.keys().filter(|key| *key != match_field) {
            if !fields.contains(key) {
                fields.push(key.clone());
            }
        }
    }
    Ok((values, fields))
}
