//! Lines of a CSV file, as spreadsheets open it.

use std::fs::File;
use std::io::{BufWriter, Write};

use sluice_engine::{Error, ErrorKind, Result};

/// A file to be written, as the user named it.
pub(crate) fn create(path: &str) -> Result<BufWriter<File>> {
    let file = File::create(path).map_err(|error| {
        Error::new(ErrorKind::BadFile, format!("The file {path} can not be written: {error}."))
            .with_hint("Choose another place for it.")
            .with_source(error)
    })?;
    Ok(BufWriter::new(file))
}

/// Writes one line.
pub(crate) fn write(out: &mut impl Write, cells: &[&str]) -> Result<()> {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    Ok(writeln!(out, "{}", cells.join(","))?)
}

/// RFC 4180: quoted where needed; a cell a spreadsheet would take for a formula gets a quote in front.
fn quoted(cell: &str) -> String {
    let defused =
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if defused.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", defused.replace('"', "\"\""))
    } else {
        defused
    }
}
