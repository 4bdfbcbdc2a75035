//! What the engine promises, proved against a fake warehouse and a fake destination.

mod bench;
mod recovery;
mod store;
mod sync;
