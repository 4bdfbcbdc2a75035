//! The server's errors, told apart by SQLSTATE. Redshift has those of PostgreSQL 8.0
//! (<https://www.postgresql.org/docs/8.0/errcodes-appendix.html>), which knows one for every refused sign-in.

use std::{fmt, io};

use bytes::{Buf, Bytes};
use sluice_engine::error::{Error, ErrorKind};

use super::query::quoted;
use super::wire::{malformed, text};
use crate::warehouses::pgwire::login::{Login, unread};
use crate::warehouses::pgwire::place::place;
use crate::warehouses::pgwire::tls::Encryption;

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
    /// Nothing comes any more.
    Silent,
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
        Failure::Slow(seconds) => login.no_answer(seconds),
        Failure::Silent => login.silent(),
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
    // What AWS hands out for an hour at most
    // (<https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html>).
    if ["IAM:", "IAMA:"].iter().any(|prefix| login.user.starts_with(prefix)) {
        return Error::new(ErrorKind::SignInFailed, message)
            .with_hint("A user of this name has a password of AWS for an hour at most, and a sync needs one that lasts. Have an administrator make a user with the statement below, and enter that one.")
            .with_fix("CREATE USER sluice_reader PASSWORD 'choose a long password';")
            .with_source(said);
    }
    let mut hint = "Enter user and password again. If they are right, have an administrator look whether the user may connect, or set the password anew with the statement below.".to_owned();
    if matches!(login.encryption, Encryption::Off) {
        hint += " Or choose an encrypted connection: a cluster can be set to take no other (require_ssl).";
    }
    Error::new(ErrorKind::SignInFailed, message)
        .with_hint(hint)
        .with_fix(set_password(login))
        .with_source(said)
}

/// The connection broke, or what came is not the protocol.
pub(super) fn cut(login: &Login, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::InvalidData {
        return unread(Error::new(ErrorKind::BadAnswer, "The server’s answer could not be understood."))
            .with_source(error);
    }
    login.cut().with_source(error)
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
            .with_hint(ASK_FOR_A_SCHEMA)
            .with_fix(grant(user, None)),
        "42P01" | "42703" | "3F000" => {
            of(ErrorKind::MissingObject, format!("The warehouse says: {message}{place}."))
        }
        "25006" => of(ErrorKind::BadQuery, "The query would change the warehouse, and Sluice only reads.".to_owned())
            .with_hint("Write a query that only selects."),
        "57014" => of(ErrorKind::TimedOut, "Redshift stopped the query because it took too long.".to_owned())
            .with_hint("Make the query faster, or have the limit raised: the user’s statement_timeout, or the queue’s query monitoring rule (WLM). Sluice’s queries have the query group “Sluice”."),
        "53300" => of(ErrorKind::NoConnectionLeft, "Redshift has no connection left for another session.".to_owned())
            .with_hint("Try again in a moment. If it lasts, close other sessions."),
        "53100" => of(ErrorKind::ServerFailed, "The cluster’s disks are full.".to_owned())
            .with_hint("Free some space, or make the cluster larger."),
        // One of two transactions at the same tables, as with error 1023 (serializable isolation violation).
        "40001" | "40P01" => of(ErrorKind::TimedOut, "Another session changed the same tables at the same time.".to_owned())
            .with_hint("Run it again when the other session has ended."),
        "57P01" | "57P02" | "57P03" | "57P05" => {
            of(ErrorKind::ServerFailed, "Redshift is starting, stopping, or has ended the session.".to_owned())
                .with_hint("Try again when the cluster is available: it restarts for maintenance and when it is resized.")
        }
        // The words of a data error can hold a value of the row.
        _ if state.starts_with("22") => {
            return of(ErrorKind::ValueInQuery, format!("The query fails on a value in its rows (SQLSTATE {state}){place}."))
                .with_hint("Run the query in the query editor to see the value, and correct it or the query.");
        }
        _ if ["42", "0A", "26"].iter().any(|class| state.starts_with(class)) => {
            of(ErrorKind::BadQuery, format!("The warehouse does not take this query: {message}{place}."))
        }
        _ if state.starts_with("28") => {
            of(ErrorKind::SignInFailed, format!("The server refused the sign-in: {message}."))
        }
        _ if state.starts_with("08") => login.cut(),
        _ => of(ErrorKind::ServerFailed, format!("Redshift failed (SQLSTATE {state})."))
            .with_hint("Run it again. If it lasts, look for the query in the console: it has the query group “Sluice”."),
    };
    unread(error).with_source(said)
}

/// Gives the user a password, which Redshift keeps as SHA-256
/// (<https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html>).
pub(super) fn set_password(login: &Login) -> String {
    format!("ALTER USER {} PASSWORD 'choose a long password';", quoted(&login.user))
}

/// What to do where nobody knows in which schema the tables are.
pub(super) const ASK_FOR_A_SCHEMA: &str = "Have an administrator run these statements, with the name of the schema that has your tables for YOUR_SCHEMA.";

/// Statements that let `user` read these tables, each of `[[database, ]schema, ]name`. What kind a table is, a login that
/// may not read it is not told; so each kind has a line of its own.
///
/// * Views and late-binding ones: <https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html>
/// * External schemas: <https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html> ("only GRANT or REVOKE USAGE")
/// * Data shares: <https://docs.aws.amazon.com/redshift/latest/dg/writes-granting.html>
pub(super) fn table_grants(user: &str, tables: &[Vec<String>]) -> String {
    let user = quoted(user);
    let mut statements = Vec::new();
    for parts in tables {
        let named: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
        let select = format!("GRANT SELECT ON {} TO {user};", named.join("."));
        match named.as_slice() {
            [.., database, _, _] => {
                statements.push(format!("GRANT USAGE ON DATABASE {database} TO {user};"));
                statements.push("-- Where that database was made WITH PERMISSIONS, this too:".to_owned());
            }
            [schema, _] => {
                statements.push(format!("GRANT USAGE ON SCHEMA {schema} TO {user};"));
                statements.push(
                    "-- This too, unless it is an external schema (Spectrum), of which USAGE is enough:"
                        .to_owned(),
                );
            }
            _ => {}
        }
        statements.push(select);
    }
    statements.push("-- The owner of a late-binding view needs SELECT on what the view reads.".to_owned());
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

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redshift {}: {}", self.state, self.message)
    }
}

impl std::error::Error for Said {}
