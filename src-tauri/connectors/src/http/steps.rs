//! Steps of a connection test that every API over HTTP has.

use std::net::SocketAddr;
use std::time::Duration;

use sluice_engine::check::Note;
use sluice_engine::error::{Error, ErrorKind, Result};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::Url;

use super::{Http, is_loopback};

/// How long the name service, and one address, may take to answer.
const WITHIN: Duration = Duration::from_secs(10);

/// Looks up where requests to `base` go first: its host, or the proxy that leads there.
pub(crate) async fn find(http: &Http, base: &Url) -> Result<(Vec<SocketAddr>, Note)> {
    let proxy = http.proxy(base);
    let addresses = look_up(proxy.as_ref().unwrap_or(base), proxy.is_some()).await?;
    let found = addresses.first().map(ToString::to_string).unwrap_or_default();
    let note = proxy.as_ref().map_or(Note::Found(found), through);
    Ok((addresses, note))
}

/// The addresses of the host in `url`, at least one.
async fn look_up(url: &Url, is_proxy: bool) -> Result<Vec<SocketAddr>> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(443);
    let not_found = || {
        if is_proxy {
            Error::new(ErrorKind::ProxyMissing, format!("There is no proxy named “{host}”."))
                .with_hint("Check the proxy in this computer’s settings (HTTPS_PROXY).")
        } else {
            Error::new(ErrorKind::HostNotFound, format!("There is no host named “{host}”."))
        }
    };
    match timeout(WITHIN, lookup_host((host, port))).await {
        Ok(Ok(addresses)) => {
            let addresses: Vec<_> = addresses.collect();
            if addresses.is_empty() { Err(not_found()) } else { Ok(addresses) }
        }
        Ok(Err(error)) => Err(not_found().with_source(error)),
        Err(_) => Err(not_found().with_hint("The name service gave no answer. Check your network.")),
    }
}

/// The way through a proxy, without what signs in there.
pub(crate) fn through(proxy: &Url) -> Note {
    let host = proxy.host_str().unwrap_or_default();
    Note::Found(format!("through the proxy {host}:{}", proxy.port_or_known_default().unwrap_or_default()))
}

/// Connects to one of its addresses, and sends nothing.
pub(crate) async fn reach(addresses: &[SocketAddr]) -> Result<((), Note)> {
    let at = addresses.first().map(ToString::to_string).unwrap_or_default();
    let unreachable = |message: String| Error::new(ErrorKind::Unreachable, message);
    match timeout(WITHIN, TcpStream::connect(addresses)).await {
        Ok(Ok(_)) => Ok(((), Note::Nothing)),
        Ok(Err(error)) => Err(unreachable(format!("Nobody answers at {at}.")).with_source(error)),
        Err(_) => Err(unreachable(format!("{at} did not take the connection within 10 seconds."))),
    }
}

/// How safe the way to `base` is, once a request got through. `what` travels on it.
pub(crate) fn secured(base: &Url, what: &str) -> Note {
    if base.scheme() == "https" {
        Note::Found("the certificate is valid for this host".to_owned())
    } else if is_loopback(base) {
        Note::Found("not needed: it stays on this computer".to_owned())
    } else {
        Note::Know(format!("{what} travel unencrypted. Use an address that begins with https://."), None)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn a_proxy_nobody_knows_is_told_from_a_host_nobody_knows() {
        let url = Url::parse("http://no-such-host.invalid:3128").unwrap();
        for (is_proxy, kind) in [(true, ErrorKind::ProxyMissing), (false, ErrorKind::HostNotFound)] {
            let error = look_up(&url, is_proxy).await.unwrap_err();
            assert_eq!(error.kind(), kind);
            assert!(error.message().contains("no-such-host.invalid"), "{error:?}");
        }
    }
}
