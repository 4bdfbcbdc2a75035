//! What a warehouse connector is.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::check::Steps;
use crate::connection::Opening;
use crate::differ::Differ;
use crate::error::Result;
use crate::manifest::Manifest;
use crate::sync::{Query, TableName};
use crate::value::{Column, Columns, RowBatch};

/// A kind of warehouse: what the catalogue lists before anybody has connected.
pub trait WarehouseKind: Send + Sync {
    /// What it says about itself.
    fn manifest(&self) -> &'static Manifest;

    /// Settings found in one pasted thing (a URL, a DSN), by key, secrets too; `None` where the text is
    /// nothing this kind knows. The second list names what was there and not used.
    fn paste(&self, text: &str) -> Option<(std::collections::BTreeMap<String, String>, Vec<String>)> {
        let _ = text;
        None
    }

    /// The database of a connection with these settings, in whose schemas [`Warehouse::tables`] are; `None` where only the
    /// server knows, or where they are in several.
    fn database<'a>(&self, settings: &'a std::collections::BTreeMap<String, String>) -> Option<&'a str> {
        settings.get("database").map(String::as_str)
    }

    /// Opens a connection. Does not reach out yet; problems of reach show in the first call.
    fn open(&self, opening: &Opening) -> Result<Box<dyn Warehouse>>;
}

/// A live source. Only ever read, but for the snapshots of its [`Differ`].
#[async_trait]
pub trait Warehouse: Send + Sync {
    /// Tests the connection in the manifest's steps.
    async fn check(&self, steps: &mut Steps<'_>) -> Result<()>;

    /// Tables and views the login may read, by schema and name.
    async fn tables(&self) -> Result<Vec<Table>>;

    /// The columns of the query's rows, without reading them.
    async fn columns(&self, query: &Query) -> Result<Vec<Column>>;

    /// How many rows the server's own statistics say the query has; `None` where it can not say cheaply.
    async fn estimate(&self, query: &Query) -> Result<Option<u64>>;

    /// What a read takes, as the server says before it reads; `None` where it does not say.
    async fn cost(&self, read: &Read) -> Result<Option<Cost>> {
        let _ = read;
        Ok(None)
    }

    /// Counts rows, nulls and duplicates of `key`, on the server.
    async fn key_check(&self, query: &Query, key: &[String]) -> Result<KeyCheck>;

    /// Begins to stream rows. Dropping the stream stops the work on the server.
    async fn read(&self, read: &Read) -> Result<Box<dyn Rows>>;

    /// Where it compares rows by itself; `None` where the user has not let it, or it can not.
    fn differ(&self) -> Option<&dyn Differ> {
        None
    }
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Which rows.
    pub query: Query,
    /// Only these columns, in this order; empty for all.
    pub columns: Vec<String>,
    /// At most so many rows.
    pub limit: Option<u64>,
    /// Only rows beyond a cursor, in its order.
    pub after: Option<After>,
}

impl Read {
    /// Every row and column of a query.
    pub fn all(query: Query) -> Self {
        Self { query, columns: Vec::new(), limit: None, after: None }
    }
}

/// Reads on from where an earlier read was: rows in ascending order of `column`, without those that have no value
/// in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The column.
    pub column: String,
    /// Only rows with a greater value than this one, which is the text of a JSON value that an earlier read of the
    /// column gave; `None` for all.
    pub value: Option<String>,
}

impl After {
    /// The value as text: a string's content, anything else as it stands.
    pub fn text(&self) -> Option<String> {
        let json = self.value.as_deref()?;
        Some(serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned()))
    }
}

/// A stream of rows. Batches hold some 500 to 2,000 rows, or about 1 MB where rows are long.
#[async_trait]
pub trait Rows: Send {
    /// The columns of every batch.
    fn columns(&self) -> &Columns;

    /// The next batch; `None` at the end. The server is not read ahead of the caller beyond its buffers.
    async fn next(&mut self) -> Result<Option<RowBatch>>;

    /// The row count the server itself reported, known after the end. The engine compares it with what it
    /// got, and refuses to act on a read that is short.
    fn server_rows(&self) -> Option<u64>;
}

/// A table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Schema and name.
    pub name: TableName,
    /// What it is.
    pub kind: TableKind,
    /// How many rows the server's statistics say it has.
    pub rows: Option<u64>,
}

/// What a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// A table.
    Table,
    /// A view.
    View,
    /// A materialised view.
    MaterializedView,
    /// A table that lives elsewhere.
    ForeignTable,
}

/// What a read takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Bytes the server has to look through, which is what it bills.
    pub bytes: u64,
    /// The price in words, such as “about $0.02 at list price”.
    pub price: String,
}

/// What a key check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyCheck {
    /// Rows looked at.
    pub rows: u64,
    /// Rows whose key has a null.
    pub nulls: u64,
    /// Rows whose key an earlier row already has.
    pub duplicates: u64,
}
