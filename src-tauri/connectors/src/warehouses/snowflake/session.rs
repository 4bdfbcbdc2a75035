//! One signed-in session: its tokens, renewed when they expire, and its end.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use sluice_engine::store::new_uuid;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use url::Url;

use super::body::Body;
use super::error::from_statement;
use super::login::Login;
use super::refusal;
use super::transport::{Call, small_body};
use super::wire::{
    Answer, Envelope, NOT_RUNNING, Renewed, SESSION_EXPIRED, SESSION_GONE, SessionInfo, SignedIn, parsed,
};
use crate::goodbye;

/// Times a server that does not know yet what to stop is told again.
const STOP_TRIES: u32 = 5;
/// How long a master token counts where the server does not say (<https://docs.snowflake.com/en/user-guide/session-policies>).
const MASTER_SECONDS: u64 = 4 * 3_600;

/// A signed-in session; it ends with the last statement that uses it.
pub(super) struct Session {
    pub(super) login: Login,
    /// Where the account really is, after what a redirect said.
    base: Url,
    tokens: Mutex<Tokens>,
    pub(super) info: SessionInfo,
    pub(super) version: String,
    heartbeat: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Tokens {
    session: Secret,
    master: Option<Secret>,
}

/// Signs in.
async fn sign_in(login: &Login) -> Result<(Url, SignedIn)> {
    let call = || Ok(Call { url: login.sign_in_address(), body: Some(login.sign_in_body()?), token: None });
    let response = login.transport.send(call).await?;
    let mut base = login.base.clone();
    let at = response.url();
    if at.host_str() != base.host_str() || at.port() != base.port() {
        base = Login::address(at, "/", &[]);
        base.set_path("/");
    }
    let answer: Envelope<SignedIn> = parsed(&small_body(response).await?)?;
    if !answer.success {
        return Err(refusal::from_sign_in(login, &answer.code, &answer.message));
    }
    Ok((base, answer.data.unwrap_or_default()))
}

fn tokens(signed_in: &SignedIn) -> Result<Tokens> {
    let missing = || Error::new(ErrorKind::BadAnswer, "Snowflake let Sluice in, but gave no token.");
    Ok(Tokens {
        session: signed_in.token.clone().ok_or_else(missing)?,
        master: signed_in.master_token.clone(),
    })
}

impl Session {
    /// Signs in.
    pub(super) async fn open(login: &Login) -> Result<Arc<Self>> {
        let (base, signed_in) = sign_in(login).await?;
        let tokens = Mutex::new(tokens(&signed_in)?);
        let seconds = signed_in.master_validity_in_seconds.unwrap_or(MASTER_SECONDS);
        // As the drivers do: four times in the life of a master token, and once an hour at least.
        let between = Duration::from_secs((seconds / 4).clamp(1, 3_600));
        Ok(Arc::new_cyclic(|session: &std::sync::Weak<Self>| {
            let beating = session.clone();
            Self {
                login: login.clone(),
                base,
                tokens,
                info: signed_in.session_info,
                version: signed_in.server_version.unwrap_or_default(),
                heartbeat: Some(tokio::spawn(async move {
                    loop {
                        tokio::time::sleep(between).await;
                        let Some(session) = beating.upgrade() else { break };
                        // Where it fails, the next statement finds out and says so.
                        drop(session.ask::<Value>("/session/heartbeat", &[], Some(json!({}))).await);
                    }
                })),
            }
        }))
    }

    /// The token requests carry now.
    async fn token(&self) -> Secret {
        self.tokens.lock().await.session.clone()
    }

    /// Sends one request with the session's token, and answers with that token too, for [`Session::renew`].
    pub(super) async fn send(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<(Response, Secret)> {
        let token = self.token().await;
        let url = Login::address(&self.base, path, query);
        let call = || Ok(Call { url: url.clone(), body: body.clone(), token: Some(&token) });
        let response = self.login.transport.send(call).await?;
        Ok((response, token))
    }

    /// Sends one request whose answer is short, with a new token where the one there is has expired.
    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Envelope<T>> {
        let (response, token) = self.send(path, query, body.clone()).await?;
        let answer: Envelope<T> = parsed(&small_body(response).await?)?;
        if !is_expired(&answer.code) {
            return Ok(answer);
        }
        self.renew(&token, &answer.code).await?;
        let (response, _) = self.send(path, query, body).await?;
        parsed(&small_body(response).await?)
    }

    /// The answer of a statement that has ended once more, without the rows that stand in it. Its links to the other rows
    /// are new (`cursor.py` of <https://github.com/snowflakedb/snowflake-connector-python>: `query_result`).
    pub(super) async fn result(&self, query_id: &str) -> Result<Answer> {
        let path = format!("/queries/{query_id}/result");
        let (response, token) = self.send(&path, &[], None).await?;
        let mut answer: Envelope<Answer> = Body::begin(response).await?.whole().await?;
        if is_expired(&answer.code) {
            self.renew(&token, &answer.code).await?;
            let (response, _) = self.send(&path, &[], None).await?;
            answer = Body::begin(response).await?.whole().await?;
        }
        let data = answer.data.unwrap_or_default();
        if answer.success {
            return Ok(data);
        }
        let state = data.sql_state.unwrap_or_default();
        Err(from_statement(&self.login, &answer.code, &state, &answer.message))
    }

    /// Gets another token in place of `old`, unless somebody else just did: with the master token, and where that is of no
    /// use any more, by signing in again.
    pub(super) async fn renew(&self, old: &Secret, code: &str) -> Result<()> {
        let mut tokens = self.tokens.lock().await;
        if tokens.session.expose() != old.expose() {
            return Ok(());
        }
        if code == SESSION_EXPIRED
            && let Some(renewed) = self.renewed(&tokens).await?
        {
            *tokens = renewed;
            return Ok(());
        }
        let (_, signed_in) = sign_in(&self.login).await?;
        *tokens = self::tokens(&signed_in)?;
        Ok(())
    }

    /// New tokens by the master token; `None` where only signing in helps.
    async fn renewed(&self, tokens: &Tokens) -> Result<Option<Tokens>> {
        let Some(master) = &tokens.master else { return Ok(None) };
        let request = new_uuid();
        let url = Login::address(&self.base, "/session/token-request", &[("requestId", &request)]);
        let body = json!({ "oldSessionToken": tokens.session.expose_text()?, "requestType": "RENEW" });
        let call = || Ok(Call { url: url.clone(), body: Some(body.clone()), token: Some(master) });
        let response = self.login.transport.send(call).await?;
        let answer: Envelope<Renewed> = parsed(&small_body(response).await?)?;
        let renewed = answer.data.unwrap_or_default();
        match renewed.session_token {
            Some(session) if answer.success => {
                Ok(Some(Tokens { session, master: renewed.master_token.or_else(|| tokens.master.clone()) }))
            }
            _ => Ok(None),
        }
    }

    /// Tells the server to stop the statement of this request.
    async fn stop(&self, request: &str) -> Result<()> {
        for _ in 0..STOP_TRIES {
            let own = new_uuid();
            let body = json!({ "requestId": request });
            let query = [("requestId", own.as_str())];
            let answer: Envelope<Value> = self.ask("/queries/v1/abort-request", &query, Some(body)).await?;
            if answer.success || answer.code != NOT_RUNNING {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether another token helps.
pub(super) fn is_expired(code: &str) -> bool {
    code == SESSION_EXPIRED || SESSION_GONE.contains(&code)
}

/// A statement the server works on. Where it is dropped before its result was read, because nobody waits any longer, the
/// server is told to stop.
pub(super) struct Running {
    session: Option<Arc<Session>>,
    request: String,
}

impl Running {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self { session: Some(session), request: new_uuid() }
    }

    /// The id the statement was sent under.
    pub(super) fn request(&self) -> &str {
        &self.request
    }

    /// There is nothing left to stop.
    pub(super) fn ended(&mut self) {
        self.session = None;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        let request = std::mem::take(&mut self.request);
        // Where it can not be told, the server stops by itself: the session says so (ABORT_DETACHED_QUERY).
        goodbye::say(async move { drop(session.stop(&request).await) });
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(heartbeat) = self.heartbeat.take() {
            heartbeat.abort();
        }
        let Ok(tokens) = self.tokens.try_lock() else { return };
        let (transport, token) = (self.login.transport.clone(), tokens.session.clone());
        let url = Login::address(&self.base, "/session", &[("delete", "true"), ("requestId", &new_uuid())]);
        goodbye::say(async move {
            let call = || Ok(Call { url: url.clone(), body: Some(json!({})), token: Some(&token) });
            // An abandoned session ends by itself, only later.
            drop(transport.send(call).await);
        });
    }
}
