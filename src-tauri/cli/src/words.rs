//! Numbers, sizes and times as people read them.

pub(crate) use sluice_engine::words::{bytes, count, counted};

/// A length of time: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    match whole {
        _ if seconds < 10.0 => format!("{seconds:.1} s"),
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// A moment of the wire, in this computer's time zone: 2026-11-22 17:38:47.
pub(crate) fn moment(at: &str) -> String {
    match chrono::DateTime::parse_from_rfc3339(at) {
        Ok(at) => at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => at.to_owned(),
    }
}

/// Lines with the columns set below each other; the last column is as long as it is.
pub(crate) fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A share, 0 to 1, such as `3.0 %`; one that is there is never told as none.
pub(crate) fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.001 { "under 0.1 %".to_owned() } else { format!("{:.1} %", share * 100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(0, "row"), "0 rows");
    }

    #[test]
    fn sizes_and_times_have_a_fitting_unit() {
        let sizes = [999, 1200, 3_400_000, 1_240_000_000, 1 << 40].map(bytes);
        assert_eq!(sizes, ["999 B", "1.2 kB", "3.4 MB", "1.2 GB", "1.1 TB"]);
        assert_eq!([0.42, 12.4, 200.0, 7500.0].map(duration), ["0.4 s", "12 s", "3 min 20 s", "2 h 5 min"]);
    }

    #[test]
    fn columns_stand_below_each_other_whatever_the_letters() {
        let rows = [["é".into(), "x".into()], ["ab".into(), "y".into()]];
        assert_eq!(aligned(&rows), ["é   x", "ab  y"]);
    }
}
