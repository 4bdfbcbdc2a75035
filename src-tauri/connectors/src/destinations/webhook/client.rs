//! The receiver: its address, what is sent along, and one request to it.

use std::collections::BTreeMap;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use sluice_engine::clock::SharedClock;
use sluice_engine::connection::Opening;
use sluice_engine::destination::{Batch, Request};
use sluice_engine::error::Result;
use url::Url;

use super::body::{body, id};
use super::headers::{self, Header};
use super::sign::Signer;
use super::sign_in::{self, SignIn, sign_in};
use crate::http::{self, Answered, Failure, Http, Patience, Range, sensitive};

const JSON: &str = "application/json";

/// Who takes the records.
pub(super) struct Receiver {
    pub(super) url: Url,
    pub(super) range: Range,
    pub(super) batch_size: usize,
    pub(super) signer: Option<Signer>,
    headers: Vec<Header>,
    sign_in: Option<SignIn>,
    shown_sign_in: Option<(String, String)>,
    pub(super) http: Http,
    clock: SharedClock,
}

/// A request that is ready to go.
pub(super) struct Ready {
    pub(super) body: Bytes,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Receiver {
    pub(super) fn new(opening: &Opening, patience: Patience) -> Result<Self> {
        let (url, range) = address(|key| opening.get(key))?;
        Ok(Self {
            http: Http::within(range, &url, patience, opening.clock().clone())?,
            url,
            range,
            batch_size: batch_size(|key| opening.get(key)),
            signer: opening.secret("signing_secret").map(Signer::new).transpose()?,
            headers: headers::parse(opening.get("headers").unwrap_or_default())?,
            sign_in: sign_in(opening)?,
            shown_sign_in: sign_in::shown(|key| opening.get(key)),
            clock: opening.clock().clone(),
        })
    }

    /// Where records go, for the log. Some addresses carry a token in their query: it is left out.
    pub(super) fn target(&self) -> String {
        let mut shown = self.url.clone();
        shown.set_query(self.url.query().map(|_| "…"));
        format!("POST {}", shown.as_str().replace("?%E2%80%A6", "?…"))
    }

    /// The request of a batch. A repeat has the same body and the same id; its timestamp is that of sending.
    pub(super) fn ready(&self, batch: &Batch<'_>) -> Result<Ready> {
        let (id, at) = (id(batch), self.clock.now().timestamp());
        let body = body(batch, self.batch_size > 1);
        let mut headers = vec![
            (CONTENT_TYPE, HeaderValue::from_static(JSON)),
            (HeaderName::from_static("webhook-id"), plain(&id)?),
            (HeaderName::from_static("webhook-timestamp"), HeaderValue::from(at)),
        ];
        if let Some(signer) = &self.signer {
            headers
                .push((HeaderName::from_static("webhook-signature"), plain(&signer.sign(&id, at, &body))?));
        }
        for header in &self.headers {
            headers.push((header.name.clone(), plain(&header.value(batch, &id))?));
        }
        Ok(Ready { body: body.into(), headers })
    }

    /// The headers of a request, as the log may show them.
    pub(super) fn shown_headers(&self, ready: &Ready) -> Vec<(String, String)> {
        let mut shown: Vec<_> = self.shown_sign_in.iter().cloned().collect();
        shown.push(("User-Agent".to_owned(), Http::USER_AGENT.to_owned()));
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        shown.extend(ready.headers.iter().map(|(name, value)| (name.to_string(), text(value))));
        shown
    }

    /// Posts it.
    pub(super) async fn post(&self, ready: Ready) -> std::result::Result<Answered, Failure> {
        let mut request = self.http.post(self.url.clone());
        for (name, value) in ready.headers {
            request = request.header(name, value);
        }
        if let Some(SignIn { name, value }) = &self.sign_in {
            request = request.header(name.clone(), value.clone());
        }
        self.http.send(request.body(ready.body)).await
    }

    /// Asks the host for nothing, to see whether a secure connection can be made: not the receiver's own address,
    /// and without anything that signs in.
    pub(super) async fn knock(&self) -> std::result::Result<Answered, Failure> {
        let mut root = self.url.clone();
        root.set_path("/");
        root.set_query(None);
        self.http.send(self.http.request(Method::HEAD, root)).await
    }
}

fn plain(value: &str) -> Result<HeaderValue> {
    let mut value = sensitive(value, "headers of this webhook")?;
    value.set_sensitive(false);
    Ok(value)
}

fn batch_size<'a>(get: impl Fn(&str) -> Option<&'a str>) -> usize {
    get("batch_size").and_then(|size| size.parse().ok()).unwrap_or(1)
}

/// Settings of a pasted address: of one with a user and a password, these too.
pub(super) fn paste(text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
    let mut url = Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return None;
    }
    let (mut found, mut unused) = (BTreeMap::new(), Vec::new());
    let plain = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    if let Some(password) = url.password().filter(|_| !url.username().is_empty()) {
        found.insert("auth".to_owned(), "basic".to_owned());
        found.insert("password".to_owned(), plain(password));
        found.insert("user".to_owned(), plain(url.username()));
    } else if !url.username().is_empty() || url.password().is_some() {
        unused.push("the sign-in before the “@”: enter it as user, password or token".to_owned());
    }
    url.set_password(None).and_then(|()| url.set_username("")).ok()?;
    found.insert("url".to_owned(), url.to_string());
    Some((found, unused))
}

/// Where records go, and how far that may be.
fn address<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<(Url, Range)> {
    let allow_private = get("allow_private") == Some("yes");
    http::address(get("url").unwrap_or_default(), allow_private, "Choose “User and password” as sign-in.")
}

/// A batch's request, to be written by hand. Without a signature, which needs the secret.
pub(super) fn request(settings: &BTreeMap<String, String>, batch: &Batch<'_>) -> Result<Request> {
    let get = |key: &str| settings.get(key).map(String::as_str);
    let (url, _) = address(get)?;
    let id = id(batch);
    let mut shown = vec![("Content-Type".to_owned(), JSON.to_owned()), ("webhook-id".to_owned(), id.clone())];
    for header in headers::parse(get("headers").unwrap_or_default())? {
        shown.push((header.name.to_string(), header.value(batch, &id)));
    }
    shown.extend(sign_in::shown(get));
    Ok(Request {
        method: "POST",
        url: url.into(),
        secret_is_user: false,
        headers: shown,
        body: body(batch, batch_size(get) > 1),
    })
}
