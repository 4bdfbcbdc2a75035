//! What was found where a record of a held run was compared with the destination, kept beside its batch.

use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

use rusqlite::Connection as Sqlite;
use serde::{Deserialize, Serialize};

use super::beside::Beside;
use super::key_hash;
use crate::error::Result;
use crate::fits::Misfit;
use crate::record::Operation;

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
    /// What earlier runs that took it over may have written since, each the text of one JSON object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrote: Vec<String>,
    /// Which fields an undo leaves alone while it puts back others, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Looked {
    /// What stands there, and nothing more is said of it.
    pub fn of(group: Group, stands: Option<String>, live: bool) -> Self {
        let (same, left_alone, refused) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            group,
            stands,
            id: None,
            live,
            several: false,
            same,
            left_alone,
            refused,
            wrote: Vec::new(),
            reason: None,
        }
    }
}

/// Where it is kept.
pub const LOOKED: Beside<Looked> = Beside { table: "looked", kept: PhantomData };

/// What somebody looked at and an earlier run did not get sent, the run being sealed takes over: its records of the same
/// keys are written over what was looked at, and over nothing else.
pub fn carry(sqlite: &Sqlite, sync: i64, run: i64) -> Result<()> {
    let mut earlier = earlier(sqlite, sync, run)?;
    if earlier.is_empty() {
        return Ok(());
    }
    for batch in super::batches_of(sqlite, run)? {
        let Some(body) = super::body(sqlite, batch.id)? else { continue };
        let own = |place: usize| Some((place, earlier.remove(&key_hash(body.key(place)))?));
        let by_place: BTreeMap<usize, Looked> = (0..body.len()).filter_map(own).collect();
        if !by_place.is_empty() {
            LOOKED.keep(sqlite, batch.id, &LOOKED.packed(&by_place)?)?;
        }
    }
    Ok(())
}

/// Open records of earlier runs as they were found when somebody looked at them, by the hashes of their keys.
fn earlier(sqlite: &Sqlite, sync: i64, run: i64) -> Result<HashMap<u64, Looked>> {
    let mut found = HashMap::new();
    let mut kept: Option<(i64, BTreeMap<usize, Looked>)> = None;
    super::each_open(sqlite, sync, None, |open| {
        let batch = open.batch.id;
        if open.batch.run == run || !open.state.is_waiting() {
            return Ok(());
        }
        if kept.as_ref().is_none_or(|(known, _)| *known != batch) {
            kept = Some((batch, LOOKED.of_batch(sqlite, batch)?.unwrap_or_default()));
        }
        let Some(mut looked) = kept.as_mut().and_then(|(_, kept)| kept.remove(&open.place)) else {
            return Ok(());
        };
        if open.uncertain {
            // It may be gone, and nobody knows by whom.
            if open.body.operation(open.place)? == Operation::Delete {
                return Ok(());
            }
            looked.wrote.push(String::from_utf8_lossy(open.body.payload(open.place)).into_owned());
        }
        found.insert(key_hash(open.body.key(open.place)), looked);
        Ok(())
    })?;
    Ok(found)
}
