//! One line of a sync's mapping.

use serde::{Deserialize, Serialize};

use crate::mapping::template;

/// One line of the mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Where the value comes from.
    pub value: FieldValue,
    /// The key in the payload; dots nest, `[n]` makes lists.
    pub key: String,
    /// What a null becomes.
    pub null: NullRule,
    /// The value is hashed, and sent as a hash alone.
    // Left out while it is not set: a definition without it is the same text as before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
    /// Only so much of the value is sent that somebody who knows it recognises it; not beside `hash`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mask: bool,
    /// It is left out of a record that has a value there already. Only for destinations that can be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_if_empty: bool,
}

impl Field {
    /// `value` under `key`, sent as it is.
    pub fn new(value: FieldValue, key: impl Into<String>) -> Self {
        Self { value, key: key.into(), null: NullRule::Send, hash: None, mask: false, only_if_empty: false }
    }

    /// A column's value under `key`, sent as it is.
    pub fn column(column: impl Into<String>, key: impl Into<String>) -> Self {
        Self::new(FieldValue::Column(column.into()), key)
    }
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldValue {
    /// A column of the row.
    Column(String),
    /// Text with columns in braces, such as `{first_name} {last_name}`; see [`template`](crate::mapping::template).
    Template(String),
    /// The same JSON value for every row.
    Constant(serde_json::Value),
}

impl FieldValue {
    /// The columns it is made of; none of a constant, and of a template that can not be read.
    pub fn columns(&self) -> Vec<String> {
        match self {
            Self::Column(column) => vec![column.clone()],
            Self::Template(text) => {
                let parts = template(text).unwrap_or_default();
                parts.iter().filter_map(|part| part.column().map(str::to_owned)).collect()
            }
            Self::Constant(_) => Vec::new(),
        }
    }
}

/// What a null becomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NullRule {
    /// `null` is sent.
    #[default]
    Send,
    /// The key is left out.
    LeaveOut,
    /// The destination's field is emptied: `null` is sent, and the connector turns it into its own way of
    /// emptying a field.
    Clear,
}

/// How a value is brought to one form before it is hashed with SHA-256. The hash is sent as 64 lower-case hex
/// digits. A null stays null, and a value of which nothing is left counts as null: every blank would have one
/// and the same hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hash {
    /// Without the space around it.
    Text,
    /// Without the space around it, in lower case.
    Email,
    /// The digits alone, from the country code on: what stands before it (`+`, `00`), a trunk zero in brackets and all
    /// signs between are left out.
    Phone,
    /// The same with a `+` in front: E.164.
    PhonePlus,
}
