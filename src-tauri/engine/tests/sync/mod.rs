//! What a sync does, run by run.

mod changes;
mod comparing;
mod delivery;
mod ends;
mod invalid;
mod large;
mod model;
mod one;
mod removal;
mod safety;
