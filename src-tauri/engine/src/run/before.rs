//! Values as they are in the destination, read before the first write of a batch.

use super::deliver::Delivering;
use super::deliver::work::Work;
use super::only_if_empty;
use super::undo::Known;
use crate::destination::{Found, ReadByKey};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Operation;
use crate::store::outbox::beside::{AMENDED, BEFORE};
use crate::sync::Shape;

/// Stores the values of all records of a batch that go out for the first time, where the destination can be read, and what
/// goes out without the fields that have a value there.
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
    // Without them nobody knows what may be filled; for the log alone they are not worth the last of a day's requests.
    let needed = !only_if_empty.is_empty();
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
    let packed = amended.as_ref().map(|amended| AMENDED.packed(amended)).transpose()?;
    let known = places.iter().copied().zip(found).filter(|(_, found)| !is_one_of_several(found.as_ref()));
    let values = known.map(|(place, found)| (place, found.map(|found| found.fields)));
    let (id, values) = (batch.id, BEFORE.packed(&values.collect())?);
    let insert = move |sqlite: &rusqlite::Connection| {
        BEFORE.keep(sqlite, id, &values)?;
        packed.map_or(Ok(()), |packed| AMENDED.keep(sqlite, id, &packed))
    };
    context.store.write(insert).done().await?;
    if let Some(amended) = amended {
        batch.amend(amended);
    }
    Ok(())
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
