//! An answer's body, taken apart while it arrives: the JSON around the rows, and the rows, which stand in it as base64
//! and may be far longer than anything that should be in memory.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sluice_engine::error::{Error, ErrorKind, Result};

/// The member that holds rows in Arrow form.
const ROWS: &[u8] = b"rowsetBase64";
/// Bytes of JSON around the rows that are taken.
const MOST_JSON: usize = 96 << 20;

/// Where in the JSON the splitter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between strings; `true` just behind the name of the member that holds rows.
    Between(bool),
    /// In a string that began here.
    String(usize),
    /// In a string, behind a backslash.
    Escaped(usize),
    /// In the rows.
    Rows,
}

/// Takes a body apart.
#[derive(Debug)]
pub(super) struct Split {
    /// The JSON, in which the rows are an empty string.
    pub(super) json: Vec<u8>,
    place: Place,
    /// Characters of base64 that do not make whole bytes yet.
    rest: Vec<u8>,
}

impl Split {
    pub(super) fn new() -> Self {
        Self { json: Vec::new(), place: Place::Between(false), rest: Vec::new() }
    }

    /// Whether the rows have begun, and not ended.
    pub(super) fn is_in_rows(&self) -> bool {
        self.place == Place::Rows
    }

    /// The JSON as far as the rows, ended as if it stopped there.
    pub(super) fn json_before_rows(&self) -> Vec<u8> {
        [&self.json, b"\"}}".as_slice()].concat()
    }

    /// Takes the next bytes of the body, and appends the rows' bytes among them.
    pub(super) fn take(&mut self, mut bytes: &[u8], rows: &mut Vec<u8>) -> Result<()> {
        while !bytes.is_empty() {
            bytes = match self.place {
                Place::Between(named) => self.between(named, bytes),
                Place::String(start) => self.string(start, bytes),
                Place::Escaped(start) => {
                    self.json.extend_from_slice(bytes.get(..1).unwrap_or_default());
                    self.place = Place::String(start);
                    bytes.get(1..).unwrap_or_default()
                }
                Place::Rows => self.rows(bytes, rows)?,
            };
            if self.json.len() > MOST_JSON {
                return Err(Error::new(
                    ErrorKind::BadAnswer,
                    "Snowflake’s answer is longer than Sluice can take.",
                )
                .with_hint("Read fewer rows or columns at once."));
            }
        }
        Ok(())
    }

    fn between<'a>(&mut self, named: bool, bytes: &'a [u8]) -> &'a [u8] {
        let Some(quote) = memchr::memchr(b'"', bytes) else {
            self.json.extend_from_slice(bytes);
            self.place = Place::Between(named && bytes.iter().all(|byte| is_between(*byte)));
            return &[];
        };
        let (before, after) = bytes.split_at(quote + 1);
        self.json.extend_from_slice(before);
        let opens_rows = named && before.iter().all(|byte| is_between(*byte) || *byte == b'"');
        self.place = if opens_rows { Place::Rows } else { Place::String(self.json.len()) };
        after
    }

    fn string<'a>(&mut self, start: usize, bytes: &'a [u8]) -> &'a [u8] {
        let Some(end) = memchr::memchr2(b'"', b'\\', bytes) else {
            self.json.extend_from_slice(bytes);
            return &[];
        };
        let (before, after) = bytes.split_at(end + 1);
        self.json.extend_from_slice(before);
        if before.last() == Some(&b'\\') {
            self.place = Place::Escaped(start);
        } else {
            let content = self.json.get(start..self.json.len() - 1);
            self.place = Place::Between(content == Some(ROWS));
        }
        after
    }

    fn rows<'a>(&mut self, bytes: &'a [u8], rows: &mut Vec<u8>) -> Result<&'a [u8]> {
        let end = memchr::memchr(b'"', bytes);
        let (text, after) = bytes.split_at(end.unwrap_or(bytes.len()));
        let malformed = |error: base64::DecodeError| {
            Error::new(ErrorKind::BadAnswer, "Snowflake’s rows came in a form Sluice does not know.")
                .with_source(error)
        };
        // Some writers of JSON put a backslash before every slash.
        let plain;
        let text = if memchr::memchr(b'\\', text).is_some() {
            plain = text.iter().copied().filter(|byte| *byte != b'\\').collect::<Vec<u8>>();
            plain.as_slice()
        } else {
            text
        };
        let (first, text) = text.split_at(text.len().min((4 - self.rest.len() % 4) % 4));
        self.rest.extend_from_slice(first);
        let is_last = end.is_some();
        if self.rest.len() == 4 || is_last {
            STANDARD.decode_vec(&self.rest, rows).map_err(malformed)?;
            self.rest.clear();
        }
        let whole = if is_last { text.len() } else { text.len() / 4 * 4 };
        let (text, rest) = text.split_at(whole);
        STANDARD.decode_vec(text, rows).map_err(malformed)?;
        self.rest.extend_from_slice(rest);
        if is_last {
            self.place = Place::Between(false);
            self.json.push(b'"');
        }
        Ok(after.get(1..).unwrap_or_default())
    }
}

fn is_between(byte: u8) -> bool {
    byte == b':' || byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(body: &[u8], pieces: usize) -> (String, Vec<u8>) {
        let (mut split, mut rows) = (Split::new(), Vec::new());
        for piece in body.chunks(pieces) {
            split.take(piece, &mut rows).unwrap();
        }
        (String::from_utf8(split.json).unwrap(), rows)
    }

    #[test]
    fn rows_leave_the_json_wherever_the_body_is_cut() {
        for length in 0..9 {
            let rows: Vec<u8> = (0..length).map(|byte| byte * 31).collect();
            let body = format!(
                r#"{{"data": {{"a": "rowsetBase64", "b\"": "\\", "rowsetBase64" : "{}", "total": 3}}, "success": true}}"#,
                STANDARD.encode(&rows)
            );
            let json = body
                .replace(&STANDARD.encode(&rows), "")
                .replace("\"rowsetBase64\" : \"", "\"rowsetBase64\" : \"");
            for pieces in [1, 2, 3, 5, 7, 1_000] {
                let (found_json, found) = split(body.as_bytes(), pieces);
                assert_eq!(found, rows);
                if length > 0 {
                    assert_eq!(found_json, json);
                }
            }
        }
        assert_eq!(split(br#"{"rowsetBase64": null, "x": "QUJD"}"#, 4).1, b"");
        assert_eq!(split(br#"{"rowsetBase64": "\/w=="}"#, 3).1, [0xff]);
    }
}
