//! Why Snowflake does not let a login in, and what helps. Codes are told apart that the drivers know: `network.py` of
//! <https://github.com/snowflakedb/snowflake-connector-python> (390100, 390144, 394300 to 394306), `internal/errors/errors.go`
//! and `auth_with_pat_test.go` of <https://github.com/snowflakedb/gosnowflake> (390189, 390201, 394400); 390432 is in
//! <https://github.com/okou-ai/vm0-skills/pull/178>.

use std::net::IpAddr;

use sluice_engine::error::{Error, ErrorKind};

use super::error::{Said, named, words};
use super::login::{Credentials, Login};
use super::query::literal;

/// Why Snowflake does not let the login in. Where no source tells the code, what is told apart is what Snowflake says.
pub(super) fn from_sign_in(login: &Login, code: &str, message: &str) -> Error {
    let words = words(message);
    let error = match code {
        "390100" => wrong_credentials(login),
        "390144" | "394300" | "394301" | "394302" | "394303" | "394304" | "394305" | "394306" => {
            wrong_key(login, code, message)
        }
        "390189" => wrong_role(login),
        "390201" => missing_default(login, &words),
        "390432" => no_policy(login),
        "394400" => wrong_token(login),
        _ if message.contains("is not allowed to access Snowflake") => network_policy(login, message),
        _ if message.contains("Network policy is required") => no_policy(login),
        _ if message.contains("temporarily locked") => locked(login),
        _ => other_sign_in(login, &words),
    };
    error.with_source(Said { code: code.to_owned(), message: words })
}

fn wrong_role(login: &Login) -> Error {
    let (user, role) = (&login.user, login.role.as_deref().unwrap_or_default());
    Error::new(ErrorKind::RoleMissing, format!("There is no role “{role}”, or “{user}” may not use it."))
        .with_hint("Check the role, or have an administrator grant it.")
        .with_fix(format!("GRANT ROLE {} TO USER {};", named(role), named(user)))
}

fn wrong_token(login: &Login) -> Error {
    Error::new(ErrorKind::SignInFailed, "Snowflake does not take the access token.")
        .with_hint(
            "It may have expired, be revoked, or belong to another user. Make another one, and enter it.",
        )
        .with_fix(format!(
            "ALTER USER {} ADD PROGRAMMATIC ACCESS TOKEN SLUICE_TOKEN DAYS_TO_EXPIRY = 90;",
            named(&login.user)
        ))
}

fn locked(login: &Login) -> Error {
    let user = &login.user;
    Error::new(ErrorKind::SignInFailed, format!("Snowflake has the user “{user}” locked for now."))
        .with_hint(
            "After too many wrong sign-ins it unlocks by itself in 15 minutes, or an administrator does it.",
        )
        .with_fix(format!("ALTER USER {} SET MINS_TO_UNLOCK = 0;", named(user)))
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

/// The token was signed with a key Snowflake does not have for the user, for another account, or at another time. Mostly
/// Snowflake tells the client no more than that (390144), and an administrator the rest
/// (<https://docs.snowflake.com/en/user-guide/key-pair-auth-troubleshooting>).
fn wrong_key(login: &Login, code: &str, message: &str) -> Error {
    let user = &login.user;
    if matches!(code, "394301" | "394302" | "394303") {
        return Error::new(ErrorKind::ClockWrong, "Snowflake does not take a key’s token of this hour.")
            .with_hint("Set this computer’s clock right: the token counts for two minutes.");
    }
    let error = Error::new(ErrorKind::SignInFailed, format!("Snowflake does not take this key of “{user}”."));
    let Credentials::Key(key) = &login.credentials else { return error };
    let details = message
        .split(['[', ']'])
        .nth(1)
        .filter(|id| id.len() == 36)
        .map(|id| format!("\nSELECT SYSTEM$GET_LOGIN_FAILURE_DETAILS({});", literal(id)));
    error
        .with_hint(format!(
            "Check account and user ({}.{}) and this computer’s clock, and have an administrator give the user this key’s public half. “DESCRIBE USER” has to show RSA_PUBLIC_KEY_FP as {}.",
            login.account.name(),
            user.to_uppercase(),
            key.fingerprint()
        ))
        .with_fix(format!(
            "ALTER USER {} SET RSA_PUBLIC_KEY = '{}';\nDESCRIBE USER {};{}",
            named(user),
            key.public_key(),
            named(user),
            details.unwrap_or_default()
        ))
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
        ErrorKind::NetworkPolicy,
        format!("A network policy of Snowflake’s keeps this computer{from} out."),
    )
    .with_hint("Have an administrator let this address in.")
    .with_fix(policy(login, address))
}

fn no_policy(login: &Login) -> Error {
    Error::new(
        ErrorKind::NetworkPolicy,
        "Snowflake takes an access token of this user only under a network policy.",
    )
    .with_hint(
        "Have an administrator run the statements below, with the address this computer has on the internet.",
    )
    .with_fix(policy(login, None))
}

/// The types of addresses are those of <https://docs.snowflake.com/en/sql-reference/sql/create-network-rule>.
fn policy(login: &Login, address: Option<IpAddr>) -> String {
    let (kind, note) = if address.is_some_and(|address| address.is_ipv6()) {
        (
            "IPV6",
            "-- Snowflake takes IPv6 addresses in accounts on AWS alone; elsewhere use this network’s IPv4 address.\n",
        )
    } else {
        ("IPV4", "")
    };
    let address = address.map_or_else(|| "this computer’s address".to_owned(), |address| address.to_string());
    format!(
        "{note}CREATE NETWORK RULE SLUICE_ADDRESS MODE = INGRESS TYPE = {kind} VALUE_LIST = ('{address}');\n\
         CREATE NETWORK POLICY SLUICE_POLICY ALLOWED_NETWORK_RULE_LIST = ('SLUICE_ADDRESS');\n\
         ALTER USER {} SET NETWORK_POLICY = SLUICE_POLICY;",
        named(&login.user)
    )
}

fn other_sign_in(login: &Login, words: &str) -> Error {
    let error = Error::new(ErrorKind::SignInFailed, format!("Snowflake refused the sign-in: {words}."));
    match &login.credentials {
        Credentials::Password(_) => error
            .with_hint("Where Snowflake wants a second factor, a program can not give it: use a key pair or an access token, of a user made for Sluice."),
        Credentials::Key(_) | Credentials::Token(_) => error,
    }
}
