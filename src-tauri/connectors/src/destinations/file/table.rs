//! JSON lines as a table: nested values under dotted names, RFC 4180.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, Terminator, Writer, WriterBuilder};
use sluice_engine::json_text::Json;

/// What becomes of cells that a spreadsheet would compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Formulas {
    /// They are written as they are.
    Keep,
    /// They begin with an apostrophe, and are text (OWASP, “CSV Injection”:
    /// <https://owasp.org/www-community/attacks/CSV_Injection>).
    Escape,
}

impl Formulas {
    /// Text as it goes into a cell. What is a number stays one.
    fn cell(self, text: String) -> String {
        let first = text.chars().next().unwrap_or_default();
        let computes =
            matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
        if self == Self::Keep || !computes || is_number(&text) { text } else { format!("'{text}") }
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'))
        && text.parse::<f64>().is_ok()
}

/// Writes the rows of the CSV file `before` and then the JSON lines of `from` as a CSV file `to`, durably. The
/// header has every name that occurs, in the order of first sight; a record without one has an empty cell there.
pub(super) fn write_csv(before: Option<&Path>, from: &Path, to: &Path, formulas: Formulas) -> io::Result<()> {
    let mut header: Vec<String> = Vec::new();
    if let Some(before) = before {
        let mut rows = ReaderBuilder::new().flexible(true).from_path(before)?;
        header.extend(rows.byte_headers()?.iter().map(|name| String::from_utf8_lossy(name).into_owned()));
    }
    let mut seen: HashSet<String> = header.iter().cloned().collect();
    for_each_line(from, formulas, |cells| {
        for (name, _) in cells {
            if seen.insert(name.clone()) {
                header.push(name);
            }
        }
        Ok(())
    })?;
    let mut table =
        WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BufWriter::new(File::create(to)?));
    table.write_record(&header)?;
    if let Some(before) = before {
        copy_rows(before, &mut table, header.len())?;
    }
    for_each_line(from, formulas, |cells| {
        let cells: HashMap<_, _> = cells.into_iter().collect();
        table.write_record(header.iter().map(|name| cells.get(name).map_or("", String::as_str)))?;
        Ok(())
    })?;
    let mut buffer = table.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    buffer.flush()?;
    buffer.get_ref().sync_all()
}

/// Copies rows as they are, and fills them up with empty cells.
fn copy_rows(before: &Path, table: &mut Writer<impl Write>, width: usize) -> io::Result<()> {
    let mut rows = ReaderBuilder::new().flexible(true).from_path(before)?;
    let mut row = ByteRecord::new();
    while rows.read_byte_record(&mut row)? {
        let missing = width.saturating_sub(row.len());
        table.write_record(row.iter().take(width).chain(std::iter::repeat_n(&b""[..], missing)))?;
    }
    Ok(())
}

fn for_each_line(
    path: &Path,
    formulas: Formulas,
    mut take: impl FnMut(Vec<(String, String)>) -> io::Result<()>,
) -> io::Result<()> {
    for line in BufReader::new(File::open(path)?).lines() {
        let mut cells = Vec::new();
        let record = Json::parse(&line?).ok_or_else(|| io::Error::other("a line is no JSON"))?;
        flatten("", record, formulas, &mut cells);
        take(cells)?;
    }
    Ok(())
}

/// The cells of one JSON object. Numbers keep their digits; lists stay JSON; null is an empty cell.
fn flatten(prefix: &str, value: Json, formulas: Formulas, cells: &mut Vec<(String, String)>) {
    match value {
        Json::Object(members) => {
            for (name, member) in members {
                let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                flatten(&name, member, formulas, cells);
            }
        }
        Json::Scalar(_) | Json::List(_) => {
            let text = value.text().unwrap_or_default();
            cells.push((formulas.cell(prefix.to_owned()), formulas.cell(text)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_compute_becomes_text_and_numbers_stay() {
        let escape = |text: &str| Formulas::Escape.cell(text.to_owned());
        for text in
            ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\tx", "\r=1", "＝1", "-", "-abc", "+49 30 1234", "-inf"]
        {
            assert_eq!(escape(text), format!("'{text}"));
            assert_eq!(Formulas::Keep.cell(text.to_owned()), text);
        }
        for text in ["", "a=b", "-12.50", "+4.5e-7", "-9007199254740993", "'=1", " =1", "[\"=1\"]"] {
            assert_eq!(escape(text), text);
        }
    }
}
