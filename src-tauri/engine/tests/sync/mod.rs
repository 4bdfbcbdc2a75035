//! What a sync does, run by run.

mod changes;
