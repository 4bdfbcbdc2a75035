//! Steps of a connection test that every API over HTTP has.

use std::net::SocketAddr;
use std::time::Duration;

use sluice_engine::check::Note;
use sluice_engine::error::{Error, ErrorKind, Result};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::Url;

use super::is_loopback;

/// Looks the host up.
pub(crate) async fn find(base: &Url) -> Result<(Vec<SocketAddr>, Note)> {
    let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = base.port_or_known_default().unwrap_or(443);
    let found = lookup_host((host.as_str(), port)).await.map_err(|error| {
        Error::new(ErrorKind::HostNotFound, format!("There is no host named “{host}”.")).with_source(error)
    })?;
    let addresses: Vec<_> = found.collect();
    let first = addresses.first().map(ToString::to_string).unwrap_or_default();
    Ok((addresses, Note::Found(first)))
}

/// Connects to one of its addresses, and sends nothing.
pub(crate) async fn reach(addresses: &[SocketAddr]) -> Result<((), Note)> {
    let unreachable = |message: &str| Error::new(ErrorKind::Unreachable, message);
    match timeout(Duration::from_secs(10), TcpStream::connect(addresses)).await {
        Ok(Ok(_)) => Ok(((), Note::Nothing)),
        Ok(Err(error)) => Err(unreachable("Nobody answers at this host and port.").with_source(error)),
        Err(_) => Err(unreachable("The host did not take the connection within 10 seconds.")),
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
