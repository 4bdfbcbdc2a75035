//! Lines of a CSV file, as spreadsheets open it.

use std::io::Write;

use sluice_engine::Result;

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
