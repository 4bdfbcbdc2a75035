//! When a sync runs.
//!
//! An interval is counted in UTC. Times of the day and cron follow the wall clock of the schedule's own time
//! zone, wherever the computer is. Where that clock is set forward, a fixed time that does not exist runs at
//! the first minute after, even if that is another day; where it is set back, a fixed time that comes twice runs
//! the first time. A cron expression that repeats (steps, ranges, wildcards in minutes or hours) skips the missing
//! hour and runs in both passes of the double one, as croner does.

mod changes;
mod describe;
mod next;
pub mod scheduler;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

pub use describe::{Description, NextRun};
pub(crate) use next::Slots;
pub use next::{this_computers_zone, time_zones};

/// When a sync runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Only when somebody says so.
    Manual,
    /// Every so many minutes, counted from midnight UTC of 1 January 1970.
    Every {
        /// 1 to 10,080 (a week).
        minutes: u32,
    },
    /// At times of the day.
    At {
        /// Minutes after midnight, ascending.
        times: Vec<u16>,
        /// 0 Monday … 6 Sunday, ascending.
        days: Vec<u8>,
        /// IANA name.
        time_zone: String,
    },
    /// By a cron expression of five fields.
    Cron {
        /// The expression.
        expression: String,
        /// IANA name.
        time_zone: String,
    },
}
