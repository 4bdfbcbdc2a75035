//! The brakes of a sync in the file.

use serde::Serialize;
use sluice_engine::Result;
use sluice_engine::sync::Brakes;

use super::entries::{Entries, text};
use super::faults::Faults;
use super::node::Node;

const KEYS: &[&str] = &["empty", "shrunk", "removed", "removed_records", "refused", "emptied", "first_run"];
const SWITCH: &[(&str, bool)] = &[("true", true), ("false", false)];
/// What stands for a brake that never holds.
const OFF: &str = "off";

/// Reads `brakes`; what is left out has its default.
pub(super) fn parse(node: &Node) -> Result<Brakes> {
    let mut faults = Faults::default();
    let entries = Entries::of(node, "“brakes”", KEYS, &mut faults)?;
    let usual = Brakes::default();
    let switch = |key: &str, usual: bool| entries.word(key, SWITCH).map(|on| on.unwrap_or(usual));
    let share = |key: &str, usual| limit(&entries, key, usual, percent, "a share such as 50%");
    let number = |text: &str| text.parse().ok();
    let records =
        limit(&entries, "removed_records", usual.removed_records, number, "a number of records such as 1000");
    let empty = faults.keep(switch("empty", usual.empty));
    let shrunk = faults.keep(share("shrunk", usual.shrunk));
    let removed = faults.keep(share("removed", usual.removed));
    let removed_records = faults.keep(records);
    let refused = faults.keep(share("refused", usual.refused));
    let emptied = faults.keep(share("emptied", usual.emptied));
    let first_run = faults.keep(switch("first_run", usual.first_run));
    let brakes = || {
        Some(Brakes {
            empty: empty?,
            shrunk: shrunk?,
            removed: removed?,
            removed_records: removed_records?,
            refused: refused?,
            emptied: emptied?,
            first_run: first_run?,
        })
    };
    faults.end(brakes())
}

fn limit<T>(
    entries: &Entries<'_>,
    key: &str,
    usual: Option<T>,
    read: impl Fn(&str) -> Option<T>,
    wanted: &str,
) -> Result<Option<T>> {
    let Some(node) = entries.get(key) else { return Ok(usual) };
    match text(node, key)? {
        OFF => Ok(None),
        text => read(text)
            .map(Some)
            .ok_or_else(|| node.place.wrong(format!("“{key}: {text}” is neither {wanted} nor “{OFF}”."))),
    }
}

fn percent(text: &str) -> Option<u8> {
    text.strip_suffix('%')?.trim_end().parse().ok().filter(|share| *share <= 100)
}

/// The brakes that are not as usual.
#[derive(Serialize)]
pub(super) struct BrakesBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    empty: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shrunk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_records: Option<Records>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emptied: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Records {
    Most(u64),
    Off(&'static str),
}

impl BrakesBody {
    /// `None` where all are as usual.
    pub(super) fn of(brakes: &Brakes) -> Option<Self> {
        let usual = Brakes::default();
        let share = |now: Option<u8>, usual: Option<u8>| {
            let written = || now.map_or_else(|| OFF.to_owned(), |share| format!("{share}%"));
            (now != usual).then(written)
        };
        let records = || brakes.removed_records.map_or(Records::Off(OFF), Records::Most);
        (*brakes != usual).then(|| Self {
            empty: (brakes.empty != usual.empty).then_some(brakes.empty),
            shrunk: share(brakes.shrunk, usual.shrunk),
            removed: share(brakes.removed, usual.removed),
            removed_records: (brakes.removed_records != usual.removed_records).then(records),
            refused: share(brakes.refused, usual.refused),
            emptied: share(brakes.emptied, usual.emptied),
            first_run: (brakes.first_run != usual.first_run).then_some(brakes.first_run),
        })
    }
}
