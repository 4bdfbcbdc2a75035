//! The parts of a large result, fetched from the cloud's storage: a few ahead, in order, and never more in memory than a
//! few megabytes each.
//!
//! The links to the parts count for six hours (<https://github.com/snowflakedb/snowflake-jdbc/issues/2023>), the result
//! itself is kept for a day (<https://docs.snowflake.com/en/user-guide/querying-persisted-results>). Where storage does not
//! take a link any more, the server is asked for the result again, and its new links go on from the part that is missing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sluice_engine::error::{Error, ErrorKind, Result};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

use super::part::Part;
use super::session::Session;
use super::transport::{ANSWER_WITHIN, Transport, may_help, next_bytes, pause, refused, shown};
use super::wire::{Answer, Chunk};

/// Parts fetched ahead of the one that is read.
const AHEAD: usize = 3;
/// Bytes fetched ahead, unless a single part has more.
const AHEAD_BYTES: u64 = 24 << 20;
/// Times one is fetched.
const TRIES: u32 = 6;
/// Times new links are asked for before a part comes.
const RENEWALS: u32 = 2;
/// Storage keeps a result under a key of the customer, which comes with the answer
/// (`chunk_downloader.go` of <https://github.com/snowflakedb/gosnowflake>).
const ALGORITHM: &str = "x-amz-server-side-encryption-customer-algorithm";
const KEY: &str = "x-amz-server-side-encryption-customer-key";

/// The parts of a result that are still to be read.
pub(super) struct Chunks {
    session: Arc<Session>,
    query_id: String,
    links: Links,
    /// Parts that were read.
    read: usize,
    fetching: VecDeque<(Chunk, Fetch)>,
}

/// Where parts are, and what has to be said there.
struct Links {
    headers: HeaderMap,
    waiting: VecDeque<Chunk>,
}

/// A part on its way; dropping it gives it up.
struct Fetch(JoinHandle<Result<Bytes>>);

impl Drop for Fetch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Links {
    fn of(answer: &mut Answer) -> Result<Self> {
        let mut named = answer.chunk_headers.take().unwrap_or_default();
        if named.is_empty()
            && let Some(key) = &answer.qrmk
        {
            named = BTreeMap::from([
                (ALGORITHM.to_owned(), "AES256".to_owned()),
                (KEY.to_owned(), key.expose_text()?.to_owned()),
            ]);
        }
        Ok(Self { headers: headers(&named)?, waiting: answer.chunks.take().unwrap_or_default().into() })
    }
}

impl Chunks {
    /// The parts that `answer` names.
    pub(super) fn of(session: &Arc<Session>, answer: &mut Answer) -> Result<Self> {
        Ok(Self {
            session: session.clone(),
            query_id: answer.query_id.take().unwrap_or_default(),
            links: Links::of(answer)?,
            read: 0,
            fetching: VecDeque::new(),
        })
    }

    fn fetch_ahead(&mut self) {
        while self.fetching.len() <= AHEAD {
            let ahead: u64 = self.fetching.iter().map(|(chunk, _)| size(chunk)).sum();
            let Some(next) = self.links.waiting.front() else { return };
            if !self.fetching.is_empty() && ahead + size(next) > AHEAD_BYTES {
                return;
            }
            let Some(chunk) = self.links.waiting.pop_front() else { return };
            let transport = self.session.login.transport.clone();
            let (headers, url) = (self.links.headers.clone(), chunk.url.clone());
            let fetch = tokio::spawn(async move { fetch(&transport, &url, &headers).await });
            self.fetching.push_back((chunk, Fetch(fetch)));
        }
    }

    /// The next part; `None` where there is none left.
    pub(super) async fn next(&mut self) -> Result<Option<Part>> {
        let mut renewed = 0;
        loop {
            self.fetch_ahead();
            let Some((chunk, mut fetch)) = self.fetching.pop_front() else { return Ok(None) };
            let fetched = (&mut fetch.0).await.map_err(|error| {
                Error::new(ErrorKind::Bug, "Fetching a part of the result broke off.").with_source(error)
            })?;
            match fetched {
                Err(error) if is_refused(&error) && renewed < RENEWALS && !self.query_id.is_empty() => {
                    renewed += 1;
                    self.renew(chunk).await?;
                }
                fetched => {
                    let bytes = fetched?;
                    self.read += 1;
                    self.fetch_ahead();
                    return Ok(Some(Part::new(chunk.row_count, bytes)));
                }
            }
        }
    }

    /// Asks for the links of all parts anew, and begins again with `missing`.
    async fn renew(&mut self, missing: Chunk) -> Result<()> {
        let mut links = Links::of(&mut self.session.result(&self.query_id).await?)?;
        links.waiting.drain(..self.read.min(links.waiting.len()));
        let fetching = std::mem::take(&mut self.fetching).into_iter().map(|(chunk, _)| chunk);
        let left = std::iter::once(missing).chain(fetching).chain(self.links.waiting.drain(..));
        if !left.map(|chunk| chunk.row_count).eq(links.waiting.iter().map(|chunk| chunk.row_count)) {
            let message = "Snowflake names other parts of the result than before.";
            return Err(Error::new(ErrorKind::IncompleteRead, message).with_hint("Run again."));
        }
        self.links = links;
        Ok(())
    }
}

fn size(chunk: &Chunk) -> u64 {
    if chunk.compressed_size > 0 { chunk.compressed_size } else { chunk.uncompressed_size }
}

fn headers(named: &BTreeMap<String, String>) -> Result<HeaderMap> {
    let unusable =
        || Error::new(ErrorKind::BadAnswer, "Snowflake’s headers for the parts of a result can not be sent.");
    let mut headers = HeaderMap::new();
    for (name, value) in named {
        let mut value = HeaderValue::from_str(value).map_err(|_| unusable())?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?, value);
    }
    Ok(headers)
}

/// Whether storage does not take the link.
fn is_refused(error: &Error) -> bool {
    error.kind() == ErrorKind::IncompleteRead
}

async fn fetch(transport: &Transport, url: &str, headers: &HeaderMap) -> Result<Bytes> {
    let url = Url::parse(url).map_err(|_| {
        Error::new(ErrorKind::BadAnswer, "Snowflake’s link to a part of the result is no address.")
    })?;
    let mut tried = 0;
    loop {
        tried += 1;
        let error = match fetch_once(transport, &url, headers).await {
            Ok(bytes) => return Ok(bytes),
            Err(error) => error,
        };
        if !may_help(&error) || tried >= TRIES {
            return Err(error);
        }
        pause(tried, &error).await;
    }
}

async fn fetch_once(transport: &Transport, url: &Url, headers: &HeaderMap) -> Result<Bytes> {
    let request = transport.http.get(url.clone()).headers(headers.clone());
    let slow = |_| Error::new(ErrorKind::TimedOut, format!("{} gave no answer in time.", shown(url)));
    let sent = timeout(ANSWER_WITHIN, transport.http.open(request)).await.map_err(slow)?;
    let mut response = sent.map_err(|failure| unreachable_storage(url, failure.error()))?;
    match response.status().as_u16() {
        200 => {}
        status @ (400 | 401 | 403 | 404) => {
            let message = format!("{} does not give the rows out (HTTP {status}).", shown(url));
            return Err(Error::new(ErrorKind::IncompleteRead, message)
                .with_hint("Run again; if it lasts, have a proxy or firewall let the host through."));
        }
        _ => return Err(refused(url, &response)),
    }
    let mut all = Vec::with_capacity(response.content_length().unwrap_or(0).min(64 << 20) as usize);
    while let Some(bytes) = next_bytes(&mut response, url).await? {
        all.extend_from_slice(&bytes);
    }
    Ok(all.into())
}

fn unreachable_storage(url: &Url, error: &Error) -> Error {
    let host = shown(url);
    Error::new(error.kind(), format!("{host}, which keeps the rows for Snowflake, can not be reached."))
        .with_hint(
            "Large results come from the cloud’s storage. Have the firewall or proxy let this host through.",
        )
        .with_source(error.clone())
}
