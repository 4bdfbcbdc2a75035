//! Settings from one pasted thing: an endpoint as the AWS console shows it, a URL, a JDBC address of either form, or a
//! connection string.

use crate::warehouses::pgwire::paste::{Found, Pasted, from_pairs, from_url, is_postgres};

/// What Redshift's host names end with: clusters, and workgroups of Redshift Serverless, in China too
/// (<https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-connecting.html>).
const HOSTS: [&str; 4] = [
    ".redshift.amazonaws.com",
    ".redshift-serverless.amazonaws.com",
    ".redshift.amazonaws.com.cn",
    ".redshift-serverless.amazonaws.com.cn",
];

/// Settings by key, and what was there and is not used; `None` where the text is nothing of the kind.
pub(super) fn settings(text: &str) -> Option<Pasted> {
    let kind = text.split_once("://").map(|(kind, rest)| (kind.to_ascii_lowercase(), rest));
    let kind = kind.as_ref().map(|(kind, rest)| (kind.strip_prefix("jdbc:").unwrap_or(kind), *rest));
    match kind {
        Some(("redshift:iam", rest)) => address(rest).map(with_iam),
        // SQLAlchemy names the driver after a plus sign.
        Some((kind, rest)) if kind.split('+').next() == Some("redshift") => address(rest),
        // An address of PostgreSQL, where the host says that it is one of Redshift.
        Some((kind, rest)) if is_postgres(kind) => {
            address(rest).filter(|(settings, _)| settings.get("host").is_some_and(|host| is_redshift(host)))
        }
        Some(_) => None,
        None => endpoint(text).or_else(|| odbc(text)).or_else(|| {
            from_pairs(text)
                .filter(|(settings, _)| settings.get("host").is_some_and(|host| is_redshift(host)))
        }),
    }
}

/// What stands after `redshift://`.
fn address(rest: &str) -> Option<Pasted> {
    jdbc(rest).or_else(|| from_url(&format!("redshift://{rest}")))
}

/// An address for drivers that get a password for an hour of AWS
/// (<https://docs.aws.amazon.com/redshift/latest/mgmt/jdbc20-build-connection-url.html>). A sync needs one that lasts.
fn with_iam((mut settings, mut unused): Pasted) -> Pasted {
    settings.remove("password");
    unused.push("sign-in with IAM: Sluice needs a database user with a password".to_owned());
    (settings, unused)
}

fn is_redshift(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    HOSTS.iter().any(|end| host.ends_with(end))
}

/// `host:5439/dev`, as the console shows it.
fn endpoint(text: &str) -> Option<Pasted> {
    let (host, rest) = text.split_once(':').unwrap_or((text, ""));
    let (host, database) =
        if rest.is_empty() { host.split_once('/').unwrap_or((host, "")) } else { (host, "") };
    let (port, database) = rest.split_once('/').unwrap_or((rest, database));
    let plain = !text.contains(char::is_whitespace) && port.bytes().all(|byte| byte.is_ascii_digit());
    if !is_redshift(host) || !plain {
        return None;
    }
    let mut found = Found::default();
    found.take("host", host);
    found.take("port", port);
    found.take("dbname", database);
    Some(found.0)
}

/// `host:5439/dev;UID=ana;PWD=…`, the driver's own form, in which properties stand after semicolons.
fn jdbc(rest: &str) -> Option<Pasted> {
    let (address, properties) = rest.split_once(';')?;
    let mut pasted = from_url(&format!("redshift://{address}"))?;
    let (settings, unused) = pairs(properties);
    pasted.0.extend(settings);
    pasted.1.extend(unused);
    Some(pasted)
}

/// `Driver={Amazon Redshift (x64)};Server=…;Database=…;UID=…;PWD=…`.
fn odbc(text: &str) -> Option<Pasted> {
    let pasted = pairs(text);
    (text.contains(';') && pasted.0.contains_key("host")).then_some(pasted)
}

fn pairs(text: &str) -> Pasted {
    let mut found = Found::default();
    for (name, value) in text.split(';').filter_map(|pair| pair.split_once('=')) {
        let value = value.trim().trim_matches(['{', '}']);
        let lower = name.trim().to_ascii_lowercase();
        match lower.as_str() {
            "driver" => {}
            "uid" => found.take("user", value),
            "pwd" => found.take("password", value),
            "server" | "servername" => found.take("host", value),
            "sslmode" | "ssl" | "sslrootcert" | "host" | "port" | "user" | "password" | "database" => {
                found.take(&lower, value);
            }
            _ => found.take(name.trim(), value),
        }
    }
    found.0
}
