//! Errors as they are stored.

use super::super::json::{read_json, write_json};
use crate::error::{Error, Result};

/// A stored problem: an error without its live causes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// The kind's name.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// What is safe.
    pub safe: String,
    /// What to do.
    pub hint: String,
    /// Something to copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The chain of causes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

impl Problem {
    /// The stored form.
    pub fn to_json(&self) -> Result<String> {
        write_json(self)
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self> {
        read_json(text)
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().name().to_owned(),
            message: error.message().to_owned(),
            safe: error.safe().to_owned(),
            hint: error.hint().to_owned(),
            fix: error.fix().map(str::to_owned),
            details: error.details(),
        }
    }
}
