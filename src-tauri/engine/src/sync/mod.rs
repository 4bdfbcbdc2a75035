//! A sync: query → mapping → destination, with mode, key and schedule.

mod brakes;
mod changed;
mod field;
mod select;
mod table_name;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use brakes::Brakes;
pub use field::{Field, FieldValue, Hash, NullRule};
pub use select::without_end;
/// The dialects of SQL a warehouse can say it speaks.
pub use sqlparser::dialect;
pub use table_name::TableName;

use crate::schedule::Schedule;

/// What a sync is, as the user defined it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sync {
    /// Its unique name.
    pub name: String,
    /// The warehouse connection's name.
    pub from: String,
    /// Which rows.
    pub query: Query,
    /// The columns that together identify a row.
    pub key: Vec<String>,
    /// The destination connection's name; without one the sync is kept and does not run.
    pub to: Option<String>,
    /// What each row becomes.
    pub shape: Shape,
    /// How rows are brought over.
    pub mode: Mode,
    /// With mirror: what happens to records whose rows are gone.
    pub removed: Removal,
    /// Identifier to column.
    pub identifiers: BTreeMap<Identifier, String>,
    /// The mapping; `None` takes every column under its own name.
    pub fields: Option<Vec<Field>>,
    /// When it runs.
    pub schedule: Schedule,
    /// When a run asks before it goes on.
    #[serde(default)]
    pub brakes: Brakes,
    /// With append: the column that grows with every new row. Only rows with a greater value than the last one
    /// read are read; rows without a value never are.
    #[serde(default)]
    pub cursor: Option<String>,
}

impl Sync {
    /// The destination is told of records whose rows are gone.
    pub fn sends_removals(&self) -> bool {
        self.mode == Mode::Mirror && self.removed != Removal::Nothing
    }

    /// Keys of the payload that are left out of a record that has a value there already.
    pub fn only_if_empty(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().flatten().filter(|field| field.only_if_empty).map(|field| field.key.as_str())
    }

    /// The cursor column of a sync that reads on from where it was.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref().filter(|_| self.mode == Mode::Append)
    }
}

/// Which rows a sync reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Every row of a table or view.
    Table(TableName),
    /// The rows of one SELECT.
    Sql(String),
}

impl Query {
    /// Refuses a statement that is not exactly one SELECT of the dialect.
    pub fn check(&self, dialect: &dyn dialect::Dialect) -> crate::error::Result<()> {
        match self {
            Self::Table(_) => Ok(()),
            Self::Sql(sql) => select::check_select(sql, dialect),
        }
    }
}

/// What a row becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An `identify` event: who it is and their traits.
    Identify,
    /// A `track` event with properties.
    Track(EventName),
    /// A record of an object.
    Record {
        /// The destination's object.
        object: String,
        /// The destination's field by which records are found again.
        match_field: String,
    },
}

/// Where a `track` event's name comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// The same for every row.
    Fixed(String),
    /// A column's value.
    Column(String),
}

/// How rows are brought over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Creates what is new, updates what changed.
    Upsert,
    /// Updates only records that exist.
    Update,
    /// Creates only records that do not exist.
    Create,
    /// Upsert, and acts on rows that are gone.
    Mirror,
    /// Sends each new row once, and never again.
    Append,
    /// Sends every row on every run.
    Full,
}

/// What mirror does with a record whose row is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// Leaves it.
    Nothing,
    /// Empties the mapped fields.
    Clear,
    /// Deletes the record.
    Delete,
}

/// Who a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// The id the company gave the person.
    UserId,
    /// Their e-mail address.
    Email,
    /// The id of somebody not known yet.
    AnonymousId,
}

impl Identifier {
    /// Every identifier, strongest first.
    pub const ALL: [Self; 3] = [Self::UserId, Self::Email, Self::AnonymousId];

    /// The name in the workspace file, which is also the column name looked for.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::Email => "email",
            Self::AnonymousId => "anonymous_id",
        }
    }
}
