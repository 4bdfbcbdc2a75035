//! What each row becomes, in the file.

use sluice_engine::Result;
use sluice_engine::manifest::{Accepts, Manifest};
use sluice_engine::sync::{EventName, Field, Shape};

use super::entries::Entries;
use super::sync::wrong;

/// Reads the shape; `plain` is it where nothing is said.
pub(super) fn shape(entries: &Entries<'_>, plain: Shape, kind: Option<&Manifest>) -> Result<Shape> {
    let event = entries.word("event", &[("identify", false), ("track", true)])?;
    let (object, match_field) = (entries.text("object")?, entries.text("match")?);
    let names = (entries.text("event_name")?, entries.text("event_name_column")?);
    let accepts = kind.and_then(|kind| kind.destination.map(|takes| (kind.label, takes.accepts)));
    if event.is_some()
        && let Some(other) = ["object", "match"].into_iter().find(|key| entries.get(key).is_some())
    {
        return Err(wrong(
            entries,
            other,
            format!("“{other}” goes with records, and “event” makes this sync send events."),
        ));
    }
    if event != Some(true)
        && let Some(other) = first(entries, &["event_name", "event_name_column"])
    {
        return Err(wrong(entries, other, format!("“{other}” goes with “event: track”.")));
    }
    match (event, accepts) {
        (Some(_), Some((label, Accepts::Records))) => Err(wrong(
            entries,
            "event",
            format!("{label} takes records, not events. Write “object” and “match”."),
        )),
        (None, Some((label, Accepts::Events))) if object.is_some() || match_field.is_some() => {
            let other = first(entries, &["object", "match"]).unwrap_or("object");
            Err(wrong(
                entries,
                other,
                format!("{label} takes events, not records. Write “event: identify” or “event: track”."),
            ))
        }
        (None, Some((label, Accepts::Events))) => {
            Err(entries.place().wrong(format!("“event” is missing in a sync to {label}: identify or track.")))
        }
        (Some(false), _) => Ok(Shape::Identify),
        (Some(true), _) => track(entries, names),
        (None, accepts) => record(entries, (object, match_field), plain, accepts),
    }
}

/// Only a record has values to look at, only some destinations show them, and the match field is what they are
/// looked up by.
pub(super) fn only_if_empty(
    entries: &Entries<'_>,
    fields: &[Field],
    shape: &Shape,
    kind: Option<&Manifest>,
) -> Result<()> {
    let Some(field) = fields.iter().find(|field| field.only_if_empty) else { return Ok(()) };
    let reads = kind.and_then(|kind| kind.destination.map(|takes| (kind.label, takes.reads)));
    let why = match (shape, reads) {
        (Shape::Identify | Shape::Track(_), _) => "events have no values to look at".to_owned(),
        (Shape::Record { .. }, Some((label, false))) => format!("{label} can not be read"),
        (Shape::Record { match_field, .. }, _)
            if fields.iter().any(|field| field.only_if_empty && field.key == *match_field) =>
        {
            format!("“{match_field}” is what records are found again by")
        }
        (Shape::Record { .. }, _) => return Ok(()),
    };
    Err(wrong(entries, "fields", format!("“only_if_empty” of “{}” can not be done: {why}.", field.key)))
}

/// Several values have one and the same mask, so records are not looked up by one.
pub(super) fn masked(entries: &Entries<'_>, fields: &[Field], shape: &Shape) -> Result<()> {
    let Shape::Record { match_field, .. } = shape else { return Ok(()) };
    if !fields.iter().any(|field| field.mask && field.key == *match_field) {
        return Ok(());
    }
    let why = format!("“{match_field}” is what records are found again by");
    Err(wrong(entries, "fields", format!("“mask” of “{match_field}” can not be done: {why}.")))
}

fn first(entries: &Entries<'_>, keys: &[&'static str]) -> Option<&'static str> {
    keys.iter().copied().find(|key| entries.get(key).is_some())
}

fn track(entries: &Entries<'_>, names: (Option<&str>, Option<&str>)) -> Result<Shape> {
    match names {
        (Some(name), None) => Ok(Shape::Track(EventName::Fixed(name.to_owned()))),
        (None, Some(column)) => Ok(Shape::Track(EventName::Column(column.to_owned()))),
        (Some(_), Some(_)) => Err(wrong(
            entries,
            "event_name_column",
            "a sync has “event_name” or “event_name_column”, not both.",
        )),
        (None, None) => {
            Err(wrong(entries, "event", "“event: track” needs “event_name” or “event_name_column”."))
        }
    }
}

fn record(
    entries: &Entries<'_>,
    names: (Option<&str>, Option<&str>),
    plain: Shape,
    accepts: Option<(&str, Accepts)>,
) -> Result<Shape> {
    match (names, accepts) {
        ((Some(object), Some(field)), _) => {
            Ok(Shape::Record { object: object.to_owned(), match_field: field.to_owned() })
        }
        ((Some(_), None), _) => Err(wrong(entries, "object", "“match” is missing beside “object”.")),
        ((None, Some(_)), _) => Err(wrong(entries, "match", "“object” is missing beside “match”.")),
        ((None, None), Some((label, Accepts::Records))) => {
            Err(entries.place().wrong(format!("“object” and “match” are missing in a sync to {label}.")))
        }
        ((None, None), _) => Ok(plain),
    }
}
