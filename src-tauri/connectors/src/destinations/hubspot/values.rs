//! Values as HubSpot takes them: text, by the property's type. A null is the empty text, which empties the property.
//! Forms: developers.hubspot.com/docs/api-reference/latest/crm/properties/guide.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde_json::Value;
use serde_json::value::RawValue;

use super::properties::Property;

/// Characters of the longest text HubSpot keeps in a property.
pub(super) const LONGEST: usize = 65_536;
/// A pick list's values are told up to so many.
const TOLD: usize = 12;

/// The value of `raw` for `property`, or a sentence without personal data that says why it takes none such.
pub(super) fn text(raw: &RawValue, property: &Property) -> Result<String, String> {
    let value: Value = serde_json::from_str(raw.get()).unwrap_or(Value::Null);
    if value.is_null() || value.as_str() == Some("") {
        return Ok(String::new());
    }
    let wrong = |takes: &str| Err(format!("{} takes {takes}, not {}.", property.shown(), kind_of(&value)));
    match property.holds.as_str() {
        "number" => number(raw, &value).map_or_else(|| wrong("a number"), Ok),
        "bool" => boolean(&value).map_or_else(|| wrong("true or false"), Ok),
        "date" => day(&value).map_or_else(|| wrong("a day such as 2026-01-31"), Ok),
        "datetime" => {
            moment(&value).map_or_else(|| wrong("a date and time such as 2026-01-31T08:30:00Z"), Ok)
        }
        "enumeration" => options(raw, &value, property),
        _ => written(raw, &value, property),
    }
}

/// The value of `raw` where nothing is known of its property: as JSON has it, without quotation marks.
pub(super) fn plain(raw: &RawValue) -> String {
    match serde_json::from_str(raw.get()) {
        Ok(Value::Null) | Err(_) => String::new(),
        Ok(Value::Array(values)) => joined(&values),
        Ok(Value::String(text)) => text,
        Ok(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => raw.get().to_owned(),
    }
}

/// A number keeps its digits.
fn number(raw: &RawValue, value: &Value) -> Option<String> {
    match value {
        Value::Number(_) => Some(raw.get().to_owned()),
        Value::String(text) => {
            let text = text.trim();
            let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
            is_number.then(|| text.to_owned())
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn boolean(value: &Value) -> Option<String> {
    match value {
        Value::Bool(is) => Some(is.to_string()),
        Value::String(text) => {
            let text = text.trim().to_lowercase();
            matches!(text.as_str(), "true" | "false").then_some(text)
        }
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A day: midnight UTC in milliseconds. Of a moment the day that it is in UTC.
fn day(value: &Value) -> Option<String> {
    let day = at(value)?.date_naive();
    Some(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis().to_string())
}

/// A moment in UTC, with three decimals; what has no zone is taken as UTC.
fn moment(value: &Value) -> Option<String> {
    Some(at(value)?.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn at(value: &Value) -> Option<DateTime<Utc>> {
    let text = match value {
        Value::Number(millis) => return DateTime::from_timestamp_millis(millis.as_i64()?),
        Value::String(text) => text.trim(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(day.and_time(NaiveTime::MIN).and_utc());
    }
    let zoneless = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    zoneless.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|at| at.and_utc())
}

/// One option, or several joined by `;`. Options are known by their value, never by their label.
fn options(raw: &RawValue, value: &Value, property: &Property) -> Result<String, String> {
    let text = plain(raw);
    let chosen: Vec<&str> = if property.takes_several() {
        // A leading `;` adds to what the property has.
        text.split(';').map(str::trim).filter(|one| !one.is_empty()).collect()
    } else {
        vec![text.trim()]
    };
    if value.is_object() || (value.is_array() && !property.takes_several()) {
        return Err(format!("{} takes one of its options, not {}.", property.shown(), kind_of(value)));
    }
    if property.external_options == Some(true) || property.options.is_empty() {
        return Ok(text);
    }
    match chosen.iter().find(|one| property.options.iter().all(|option| option.value != **one)) {
        Some(unknown) => Err(unknown_option(unknown, property)),
        None if property.takes_several() && text.trim_start().starts_with(';') => {
            Ok(format!(";{}", chosen.join(";")))
        }
        None => Ok(chosen.join(";")),
    }
}

fn unknown_option(unknown: &str, property: &Property) -> String {
    let meant = property.options.iter().find(|option| option.label.eq_ignore_ascii_case(unknown));
    if let Some(meant) = meant {
        return format!(
            "{} takes the option's internal name: “{}” for “{}”.",
            property.shown(),
            meant.value,
            meant.label
        );
    }
    let mut known: Vec<_> = property.options.iter().take(TOLD).map(|option| option.value.as_str()).collect();
    if property.options.len() > TOLD {
        known.push("…");
    }
    if unknown.chars().count() > 40 {
        return format!("{} takes {}, not this text.", property.shown(), known.join(", "));
    }
    format!("{} takes {}, not “{unknown}”.", property.shown(), known.join(", "))
}

/// Text, and every type that is none of the others.
fn written(raw: &RawValue, value: &Value, property: &Property) -> Result<String, String> {
    let text = plain(raw);
    let length = text.chars().count();
    if length > LONGEST {
        return Err(format!(
            "{} takes at most {LONGEST} characters; this value has {length}.",
            property.shown()
        ));
    }
    if property.name == "email" && !is_email(value) {
        return Err(format!("{} is not a valid e-mail address.", property.shown()));
    }
    Ok(text)
}

/// Loose: what HubSpot surely refuses, and nothing that it may take.
fn is_email(value: &Value) -> bool {
    let Some((name, domain)) = value.as_str().and_then(|text| text.trim().rsplit_once('@')) else {
        return false;
    };
    let clean = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    clean(name) && clean(domain) && domain.contains('.')
}

fn joined(values: &[Value]) -> String {
    let texts = values.iter().map(|value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    });
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(";")
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "this text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The form in which two match values are the same to HubSpot: e-mail addresses without regard to case.
pub(super) fn canonical(text: &str, match_field: &str) -> String {
    let text = text.trim();
    if match_field == "email" { text.to_lowercase() } else { text.to_owned() }
}
