//! Values as the REST API answers with them: texts, lists of `{"v": …}`, and records of `{"f": […]}`
//! (<https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata/list>, with
//! `formatOptions.useInt64Timestamp`).

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde::Deserialize;
use serde_json::Value;
use sluice_engine::value::{RowBatch, write_compact_json, write_float, write_integer, write_string};

use super::schema::Form;
use super::values::{
    DAY, MALFORMED, Reason, Written, clock, day, decimal, inner, interval, moment, quoted, range,
    range_moment,
};

/// A row.
#[derive(Debug, Deserialize)]
pub(super) struct TextRow {
    #[serde(default)]
    f: Vec<TextValue>,
}

#[derive(Debug, Deserialize)]
struct TextValue {
    v: Value,
}

impl TextRow {
    /// The values as texts; what is none is empty.
    pub(super) fn texts(&self) -> Vec<String> {
        self.f.iter().map(|value| value.v.as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// Pushes a row's values, which are at these places and have these forms.
pub(super) fn push(batch: &mut RowBatch, forms: &[Form], places: &[usize], row: &TextRow) {
    for (form, place) in forms.iter().zip(places) {
        match row.f.get(*place).map(|value| &value.v) {
            Some(Value::Null) if matches!(form, Form::List(_)) => {
                batch.json(|out| out.extend_from_slice(b"[]"));
            }
            Some(Value::Null) => batch.null(),
            Some(value) => batch.json_or(|out| form.write_text(value, out)),
            None => batch.unreadable(MALFORMED),
        }
    }
}

impl Form {
    /// Appends the JSON form of a value.
    fn write_text(&self, value: &Value, out: &mut Vec<u8>) -> Written {
        match (self, value) {
            (Self::List(element), Value::Array(values)) => list(element, values, out),
            (Self::Record(fields), Value::Object(object)) => {
                let values = object.get("f").and_then(Value::as_array).ok_or(MALFORMED)?;
                record(fields, values, out)
            }
            (_, Value::String(text)) => self.write_single(text, out),
            _ => Err(MALFORMED.into()),
        }
    }

    fn write_single(&self, text: &str, out: &mut Vec<u8>) -> Written {
        match self {
            Self::Text | Self::Bytes => write_string(out, text),
            Self::Integer => write_integer(out, text.parse().map_err(|_| MALFORMED)?),
            Self::Float => write_float(out, text.parse().map_err(|_| MALFORMED)?)?,
            Self::Decimal => decimal(text, out)?,
            Self::Boolean => match text {
                "true" => out.extend_from_slice(b"true"),
                "false" => out.extend_from_slice(b"false"),
                _ => return Err(MALFORMED.into()),
            },
            Self::Date => quoted(out, |out| day(days(text)?, out))?,
            Self::Time => quoted(out, |out| {
                clock(micros(text)?, out);
                Ok(())
            })?,
            Self::DateTime => quoted(out, |out| moment(local(text)?, "", out))?,
            Self::Timestamp => quoted(out, |out| moment(text.parse().map_err(|_| MALFORMED)?, "Z", out))?,
            Self::Json => write_compact_json(out, text),
            Self::Interval => {
                let (months, days, micros) = parts(text).ok_or(MALFORMED)?;
                interval(months, days, i128::from(micros) * 1_000, out);
            }
            Self::Range(of) => ends(of, text, out)?,
            Self::List(_) | Self::Record(_) => return Err(MALFORMED.into()),
        }
        Ok(())
    }

    fn write_inner(&self, value: Option<&Value>, out: &mut Vec<u8>) -> Written {
        match value.and_then(|value| value.get("v")) {
            Some(Value::Null) if matches!(self, Self::List(_)) => out.extend_from_slice(b"[]"),
            Some(Value::Null) => out.extend_from_slice(b"null"),
            Some(value) => inner(self.write_text(value, out))?,
            None => return Err(MALFORMED.into()),
        }
        Ok(())
    }
}

fn list(element: &Form, values: &[Value], out: &mut Vec<u8>) -> Written {
    out.push(b'[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        element.write_inner(Some(value), out)?;
    }
    out.push(b']');
    Ok(())
}

fn record(fields: &[(String, Form)], values: &[Value], out: &mut Vec<u8>) -> Written {
    out.push(b'{');
    for (index, (name, form)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(out, name);
        out.push(b':');
        form.write_inner(values.get(index), out)?;
    }
    out.push(b'}');
    Ok(())
}

/// Days since 1970.
fn days(text: &str) -> Result<i64, Reason> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| MALFORMED)?;
    Ok(i64::from(day.num_days_from_ce()) - 719_163)
}

/// Microseconds since midnight.
fn micros(text: &str) -> Result<i64, Reason> {
    let time = NaiveTime::parse_from_str(text, "%H:%M:%S%.f").map_err(|_| MALFORMED)?;
    Ok(i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1_000))
}

/// Microseconds since 1970, without a zone.
fn local(text: &str) -> Result<i64, Reason> {
    let (day, time) = text.split_once(['T', ' ']).ok_or(MALFORMED)?;
    Ok(days(day)? * DAY + micros(time)?)
}

/// `1-2 3 4:5:6.7`: years and months, days, and time, each with its sign
/// (<https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#canonical_format_3>).
fn parts(text: &str) -> Option<(i64, i64, i64)> {
    let mut parts = text.split(' ');
    let (months, days, time) = (parts.next()?, parts.next()?, parts.next()?);
    let signed = |text: &str, count: &dyn Fn(&str) -> Option<i64>| match text.strip_prefix('-') {
        Some(rest) => count(rest).map(|count| -count),
        None => count(text),
    };
    let months = signed(months, &|text| {
        let (years, months) = text.split_once('-')?;
        Some(years.parse::<i64>().ok()? * 12 + months.parse::<i64>().ok()?)
    })?;
    let micros = signed(time, &|text| {
        let mut parts = text.split(':');
        let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
        let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let fraction: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
        let number = |text: &str| text.parse::<i64>().ok();
        Some(((number(hours)? * 60 + number(minutes)?) * 60 + number(seconds)?) * 1_000_000 + fraction)
    })?;
    Some((months, days.parse().ok()?, micros))
}

/// `[2026-01-01, UNBOUNDED)`.
fn ends(of: &Form, text: &str, out: &mut Vec<u8>) -> Written {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(')')).ok_or(MALFORMED)?;
    let (start, end) = inside.split_once(", ").ok_or(MALFORMED)?;
    let write = |text: &str, out: &mut Vec<u8>| {
        if *of == Form::Date {
            day(days(text)?, out)
        } else if *of == Form::DateTime {
            range_moment(local(text)?, "", out)
        } else {
            range_moment(instant(text)?, "+00", out)
        }
    };
    let is_open = |text: &str| matches!(text, "UNBOUNDED" | "NULL");
    let (first, last) = (|out: &mut Vec<u8>| write(start, out), |out: &mut Vec<u8>| write(end, out));
    range((!is_open(start)).then_some(&first as _), (!is_open(end)).then_some(&last as _), out)
}

/// A moment inside a range: microseconds, or text in UTC.
fn instant(text: &str) -> Result<i64, Reason> {
    if let Ok(micros) = text.parse() {
        return Ok(micros);
    }
    let plain = text
        .trim_end_matches(" UTC")
        .trim_end_matches('Z')
        .trim_end_matches("+00:00")
        .trim_end_matches("+00");
    let moment = NaiveDateTime::parse_from_str(&plain.replace('T', " "), "%Y-%m-%d %H:%M:%S%.f")
        .map_err(|_| MALFORMED)?;
    Ok(moment.and_utc().timestamp_micros())
}
