//! The client: the platform's certificates, no redirects, bounded waits and bounded answers.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, redirect};
use rustls::RootCertStore;
use rustls_platform_verifier::BuilderVerifierExt;
use sluice_engine::clock::SharedClock;
use sluice_engine::error::{Error, ErrorKind, Result};
use url::{Host, Url};

use super::failure::{Failure, HostUnknown, lost};
use super::range::{OutOfRange, Range};
use super::{ANSWER_BYTES, Answered, retry_after};

/// How long to wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For a connection.
    pub(crate) connect: Duration,
    /// For the whole request, its answer read.
    pub(crate) answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), answer: Duration::from_secs(60) }
    }
}

/// A client for one API.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    clock: SharedClock,
    /// Proxies of this computer's settings; `None` where the client uses none.
    proxies: Option<Arc<Matcher>>,
}

impl Http {
    /// How Sluice names itself.
    pub(crate) const USER_AGENT: &str = concat!("Sluice/", env!("CARGO_PKG_VERSION"));

    /// A client for the API at `base`. Redirects are never followed: credentials stay with this host.
    pub(crate) fn new(base: &Url, patience: Patience, clock: SharedClock) -> Result<Self> {
        Self::within(Range::All, base, patience, clock)
    }

    /// A client that connects only to addresses in `range`. Except for all addresses it uses no proxy, which would
    /// look names up itself. An address that stands in a URL in place of a name is not looked up: check it before.
    pub(crate) fn within(range: Range, base: &Url, patience: Patience, clock: SharedClock) -> Result<Self> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(base)?)
            .user_agent(Self::USER_AGENT)
            .redirect(redirect::Policy::none())
            .dns_resolver(Arc::new(SystemNames(range)))
            .connect_timeout(patience.connect)
            .timeout(patience.answer);
        let is_direct = range != Range::All || is_loopback(base);
        if is_direct {
            builder = builder.no_proxy();
        }
        let proxies = (!is_direct).then(|| Arc::new(Matcher::from_system()));
        let client = builder.build().map_err(|error| {
            Error::new(ErrorKind::Bug, "The HTTP client could not be made.").with_source(error.without_url())
        })?;
        Ok(Self { client, clock, proxies })
    }

    /// The proxy that requests to `url` go through, where they go through one.
    pub(crate) fn proxy(&self, url: &Url) -> Option<Url> {
        let proxy = self.proxies.as_ref()?.intercept(&url.as_str().parse().ok()?)?;
        Url::parse(&proxy.uri().to_string()).ok()
    }

    /// A POST to `url`.
    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// A GET of `url`.
    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    /// A request of any method to `url`.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends the request; its answer's body is left to be read piece by piece.
    pub(crate) async fn open(&self, request: RequestBuilder) -> std::result::Result<Response, Failure> {
        request.send().await.map_err(Failure::of)
    }

    /// Sends the request and reads its answer, of which [`ANSWER_BYTES`] are kept.
    pub(crate) async fn send(&self, request: RequestBuilder) -> std::result::Result<Answered, Failure> {
        self.send_for(request, ANSWER_BYTES).await
    }

    /// The same, for an answer of up to `most` bytes. A longer one than that is cut, and says so in
    /// [`Answered::cut`], where more than [`ANSWER_BYTES`] were asked for.
    pub(crate) async fn send_for(
        &self,
        request: RequestBuilder,
        most: usize,
    ) -> std::result::Result<Answered, Failure> {
        let mut response = request.send().await.map_err(Failure::of)?;
        let header = |response: &Response, name| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let content_type = header(&response, CONTENT_TYPE);
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        let retry_after = retry_after(&header(&response, RETRY_AFTER), self.clock.now());
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let (body, cut) = read(&mut response, most).await;
        Ok(Answered { status, content_type, retry_after, headers, body, cut })
    }
}

async fn read(response: &mut Response, most: usize) -> (String, Option<Error>) {
    let mut body = Vec::new();
    let cut = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break None,
            Err(error) => break Some(lost(error)),
        }
        if body.len() > most {
            body.truncate(most);
            break (most > ANSWER_BYTES).then(|| too_long(most));
        }
    };
    (String::from_utf8_lossy(&body).into_owned(), cut)
}

fn too_long(most: usize) -> Error {
    let message = format!("The answer is longer than the {} MiB that are read of one.", most >> 20);
    Error::new(ErrorKind::BadAnswer, message)
}

/// Whether `url` stays on this computer.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Certificates are checked as the system does; where no TLS is asked for, none are loaded.
pub(crate) fn tls(base: &Url) -> Result<rustls::ClientConfig> {
    let failed = |error: rustls::Error| {
        Error::new(ErrorKind::TlsFailed, "This computer's certificates could not be loaded.")
            .with_hint("Install the system's CA certificates (on Debian and Ubuntu: ca-certificates).")
            .with_source(error)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let checked = if base.scheme() == "https" {
        versions.with_platform_verifier().map_err(failed)?
    } else {
        versions.with_root_certificates(RootCertStore::empty())
    };
    let mut config = checked.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The system's resolver, so that an unknown name can be told from other failures, and a name that leads out of
/// the range is refused at each look-up, however it answered before.
struct SystemNames(Range);

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        let range = self.0;
        Box::pin(async move {
            let unknown = |error| HostUnknown { host: name.as_str().to_owned(), error };
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(unknown)?.collect();
            if !found.iter().all(|address| range.has(address.ip())) {
                return Err(OutOfRange(range).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
