use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Cost, MismatchKind, PlanGroup, PlanRecord, Problem};

/// `review`: how far every record of a held run has been compared with the destination, and what came of it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Review {
    /// The run.
    pub run: i64,
    /// The destination says what stands there now; else records are compared with what was last delivered.
    pub reads: bool,
    /// Records the run is to send.
    pub records: u64,
    /// Records compared so far.
    pub compared: u64,
    /// It is being compared now.
    pub going: bool,
    /// Requests to the destination that comparing the rest takes.
    pub requests: u64,
    /// The share of the destination's daily quota that those are, 0 to 1, where it has one.
    pub quota_share: Option<f64>,
    /// What is left of that quota today, 0 to 1.
    pub quota_left: Option<f64>,
    /// Compared records by what would become of them.
    pub groups: ReviewGroups,
    /// What would become of each field, in the order first met.
    pub fields: Vec<ReviewField>,
    /// How many records of the last run that brought something, or was reviewed, got another value is in `fields`: of so
    /// many records.
    pub records_last: Option<u64>,
    /// Why comparing ended before its end.
    pub problem: Option<Problem>,
}

/// Records by what would become of them.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewGroups {
    /// Not there, and would be created.
    pub create: u64,
    /// At least one field would get another value.
    pub update: u64,
    /// As they are.
    pub same: u64,
    /// Deleted, or fields emptied.
    pub remove: u64,
    /// The destination would refuse them, as far as is known.
    pub fail: u64,
}

/// What would become of one field.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewField {
    /// Its path in the payload.
    pub path: String,
    /// Records that carry it.
    pub records: u64,
    /// Records in which it would get another value.
    pub changed: u64,
    /// The same in the last run that brought something, or was reviewed, where one was.
    pub changed_last: Option<u64>,
    /// Records in which it has a value before.
    pub filled_before: u64,
    /// Records in which it has a value after.
    pub filled_after: u64,
    /// Records in which it has a value before, and none after.
    pub blanked: u64,
    /// Records in which it is left alone, because it is filled only where it is empty.
    pub left_alone: u64,
    /// Values the destination would not take, by why.
    pub misfits: Vec<ReviewMisfit>,
    /// The most frequent values after, masked where personal.
    pub top: Vec<ReviewValue>,
}

/// Values of a field that the destination would not take.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewMisfit {
    /// Why.
    pub kind: MismatchKind,
    /// Records with one.
    pub records: u64,
    /// The first such value, masked where personal; absent where the field is empty.
    pub example: Option<String>,
}

/// How often a value stands in a field before and after.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewValue {
    /// The value as JSON text.
    pub value: String,
    /// Records that have it before.
    pub before: u64,
    /// Records that have it after.
    pub after: u64,
}

/// Which records of a review are wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewFilter {
    /// Only this group.
    pub group: Option<PlanGroup>,
    /// Only records in which this field would get another value, or one the destination would not take.
    pub field: Option<String>,
    /// Only records whose key or a value of which contains this, in any case.
    pub search: Option<String>,
}

/// `review_records`: a page of the compared records of a held run.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewRequest {
    /// The run.
    pub run: i64,
    /// Which.
    pub filter: ReviewFilter,
    /// Where the page before ended; absent for the first.
    pub after: Option<String>,
    /// How many.
    pub limit: usize,
    /// Return the values unmasked.
    pub reveal: bool,
}

/// A page of compared records.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewPage {
    /// The records, in the order they would be sent.
    pub records: Vec<PlanRecord>,
    /// Where the next page begins; absent after the last.
    pub next: Option<String>,
}

/// `review_export`: writes the compared records of a held run to a file, a line for each field that would change.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewExport {
    /// The run.
    pub run: i64,
    /// Which records.
    pub filter: ReviewFilter,
    /// The file.
    pub path: String,
    /// `csv` or `jsonl`.
    pub format: String,
    /// Write the values unmasked.
    pub reveal: bool,
}

/// `held_since`: has the warehouse changed since a held run read it?
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SinceRequest {
    /// The run.
    pub run: i64,
    /// Read again although the warehouse bills it.
    pub pay: bool,
}

/// What the warehouse says now, beside what a held run has ready to send.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Since {
    /// It was read again; else reading costs this, and nobody looked.
    pub looked: bool,
    /// What reading again takes, where the warehouse says.
    pub cost: Option<Cost>,
    /// Records that would be sent now and are not in the held run.
    pub added: u64,
    /// Records that would be sent otherwise now.
    pub changed: u64,
    /// Records of the held run that would not be sent any more.
    pub gone: u64,
    /// The first keys of those, masked where personal.
    pub keys: Vec<String>,
}
