use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Problem;

/// Which side of a sync a connection is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Rows are read from it.
    Warehouse,
    /// Records are sent to it.
    Destination,
}

/// A saved connection, without its secrets.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Connection {
    /// Its unique name.
    pub name: String,
    /// Which kind it is of.
    pub kind: String,
    /// Which side it is on.
    pub role: Role,
    /// Settings that are not secret.
    pub settings: BTreeMap<String, String>,
    /// The secret settings and whether each is saved.
    pub secrets: BTreeMap<String, SecretState>,
    /// Names of the syncs that use it.
    pub used_by: Vec<String>,
    /// When it was last tested, if ever.
    pub checked_at: Option<String>,
    /// What the last test found.
    pub checked_ok: Option<bool>,
}

/// Whether a secret is there.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SecretState {
    /// In the keychain.
    Saved,
    /// Given by the environment, which wins over the keychain.
    Environment,
    /// Not there.
    Missing,
    /// The keychain could not be asked.
    Unknown {
        /// Why.
        problem: Problem,
    },
}

/// `connection_save`: creates or updates a connection.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConnectionSave {
    /// The name it has now, when an existing one is changed.
    pub existing: Option<String>,
    /// The draft.
    pub draft: ConnectionDraft,
    /// Whether the draft has just passed its test; without one, nothing is known of it.
    #[serde(default)]
    #[ts(optional)]
    pub passed: Option<bool>,
}

/// A connection as the form has it. Secrets in it go to the keychain and never come back.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConnectionDraft {
    /// Its name.
    pub name: String,
    /// Which kind it is of.
    pub kind: String,
    /// Settings that are not secret.
    pub settings: BTreeMap<String, String>,
    /// Secrets the user typed; one that is absent keeps what the keychain has.
    pub secrets: BTreeMap<String, String>,
}

/// `connection_sign_in`: signs in in the browser, and saves the connection with what that brings.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConnectionSignIn {
    /// Chosen by the front; the pushed page carries it.
    pub token: String,
    /// The name it has now, when an existing one is changed.
    pub existing: Option<String>,
    /// The draft.
    pub draft: ConnectionDraft,
}

/// `connection_check`: tests a saved connection or a draft. Steps are pushed as they end.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConnectionCheck {
    /// Chosen by the front; pushed steps carry it.
    pub token: String,
    /// A saved connection's name; its secrets are used where the draft has none.
    pub name: Option<String>,
    /// What the form has now.
    pub draft: Option<ConnectionDraft>,
}

/// The result of a connection test.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Checks {
    /// No step failed.
    pub ok: bool,
    /// The steps in order; steps after a failed one are `not_reached`.
    pub steps: Vec<CheckStep>,
}

/// One named step of a connection test.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CheckStep {
    /// Stable name, such as `find_host`.
    pub step: String,
    /// What people read, such as "Find host".
    pub label: String,
    /// How it ended.
    pub result: CheckResult,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}

/// How a step ended.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CheckResult {
    /// It worked.
    Passed {
        /// What was found, such as an address or a version.
        note: Option<String>,
    },
    /// It worked, and there is something to know ("this login could also write").
    Noted {
        /// What there is to know.
        note: String,
        /// Something to copy that would change it.
        fix: Option<String>,
    },
    /// It failed.
    Failed {
        /// Why, and what to do.
        problem: Problem,
    },
    /// An earlier step failed.
    NotReached,
}

/// `connection_paste`: fills the form from one pasted thing (a URL, a DSN, a JSON document).
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConnectionPaste {
    /// The kind the form is for.
    pub kind: String,
    /// What was pasted.
    pub text: String,
}

/// What a pasted text filled.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Pasted {
    /// Settings found, secret ones too: they stand in the form until it is saved.
    pub filled: BTreeMap<String, String>,
    /// What was in the text and not used, in words.
    pub ignored: Vec<String>,
}
