use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CheckStep, Run};

/// What the product tells a front by itself. At most ten a second of each sort.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Push {
    /// A run began, moved or ended.
    Run {
        /// As it is now.
        run: Run,
    },
    /// Events were added or changed state; ask for the pages in view again.
    Events {
        /// The run they belong to.
        run: i64,
        /// Records that reached an outcome since the last such message.
        outcomes: u64,
        /// Of those, how many were refused.
        rejected: u64,
    },
    /// A step of a connection test ended.
    Check {
        /// The token of the request.
        token: String,
        /// The step.
        step: CheckStep,
    },
    /// A page to open in the browser, for a sign-in that waits for it.
    SignIn {
        /// The token of the request.
        token: String,
        /// Its address.
        page: String,
    },
    /// Syncs, connections, drafts or settings changed; ask again.
    Changed,
}
