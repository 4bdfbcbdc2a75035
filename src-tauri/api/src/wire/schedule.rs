use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Problem;

/// When a sync runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Schedule {
    /// Only when somebody says so.
    Manual,
    /// Every so many minutes.
    Every {
        /// 1 to 10,080.
        minutes: u32,
    },
    /// At times of the day.
    At {
        /// `HH:MM`, 24 hours.
        times: Vec<String>,
        /// `mon` … `sun`; all seven for every day.
        days: Vec<String>,
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

/// A schedule in words, and its next runs.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ScheduleDescription {
    /// One plain sentence, such as "Every weekday at 08:30, Berlin time".
    pub sentence: String,
    /// The zone the times are in.
    pub time_zone: String,
    /// The next five runs; empty for manual.
    pub next: Vec<NextRun>,
    /// What happens at the next clock change, while asleep, and when runs overlap.
    pub notes: Vec<String>,
    /// Why the schedule can not be used, if so.
    pub problem: Option<Problem>,
}

/// One coming run.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NextRun {
    /// The instant.
    pub at: String,
    /// The wall clock there, such as "Mon 23 Nov, 08:30".
    pub local: String,
    /// How far away, such as "in 3 h".
    pub distance: String,
    /// A clock change near it, in words.
    pub note: Option<String>,
}
