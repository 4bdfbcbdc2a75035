//! Where and as whom to sign in.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sluice_engine::clock::SharedClock;
use sluice_engine::connection::Opening;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use sluice_engine::store::new_uuid;
use url::Url;

use super::account::Account;
use super::key::PrivateKey;
use super::transport::Transport;
use crate::http::{Http, Patience};

/// The client Snowflake is told: it lets in those it knows. Which program it is stands beside it.
const CLIENT: &str = "Go";
const CLIENT_VERSION: &str = "1.16.0";
/// What queries are found by in Snowflake's query history.
const QUERY_TAG: &str = "sluice";

/// How to prove who it is.
#[derive(Clone)]
pub(super) enum Credentials {
    Key(Arc<PrivateKey>),
    Token(Secret),
    Password(Secret),
}

/// Where and as whom to sign in.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) account: Account,
    pub(super) base: Url,
    pub(super) user: String,
    pub(super) role: Option<String>,
    pub(super) warehouse: Option<String>,
    pub(super) database: Option<String>,
    pub(super) credentials: Credentials,
    /// After which Snowflake itself stops a statement.
    pub(super) statement_timeout: Duration,
    pub(super) transport: Transport,
    clock: SharedClock,
}

impl Login {
    pub(super) fn new(opening: &Opening) -> Result<Self> {
        let typed = opening.required("account")?;
        let account = Account::parse(typed).ok_or_else(|| {
            Error::new(ErrorKind::BadSettings, format!("“{typed}” is no account of Snowflake’s."))
                .with_hint("Paste its address from the browser, or write it as organisation-account.")
        })?;
        let base = match opening.get("url") {
            Some(url) => url.to_owned(),
            None => format!("https://{}/", account.host()),
        };
        let base = Url::parse(&base).map_err(|error| {
            Error::new(ErrorKind::BadSettings, format!("“{base}” is not an address.")).with_source(error)
        })?;
        let seconds = opening.required("statement_timeout")?;
        let seconds = seconds.parse().map_err(|_| {
            Error::new(
                ErrorKind::BadSettings,
                format!("The time for a query has to be a number, not “{seconds}”."),
            )
        })?;
        let patience = Patience { connect: Duration::from_secs(10), answer: Duration::from_secs(24 * 3_600) };
        let own = |key| opening.get(key).map(str::to_owned);
        Ok(Self {
            account,
            user: opening.required("user")?.to_owned(),
            role: own("role"),
            warehouse: own("warehouse"),
            database: own("database"),
            credentials: credentials(opening)?,
            statement_timeout: Duration::from_secs(seconds),
            transport: Transport { http: Http::new(&base, patience, opening.clock().clone())? },
            clock: opening.clock().clone(),
            base,
        })
    }

    /// The address of one of the protocol's requests below `base`.
    pub(super) fn address(base: &Url, path: &str, query: &[(&str, &str)]) -> Result<Url> {
        let mut url = base.clone();
        let joined = match path.split_once('?') {
            Some((path, given)) => {
                url.set_query(Some(given));
                path
            }
            None => {
                url.set_query(None);
                path
            }
        };
        url.set_path(&format!("{}{joined}", base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The sign-in's address.
    pub(super) fn sign_in_address(&self) -> Result<Url> {
        let request = new_uuid();
        let mut query = vec![("requestId", request.as_str())];
        let named =
            [("databaseName", &self.database), ("warehouse", &self.warehouse), ("roleName", &self.role)];
        query.extend(named.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?))));
        Self::address(&self.base, "/session/v1/login-request", &query)
    }

    /// The sign-in's body; a key's token is made anew each time, since it counts for two minutes.
    pub(super) fn sign_in_body(&self) -> Result<Value> {
        let mut data = json!({
            "CLIENT_APP_ID": CLIENT,
            "CLIENT_APP_VERSION": CLIENT_VERSION,
            "ACCOUNT_NAME": self.account.name(),
            "LOGIN_NAME": self.user,
            "CLIENT_ENVIRONMENT": { "APPLICATION": "Sluice", "OS": std::env::consts::OS },
            "SESSION_PARAMETERS": self.parameters(),
        });
        match &self.credentials {
            Credentials::Key(key) => {
                let token = key.token(&self.account.name(), &self.user.to_uppercase(), self.clock.now())?;
                data["AUTHENTICATOR"] = "SNOWFLAKE_JWT".into();
                data["TOKEN"] = token.expose_text()?.into();
            }
            Credentials::Token(token) => {
                data["AUTHENTICATOR"] = "PROGRAMMATIC_ACCESS_TOKEN".into();
                data["TOKEN"] = token.expose_text()?.trim().into();
            }
            Credentials::Password(password) => data["PASSWORD"] = password.expose_text()?.into(),
        }
        Ok(json!({ "data": data }))
    }

    /// Text forms that do not depend on the account's settings, rows in Arrow form and in small parts
    /// (<https://docs.snowflake.com/en/sql-reference/parameters>).
    fn parameters(&self) -> Value {
        json!({
            "QUERY_TAG": QUERY_TAG,
            "STATEMENT_TIMEOUT_IN_SECONDS": self.statement_timeout.as_secs(),
            "ABORT_DETACHED_QUERY": true,
            "CLIENT_VALIDATE_DEFAULT_PARAMETERS": true,
            "CLIENT_SESSION_KEEP_ALIVE": true,
            "CLIENT_RESULT_CHUNK_SIZE": 48,
            "GO_QUERY_RESULT_FORMAT": "ARROW",
            "MULTI_STATEMENT_COUNT": 1,
            "AUTOCOMMIT": true,
            "TIMEZONE": "UTC",
            "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
            "TIME_OUTPUT_FORMAT": "HH24:MI:SS.FF9",
            "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD\"T\"HH24:MI:SS.FF9",
            "TIMESTAMP_LTZ_OUTPUT_FORMAT": "YYYY-MM-DD\"T\"HH24:MI:SS.FF9TZHTZM",
            "TIMESTAMP_TZ_OUTPUT_FORMAT": "YYYY-MM-DD\"T\"HH24:MI:SS.FF9TZHTZM",
            "BINARY_OUTPUT_FORMAT": "HEX",
            "GEOGRAPHY_OUTPUT_FORMAT": "GeoJSON",
            "GEOMETRY_OUTPUT_FORMAT": "GeoJSON",
            "JSON_INDENT": 0,
        })
    }
}

fn credentials(opening: &Opening) -> Result<Credentials> {
    let secret = |key: &str, label: &str| {
        let missing =
            || Error::new(ErrorKind::SecretMissing, format!("“{}” has no {label}.", opening.name()));
        opening.secret(key).cloned().ok_or_else(missing)
    };
    Ok(match opening.required("auth")? {
        "key_pair" => {
            let pem = secret("private_key", "private key")?;
            Credentials::Key(Arc::new(PrivateKey::read(&pem, opening.secret("private_key_passphrase"))?))
        }
        "token" => Credentials::Token(secret("token", "access token")?),
        _ => Credentials::Password(secret("password", "password")?),
    })
}
