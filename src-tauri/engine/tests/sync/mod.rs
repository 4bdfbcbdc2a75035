//! What a sync does, run by run.

mod away;
mod changes;
mod comparing;
mod cut;
mod delivery;
mod discard;
mod ends;
mod invalid;
mod large;
mod model;
mod one;
mod removal;
mod safety;
