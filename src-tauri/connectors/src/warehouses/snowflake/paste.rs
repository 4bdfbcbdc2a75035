//! Settings from one pasted thing: an address of the account, a JDBC address, the lines of a `connections.toml`, or a
//! private key.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use url::Url;

use super::account::Account;

type Pasted = (BTreeMap<String, String>, Vec<String>);

/// Settings by key, and what was there and is not used; `None` where the text is none of them.
pub(super) fn settings(text: &str) -> Option<Pasted> {
    let text = text.trim();
    if text.starts_with("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        let settings = [("auth", "key_pair"), ("private_key", text)];
        return Some((settings.map(|(key, value)| (key.to_owned(), value.to_owned())).into(), Vec::new()));
    }
    if text.lines().count() > 1 || text.contains(" = ") {
        return from_lines(text);
    }
    if is_identifier(text) {
        let account = Account::parse(text)?;
        let settings = [("account".to_owned(), account.identifier().to_owned())];
        return Some((settings.into(), Vec::new()));
    }
    let address = text.strip_prefix("jdbc:").unwrap_or(text);
    let is_address = address.contains("://") || address.contains(".snowflakecomputing.");
    if !is_address || !address.contains("snowflake") {
        return None;
    }
    let mut found = Found::default();
    found.take("account", address);
    found.0.0.contains_key("account").then_some(())?;
    if address.starts_with("snowflake://")
        && let Ok(url) = Url::parse(address)
    {
        found.take("user", &plain(url.username()));
        found.take("password", &plain(url.password().unwrap_or_default()));
        let mut path = url.path().split('/').filter(|part| !part.is_empty());
        found.take("db", &plain(path.next().unwrap_or_default()));
        for (key, value) in url.query_pairs() {
            found.take(&key, &value);
        }
    }
    Some(found.0)
}

/// An account alone: `myorg-account1`, `xy12345.eu-central-1`, `xy12345.west-europe.azure`.
fn is_identifier(text: &str) -> bool {
    let is_of_words = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let parts: Vec<&str> = text.split('.').collect();
    is_of_words
        && match parts.as_slice() {
            [account] => account.contains('-'),
            [_, region] => region.contains('-') || *region == "privatelink",
            [_, region, last] => {
                region.contains('-') && matches!(*last, "aws" | "azure" | "gcp" | "privatelink")
            }
            _ => false,
        }
}

/// `account = "myorg-account1"`, one to a line, as Snowflake shows it under “Connect a tool to Snowflake”.
fn from_lines(text: &str) -> Option<Pasted> {
    let mut found = Found::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '['])) {
        let (key, value) = line.split_once('=').or_else(|| line.split_once(':'))?;
        let value = value.trim().trim_end_matches(',').trim().trim_matches(['"', '\'']);
        found.take(key.trim().trim_matches(['"', '\'']), value);
    }
    found.0.0.contains_key("account").then_some(found.0)
}

fn plain(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[derive(Default)]
struct Found(Pasted);

impl Found {
    /// Takes one of the drivers' parameters (<https://docs.snowflake.com/en/developer-guide/jdbc/jdbc-parameters>).
    fn take(&mut self, parameter: &str, value: &str) {
        if value.is_empty() || value.starts_with('<') {
            return;
        }
        let (settings, unused) = (&mut self.0.0, &mut self.0.1);
        let (key, value) = match parameter.to_ascii_lowercase().as_str() {
            "account" | "account_identifier" => match Account::parse(value) {
                Some(account) => ("account", account.identifier().to_owned()),
                None => return unused.push("account".to_owned()),
            },
            "host" | "url" | "server" => match Account::parse(value) {
                Some(account) if !settings.contains_key("account") => {
                    ("account", account.identifier().to_owned())
                }
                Some(_) => return,
                None => return unused.push(parameter.to_owned()),
            },
            "user" | "username" => ("user", value.to_owned()),
            "role" => ("role", value.to_owned()),
            "warehouse" => ("warehouse", value.to_owned()),
            "db" | "database" => ("database", value.to_owned()),
            "password" => {
                settings.insert("auth".to_owned(), "password".to_owned());
                ("password", value.to_owned())
            }
            "token" => {
                settings.insert("auth".to_owned(), "token".to_owned());
                ("token", value.to_owned())
            }
            "authenticator" => match value.to_ascii_lowercase().as_str() {
                "snowflake_jwt" => ("auth", "key_pair".to_owned()),
                "programmatic_access_token" => ("auth", "token".to_owned()),
                _ => return unused.push(format!("authenticator {value}")),
            },
            _ => return unused.push(parameter.to_owned()),
        };
        settings.insert(key.to_owned(), value);
    }
}
