//! SQLite's errors about a query, as the user can act on them.

use rusqlite::Error as Sqlite;
use sluice_engine::error::{Error, ErrorKind};

/// An error of preparing or running the user's query; problems of the file keep their own kinds.
pub(super) fn from_query(error: Sqlite) -> Error {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) {
        return Error::new(ErrorKind::Cancelled, "The read was cancelled.");
    }
    let Sqlite::SqlInputError { msg, .. } = &error else { return error.into() };
    Error::new(ErrorKind::BadQuery, format!("The sample can not run this query: {msg}.")).with_source(error)
}

/// A table or column that is not there.
pub(super) fn missing(what: &str) -> Error {
    Error::new(ErrorKind::MissingObject, format!("The sample has no {what}."))
}
