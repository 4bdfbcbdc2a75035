//! What a read takes, and the most a connection allows for one.

use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::warehouse::Cost;

/// The list price of reading 2^40 bytes, in dollars, in most locations (<https://cloud.google.com/bigquery/pricing#on_demand_pricing>).
const DOLLARS: f64 = 6.25;
const UNITS: [(&str, u64); 4] =
    [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];

/// So many bytes, and what they cost where bytes are billed.
pub(super) fn of(bytes: u64) -> Cost {
    Cost { bytes, price: price(bytes) }
}

/// Refuses more bytes than a connection allows for one read. The server itself holds queries to it, but not the reading
/// of whole tables.
pub(super) fn within(bytes: u64, most: Option<u64>) -> Result<()> {
    match most {
        Some(most) if bytes > most => Err(too_much(Some((bytes, most)))),
        _ => Ok(()),
    }
}

/// A read of more bytes than the connection allows; both, where they are known.
pub(super) fn too_much(read_of_most: Option<(u64, u64)>) -> Error {
    let message = match read_of_most {
        Some((bytes, most)) => format!(
            "The query would read {}, and this connection allows {}.",
            in_words(bytes),
            in_words(most)
        ),
        None => "The query would read more than this connection allows.".to_owned(),
    };
    Error::new(ErrorKind::TooCostly, message)
        .with_hint("Have the query read fewer columns or partitions, or raise “Most bytes a query may read” in the connection.")
}

/// An amount of bytes as settings have it, and as Sluice tells sizes everywhere: `1.5 GB`, in powers of 1,000; never less
/// than it is.
pub(super) fn in_words(bytes: u64) -> String {
    let unit = UNITS.iter().find(|(_, size)| bytes >= *size);
    unit.map_or_else(
        || format!("{bytes} bytes"),
        |(name, size)| {
            let tenths = (u128::from(bytes) * 10).div_ceil(u128::from(*size));
            if tenths % 10 == 0 {
                format!("{} {name}", tenths / 10)
            } else {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            }
        },
    )
}

/// The amount of bytes that a person wrote: `100 GB`, `1.5 TB`, `42`; in powers of 1,024 with `GiB`.
pub(super) fn parse(text: &str) -> Result<u64> {
    let bad = || {
        Error::new(ErrorKind::BadSettings, format!("“{text}” is not an amount of bytes."))
            .with_hint("Write a number with MB, GB or TB, such as 100 GB.")
    };
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.strip_prefix(digits).unwrap_or_default().trim().to_ascii_uppercase();
    let unit = unit.strip_suffix('B').unwrap_or(&unit);
    let (unit, base) = match unit.strip_suffix('I') {
        Some(unit) => (unit, 1_024_u64),
        None => (unit, 1_000),
    };
    let power = match unit {
        "" => 0,
        "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        _ => return Err(bad()),
    };
    let number = digits.trim();
    if !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Err(bad());
    }
    let bytes = number.parse::<f64>().map_err(|_| bad())? * base.pow(power) as f64;
    // Beyond 2^53 a double does not count bytes, and no warehouse has as many.
    if (1.0..=(1_u64 << 53) as f64).contains(&bytes) { Ok(bytes as u64) } else { Err(bad()) }
}

fn price(bytes: u64) -> String {
    let dollars = bytes as f64 / (1_u64 << 40) as f64 * DOLLARS;
    match dollars {
        _ if bytes == 0 => "free of charge".to_owned(),
        dollars if dollars < 0.01 => "less than $0.01 at list price".to_owned(),
        dollars => format!("about ${dollars:.2} at list price"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_in_words() {
        assert_eq!(price(0), "free of charge");
        assert_eq!(price(10 << 20), "less than $0.01 at list price");
        assert_eq!(price(1 << 40), "about $6.25 at list price");
    }

    #[test]
    fn amounts_of_bytes() {
        let amounts = [
            ("10 GB", 10_000_000_000, "10 GB"),
            ("1TB", 1_000_000_000_000, "1 TB"),
            ("5 mib", 5 << 20, "5.3 MB"),
            ("2 TiB", 2 << 40, "2.2 TB"),
            ("1.5 GB", 1_500_000_000, "1.5 GB"),
            ("42", 42, "42 bytes"),
            ("2000", 2_000, "2 kB"),
        ];
        for (text, bytes, told) in amounts {
            assert_eq!(parse(text).ok(), Some(bytes), "{text}");
            assert_eq!(in_words(bytes), told);
        }
        for text in ["", "GB", "1.5.2 GB", "1e3 GB", "-1 GB", "10 apples", "0 GB", "0.4", "99999999999 TB"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(in_words(1_000_000_001), "1.1 GB", "never less than it is");
    }
}
