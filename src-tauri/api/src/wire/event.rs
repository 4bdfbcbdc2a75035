use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ChangeKind, Problem, Trigger};

/// `events`: a page of the event log, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventsRequest {
    /// Only of this sync.
    pub sync: Option<String>,
    /// Only of this run.
    pub run: Option<i64>,
    /// Only of the record with exactly this key.
    pub key: Option<String>,
    /// Only of the record with exactly this key, or about the person with exactly this identifier or match value; an
    /// e-mail in any case. Takes longer than `key`: every payload is looked into.
    #[serde(default)]
    #[ts(optional)]
    pub about: Option<String>,
    /// Only in these states; empty for all.
    pub statuses: Vec<EventStatus>,
    /// Only in their state for an error of these kinds, each by its name or its code.
    #[serde(default)]
    #[ts(optional)]
    pub errors: Option<Vec<String>>,
    /// Only in their state for this cause: one of `event_causes`.
    #[serde(default)]
    #[ts(optional)]
    pub cause: Option<i64>,
    /// Only where key, identifier, payload or error contain this text.
    pub search: Option<String>,
    /// Only at or after this time.
    pub since: Option<String>,
    /// Only before this time.
    #[serde(default)]
    #[ts(optional)]
    pub before: Option<String>,
    /// Only older than this event: the `cursor` of the page before.
    pub cursor: Option<String>,
    /// How many.
    pub limit: usize,
}

/// A page of events.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventPage {
    /// The events, newest first.
    pub events: Vec<Event>,
    /// Where the next page begins; `None` at the end.
    pub cursor: Option<String>,
    /// How many match, where counting is cheap.
    pub total: Option<u64>,
}

/// `event_causes`: why events are in their state. Of the request, `key`, `about`, `search`, `cursor` and `limit` are
/// ignored.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventCauses {
    /// Events in groups of one cause, the group with the newest event first.
    pub causes: Vec<EventCause>,
    /// How many groups with older events are left out.
    pub left_out: u64,
}

/// Events that are in their state for the same reason.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventCause {
    /// Its number.
    pub cause: i64,
    /// Stable code of the error.
    pub code: String,
    /// Stable name of the error's kind.
    pub kind: String,
    /// What happened, as the newest of them says it, personal data masked.
    pub message: String,
    /// Others of them say it in other words.
    pub mixed: bool,
    /// How many.
    pub count: u64,
    /// How many of them were refused and can be sent again.
    pub refused: u64,
    /// When the first was.
    pub first_at: String,
    /// When the last was.
    pub last_at: String,
    /// The syncs they are of.
    pub syncs: Vec<String>,
}

/// One record as it was sent: a line of the live viewer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Event {
    /// Its id.
    pub event: String,
    /// When its state last changed.
    pub at: String,
    /// The sync's name.
    pub sync: String,
    /// The run.
    pub run: i64,
    /// How it is.
    pub status: EventStatus,
    /// What happened to its row.
    pub change: ChangeKind,
    /// `identify`, `track`, or the object's name.
    pub what: String,
    /// Who it is about: e-mail, user id, anonymous id, or the key; masked unless this event is revealed.
    pub who: String,
    /// The row's key, as text; masked where the key itself is personal, unless this event is revealed.
    pub key: String,
    /// The answer in short, such as "200" or "429, in 8 s".
    pub answer: String,
    /// It was refused and can be sent again from here: no later run has taken it over.
    pub retryable: bool,
    /// It was refused or waits, and can be discarded.
    pub discardable: bool,
}

/// A record's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// The destination confirmed it.
    Delivered,
    /// The destination took the request; it gives no answer per record.
    Accepted,
    /// It is to be sent.
    Waiting,
    /// It is on its way.
    Sending,
    /// The destination refused it.
    Rejected,
    /// It was refused because it exists already, after a request with it whose answer was lost: it may have been
    /// that one.
    Doubtful,
    /// A newer change took its place, or a later run carries it.
    Superseded,
    /// The user discarded it.
    Discarded,
    /// The row could not be made into a record, and nothing was sent.
    Invalid,
}

/// `event`: everything about one record.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventRequest {
    /// Its id.
    pub event: String,
    /// Show personal data of this one event.
    pub reveal: bool,
}

/// Everything about one record.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventDetail {
    /// The line.
    pub event: Event,
    /// Why its run began.
    pub trigger: Trigger,
    /// What happened in one or two sentences.
    pub summary: String,
    /// The payload exactly as sent, or masked; empty where it is no longer kept.
    pub payload: String,
    /// The same with line breaks and two spaces of indent.
    pub payload_pretty: String,
    /// Personal data in it is masked.
    pub masked: bool,
    /// The id sent with it, by which the destination recognises a repeat.
    pub message_id: String,
    /// Size of the payload in bytes.
    pub bytes: usize,
    /// Why it was refused or waits.
    pub problem: Option<Problem>,
    /// What stood in the destination before it was first sent, with line breaks, masked as the payload is; empty where
    /// there was no such record. Absent where nobody asked.
    pub before: Option<String>,
    /// Requests it was part of, oldest first.
    pub attempts: Vec<Attempt>,
    /// The request as a curl command, with `$SECRET` in place of secrets, for this record alone.
    pub curl: Option<String>,
    /// When it is tried again by itself.
    pub next_attempt_at: Option<String>,
}

/// One request a record was part of.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Attempt {
    /// When it was sent.
    pub at: String,
    /// How long the answer took, in milliseconds; absent where none came.
    pub took_ms: Option<f64>,
    /// Method and address, without secrets; for a file its path.
    pub target: String,
    /// Headers sent, with secrets replaced by `in keychain`.
    pub headers: Vec<(String, String)>,
    /// Records in the request.
    pub records: u64,
    /// Bytes of its body, as sent; 0 where no answer came.
    pub bytes: u64,
    /// The body of the request before compression, masked unless revealed; only of requests with few records.
    pub body: Option<String>,
    /// HTTP status, where there is one.
    pub status: Option<u16>,
    /// The answer's body, cut at 64 KiB, masked unless revealed.
    pub answer: String,
    /// The part of the answer that speaks of this record, where the answer has one.
    pub own_answer: Option<String>,
    /// What became of this record in it.
    pub outcome: String,
}

/// `events_export`: writes events to a file the user chose.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventsExport {
    /// Which events; `cursor` and `limit` are ignored.
    pub filter: EventsRequest,
    /// Where to.
    pub path: String,
    /// `jsonl` or `csv`.
    pub format: String,
    /// Write personal data unmasked.
    pub reveal: bool,
}
