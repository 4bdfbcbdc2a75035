//! Why a mapping can not be used with these columns.

use super::{MatchValue, find, identifiers, template, those_there};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Field, FieldValue, Identifier, Shape, Sync};
use crate::value::Column;

/// Only records have values to look at, and the match field is what they are looked up by.
pub(super) fn check_only_if_empty(sync: &Sync) -> Result<()> {
    let bad = |key: &str, why: &str| {
        let message = format!("The field “{key}” can not be filled only where it is empty: {why}.");
        Err(Error::new(ErrorKind::BadMapping, message))
    };
    let Some(key) = sync.only_if_empty().next() else { return Ok(()) };
    match &sync.shape {
        Shape::Identify | Shape::Track(_) => bad(key, "events have no values to look at"),
        Shape::Record { match_field, .. } if sync.only_if_empty().any(|key| key == match_field) => {
            bad(match_field, "records are found again by it")
        }
        Shape::Record { .. } => Ok(()),
    }
}

/// Several values have one and the same mask, so nothing is found again by one.
pub(super) fn check_mask(sync: &Sync, fields: &[Field], columns: &[Column]) -> Result<()> {
    let is_masked = |key: &str| fields.iter().any(|field| field.mask && field.key == key);
    let bad = |key: &str, why: &str| {
        let message = format!("The field “{key}” can not be masked: {why}.");
        Err(Error::new(ErrorKind::BadMapping, message).with_hint("Hash it, or send it as it is."))
    };
    match &sync.shape {
        Shape::Record { match_field, .. } if is_masked(match_field) => {
            bad(match_field, "records are found again by it")
        }
        Shape::Identify | Shape::Track(_) if is_masked("email") => {
            let mut known_by = identifiers(sync, columns).into_iter();
            if known_by.any(|(identifier, _)| identifier == Identifier::Email) {
                bad("email", "the person is known by it")
            } else {
                Ok(())
            }
        }
        Shape::Record { .. } | Shape::Identify | Shape::Track(_) => Ok(()),
    }
}

/// Why a field can not be made of these columns.
pub(super) fn unusable(field: &Field, why: &str, columns: &[Column]) -> Error {
    let is_there = |name: &str| find(columns, name).is_ok();
    let lacks_column = match &field.value {
        FieldValue::Column(column) => !is_there(column),
        FieldValue::Template(text) => {
            template(text).is_ok_and(|parts| !parts.iter().all(|part| part.column().is_none_or(is_there)))
        }
        FieldValue::Constant(_) => false,
    };
    let (kind, there) = if lacks_column {
        (ErrorKind::MissingObject, those_there(columns))
    } else {
        (ErrorKind::BadMapping, String::new())
    };
    Error::new(kind, format!("The field “{}”: {why}. {there}", field.key).trim_end())
}

pub(super) fn match_value(fields: &[Field], match_field: &str, columns: &[Column]) -> Result<MatchValue> {
    let mapped = fields.iter().find(|field| field.key == *match_field);
    match mapped.map(|field| (&field.value, field.hash)) {
        Some((FieldValue::Column(column), None)) => find(columns, column).map(MatchValue::Column),
        Some((FieldValue::Column(_) | FieldValue::Template(_), _)) => Ok(MatchValue::Made),
        Some((FieldValue::Constant(_), _)) | None => {
            let message = format!("No column is mapped to the match field “{match_field}”.");
            Err(Error::new(ErrorKind::BadMapping, message)
                .with_hint("Map the column that finds the record again, or match by a mapped field."))
        }
    }
}
