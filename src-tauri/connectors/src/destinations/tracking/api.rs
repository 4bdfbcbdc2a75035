//! The API: its addresses, its key, and one request to it.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use sluice_engine::connection::Opening;
use sluice_engine::destination::{IN_KEYCHAIN, Request};
use sluice_engine::error::{Error, ErrorKind, Result};

use super::Address;
use crate::http::{Answered, Failure, Http, Patience, basic};

const JSON: &str = "application/json";

/// An API that takes batches of events, and the write key of one source.
pub(crate) struct TrackingApi {
    pub(crate) address: Address,
    authorization: HeaderValue,
    /// Compress requests.
    pub(crate) gzip: bool,
    pub(crate) http: Http,
}

impl TrackingApi {
    /// The API at `address`, with the connection's write key as user and an empty password.
    pub(crate) fn new(opening: &Opening, address: Address, gzip: bool, patience: Patience) -> Result<Self> {
        let key = opening
            .secret("write_key")
            .ok_or_else(|| Error::new(ErrorKind::SecretMissing, "This connection has no write key."))?;
        let http = Http::new(&address.base, patience, opening.clock().clone())?;
        let authorization = basic(key.expose_text()?.trim(), "", "write key")?;
        Ok(Self { address, authorization, gzip, http })
    }

    /// Where batches go, for the log.
    pub(crate) fn target(&self) -> String {
        format!("POST {}", self.address.batch)
    }

    /// The headers of a batch, as the log may show them.
    pub(crate) fn shown_headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![
            ("Authorization".to_owned(), format!("Basic {IN_KEYCHAIN}")),
            ("Content-Type".to_owned(), JSON.to_owned()),
            ("User-Agent".to_owned(), Http::USER_AGENT.to_owned()),
        ];
        if self.gzip {
            headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
        }
        headers
    }

    /// The body as it travels. The same bytes in give the same bytes out.
    pub(crate) async fn packed(&self, body: Vec<u8>) -> Result<Bytes> {
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
    pub(crate) async fn post(&self, body: Bytes) -> std::result::Result<Answered, Failure> {
        let mut request = self
            .http
            .post(self.address.batch.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, JSON);
        if self.gzip {
            request = request.header(CONTENT_ENCODING, "gzip");
        }
        self.http.send(request.body(body)).await
    }

    /// Asks for something beside the batches, without the key.
    pub(crate) async fn get(&self, path: &str) -> Result<std::result::Result<Answered, Failure>> {
        let url = self
            .address
            .base
            .join(path)
            .map_err(|_| Error::new(ErrorKind::BadSettings, "The address of the API is none."))?;
        Ok(self.http.send(self.http.get(url)).await)
    }
}

impl Address {
    /// A batch's request, to be written by hand.
    pub(crate) fn request(self, body: Vec<u8>) -> Request {
        Request {
            method: "POST",
            url: self.batch.into(),
            secret_is_user: true,
            headers: vec![("Content-Type".to_owned(), JSON.to_owned())],
            body,
        }
    }
}
