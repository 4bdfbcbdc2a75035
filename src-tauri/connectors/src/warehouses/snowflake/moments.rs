//! Days, times and durations as text.

use super::values::{MALFORMED, is_whole};
use crate::warehouses::moment::{OUT_OF_YEARS, Reason, Written, clock_of_nanos, day, interval, quoted};

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

/// Appends a day, given in days since 1970.
pub(super) fn date(days: i64, out: &mut Vec<u8>) -> Written {
    quoted(out, |out| day(days, out))
}

/// Appends a time of day.
pub(super) fn time(nanos: i128, out: &mut Vec<u8>) -> Written {
    let seconds = i64::try_from(nanos.div_euclid(NANOS)).map_err(|_| MALFORMED)?;
    if !(0..DAY).contains(&seconds) {
        return Err(MALFORMED.into());
    }
    out.push(b'"');
    clock_of_nanos(seconds, nanos.rem_euclid(NANOS) as i64, out);
    out.push(b'"');
    Ok(())
}

/// Appends a moment, given in nanoseconds since 1970.
pub(super) fn moment(nanos: i128, zone: bool, out: &mut Vec<u8>) -> Written {
    let seconds = i64::try_from(nanos.div_euclid(NANOS)).map_err(|_| OUT_OF_YEARS)?;
    out.push(b'"');
    day(seconds.div_euclid(DAY), out)?;
    out.push(b'T');
    clock_of_nanos(seconds.rem_euclid(DAY), nanos.rem_euclid(NANOS) as i64, out);
    out.extend_from_slice(if zone { b"Z\"" } else { b"\"" });
    Ok(())
}

/// Appends a duration, given in nanoseconds.
pub(super) fn duration(nanos: i128, out: &mut Vec<u8>) -> Written {
    let day = i128::from(DAY) * NANOS;
    interval(0, i64::try_from(nanos / day).map_err(|_| MALFORMED)?, nanos % day, out);
    Ok(())
}
