//! Values from the wire's binary forms to JSON (docs/types.md). The forms are those of the server's
//! `*_send` functions.

use std::net::{Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sluice_engine::value::{
    write_compact_json, write_decimal, write_float, write_float32, write_integer, write_string,
};

use super::decimal;
use super::form::Form;
pub(super) use crate::warehouses::moment::Reason;
use crate::warehouses::moment::{self, Written, clock, day, padded, quoted};

const NOT_TEXT: &str = "is not valid UTF-8 text";
const MALFORMED: &str = "came in a form Sluice does not know";
const DAY: i64 = 86_400_000_000;
/// 2000-01-01, from which the server counts, in days since 1970-01-01.
const EPOCH: i64 = 10_957;

/// Bytes of a value, taken from the front.
pub(super) struct Wire<'a>(pub(super) &'a [u8]);

impl<'a> Wire<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Reason> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(MALFORMED)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Reason> {
        self.take(N)?.try_into().map_err(|_| MALFORMED.into())
    }

    fn byte(&mut self) -> Result<u8, Reason> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn i16(&mut self) -> Result<i16, Reason> {
        self.array().map(i16::from_be_bytes)
    }

    fn i32(&mut self) -> Result<i32, Reason> {
        self.array().map(i32::from_be_bytes)
    }

    fn i64(&mut self) -> Result<i64, Reason> {
        self.array().map(i64::from_be_bytes)
    }

    fn text(&self) -> Result<&'a str, Reason> {
        std::str::from_utf8(self.0).map_err(|_| NOT_TEXT.into())
    }

    /// A value with its length before it; `None` for null.
    fn value(&mut self) -> Result<Option<Wire<'a>>, Reason> {
        let length = self.i32()?;
        usize::try_from(length).ok().map(|length| self.take(length).map(Wire)).transpose()
    }
}

impl Form {
    /// Appends the JSON form of the value whose bytes these are.
    pub(super) fn write(&self, bytes: &[u8], out: &mut Vec<u8>) -> Written {
        let mut wire = Wire(bytes);
        match self {
            Self::Boolean => out.extend_from_slice(if wire.byte()? == 0 { b"false" } else { b"true" }),
            Self::Int2 => write_integer(out, wire.i16()?.into()),
            Self::Int4 => write_integer(out, wire.i32()?.into()),
            Self::Int8 => write_integer(out, wire.i64()?),
            Self::Oid => write_integer(out, i64::from(wire.i32()? as u32)),
            Self::Float4 => write_float32(out, f32::from_be_bytes(wire.array()?))?,
            Self::Float8 => write_float(out, f64::from_be_bytes(wire.array()?))?,
            Self::Decimal => write_decimal(out, &decimal::digits(&mut wire)?)?,
            Self::Text => write_string(out, wire.text()?),
            Self::Bytes => write_string(out, &STANDARD.encode(bytes)),
            Self::Date => date(wire.i32()?, out)?,
            Self::Time => quoted(out, |out| {
                clock(wire.i64()?, out);
                Ok(())
            })?,
            Self::TimeWithZone => time_with_zone(&mut wire, out)?,
            Self::Timestamp => moment(wire.i64()?, "", out)?,
            Self::TimestampWithZone => moment(wire.i64()?, "Z", out)?,
            Self::Interval => interval(&mut wire, out)?,
            Self::Uuid => uuid(wire.array()?, out),
            Self::Json => write_compact_json(out, wire.text()?),
            Self::Jsonb if wire.byte()? == 1 => write_compact_json(out, wire.text()?),
            Self::Jsonb => return Err(MALFORMED.into()),
            Self::Address => address(&mut wire, out)?,
            Self::HardwareAddress => {
                let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                write_string(out, &pairs.join(":"));
            }
            Self::Bits => bits(&mut wire, out)?,
            Self::LogPosition => {
                let position = wire.i64()? as u64;
                write_string(out, &format!("{:X}/{:X}", position >> 32, position & 0xffff_ffff));
            }
            Self::Hstore => hstore(&mut wire, out)?,
            Self::List(element) => list(element, &mut wire, out)?,
            Self::Record(fields) => record(fields, &mut wire, out)?,
        }
        Ok(())
    }

    /// Appends a value inside another, or `null`.
    fn write_inner(&self, value: Option<&Wire<'_>>, out: &mut Vec<u8>) -> Written {
        match value {
            None => {
                out.extend_from_slice(b"null");
                Ok(())
            }
            Some(value) => self.write(value.0, out).map_err(|reason| match reason {
                inner if inner.starts_with("holds ") => inner,
                reason => format!("holds a value that {reason}").into(),
            }),
        }
    }
}

fn date(days: i32, out: &mut Vec<u8>) -> Written {
    match days {
        i32::MAX | i32::MIN => Err("is infinite".into()),
        days => quoted(out, |out| day(EPOCH + i64::from(days), out)),
    }
}

fn moment(micros: i64, zone: &str, out: &mut Vec<u8>) -> Written {
    if micros == i64::MAX || micros == i64::MIN {
        return Err("is infinite".into());
    }
    quoted(out, |out| {
        day(EPOCH + micros.div_euclid(DAY), out)?;
        out.push(b'T');
        clock(micros.rem_euclid(DAY), out);
        out.extend_from_slice(zone.as_bytes());
        Ok(())
    })
}

fn time_with_zone(wire: &mut Wire<'_>, out: &mut Vec<u8>) -> Written {
    let micros = wire.i64()?;
    // The server counts westwards.
    let east = -i64::from(wire.i32()?);
    quoted(out, |out| {
        clock(micros, out);
        out.push(if east < 0 { b'-' } else { b'+' });
        padded::<2>(out, east.abs() / 3_600);
        out.push(b':');
        padded::<2>(out, east.abs() / 60 % 60);
        if east % 60 != 0 {
            out.push(b':');
            padded::<2>(out, east.abs() % 60);
        }
        Ok(())
    })
}

/// ISO 8601, as the server writes it with `IntervalStyle = iso_8601`: each part has its own sign.
fn interval(wire: &mut Wire<'_>, out: &mut Vec<u8>) -> Written {
    let (micros, days, months) = (wire.i64()?, i64::from(wire.i32()?), i64::from(wire.i32()?));
    let ends = |micros, part: i32| (micros, days, months) == (micros, part.into(), part.into());
    if (micros == i64::MAX && ends(micros, i32::MAX)) || (micros == i64::MIN && ends(micros, i32::MIN)) {
        return Err("is infinite".into());
    }
    moment::interval(months, days, i128::from(micros) * 1_000, out);
    Ok(())
}

fn uuid(bytes: [u8; 16], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for (index, byte) in bytes.into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    out.push(b'"');
}

/// Family (2 or 3), bits of the network, whether it is a network, length, bytes.
fn address(wire: &mut Wire<'_>, out: &mut Vec<u8>) -> Written {
    let (family, bits, network, _length) = (wire.byte()?, wire.byte()?, wire.byte()? != 0, wire.byte()?);
    let (address, all) = match family {
        2 => (Ipv4Addr::from(wire.array::<4>()?).to_string(), 32),
        3 => (Ipv6Addr::from(wire.array::<16>()?).to_string(), 128),
        _ => return Err(MALFORMED.into()),
    };
    let text = if network || bits != all { format!("{address}/{bits}") } else { address };
    write_string(out, &text);
    Ok(())
}

fn bits(wire: &mut Wire<'_>, out: &mut Vec<u8>) -> Written {
    let count = wire.i32()?.unsigned_abs() as usize;
    let bytes = wire.take(count.div_ceil(8))?;
    quoted(out, |out| {
        out.extend((0..count).map(|bit| b'0' + (bytes[bit / 8] >> (7 - bit % 8) & 1)));
        Ok(())
    })
}

fn hstore(wire: &mut Wire<'_>, out: &mut Vec<u8>) -> Written {
    out.push(b'{');
    for pair in 0..wire.i32()? {
        if pair > 0 {
            out.push(b',');
        }
        write_string(out, wire.value()?.ok_or(MALFORMED)?.text()?);
        out.push(b':');
        Form::Text.write_inner(wire.value()?.as_ref(), out)?;
    }
    out.push(b'}');
    Ok(())
}

/// Dimensions, whether there are nulls, element type; length and lower bound of each dimension; values.
fn list(element: &Form, wire: &mut Wire<'_>, out: &mut Vec<u8>) -> Written {
    let dimensions = wire.i32()?;
    wire.take(8)?;
    let mut lengths = Vec::new();
    for _ in 0..dimensions {
        lengths.push(wire.i32()?);
        wire.take(4)?;
    }
    if lengths.is_empty() {
        out.extend_from_slice(b"[]");
        return Ok(());
    }
    nested(element, &lengths, wire, out)
}

fn nested(element: &Form, lengths: &[i32], wire: &mut Wire<'_>, out: &mut Vec<u8>) -> Written {
    let Some((length, inner)) = lengths.split_first() else {
        return element.write_inner(wire.value()?.as_ref(), out);
    };
    out.push(b'[');
    for index in 0..*length {
        if index > 0 {
            out.push(b',');
        }
        nested(element, inner, wire, out)?;
    }
    out.push(b']');
    Ok(())
}

/// How many fields; type, length and bytes of each.
fn record(fields: &[(String, Form)], wire: &mut Wire<'_>, out: &mut Vec<u8>) -> Written {
    if usize::try_from(wire.i32()?).ok() != Some(fields.len()) {
        return Err(MALFORMED.into());
    }
    out.push(b'{');
    for (index, (name, form)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(out, name);
        out.push(b':');
        wire.take(4)?;
        form.write_inner(wire.value()?.as_ref(), out)?;
    }
    out.push(b'}');
    Ok(())
}
