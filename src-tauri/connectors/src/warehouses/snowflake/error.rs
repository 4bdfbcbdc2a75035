//! Snowflake's errors, told apart by their codes. Those of sign-in are in the drivers
//! (<https://github.com/snowflakedb/snowflake-connector-python/blob/main/src/snowflake/connector/network.py>,
//! <https://github.com/snowflakedb/gosnowflake/blob/master/internal/errors/errors.go>); those of statements come with an
//! SQLSTATE beside them.

use std::fmt;
use std::net::IpAddr;

use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::sync::TableName;

use super::login::{Credentials, Login};
use super::query::{Place, quoted};
use super::session::Session;

/// Lines that stand before the user's SQL.
const LINES_BEFORE: usize = 1;

/// Why Snowflake does not let the login in.
pub(super) fn from_sign_in(login: &Login, code: &str, message: &str) -> Error {
    let user = &login.user;
    let words = words(message);
    let error = match code {
        "390100" => wrong_credentials(login),
        "390101" | "390103" | "390105" => {
            Error::new(ErrorKind::SignInFailed, format!("Snowflake has the user “{user}” disabled."))
                .with_hint("Have an administrator enable the user.")
                .with_fix(format!("ALTER USER {} SET DISABLED = FALSE;", named(user)))
        }
        "390102" => Error::new(ErrorKind::SignInFailed, format!("Snowflake has the user “{user}” locked for now."))
            .with_hint("After too many wrong sign-ins it unlocks by itself in 15 minutes, or an administrator does it.")
            .with_fix(format!("ALTER USER {} SET MINS_TO_UNLOCK = 0;", named(user))),
        // What is wrong with the token is in the two digits after 3943.
        "390144" | "394300" | "394301" | "394302" | "394303" | "394304" | "394305" | "394306" => {
            wrong_key(login, code)
        }
        "390186" | "390189" => {
            let role = login.role.as_deref().unwrap_or_default();
            Error::new(ErrorKind::NotAllowed, format!("There is no role “{role}”, or “{user}” may not use it."))
                .with_hint("Check the role, or have an administrator grant it.")
                .with_fix(format!("GRANT ROLE {} TO USER {};", named(role), named(user)))
        }
        "390201" => missing_default(login, &words),
        "390420" | "390422" | "390432" => network_policy(login, message),
        "390433" | "395092" => Error::new(ErrorKind::SignInFailed, format!("Snowflake wants a network policy first: {words}."))
            .with_hint("An access token of a service user counts only under a network policy. Have an administrator run the statements below.")
            .with_fix(policy(login, None)),
        "394400" | "394401" | "394402" => Error::new(ErrorKind::SignInFailed, "Snowflake does not take the access token.")
            .with_hint("It may have expired, be revoked, or belong to another user. Make another one, and enter it.")
            .with_fix(format!("ALTER USER {} ADD PROGRAMMATIC ACCESS TOKEN SLUICE_TOKEN DAYS_TO_EXPIRY = 90;", named(user))),
        _ => other_sign_in(login, &words),
    };
    error.with_source(Said { code: code.to_owned(), message: words })
}

fn wrong_credentials(login: &Login) -> Error {
    let user = &login.user;
    match &login.credentials {
        Credentials::Password(_) => {
            Error::new(ErrorKind::SignInFailed, format!("Snowflake refused user “{user}” or the password."))
                .with_hint("Enter user and password again. A user for a program needs a key pair or an access token: Snowflake takes its password no more.")
        }
        Credentials::Token(_) => {
            Error::new(ErrorKind::SignInFailed, format!("Snowflake refused user “{user}” or the access token."))
                .with_hint("Enter user and token again.")
        }
        Credentials::Key(_) => {
            Error::new(ErrorKind::SignInFailed, format!("Snowflake refused user “{user}” or the key."))
                .with_hint("Check the user.")
        }
    }
}

/// The token was signed with a key Snowflake does not have for the user, for another account, or at another time.
fn wrong_key(login: &Login, code: &str) -> Error {
    let user = &login.user;
    if matches!(code, "394301" | "394302" | "394303") {
        return Error::new(ErrorKind::SignInFailed, "Snowflake does not take a key’s token of this hour.")
            .with_hint("Set this computer’s clock right: the token counts for two minutes.");
    }
    let message = format!("Snowflake does not know this key of “{user}”.");
    let error = Error::new(ErrorKind::SignInFailed, message);
    let Credentials::Key(key) = &login.credentials else { return error };
    error
        .with_hint(format!(
            "Check account and user ({}.{}), and have an administrator give the user this key’s public half. “DESCRIBE USER” has to show RSA_PUBLIC_KEY_FP as {}.",
            login.account.name(),
            user.to_uppercase(),
            key.fingerprint()
        ))
        .with_fix(format!("ALTER USER {} SET RSA_PUBLIC_KEY = '{}';\nDESCRIBE USER {};", named(user), key.public_key(), named(user)))
}

fn missing_default(login: &Login, words: &str) -> Error {
    let role = login.role.as_deref().map_or_else(|| "<role>".to_owned(), named);
    let mut fixes = Vec::new();
    if let Some(database) = &login.database {
        fixes.push(format!("GRANT USAGE ON DATABASE {} TO ROLE {role};", named(database)));
    }
    if let Some(warehouse) = &login.warehouse {
        fixes.push(format!("GRANT USAGE ON WAREHOUSE {} TO ROLE {role};", named(warehouse)));
    }
    Error::new(ErrorKind::MissingObject, format!("Snowflake says: {words}."))
        .with_hint("Check database, warehouse and role, or have an administrator run the statements below.")
        .with_fix(fixes.join("\n"))
}

fn network_policy(login: &Login, message: &str) -> Error {
    let address = message
        .split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':')))
        .find_map(|word| word.trim_end_matches('.').parse::<IpAddr>().ok());
    let from = address.map_or_else(String::new, |address| format!(" ({address})"));
    Error::new(
        ErrorKind::SignInFailed,
        format!("A network policy of Snowflake’s keeps this computer{from} out."),
    )
    .with_hint("Have an administrator let this address in.")
    .with_fix(policy(login, address))
}

fn policy(login: &Login, address: Option<IpAddr>) -> String {
    let address = address.map_or_else(|| "this computer’s address".to_owned(), |address| address.to_string());
    format!(
        "CREATE NETWORK RULE SLUICE_ADDRESS MODE = INGRESS TYPE = IPV4 VALUE_LIST = ('{address}');\n\
         CREATE NETWORK POLICY SLUICE_POLICY ALLOWED_NETWORK_RULE_LIST = ('SLUICE_ADDRESS');\n\
         ALTER USER {} SET NETWORK_POLICY = SLUICE_POLICY;",
        named(&login.user)
    )
}

fn other_sign_in(login: &Login, words: &str) -> Error {
    let error = Error::new(ErrorKind::SignInFailed, format!("Snowflake refused the sign-in: {words}."));
    match &login.credentials {
        Credentials::Password(_) => error
            .with_hint("Where Snowflake wants a second factor, a program can not give it: use a key pair or an access token, of a user made for Sluice.")
            .with_fix(format!("ALTER USER {} SET TYPE = SERVICE;", named(&login.user))),
        Credentials::Key(_) | Credentials::Token(_) => error,
    }
}

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
            Error::new(ErrorKind::NotAllowed, format!("The warehouse can not run now: {words}."))
                .with_hint("A resource monitor may have used up its quota. Choose another warehouse, or have an administrator raise it.")
        }
        "003001" | "003540" => {
            Error::new(ErrorKind::NotAllowed, format!("The role is not allowed to read this: {words}."))
                .with_hint("Have an administrator run the statements below.")
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
        _ if state.starts_with("22") => {
            Error::new(ErrorKind::BadQuery, format!("The query fails on a value in its rows (code {code})."))
                .with_hint("Run the query in a worksheet to see the value, and correct it or the query.")
        }
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
        None => Error::new(ErrorKind::BadSettings, "There is no warehouse to run queries.")
            .with_hint("Name a warehouse in the connection, or have an administrator set one for the user.")
            .with_fix(format!("ALTER USER {} SET DEFAULT_WAREHOUSE = <warehouse>;\nGRANT USAGE ON WAREHOUSE <warehouse> TO ROLE {role};", named(&login.user))),
        Some(warehouse) => {
            let message = format!("There is no warehouse “{warehouse}”, or the role may not use it.");
            Error::new(ErrorKind::NotAllowed, message)
                .with_hint("Check the warehouse, or have an administrator run the statement below.")
                .with_fix(format!("GRANT USAGE ON WAREHOUSE {} TO ROLE {role};", named(warehouse)))
        }
    }
}

/// Statements that let the session's role read a table.
pub(super) fn grant(session: &Session, table: &TableName) -> String {
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
    lines.join("\n")
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
fn words(message: &str) -> String {
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
struct Said {
    code: String,
    message: String,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snowflake {}: {}", self.code, self.message)
    }
}

impl std::error::Error for Said {}
