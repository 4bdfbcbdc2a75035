//! What a sync does, run by run.

mod changes;
mod delivery;
mod invalid;
mod large;
mod removal;
mod safety;
