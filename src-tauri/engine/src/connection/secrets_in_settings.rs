//! Secrets that are entered where settings belong: settings are not secret, and are shown, kept and exported as they are.

use crate::manifest::{Input, Setting};

/// One sentence that says why `value` can not be `setting`'s, where it has a secret in it.
pub(super) fn refuse(setting: &Setting, value: &str) -> Result<(), String> {
    if matches!(setting.input, Input::Text | Input::Url) && has_sign_in(setting, value) {
        // What it is is not said: it may be a password.
        return Err(format!(
            "{} has a sign-in in it. Enter the address or name alone, and a password or key in its own field: settings are not secret.",
            setting.label
        ));
    }
    if matches!(setting.input, Input::Document)
        && !setting.secret
        && let Some(name) = secret_line(value)
    {
        return Err(format!(
            "{}: “{name}” sounds like a secret, and settings are not secret. Give it as a sign-in: its secret is kept in the keychain.",
            setting.label
        ));
    }
    Ok(())
}

/// The name of the first `Name: value` among the lines that carries a secret, by its name or by how its value begins.
fn secret_line(value: &str) -> Option<&str> {
    let mut pairs = value.lines().filter_map(|line| line.split_once(':'));
    let begins = |value: &str| {
        let scheme = value.trim().split_once(' ').map_or("", |(scheme, _)| scheme);
        ["bearer", "basic"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
    };
    pairs.find(|(name, value)| sounds_secret(name) || begins(value)).map(|(name, _)| name.trim())
}

/// Whether a header of this name carries a secret, as far as names tell.
pub fn sounds_secret(header: &str) -> bool {
    const WORDS: [&str; 11] = [
        "authorization",
        "cookie",
        "token",
        "secret",
        "password",
        "api-key",
        "apikey",
        "access-key",
        "subscription-key",
        "credential",
        "signature",
    ];
    let header = header.trim().to_ascii_lowercase().replace('_', "-");
    let is_auth = |part: &str| part.starts_with("auth") && !part.starts_with("author");
    WORDS.iter().any(|word| header.contains(word)) || header.split('-').any(is_auth)
}

/// Whether a value has a user, a password, a token or a key in it: `https://user:password@host`, with or without what stands
/// before, a parameter of an address or a list (`host=db password=…`), or a whole file of credentials.
fn has_sign_in(setting: &Setting, value: &str) -> bool {
    let rest = value.split_once("://").map(|(_, rest)| rest);
    let authority = rest.unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    // Drivers cut an address at its last “@”, so that a password may have any other letter.
    let before = rest.unwrap_or(value).rsplit_once('@').map_or("", |(before, _)| before);
    let has_password = !before.contains(char::is_whitespace)
        && before.split(':').skip(1).any(|part| {
            let end = part.trim_start_matches(|c: char| c.is_ascii_digit());
            let is_port = end.len() < part.len() && (end.is_empty() || end.starts_with(['/', '?', '#']));
            !is_port
        });
    // Receivers of requests have addresses with tokens of their own; other settings have none.
    let is_url = matches!(setting.input, Input::Url);
    let others: &[&str] = if is_url { &[] } else { &["passcode", "token", "sslpassword"] };
    let value = value.to_ascii_lowercase();
    authority.contains('@')
        || has_password
        || gives(&value, &["password", "pwd"])
        || gives(&value, others)
        || has_key(&value)
}

/// Whether `value` gives one of `names` a value: `…?name=…`, `name=…; …`, `… name = …`.
fn gives(value: &str, names: &[&str]) -> bool {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '?' | '&' | ';' | ',');
    let pieces: Vec<&str> = value.split('=').collect();
    let name = |piece: &&str| piece.trim_end().rsplit(is_between).next().unwrap_or_default().to_owned();
    let before = pieces.split_last().map(|(_, before)| before).unwrap_or_default();
    before.iter().map(name).any(|name| names.contains(&name.as_str()))
}

/// Whether `value`, in lower case, has a private key in it, or is a JSON document of credentials.
fn has_key(value: &str) -> bool {
    let is_document = value.trim_start().starts_with('{');
    let keys = ["\"private_key\"", "\"client_secret\"", "\"refresh_token\"", "\"password\""];
    value.contains("-----begin") || is_document && keys.iter().any(|key| value.contains(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::check_input;

    #[test]
    fn headers_that_carry_a_secret_are_no_setting() {
        let headers = Setting::text("headers", "Headers", "", "").entered_as(Input::Document);
        for secret in [
            "X-Auth: hunter2",
            "X-AuthKey: hunter2",
            "authorization: hunter2",
            "Proxy-Authorization: hunter2",
            "X-Sync: a\n X_API_KEY : hunter2",
            "Cookie: hunter2",
            "X-Hook-Token: hunter2",
            "Client-Secret: hunter2",
            "X-Hook: Bearer hunter2",
            "X-Hook:basic hunter2",
        ] {
            let told = check_input(&headers, secret).unwrap_err();
            assert!(told.contains("secret") && !told.contains("hunter2"), "{told}");
        }
        for plain in ["X-Sync: {{sync}}\nX-Author: Ana", "Accept: */*", "X-Plan: basic", "", "no colon"] {
            check_input(&headers, plain).unwrap();
        }
        let key = Setting::secret("key", "Key", "").entered_as(Input::Document);
        check_input(&key, "token: x").unwrap();
    }

    #[test]
    fn an_address_with_a_sign_in_is_no_setting() {
        let (host, url) = (
            Setting::text("account", "Account", "", ""),
            Setting::text("url", "Address", "", "").entered_as(Input::Url),
        );
        for (setting, value) in [
            (&host, "driver://ana:hunter2@myorg-account1/SHOP"),
            (&host, "driver://ana:hunter2/x@myorg-account1/SHOP"),
            (&host, "ana:hunter2@myorg-account1"),
            (&host, "jdbc:driver://a.example.com/?user=ana&password=hunter2"),
            (&host, "https://a.example.com/?token=hunter2"),
            (&host, "host=db.example.com port=5432 user=ana password=hunter2"),
            (&host, "Password = hunter2"),
            (&host, "server=db.example.com;uid=ana;pwd=hunter2"),
            (&host, "{\"type\": \"service_account\", \"private_key\": \"hunter2\"}"),
            (&host, "{\"type\": \"authorized_user\", \"refresh_token\": \"hunter2\"}"),
            (&host, "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"),
            (&url, "https://example.com/?user=ana&password=hunter2"),
            (&url, "https://example.com/?pwd=hunter2"),
            (&url, "https://ana:hunter2/x@example.com/"),
            (&url, "ana:hunter2@example.com"),
            (&url, "https:ana:hunter2@example.com"),
            (&url, "https:\\\\ana:hunter2@example.com"),
            (&url, "https://ana:hunter2@example.com/"),
            (&url, "https://hunter2@example.com"),
        ] {
            let told = check_input(setting, value).unwrap_err();
            assert!(told.contains("own field") && !told.contains("hunter2"), "{told}");
        }
        for value in [
            "https://example.com/@ana",
            "https://example.com:8080/@ana",
            "https://hooks.example.com/?token=x",
            "https://example.com/password/?next=1",
            "https://example.com?mail=a@b.example",
            "http://[::1]:80/",
        ] {
            check_input(&url, value).unwrap();
        }
        for value in [
            "ana@example.com",
            "[fe80::1]",
            "db.example.com:5439/dev",
            "select 'a:b' as x, '@'",
            "password",
            "host=db.example.com port=5432 passwords=no",
        ] {
            check_input(&host, value).unwrap();
        }
    }
}
