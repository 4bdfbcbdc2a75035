//! What a sync does, run by run.

mod changes;
mod comparing;
mod delivery;
mod invalid;
mod large;
mod model;
mod removal;
mod safety;
