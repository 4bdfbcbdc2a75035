//! Settings from a pasted URL or a libpq connection string.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use url::Url;

/// Settings by key, and what was there and is not used.
pub(crate) type Pasted = (BTreeMap<String, String>, Vec<String>);

/// Whether this is how addresses of PostgreSQL begin; `SQLAlchemy` names the driver after a plus sign.
pub(crate) fn is_postgres(kind: &str) -> bool {
    let (kind, _) = kind.split_once('+').unwrap_or((kind, ""));
    ["postgres", "postgresql"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// Settings of a URL.
pub(crate) fn from_url(text: &str) -> Option<Pasted> {
    let url = Url::parse(text).ok()?;
    let mut found = Found::default();
    let plain = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    found.take("host", &plain(url.host_str().unwrap_or_default()).replace(['[', ']'], ""));
    if let Some(port) = url.port() {
        found.take("port", &port.to_string());
    }
    found.take("user", &plain(url.username()));
    found.take("password", &plain(url.password().unwrap_or_default()));
    found.take("dbname", &plain(url.path().trim_start_matches('/')));
    for (key, value) in url.query_pairs() {
        found.take(&key, &value);
    }
    Some(found.0)
}

/// Settings of a libpq connection string: `host=… port=…`, values in single quotes where they have spaces, `\` before quotes and backslashes.
pub(crate) fn from_pairs(text: &str) -> Option<Pasted> {
    let mut found = Found::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let key = key.trim();
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        let (value, after) = value_of(after.trim_start())?;
        found.take(key, &value);
        rest = after.trim_start();
    }
    let known = ["host", "user", "database"].iter().any(|key| found.0.0.contains_key(*key));
    known.then_some(found.0)
}

fn value_of(text: &str) -> Option<(String, &str)> {
    let quoted = text.strip_prefix('\'');
    let body = quoted.unwrap_or(text);
    let mut value = String::new();
    let mut chars = body.chars();
    loop {
        match chars.next() {
            Some('\\') => value.extend(chars.next()),
            Some('\'') if quoted.is_some() => return Some((value, chars.as_str())),
            Some(c) if c.is_whitespace() && quoted.is_none() => return Some((value, chars.as_str())),
            Some(c) => value.push(c),
            None => return quoted.is_none().then_some((value, "")),
        }
    }
}

/// What was found so far.
#[derive(Default)]
pub(crate) struct Found(pub(crate) Pasted);

impl Found {
    /// Takes one of libpq's parameters (<https://www.postgresql.org/docs/current/libpq-connect.html>).
    pub(crate) fn take(&mut self, parameter: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let (settings, unused) = (&mut self.0.0, &mut self.0.1);
        let (first, others) = value.split_once(',').unwrap_or((value, ""));
        let (key, value) = match parameter {
            "host" | "hostaddr" | "port" => {
                unused.extend((!others.is_empty()).then(|| format!("{parameter} {others}")));
                (if parameter == "port" { "port" } else { "host" }, first)
            }
            "user" | "password" => (parameter, value),
            "dbname" | "database" => ("database", value),
            "sslrootcert" if value != "system" => ("ca_file", value),
            "ssl" if value == "true" => ("tls", "verify-full"),
            "sslmode" => match value {
                "disable" => ("tls", "disable"),
                "allow" | "prefer" | "require" => ("tls", "require"),
                "verify-ca" | "verify-full" => ("tls", "verify-full"),
                _ => return unused.push(format!("sslmode {value}")),
            },
            _ => return unused.push(parameter.to_owned()),
        };
        settings.insert(key.to_owned(), value.to_owned());
    }
}
