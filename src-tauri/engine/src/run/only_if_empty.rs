//! Fields that are filled only where they are empty in the destination.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::destination::Found;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{first_key, without};
use crate::record::{Operation, Record};
use crate::store::outbox::beside::Amended;
use crate::sync::Sync;

/// Names, in the destination, of the sync's fields that are filled only where they are empty.
pub(super) fn names(sync: &Sync) -> Vec<String> {
    sync.only_if_empty().filter_map(first_key).collect()
}

/// The destination can not be asked what is empty there.
pub(super) fn not_readable() -> Error {
    let message =
        "A field is filled only where it is empty, and this destination does not say what is in its records.";
    Error::new(ErrorKind::BadMapping, message)
        .with_safe("Nothing was sent.")
        .with_hint("Edit the sync, and fill the field always or not at all.")
}

/// The payloads of records that go out without those of the fields `names` that have a value there, by place.
/// `found` are the records as they are, in the same order.
pub(super) fn amended(
    names: &[String],
    places: &[usize],
    records: &[Record<'_>],
    found: &[Option<Found>],
) -> Result<Amended> {
    let mut amended = Amended::new();
    for ((place, record), found) in places.iter().zip(records).zip(found) {
        let fills = matches!(record.operation, Operation::Upsert | Operation::Update | Operation::Create);
        let Some(found) = found.as_ref().filter(|_| fills) else { continue };
        if let Some(payload) = without(record.payload, &filled(names, found)?) {
            amended.insert(*place, payload);
        }
    }
    Ok(amended)
}

/// Those of the fields `names` that have a value in a record as it is.
pub(super) fn filled<'n>(names: &'n [String], found: &Found) -> Result<Vec<&'n str>> {
    let values: BTreeMap<String, Value> = serde_json::from_str(&found.fields).map_err(|error| {
        let message = "The destination's answer about a record can not be read.";
        Error::new(ErrorKind::BadAnswer, message).with_source(error)
    })?;
    let filled = names.iter().filter(|name| values.get(*name).is_some_and(has_value));
    Ok(filled.map(String::as_str).collect())
}

fn has_value(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
