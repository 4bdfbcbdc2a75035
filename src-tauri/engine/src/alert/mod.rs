//! Alerts: who is told that a sync needs somebody, and when. How they are sent is somebody else's: see [`Messenger`].
//!
//! A cause is told once, until it has recovered; what was told stands in the data folder, so a restart tells nothing
//! again. An alert waits in the data folder until it is sent, and is given up after a few attempts.

mod judge;
mod notice;
mod sending;
mod watch;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

pub use judge::Cause;
pub use notice::{Notice, Sums};
pub use sending::{SECRET, pass, place, run, secret, test};
pub use watch::news;
pub(crate) use watch::run_ended;

use crate::error::Result;
use crate::secrets::Secret;

/// Somebody who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// What the user calls it.
    pub name: String,
    /// Which way alerts go, as the messenger calls it.
    pub kind: String,
    /// Settings of that way, without its secret.
    pub settings: BTreeMap<String, String>,
    /// The ids for life of the syncs it is about; `None` for all.
    pub syncs: Option<Vec<String>>,
    /// What is told.
    pub rules: Rules,
}

impl Receiver {
    /// Whether it is about the sync with this id for life.
    pub(crate) fn is_about(&self, uuid: &str) -> bool {
        self.syncs.as_ref().is_none_or(|syncs| syncs.iter().any(|sync| sync == uuid))
    }
}

/// What is told, and from which number on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// A sync failed, and will not mend itself soon.
    pub failed: bool,
    /// A run waits for a decision.
    pub held: bool,
    /// More rows than this were rejected or could not be sent.
    pub rejected: Option<u32>,
    /// At least this share of what a run was to send was rejected or could not be sent, in percent.
    pub rejected_percent: Option<u32>,
    /// No run succeeded for longer than so many hours.
    pub silent_hours: Option<u32>,
}

/// Sends alerts. Each call is one attempt: when it is made again is decided here.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends `notice` to `receiver`, whose secret this is.
    async fn send(&self, receiver: &Receiver, secret: Option<&Secret>, notice: &Notice) -> Result<()>;
}
