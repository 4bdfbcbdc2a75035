//! The server's errors, told apart by SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).

use std::collections::HashSet;
use std::fmt;

use sluice_engine::error::{Error, ErrorKind};
use tokio_postgres::Error as PgError;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use super::client::Login;
use super::query::quoted;
use crate::warehouses::pgwire::login::unread;
use crate::warehouses::pgwire::place::place;

/// Why something asked of a session did not work.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server refused, or the connection, or what came over it.
    Answered(PgError),
    /// No answer within so many seconds, after which the server gives up by itself.
    Slow(u64),
    /// Nothing comes any more.
    Silent,
}

impl From<PgError> for Failure {
    fn from(error: PgError) -> Self {
        Self::Answered(error)
    }
}

impl Failure {
    /// What the server said.
    pub(super) fn state(&self) -> Option<&SqlState> {
        match self {
            Self::Answered(error) => error.code(),
            Self::Slow(_) | Self::Silent => None,
        }
    }
}

/// An error while signing in.
pub(super) fn from_sign_in(login: &Login, error: PgError) -> Error {
    if error.as_db_error().is_some() || is_cut(&error) {
        return from_server(login, error);
    }
    // What is left is an answer that is no PostgreSQL, or a way to sign in that is not supported.
    Error::new(ErrorKind::SignInFailed, format!("Signing in as “{}” did not work.", login.user))
        .with_hint("Sluice signs in with a password (SCRAM or MD5). Check that the server allows that, and host and port.")
        .with_source(error)
}

/// An error of the server, or of the connection to it.
pub(super) fn from_server(login: &Login, failure: impl Into<Failure>) -> Error {
    let error = match failure.into() {
        Failure::Answered(error) => error,
        Failure::Slow(seconds) => return login.no_answer(seconds),
        Failure::Silent => return login.silent(),
    };
    match error.as_db_error() {
        Some(said) => from_state(login, said, ""),
        None if is_cut(&error) => login.cut().with_source(error),
        None => unread(Error::new(ErrorKind::BadAnswer, "The server’s answer could not be understood."))
            .with_source(error),
    }
}

/// An error about the user's SQL, before which so many characters were put.
pub(super) fn from_query(login: &Login, failure: Failure, sql: &str, before: usize) -> Error {
    let Failure::Answered(error) = &failure else { return from_server(login, failure) };
    let Some(said) = error.as_db_error() else { return from_server(login, failure) };
    let position = match said.position() {
        Some(ErrorPosition::Original(position)) => (*position as usize).checked_sub(before + 1),
        Some(ErrorPosition::Internal { .. }) | None => None,
    };
    let place = position.and_then(|position| place(sql, position));
    let place = place.map(|(line, column)| format!(" (line {line}, column {column})")).unwrap_or_default();
    from_state(login, said, &place)
}

fn is_cut(error: &PgError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    error.is_closed() || cause.is_some()
}

/// `place` says where in the user's SQL, as the end of a sentence.
fn from_state(login: &Login, said: &DbError, place: &str) -> Error {
    let state = said.code().code();
    let message = said.message();
    let Login { user, database, .. } = login;
    let error = match state {
        "28P01" => {
            Error::new(ErrorKind::SignInFailed, format!("The server refused user “{user}” or the password."))
                .with_hint("Enter user and password again.")
        }
        "28000" => Error::new(
            ErrorKind::SignInFailed,
            format!("The server does not let “{user}” in from here: {message}."),
        )
        .with_hint(
            "Check the user, and have this computer and the kind of encryption allowed in pg_hba.conf.",
        ),
        "3D000" => Error::new(ErrorKind::MissingObject, format!("The server has no database “{database}”."))
            .with_hint("Check the database’s name; capital letters count."),
        "42501" => {
            Error::new(ErrorKind::NotAllowed, format!("“{user}” is not allowed to read this: {message}."))
                .with_hint(match said.schema() {
                    Some(_) => "Have an administrator run the statements below.",
                    None => ASK_FOR_A_SCHEMA,
                })
                .with_fix(grant(user, said.schema()))
        }
        "42P01" | "42703" | "3F000" => {
            Error::new(ErrorKind::MissingObject, format!("The warehouse says: {message}{place}."))
        }
        "25006" => {
            Error::new(ErrorKind::BadQuery, "The query would change the warehouse, and Sluice only reads.")
                .with_hint("Write a query that only selects.")
        }
        "57014" => Error::new(ErrorKind::TimedOut, "The server stopped the query because it took too long.")
            .with_hint("Make the query faster, or have the login’s statement_timeout raised."),
        "53300" => {
            Error::new(ErrorKind::NoConnectionLeft, "The server has no connection left for another login.")
                .with_hint(
                    "Try again in a moment. If it lasts, close other connections or raise max_connections.",
                )
        }
        "57P01" | "57P02" | "57P03" | "57P05" => {
            Error::new(ErrorKind::ServerFailed, "The server is starting, stopping, or has ended the session.")
                .with_hint("Try again when the server is up.")
        }
        // The words of a data error can hold a value of the row.
        _ if state.starts_with("22") => {
            return Error::new(
                ErrorKind::ValueInQuery,
                format!("The query fails on a value in its rows (SQLSTATE {state}){place}."),
            )
            .with_hint("Run the query in a SQL client to see the value, and correct it or the query.");
        }
        _ if state.starts_with("42") || state.starts_with("0A") || state.starts_with("26") => Error::new(
            ErrorKind::BadQuery,
            format!("The warehouse does not take this query: {message}{place}."),
        ),
        _ if state.starts_with("28") => {
            Error::new(ErrorKind::SignInFailed, format!("The server refused the sign-in: {message}."))
        }
        _ if state.starts_with("08") => login.cut(),
        _ => Error::new(ErrorKind::ServerFailed, format!("The server failed (SQLSTATE {state})."))
            .with_hint("Run it again. If it lasts, have somebody look at the server’s log."),
    };
    unread(error).with_source(Said { state: state.to_owned(), message: message.to_owned() })
}

/// What to do where nobody knows in which schema the tables are.
pub(super) const ASK_FOR_A_SCHEMA: &str = "Have an administrator run these statements, with the name of the schema that has your tables for YOUR_SCHEMA.";

/// Statements that let `user` read these tables. One without a schema was found, so that its schema may be used.
pub(super) fn table_grants(user: &str, tables: &[Vec<String>]) -> String {
    let user = quoted(user);
    let mut statements = Vec::new();
    for parts in tables {
        let named: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
        if let [.., schema, _] = named.as_slice() {
            statements.push(format!("GRANT USAGE ON SCHEMA {schema} TO {user};"));
        }
        statements.push(format!("GRANT SELECT ON {} TO {user};", named.join(".")));
    }
    let mut seen = HashSet::new();
    statements.retain(|statement| seen.insert(statement.clone()));
    statements.join("\n")
}

/// Statements that let `user` read a schema; without one a place is left for its name.
pub(super) fn grant(user: &str, schema: Option<&str>) -> String {
    let (user, schema) = (quoted(user), schema.map_or("YOUR_SCHEMA".to_owned(), quoted));
    format!(
        "GRANT USAGE ON SCHEMA {schema} TO {user};\n\
         GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {user};\n\
         ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {user};"
    )
}

/// Statements that let the login keep snapshots in a schema, which is there or has to be made.
pub(super) fn snapshot_grant(login: &Login, schema: &str, exists: bool) -> String {
    let (user, schema, database) = (quoted(&login.user), quoted(schema), quoted(&login.database));
    let made = if exists { String::new() } else { format!("CREATE SCHEMA {schema};\n") };
    format!(
        "{made}GRANT USAGE, CREATE ON SCHEMA {schema} TO {user};\n\
         GRANT TEMPORARY ON DATABASE {database} TO {user};"
    )
}

/// What the server said, without its detail, which can hold values.
#[derive(Debug)]
struct Said {
    state: String,
    message: String,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL {}: {}", self.state, self.message)
    }
}

impl std::error::Error for Said {}
