//! Whether a field takes a value, as far as can be known before it is sent.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;
use sluice_engine::mask;

use crate::wire::{DestinationField, MismatchKind, Takes};

/// Why a field does not take a value that is not null; `None` where it does, as far as is known.
pub(super) fn misfit(field: &DestinationField, value: &Value) -> Option<MismatchKind> {
    let text = value.as_str();
    let takes = match field.takes {
        Takes::Anything => true,
        Takes::Text { longest } => return text_misfit(value, longest),
        Takes::Email => text.is_some_and(|text| mask::looks_like_email(text.trim())),
        Takes::Number { decimals } => return number_misfit(value, decimals),
        Takes::Boolean => value.is_boolean() || text.is_some_and(is_boolean),
        Takes::Date { converts: true } | Takes::Moment { converts: true } => is_any_time(value),
        Takes::Date { converts: false } => text.is_some_and(is_day),
        Takes::Moment { converts: false } => text.is_some_and(is_moment),
        Takes::OneOf => return list_misfit(field, value, |text| vec![text]),
        Takes::SomeOf => {
            return list_misfit(field, value, |text| {
                text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect()
            });
        }
    };
    (!takes).then_some(MismatchKind::OtherType)
}

fn text_misfit(value: &Value, longest: Option<usize>) -> Option<MismatchKind> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Number(number) => number.to_string().len(),
        Value::Bool(_) | Value::Null => 0,
        Value::Array(_) | Value::Object(_) => return Some(MismatchKind::OtherType),
    };
    longest.is_some_and(|longest| length > longest).then_some(MismatchKind::TooLong)
}

/// Numbers beyond what every JSON reader keeps exact come as text.
fn number_misfit(value: &Value, decimals: Option<u32>) -> Option<MismatchKind> {
    let digits = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Some(MismatchKind::OtherType);
        }
    };
    if !digits.parse::<f64>().is_ok_and(f64::is_finite) {
        return Some(MismatchKind::OtherType);
    }
    let kept = decimals? as usize;
    let has = digits.split_once('.').map_or(0, |(_, after)| after.trim_end_matches('0').len());
    (has > kept).then_some(MismatchKind::Decimals)
}

fn list_misfit<'v>(
    field: &DestinationField,
    value: &'v Value,
    parts: impl Fn(&'v str) -> Vec<&'v str>,
) -> Option<MismatchKind> {
    let in_list = |text: &str| field.options.iter().any(|option| option == text);
    match value {
        Value::String(text) => (!parts(text).into_iter().all(in_list)).then_some(MismatchKind::NotInList),
        Value::Number(_) | Value::Bool(_) => {
            (!in_list(&value.to_string())).then_some(MismatchKind::NotInList)
        }
        Value::Null | Value::Array(_) | Value::Object(_) => Some(MismatchKind::OtherType),
    }
}

fn is_boolean(text: &str) -> bool {
    ["true", "false"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// A day or a moment in any of their forms; a number is milliseconds.
fn is_any_time(value: &Value) -> bool {
    value.is_i64() || value.as_str().map(str::trim).is_some_and(|text| is_day(text) || is_moment(text))
}

fn is_day(text: &str) -> bool {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_moment(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
        || ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .iter()
            .any(|form| NaiveDateTime::parse_from_str(text, form).is_ok())
}
