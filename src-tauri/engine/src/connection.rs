//! Saved connections, and what a connector gets to open one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::SharedClock;
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::{Input, Manifest, Setting};
use crate::secrets::{Secret, environment_variable};

/// Which side of a sync a connection is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Rows are read from it.
    Warehouse,
    /// Records are sent to it.
    Destination,
}

/// Saved settings of a warehouse or destination, under a name. Secrets are in the keychain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its unique name.
    pub name: String,
    /// The connector's id.
    pub kind: String,
    /// Settings that are not secret.
    pub settings: BTreeMap<String, String>,
}

/// What a connector gets to open a connection: checked settings, secrets, and where it may keep files.
#[derive(Clone)]
pub struct Opening {
    name: String,
    settings: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
    home: PathBuf,
    clock: SharedClock,
    kept: Option<Arc<dyn KeptSecrets>>,
}

/// The secrets of a saved connection as they are kept now, for a connector whose other side replaces them while it
/// works (refresh tokens). Calls may block while the system asks the user.
pub trait KeptSecrets: Send + Sync {
    /// The secret under the setting `key`, if it is there.
    fn get(&self, key: &str) -> Result<Option<Secret>>;

    /// Keeps `secret` in place of the one under `key`. An error means that the old one is still there.
    fn replace(&self, key: &str, secret: &Secret) -> Result<()>;
}

impl Opening {
    /// Checks `connection` against `manifest` and fills in defaults.
    ///
    /// Unknown, missing or malformed settings are [`ErrorKind::BadSettings`]; a required secret that is not
    /// there is [`ErrorKind::SecretMissing`].
    pub fn new(
        manifest: &Manifest,
        connection: &Connection,
        secrets: BTreeMap<String, Secret>,
        home: &Path,
        clock: SharedClock,
    ) -> Result<Self> {
        let settings = checked_settings(manifest, connection)?;
        let needed = manifest.settings.iter().filter(|setting| setting.secret && setting.required);
        let missing: Vec<_> = needed
            .filter(|setting| is_shown(setting, &settings) && !secrets.contains_key(setting.key))
            .collect();
        if !missing.is_empty() {
            return Err(secrets_missing(&connection.name, &missing));
        }
        Ok(Self {
            name: connection.name.clone(),
            settings,
            secrets,
            home: home.to_owned(),
            clock,
            kept: None,
        })
    }

    /// The same, with the place its secrets are kept in.
    pub fn with_kept(self, kept: Arc<dyn KeptSecrets>) -> Self {
        Self { kept: Some(kept), ..self }
    }

    /// Where its secrets are kept; `None` for a connection that is not saved yet.
    pub fn kept(&self) -> Option<&Arc<dyn KeptSecrets>> {
        self.kept.as_ref()
    }

    /// The connection's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A setting's value, or its default; `None` where it has neither.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(String::as_str)
    }

    /// A setting that the manifest requires.
    pub fn required(&self, key: &str) -> Result<&str> {
        self.get(key).ok_or_else(|| {
            Error::new(ErrorKind::BadSettings, format!("The connection “{}” has no “{key}”.", self.name))
        })
    }

    /// A secret's value.
    pub fn secret(&self, key: &str) -> Option<&Secret> {
        self.secrets.get(key)
    }

    /// The data folder. A connector keeps files only under names that begin with its own id.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The clock.
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }
}

/// All of them at once, with the names the environment can give them under.
fn secrets_missing(connection: &str, missing: &[&Setting]) -> Error {
    let labels: Vec<_> = missing.iter().map(|setting| setting.label.to_lowercase()).collect();
    let variables: Vec<_> =
        missing.iter().map(|setting| environment_variable(connection, setting.key)).collect();
    let message = format!("The connection “{connection}” has no {}.", labels.join(" and no "));
    Error::new(ErrorKind::SecretMissing, message)
        .with_hint(if missing.iter().any(|setting| matches!(setting.input, Input::SignIn)) {
            "Sign in once in Sluice’s window: Connections, this one, Sign in. The command line uses what it keeps. Or give it in the environment under the name below."
        } else {
            "Enter it in the connection, or give it in the environment under the name below."
        })
        .with_fix(variables.join("\n"))
}

/// The connection's settings with defaults filled in, or what is wrong with them.
pub fn checked_settings(manifest: &Manifest, connection: &Connection) -> Result<BTreeMap<String, String>> {
    let bad = |message: String| Error::new(ErrorKind::BadSettings, message);
    for key in connection.settings.keys() {
        match manifest.settings.iter().find(|setting| setting.key == key) {
            Some(setting) if setting.secret => {
                let message = format!(
                    "“{key}” is a secret and does not belong in the settings of “{}”.",
                    connection.name
                );
                return Err(bad(message).with_hint(format!(
                    "Give it with `sluice secret set {} {key}`, in the window, or in the environment.",
                    connection.name
                )));
            }
            Some(_) => {}
            None => return Err(bad(format!("{} has no setting “{key}”.", manifest.label))),
        }
    }
    let mut settings = BTreeMap::new();
    for setting in manifest.settings.iter().filter(|setting| !setting.secret) {
        let given =
            connection.settings.get(setting.key).map(|value| value.trim()).filter(|value| !value.is_empty());
        if let Some(value) = given.or(setting.default) {
            settings.insert(setting.key.to_owned(), value.to_owned());
        }
    }
    for setting in manifest.settings.iter().filter(|setting| !setting.secret) {
        match settings.get(setting.key) {
            Some(value) => check_input(setting, value).map_err(bad)?,
            None if setting.required && is_shown(setting, &settings) => {
                return Err(bad(format!("{} is missing in “{}”.", setting.label, connection.name))
                    .with_hint(format!("For example: {}", setting.example)));
            }
            None => {}
        }
    }
    Ok(settings)
}

/// Whether `setting` applies under the present settings.
pub fn is_shown(setting: &Setting, settings: &BTreeMap<String, String>) -> bool {
    setting
        .only_if
        .is_none_or(|(key, values)| settings.get(key).is_some_and(|value| values.contains(&value.as_str())))
}

/// Whether `value` can be entered for `setting`; if not, one sentence that says why.
pub fn check_input(setting: &Setting, value: &str) -> std::result::Result<(), String> {
    let wrong = |what: &str| Err(format!("{} {what}, not “{value}”.", setting.label));
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
    match setting.input {
        Input::Text | Input::Document | Input::File | Input::Folder | Input::SignIn => Ok(()),
        Input::Number(most) => match value.parse::<u32>() {
            Ok(number) if (1..=most).contains(&number) => Ok(()),
            _ => wrong(&format!("has to be a whole number from 1 to {most}")),
        },
        Input::Url if value.starts_with("https://") || value.starts_with("http://") => Ok(()),
        Input::Url => wrong("has to be an address that begins with https://"),
        Input::Choice(choices) if choices.iter().any(|(choice, _)| *choice == value) => Ok(()),
        Input::Choice(choices) => {
            let known: Vec<_> = choices.iter().map(|(choice, _)| *choice).collect();
            wrong(&format!("has to be one of {}", known.join(", ")))
        }
    }
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
    use crate::clock::SystemClock;

    static MANIFEST: Manifest = Manifest {
        id: "crm",
        label: "CRM",
        summary: "",
        needs: &[],
        setup_script: None,
        pastes: false,
        settings: &[
            Setting::secret("client_secret", "Client secret", ""),
            Setting::secret("refresh_token", "Refresh token", ""),
            Setting::secret("passphrase", "Passphrase", "").optional(),
        ],
        steps: &[],
        destination: None,
        dialect: None,
        icon: "",
    };

    #[test]
    fn all_secrets_that_are_missing_are_told_with_the_names_that_give_them() {
        let connection = Connection { name: "our crm".into(), kind: "crm".into(), settings: BTreeMap::new() };
        let opened =
            Opening::new(&MANIFEST, &connection, BTreeMap::new(), Path::new("/"), Arc::new(SystemClock));
        let error = opened.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::SecretMissing);
        assert_eq!(error.message(), "The connection “our crm” has no client secret and no refresh token.");
        assert_eq!(
            error.fix(),
            Some("SLUICE_SECRET_OUR_CRM_CLIENT_SECRET\nSLUICE_SECRET_OUR_CRM_REFRESH_TOKEN")
        );
        assert!(error.hint().contains("Enter it in the connection"));
        let browser = Setting::secret("refresh_token", "Browser sign-in", "").entered_as(Input::SignIn);
        let error = secrets_missing("our crm", &[&browser]);
        assert!(error.hint().contains("Sign in once in Sluice’s window"), "{error:?}");
    }

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
    fn a_number_is_within_its_range() {
        let week = Setting::text("seconds", "Seconds", "", "").entered_as(Input::Number(604_800));
        let port = Setting::text("port", "Port", "", "").entered_as(Input::PORT);
        for (setting, value) in [(&week, "1"), (&week, "604800"), (&port, "65535")] {
            check_input(setting, value).unwrap();
        }
        for (setting, value) in
            [(&week, "0"), (&week, "604801"), (&port, "65536"), (&port, "-1"), (&port, "")]
        {
            assert!(check_input(setting, value).unwrap_err().contains("a whole number from 1 to"), "{value}");
        }
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
