//! The server's errors, told apart by SQLSTATE. Redshift has those of PostgreSQL 8.0
//! (<https://www.postgresql.org/docs/8.0/errcodes-appendix.html>), which knows one for every refused sign-in.

use std::{fmt, io};

use bytes::{Buf, Bytes};
use sluice_engine::error::{Error, ErrorKind};

use super::query::quoted;
use super::wire::{malformed, text};
use crate::warehouses::pgwire::login::Login;
use crate::warehouses::pgwire::place::place;

/// What the server said, without its detail, which can hold values.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) state: String,
    pub(super) message: String,
    /// Which character of the statement, counted from 1.
    position: Option<usize>,
}

impl Said {
    /// From an `ErrorResponse`.
    pub(super) fn of(mut body: Bytes) -> io::Result<Self> {
        let mut said = Self { state: String::new(), message: String::new(), position: None };
        loop {
            match body.try_get_u8().map_err(|_| malformed())? {
                0 => return Ok(said),
                b'C' => said.state = text(&mut body)?,
                b'M' => text(&mut body)?.trim_end().trim_end_matches('.').clone_into(&mut said.message),
                b'P' => said.position = text(&mut body)?.parse().ok(),
                _ => drop(text(&mut body)?),
            }
        }
    }

    /// What no statement may hold.
    pub(super) fn zero_byte() -> Self {
        Self { state: "42601".into(), message: "there is a zero byte in it".into(), position: None }
    }

    /// A thing that is named does not exist.
    pub(super) fn is_about_a_missing_table(&self) -> bool {
        ["42P01", "3F000"].contains(&self.state.as_str())
    }
}

/// Why something asked of a session did not work.
#[derive(Debug)]
pub(super) enum Failure {
    /// The connection, or what came over it.
    Cut(io::Error),
    /// The server refused.
    Said(Said),
    /// No answer within so many seconds.
    Slow(u64),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Cut(error)
    }
}

/// What a failure means.
pub(super) fn from(login: &Login, failure: Failure) -> Error {
    match failure {
        Failure::Cut(error) => cut(login, error),
        Failure::Said(said) => from_state(login, said, ""),
        Failure::Slow(seconds) => {
            let message = format!("{} gave no answer within {seconds} seconds.", login.host);
            Error::new(ErrorKind::TimedOut, message)
                .with_hint("Try again when the cluster or workgroup has less to do.")
        }
    }
}

/// What a failure about the user's SQL means, before which so many characters were put.
pub(super) fn from_query(login: &Login, failure: Failure, sql: &str, before: usize) -> Error {
    let Failure::Said(said) = failure else { return from(login, failure) };
    let place = said.position.and_then(|position| place(sql, position.checked_sub(before + 1)?));
    let place = place.map(|(line, column)| format!(" (line {line}, column {column})")).unwrap_or_default();
    from_state(login, said, &place)
}

/// What a refused sign-in means. Redshift says 28000 for a wrong password too.
pub(super) fn from_sign_in(login: &Login, said: Said) -> Error {
    if !["28000", "28P01"].contains(&said.state.as_str()) {
        return from_state(login, said, "");
    }
    let message = format!("The server refused user “{}” or the password.", login.user);
    Error::new(ErrorKind::SignInFailed, message)
        .with_hint("Enter user and password again. If they are right, have an administrator look whether the user may connect, or set the password anew with the statement below.")
        .with_fix(set_password(login))
        .with_source(said)
}

/// The connection broke, or what came is not the protocol.
pub(super) fn cut(login: &Login, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::InvalidData {
        return Error::new(ErrorKind::BadAnswer, "The server’s answer could not be understood.")
            .with_source(error);
    }
    let message = format!("The connection to {}:{} was cut.", login.host, login.port);
    Error::new(ErrorKind::Unreachable, message).with_source(error)
}

/// `place` says where in the user's SQL, as the end of a sentence.
fn from_state(login: &Login, said: Said, place: &str) -> Error {
    let Login { user, database, .. } = login;
    let (state, message) = (said.state.as_str(), said.message.as_str());
    let of = |kind, message: String| Error::new(kind, message);
    let error = match state {
        "3D000" => of(ErrorKind::MissingObject, format!("The cluster or workgroup has no database “{database}”."))
            .with_hint("Check the database’s name. It is written in small letters unless it was made in double quotes."),
        "42501" => of(ErrorKind::NotAllowed, format!("“{user}” is not allowed to read this: {message}."))
            .with_hint("Have an administrator run the statements below, with the schema that has the table.")
            .with_fix(grant(user, "analytics")),
        "42P01" | "42703" | "3F000" => {
            of(ErrorKind::MissingObject, format!("The warehouse says: {message}{place}."))
        }
        "25006" => of(ErrorKind::BadQuery, "The query would change the warehouse, and Sluice only reads.".to_owned())
            .with_hint("Write a query that only selects."),
        "57014" => of(ErrorKind::TimedOut, "Redshift stopped the query because it took too long.".to_owned())
            .with_hint("Make the query faster, or have the limit raised: the user’s statement_timeout, or the queue’s query monitoring rule (WLM). Sluice’s queries have the query group “Sluice”."),
        "53300" => of(ErrorKind::ServerFailed, "Redshift has no connection left for another session.".to_owned())
            .with_hint("Try again in a moment. If it lasts, close other sessions."),
        "53100" => of(ErrorKind::ServerFailed, "The cluster’s disks are full.".to_owned())
            .with_hint("Free some space, or make the cluster larger."),
        // One of two transactions at the same tables, as with error 1023 (serializable isolation violation).
        "40001" | "40P01" => of(ErrorKind::TimedOut, "Another session changed the same tables at the same time.".to_owned()),
        "57P01" | "57P02" | "57P03" | "57P05" => {
            of(ErrorKind::ServerFailed, "Redshift is starting, stopping, or has ended the session.".to_owned())
                .with_hint("Try again when the cluster is available: it restarts for maintenance and when it is resized.")
        }
        // The words of a data error can hold a value of the row.
        _ if state.starts_with("22") => {
            return of(ErrorKind::BadQuery, format!("The query fails on a value in its rows (SQLSTATE {state}){place}."))
                .with_hint("Run the query in the query editor to see the value, and correct it or the query.");
        }
        _ if ["42", "0A", "26"].iter().any(|class| state.starts_with(class)) => {
            of(ErrorKind::BadQuery, format!("The warehouse does not take this query: {message}{place}."))
        }
        _ if state.starts_with("28") => {
            of(ErrorKind::SignInFailed, format!("The server refused the sign-in: {message}."))
        }
        _ if state.starts_with("08") => of(ErrorKind::Unreachable, "The connection to the server broke off.".to_owned()),
        _ => of(ErrorKind::ServerFailed, format!("Redshift failed (SQLSTATE {state}).")),
    };
    error.with_source(said)
}

/// Gives the user a password, which Redshift keeps as SHA-256
/// (<https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html>).
pub(super) fn set_password(login: &Login) -> String {
    format!("ALTER USER {} PASSWORD 'choose a long password';", quoted(&login.user))
}

/// Statements that let `user` read a schema.
pub(super) fn grant(user: &str, schema: &str) -> String {
    let (user, schema) = (quoted(user), quoted(schema));
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

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redshift {}: {}", self.state, self.message)
    }
}

impl std::error::Error for Said {}
