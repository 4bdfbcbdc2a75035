//! The one data model: rows as JSON cells in one buffer.
//!
//! A connector writes each value once, in its documented JSON form (docs/types.md), and from then on
//! mapping only copies bytes. A value without an exact JSON form (NaN, a year beyond 9999, bytes that are
//! not text) becomes an *unreadable* cell with its reason, and a row that needs it is invalid: nothing is
//! ever rounded or guessed.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// The largest whole number every JSON reader keeps exact (RFC 8259, section 6).
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
/// Decimal digits an IEEE 754 double keeps exact; longer numbers are written as JSON strings.
pub const MAX_SAFE_DIGITS: usize = 15;

/// A column's type in the product's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number with decimals.
    Number,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A moment.
    Timestamp,
    /// A JSON document.
    Json,
    /// A list.
    List,
    /// Bytes, as base64.
    Bytes,
    /// Something else, as its text form.
    Other,
}

impl ColumnType {
    /// The type as people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Integer => "Integer",
            Self::Number => "Number",
            Self::Boolean => "True/false",
            Self::Date => "Date",
            Self::Time => "Time",
            Self::Timestamp => "Timestamp",
            Self::Json => "Object",
            Self::List => "List",
            Self::Bytes => "Bytes",
            Self::Other => "Other",
        }
    }
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    /// Its name, as the warehouse spells it.
    pub name: String,
    /// Its type in the product's words.
    pub logical: ColumnType,
    /// Its type in the warehouse's words.
    pub native: String,
}

/// The columns of a result, shared by its batches.
pub type Columns = Arc<[Column]>;

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// SQL null.
    Null,
    /// The value's JSON form, UTF-8, without surrounding space.
    Json(&'a [u8]),
    /// There is no exact JSON form; says why, as the end of a sentence that begins with the column.
    Unreadable(&'a str),
}

/// Rows read together. Cells are pushed in row order.
#[derive(Debug, Clone)]
pub struct RowBatch {
    columns: Columns,
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

/// An unreadable cell begins with this byte, which can not begin a JSON value.
const UNREADABLE: u8 = b'!';

impl RowBatch {
    /// An empty batch.
    pub fn new(columns: Columns) -> Self {
        Self::with_room(columns, 0, 0)
    }

    /// An empty batch with room for so many rows, and so many bytes of cells, without growing.
    pub fn with_room(columns: Columns, rows: usize, bytes: usize) -> Self {
        let ends = Vec::with_capacity(rows * columns.len());
        Self { columns, bytes: Vec::with_capacity(bytes), ends }
    }

    /// The columns of every row.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Whole rows in the batch.
    pub fn rows(&self) -> usize {
        if self.columns.is_empty() { 0 } else { self.ends.len() / self.columns.len() }
    }

    /// Bytes of all cells.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// One value; `row < rows()`, `column < columns().len()`.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let index = row * self.columns.len() + column;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        match &self.bytes[start..self.ends[index] as usize] {
            [] => Cell::Null,
            [UNREADABLE, reason @ ..] => Cell::Unreadable(std::str::from_utf8(reason).unwrap_or("")),
            json => Cell::Json(json),
        }
    }

    /// Pushes a null.
    pub fn null(&mut self) {
        self.end_cell();
    }

    /// Pushes a value that has no exact JSON form; `reason` ends a sentence that begins with the column's
    /// name, such as "is not a number (NaN)".
    pub fn unreadable(&mut self, reason: &str) {
        self.bytes.push(UNREADABLE);
        self.bytes.extend_from_slice(reason.as_bytes());
        self.end_cell();
    }

    /// Pushes a value whose JSON form `write` appends; it has to append exactly one JSON value.
    pub fn json(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.end_cell();
    }

    /// Pushes a value whose JSON form `write` appends. Where it can not, what it wrote is taken back, and
    /// the cell is unreadable for the reason it gives; see [`RowBatch::unreadable`].
    pub fn json_or<R: AsRef<str>>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> std::result::Result<(), R>) {
        let start = self.bytes.len();
        match write(&mut self.bytes) {
            Ok(()) => self.end_cell(),
            Err(reason) => {
                self.bytes.truncate(start);
                self.unreadable(reason.as_ref());
            }
        }
    }

    /// Pushes text.
    pub fn text(&mut self, text: &str) {
        write_string(&mut self.bytes, text);
        self.end_cell();
    }

    /// Pushes bytes that should be UTF-8 text.
    pub fn text_bytes(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(text),
            Err(_) => self.unreadable("is not valid UTF-8 text"),
        }
    }

    /// Pushes true or false.
    pub fn boolean(&mut self, value: bool) {
        self.bytes.extend_from_slice(if value { b"true" } else { b"false" });
        self.end_cell();
    }

    /// Pushes a whole number: a JSON number up to 2^53 − 1, beyond it a string with every digit.
    pub fn integer(&mut self, value: i64) {
        write_integer(&mut self.bytes, value);
        self.end_cell();
    }

    /// Pushes a double, as the shortest text that reads back as the same double.
    pub fn float(&mut self, value: f64) {
        self.json_or(|out| write_float(out, value));
    }

    /// Pushes a single-precision number, as the shortest text that reads back as the same value.
    pub fn float32(&mut self, value: f32) {
        self.json_or(|out| write_float32(out, value));
    }

    /// Pushes a decimal given as plain digits (`-12.50`): a JSON number up to 15 significant digits, beyond
    /// that a string with every digit. Trailing zeros are kept.
    pub fn decimal(&mut self, digits: &str) {
        self.json_or(|out| write_decimal(out, digits));
    }

    /// Pushes bytes, as base64 text.
    pub fn base64(&mut self, encoded: &str) {
        self.text(encoded);
    }

    /// Pushes a moment as RFC 3339 in UTC, with as many fraction digits as it has (0, 3, 6 or 9).
    pub fn timestamp(&mut self, value: DateTime<Utc>) {
        use chrono::{Datelike, SecondsFormat};
        if !(0..=9999).contains(&value.year()) {
            return self.unreadable("lies outside the years 0 to 9999");
        }
        let text = value.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        self.text(&text);
    }

    fn end_cell(&mut self) {
        self.ends.push(self.bytes.len() as u32);
    }
}

/// Appends `text` as a JSON string.
#[allow(clippy::needless_bitwise_bool, reason = "without branches the compiler takes many bytes at once")]
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    // Escaping follows serde_json's writer, which cannot fail on a Vec.
    let escapes =
        text.bytes().fold(false, |any, byte| any | (byte < 0x20) | (byte == b'"') | (byte == b'\\'));
    if !escapes {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else if let Ok(escaped) = serde_json::to_vec(text) {
        out.extend_from_slice(&escaped);
    }
}

/// Appends a whole number; see [`RowBatch::integer`].
pub fn write_integer(out: &mut Vec<u8>, value: i64) {
    // Writing to a Vec can not fail.
    drop(if value.unsigned_abs() <= MAX_SAFE_INTEGER {
        serde_json::to_writer(out, &value)
    } else {
        serde_json::to_writer(out, &value.to_string())
    });
}

/// Appends a double; see [`RowBatch::float`]. The error is the reason there is no JSON form.
pub fn write_float(out: &mut Vec<u8>, value: f64) -> std::result::Result<(), &'static str> {
    if value.is_nan() {
        return Err("is not a number (NaN)");
    }
    if value.is_infinite() {
        return Err("is infinite");
    }
    serde_json::to_writer(out, &value).map_err(|_| "has no JSON form")
}

/// Appends a single-precision number; see [`RowBatch::float32`].
pub fn write_float32(out: &mut Vec<u8>, value: f32) -> std::result::Result<(), &'static str> {
    if value.is_finite() {
        serde_json::to_writer(out, &value).map_err(|_| "has no JSON form")
    } else {
        write_float(out, f64::from(value))
    }
}

/// Appends a JSON document without the space between its parts; `json` has to be one.
pub fn write_compact_json(out: &mut Vec<u8>, json: &str) {
    let (mut in_string, mut escaped) = (false, false);
    out.extend(json.bytes().filter(|&byte| {
        let keep = in_string || !byte.is_ascii_whitespace();
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else {
            in_string = byte == b'"';
        }
        keep
    }));
}

/// Appends a decimal; see [`RowBatch::decimal`]. The error is the reason there is no JSON form.
///
/// Zeros at the end of the decimals are left out: some warehouses keep a number's scale, some do not, and the same number
/// has to become the same bytes.
pub fn write_decimal(out: &mut Vec<u8>, digits: &str) -> std::result::Result<(), &'static str> {
    let digits = without_zeros(digits);
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let plain = !unsigned.is_empty()
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && unsigned.bytes().filter(|byte| *byte == b'.').count() <= 1;
    if !plain {
        return Err(match unsigned.to_ascii_lowercase().as_str() {
            "nan" => "is not a number (NaN)",
            "inf" | "infinity" => "is infinite",
            _ => "is not a plain decimal number",
        });
    }
    let significant = unsigned.bytes().filter(u8::is_ascii_digit).skip_while(|byte| *byte == b'0').count();
    let well_formed = unsigned.starts_with(|c: char| c.is_ascii_digit()) && !unsigned.ends_with('.');
    let leading_zero = unsigned.len() > 1 && unsigned.starts_with('0') && !unsigned.starts_with("0.");
    if significant <= MAX_SAFE_DIGITS && well_formed && !leading_zero {
        out.extend_from_slice(digits.as_bytes());
    } else {
        write_string(out, digits);
    }
    Ok(())
}

/// A decimal without zeros at the end of its decimals, and zero without a sign.
fn without_zeros(digits: &str) -> &str {
    let ends_well = digits.contains('.') && !digits.ends_with('.');
    let short = if ends_well { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    if short == "-0" { "0" } else { short }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(push: impl FnOnce(&mut RowBatch)) -> String {
        let column = Column { name: "c".into(), logical: ColumnType::Other, native: "x".into() };
        let mut batch = RowBatch::new(Arc::from([column]));
        push(&mut batch);
        assert_eq!(batch.rows(), 1);
        match batch.cell(0, 0) {
            Cell::Null => "∅".into(),
            Cell::Json(json) => String::from_utf8(json.to_vec()).unwrap(),
            Cell::Unreadable(reason) => format!("! {reason}"),
        }
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(one(|b| b.integer(9_007_199_254_740_991)), "9007199254740991");
        assert_eq!(one(|b| b.integer(9_007_199_254_740_992)), "\"9007199254740992\"");
        assert_eq!(one(|b| b.integer(i64::MIN)), "\"-9223372036854775808\"");
        for (digits, written) in
            [("0.10", "0.1"), ("-0.00", "0"), ("100", "100"), ("100.50", "100.5"), ("7.0", "7")]
        {
            assert_eq!(one(|b| b.decimal(digits)), written);
        }
        assert_eq!(one(|b| b.decimal("123456789012345.00")), "123456789012345");
        assert_eq!(one(|b| b.decimal("-123456789012.345")), "-123456789012.345");
        assert_eq!(one(|b| b.decimal("1234567890123.456")), "\"1234567890123.456\"");
        assert_eq!(one(|b| b.decimal("0.000000000000000000001")), "0.000000000000000000001");
        assert_eq!(one(|b| b.float(0.1)), "0.1");
        assert_eq!(one(|b| b.float32(0.1)), "0.1");
        assert_eq!(one(|b| b.float32(f32::MAX)), "3.4028235e+38");
    }

    #[test]
    fn values_without_a_json_form_say_why() {
        assert_eq!(one(|b| b.float(f64::NAN)), "! is not a number (NaN)");
        assert_eq!(one(|b| b.float(f64::NEG_INFINITY)), "! is infinite");
        assert_eq!(one(|b| b.decimal("NaN")), "! is not a number (NaN)");
        assert_eq!(one(|b| b.text_bytes(&[0xff, 0x41])), "! is not valid UTF-8 text");
        let far = DateTime::from_timestamp(9_224_318_015_999, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
        assert_eq!(one(|b| b.timestamp(far)), "! lies outside the years 0 to 9999");
    }

    #[test]
    fn what_an_unreadable_value_began_is_taken_back() {
        let write = |out: &mut Vec<u8>| {
            out.extend_from_slice(b"[1,");
            Err("holds a value that is not a number (NaN)")
        };
        assert_eq!(one(|b| b.json_or(write)), "! holds a value that is not a number (NaN)");
    }

    #[test]
    fn a_document_loses_only_the_space_between_its_parts() {
        let write = |json| one(|b| b.json(|out| write_compact_json(out, json)));
        assert_eq!(
            write("{ \"a b\" : [1, \"c \\\" d\\\\\" ,\n null ] }"),
            "{\"a b\":[1,\"c \\\" d\\\\\",null]}"
        );
    }

    #[test]
    fn null_and_empty_text_are_told_apart() {
        assert_eq!(one(RowBatch::null), "∅");
        assert_eq!(one(|b| b.text("")), "\"\"");
    }

    proptest! {
        #[test]
        fn any_text_reads_back(text in ".*") {
            let json = one(|b| b.text(&text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn any_double_reads_back(value in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO) {
            let json = one(|b| b.float(value));
            prop_assert_eq!(json.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }
}
