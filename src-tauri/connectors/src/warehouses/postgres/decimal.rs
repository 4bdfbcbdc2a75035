//! `numeric` from its binary form, with every digit.

use super::values::{Reason, Wire};

/// Appends the number as plain digits.
///
/// The form (`numeric_send` in the server's `numeric.c`): how many base-10,000 digits, the power of the
/// first, sign, decimals shown, digits.
pub(super) fn digits(wire: &mut Wire<'_>) -> Result<String, Reason> {
    let count = i32::from(wire.i16()?);
    let weight = i32::from(wire.i16()?);
    let negative = match wire.i16()? as u16 {
        0x0000 => false,
        0x4000 => true,
        0xc000 => return Err("is not a number (NaN)".into()),
        _ => return Err("is infinite".into()),
    };
    let decimals = wire.i16()? as u16 as usize;
    let groups = wire.take(count.unsigned_abs() as usize * 2)?;
    let group = |power: i32| {
        let index = usize::try_from(weight - power).ok().map(|index| index * 2);
        let pair = index.and_then(|index| groups.get(index..index + 2));
        pair.map_or(0, |pair| u16::from_be_bytes([pair[0], pair[1]]))
    };
    let mut out = String::with_capacity(weight.max(0) as usize * 4 + decimals + 6);
    if negative {
        out.push('-');
    }
    let start = out.len();
    for power in (0..=weight.max(0)).rev() {
        let first = out.len() == start;
        if !first || group(power) != 0 || power == 0 {
            push_group(&mut out, group(power), !first);
        }
    }
    if decimals > 0 {
        out.push('.');
        let end = out.len() + decimals;
        let mut power = -1;
        while out.len() < end {
            push_group(&mut out, group(power), true);
            power -= 1;
        }
        out.truncate(end);
    }
    Ok(out)
}

/// Pushes the four digits of a group, with or without its leading zeros.
fn push_group(out: &mut String, group: u16, all: bool) {
    let digits = [group / 1_000, group / 100 % 10, group / 10 % 10, group % 10];
    let skipped = if all { 0 } else { digits.iter().take(3).take_while(|digit| **digit == 0).count() };
    out.extend(digits.iter().skip(skipped).map(|digit| char::from(b'0' + *digit as u8)));
}
