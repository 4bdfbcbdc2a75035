use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Problem, SecretState};

/// Which way alerts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// JSON to any address.
    Webhook,
    /// Text to a hook of Slack.
    Slack,
    /// An e-mail.
    Email,
}

/// What is told, and from which number on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlertRules {
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

/// Somebody who is told, without the secret.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Alert {
    /// Its id for life.
    pub id: String,
    /// Its unique name.
    pub name: String,
    /// Which way it goes.
    pub kind: AlertKind,
    /// Settings that are not secret. Of a hook there is only the host: its address is the secret.
    pub settings: BTreeMap<String, String>,
    /// Whether the hook's address, or the mail server's password, is there.
    pub secret: SecretState,
    /// Names of the syncs it is about; `None` for all.
    pub syncs: Option<Vec<String>>,
    /// What is told.
    pub rules: AlertRules,
    /// Why it could not be sent, if it could not.
    pub problem: Option<Problem>,
    /// Alerts that wait to be sent.
    pub waiting: u64,
}

/// `alert_save`: adds or changes somebody who is told.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlertSave {
    /// Its id, when an existing one is changed.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Which way it goes.
    pub kind: AlertKind,
    /// Settings that are not secret.
    pub settings: BTreeMap<String, String>,
    /// The hook's address or the mail server's password; `None` keeps what the keychain has.
    pub secret: Option<String>,
    /// Names of the syncs it is about; `None` for all.
    pub syncs: Option<Vec<String>>,
    /// What is told.
    pub rules: AlertRules,
}
