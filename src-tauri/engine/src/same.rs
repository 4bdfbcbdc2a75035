//! Whether two values are the same to a destination, however each side writes them down.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

use crate::destination::Takes;
use crate::json_text::Json;

/// Whether a field that takes `takes` holds the same with either value. Numbers are compared by what they are worth,
/// dates by day, moments by instant, several choices in any order, texts without the spaces around them; a value that
/// is not there, null and an empty text are all empty.
pub fn is_same(takes: Takes, one: Option<&Json>, other: Option<&Json>) -> bool {
    // A text field may hold what was a number; two texts are never taken for numbers there.
    let has_number = [one, other].into_iter().flatten().any(is_number);
    match (one.and_then(text_of), other.and_then(text_of)) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            one == other || normal(takes, &one, has_number) == normal(takes, &other, has_number)
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether a destination that was sent `wrote` may show it as `now` of its own accord. It may leave out the spaces around a
/// text, write an e-mail with small letters, and write numbers, moments and choices in its own form. Spaces and
/// capitals that nobody sent it does not add: somebody has typed them.
pub fn may_be_shown_as(takes: Takes, wrote: &Json, now: &Json) -> bool {
    let (wrote_text, now_text) = (wrote.text().unwrap_or_default(), now.text().unwrap_or_default());
    let before = |text: &str| text.len() - text.trim_start().len();
    let after = |text: &str| text.len() - text.trim_end().len();
    let adds_spaces = before(&now_text) > before(&wrote_text) || after(&now_text) > after(&wrote_text);
    let mut letters = now_text.trim().chars().zip(wrote_text.trim().chars());
    let adds_capitals =
        takes == Takes::Email && letters.any(|(now, wrote)| now != wrote && now.is_uppercase());
    is_same(takes, Some(wrote), Some(now)) && !adds_spaces && !adds_capitals
}

fn is_number(value: &Json) -> bool {
    matches!(value, Json::Scalar(text) if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()))
}

/// A value as text; `None` where it is empty.
fn text_of(value: &Json) -> Option<String> {
    let is_empty = match value {
        Json::List(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        Json::Scalar(_) => false,
    };
    let text = value.text().filter(|_| !is_empty)?;
    let text = text.trim();
    if text.is_empty() { None } else { Some(text.to_owned()) }
}

fn normal(takes: Takes, text: &str, has_number: bool) -> Cow<'_, str> {
    let normal = match takes {
        Takes::Number { decimals } => decimal(text, decimals),
        Takes::Anything | Takes::Text { .. } | Takes::OneOf => {
            decimal(text, None).filter(|_| has_number && !is_code(text))
        }
        Takes::Email | Takes::Boolean => Some(text.to_lowercase()),
        Takes::Date { .. } => moment(text).map(|at| at.date().to_string()),
        Takes::Moment { .. } => moment(text).map(|at| at.and_utc().timestamp_millis().to_string()),
        Takes::SomeOf => {
            let mut choices: Vec<&str> =
                text.split(';').map(str::trim).filter(|choice| !choice.is_empty()).collect();
            choices.sort_unstable();
            choices.dedup();
            Some(choices.join(";"))
        }
    };
    normal.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A text of digits that a number would lose something of: `007`, `+49…`.
fn is_code(text: &str) -> bool {
    let digits = text.trim_start_matches('-');
    text.starts_with('+') || (digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."))
}

/// A number in plain digits: no zeros that say nothing, no exponent; rounded half away from zero to so many decimals.
/// `None` for what is no number.
fn decimal(text: &str, decimals: Option<u32>) -> Option<String> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, exponent) = match rest.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole)
        || !are_digits(part)
        || (whole.is_empty() && part.is_empty())
        || exponent.abs() > 400
    {
        return None;
    }
    // All digits, and how many of them stand before the point.
    let mut all: Vec<u8> = whole.bytes().chain(part.bytes()).map(|byte| byte - b'0').collect();
    let mut point = whole.len() as i32 + exponent;
    while point < 1 {
        all.insert(0, 0);
        point += 1;
    }
    while (all.len() as i32) < point {
        all.push(0);
    }
    let mut point = point as usize;
    if let Some(decimals) = decimals {
        point = round(&mut all, point, decimals as usize);
    }
    let text = |digits: &[u8]| digits.iter().map(|digit| char::from(digit + b'0')).collect::<String>();
    let (whole, part) = all.split_at_checked(point)?;
    let (whole, part) = (text(whole), text(part));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if negative && (whole != "0" || !part.is_empty()) { "-" } else { "" };
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

/// Rounds digits behind the point, and answers with where the point stands then.
fn round(all: &mut Vec<u8>, point: usize, decimals: usize) -> usize {
    let keep = point + decimals;
    let Some(&next) = all.get(keep) else { return point };
    all.truncate(keep);
    if next < 5 {
        return point;
    }
    for digit in all.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return point;
        }
        *digit = 0;
    }
    all.insert(0, 1);
    point + 1
}

/// A moment in UTC, as services write it: with or without a time, or in milliseconds since 1970.
fn moment(text: &str) -> Option<NaiveDateTime> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.naive_utc());
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(day.and_time(NaiveTime::MIN));
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"] {
        if let Ok(at) = DateTime::parse_from_str(text, form) {
            return Some(at.naive_utc());
        }
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"] {
        if let Ok(at) = NaiveDateTime::parse_from_str(text, form) {
            return Some(at);
        }
    }
    let millis = text.parse::<i64>().ok().filter(|_| text.trim_start_matches('-').len() > 8)?;
    DateTime::from_timestamp_millis(millis).map(|at| at.naive_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(takes: Takes, one: &str, other: &str) -> bool {
        is_same(takes, Json::parse(one).as_ref(), Json::parse(other).as_ref())
    }

    #[test]
    fn values_that_say_the_same_are_the_same() {
        let (number, whole) = (Takes::Number { decimals: None }, Takes::Number { decimals: Some(0) });
        let cents = Takes::Number { decimals: Some(2) };
        let (date, time) = (Takes::Date { converts: true }, Takes::Moment { converts: true });
        let text = Takes::Text { longest: None };
        for (takes, one, other) in [
            (number, "42", "\"42.0\""),
            (number, "\"1e3\"", "1000"),
            (number, "0.10", "\".1\""),
            (number, "-0", "0"),
            (number, "123456789012345678901234567890", "\"123456789012345678901234567890.0\""),
            (whole, "2.5", "3"),
            (cents, "3.14159", "3.14"),
            (cents, "9.995", "10"),
            (cents, "-0.001", "0"),
            (text, "\" Ana \"", "\"Ana\""),
            (text, "null", "\"\""),
            (text, "42", "\"42\""),
            (Takes::Anything, "42", "\"42.0\""),
            (Takes::Email, "\"Ana@Shop.example\"", "\"ana@shop.example\""),
            (Takes::Boolean, "true", "\"TRUE\""),
            (date, "\"2026-01-31\"", "\"1769817600000\""),
            (date, "\"2026-01-31\"", "\"2026-01-31T00:00:00Z\""),
            (time, "\"2026-01-31T01:00:00+01:00\"", "\"2026-01-31T00:00:00.000+0000\""),
            (time, "\"2026-01-31 00:00:00\"", "1769817600000"),
            (Takes::SomeOf, "\"b;a\"", "\"a; b\""),
            (Takes::Anything, "[]", "null"),
        ] {
            assert!(same(takes, one, other) && same(takes, other, one), "{takes:?}: {one} and {other}");
        }
        assert!(is_same(text, None, Json::parse("null").as_ref()), "a field that is not there is empty");
    }

    #[test]
    fn values_that_say_something_else_are_not() {
        let (date, time) = (Takes::Date { converts: true }, Takes::Moment { converts: true });
        let (number, text) = (Takes::Number { decimals: None }, Takes::Text { longest: None });
        for (takes, one, other) in [
            (number, "42", "\"42.01\""),
            (number, "12345678901234567890.1", "12345678901234567890.2"),
            (number, "\"n/a\"", "0"),
            (number, "0", "null"),
            (text, "\"007\"", "\"7\""),
            (text, "\"+491\"", "\"491\""),
            (text, "\"1.10\"", "\"1.1\""),
            (text, "\"007\"", "7"),
            (text, "\"Ana\"", "\"ana\""),
            (Takes::OneOf, "\"Lead\"", "\"lead\""),
            (Takes::Boolean, "false", "null"),
            (date, "\"2026-01-31\"", "\"2026-02-01\""),
            (time, "\"2026-01-31T00:00:00Z\"", "\"2026-01-31T00:00:00.001Z\""),
            (Takes::SomeOf, "\"a;b\"", "\"a\""),
        ] {
            assert!(!same(takes, one, other) && !same(takes, other, one), "{takes:?}: {one} and {other}");
        }
    }

    #[test]
    fn what_a_destination_shows_is_told_from_what_somebody_typed() {
        let shown = |takes: Takes, wrote: &str, now: &str| {
            may_be_shown_as(takes, &Json::parse(wrote).unwrap(), &Json::parse(now).unwrap())
        };
        let (text, number) = (Takes::Text { longest: None }, Takes::Number { decimals: None });
        for (takes, wrote, now) in [
            (text, "\" Ana \"", "\"Ana\""),
            (text, "\"Ana \"", "\"Ana \""),
            (text, "\" \"", "null"),
            (text, "null", "\"\""),
            (text, "42", "\"42\""),
            (number, "42", "\"42.0\""),
            (Takes::Email, "\"Ana@Shop.example\"", "\"ana@shop.example\""),
            (Takes::Email, "\"Ana@Shop.example\"", "\"Ana@shop.example\""),
            (Takes::Boolean, "true", "\"TRUE\""),
            (Takes::SomeOf, "\"b;a\"", "\"a;b\""),
        ] {
            assert!(shown(takes, wrote, now), "{takes:?}: {wrote} as {now}");
        }
        for (takes, wrote, now) in [
            (text, "\"Ana\"", "\"Ana \""),
            (text, "\"Ana \"", "\" Ana\""),
            (text, "\"Ana\"", "\"ana\""),
            (text, "null", "\" \""),
            (Takes::Email, "\"ana@shop.example\"", "\"Ana@shop.example\""),
            (number, "42", "43"),
        ] {
            assert!(!shown(takes, wrote, now), "{takes:?}: {wrote} as {now}");
        }
    }

    proptest! {
        #[test]
        fn whole_numbers_are_worth_what_they_are(one: i64, other: i64, zeros in 0_usize..4) {
            let number = Takes::Number { decimals: None };
            let written = format!("\"{one}.{}\"", "0".repeat(zeros));
            prop_assert!(same(number, &one.to_string(), &written));
            prop_assert_eq!(same(number, &one.to_string(), &other.to_string()), one == other);
        }

        #[test]
        fn nothing_breaks_it(text in ".{0,20}", other in ".{0,20}") {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let (date, time) = (Takes::Date { converts: true }, Takes::Moment { converts: true });
            for takes in [Takes::Anything, Takes::Number { decimals: Some(1) }, date, time, Takes::SomeOf] {
                prop_assert!(same(takes, &quoted(&text), &quoted(&text)));
                prop_assert_eq!(same(takes, &quoted(&text), &quoted(&other)), same(takes, &quoted(&other), &quoted(&text)));
            }
        }
    }
}
