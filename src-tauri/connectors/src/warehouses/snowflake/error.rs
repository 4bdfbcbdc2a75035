//! What errors of statements mean, told apart by their codes and the SQLSTATE beside them.

use std::fmt;

use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::sync::TableName;

use super::login::Login;
use super::query::{Place, quoted};
use super::session::Session;

/// Lines that stand before the user's SQL.
const LINES_BEFORE: usize = 1;

/// What a statement's error means.
pub(super) fn from_statement(login: &Login, code: &str, state: &str, message: &str) -> Error {
    let words = words(&with_own_lines(message));
    let error = match code {
        "000606" => no_warehouse(login),
        "090105" | "090106" => {
            Error::new(ErrorKind::BadSettings, "The table’s name has no database, and the connection has none either.")
                .with_hint("Name a database in the connection, or write database.schema.table.")
        }
        "000630" | "000604" | "000639" => {
            Error::new(ErrorKind::TimedOut, "Snowflake stopped the query because it took too long, or somebody cancelled it.")
                .with_hint("Use a larger warehouse, make the query faster, or raise the time for a query.")
        }
        "090073" | "000608" => {
            Error::new(ErrorKind::ComputeStopped, format!("The warehouse can not run now: {words}."))
                .with_hint("A resource monitor may have used up its quota. Choose another warehouse, or have an administrator raise it.")
        }
        "003001" | "003540" => {
            Error::new(ErrorKind::NotAllowed, format!("The role is not allowed to read this: {words}."))
        }
        "002003" | "000904" | "002043" | "390201" => {
            Error::new(ErrorKind::MissingObject, format!("Snowflake says: {words}."))
        }
        _ => by_state(state, code, &words),
    };
    // The words of a data error can hold a value of the row.
    let shown = if state.starts_with("22") { String::new() } else { words };
    error.with_source(Said { code: code.to_owned(), message: shown })
}

fn by_state(state: &str, code: &str, words: &str) -> Error {
    match state {
        "42501" => {
            Error::new(ErrorKind::NotAllowed, format!("The role is not allowed to read this: {words}."))
        }
        "02000" | "42S02" => Error::new(ErrorKind::MissingObject, format!("Snowflake says: {words}.")),
        "57014" => Error::new(ErrorKind::TimedOut, "Snowflake stopped the query."),
        _ if state.starts_with("22") => Error::new(
            ErrorKind::ValueInQuery,
            format!("The query fails on a value in its rows (code {code})."),
        )
        .with_hint("Run the query in a worksheet to see the value, and correct it or the query."),
        _ if state.starts_with("42") || state.starts_with("0A") => {
            Error::new(ErrorKind::BadQuery, format!("Snowflake does not take this query: {words}."))
        }
        _ if state.starts_with("57") || state.starts_with("08") => {
            Error::new(ErrorKind::ServerFailed, format!("Snowflake can not run this now: {words}."))
        }
        _ => Error::new(ErrorKind::ServerFailed, format!("Snowflake failed (code {code}).")),
    }
}

/// No warehouse runs the query: none was named, or the role may not use it.
pub(super) fn no_warehouse(login: &Login) -> Error {
    let role = login.role.as_deref().map_or_else(|| "<role>".to_owned(), named);
    match &login.warehouse {
        None => Error::new(ErrorKind::NoCompute, "There is no warehouse to run queries.")
            .with_hint("Name a warehouse in the connection, or have an administrator set one for the user.")
            .with_fix(format!("ALTER USER {} SET DEFAULT_WAREHOUSE = <warehouse>;\nGRANT USAGE ON WAREHOUSE <warehouse> TO ROLE {role};", named(&login.user))),
        Some(warehouse) => {
            let message = format!("There is no warehouse “{warehouse}”, or the role may not use it.");
            Error::new(ErrorKind::NoCompute, message)
                .with_hint("Check the warehouse, or have an administrator run the statement below.")
                .with_fix(format!("GRANT USAGE ON WAREHOUSE {} TO ROLE {role};", named(warehouse)))
        }
    }
}

/// Statements that let the session's role read tables. Which kind of table each is, a role that may not see it can not
/// tell (<https://docs.snowflake.com/en/sql-reference/sql/grant-privilege>).
pub(super) fn grants(session: &Session, tables: &[TableName]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in tables.iter().flat_map(|table| grant(session, table)) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if !lines.is_empty() {
        lines.push("-- For a view write ON VIEW, for others ON EXTERNAL TABLE, DYNAMIC TABLE or MATERIALIZED VIEW in the place of ON TABLE.".to_owned());
    }
    lines.join("\n")
}

fn grant(session: &Session, table: &TableName) -> Vec<String> {
    let place = Place::of(session);
    let role = role(session);
    let (database, schema) = place.schema(&table.schema);
    let mut lines = Vec::new();
    if let Some(database) = database {
        lines.push(format!("GRANT USAGE ON DATABASE {} TO ROLE {role};", quoted(&database)));
    }
    if table.schema.is_empty() {
        lines.push(format!("GRANT SELECT ON TABLE {} TO ROLE {role};", quoted(&table.name)));
    } else {
        let sql = place.schema_sql(&table.schema);
        if !schema.is_empty() {
            lines.push(format!("GRANT USAGE ON SCHEMA {sql} TO ROLE {role};"));
        }
        lines.push(format!("GRANT SELECT ON TABLE {sql}.{} TO ROLE {role};", quoted(&table.name)));
    }
    lines
}

/// The session's role as SQL.
pub(super) fn role(session: &Session) -> String {
    let own = session.info.role_name.as_deref().filter(|role| !role.is_empty()).map(quoted);
    own.unwrap_or_else(|| session.login.role.as_deref().map_or_else(|| "<role>".to_owned(), named))
}

/// A name as the user typed it, as SQL: Snowflake takes what needs no quotes in capitals.
pub(super) fn named(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'));
    let is_quoted = name.len() > 1 && name.starts_with('"') && name.ends_with('"');
    if plain || is_quoted { name.to_owned() } else { quoted(name) }
}

/// A message as part of a sentence.
pub(super) fn words(message: &str) -> String {
    let joined = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = joined.trim_end_matches(['.', ' ']).chars().take(400).collect();
    if cut.is_empty() { "it gives no reason".to_owned() } else { cut }
}

/// The message with lines counted in the user's SQL.
fn with_own_lines(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once("line ") {
        out.push_str(before);
        out.push_str("line ");
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        rest = after.strip_prefix(digits.as_str()).unwrap_or(after);
        match digits.parse::<usize>() {
            Ok(line) if line > LINES_BEFORE => out.push_str(&(line - LINES_BEFORE).to_string()),
            _ => out.push_str(&digits),
        }
    }
    out + rest
}

/// What the server said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: String,
    pub(super) message: String,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snowflake {}: {}", self.code, self.message)
    }
}

impl std::error::Error for Said {}
