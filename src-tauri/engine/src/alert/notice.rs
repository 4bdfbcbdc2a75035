//! What an alert says: the sync, counts, and what is known of the kind of error. Never a message of the other side,
//! which may quote somebody's data.

use serde::{Deserialize, Serialize};

use super::Cause;
use super::judge::is_success;
use crate::error::ErrorKind;
use crate::store::new_uuid;
use crate::store::runs::{Counts, RunRow};
use crate::words::{count, counted};

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The same at each attempt, so that a repeat can be told.
    pub id: String,
    /// `failed`, `held`, `rejected`, `silent`, `recovered`, `first_success` or `test`.
    pub event: String,
    /// The sync's name; a test is about none.
    pub sync: Option<String>,
    /// The run that ended so.
    pub run: Option<i64>,
    /// When, in ms.
    pub at: i64,
    /// Since when the sync has been in trouble, in ms.
    pub since: Option<i64>,
    /// The error's code.
    pub code: Option<String>,
    /// In a few words.
    pub title: String,
    /// What happened, and what to do.
    pub text: String,
    /// The run's counts.
    pub counts: Option<Sums>,
}

/// Counts of a run, as alerts tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Rows read.
    pub read: u64,
    /// Rows that could not be sent.
    pub invalid: u64,
    /// Records the destination took.
    pub delivered: u64,
    /// Records the destination refused.
    pub rejected: u64,
    /// Records still to be sent.
    pub waiting: u64,
}

impl From<&Counts> for Sums {
    fn from(counts: &Counts) -> Self {
        Self {
            read: counts.read,
            invalid: counts.invalid,
            delivered: counts.delivered,
            rejected: counts.rejected,
            waiting: counts.waiting(),
        }
    }
}

impl Notice {
    /// Tells of `cause`, which the end of `run` began.
    pub(crate) fn of(cause: &Cause, sync: &str, run: &RunRow) -> Self {
        let (sums, at) = (Sums::from(&run.counts), run.finished.unwrap_or(run.started));
        let name = plain(sync);
        let (event, code, title, text) = match cause {
            Cause::Failed(kind) => {
                let kind = ErrorKind::from_name(kind).unwrap_or(ErrorKind::Bug);
                let text = format!("{} {} {}", kind.meaning(), kind.safe(), kind.hint());
                ("failed", Some(kind), format!("{name} needs you"), text)
            }
            Cause::Held => {
                let kind = ErrorKind::Held;
                let text = format!("{} of it wait. {}", counted(sums.waiting, "record"), kind.hint());
                ("held", Some(kind), format!("{name} is held for review"), text)
            }
            Cause::Rejected => ("rejected", None, too_many(&name, sums), KEPT.to_owned()),
            Cause::Silent => ("silent", None, format!("{name} does not succeed"), String::new()),
            Cause::FirstSuccess => {
                let text = format!("{} delivered.", counted(sums.delivered, "record"));
                ("first_success", None, format!("{name} works"), text)
            }
        };
        Self {
            event: event.to_owned(),
            sync: Some(sync.to_owned()),
            run: Some(run.id),
            since: (!is_success(run)).then_some(at),
            code: code.map(|kind| kind.code().to_owned()),
            counts: Some(sums),
            ..Self::saying(at, title, text)
        }
    }

    /// Tells that a sync that was in trouble since `since` has recovered with `run`.
    pub(crate) fn recovered(sync: &str, run: &RunRow, since: i64) -> Self {
        let sums = Sums::from(&run.counts);
        let text = format!("Run {} completed. {} delivered.", run.id, counted(sums.delivered, "record"));
        Self {
            event: "recovered".to_owned(),
            sync: Some(sync.to_owned()),
            run: Some(run.id),
            since: Some(since),
            counts: Some(sums),
            ..Self::saying(run.finished.unwrap_or(run.started), format!("{} works again", plain(sync)), text)
        }
    }

    /// Tells that no run has succeeded since `since`, for longer than so many hours.
    pub(crate) fn silent(sync: &str, at: i64, since: i64, hours: u32) -> Self {
        let title = format!("{}: no success for {}", plain(sync), counted(u64::from(hours), "hour"));
        let text = "Open Sluice to see what its last runs ended with, and whether its schedule is followed.";
        Self {
            event: "silent".to_owned(),
            sync: Some(sync.to_owned()),
            since: Some(since),
            ..Self::saying(at, title, text.to_owned())
        }
    }

    /// Tells that alerts arrive.
    pub(crate) fn test(at: i64) -> Self {
        let text = "Nothing is wrong: this was sent to see whether alerts arrive here.";
        Self::saying(at, "A test from Sluice".to_owned(), text.to_owned())
    }

    fn saying(at: i64, title: String, text: String) -> Self {
        Self {
            id: new_uuid(),
            event: "test".to_owned(),
            sync: None,
            run: None,
            at,
            since: None,
            code: None,
            title,
            text,
            counts: None,
        }
    }
}

const KEPT: &str = "They are kept with their reasons, under Events.";

fn too_many(name: &str, sums: Sums) -> String {
    match (sums.rejected, sums.invalid) {
        (rejected, 0) => format!("{name}: {} rejected", counted(rejected, "record")),
        (0, invalid) => format!("{name}: {} could not be sent", counted(invalid, "row")),
        (rejected, invalid) => {
            format!("{name}: {} rejected, {} could not be sent", counted(rejected, "record"), count(invalid))
        }
    }
}

/// A name on one line: some ways end a title at a line's end.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
