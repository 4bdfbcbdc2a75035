//! Saved connections, and what a connector gets to open one.

mod secrets_in_settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::SharedClock;
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::{Input, Manifest, Setting};
use crate::secrets::{Secret, environment_variable};

pub use secrets_in_settings::sounds_secret;

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
    secrets_in_settings::refuse(setting, value)?;
    match setting.input {
        Input::Text | Input::Document | Input::File | Input::Folder | Input::SignIn => Ok(()),
        Input::Number(most) => match value.parse::<u32>() {
            Ok(number) if (1..=most).contains(&number) => Ok(()),
            _ => wrong(&format!("has to be a whole number from 1 to {most}")),
        },
        Input::Url if names_host(value) => Ok(()),
        Input::Url => wrong("has to be a whole address that begins with https://"),
        Input::Choice(choices) if choices.iter().any(|(choice, _)| *choice == value) => Ok(()),
        Input::Choice(choices) => {
            let known: Vec<_> = choices.iter().map(|(choice, _)| *choice).collect();
            wrong(&format!("has to be one of {}", known.join(", ")))
        }
    }
}

/// An address of the web with more than its beginning.
fn names_host(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']))
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
    fn an_address_has_a_host() {
        let setting = Setting::text("url", "Address", "", "").entered_as(Input::Url);
        for address in ["https://example.com/hooks/leads", "http://[::1]:8080/"] {
            check_input(&setting, address).unwrap();
        }
        for address in ["http://", "https:///hooks", "https://?a=b", "example.com", "ftp://example.com"] {
            assert!(check_input(&setting, address).unwrap_err().contains("a whole address"), "{address}");
        }
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
}
