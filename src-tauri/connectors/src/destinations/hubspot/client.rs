//! HubSpot's API: its addresses, the key, and one request to it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use sluice_engine::clock::SharedClock;
use sluice_engine::connection::Opening;
use sluice_engine::destination::IN_KEYCHAIN;
use sluice_engine::error::{Error, ErrorKind, Result};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use super::properties::Definitions;
use super::quota::Quota;
use super::window::{Turn, Window};
use crate::http::{Answered, Failure, Http, Patience};

/// The version of HubSpot's API that Sluice was made for; part of every path.
pub(super) const API_VERSION: &str = "2026-09";

/// Bytes of an answer that are read: a hundred records with all that was written, or an object's properties.
const ANSWER_BYTES: usize = 8 << 20;

/// What a path is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Area {
    Objects,
    Properties,
    Schemas,
    Account,
}

/// An account of HubSpot, by one key.
pub(super) struct HubSpot {
    api: Api,
    authorization: HeaderValue,
    http: Http,
    pub(super) clock: SharedClock,
    window: Window,
    /// What was seen last of today's quota.
    pub(super) quota: Quota,
    /// Objects' properties as they were seen last.
    pub(super) definitions: Mutex<HashMap<String, Arc<Definitions>>>,
    /// How far the account's time is from UTC, in milliseconds, where HubSpot tells it.
    pub(super) utc_offset: OnceCell<Option<i64>>,
}

/// The address of the API and its version.
pub(super) struct Api {
    base: Url,
    version: String,
}

impl HubSpot {
    pub(super) fn new(opening: &Opening, patience: Patience) -> Result<Self> {
        let api = Api::new(opening.get("url"), opening.get("api_version"))?;
        let key = opening
            .secret("token")
            .ok_or_else(|| Error::new(ErrorKind::SecretMissing, "This connection has no service key."))?;
        let http = Http::new(&api.base, patience, opening.clock().clone())?;
        Ok(Self {
            authorization: authorization(key.expose_text()?.trim())?,
            http,
            api,
            clock: opening.clock().clone(),
            window: Window::default(),
            quota: Quota::default(),
            definitions: Mutex::default(),
            utc_offset: OnceCell::new(),
        })
    }

    /// The API's address.
    pub(super) fn base(&self) -> &Url {
        &self.api.base
    }

    /// The address of `rest` in `area`.
    pub(super) fn url(&self, area: Area, rest: &[&str]) -> Url {
        self.api.url(area, rest)
    }

    /// Asks for `url`.
    pub(super) async fn get(&self, url: Url) -> std::result::Result<Answered, Failure> {
        self.send(self.http.get(url), Turn::Alone).await
    }

    /// Posts a JSON `body` to `url`.
    pub(super) async fn post(
        &self,
        url: Url,
        body: Vec<u8>,
        turn: Turn,
    ) -> std::result::Result<Answered, Failure> {
        self.send(self.http.post(url).header(CONTENT_TYPE, "application/json").body(body), turn).await
    }

    async fn send(&self, request: RequestBuilder, turn: Turn) -> std::result::Result<Answered, Failure> {
        let entered = self.window.enter(turn, Instant::now()).map_err(Failure::NotSent)?;
        let request = request.header(AUTHORIZATION, self.authorization.clone());
        let answered = self.http.send_for(request, ANSWER_BYTES).await;
        self.window.arrived(entered, Instant::now());
        let answered = answered?;
        self.window.note(&answered, Instant::now());
        self.quota.note(&answered);
        Ok(answered)
    }
}

impl Api {
    /// The API at `url`, HubSpot's own where it is not given.
    pub(super) fn new(url: Option<&str>, version: Option<&str>) -> Result<Self> {
        let version = version.unwrap_or(API_VERSION).trim();
        if version.is_empty() || !version.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(Error::new(ErrorKind::BadSettings, "The API version is none.").with_hint(format!(
                "It looks like {API_VERSION}; leave it empty unless HubSpot asks for another."
            )));
        }
        Ok(Self { base: base_url(url.unwrap_or("https://api.hubapi.com"))?, version: version.to_owned() })
    }

    /// The address of `rest` in `area`. Versions with a date stand behind the area's name, older ones before it.
    pub(super) fn url(&self, area: Area, rest: &[&str]) -> Url {
        let version = self.version.as_str();
        let dated = version.starts_with(|c: char| c.is_ascii_digit());
        let start: &[&str] = match (area, dated) {
            (Area::Objects, true) => &["crm", "objects", version],
            (Area::Objects, false) => &["crm", version, "objects"],
            (Area::Properties, true) => &["crm", "properties", version],
            (Area::Properties, false) => &["crm", version, "properties"],
            (Area::Schemas, _) => &["crm-object-schemas", version, "schemas"],
            (Area::Account, _) => &["account-info", version],
        };
        let mut url = self.base.clone();
        // An http address always has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(start).extend(rest);
        }
        url
    }
}

/// The headers of a request, as the log may show them.
pub(super) fn shown_headers() -> Vec<(String, String)> {
    vec![
        ("Authorization".to_owned(), format!("Bearer {IN_KEYCHAIN}")),
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("User-Agent".to_owned(), Http::USER_AGENT.to_owned()),
    ]
}

/// `Bearer` with the key. Marked sensitive, so that it is never printed.
fn authorization(key: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {key}"))
        .map_err(|_| Error::new(ErrorKind::BadSettings, "The service key can not be sent."))?;
    value.set_sensitive(true);
    Ok(value)
}

fn base_url(text: &str) -> Result<Url> {
    let bad = |what: &str| {
        Error::new(ErrorKind::BadSettings, format!("The API address {what}."))
            .with_hint("HubSpot's own is https://api.hubapi.com; leave it empty for that.")
    };
    let mut url = Url::parse(text.trim()).map_err(|_| bad("is not an address"))?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        return Err(bad("has to begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("must not hold a user or password"));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Finds a key in pasted text: both kinds begin with `pat-` and the region.
pub(super) fn paste(text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '`'));
    let mut keys = words.filter(|word| word.starts_with("pat-") && word.len() > 20);
    let key = keys.next()?;
    Some((BTreeMap::from([("token".to_owned(), key.to_owned())]), Vec::new()))
}
