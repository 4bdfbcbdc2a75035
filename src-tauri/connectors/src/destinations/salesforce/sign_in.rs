//! Signing in: client credentials, or a refresh token that may be replaced each time it is used.

use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use sluice_engine::connection::{KeptSecrets, Opening};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use url::{Url, form_urlencoded};

use super::address::{base, below, my_domain};
use super::error::{Trouble, signed_in};
use super::manifest::{BROWSER, LOGIN};
use crate::http::{Http, is_loopback};

const REFRESH_TOKEN: &str = "refresh_token";

/// One at a time in the whole program: where refresh tokens are replaced, each is good for one use, and several syncs may
/// share one.
static REFRESHING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A way to sign in.
pub(super) struct SignIn {
    /// Where.
    pub(super) login: Url,
    client_id: String,
    by: By,
}

enum By {
    ClientCredentials(Secret),
    RefreshToken { given: Secret, kept: Option<Arc<dyn KeptSecrets>> },
}

/// What signing in brings: an org's address and the right to speak to it.
pub(super) struct Session {
    /// The org's address.
    pub(super) instance: Url,
    /// `Bearer` and the access token; marked sensitive.
    pub(super) authorization: HeaderValue,
}

/// A token request's answer.
#[derive(Deserialize)]
pub(super) struct Tokens {
    access_token: String,
    instance_url: String,
    #[serde(default)]
    pub(super) refresh_token: Option<String>,
}

impl SignIn {
    pub(super) fn new(opening: &Opening) -> Result<Self> {
        let client_id = opening.required("client_id")?.to_owned();
        let secret = |key: &str, what: &str| {
            opening.secret(key).cloned().ok_or_else(|| {
                Error::new(ErrorKind::SecretMissing, format!("This connection has no {what}."))
            })
        };
        if opening.get("auth") == Some(BROWSER) {
            let given = secret(REFRESH_TOKEN, "refresh token")?;
            let by = By::RefreshToken { given, kept: opening.kept().cloned() };
            return Ok(Self {
                login: base(opening.get("login_url").unwrap_or(LOGIN), "The login address")?,
                client_id,
                by,
            });
        }
        let by = By::ClientCredentials(secret("client_secret", "consumer secret")?);
        Ok(Self { login: my_domain(opening.required("instance_url")?)?, client_id, by })
    }

    /// Signs in.
    pub(super) async fn session(&self, http: &Http) -> Result<Session, Trouble> {
        match &self.by {
            By::ClientCredentials(secret) => {
                let secret = secret.expose_text().map_err(Trouble::Stop)?.trim();
                let form = [("grant_type", "client_credentials"), ("client_secret", secret)];
                let tokens = self.ask(http, &form).await?;
                tokens.session(&self.login).map_err(Trouble::Stop)
            }
            By::RefreshToken { given, kept } => self.refresh(http, given, kept.as_ref()).await,
        }
    }

    /// Refreshes. The token is read anew each time: another sync of this connection may have replaced it. A new one is
    /// kept before the session is used, so that it is never the only one and lost.
    async fn refresh(
        &self,
        http: &Http,
        given: &Secret,
        kept: Option<&Arc<dyn KeptSecrets>>,
    ) -> Result<Session, Trouble> {
        let _one_at_a_time = REFRESHING.lock().await;
        let now = match kept {
            Some(kept) => blocking(kept, |kept| kept.get(REFRESH_TOKEN)).await.map_err(Trouble::Again)?,
            None => None,
        };
        let token = now.unwrap_or_else(|| given.clone());
        let text = token.expose_text().map_err(Trouble::Stop)?.trim();
        let mut tokens = self.ask(http, &[("grant_type", REFRESH_TOKEN), (REFRESH_TOKEN, text)]).await?;
        if let Some(new) = tokens.refresh_token.take().filter(|new| !new.is_empty() && new != text) {
            let kept = kept.ok_or_else(|| Trouble::Stop(nowhere_to_keep()))?.clone();
            let new = Secret::new(new);
            blocking(&kept, move |kept| kept.replace(REFRESH_TOKEN, &new)).await.map_err(Trouble::Stop)?;
        }
        tokens.session(&self.login).map_err(Trouble::Stop)
    }

    async fn ask(&self, http: &Http, form: &[(&str, &str)]) -> Result<Tokens, Trouble> {
        let form: Vec<_> = form.iter().copied().chain([("client_id", self.client_id.as_str())]).collect();
        ask(http, &self.login, &form).await
    }
}

/// One request for tokens. Neither it nor its answer is ever logged.
pub(super) async fn ask(http: &Http, login: &Url, form: &[(&str, &str)]) -> Result<Tokens, Trouble> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = http
        .post(below(login, &["services", "oauth2", "token"]))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body);
    let answered = signed_in(http.send(request).await)?;
    serde_json::from_str(&answered.body).map_err(|_| {
        // The answer's words stay out of it: it may hold a token.
        Trouble::Again(Error::new(
            ErrorKind::BadAnswer,
            "Salesforce's answer to the sign-in can not be read.",
        ))
    })
}

impl Tokens {
    pub(super) fn session(self, login: &Url) -> Result<Session> {
        let bad = |what: &str| {
            Error::new(ErrorKind::BadAnswer, format!("Salesforce's answer to the sign-in {what}."))
                .with_hint("Check the address: it has to be Salesforce's own.")
        };
        let instance = Url::parse(&self.instance_url).map_err(|_| bad("names no address"))?;
        let local = is_loopback(&instance) && is_loopback(login);
        if instance.host_str().is_none() || !(instance.scheme() == "https" || local) {
            return Err(bad("names an address that is not safe"));
        }
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", self.access_token))
            .map_err(|_| bad("holds a token that can not be sent"))?;
        authorization.set_sensitive(true);
        Ok(Session { instance, authorization })
    }
}

async fn blocking<T: Send + 'static>(
    kept: &Arc<dyn KeptSecrets>,
    work: impl FnOnce(&dyn KeptSecrets) -> Result<T> + Send + 'static,
) -> Result<T> {
    let kept = Arc::clone(kept);
    tokio::task::spawn_blocking(move || work(&*kept))
        .await
        .map_err(|_| Error::new(ErrorKind::Bug, "The keychain was not asked to the end."))?
}

fn nowhere_to_keep() -> Error {
    Error::new(
        ErrorKind::SignInFailed,
        "Salesforce replaced the refresh token, and there is no place yet to keep the new one.",
    )
    .with_hint(
        "Sign in again and save the connection before it is tested, or switch refresh token rotation off in the External Client App.",
    )
}
