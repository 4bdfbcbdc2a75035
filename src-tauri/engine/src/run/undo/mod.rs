//! Undoing a run: what it wrote is taken back, where nobody has changed it since. An undo is itself a run.

mod judge;
mod look;
mod stage;

pub use judge::{FieldUndo, Will};
pub use look::UndoRecord;

pub(crate) use super::patient::Patience;
pub(super) use judge::{document, members};
pub(crate) use look::Look;
pub(crate) use stage::Undo;
