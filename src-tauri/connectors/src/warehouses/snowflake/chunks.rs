//! The parts of a large result, fetched from the cloud's storage: a few ahead, in order, and never more in memory than a
//! few megabytes each.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read as _;

use bytes::{Buf as _, Bytes};
use flate2::bufread::MultiGzDecoder;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sluice_engine::error::{Error, ErrorKind, Result};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

use super::transport::{ANSWER_WITHIN, Transport, may_help, next_bytes, pause, refused, shown};
use super::wire::{Answer, Chunk};

/// Parts fetched ahead of the one that is read.
const AHEAD: usize = 3;
/// Bytes fetched ahead, unless a single part has more.
const AHEAD_BYTES: u64 = 24 << 20;
/// Times one is fetched.
const TRIES: u32 = 6;
/// Bytes taken out of a compressed part at once.
const PIECE: usize = 256 << 10;
/// Storage keeps a result under a key of the customer, which comes with the answer
/// (`chunk_downloader.go` of <https://github.com/snowflakedb/gosnowflake>).
const ALGORITHM: &str = "x-amz-server-side-encryption-customer-algorithm";
const KEY: &str = "x-amz-server-side-encryption-customer-key";

/// The parts of a result that are still to be read.
pub(super) struct Chunks {
    transport: Transport,
    headers: HeaderMap,
    waiting: VecDeque<Chunk>,
    fetching: VecDeque<(Chunk, Fetch)>,
}

/// A part on its way; dropping it gives it up.
struct Fetch(JoinHandle<Result<Bytes>>);

impl Drop for Fetch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Chunks {
    /// The parts that `answer` names.
    pub(super) fn of(transport: &Transport, answer: &mut Answer) -> Result<Self> {
        let mut named = answer.chunk_headers.take().unwrap_or_default();
        if named.is_empty()
            && let Some(key) = &answer.qrmk
        {
            named = BTreeMap::from([
                (ALGORITHM.to_owned(), "AES256".to_owned()),
                (KEY.to_owned(), key.expose_text()?.to_owned()),
            ]);
        }
        Ok(Self {
            transport: transport.clone(),
            headers: headers(&named)?,
            waiting: answer.chunks.take().unwrap_or_default().into(),
            fetching: VecDeque::new(),
        })
    }

    fn fetch_ahead(&mut self) {
        while self.fetching.len() <= AHEAD {
            let ahead: u64 = self.fetching.iter().map(|(chunk, _)| size(chunk)).sum();
            let Some(next) = self.waiting.front() else { return };
            if !self.fetching.is_empty() && ahead + size(next) > AHEAD_BYTES {
                return;
            }
            let Some(chunk) = self.waiting.pop_front() else { return };
            let (transport, headers, url) = (self.transport.clone(), self.headers.clone(), chunk.url.clone());
            let fetch = tokio::spawn(async move { fetch(&transport, &url, &headers).await });
            self.fetching.push_back((chunk, Fetch(fetch)));
        }
    }

    /// The next part; `None` where there is none left.
    pub(super) async fn next(&mut self) -> Result<Option<Part>> {
        self.fetch_ahead();
        let Some((chunk, mut fetch)) = self.fetching.pop_front() else { return Ok(None) };
        let fetched = (&mut fetch.0).await.map_err(|error| {
            Error::new(ErrorKind::Bug, "Fetching a part of the result broke off.").with_source(error)
        })?;
        let bytes = fetched?;
        self.fetch_ahead();
        Ok(Some(Part::new(chunk.row_count, bytes)))
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
                .with_hint("Links to a result count for six hours. Run again; if it lasts, have a proxy or firewall let the host through."));
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

/// A part, unpacked piece by piece.
pub(super) struct Part {
    /// Rows the server says it has.
    pub(super) rows: u64,
    bytes: Unpacked,
}

enum Unpacked {
    Plain(Bytes),
    Gzip(Box<MultiGzDecoder<bytes::buf::Reader<Bytes>>>),
}

impl Part {
    fn new(rows: u64, bytes: Bytes) -> Self {
        // Storage does not always say so; the drivers look at the first bytes too.
        let packed = bytes.starts_with(&[0x1f, 0x8b]);
        let bytes = if packed {
            Unpacked::Gzip(Box::new(MultiGzDecoder::new(bytes.reader())))
        } else {
            Unpacked::Plain(bytes)
        };
        Self { rows, bytes }
    }

    /// The next bytes; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>> {
        match &mut self.bytes {
            Unpacked::Plain(bytes) => {
                let piece = bytes.split_to(bytes.len());
                Ok((!piece.is_empty()).then_some(piece))
            }
            Unpacked::Gzip(gzip) => {
                let mut piece = vec![0; PIECE];
                let mut filled = 0;
                while filled < piece.len() {
                    let read = gzip.read(piece.get_mut(filled..).unwrap_or_default()).map_err(|error| {
                        Error::new(
                            ErrorKind::IncompleteRead,
                            "A part of the result came cut short or damaged.",
                        )
                        .with_source(error)
                    })?;
                    if read == 0 {
                        break;
                    }
                    filled += read;
                }
                piece.truncate(filled);
                Ok((filled > 0).then(|| piece.into()))
            }
        }
    }
}
