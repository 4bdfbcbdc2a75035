use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Mode, Problem, Query, Removal, Run, Schedule};

/// A sync: query, mapping, destination, mode, key and schedule. What the workspace file says of it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncDefinition {
    /// Its unique name.
    pub name: String,
    /// The warehouse connection's name.
    pub from: String,
    /// Which rows.
    pub query: Query,
    /// The columns that together identify a row.
    pub key: Vec<String>,
    /// The destination connection's name; a sync without one is kept and never runs.
    pub to: Option<String>,
    /// What each row becomes.
    pub shape: Shape,
    /// How rows are brought over.
    pub mode: Mode,
    /// With mirror: what happens to removed rows.
    pub removed: Removal,
    /// Identifier (`user_id`, `email`, `anonymous_id`) to column.
    pub identifiers: BTreeMap<String, String>,
    /// The mapping; `None` takes every column under its own name.
    pub fields: Option<Vec<Field>>,
    /// When it runs.
    pub schedule: Schedule,
    /// When a run asks before it goes on; `null` when a sync is saved: as usual.
    pub brakes: Option<Brakes>,
    /// With append: the column that grows with every new row; only rows beyond the last one read are read.
    pub cursor: Option<String>,
}

/// When a run is held for a decision. Shares are in percent, 0 to 100; what is off is `null` or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Brakes {
    /// No row can be used, and the last run had some.
    pub empty: bool,
    /// Fewer usable rows than in the last run, by more than this share.
    pub shrunk: Option<u8>,
    /// More than this share of the delivered records would be removed.
    pub removed: Option<u8>,
    /// More than so many records would be removed.
    pub removed_records: Option<u64>,
    /// The destination refuses more than this share of the first 500 records, or all of the first 100.
    pub refused: Option<u8>,
    /// A field would be emptied in more than this share of the records delivered before.
    pub emptied: Option<u8>,
    /// The sync has never sent anything.
    pub first_run: bool,
}

/// What a row becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Shape {
    /// An `identify` event: who it is and their traits.
    Identify,
    /// A `track` event with properties.
    Track {
        /// A fixed event name.
        event_name: Option<String>,
        /// Or the column that has it.
        event_name_column: Option<String>,
    },
    /// A record of an object.
    Record {
        /// The destination's object, such as `contacts`.
        object: String,
        /// The destination's field by which records are found again.
        match_field: String,
    },
}

/// One line of the mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Field {
    /// Where the value comes from.
    pub value: FieldValue,
    /// The key in the payload; dots nest (`company.name`), `[n]` makes lists (`tags[0]`).
    pub key: String,
    /// What a null becomes.
    pub null: NullRule,
    /// How the value is hashed; it is sent as it is without.
    #[serde(default)]
    pub hash: Option<Hash>,
    /// Only so much of the value is sent that somebody who knows it recognises it; not beside `hash`.
    #[serde(default)]
    pub mask: bool,
    /// It is left out of a record that has a value there already.
    #[serde(default)]
    pub only_if_empty: bool,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldValue {
    /// A column of the row.
    Column {
        /// Its name.
        column: String,
    },
    /// Text with columns in braces, such as `{first_name} {last_name}`.
    Template {
        /// The template; `{{` and `}}` are the braces themselves.
        template: String,
    },
    /// The same for every row.
    Constant {
        /// Any JSON value.
        #[ts(type = "unknown")]
        constant: serde_json::Value,
    },
}

/// What a null becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum NullRule {
    /// `null` is sent.
    Send,
    /// The key is left out.
    LeaveOut,
    /// The destination's field is emptied.
    Clear,
}

/// How a value is brought to one form before it is hashed with SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Hash {
    /// Without the space around it.
    Text,
    /// Without the space around it, in lower case.
    Email,
    /// The digits alone, from the country code on.
    Phone,
    /// The same with a `+` in front.
    PhonePlus,
}

/// `sync_save`: creates or updates a sync.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncSave {
    /// The name it has now, when an existing one is changed.
    pub existing: Option<String>,
    /// What it becomes.
    pub definition: SyncDefinition,
    /// The wizard's draft this came from; it is deleted in the same step.
    pub draft: Option<String>,
}

/// A sync in the overview and on its page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Sync {
    /// What it is.
    pub definition: SyncDefinition,
    /// The warehouse's kind.
    pub from_kind: String,
    /// The destination's kind, if it has one.
    pub to_kind: Option<String>,
    /// How it is.
    pub status: SyncStatus,
    /// For `needs_you` and `held`: what to decide.
    pub problem: Option<Problem>,
    /// The schedule is paused by the user.
    pub paused: bool,
    /// The next run, if one is scheduled.
    pub next_run_at: Option<String>,
    /// The schedule in one sentence.
    pub schedule_sentence: String,
    /// The run that is held for a decision.
    pub held: Option<Run>,
    /// The newest run.
    pub last_run: Option<Run>,
    /// The newest 14 runs, oldest first.
    pub history: Vec<RunBar>,
    /// Records of it that wait to be sent.
    pub waiting: u64,
    /// Records of it the destination refused and nobody has dealt with.
    pub rejected: u64,
}

/// A sync's state in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// Its last run did what it should.
    Healthy,
    /// A run is going on.
    Running,
    /// The network is away, or nobody answers; it goes on by itself.
    WaitingForNetwork,
    /// The other side puts it off; it goes on by itself.
    Waiting,
    /// The destination refused records of its last run.
    Rejected,
    /// Something only the user can mend.
    NeedsYou,
    /// A run is held and wants a decision.
    Held,
    /// The user paused it.
    Paused,
    /// It has no destination yet.
    NoDestination,
    /// It has never run.
    New,
}

/// One bar of the sparkline.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunBar {
    /// The run.
    pub run: i64,
    /// Records delivered.
    pub delivered: u64,
    /// Records rejected.
    pub rejected: u64,
    /// How it ended.
    pub status: super::RunStatus,
}

/// A wizard that was not finished. The state belongs to the window; it has no secrets.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Draft {
    /// Its id, chosen by the window.
    pub id: String,
    /// What the overview calls it.
    pub title: String,
    /// When it was last saved; ignored when saving.
    pub saved_at: Option<String>,
    /// The wizard's state.
    #[ts(type = "unknown")]
    pub state: serde_json::Value,
}

/// An object of a record destination.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DestinationObject {
    /// Its name in the API.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Its fields.
    pub fields: Vec<DestinationField>,
}

/// A field of a destination's object.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DestinationField {
    /// Its name in the API.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Its type in the destination's words.
    pub field_type: String,
    /// What it takes, as far as that is known before anything is sent.
    pub takes: Takes,
    /// A new record needs it.
    pub required: bool,
    /// It can be written.
    pub writable: bool,
    /// Records can be matched by it.
    pub matchable: bool,
    /// The pick list's values, if it has one.
    pub options: Vec<String>,
    /// It was added by the customer.
    pub custom: bool,
}

/// What a field of a destination's object takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Takes {
    /// Anything, or nobody knows.
    Anything,
    /// Text, and whatever has a text form.
    Text {
        /// Characters at most.
        longest: Option<usize>,
    },
    /// An e-mail address.
    Email,
    /// A number.
    Number {
        /// Decimals kept at most; 0 for whole numbers alone.
        decimals: Option<u32>,
    },
    /// True or false, also as text.
    Boolean,
    /// A day.
    Date {
        /// A moment is made into its day.
        converts: bool,
    },
    /// A day with a time.
    Moment {
        /// A day is made into its midnight.
        converts: bool,
    },
    /// One of the options.
    OneOf,
    /// Any of the options, with semicolons between.
    SomeOf,
}
