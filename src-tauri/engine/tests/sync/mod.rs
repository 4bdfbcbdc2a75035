//! What a sync does, run by run.

mod changes;
mod delivery;
mod invalid;
mod large;
mod model;
mod one;
mod removal;
mod safety;
