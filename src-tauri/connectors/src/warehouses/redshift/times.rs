//! Days, times and durations from the server's ISO text.

use sluice_engine::value::write_string;

use super::values::{MALFORMED, Reason, Written};
use crate::warehouses::moment::{OUT_OF_YEARS, quoted};

/// `2026-11-22`.
pub(super) fn date(text: &str, out: &mut Vec<u8>) -> Written {
    write_string(out, day(text)?);
    Ok(())
}

/// `08:30:00.5`.
pub(super) fn time(text: &str, out: &mut Vec<u8>) -> Written {
    quoted(out, |out| clock(text, out))
}

/// `08:30:00.5+05:30`, of whose offset the minutes can be missing.
pub(super) fn time_with_zone(text: &str, out: &mut Vec<u8>) -> Written {
    let sign = text.rfind(['+', '-']).ok_or(MALFORMED)?;
    let (time, offset) = text.split_at(sign);
    quoted(out, |out| {
        clock(time, out)?;
        zone(offset, out)
    })
}

/// `2026-11-22 08:30:00.5`.
pub(super) fn timestamp(text: &str, out: &mut Vec<u8>) -> Written {
    quoted(out, |out| moment(text, out))
}

/// `2026-11-22 08:30:00.5+00`: the session is in UTC.
pub(super) fn timestamp_with_zone(text: &str, out: &mut Vec<u8>) -> Written {
    let Some(utc) = text.strip_suffix("+00") else {
        moment(text, &mut Vec::new())?;
        return Err(MALFORMED.into());
    };
    quoted(out, |out| {
        moment(utc, out)?;
        out.push(b'Z');
        Ok(())
    })
}

fn day(text: &str) -> Result<&str, Reason> {
    if text.ends_with("infinity") {
        return Err("is infinite".into());
    }
    if text.ends_with(" BC") || text.find('-').is_some_and(|year| year > 4) {
        return Err(OUT_OF_YEARS.into());
    }
    if has_shape(text, "0000-00-00") { Ok(text) } else { Err(MALFORMED.into()) }
}

fn moment(text: &str, out: &mut Vec<u8>) -> Written {
    // An era stands at the end, and so do infinities.
    if text.ends_with(" BC") || !text.contains(' ') {
        return day(text).map(drop).and(Err(MALFORMED.into()));
    }
    let (date, time) = text.split_once(' ').ok_or(MALFORMED)?;
    out.extend_from_slice(day(date)?.as_bytes());
    out.push(b'T');
    clock(time, out)
}

/// A time of day with 0, 3 or 6 decimals.
fn clock(text: &str, out: &mut Vec<u8>) -> Written {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = fraction.len() <= 6 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !has_shape(whole, "00:00:00") || !plain {
        return Err(MALFORMED.into());
    }
    out.extend_from_slice(whole.as_bytes());
    let digits = fraction.trim_end_matches('0');
    if !digits.is_empty() {
        let places = if digits.len() > 3 { 6 } else { 3 };
        out.push(b'.');
        out.extend_from_slice(digits.as_bytes());
        out.extend(std::iter::repeat_n(b'0', places - digits.len()));
    }
    Ok(())
}

fn zone(offset: &str, out: &mut Vec<u8>) -> Written {
    let minutes: &[u8] = match offset.len() {
        3 => b":00",
        6 => b"",
        _ => return Err(MALFORMED.into()),
    };
    let shape = if minutes.is_empty() { "00:00" } else { "00" };
    if !has_shape(offset.trim_start_matches(['+', '-']), shape) {
        return Err(MALFORMED.into());
    }
    out.extend_from_slice(offset.as_bytes());
    out.extend_from_slice(minutes);
    Ok(())
}

/// Whether `text` is as `shape`, in which 0 stands for any digit.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(byte, shape): (u8, u8)| if shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

/// A duration as ISO 8601, each part with its sign: from `1 year 2 mons 3 days 04:05:06.7`, from
/// `3 days 4 hours 5 mins 6.7 secs` (<https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html>),
/// or from ISO 8601 itself.
pub(super) fn interval(text: &str, out: &mut Vec<u8>) -> Written {
    if text.starts_with('P') {
        write_string(out, text);
        return Ok(());
    }
    let (text, ago) = match text.strip_suffix(" ago") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let mut parts = Parts::default();
    let mut words = text.strip_prefix("@ ").unwrap_or(text).split_whitespace();
    while let Some(amount) = words.next() {
        if amount.contains(':') {
            parts.clock(amount)?;
        } else {
            parts.add(amount, words.next().ok_or(MALFORMED)?)?;
        }
    }
    quoted(out, |out| {
        parts.write(ago, out);
        Ok(())
    })
}

/// The parts of a duration: years, months, days, hours, minutes, and seconds as they stand.
#[derive(Default)]
struct Parts {
    whole: [i64; 5],
    seconds: String,
}

impl Parts {
    fn add(&mut self, amount: &str, unit: &str) -> Written {
        let place = match unit.trim_end_matches('s') {
            "year" => 0,
            "mon" | "month" => 1,
            "day" => 2,
            "hour" => 3,
            "min" | "minute" => 4,
            "sec" | "second" => {
                self.seconds = seconds(amount)?;
                return Ok(());
            }
            _ => return Err(MALFORMED.into()),
        };
        self.whole[place] = amount.parse().map_err(|_| MALFORMED)?;
        Ok(())
    }

    /// `[-]04:05:06.7`.
    fn clock(&mut self, text: &str) -> Written {
        let minus = if text.starts_with('-') { "-" } else { "" };
        let mut fields = text.trim_start_matches(['-', '+']).split(':');
        for place in [3, 4] {
            let field = format!("{minus}{}", fields.next().ok_or(MALFORMED)?);
            self.whole[place] = field.parse().map_err(|_| MALFORMED)?;
        }
        self.seconds = seconds(&format!("{minus}{}", fields.next().ok_or(MALFORMED)?))?;
        if fields.next().is_some() { Err(MALFORMED.into()) } else { Ok(()) }
    }

    fn write(&self, ago: bool, out: &mut Vec<u8>) {
        let start = out.len();
        out.push(b'P');
        for (place, letter) in [b'Y', b'M', b'D', b'H', b'M'].into_iter().enumerate() {
            let time = place > 2 && !out[start..].contains(&b'T');
            let amount = if ago { -self.whole[place] } else { self.whole[place] };
            if amount != 0 {
                if time {
                    out.push(b'T');
                }
                out.extend_from_slice(amount.to_string().as_bytes());
                out.push(letter);
            }
        }
        let none = out.len() == start + 1;
        if none && self.seconds.is_empty() {
            out.extend_from_slice(b"T0S");
        } else if !self.seconds.is_empty() {
            if !out[start..].contains(&b'T') {
                out.push(b'T');
            }
            let turned = self.seconds.strip_prefix('-');
            let seconds = match (ago, turned) {
                (false, _) => self.seconds.clone(),
                (true, Some(seconds)) => seconds.to_owned(),
                (true, None) => format!("-{}", self.seconds),
            };
            out.extend_from_slice(seconds.as_bytes());
            out.push(b'S');
        }
    }
}

/// Seconds without zeros that say nothing; empty for none.
fn seconds(text: &str) -> Result<String, Reason> {
    let unsigned = text.trim_start_matches(['-', '+']);
    let plain = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if !plain || fraction.contains('.') {
        return Err(MALFORMED.into());
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let minus = if text.starts_with('-') { "-" } else { "" };
    Ok(match (whole, fraction) {
        ("", "") => String::new(),
        (whole, "") => format!("{minus}{whole}"),
        ("", fraction) => format!("{minus}0.{fraction}"),
        (whole, fraction) => format!("{minus}{whole}.{fraction}"),
    })
}
