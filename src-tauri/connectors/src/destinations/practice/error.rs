//! What the practice CRM refuses, and in which words.

use sluice_engine::error::{Error, ErrorKind};

use super::problem::{Problem, What};

/// Why a record was not applied: its own fault, or the file's.
pub(super) enum Fault {
    /// The CRM refuses this record.
    Refused(Vec<Problem>),
    /// The file can not be read or written; nothing of the request was applied.
    Broken(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Broken(broken(error))
    }
}

/// A refusal of one record, for what it is.
pub(super) fn refused(what: What, words: impl Into<String>) -> Fault {
    Fault::Refused(vec![Problem::with_record(what, words)])
}

/// What a failure of the file means here.
pub(super) fn broken(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let (kind, message) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (ErrorKind::DiskFull, "The disk that holds the practice CRM is full."),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            (ErrorKind::Damaged, "The practice CRM's file is damaged.")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (ErrorKind::ServerFailed, "The practice CRM is busy: something else is writing to its file.")
        }
        _ => (ErrorKind::Storage, "The practice CRM's file could not be read or written."),
    };
    let error = Error::new(kind, message).with_source(error);
    if kind == ErrorKind::Damaged {
        return error.with_hint(
            "Delete or move the file away; the practice CRM starts empty, and a full sync fills it.",
        );
    }
    error
}
