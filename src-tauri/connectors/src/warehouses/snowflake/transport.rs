//! Requests to Snowflake: each with a deadline, each tried again a few times where that can help, redirects followed no
//! further than credentials may go.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use sluice_engine::store::new_uuid;
use tokio::time::{sleep, timeout};
use url::Url;

use super::account::may_follow;
use crate::http::Http;

/// How long a server may take to begin its answer. It holds a statement's for up to 45 seconds.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(90);
/// How long it may pause within one.
pub(super) const GO_ON_WITHIN: Duration = Duration::from_secs(60);
/// Times a request is sent where the network or a proxy fails.
const TRIES: u32 = 6;
/// Times it is sent where the server says that it failed itself: a second time seldom helps.
const TRIES_OF_FAILURE: u32 = 3;
const REDIRECTS: usize = 5;
/// The first pause; each next one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// Bytes of an answer that holds no rows.
const SMALL_ANSWER: usize = 4 << 20;

/// What to send; made anew for every try, so that a token is fresh.
pub(super) struct Call<'a> {
    pub(super) url: Url,
    /// Sent as JSON; without one it is a GET.
    pub(super) body: Option<Value>,
    pub(super) token: Option<&'a Secret>,
}

/// Sends requests.
#[derive(Clone)]
pub(super) struct Transport {
    pub(super) http: Http,
}

impl Transport {
    /// Sends what `call` makes, until there is an answer to be read.
    pub(super) async fn send<'a>(&self, call: impl Fn() -> Result<Call<'a>>) -> Result<Response> {
        let mut tried = 0;
        loop {
            let call = call()?;
            tried += 1;
            let error = match self.once(&call).await {
                Ok(response) if response.status().is_success() => return Ok(response),
                // Its reason is in the body.
                Ok(response) if is_answer(&response) && !is_failure(response.status().as_u16()) => {
                    return Ok(response);
                }
                Ok(response) => refused(&call.url, &response),
                Err(error) => error,
            };
            let tries = if error.kind() == ErrorKind::ServerFailed { TRIES_OF_FAILURE } else { TRIES };
            if !may_help(&error) || tried >= tries {
                return Err(error);
            }
            pause(tried, &error).await;
        }
    }

    /// Sends it once, and again to where the answer points.
    async fn once(&self, call: &Call<'_>) -> Result<Response> {
        let mut url = call.url.clone();
        for _ in 0..=REDIRECTS {
            let request = self.request(call, url.clone())?;
            let sent = timeout(ANSWER_WITHIN, self.http.open(request)).await.map_err(|_| slow(&url))?;
            let response = sent.map_err(|failure| told(&url, failure.error()))?;
            if !matches!(response.status().as_u16(), 307 | 308) {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            let next = next.ok_or_else(|| not_snowflake(&url))?;
            if !may_follow(&url, &next) {
                let message = format!("{} points to another place, which is not Snowflake’s.", shown(&url));
                return Err(Error::new(ErrorKind::BadAnswer, message)
                    .with_safe("No credentials were sent there.")
                    .with_hint("Check the account’s address."));
            }
            url = next;
        }
        Err(Error::new(ErrorKind::BadAnswer, format!("{} points from one place to the next.", shown(&url))))
    }

    fn request(&self, call: &Call<'_>, mut url: Url) -> Result<RequestBuilder> {
        url.query_pairs_mut().append_pair("request_guid", &new_uuid());
        let request = match &call.body {
            None => self.http.get(url),
            Some(body) => {
                let body = serde_json::to_vec(body).unwrap_or_default();
                self.http.post(url).header(CONTENT_TYPE, "application/json").body(body)
            }
        };
        let request = request.header(ACCEPT, "application/snowflake");
        let Some(token) = call.token else { return Ok(request) };
        let value = format!("Snowflake Token=\"{}\"", token.expose_text()?);
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| Error::new(ErrorKind::BadAnswer, "Snowflake’s token can not be sent back."))?;
        value.set_sensitive(true);
        Ok(request.header(AUTHORIZATION, value))
    }
}

/// The body of an answer without rows.
pub(super) async fn small_body(mut response: Response) -> Result<Vec<u8>> {
    let url = response.url().clone();
    let mut body = Vec::new();
    while let Some(bytes) = next_bytes(&mut response, &url).await? {
        body.extend_from_slice(&bytes);
        if body.len() > SMALL_ANSWER {
            return Err(not_snowflake(&url));
        }
    }
    Ok(body)
}

/// The next bytes of a body; `None` at its end.
pub(super) async fn next_bytes(response: &mut Response, url: &Url) -> Result<Option<bytes::Bytes>> {
    let next = timeout(GO_ON_WITHIN, response.chunk()).await.map_err(|_| slow(url))?;
    next.map_err(|error| {
        let message = format!("The connection to {} was cut before the whole answer had come.", shown(url));
        Error::new(ErrorKind::Unreachable, message).with_source(error.without_url())
    })
}

/// Waits before the next try, as long as the server asks.
pub(super) async fn pause(tried: u32, error: &Error) {
    let grown = PAUSE * 2_u32.saturating_pow(tried.saturating_sub(1));
    sleep(error.retry_after().unwrap_or(grown).min(LONGEST_PAUSE)).await;
}

/// Whether the same request may work when it is sent again.
pub(super) fn may_help(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unreachable | ErrorKind::TimedOut | ErrorKind::RateLimited | ErrorKind::ServerFailed
    )
}

fn is_failure(status: u16) -> bool {
    status >= 500 || status == 429 || status == 408
}

fn is_answer(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.contains("json") || kind.contains("snowflake"))
}

/// What an answer's status means.
pub(super) fn refused(url: &Url, response: &Response) -> Error {
    let status = response.status().as_u16();
    let host = shown(url);
    match status {
        429 => {
            let wait = response.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
            let error = Error::new(ErrorKind::RateLimited, format!("{host} asks to slow down (HTTP 429)."));
            wait.map_or(error.clone(), |seconds| error.with_retry_after(Duration::from_secs(seconds)))
        }
        502..=504 | 408 => {
            Error::new(ErrorKind::Unreachable, format!("{host} can not be reached just now (HTTP {status})."))
                .with_hint("If it lasts, look at status.snowflake.com.")
        }
        500.. => Error::new(ErrorKind::ServerFailed, format!("{host} failed (HTTP {status})."))
            .with_hint("If it lasts, look at status.snowflake.com."),
        401 | 403 | 404 => {
            Error::new(ErrorKind::SignInFailed, format!("Snowflake serves no such account at {host} (HTTP {status})."))
                .with_hint("Check the account: paste its address from the browser. A private link’s account ends in “.privatelink”.")
        }
        _ => not_snowflake(url),
    }
}

fn slow(url: &Url) -> Error {
    Error::new(ErrorKind::TimedOut, format!("{} gave no answer in time.", shown(url)))
}

fn not_snowflake(url: &Url) -> Error {
    Error::new(
        ErrorKind::BadAnswer,
        format!("What answers at {} does not speak as Snowflake does.", shown(url)),
    )
    .with_hint("Check the account’s address, and whether a proxy answers in its place.")
}

/// The failure, with the host that it was about.
fn told(url: &Url, error: &Error) -> Error {
    let host = shown(url);
    let message = match error.kind() {
        ErrorKind::HostNotFound => format!("There is no host “{host}”."),
        ErrorKind::TlsFailed => format!("The secure connection to {host} could not be made."),
        ErrorKind::Unreachable => format!("Nobody answers at {host}, or the connection was cut."),
        _ => return error.clone(),
    };
    Error::new(error.kind(), message).with_source(error.clone())
}

/// Host and port, and nothing that could hold a signature.
pub(super) fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
