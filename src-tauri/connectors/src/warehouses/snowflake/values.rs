//! Values to JSON (docs/types.md), from either of the forms results come in. What a value means in each is in the drivers'
//! converters (<https://github.com/snowflakedb/gosnowflake/blob/master/converter.go>; of durations, which that one does not
//! know, `converter.py` and `IntervalConverter.cpp` of <https://github.com/snowflakedb/snowflake-connector-python>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sluice_engine::value::{
    ColumnType, write_compact_json, write_decimal, write_float, write_float32, write_integer, write_string,
};

use super::moments::{date, duration, moment, nanos, time};
use super::wire::RowType;
use crate::warehouses::moment::interval;
pub(super) use crate::warehouses::moment::{Reason, Written};

/// A value in a form that is not one of those the type has.
pub(super) const MALFORMED: &str = "came in a form Sluice does not know";
const NOT_JSON: &str = "holds a value that JSON does not have (undefined, NaN or infinity)";

/// The kind of value a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number with so many decimals.
    Fixed(u32),
    Float,
    /// A decimal with an exponent of its own.
    DecFloat,
    Text,
    Boolean,
    Bytes,
    Date,
    /// A time of day, in units of ten to the minus so much of a second.
    Time(u32),
    /// A moment, in such units; with a zone or without.
    Moment(u32, bool),
    /// A moment and the offset it was entered with.
    MomentWithOffset(u32),
    Document,
    List,
    /// A vector of whole numbers, or of single-precision ones.
    Vector(bool),
    /// A duration in months.
    Months,
    /// A duration in nanoseconds.
    Nanos,
}

impl Form {
    pub(super) fn of(column: &RowType) -> Self {
        let scale = column.scale.and_then(|scale| u32::try_from(scale).ok()).unwrap_or(0);
        match column.kind.to_ascii_lowercase().as_str() {
            "fixed" => Self::Fixed(scale),
            "real" => Self::Float,
            "decfloat" => Self::DecFloat,
            "boolean" => Self::Boolean,
            "binary" => Self::Bytes,
            "date" => Self::Date,
            "time" => Self::Time(scale),
            "timestamp_ntz" => Self::Moment(scale, false),
            "timestamp_ltz" | "timestamp" => Self::Moment(scale, true),
            "timestamp_tz" => Self::MomentWithOffset(scale),
            "variant" | "object" | "map" | "geography" | "geometry" => Self::Document,
            "array" => Self::List,
            "vector" => {
                let element = column.fields.as_ref().and_then(|fields| fields.first());
                Self::Vector(element.is_some_and(|element| element.kind.eq_ignore_ascii_case("fixed")))
            }
            "interval_year_month" => Self::Months,
            "interval_day_time" => Self::Nanos,
            _ => Self::Text,
        }
    }

    /// The type in the product's words.
    pub(super) fn logical(self) -> ColumnType {
        match self {
            Self::Fixed(0) => ColumnType::Integer,
            Self::Fixed(_) | Self::Float | Self::DecFloat => ColumnType::Number,
            Self::Text => ColumnType::Text,
            Self::Boolean => ColumnType::Boolean,
            Self::Bytes => ColumnType::Bytes,
            Self::Date => ColumnType::Date,
            Self::Time(_) => ColumnType::Time,
            Self::Moment(..) | Self::MomentWithOffset(_) => ColumnType::Timestamp,
            Self::Document => ColumnType::Json,
            Self::List | Self::Vector(_) => ColumnType::List,
            Self::Months | Self::Nanos => ColumnType::Other,
        }
    }

    /// Appends the JSON form of a value that came as text, as in results in JSON form.
    pub(super) fn write_text(self, text: &str, out: &mut Vec<u8>) -> Written {
        match self {
            Self::Fixed(0) => match text.parse() {
                Ok(number) => write_integer(out, number),
                Err(_) if is_whole(text) => write_string(out, text),
                Err(_) => return Err(MALFORMED.into()),
            },
            Self::Fixed(_) => write_decimal(out, text)?,
            Self::Float => write_float(out, text.trim().parse().map_err(|_| MALFORMED)?)?,
            Self::DecFloat => {
                let (digits, exponent) = scientific(text).ok_or(MALFORMED)?;
                decimal_float(digits, exponent, out)?;
            }
            Self::Text => write_string(out, text),
            Self::Boolean => {
                let is_true = text == "1" || text.eq_ignore_ascii_case("true");
                if !is_true && text != "0" && !text.eq_ignore_ascii_case("false") {
                    return Err(MALFORMED.into());
                }
                out.extend_from_slice(if is_true { b"true" } else { b"false" });
            }
            Self::Bytes => write_string(out, &STANDARD.encode(unhexed(text).ok_or(MALFORMED)?)),
            Self::Date => date(text.parse().map_err(|_| MALFORMED)?, out)?,
            Self::Time(_) => time(nanos(text)?, out)?,
            Self::Moment(_, zone) => moment(nanos(text)?, zone, out)?,
            Self::MomentWithOffset(_) => {
                moment(nanos(text.split(' ').next().unwrap_or_default())?, true, out)?;
            }
            Self::Document | Self::List => document(text, out)?,
            Self::Vector(whole) => vector(text, whole, out)?,
            Self::Months => interval(text.parse().map_err(|_| MALFORMED)?, 0, 0, out),
            Self::Nanos => duration(text.parse().map_err(|_| MALFORMED)?, out)?,
        }
        Ok(())
    }
}

/// A column's type in Snowflake's words.
pub(super) fn native(column: &RowType) -> String {
    let kind = column.kind.to_ascii_uppercase();
    let outside = column.ext_type_name.as_ref().filter(|name| !name.is_empty());
    match (outside, kind.as_str()) {
        (Some(name), _) => name.to_ascii_uppercase(),
        (None, "FIXED") => "NUMBER".to_owned(),
        (None, "REAL") => "FLOAT".to_owned(),
        (None, "TEXT") => "VARCHAR".to_owned(),
        (None, "INTERVAL_YEAR_MONTH") => "INTERVAL YEAR TO MONTH".to_owned(),
        (None, "INTERVAL_DAY_TIME") => "INTERVAL DAY TO SECOND".to_owned(),
        (None, _) => kind,
    }
}

/// Appends `number` × 10^−`scale`.
pub(super) fn fixed(number: i128, scale: u32, out: &mut Vec<u8>) -> Written {
    if scale == 0 {
        match i64::try_from(number) {
            Ok(number) => write_integer(out, number),
            Err(_) => write_string(out, &number.to_string()),
        }
        return Ok(());
    }
    let mut buffer = [b'0'; 80];
    let (mut at, mut rest, mut place) = (buffer.len(), number.unsigned_abs(), 0);
    while rest > 0 || place <= scale {
        if place == scale {
            at -= 1;
            buffer[at] = b'.';
        }
        at -= 1;
        // The small half is much faster to divide.
        let digit;
        if let Ok(small) = u64::try_from(rest) {
            digit = (small % 10) as u8;
            rest = u128::from(small / 10);
        } else {
            digit = (rest % 10) as u8;
            rest /= 10;
        }
        buffer[at] = b'0' + digit;
        place += 1;
        if at < 2 {
            return Err(MALFORMED.into());
        }
    }
    if number < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    write_decimal(out, std::str::from_utf8(&buffer[at..]).map_err(|_| MALFORMED)?)?;
    Ok(())
}

/// Appends `digits` × 10^`exponent` as plain digits, or with the exponent where that would be very long.
pub(super) fn decimal_float(digits: i128, exponent: i32, out: &mut Vec<u8>) -> Written {
    if digits == 0 || (-38..=0).contains(&exponent) {
        return decimal_plain(digits, exponent.min(0).unsigned_abs(), out);
    }
    let text = digits.unsigned_abs().to_string();
    let sign = if digits < 0 { "-" } else { "" };
    if exponent > 0 && text.len() + exponent as usize <= 38 {
        write_decimal(out, &format!("{sign}{text}{}", "0".repeat(exponent as usize)))?;
    } else {
        write_string(out, &format!("{sign}{text}E{exponent}"));
    }
    Ok(())
}

fn decimal_plain(digits: i128, scale: u32, out: &mut Vec<u8>) -> Written {
    if scale == 0 {
        write_decimal(out, &digits.to_string())?;
        return Ok(());
    }
    fixed(digits, scale, out)
}

/// Digits and exponent of `-12.5e-7`.
fn scientific(text: &str) -> Option<(i128, i32)> {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}").parse().ok()?;
    Some((digits, exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction.len()).ok()?)?))
}

/// Whether it is a whole number in digits.
pub(super) fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn unhexed(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()
        })
        .collect()
}

/// Appends a document. Snowflake writes what JSON does not have as bare words.
pub(super) fn document(text: &str, out: &mut Vec<u8>) -> Written {
    serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|_| NOT_JSON)?;
    write_compact_json(out, text);
    Ok(())
}

fn vector(text: &str, whole: bool, out: &mut Vec<u8>) -> Written {
    let inner = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']')).ok_or(MALFORMED)?;
    let elements = inner.split(',').map(str::trim);
    listed(elements, out, |element, out| {
        if whole {
            write_integer(out, element.parse().map_err(|_| MALFORMED)?);
        } else {
            write_float32(out, element.parse().map_err(|_| MALFORMED)?)?;
        }
        Ok(())
    })
}

/// Appends a list of what `write` appends of each.
pub(super) fn listed<T>(
    elements: impl Iterator<Item = T>,
    out: &mut Vec<u8>,
    write: impl Fn(T, &mut Vec<u8>) -> Written,
) -> Written {
    out.push(b'[');
    for (index, element) in elements.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(element, out)?;
    }
    out.push(b']');
    Ok(())
}
