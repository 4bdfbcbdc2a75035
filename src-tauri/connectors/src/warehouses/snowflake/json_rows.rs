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

    /// Takes more of a part's text. Rows are made of it when it is whole.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
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
        if text.is_empty() {
            self.text.clear();
            self.at = 0;
            return Ok(None);
        }
        let mut rows = serde_json::Deserializer::from_slice(text).into_iter::<JsonRow>();
        let row = rows.next().transpose().map_err(|_| {
            Error::new(
                ErrorKind::BadAnswer,
                "Snowflake’s rows came cut short, or in a form Sluice does not know.",
            )
        })?;
        self.at += skipped + rows.byte_offset();
        Ok(row)
    }
}
