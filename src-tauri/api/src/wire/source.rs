use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which rows a sync reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// Every row of a table or view.
    Table {
        /// Its schema.
        schema: String,
        /// Its name.
        name: String,
    },
    /// The rows of one SELECT.
    Sql {
        /// The statement.
        sql: String,
    },
}

/// A table or view the login can read.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Table {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// How many rows the warehouse's own statistics say it has.
    pub rows: Option<u64>,
}

/// What a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
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

/// `source`: looks at the rows of a query.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SourceRequest {
    /// The warehouse connection.
    pub connection: String,
    /// Which rows.
    pub query: Query,
    /// Read again instead of answering from the last look.
    pub fresh: bool,
}

/// What a whole read takes, as the warehouse says before it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Cost {
    /// Bytes the warehouse has to look through, which is what it bills.
    pub bytes: u64,
    /// The price in words.
    pub price: String,
}

/// What a query's rows look like, from its first rows.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Source {
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Which column plays each identifier's part, found by name, any case.
    pub identifiers: BTreeMap<String, String>,
    /// Columns that could be the row key, best first.
    pub key_candidates: Vec<String>,
    /// The first rows, masked, as people read them; null is `None`.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows the warehouse's statistics say there are.
    pub total_rows: Option<u64>,
    /// What reading all of them takes, where the warehouse says.
    pub cost: Option<Cost>,
    /// When this was read.
    pub read_at: String,
    /// How long that took, in milliseconds.
    pub took_ms: f64,
}

/// A column of a source.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Column {
    /// Its name, as the warehouse spells it.
    pub name: String,
    /// Its type in the product's words.
    pub logical: ColumnType,
    /// Its type in the warehouse's words.
    pub native: String,
    /// Up to three values, masked where personal.
    pub samples: Vec<String>,
    /// Share of nulls in the sample, 0 to 1.
    pub null_share: f64,
    /// Its values look personal, and are masked until revealed.
    pub personal: bool,
}

/// A column's type in the product's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number with decimals.
    Number,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A moment.
    Timestamp,
    /// A JSON document.
    Json,
    /// A list.
    List,
    /// Bytes, as base64.
    Bytes,
    /// Something else, as its text form.
    Other,
}

/// `key_check`: counts nulls and duplicates of a row key over all rows.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KeyCheckRequest {
    /// The warehouse connection.
    pub connection: String,
    /// Which rows.
    pub query: Query,
    /// The key's columns.
    pub key: Vec<String>,
}

/// What a key check found.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KeyCheck {
    /// Rows looked at.
    pub rows: u64,
    /// Rows whose key has a null.
    pub nulls: u64,
    /// Rows whose key an earlier row already has.
    pub duplicates: u64,
}

/// `payload_preview`: the exact payload of one sample row under a sync's present definition.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PayloadPreviewRequest {
    /// The sync as it is being edited.
    pub definition: super::SyncDefinition,
    /// Which sample row, from 0.
    pub row: usize,
    /// Find the first row at or after `row` with a value that contains this text.
    pub find: Option<String>,
    /// Show personal data of this one row.
    pub reveal: bool,
}

/// One row's payload.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PayloadPreview {
    /// Which row this is, from 0.
    pub row: usize,
    /// How many sample rows there are.
    pub rows: usize,
    /// The payload as sent, one line, or masked.
    pub exact: String,
    /// The same with line breaks and two spaces of indent.
    pub pretty: String,
    /// For each line of `pretty`: the index in `definition.fields` it comes from, if any.
    pub line_fields: Vec<Option<usize>>,
    /// Size of the payload as sent, in bytes.
    pub bytes: usize,
    /// Personal data in it is masked.
    pub masked: bool,
    /// Why this row could not be sent, if so.
    pub invalid: Option<super::Problem>,
    /// How many of the sample rows could not be sent.
    pub invalid_rows: usize,
    /// Problems of the mapping itself: collisions, reserved names, bad paths.
    pub field_problems: Vec<FieldProblem>,
}

/// A problem of one field of the mapping.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FieldProblem {
    /// Index in `definition.fields`.
    pub field: usize,
    /// What is wrong, in words that fit under the cell.
    pub message: String,
}
