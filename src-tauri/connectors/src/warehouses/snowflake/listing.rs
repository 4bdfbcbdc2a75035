//! Short results, such as those of SHOW: every value as text.

use std::sync::Arc;

use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::{Cell, Columns, RowBatch};

use super::results::run;
use super::session::Session;

/// A short result.
pub(super) struct Listing {
    columns: Columns,
    rows: Vec<Vec<Option<String>>>,
}

/// A row of it.
pub(super) struct Listed<'a> {
    columns: &'a Columns,
    values: &'a [Option<String>],
}

impl Listed<'_> {
    /// The value of the column of this name; `None` for null, and where there is no such column.
    pub(super) fn get(&self, name: &str) -> Option<&String> {
        let place = self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))?;
        self.values.get(place)?.as_ref()
    }

    /// The same as text; empty for null.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).map_or("", String::as_str)
    }
}

impl Listing {
    pub(super) fn rows(&self) -> impl Iterator<Item = Listed<'_>> {
        self.rows.iter().map(|values| Listed { columns: &self.columns, values })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// Runs a statement and gathers its whole result, which has to be as long as the server says.
pub(super) async fn list(session: &Arc<Session>, sql: &str) -> Result<Listing> {
    let mut results = run(session, sql).await?;
    let columns = results.columns.clone();
    let mut rows = Vec::new();
    loop {
        let mut batch = RowBatch::new(columns.clone());
        results.fill(&mut batch).await?;
        if batch.rows() == 0 {
            break;
        }
        for row in 0..batch.rows() {
            rows.push((0..columns.len()).map(|column| text(batch.cell(row, column))).collect());
        }
    }
    if results.counted() != Some(rows.len() as u64) {
        return Err(Error::new(
            ErrorKind::IncompleteRead,
            "Snowflake’s answer ended before its own count of rows.",
        ));
    }
    Ok(Listing { columns, rows })
}

fn text(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Null | Cell::Unreadable(_) => None,
        Cell::Json(json) => {
            Some(serde_json::from_slice(json).unwrap_or_else(|_| String::from_utf8_lossy(json).into_owned()))
        }
    }
}
