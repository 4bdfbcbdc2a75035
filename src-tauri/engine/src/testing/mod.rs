//! Fakes for tests: a warehouse and a destination that do what the test says, and a clock it steers.
//!
//! Nothing here sleeps. What a test has to wait for, it is told.

mod clock;
mod destination;
mod differ;
pub mod failpoint;
mod skipped;
mod soak;
mod warehouse;

pub use clock::SteeredClock;
pub use destination::{Arrived, FakeDestination, Reply};
pub use skipped::skipped;
pub use soak::{Dice, soak};
pub use warehouse::{FakeCell, FakeWarehouse, ReadFault};
