use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Cost, Problem, RunCounts, SyncDefinition};

/// `plan`: what a run would do now. Nothing is sent and nothing is kept.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanRequest {
    /// A saved sync's name.
    pub sync: Option<String>,
    /// Or a sync that is not saved yet.
    pub definition: Option<SyncDefinition>,
    /// How many records of each group to return.
    pub limit: usize,
    /// Return the values unmasked (the command line, on the user's own terminal).
    pub reveal: bool,
}

/// `held`: what a held run would do, from what it has ready to send.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HeldRequest {
    /// The run.
    pub run: i64,
    /// How many records of each group to return.
    pub limit: usize,
    /// Return the values unmasked.
    pub reveal: bool,
}

/// What a run would do.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Plan {
    /// The sync's name.
    pub sync: String,
    /// All counts, as a run's summary has them.
    #[serde(flatten)]
    pub counts: RunCounts,
    /// The first records of each group, in the order read.
    pub records: Vec<PlanRecord>,
    /// The first rows that can not be sent, and why.
    pub invalid_rows: Vec<InvalidRow>,
    /// Why the run would be held, if so.
    pub held: Option<Problem>,
    /// Requests the run would need.
    pub requests_needed: u64,
    /// By which of the destination's ways records would go, where it has several.
    pub sent_by: Vec<String>,
    /// What the warehouse says a whole read takes, where it says.
    pub cost: Option<Cost>,
    /// Share of the destination's daily quota, 0 to 1, where it has one.
    pub quota_share: Option<f64>,
    /// What is left of that quota today, 0 to 1.
    pub quota_left: Option<f64>,
    /// The destination says what stands in its records now, and `records` are compared with that.
    pub reads: bool,
    /// Stands for just these records: given to `sync_now`, a run that finds others is held. Absent of a held run.
    pub stamp: Option<String>,
    /// How long the run would take, in seconds, by the last ones of the sync; absent where there was none.
    pub expected_seconds: Option<f64>,
}

/// One record of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanRecord {
    /// Names the record, whatever its key is shown as: given to `sync_test`, this one is sent.
    pub record: String,
    /// The row's key, as text.
    pub key: String,
    /// What happened to it.
    pub change: ChangeKind,
    /// What would become of it in the destination; absent where the destination does not say what is in its records.
    pub group: Option<PlanGroup>,
    /// What stands in the destination now, of the fields the run would send; absent where there is no such record, or
    /// nobody asked.
    #[ts(type = "unknown")]
    pub now: Option<Box<serde_json::value::RawValue>>,
    /// The payload as last delivered.
    #[ts(type = "unknown")]
    pub before: Option<Box<serde_json::value::RawValue>>,
    /// The payload the run would send.
    #[ts(type = "unknown")]
    pub after: Option<Box<serde_json::value::RawValue>>,
    /// The same per field, for showing: before is what stands in the destination now where it says that, else what was
    /// last delivered.
    pub fields: Vec<FieldChange>,
    /// Why the destination would refuse it, as far as is known; one sentence for each field.
    pub refused: Vec<String>,
}

/// What would become of a record in the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum PlanGroup {
    /// It is not there, and would be created.
    Create,
    /// At least one field would get another value.
    Update,
    /// It would be as it is.
    Same,
    /// It would be deleted, or its fields emptied.
    Remove,
    /// The destination would refuse it.
    Fail,
}

/// What happened to a row since it was last delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// New.
    Added,
    /// Different.
    Changed,
    /// Gone.
    Removed,
}

/// One field before and after.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FieldChange {
    /// The path in the payload, such as `traits.company.name`.
    pub path: String,
    /// The value before as JSON text, masked where personal; `None` where there was none.
    pub before: Option<String>,
    /// The value after as JSON text, masked where personal; `None` where there is none.
    pub after: Option<String>,
    /// The two differ.
    pub changed: bool,
    /// It would not be sent: it is filled only where it is empty, and has a value in the destination.
    pub left_alone: bool,
}

/// A row that can not be sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InvalidRow {
    /// Which row, from 1, in the order read.
    pub row: u64,
    /// Its key as text, if it has one.
    pub key: Option<String>,
    /// Why.
    pub problem: Problem,
}
