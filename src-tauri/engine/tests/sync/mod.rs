//! What a sync does, run by run.

mod brakes;
mod changes;
mod comparing;
mod cursor;
mod delivery;
mod ends;
mod invalid;
mod large;
mod model;
mod one;
mod rekey;
mod removal;
mod safety;
