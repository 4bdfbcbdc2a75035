use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Cost, Problem};

/// One execution of a sync.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Run {
    /// Its id; later runs have higher ones.
    pub run: i64,
    /// The sync's name.
    pub sync: String,
    /// How it is or ended.
    pub status: RunStatus,
    /// Why it began.
    pub trigger: Trigger,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// Its counts so far.
    #[serde(flatten)]
    pub counts: RunCounts,
    /// How long it was held before it was approved, in seconds; no part of `seconds`.
    pub held_seconds: f64,
    /// What the warehouse said its read would take, where it says.
    pub cost: Option<Cost>,
    /// The run it takes back.
    pub undoes: Option<i64>,
    /// Fields it left alone in records of which it put back others.
    pub left_alone: Vec<FieldLeft>,
    /// The run that took back this one: the newest that took back all of it, alone or as the last of several, else the
    /// newest that took back a part.
    pub undone_by: Option<i64>,
    /// A part of it alone was taken back: some records, or fields of some, were left alone, or it was to be some.
    pub undone_in_part: bool,
    /// The run that is taking it back now.
    pub undoing: Option<i64>,
    /// The later run that took over what was still waiting.
    pub taken_over_by: Option<i64>,
    /// By which of the destination's ways its records went, where it has several.
    pub sent_by: Vec<String>,
    /// What it is doing; absent once it has ended.
    pub progress: Option<RunProgress>,
    /// Why it failed, waits or is held.
    pub problem: Option<Problem>,
    /// For a missed run: why, in a sentence.
    pub reason: Option<String>,
}

/// A field that an undo left alone in records of which it put back others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FieldLeft {
    /// Its name in the destination.
    pub field: String,
    /// Why, in a sentence.
    pub reason: String,
    /// In how many records.
    pub records: u64,
}

/// A run's counts. `read == invalid + added + changed + unchanged`, and `delivered + rejected + waiting +
/// discarded` equals every change the run was to send.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunCounts {
    /// Rows read.
    pub read: u64,
    /// Rows that can not be sent.
    pub invalid: u64,
    /// Rows never delivered before.
    pub added: u64,
    /// Rows that differ from what was delivered.
    pub changed: u64,
    /// Delivered rows that are gone (mirror only).
    pub removed: u64,
    /// Rows that are as delivered.
    pub unchanged: u64,
    /// Records of earlier runs that are sent again without having been read.
    pub carried: u64,
    /// Records that left at least once, answered or not.
    pub sent: u64,
    /// Records the destination took.
    pub delivered: u64,
    /// Records the destination refused, doubtful ones among them.
    pub rejected: u64,
    /// Records the user discarded; they count as neither rejected nor waiting any more.
    pub discarded: u64,
    /// Records still to be sent.
    pub waiting: u64,
    /// Requests that left, answered or not.
    pub requests: u64,
    /// Bytes of the bodies of requests that were answered, after compression.
    pub bytes_sent: u64,
    /// How long the run took, in seconds, without the time it was held.
    pub seconds: f64,
}

/// How a run is or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Going on.
    Running,
    /// Everything arrived.
    Completed,
    /// Ended; the destination refused some records.
    CompletedWithRejections,
    /// Held for the user's decision; nothing was sent.
    Held,
    /// Cancelled by the user; what was sent stays sent.
    Cancelled,
    /// It could not do its work.
    Failed,
    /// Some records wait to be sent by a later run.
    Waiting,
    /// A scheduled run that did not start.
    Missed,
}

/// Why a run began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The user said so.
    Manual,
    /// Its schedule.
    Schedule,
    /// Its schedule, later than meant, because the computer slept or Sluice was closed.
    CatchUp,
    /// The user retried rejected records.
    Retry,
    /// It goes on after Sluice was stopped.
    Resume,
    /// The user tests the sync with one record.
    Test,
    /// The user takes back what an earlier run wrote.
    Undo,
    /// The user sends one record once more, as it was or corrected.
    Replay,
}

/// What a running run is doing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunProgress {
    /// The phase.
    pub phase: Phase,
    /// Records this run is to send; known once the read is sealed.
    pub to_send: Option<u64>,
    /// How many rows the read is expected to have.
    pub expected_rows: Option<u64>,
    /// Records a second, over the last seconds.
    pub per_second: f64,
    /// Seconds left; after five seconds of data.
    pub seconds_left: Option<f64>,
    /// The last 60 readings of `per_second`, oldest first.
    pub rates: Vec<f64>,
    /// What it waits for, in words ("RudderStack asked for 3 s").
    pub waiting_for: Option<String>,
}

/// A run's phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Reading rows and comparing them.
    Reading,
    /// Everything is read and the differences are written down.
    Sealing,
    /// Sending.
    Sending,
}

/// `sync_now`: runs a sync.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncNow {
    /// The sync's name.
    pub sync: String,
    /// Send every row again.
    pub full: bool,
    /// Go on where a run is held.
    pub approve: bool,
    /// Read and compare, and hold the run before anything is sent.
    pub review: bool,
    /// The stamp of the plan that was looked at: a run that finds other records is held.
    pub planned: Option<String>,
}

/// `sync_test`: sends one record of a sync.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncTest {
    /// The sync's name.
    pub sync: String,
    /// The record, as a plan names it; else the first a run would send.
    pub record: Option<String>,
}

/// `runs`: run history, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunsRequest {
    /// Only of this sync.
    pub sync: Option<String>,
    /// Only runs older than this one.
    pub before: Option<i64>,
    /// How many.
    pub limit: usize,
}

/// `retry`: sends rejected records of a run again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Retry {
    /// The run.
    pub run: i64,
    /// Only records with these keys; empty, as `events` is, for all.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Only these events, by their ids: a front may know keys only masked.
    #[serde(default)]
    pub events: Vec<String>,
}

/// `discard`: decides that records of a run are not to be sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Discard {
    /// The run.
    pub run: i64,
    /// Only records with these keys; empty, as `events` is, for all.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Only these events, by their ids: a front may know keys only masked.
    #[serde(default)]
    pub events: Vec<String>,
    /// Which of them.
    pub which: Discarding,
}

/// Which records of a run are discarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Discarding {
    /// Those the destination refused.
    Refused,
    /// Those that wait.
    Waiting,
    /// Both.
    All,
}
