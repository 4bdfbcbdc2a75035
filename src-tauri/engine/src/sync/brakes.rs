//! Brakes: when a run asks before it goes on.

use serde::{Deserialize, Serialize};

/// When a run of a sync is held for a decision. A share is in percent; what is off is `None` or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brakes {
    /// No row can be used, and the last run had some.
    pub empty: bool,
    /// There are fewer usable rows than in the last run, by more than this share of those.
    pub shrunk: Option<u8>,
    /// More than this share of the delivered records would be removed.
    pub removed: Option<u8>,
    /// More than so many records would be removed.
    pub removed_records: Option<u64>,
    /// The destination refuses more than this share of the first 500 records it had not refused before, or all of
    /// the first 100.
    pub refused: Option<u8>,
    /// A field would be emptied in more than this share of the records delivered before.
    pub emptied: Option<u8>,
    /// The sync has never sent anything.
    pub first_run: bool,
}

impl Default for Brakes {
    fn default() -> Self {
        Self {
            empty: true,
            shrunk: Some(50),
            removed: Some(10),
            removed_records: Some(1_000),
            refused: Some(20),
            emptied: Some(30),
            first_run: false,
        }
    }
}
