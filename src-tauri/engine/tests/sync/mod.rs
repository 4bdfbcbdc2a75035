//! What a sync does, run by run.

mod changes;
mod delivery;
mod ends;
mod invalid;
mod large;
mod model;
mod removal;
mod safety;
