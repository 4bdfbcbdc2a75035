//! Who signs in: a service account's key, a user whom gcloud has signed in, or nobody (a stand-in).
//!
//! Where no key is given, application default credentials count, in the order of
//! <https://cloud.google.com/docs/authentication/application-default-credentials>; those of a machine in
//! Google's cloud are left out.

use std::path::PathBuf;

use serde::Deserialize;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use url::Url;

/// Google's own token endpoint.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// Who signs in.
pub(super) enum Credentials {
    /// Nobody: a stand-in that asks for nothing.
    Anonymous,
    /// A service account, by a key of its own.
    ServiceAccount(ServiceAccount),
    /// A user, by a refresh token.
    User(User),
}

/// A service account's key.
pub(super) struct ServiceAccount {
    pub(super) email: String,
    pub(super) project: Option<String>,
    pub(super) key_id: String,
    /// PKCS#8, as PEM.
    pub(super) private_key: Secret,
    pub(super) token_uri: Url,
}

/// A user's sign-in, as `gcloud auth application-default login` keeps it.
pub(super) struct User {
    pub(super) project: Option<String>,
    pub(super) client_id: String,
    pub(super) client_secret: Secret,
    pub(super) refresh_token: Secret,
    pub(super) token_uri: Url,
}

impl Credentials {
    /// From the secret; without one, what this computer has. `stand_in` where the API's address was given:
    /// then nobody need sign in, and tokens may come from anywhere.
    pub(super) fn find(secret: Option<&Secret>, stand_in: bool) -> Result<Self> {
        if let Some(secret) = secret {
            return Self::parse(secret.expose(), stand_in, "The service account key");
        }
        if stand_in {
            return Ok(Self::Anonymous);
        }
        let Some(file) = default_file() else { return Err(nobody()) };
        let text = std::fs::read(&file).map_err(|error| {
            let message = format!("The credentials file “{}” can not be read.", file.display());
            Error::new(ErrorKind::BadSettings, message).with_source(error)
        })?;
        Self::parse(&text, false, &format!("The credentials file “{}”", file.display()))
    }

    /// `what` names the document in messages.
    pub(super) fn parse(json: &[u8], stand_in: bool, what: &str) -> Result<Self> {
        // The parser's own words can hold a part of the key.
        let document: Document = serde_json::from_slice(json).map_err(|_| {
            Error::new(ErrorKind::KeyUnusable, format!("{what} is not the JSON of a Google Cloud key."))
                .with_hint("Paste the whole file, from the first { to the last }.")
        })?;
        let token_uri = token_uri(document.token_uri.as_deref(), stand_in)?;
        let project = document.project_id.or(document.quota_project_id);
        let lacks = |field: &str| {
            Error::new(ErrorKind::KeyUnusable, format!("{what} has no “{field}”."))
                .with_hint("Make a new key of type JSON for the service account, and paste the whole file.")
        };
        match document.kind.as_deref() {
            Some("service_account") => Ok(Self::ServiceAccount(ServiceAccount {
                email: document.client_email.ok_or_else(|| lacks("client_email"))?,
                project,
                key_id: document.private_key_id.unwrap_or_default(),
                private_key: secret(document.private_key).ok_or_else(|| lacks("private_key"))?,
                token_uri,
            })),
            Some("authorized_user") => Ok(Self::User(User {
                project,
                client_id: document.client_id.ok_or_else(|| lacks("client_id"))?,
                client_secret: secret(document.client_secret).ok_or_else(|| lacks("client_secret"))?,
                refresh_token: secret(document.refresh_token).ok_or_else(|| lacks("refresh_token"))?,
                token_uri,
            })),
            other => Err(unsupported(what, other.unwrap_or("unknown"))),
        }
    }

    /// The project they belong to.
    pub(super) fn project(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::ServiceAccount(account) => account.project.as_deref(),
            Self::User(user) => user.project.as_deref(),
        }
    }

    /// Who it is, for messages.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Anonymous => "nobody",
            Self::ServiceAccount(account) => &account.email,
            Self::User(_) => "the user gcloud has signed in",
        }
    }

    /// As IAM names them; a user's address is not known here.
    pub(super) fn member(&self) -> String {
        match self {
            Self::ServiceAccount(account) => format!("serviceAccount:{}", account.email),
            Self::Anonymous | Self::User(_) => "user:name@example.com".to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "type")]
    kind: Option<String>,
    project_id: Option<String>,
    quota_project_id: Option<String>,
    private_key_id: Option<String>,
    private_key: Option<String>,
    client_email: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    token_uri: Option<String>,
}

fn secret(text: Option<String>) -> Option<Secret> {
    text.filter(|text| !text.is_empty()).map(|text| Secret::new(text.as_bytes()))
}

/// Where tokens come from. A key from elsewhere could name any address, and would be signed for it: only
/// Google's hosts are taken.
fn token_uri(given: Option<&str>, stand_in: bool) -> Result<Url> {
    let bad = || {
        Error::new(ErrorKind::KeyUnusable, "The key names an address for signing in that is not Google’s.")
            .with_hint(
                "Use the key as Google Cloud made it; its token_uri is https://oauth2.googleapis.com/token.",
            )
    };
    let url = Url::parse(given.unwrap_or(TOKEN_URI)).map_err(|_| bad())?;
    let host = url.host_str().unwrap_or_default();
    let google =
        url.scheme() == "https" && (host.ends_with(".googleapis.com") || host == "accounts.google.com");
    if google || (stand_in && matches!(url.scheme(), "http" | "https")) { Ok(url) } else { Err(bad()) }
}

fn default_file() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(file) = set("GOOGLE_APPLICATION_CREDENTIALS") {
        return Some(file);
    }
    let folder = set("CLOUDSDK_CONFIG")
        .or_else(|| set("APPDATA").map(|folder| folder.join("gcloud")))
        .or_else(|| set("HOME").map(|home| home.join(".config/gcloud")))?;
    Some(folder.join("application_default_credentials.json")).filter(|file| file.is_file())
}

fn nobody() -> Error {
    Error::new(
        ErrorKind::SecretMissing,
        "There is no service account key, and gcloud has nobody signed in here.",
    )
    .with_hint("Paste the JSON key of a service account, or sign in with the command below.")
    .with_fix("gcloud auth application-default login")
}

fn unsupported(what: &str, kind: &str) -> Error {
    Error::new(ErrorKind::KeyUnusable, format!("{what} is of the kind “{kind}”, which Sluice does not know."))
        .with_hint("Use the JSON key of a service account (its type is service_account).")
}
