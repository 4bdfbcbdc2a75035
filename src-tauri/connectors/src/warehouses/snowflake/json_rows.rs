//! Rows in JSON form: in the answer itself, or in parts that are rows with commas between them and no brackets around
//! (`chunk_downloader.go` of <https://github.com/snowflakedb/gosnowflake>).

use std::sync::Arc;

use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::RowBatch;

use super::read::is_full;
use super::values::Form;
use super::wire::JsonRow;

/// Rows in JSON form.
pub(super) struct JsonRows {
    forms: Arc<[Form]>,
    rows: std::vec::IntoIter<JsonRow>,
    text: Vec<u8>,
    at: usize,
    /// Rows pushed so far.
    pub(super) count: u64,
}

impl JsonRows {
    pub(super) fn new(forms: Arc<[Form]>, rows: Vec<JsonRow>) -> Self {
        Self { forms, rows: rows.into_iter(), text: Vec::new(), at: 0, count: 0 }
    }

    /// Takes more of a part's text. Rows are made of it as they are whole.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.text.drain(..self.at);
        self.at = 0;
        self.text.extend_from_slice(bytes);
    }

    /// Pushes rows until the batch is full or there are no more.
    pub(super) fn push(&mut self, batch: &mut RowBatch) -> Result<()> {
        while !is_full(batch) {
            let row = match self.rows.next() {
                Some(row) => row,
                None => match self.parse_next()? {
                    Some(row) => row,
                    None => return Ok(()),
                },
            };
            self.count += 1;
            if row.len() != self.forms.len() {
                return Err(Error::new(
                    ErrorKind::BadAnswer,
                    "Snowflake’s rows have other columns than it said.",
                ));
            }
            for (form, value) in self.forms.iter().zip(row) {
                match value {
                    None => batch.null(),
                    Some(text) => batch.json_or(|out| form.write_text(&text, out)),
                }
            }
        }
        Ok(())
    }

    fn parse_next(&mut self) -> Result<Option<JsonRow>> {
        let text = self.text.get(self.at..).unwrap_or_default();
        let skipped = text.iter().take_while(|byte| **byte == b',' || byte.is_ascii_whitespace()).count();
        let text = text.get(skipped..).unwrap_or_default();
        self.at += skipped;
        let mut rows = serde_json::Deserializer::from_slice(text).into_iter::<JsonRow>();
        match rows.next() {
            Some(Ok(row)) => {
                self.at += rows.byte_offset();
                Ok(Some(row))
            }
            Some(Err(error)) if !error.is_eof() => Err(malformed()),
            // The rest of the row is still to come.
            Some(Err(_)) | None => Ok(None),
        }
    }

    /// Makes sure that the text ended with a whole row.
    pub(super) fn finish(&mut self) -> Result<()> {
        if self.at == self.text.len() { Ok(()) } else { Err(malformed()) }
    }
}

fn malformed() -> Error {
    Error::new(ErrorKind::BadAnswer, "Snowflake’s rows came cut short, or in a form Sluice does not know.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warehouses::snowflake::values::Form;

    fn rows() -> JsonRows {
        JsonRows::new([Form::Text, Form::Text].into(), Vec::new())
    }

    fn batch() -> RowBatch {
        let column = |name: &str| sluice_engine::value::Column {
            name: name.into(),
            logical: Form::Text.logical(),
            native: "TEXT".into(),
        };
        RowBatch::new([column("a"), column("b")].into())
    }

    #[test]
    fn rows_are_made_as_their_text_comes_and_none_of_it_is_kept() {
        let (mut rows, mut batch) = (rows(), batch());
        let text = "[\"a value\", null],\n".repeat(500);
        for piece in text.as_bytes().chunks(7) {
            rows.feed(piece);
            rows.push(&mut batch).unwrap();
            assert!(rows.text.len() < 40, "what was read is not kept");
        }
        rows.finish().unwrap();
        assert_eq!((rows.count, batch.rows()), (500, 500));
    }

    #[test]
    fn a_text_that_ends_inside_a_row_or_is_none_is_told() {
        let mut cut = rows();
        cut.feed(b"[\"1\", null], [\"2\",");
        cut.push(&mut batch()).unwrap();
        assert_eq!(cut.finish().unwrap_err().kind(), ErrorKind::BadAnswer);
        let mut other = rows();
        other.feed(b"<html>");
        assert_eq!(other.push(&mut batch()).unwrap_err().kind(), ErrorKind::BadAnswer);
    }
}
