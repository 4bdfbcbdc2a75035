//! JSON lines as a table: nested values under dotted names, RFC 4180.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use csv::{Terminator, WriterBuilder};
use sluice_engine::json_text::Json;

/// Writes the JSON lines of `from` as a CSV file `to`, durably. The header has every name that occurs, in the
/// order of first sight; a record without one has an empty cell there.
pub(super) fn write_csv(from: &Path, to: &Path) -> io::Result<()> {
    let mut header: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for_each_line(from, |cells| {
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
    for_each_line(from, |cells| {
        let cells: HashMap<_, _> = cells.into_iter().collect();
        table.write_record(header.iter().map(|name| cells.get(name).map_or("", String::as_str)))?;
        Ok(())
    })?;
    let mut buffer = table.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    buffer.flush()?;
    buffer.get_ref().sync_all()
}

fn for_each_line(
    path: &Path,
    mut take: impl FnMut(Vec<(String, String)>) -> io::Result<()>,
) -> io::Result<()> {
    for line in BufReader::new(File::open(path)?).lines() {
        let mut cells = Vec::new();
        let record = Json::parse(&line?).ok_or_else(|| io::Error::other("a line is no JSON"))?;
        flatten("", record, &mut cells);
        take(cells)?;
    }
    Ok(())
}

/// The cells of one JSON object. Numbers keep their digits; lists stay JSON; null is an empty cell.
fn flatten(prefix: &str, value: Json, cells: &mut Vec<(String, String)>) {
    let Json::Object(members) = value else {
        return cells.push((prefix.to_owned(), value.text().unwrap_or_default()));
    };
    for (name, member) in members {
        let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        flatten(&name, member, cells);
    }
}
