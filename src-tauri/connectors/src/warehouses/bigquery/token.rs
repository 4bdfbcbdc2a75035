//! Access tokens, got and renewed.
//!
//! A service account signs a statement about itself with its key (RFC 7523, as
//! <https://developers.google.com/identity/protocols/oauth2/service-account#httprest> has it); a user hands
//! in a refresh token (<https://developers.google.com/identity/protocols/oauth2/web-server#offline>).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::json;
use sluice_engine::clock::SharedClock;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use tokio::sync::Mutex;
use url::Url;

use super::credentials::{Credentials, ServiceAccount, User};
use super::error::token_refused;
use crate::http::{Http, Patience};

/// What tokens are good for. Comparing in the warehouse writes, so the read-only scope would not do; what a
/// login may do is decided by its roles.
const SCOPE: &str = "https://www.googleapis.com/auth/bigquery";
/// A token is renewed this long before it ends, so that none ends on its way.
const EARLY: TimeDelta = TimeDelta::minutes(5);
/// How long a statement counts; Google takes no longer one.
const STATEMENT_SECONDS: i64 = 3600;
/// Asked again after an answer that did not come, or of a server that failed.
const TRIES: u32 = 3;

/// Gets tokens, and keeps the one that counts.
#[derive(Clone)]
pub(super) struct Tokens {
    credentials: Arc<Credentials>,
    clock: SharedClock,
    kept: Arc<Mutex<Option<Kept>>>,
}

struct Kept {
    token: Secret,
    until: DateTime<Utc>,
}

impl Tokens {
    pub(super) fn new(credentials: Credentials, clock: SharedClock) -> Self {
        Self { credentials: Arc::new(credentials), clock, kept: Arc::default() }
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// A token that counts for minutes to come; `None` where nobody signs in.
    pub(super) async fn token(&self) -> Result<Option<Secret>> {
        let (url, form) = match &*self.credentials {
            Credentials::Anonymous => return Ok(None),
            Credentials::ServiceAccount(account) => (&account.token_uri, Form::ServiceAccount(account)),
            Credentials::User(user) => (&user.token_uri, Form::User(user)),
        };
        // Held while a token is fetched, so that many requests at once fetch one.
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| self.clock.now() + EARLY < kept.until) {
            return Ok(Some(kept.token.clone()));
        }
        let fetched = self.fetch(url, &form).await?;
        let token = fetched.token.clone();
        *kept = Some(fetched);
        Ok(Some(token))
    }

    /// The token was refused: the next one is fetched anew.
    pub(super) async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    async fn fetch(&self, url: &Url, form: &Form<'_>) -> Result<Kept> {
        let http = Http::new(url, Patience::default(), self.clock.clone())?;
        let mut tries = 0;
        loop {
            let asked = self.clock.now();
            let body = form.encoded(asked)?;
            let request =
                http.post(url.clone()).header("Content-Type", "application/x-www-form-urlencoded").body(body);
            tries += 1;
            let error = match http.send(request).await {
                Ok(answered) if answered.status == 200 => {
                    let granted: Granted = serde_json::from_str(&answered.body).map_err(|_| {
                        Error::new(ErrorKind::BadAnswer, "Google’s sign-in answered without a token.")
                    })?;
                    let until = asked + TimeDelta::seconds(granted.expires_in.clamp(0, 86_400));
                    return Ok(Kept { token: Secret::new(granted.access_token.as_bytes()), until });
                }
                Ok(answered) => token_refused(&self.credentials, &answered),
                Err(failure) => failure.error().clone(),
            };
            if tries == TRIES || error.kind() == ErrorKind::SignInFailed || !super::client::is_passing(&error)
            {
                return Err(error);
            }
            super::client::pause(tries, error.retry_after()).await;
        }
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default = "an_hour")]
    expires_in: i64,
}

fn an_hour() -> i64 {
    3600
}

enum Form<'a> {
    ServiceAccount(&'a ServiceAccount),
    User(&'a User),
}

impl Form<'_> {
    fn encoded(&self, now: DateTime<Utc>) -> Result<String> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        match self {
            Self::ServiceAccount(account) => form
                .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                .append_pair("assertion", &statement(account, now)?),
            Self::User(user) => form
                .append_pair("grant_type", "refresh_token")
                .append_pair("client_id", &user.client_id)
                .append_pair("client_secret", user.client_secret.expose_text()?)
                .append_pair("refresh_token", user.refresh_token.expose_text()?),
        };
        Ok(form.finish())
    }
}

/// The signed statement.
fn statement(account: &ServiceAccount, now: DateTime<Utc>) -> Result<String> {
    let unusable = |what: &str| {
        Error::new(ErrorKind::BadSettings, format!("The private key in the service account key {what}."))
            .with_hint("Make a new key of type JSON for the service account, and paste the whole file.")
    };
    let der = PrivatePkcs8KeyDer::from_pem_slice(account.private_key.expose())
        .map_err(|_| unusable("is not a PEM document"))?;
    let pair =
        RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| unusable("is not a whole RSA key"))?;
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(json!({ "alg": "RS256", "typ": "JWT", "kid": account.key_id }));
    let claims = part(json!({
        "iss": account.email,
        "scope": SCOPE,
        "aud": account.token_uri.as_str(),
        "iat": now.timestamp(),
        "exp": now.timestamp() + STATEMENT_SECONDS,
    }));
    let signed = format!("{header}.{claims}");
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|_| Error::new(ErrorKind::Bug, "The sign-in could not be signed."))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
