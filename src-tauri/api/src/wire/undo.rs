use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `undo_look`: what undoing a run would do. Nothing is written anywhere.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UndoLookRequest {
    /// The run.
    pub run: i64,
    /// Only records with these keys; empty, as `events` is, for all.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Only these events, by their ids: a front may know keys only masked.
    #[serde(default)]
    pub events: Vec<String>,
    /// Only records whose key or payload contain this text, in any case.
    #[serde(default)]
    #[ts(optional)]
    pub search: Option<String>,
    /// How many records of each kind to return.
    pub limit: usize,
    /// Return the values unmasked (the command line, on the user's own terminal).
    pub reveal: bool,
}

/// What undoing a run would do. The counts add up to the records the run delivered, and those it was cut off with whose
/// values stand there.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UndoLook {
    /// The run.
    pub run: i64,
    /// Its sync.
    pub sync: String,
    /// Records that get values back.
    pub put_back: u64,
    /// Values that are put back.
    pub values: u64,
    /// Fields they are put back in.
    pub fields: u64,
    /// Records the run deleted, that are created again.
    pub create_again: u64,
    /// Records the run created, that are deleted if the user says so.
    pub delete: u64,
    /// Records that are as before the run.
    pub nothing: u64,
    /// Records that are not touched.
    pub leave_alone: u64,
    /// Why those are not touched, the most frequent reasons first.
    pub reasons: Vec<UndoReason>,
    /// Records of the run that wait to be sent: an undo of all of the run keeps them from going out by themselves.
    pub waiting: u64,
    /// The first records of each kind, in the order they were sent.
    pub records: Vec<UndoRecord>,
}

/// Records that are left alone for the same reason.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UndoReason {
    /// The reason, in a sentence.
    pub reason: String,
    /// How many.
    pub records: u64,
}

/// What an undo does with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Will {
    /// Fields get the values back that they had.
    PutBack,
    /// The run deleted the record; it is created again from what it had.
    CreateAgain,
    /// The run created the record; it is deleted if the user says so.
    Delete,
    /// Nothing of it differs from before the run.
    Nothing,
    /// It is not touched, for the reason given.
    LeaveAlone,
}

/// A record of a run that is looked at to be undone.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UndoRecord {
    /// Its event's id, to undo it alone.
    pub event: String,
    /// Its key.
    pub key: String,
    /// Whom it is about, masked as its values are: e-mail, user id or anonymous id; absent where it names nobody.
    pub who: Option<String>,
    /// What an undo does with it.
    pub will: Will,
    /// Its fields that are not as before the run; of a record that is left alone, those it is left alone for.
    pub fields: Vec<FieldUndo>,
    /// Why it is left alone in whole or in part, or why there is nothing to do.
    pub reason: Option<String>,
}

/// A field that is put back, or left alone. Values are JSON; absent where there is none.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FieldUndo {
    /// Its name in the destination.
    pub name: String,
    /// What stands there now.
    pub now: Option<String>,
    /// What stood there before the run.
    pub then: Option<String>,
    /// What the run wrote.
    pub wrote: Option<String>,
    /// It is not touched.
    pub left_alone: bool,
    /// Why it is not touched.
    pub reason: Option<String>,
}

/// `undo`: takes back what a run wrote, in a run of its own.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Undo {
    /// The run.
    pub run: i64,
    /// Only records with these keys; empty, as `events` is, for all.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Only these events, by their ids: a front may know keys only masked.
    #[serde(default)]
    pub events: Vec<String>,
    /// Also delete what the run created.
    pub delete_created: bool,
}

/// `replay`: sends the record of one event once more, in a run of its own.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Replay {
    /// The event's id.
    pub event: String,
    /// The payload to send in place of the one it had; it has to be about the same record.
    pub payload: Option<String>,
}
