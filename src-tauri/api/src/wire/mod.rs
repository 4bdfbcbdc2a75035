//! What crosses between the product and its fronts: plain data, one module an area.
//!
//! These are the only shapes a front sees. Counts and ids are whole numbers below 2^53, times are
//! RFC 3339 in UTC with milliseconds, durations say their unit in the name. Personal data is masked
//! unless the request asked to reveal one record; secrets never appear.

mod alert;
mod catalogue;
mod connection;
mod dbt;
mod event;
mod mapping;
mod person;
mod plan;
mod problem;
mod push;
mod review;
mod run;
mod schedule;
mod settings;
mod source;
mod support;
mod sync;
mod undo;

pub use alert::*;
pub use catalogue::*;
pub use connection::*;
pub use dbt::*;
pub use event::*;
pub use mapping::*;
pub use person::*;
pub use plan::*;
pub use problem::*;
pub use push::*;
pub use review::*;
pub use run::*;
pub use schedule::*;
pub use settings::*;
pub use source::*;
pub use support::*;
pub use sync::*;
pub use undo::*;
