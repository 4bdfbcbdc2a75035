//! Values from the server's text forms to JSON (docs/types.md). The session's settings keep those forms the same
//! everywhere: ISO dates, UTC, all digits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sluice_engine::value::{
    write_compact_json, write_decimal, write_float, write_float32, write_integer, write_string,
};

use super::form::Form;
use super::times;
pub(super) use crate::warehouses::moment::{Reason, Written};

pub(super) const MALFORMED: &str = "came in a form Sluice does not know";
const SKETCH: &str = "is a sketch (hllsketch), which is of no use elsewhere; select hll_cardinality(…) of it";

impl Form {
    /// Appends the JSON form of the value whose text this is.
    pub(super) fn write(self, bytes: &[u8], out: &mut Vec<u8>) -> Written {
        let text = std::str::from_utf8(bytes).map_err(|_| "is not valid UTF-8 text")?;
        match self {
            Self::Boolean => out.extend_from_slice(match text {
                "t" | "true" | "1" => b"true",
                "f" | "false" | "0" => b"false",
                _ => return Err(MALFORMED.into()),
            }),
            Self::Integer => write_integer(out, text.parse().map_err(|_| MALFORMED)?),
            Self::Float4 => write_float32(out, text.parse().map_err(|_| MALFORMED)?)?,
            Self::Float8 => write_float(out, text.parse().map_err(|_| MALFORMED)?)?,
            Self::Decimal => write_decimal(out, text)?,
            Self::Text | Self::Padded(_) | Self::Geometry => write_string(out, text),
            Self::Date => times::date(text, out)?,
            Self::Time => times::time(text, out)?,
            Self::TimeWithZone => times::time_with_zone(text, out)?,
            Self::Timestamp => times::timestamp(text, out)?,
            Self::TimestampWithZone => times::timestamp_with_zone(text, out)?,
            Self::Interval => times::interval(text, out)?,
            Self::Json => {
                serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|_| MALFORMED)?;
                write_compact_json(out, text);
            }
            Self::Bytes => {
                let bytes = hexadecimal(text.strip_prefix("\\x").unwrap_or(text)).ok_or(MALFORMED)?;
                write_string(out, &STANDARD.encode(bytes));
            }
            Self::Sketch => return Err(SKETCH.into()),
        }
        Ok(())
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
