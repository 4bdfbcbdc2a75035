//! One execution of a sync: read, seal, deliver.

mod backoff;
mod before;
mod brakes;
mod columns;
pub(crate) mod compare;
mod deliver;
mod discard;
mod execute;
mod guard;
mod invalid;
mod known;
mod one;
mod only_if_empty;
mod outcome;
mod pace;
mod part;
mod patient;
pub mod plan;
pub mod progress;
mod read;
mod refusals;
pub(crate) mod replay;
mod retry;
pub mod review;
mod send;
mod source;
mod stage;
mod stamp;
pub mod undo;

pub use discard::Discard;
pub(crate) use discard::discard;
pub(crate) use execute::{Asked, Execution, Job};
pub(crate) use retry::take_rejected;
pub use stamp::Stamp;
