//! When a sync runs.

use serde::{Deserialize, Serialize};

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
