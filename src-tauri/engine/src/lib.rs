//! The syncing engine: reads a warehouse, finds what changed, delivers it, and loses nothing.
//!
//! Knows no window and no vendor: warehouses and destinations come in through the two traits in
//! [`warehouse`] and [`destination`].

/// A step at which a test may let a run fail; nothing in a build without the feature `testing`.
macro_rules! failpoint {
    ($step:ident) => {
        #[cfg(feature = "testing")]
        $crate::testing::failpoint::reach($crate::testing::failpoint::Step::$step)?;
    };
}

pub mod alert;
pub mod check;
pub mod clock;
pub mod connection;
pub mod destination;
pub mod diff;
pub mod differ;
pub mod engine;
pub mod error;
pub mod fits;
pub mod json_text;
pub mod manifest;
pub mod mapping;
pub mod mask;
pub mod record;
pub mod run;
pub mod same;
pub mod schedule;
pub mod secrets;
pub mod sign_in;
pub mod store;
pub mod sync;
#[cfg(feature = "testing")]
pub mod testing;
pub mod upkeep;
pub mod value;
pub mod warehouse;
pub mod words;

pub use error::{Error, ErrorKind, Result};
