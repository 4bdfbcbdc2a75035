//! Fakes for tests: a warehouse and a destination that do what the test says, and a clock it steers.
//!
//! Nothing here sleeps. What a test has to wait for, it is told.

mod clock;
mod destination;
pub mod failpoint;
mod warehouse;

pub use clock::SteeredClock;
pub use destination::{Arrived, FakeDestination, Reply};
pub use warehouse::{FakeCell, FakeWarehouse, ReadFault};
