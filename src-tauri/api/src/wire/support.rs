use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `support`: what a supporter needs to know.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SupportRequest {
    /// The file it is written to as well.
    pub path: Option<String>,
}
