//! One execution of a sync: read, seal, deliver.

mod backoff;
mod before;
mod brakes;
mod columns;
pub mod compare;
mod deliver;
mod discard;
mod execute;
mod invalid;
mod one;
mod only_if_empty;
mod outcome;
mod pace;
mod part;
pub mod plan;
pub mod progress;
mod read;
mod refusals;
pub(crate) mod replay;
mod retry;
mod send;
mod source;
mod stage;
pub mod undo;

pub use discard::Discard;
pub(crate) use discard::discard;
pub(crate) use execute::{Execution, Job};
pub(crate) use retry::take_rejected;
