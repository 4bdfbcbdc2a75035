//! What was found where a record of a held run was compared with the destination, kept beside its batch.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::beside::Beside;
use crate::fits::Misfit;

/// What would become of a record in the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// It is not there, and would be created.
    Create,
    /// At least one field would get another value.
    Update,
    /// It would be as it is.
    Same,
    /// It would be deleted, or its fields emptied.
    Remove,
    /// The destination would refuse it, as far as is known.
    Fail,
}

/// A field of a record whose value the destination would not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Its name in the destination.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// Why.
    pub why: Misfit,
}

/// A record as it was found when it was looked at, and what would become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// What would become of it.
    pub group: Group,
    /// What stands in its place: its fields in the destination, or what was last delivered; the text of one JSON
    /// object. `None` where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands: Option<String>,
    /// The destination's own id of that record, where it matters that it is this very one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The destination said so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// Several records have its match value, and nobody can say which is meant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub several: bool,
    /// Fields whose values say the same before and after, however they are written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same: Vec<String>,
    /// Fields that are left as they are: they are filled only where they are empty, and have a value there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_alone: Vec<String>,
    /// Fields whose values the destination would not take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refusal>,
    /// Which fields an undo leaves alone while it puts back others, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Looked {
    /// What stands there, and nothing more is said of it.
    pub fn of(group: Group, stands: Option<String>, live: bool) -> Self {
        let (same, left_alone, refused) = (Vec::new(), Vec::new(), Vec::new());
        Self { group, stands, id: None, live, several: false, same, left_alone, refused, reason: None }
    }
}

/// Where it is kept.
pub const LOOKED: Beside<Looked> = Beside { table: "looked", kept: PhantomData };
