//! Values as they are in the destination, read before the first write of a batch.

use std::collections::{BTreeMap, BTreeSet};

use super::deliver::Delivering;
use super::deliver::work::Work;
use super::guard;
use super::known::Known;
use super::only_if_empty;
use super::undo::{document, members};
use crate::destination::{Found, ReadByKey};
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::record::Operation;
use crate::same::{is_same, may_be_shown_as};
use crate::store::outbox::beside::{AMENDED, BEFORE, Before};
use crate::store::runs::Trigger;
use crate::sync::Shape;

/// Stores the values of all records of a batch that go out for the first time, where the destination can be read, and what
/// goes out without the fields that have a value there. Records that were looked at before, and are not as they were then,
/// do not go out.
pub(super) async fn keep(context: &Delivering, work: &Work) -> Result<()> {
    let Shape::Record { object, match_field } = &context.run.shape else { return Ok(()) };
    let batch = &work.batch;
    let places = batch.first.get().unwrap_or(&work.places);
    let records = batch.records(places, &context.sync_uuid, &context.run)?;
    let (values, mut fields) = asked(records.iter().map(|record| record.payload), match_field)?;
    // A record may be found by its match value in other letters, and gets those of the payload.
    fields.push(match_field.clone());
    if records.iter().any(|record| record.operation == Operation::Delete) {
        let known = context.known.get_or_try_init(|| Known::read(&*context.destination, object)).await?;
        known.add_writable(&mut fields);
    }
    // What an undo puts back, and what somebody sends once more, is meant as it is.
    let as_mapped = !matches!(context.run.trigger, Trigger::Undo | Trigger::Replay);
    let only_if_empty = if as_mapped { only_if_empty::names(&context.sync) } else { Vec::new() };
    let looked = guard::looked(context, batch.id)?;
    // Where values are kept already, a request with these records may have left.
    let is_first = context.store.read(|sqlite| Ok(!BEFORE.has(sqlite, batch.id)?))?;
    // Without them nobody knows what may be filled, or what has changed since somebody looked; for the log alone they are
    // not worth the last of a day's requests.
    let was_left_alone = places.iter().any(|place| batch.body.past(*place).left_alone);
    let needed = !only_if_empty.is_empty() || looked.is_some() || was_left_alone;
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
    let mut since = match &looked {
        Some(looked) => {
            let known = context.known.get_or_try_init(|| Known::read(&*context.destination, object)).await?;
            guard::changed_since(looked, known, &records, places, &found, !is_first)
        }
        None => Vec::new(),
    };
    if is_first {
        since.extend(guard::still_left_alone(looked.as_ref(), places, &batch.body));
    }
    let packed = amended.as_ref().map(|amended| AMENDED.packed(amended)).transpose()?;
    let known = places.iter().copied().zip(found).filter(|(_, found)| !is_one_of_several(found.as_ref()));
    let mut values: Before = known.map(|(place, found)| (place, found.map(|found| found.fields))).collect();
    if !is_first && let Some(kept) = context.store.read(|sqlite| BEFORE.of_batch(sqlite, batch.id))? {
        let known = context.known.get_or_try_init(|| Known::read(&*context.destination, object)).await?;
        let sent = places.iter().copied().zip(records.iter().map(|record| record.payload)).collect();
        values = typed_since(kept, values, known, match_field, &sent)?;
    }
    let (id, values) = (batch.id, BEFORE.packed(&values)?);
    let left_alone: BTreeSet<usize> = since.iter().map(|(place, _)| *place).collect();
    let leaving = guard::leaving(context, id, since)?;
    let insert = move |sqlite: &rusqlite::Connection| {
        BEFORE.add(sqlite, id, &values)?;
        leaving(sqlite)?;
        packed.map_or(Ok(()), |packed| AMENDED.keep(sqlite, id, &packed))
    };
    context.store.write(insert).done().await?;
    if !left_alone.is_empty() {
        context.progress.add(&guard::left(left_alone.len()));
        batch.leave_alone(left_alone);
    }
    if let Some(amended) = amended {
        batch.amend(amended);
    }
    Ok(())
}

/// Of a batch that may have left before, and of which values are kept: the records in which somebody has changed a field
/// since, with what they typed in the place of what stood there then. `now` is what stands there, by place.
fn typed_since(
    kept: Before,
    mut now: Before,
    known: &Known,
    match_field: &str,
    sent: &BTreeMap<usize, &[u8]>,
) -> Result<Before> {
    let mut typed = Before::new();
    for (place, before) in kept {
        let Some(stands) = now.remove(&place).flatten() else { continue };
        let Some(sent) = sent.get(&place) else { continue };
        let (sent, stands) = (document(sent)?, document(stands.as_bytes())?);
        let is_typed = |name: &str, stood: Option<&Json>| {
            let (takes, stands) = (known.takes(name), stands.get(name));
            let is_ours =
                sent.get(name).zip(stands).is_some_and(|(sent, now)| may_be_shown_as(takes, sent, now));
            name != match_field && stands.is_some() && !is_ours && !is_same(takes, stood, stands)
        };
        let Some(before) = before else {
            // It was not there: either a request of ours made it, or somebody did.
            if members(&sent).any(|(name, _)| is_typed(name, None)) {
                typed.insert(place, Some(stands.compact()));
            }
            continue;
        };
        let Json::Object(mut fields) = document(before.as_bytes())? else { continue };
        let mut any = false;
        for (name, stood) in &mut fields {
            if let Some(now) = stands.get(name).filter(|_| is_typed(name, Some(stood))) {
                *stood = now.clone();
                any = true;
            }
        }
        if any {
            typed.insert(place, Some(Json::Object(fields).compact()));
        }
    }
    // Of these nobody had asked before.
    typed.extend(now);
    Ok(typed)
}

/// Of such a record nobody knows what stood there: it is neither there nor not there.
pub(super) fn is_one_of_several(found: Option<&Found>) -> bool {
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
