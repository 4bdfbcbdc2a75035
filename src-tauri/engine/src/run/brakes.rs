//! Brakes: a run that would do more harm than usual is held, and asks.

use super::read::ReadResult;
use crate::error::{Error, ErrorKind};
use crate::sync::{Mode, Removal, Sync};

/// Removals a run may make without asking, whatever their share.
const FEW: u64 = 10;
/// Removals after which a run asks, whatever their share.
const MANY: u64 = 1_000;

/// Why the run has to be held, if so.
pub(crate) fn holds(sync: &Sync, read: &ReadResult) -> Option<Error> {
    if sync.mode != Mode::Mirror || sync.removed == Removal::Nothing {
        return None;
    }
    let (removed, before) = (read.counts.removed, read.delivered_before);
    // Rows without a usable key are no sign that the others are gone.
    let empty = read.counts.read == read.counts.invalid && removed > 0;
    let share = removed * 10 > before && removed > FEW;
    let message = if empty {
        format!("No row of “{}” can be used, and {removed} records would be removed.", sync.name)
    } else if removed > MANY || share {
        format!("{removed} of {before} records of “{}” would be removed.", sync.name)
    } else {
        return None;
    };
    Some(Error::new(ErrorKind::Held, message))
}
