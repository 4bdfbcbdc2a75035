//! Days, times of day and durations as JSON has them (docs/types.md), for warehouses that give them as numbers.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};
use sluice_engine::value::write_string;

/// Why a value has no exact JSON form; ends a sentence that begins with the column.
pub(super) type Reason = Cow<'static, str>;
pub(super) type Written = Result<(), Reason>;

pub(super) const OUT_OF_YEARS: &str = "lies outside the years 1 to 9999";
const SECOND: i128 = 1_000_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
/// 1970-01-01, in days since the day before 0001-01-01.
const EPOCH: i64 = 719_163;

/// Appends what `write` does, between quotes.
pub(super) fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> Written) -> Written {
    out.push(b'"');
    write(out)?;
    out.push(b'"');
    Ok(())
}

/// Appends the last so many digits of `number`.
pub(super) fn padded<const DIGITS: usize>(out: &mut Vec<u8>, number: i64) {
    let mut rest = number as u32;
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

/// `2026-11-22`, from days since 1970.
pub(super) fn day(days: i64, out: &mut Vec<u8>) -> Written {
    let day = days.checked_add(EPOCH).and_then(|days| i32::try_from(days).ok());
    let day = day.and_then(NaiveDate::from_num_days_from_ce_opt);
    let day = day.filter(|day| (1..=9999).contains(&day.year())).ok_or(OUT_OF_YEARS)?;
    padded::<4>(out, day.year().into());
    out.push(b'-');
    padded::<2>(out, day.month().into());
    out.push(b'-');
    padded::<2>(out, day.day().into());
    Ok(())
}

/// `08:30:00`, from seconds and nanoseconds, with three, six or nine decimals where there are any.
pub(super) fn clock_of_nanos(seconds: i64, nanos: i64, out: &mut Vec<u8>) {
    padded::<2>(out, seconds / 3_600);
    out.push(b':');
    padded::<2>(out, seconds / 60 % 60);
    out.push(b':');
    padded::<2>(out, seconds % 60);
    if nanos == 0 {
        return;
    }
    out.push(b'.');
    if nanos % 1_000_000 == 0 {
        padded::<3>(out, nanos / 1_000_000);
    } else if nanos % 1_000 == 0 {
        padded::<6>(out, nanos / 1_000);
    } else {
        padded::<9>(out, nanos);
    }
}

/// The same from microseconds.
pub(super) fn clock(micros: i64, out: &mut Vec<u8>) {
    clock_of_nanos(micros / 1_000_000, micros % 1_000_000 * 1_000, out);
}

/// `P1Y2M3DT4H5M6.7S`, from months, days and nanoseconds: each part with its own sign, as PostgreSQL writes it with
/// `IntervalStyle = iso_8601`.
pub(super) fn interval(months: i64, days: i64, nanos: i128, out: &mut Vec<u8>) {
    let mut text = String::from("P");
    let part = |text: &mut String, number: i128, unit: char| {
        if number != 0 {
            text.push_str(&number.to_string());
            text.push(unit);
        }
    };
    part(&mut text, (months / 12).into(), 'Y');
    part(&mut text, (months % 12).into(), 'M');
    part(&mut text, days.into(), 'D');
    if nanos != 0 {
        text.push('T');
        part(&mut text, nanos / HOUR, 'H');
        part(&mut text, nanos / MINUTE % 60, 'M');
        let rest = nanos % MINUTE;
        if rest != 0 {
            let sign = if rest < 0 { "-" } else { "" };
            let seconds = format!("{sign}{}.{:09}", (rest / SECOND).abs(), (rest % SECOND).abs());
            text.push_str(seconds.trim_end_matches('0').trim_end_matches('.'));
            text.push('S');
        }
    }
    if text.len() == 1 {
        text.push_str("T0S");
    }
    write_string(out, &text);
}
