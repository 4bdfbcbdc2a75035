//! What a warehouse is that compares rows by itself, so that only those that changed leave it.
//!
//! Beside the rows it keeps a *snapshot*: for every key a fingerprint of its row's values as last read. What
//! of that was delivered only the engine knows. It says so at the beginning of the next comparison, in row
//! numbers of the last one, and what was not delivered the warehouse forgets: such a row is handed out again
//! whatever it holds. So the snapshot never knows more than was delivered, and where it knows less, or is
//! gone, rows are compared once more by the engine, and nothing is sent that need not be.

use async_trait::async_trait;

use crate::error::Result;
use crate::sync::Query;
use crate::value::{Columns, RowBatch};

/// A warehouse that compares by itself.
#[async_trait]
pub trait Differ: Send + Sync {
    /// Compares the query's rows with a snapshot. Dropping the answer stops the work on the server.
    async fn compare(&self, comparison: &Comparison<'_>) -> Result<Box<dyn Differences>>;
}

/// What to compare.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// Names the snapshot: a UUID. Each sync has its own.
    pub snapshot: &'a str,
    /// Which rows.
    pub query: &'a Query,
    /// The columns to compare and to answer with, in this order.
    pub columns: &'a [String],
    /// Those of the columns that together identify a row.
    pub key: &'a [String],
    /// The last comparison that counts, which the snapshot has to be of. Where it is not, as where there is
    /// none, every row is answered with.
    pub since: Option<&'a Since>,
    /// Names this comparison, for the next one's `since`; `None` where it only looks, and leaves no trace.
    pub mark: Option<&'a str>,
    /// Also answer with the keys that are gone.
    pub gone: bool,
}

/// A comparison, and what became of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// Its mark.
    pub mark: String,
    /// Numbers of the rows and gone keys it answered with that were not delivered, ascending.
    pub undelivered: Vec<u64>,
}

/// What a comparison found: changed rows, then repeated ones, then gone keys.
#[async_trait]
pub trait Differences: Send {
    /// The columns of every batch.
    fn columns(&self) -> &Columns;

    /// Every row is answered with, and no gone key: the snapshot could not be used.
    fn is_whole(&self) -> bool;

    /// The next part; `None` at the end.
    async fn next(&mut self) -> Result<Option<Part>>;

    /// What the server itself counted; `None` before the end, or where it did not say.
    fn counted(&self) -> Option<Counted>;
}

/// A part of what a comparison found.
#[derive(Debug)]
pub enum Part {
    /// Rows that are not as in the snapshot, or have no key, in the order of the query.
    Changed(NumberedRows),
    /// Rows whose key an earlier row of the query has. Only the key's columns have values.
    Repeated(NumberedRows),
    /// Keys of the snapshot without a row. Only the key's columns have values.
    Gone(NumberedRows),
}

/// Rows with their numbers.
#[derive(Debug)]
pub struct NumberedRows {
    /// The rows.
    pub rows: RowBatch,
    /// Of each row its place in the query's rows, from 1. Gone keys go on after the last.
    pub numbers: Vec<u64>,
}

/// Rows as the server counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Rows of the query.
    pub rows: u64,
    /// Those that are as in the snapshot, and were not answered with.
    pub unchanged: u64,
}
