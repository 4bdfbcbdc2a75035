//! Whether a field takes a value, as far as can be known before it is sent. It only warns: the destination alone
//! decides.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::destination::Takes;
use crate::json_text::Json;
use crate::mask;

/// Why a field does not take a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misfit {
    /// There is none, and the field needs one.
    Empty,
    /// Not in the pick list.
    NotInList,
    /// Of another type.
    OtherType,
    /// More decimals than the field keeps.
    Decimals,
    /// Longer than the field is.
    TooLong,
    /// No e-mail address.
    NoEmail,
    /// There is no such field.
    NoField,
}

/// Why a field that takes `takes`, with these `options`, does not take `value`; `None` where it does, as far as is
/// known, and for null.
pub fn misfit(takes: Takes, options: &[String], value: &Json) -> Option<Misfit> {
    let scalar = Scalar::of(value)?;
    let text = match &scalar {
        Scalar::Text(text) => Some(text.as_str()),
        Scalar::Number(_) | Scalar::Boolean(_) | Scalar::Whole => None,
    };
    let takes = match takes {
        Takes::Anything => true,
        Takes::Text { longest } => return text_misfit(&scalar, longest),
        Takes::Email => {
            let is_email = text.is_some_and(|text| mask::looks_like_email(text.trim()));
            return (!is_email).then_some(Misfit::NoEmail);
        }
        Takes::Number { decimals } => return number_misfit(&scalar, decimals),
        Takes::Boolean => matches!(scalar, Scalar::Boolean(_)) || text.is_some_and(is_boolean),
        Takes::Date { converts: true } | Takes::Moment { converts: true } => is_any_time(&scalar),
        Takes::Date { converts: false } => text.is_some_and(is_day),
        Takes::Moment { converts: false } => text.is_some_and(is_moment),
        Takes::OneOf => return list_misfit(options, &scalar, |text| vec![text]),
        Takes::SomeOf => {
            return list_misfit(options, &scalar, |text| {
                text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect()
            });
        }
    };
    (!takes).then_some(Misfit::OtherType)
}

/// A value that is not null.
enum Scalar {
    Text(String),
    /// As written.
    Number(String),
    Boolean(String),
    /// A list or an object.
    Whole,
}

impl Scalar {
    fn of(value: &Json) -> Option<Self> {
        let Json::Scalar(written) = value else { return Some(Self::Whole) };
        match written.as_bytes().first()? {
            b'n' => None,
            b'"' => value.text().map(Self::Text),
            b't' | b'f' => Some(Self::Boolean(written.clone())),
            _ => Some(Self::Number(written.clone())),
        }
    }
}

fn text_misfit(value: &Scalar, longest: Option<usize>) -> Option<Misfit> {
    let length = match value {
        Scalar::Text(text) => text.chars().count(),
        Scalar::Number(number) => number.len(),
        Scalar::Boolean(_) => 0,
        Scalar::Whole => return Some(Misfit::OtherType),
    };
    longest.is_some_and(|longest| length > longest).then_some(Misfit::TooLong)
}

/// Numbers beyond what every JSON reader keeps exact come as text.
fn number_misfit(value: &Scalar, decimals: Option<u32>) -> Option<Misfit> {
    let digits = match value {
        Scalar::Number(number) => number.as_str(),
        Scalar::Text(text) => text.trim(),
        Scalar::Boolean(_) | Scalar::Whole => return Some(Misfit::OtherType),
    };
    if !digits.parse::<f64>().is_ok_and(f64::is_finite) {
        return Some(Misfit::OtherType);
    }
    let kept = decimals? as usize;
    let has = digits.split_once('.').map_or(0, |(_, after)| after.trim_end_matches('0').len());
    (has > kept).then_some(Misfit::Decimals)
}

fn list_misfit<'v>(
    options: &[String],
    value: &'v Scalar,
    parts: impl Fn(&'v str) -> Vec<&'v str>,
) -> Option<Misfit> {
    let in_list = |text: &str| options.iter().any(|option| option == text);
    match value {
        Scalar::Text(text) => (!parts(text).into_iter().all(in_list)).then_some(Misfit::NotInList),
        Scalar::Number(written) | Scalar::Boolean(written) => {
            (!in_list(written)).then_some(Misfit::NotInList)
        }
        Scalar::Whole => Some(Misfit::OtherType),
    }
}

fn is_boolean(text: &str) -> bool {
    ["true", "false"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// A day or a moment in any of their forms; a whole number is milliseconds.
fn is_any_time(value: &Scalar) -> bool {
    match value {
        Scalar::Number(written) => written.parse::<i64>().is_ok(),
        Scalar::Text(text) => is_day(text.trim()) || is_moment(text.trim()),
        Scalar::Boolean(_) | Scalar::Whole => false,
    }
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
