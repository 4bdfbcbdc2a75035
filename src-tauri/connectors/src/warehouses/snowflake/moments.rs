//! Days and times as text.

use chrono::{Datelike, NaiveDate};

use super::values::{MALFORMED, Reason, Written, is_whole};

const OUT_OF_YEARS: &str = "lies outside the years 1 to 9999";
/// 1970-01-01 in days since 0001-01-01.
const EPOCH: i64 = 719_163;
const DAY: i64 = 86_400;
const NANOS: i128 = 1_000_000_000;

/// Nanoseconds of a decimal number of seconds.
pub(super) fn nanos(seconds: &str) -> Result<i128, Reason> {
    let unsigned = seconds.strip_prefix('-').unwrap_or(seconds);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction:0<9}");
    if fraction.len() > 9 || !is_whole(&digits) {
        return Err(MALFORMED.into());
    }
    let nanos: i128 = digits.parse().map_err(|_| MALFORMED)?;
    Ok(if seconds.starts_with('-') { -nanos } else { nanos })
}

/// `value` × 10^−`scale` seconds in nanoseconds.
pub(super) fn scaled(value: i64, scale: u32) -> i128 {
    i128::from(value) * 10_i128.pow(9_u32.saturating_sub(scale))
}

/// Appends the last so many digits of `number`.
fn padded<const DIGITS: usize>(out: &mut Vec<u8>, number: i64) {
    let mut rest = number as u32;
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

fn day(days: i64, out: &mut Vec<u8>) -> Written {
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

/// `08:30:00`, with three, six or nine decimals where there are any.
fn clock(seconds: i64, nanos: i64, out: &mut Vec<u8>) {
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

/// Appends a day, given in days since 1970.
pub(super) fn date(days: i64, out: &mut Vec<u8>) -> Written {
    out.push(b'"');
    day(days, out)?;
    out.push(b'"');
    Ok(())
}

/// Appends a time of day.
pub(super) fn time(nanos: i128, out: &mut Vec<u8>) -> Written {
    let seconds = i64::try_from(nanos.div_euclid(NANOS)).map_err(|_| MALFORMED)?;
    if !(0..DAY).contains(&seconds) {
        return Err(MALFORMED.into());
    }
    out.push(b'"');
    clock(seconds, nanos.rem_euclid(NANOS) as i64, out);
    out.push(b'"');
    Ok(())
}

/// Appends a moment, given in nanoseconds since 1970.
pub(super) fn moment(nanos: i128, zone: bool, out: &mut Vec<u8>) -> Written {
    let seconds = i64::try_from(nanos.div_euclid(NANOS)).map_err(|_| OUT_OF_YEARS)?;
    out.push(b'"');
    day(seconds.div_euclid(DAY), out)?;
    out.push(b'T');
    clock(seconds.rem_euclid(DAY), nanos.rem_euclid(NANOS) as i64, out);
    out.extend_from_slice(if zone { b"Z\"" } else { b"\"" });
    Ok(())
}
