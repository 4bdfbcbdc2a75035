//! The data plane: its addresses, its key, and one request to it.

use std::collections::BTreeMap;
use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use sluice_engine::connection::Opening;
use sluice_engine::destination::{IN_KEYCHAIN, Request};
use sluice_engine::error::{Error, ErrorKind, Result};
use url::Url;

use crate::http::{Answered, Failure, Http, Patience, is_loopback};

/// A RudderStack data plane and the write key of one source.
pub(super) struct DataPlane {
    pub(super) base: Url,
    batch: Url,
    authorization: HeaderValue,
    /// Compress requests; pointless where they do not leave this computer.
    pub(super) gzip: bool,
    pub(super) http: Http,
}

impl DataPlane {
    pub(super) fn new(opening: &Opening, patience: Patience) -> Result<Self> {
        let base = base_url(opening.required("data_plane_url")?)?;
        let key = opening
            .secret("write_key")
            .ok_or_else(|| Error::new(ErrorKind::SecretMissing, "This connection has no write key."))?;
        let http = Http::new(&base, patience, opening.clock().clone())?;
        Ok(Self {
            batch: below(&base, "v1/batch")?,
            authorization: authorization(key.expose_text()?.trim())?,
            gzip: !is_loopback(&base),
            base,
            http,
        })
    }

    /// Where batches go.
    pub(super) fn target(&self) -> String {
        format!("POST {}", self.batch)
    }

    /// The headers of a batch, as the log may show them.
    pub(super) fn shown_headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![
            ("Authorization".to_owned(), format!("Basic {IN_KEYCHAIN}")),
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("User-Agent".to_owned(), Http::USER_AGENT.to_owned()),
        ];
        if self.gzip {
            headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
        }
        headers
    }

    /// The body as it travels. The same bytes in give the same bytes out.
    pub(super) async fn packed(&self, body: Vec<u8>) -> Result<Bytes> {
        if !self.gzip {
            return Ok(body.into());
        }
        let packed = tokio::task::spawn_blocking(move || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body)?;
            encoder.finish()
        });
        let bug = |cause: &str| {
            Error::new(ErrorKind::Bug, format!("The request could not be compressed ({cause})."))
        };
        Ok(packed.await.map_err(|_| bug("stopped"))?.map_err(|_| bug("failed"))?.into())
    }

    /// Posts a packed batch.
    pub(super) async fn post(&self, body: Bytes) -> std::result::Result<Answered, Failure> {
        let mut request = self
            .http
            .post(self.batch.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json");
        if self.gzip {
            request = request.header(CONTENT_ENCODING, "gzip");
        }
        self.http.send(request.body(body)).await
    }

    /// Asks for the data plane's health; needs no key.
    pub(super) async fn health(&self) -> Result<std::result::Result<Answered, Failure>> {
        let request = self.http.get(below(&self.base, "health")?);
        Ok(self.http.send(request).await)
    }
}

/// A batch's request, to be written by hand.
pub(super) fn request(settings: &BTreeMap<String, String>, body: Vec<u8>) -> Result<Request> {
    let base = base_url(settings.get("data_plane_url").map_or("", String::as_str))?;
    Ok(Request {
        method: "POST",
        url: below(&base, "v1/batch")?.into(),
        secret_is_user: true,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body,
    })
}

/// `Basic` with the write key as user and an empty password. Marked sensitive, so that it is never printed.
fn authorization(key: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(format!("{key}:"))))
        .map_err(|_| Error::new(ErrorKind::BadSettings, "The write key can not be sent."))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The data plane's address: what people paste may end in the path of the API.
fn base_url(text: &str) -> Result<Url> {
    let bad = |what: &str| {
        Error::new(ErrorKind::BadSettings, format!("The data plane URL {what}."))
            .with_hint("It looks like https://hosted.dataplane.rudderstack.com.")
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
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/v1/batch").or_else(|| path.strip_suffix("/v1")).unwrap_or(path).to_owned();
    url.set_path(&format!("{path}/"));
    Ok(url)
}

fn below(base: &Url, path: &str) -> Result<Url> {
    base.join(path).map_err(|_| Error::new(ErrorKind::BadSettings, "The data plane URL is not an address."))
}

/// Finds a data plane URL and a write key in pasted text, in either order.
pub(super) fn paste(text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
    let mut settings = BTreeMap::new();
    let mut unused = Vec::new();
    for word in text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '`'))
        .filter(|word| !word.is_empty())
    {
        let word = word.trim_end_matches(':');
        let is_key = word.len() == 27 && word.chars().all(|c| c.is_ascii_alphanumeric());
        if word.starts_with("https://") || word.starts_with("http://") {
            let Ok(url) = base_url(word) else { continue };
            let url = url.as_str().trim_end_matches('/').to_owned();
            if let Some(before) = settings.insert("data_plane_url".to_owned(), url) {
                unused.push(before);
            }
        } else if is_key {
            settings.insert("write_key".to_owned(), word.to_owned());
        }
    }
    settings.contains_key("data_plane_url").then_some((settings, unused))
}
