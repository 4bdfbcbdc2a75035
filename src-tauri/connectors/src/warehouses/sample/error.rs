//! SQLite's errors about a query, as the user can act on them.

use rusqlite::Error as Sqlite;
use sluice_engine::error::{Error, ErrorKind};

/// An error of preparing or running the user's query; problems of the file keep their own kinds.
pub(super) fn from_query(error: Sqlite) -> Error {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) {
        return Error::new(ErrorKind::Cancelled, "The read was cancelled.");
    }
    let said = if let Sqlite::SqlInputError { msg, .. } = &error {
        Some(msg)
    } else if let Sqlite::SqliteFailure(failure, Some(msg)) = &error
        && failure.code == rusqlite::ErrorCode::Unknown
    {
        // SQLite's plain error without a place in the text: a table that is not there.
        Some(msg)
    } else {
        None
    };
    let Some(said) = said else { return error.into() };
    Error::new(ErrorKind::BadQuery, format!("The sample can not run this query: {said}.")).with_source(error)
}

/// A table or column that is not there.
pub(super) fn missing(what: &str) -> Error {
    Error::new(ErrorKind::MissingObject, format!("The sample has no {what}."))
}
