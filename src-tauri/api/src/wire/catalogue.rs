use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Every kind of warehouse and destination there is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Catalogue {
    /// Kinds rows can be read from.
    pub warehouses: Vec<Kind>,
    /// Kinds records can be sent to.
    pub destinations: Vec<Kind>,
}

/// What one connector says about itself; the wizard's form is rendered from it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Kind {
    /// The word used in the workspace file, such as `postgres`.
    pub id: String,
    /// The name people know, such as "PostgreSQL".
    pub label: String,
    /// One sentence about what it is.
    pub summary: String,
    /// What somebody needs at hand before connecting, one line each.
    pub needs: Vec<String>,
    /// A script to hand to an administrator (for warehouses: a read-only login), with its language.
    pub setup_script: Option<String>,
    /// It finds settings in one pasted thing: an address, a connection string, a key.
    pub pastes: bool,
    /// The form's fields, in order.
    pub settings: Vec<Setting>,
    /// The kind works with no account and nothing set (the sample, the practice CRM).
    pub ready: bool,
    /// For destinations: what it takes. Absent for warehouses.
    pub accepts: Option<Accepts>,
    /// For destinations: the modes it can do.
    pub modes: Vec<Mode>,
    /// For destinations: what can be done with a record whose row is gone.
    pub removals: Vec<Removal>,
    /// For destinations: its records can be read, so that fields are filled only where they are empty.
    pub reads: bool,
    /// The icon, an SVG document with `currentColor`.
    pub icon: String,
}

/// One field of a connection's form.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Setting {
    /// The key in the workspace file.
    pub key: String,
    /// The field's label.
    pub label: String,
    /// One sentence under the field.
    pub help: String,
    /// An example of a right value.
    pub example: String,
    /// Kept in the keychain, and never read back.
    pub secret: bool,
    /// Has to be filled.
    pub required: bool,
    /// What a new connection starts with.
    pub default: Option<String>,
    /// How it is entered.
    pub input: SettingInput,
    /// Shown only while another setting has one of these values.
    pub only_if: Option<OnlyIf>,
}

/// How a setting is entered.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SettingInput {
    /// One line of text.
    Text,
    /// Text of many lines, pasted or dropped as a file.
    Document,
    /// A whole number.
    Number,
    /// An address starting with http(s).
    Url,
    /// One of a few values.
    Choice {
        /// What can be chosen.
        choices: Vec<Choice>,
    },
    /// Path of a file on this computer.
    File,
    /// Path of a folder on this computer.
    Folder,
    /// By signing in in the browser (`connection_sign_in`).
    SignIn,
}

/// One value of a choice.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Choice {
    /// The value in the workspace file.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// A condition on another setting.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OnlyIf {
    /// The other setting's key.
    pub key: String,
    /// The values under which the setting is shown.
    pub values: Vec<String>,
}

/// What a destination takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Accepts {
    /// Events: `identify` and `track`.
    Events,
    /// Records of an object, matched by a key.
    Records,
    /// Either, as the sync says.
    Both,
}

/// How a sync brings rows to its destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Creates what is new, updates what changed.
    Upsert,
    /// Updates only records that exist.
    Update,
    /// Creates only records that do not exist.
    Create,
    /// Upsert, and acts on rows that are gone.
    Mirror,
    /// Sends each new row once, and never again.
    Append,
    /// Sends every row on every run.
    Full,
}

/// What mirror does with a record whose row is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// Leaves it.
    Nothing,
    /// Empties the mapped fields.
    Clear,
    /// Deletes the record.
    Delete,
}
