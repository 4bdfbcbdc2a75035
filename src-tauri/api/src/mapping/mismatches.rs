//! Values of the sample rows that the destination would not take.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sluice_engine::fits::misfit;
use sluice_engine::json_text::Json;
use sluice_engine::mapping::{self, Mapping};
use sluice_engine::mask::{Masks, Remembered};
use sluice_engine::sync::{Field, Shape, Sync};

use crate::samples::Sample;
use crate::source::shorten;
use crate::wire::{DestinationField, DestinationObject, Mismatch, MismatchExample, MismatchKind, Takes};

/// Values shown of each mismatch.
const SHOWN: usize = 5;
/// A value quoted in a sentence is cut here.
const QUOTED: usize = 40;

/// Of each field of the object the values it would not take, the most frequent first.
pub(super) fn mismatches(sync: &Sync, sample: &Sample, object: &DestinationObject) -> Vec<Mismatch> {
    let fields = mapping::fields(sync, &sample.columns);
    of_records(sync, &fields, &records(sync, sample), object, "sample rows")
}

/// The same of records as they would be sent. `fields` are what the sync sends; `called` is what the records are.
pub(super) fn of_records(
    sync: &Sync,
    fields: &[Field],
    records: &[Map<String, Value>],
    object: &DestinationObject,
    called: &str,
) -> Vec<Mismatch> {
    // What is looked at was made by this definition.
    let masks = Masks::of(sync, &Remembered::default());
    let mut found = Vec::new();
    for target in object.fields.iter().filter(|field| field.writable) {
        if fields.iter().all(|field| field.key != target.name) {
            continue;
        }
        let matched = matches!(&sync.shape, Shape::Record { match_field, .. } if *match_field == target.name);
        let needed = target.required || matched;
        let mut misfits = BTreeMap::<MismatchKind, Vec<Option<String>>>::new();
        for record in records {
            match record.get(&target.name) {
                None | Some(Value::Null) if needed => {
                    misfits.entry(MismatchKind::Empty).or_default().push(None);
                }
                None | Some(Value::Null) => {}
                Some(value) => {
                    let known = Json::parse(&value.to_string());
                    let why = known.and_then(|known| misfit(target.takes.into(), &target.options, &known));
                    if let Some(why) = why {
                        misfits.entry(why.into()).or_default().push(Some(text_of(value)));
                    }
                }
            }
        }
        let shown = |text: &str| shorten(masks.value(&target.name, text).as_deref().unwrap_or(text));
        found.extend(
            misfits
                .into_iter()
                .map(|(kind, values)| mismatch(target, kind, values, (records.len(), called), shown)),
        );
    }
    found
}

/// What the fields make of each sample row, as it would be sent. Rows that can not be sent at all are told elsewhere.
fn records(sync: &Sync, sample: &Sample) -> Vec<Map<String, Value>> {
    let mapping = Mapping::of_fields(sync, &sample.columns);
    let record = |row| {
        let (batch, place) = sample.locate(row)?;
        let mut payload = Vec::new();
        mapping.write_payload(batch, place, &mut payload).ok()?;
        serde_json::from_slice(&payload).ok()
    };
    (0..sample.rows()).filter_map(record).collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn mismatch(
    field: &DestinationField,
    kind: MismatchKind,
    values: Vec<Option<String>>,
    (of, called): (usize, &str),
    shown: impl Fn(&str) -> String,
) -> Mismatch {
    let rows = values.len();
    let mut counts: Vec<(String, usize)> = Vec::new();
    for value in values.into_iter().flatten() {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    // Stable, so that values as frequent keep the order of the rows.
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (value, _) in &mut counts {
        *value = shown(value);
    }
    let message = sentence(field, kind, &counts, &format!("{rows} of the {of} {called}"));
    let different = counts.len();
    let examples = counts.into_iter().take(SHOWN).map(|(value, rows)| MismatchExample { value, rows });
    Mismatch { field: field.name.clone(), kind, message, rows, different, examples: examples.collect() }
}

fn sentence(field: &DestinationField, kind: MismatchKind, values: &[(String, usize)], rows: &str) -> String {
    let label = &field.label;
    let first = values.first().map_or("", |(value, _)| value);
    let quoted = match first.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("“{}…”", first.get(..end).unwrap_or_default()),
        None => format!("“{first}”"),
    };
    match (kind, values.len().saturating_sub(1)) {
        (MismatchKind::Empty, _) => format!("{label} is needed, and empty in {rows}"),
        (MismatchKind::NotInList, 0) => format!("{quoted} is not in the list of {label}: {rows}"),
        (MismatchKind::NotInList, 1) => {
            format!("{quoted} and 1 other value are not in the list of {label}: {rows}")
        }
        (MismatchKind::NotInList, more) => {
            format!("{quoted} and {more} other values are not in the list of {label}: {rows}")
        }
        (MismatchKind::OtherType | MismatchKind::Decimals | MismatchKind::NoEmail, _) => {
            format!("{label} takes {}, not {quoted}: {rows}", taken(&field.takes))
        }
        (MismatchKind::NoField, _) => format!("The destination has no field {label}"),
        (MismatchKind::TooLong, _) => format!("{label} takes {}; {rows} have more", taken(&field.takes)),
    }
}

/// What a field takes, as people say it.
fn taken(takes: &Takes) -> String {
    match takes {
        Takes::Anything => "any value".to_owned(),
        Takes::Text { longest: None } => "text".to_owned(),
        Takes::Text { longest: Some(longest) } => format!("at most {longest} characters of text"),
        Takes::Email => "e-mail addresses".to_owned(),
        Takes::Number { decimals: None } => "numbers".to_owned(),
        Takes::Number { decimals: Some(0) } => "whole numbers".to_owned(),
        Takes::Number { decimals: Some(1) } => "numbers of at most 1 decimal".to_owned(),
        Takes::Number { decimals: Some(most) } => format!("numbers of at most {most} decimals"),
        Takes::Boolean => "true or false".to_owned(),
        Takes::Date { .. } => "a day such as 2026-01-31".to_owned(),
        Takes::Moment { .. } => "a date and time such as 2026-01-31T08:30:00Z".to_owned(),
        Takes::OneOf | Takes::SomeOf => "values of its list".to_owned(),
    }
}
