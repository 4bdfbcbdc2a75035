//! How far an append has read.

use crate::error::Result;
use crate::mapping::{column_named, no_column};
use crate::store::syncs::SavedSync;
use crate::sync::Sync;
use crate::value::{Cell, Column, RowBatch};
use crate::warehouse::After;

/// The greatest value of the cursor column so far; rows come in its order.
pub(super) struct Cursor {
    column: Option<usize>,
    pub(super) reached: Option<String>,
}

impl Cursor {
    /// For a read of `columns`. A cursor column that is gone is [`ErrorKind::MissingObject`].
    pub(super) fn new(sync: &Sync, columns: &[Column]) -> Result<Self> {
        let find =
            |name: &str| column_named(columns, name).ok_or_else(|| no_column(columns, "cursor column", name));
        Ok(Self { column: sync.cursor().map(find).transpose()?, reached: None })
    }

    /// Moves to the last value of a batch.
    pub(super) fn pass(&mut self, batch: &RowBatch) {
        let Some(column) = self.column else { return };
        let last = (0..batch.rows()).rev().find_map(|row| match batch.cell(row, column) {
            Cell::Json(json) => std::str::from_utf8(json).ok(),
            Cell::Null | Cell::Unreadable(_) => None,
        });
        if let Some(last) = last {
            self.reached = Some(last.to_owned());
        }
    }
}

/// Where a read of `saved` begins; one that is to send everything again begins anew.
pub(crate) fn after(saved: &SavedSync, resend: bool) -> Option<After> {
    let column = saved.sync.cursor()?.to_owned();
    Some(After { column, value: saved.cursor.clone().filter(|_| !resend) })
}
