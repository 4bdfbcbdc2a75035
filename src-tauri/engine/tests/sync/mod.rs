//! What a sync does, run by run.

mod away;
mod brakes;
mod changes;
mod comparing;
mod cost;
mod cursor;
mod cut;
mod delivery;
mod discard;
mod edit;
mod ends;
mod invalid;
mod large;
mod model;
mod one;
mod rekey;
mod removal;
mod replay;
mod review;
mod safety;
mod together;
mod undo;
mod undo_among;
mod undo_faults;
mod undo_waits;
