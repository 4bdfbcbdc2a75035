//! Values to JSON (docs/types.md), whichever way they came.

use sluice_engine::value::{write_decimal, write_string};

pub(super) use crate::warehouses::moment::{Reason, Written, clock, day, interval, quoted};

pub(super) const MALFORMED: &str = "came in a form Sluice does not know";
pub(super) const DAY: i64 = 86_400_000_000;

/// Microseconds since 1970 as `2026-11-22T08:30:00` and `zone`.
pub(super) fn moment(micros: i64, zone: &str, out: &mut Vec<u8>) -> Written {
    day(micros.div_euclid(DAY), out)?;
    out.push(b'T');
    clock(micros.rem_euclid(DAY), out);
    out.extend_from_slice(zone.as_bytes());
    Ok(())
}

/// A decimal in plain or scientific digits.
pub(super) fn decimal(text: &str, out: &mut Vec<u8>) -> Written {
    let (digits, exponent) = text.split_once(['E', 'e']).unwrap_or((text, "0"));
    let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |digits| (true, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent: i32 =
        exponent.parse().ok().filter(|exponent| (-100..=100).contains(exponent)).ok_or(MALFORMED)?;
    if !whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit()) || whole.is_empty() {
        return Err(MALFORMED.into());
    }
    let (mut whole, mut decimals) = (whole.to_owned(), decimals.to_owned());
    for _ in 0..exponent.max(0) {
        whole.push(if decimals.is_empty() { '0' } else { decimals.remove(0) });
    }
    for _ in 0..(-exponent).max(0) {
        decimals.insert(0, whole.pop().unwrap_or('0'));
    }
    let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty()).unwrap_or("0");
    let mut plain = String::with_capacity(whole.len() + decimals.len() + 2);
    if negative {
        plain.push('-');
    }
    plain.push_str(whole);
    if !decimals.is_empty() {
        plain.push('.');
        plain.push_str(&decimals);
    }
    Ok(write_decimal(out, &plain)?)
}

/// Writes an end of a range.
type End<'a> = &'a dyn Fn(&mut Vec<u8>) -> Written;

/// A range as PostgreSQL writes it: `[2026-01-01,2026-02-01)`, open ends left out.
pub(super) fn range(start: Option<End<'_>>, end: Option<End<'_>>, out: &mut Vec<u8>) -> Written {
    let mut text = Vec::from(if start.is_some() { b"[" } else { b"(" });
    if let Some(start) = start {
        start(&mut text)?;
    }
    text.push(b',');
    if let Some(end) = end {
        end(&mut text)?;
    }
    text.push(b')');
    write_string(out, std::str::from_utf8(&text).map_err(|_| MALFORMED)?);
    Ok(())
}

/// A moment at an end of a range: `"2026-11-22 08:30:00+00"`, in quotes for its space.
pub(super) fn range_moment(micros: i64, zone: &str, out: &mut Vec<u8>) -> Written {
    quoted(out, |out| {
        day(micros.div_euclid(DAY), out)?;
        out.push(b' ');
        clock(micros.rem_euclid(DAY), out);
        if micros % 1_000_000 != 0 {
            out.truncate(out.iter().rposition(|byte| *byte != b'0').map_or(0, |last| last + 1));
        }
        out.extend_from_slice(zone.as_bytes());
        Ok(())
    })
}

/// An element of a list or record: the reason says that it is inside.
pub(super) fn inner(written: Written) -> Written {
    written.map_err(|reason| match reason {
        inner if inner.starts_with("holds ") => inner,
        reason => format!("holds a value that {reason}").into(),
    })
}
