//! What a sync does, run by run.

mod away;
mod changes;
mod cut;
mod delivery;
mod discard;
mod ends;
mod invalid;
mod large;
mod model;
mod removal;
mod safety;
