use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Event, EventStatus, FieldChange, Trigger};

/// `person`: everything ever sent to one person, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PersonRequest {
    /// A key, e-mail, user id, anonymous id or match value, exactly; an e-mail in any case.
    pub about: String,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// How many entries.
    pub limit: usize,
    /// Show personal data of this one person.
    pub reveal: bool,
}

/// What was ever sent to one person, as far as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PersonHistory {
    /// The names the person is known by in what is shown: `email`, `user_id`, `anonymous_id` or `key`, and the value.
    pub names: Vec<(String, String)>,
    /// Newest first.
    pub entries: Vec<PersonEntry>,
    /// Where the next page begins; absent at the end.
    pub cursor: Option<String>,
    /// What all entries add up to, those of other pages too; absent where the request had a cursor.
    pub totals: Option<PersonTotals>,
    /// Personal data is masked.
    pub masked: bool,
}

/// What everything kept about one person adds up to.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PersonTotals {
    /// How many entries there are.
    pub entries: u64,
    /// How many are in each state, of those that any is in.
    pub by_status: Vec<(EventStatus, u64)>,
    /// How many are of each sync, most first.
    pub by_sync: Vec<(String, u64)>,
    /// When the oldest was.
    pub since: Option<String>,
    /// When a destination first took something.
    pub first_taken: Option<String>,
    /// When a destination last took something.
    pub last_taken: Option<String>,
}

/// One time something was sent to a person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PersonEntry {
    /// The line of the event log.
    pub event: Event,
    /// The destination connection its sync has.
    pub to: Option<String>,
    /// The destination's kind.
    pub to_kind: Option<String>,
    /// Why its run began.
    pub trigger: Trigger,
    /// The run that its run takes back.
    pub undoes: Option<i64>,
    /// The newest run that took back what its run did to this record.
    pub undone_by: Option<i64>,
    /// What happened in one or two sentences.
    pub summary: String,
    /// Every field sent, with what stood in the destination before where that is kept, else what was sent before.
    pub fields: Vec<FieldChange>,
    /// `before` is what stood in the destination; else what was sent before.
    pub read_before: bool,
}
