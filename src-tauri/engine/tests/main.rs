//! What the engine promises, proved against a fake warehouse and a fake destination.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, as tests do")]

mod bench;
mod recovery;
mod store;
mod sync;
mod twins;
