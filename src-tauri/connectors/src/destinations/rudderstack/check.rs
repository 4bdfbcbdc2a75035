//! The connection test. Nothing is stored by it: an empty batch is refused after its key was looked at.

use std::net::SocketAddr;
use std::time::Duration;

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::{Error, ErrorKind, Result};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::client::DataPlane;
use super::error::{disabled, is_disabled, key_refused, not_the_api, web_page};
use crate::http::{Answered, Failure, is_loopback};

/// Runs the steps.
pub(super) async fn check(plane: &DataPlane, steps: &mut Steps<'_>) -> Result<()> {
    let addresses = steps.run(find(plane)).await?;
    steps.run(reach(&addresses)).await?;
    let health = steps.run(secure(plane)).await?;
    steps.run(async { healthy(health) }).await?;
    steps.run(try_key(plane)).await
}

async fn find(plane: &DataPlane) -> Result<(Vec<SocketAddr>, Note)> {
    let host = plane.base.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = plane.base.port_or_known_default().unwrap_or(443);
    let found = lookup_host((host.as_str(), port)).await.map_err(|error| {
        Error::new(ErrorKind::HostNotFound, format!("There is no host named “{host}”.")).with_source(error)
    })?;
    let addresses: Vec<_> = found.collect();
    let first = addresses.first().map(ToString::to_string).unwrap_or_default();
    Ok((addresses, Note::Found(first)))
}

async fn reach(addresses: &[SocketAddr]) -> Result<((), Note)> {
    let unreachable = |message: &str| Error::new(ErrorKind::Unreachable, message);
    match timeout(Duration::from_secs(10), TcpStream::connect(addresses)).await {
        Ok(Ok(_)) => Ok(((), Note::Nothing)),
        Ok(Err(error)) => Err(unreachable("Nobody answers at this host and port.").with_source(error)),
        Err(_) => Err(unreachable("The host did not take the connection within 10 seconds.")),
    }
}

/// The first request; what it answers is for the next step.
async fn secure(plane: &DataPlane) -> Result<(std::result::Result<Answered, Failure>, Note)> {
    let health = plane.health().await?;
    match &health {
        Err(Failure::NotSent(error)) => return Err(error.clone()),
        Ok(_) | Err(Failure::Lost(_)) => {}
    }
    let note = if plane.base.scheme() == "https" {
        Note::Found("the certificate is valid for this host".to_owned())
    } else if is_loopback(&plane.base) {
        Note::Found("not needed: it stays on this computer".to_owned())
    } else {
        Note::Know(
            "The write key and the events travel unencrypted. Use an address that begins with https://."
                .to_owned(),
            None,
        )
    };
    Ok((health, note))
}

fn healthy(health: std::result::Result<Answered, Failure>) -> Result<((), Note)> {
    let answered = match health {
        Ok(answered) => answered,
        Err(failure) => return Err(failure.error().clone()),
    };
    match answered.status {
        200..=299 if answered.is_web_page() => Err(web_page()),
        200..=299 => Ok(((), Note::Nothing)),
        500..=599 => Err(Error::new(
            ErrorKind::ServerFailed,
            format!("The data plane is not well (HTTP {}).", answered.status),
        )),
        status => Err(not_the_api(status)),
    }
}

async fn try_key(plane: &DataPlane) -> Result<((), Note)> {
    let body = plane.packed(br#"{"batch":[]}"#.to_vec()).await?;
    let answered = plane.post(body).await.map_err(|failure| failure.error().clone())?;
    match answered.status {
        400 if !answered.is_web_page() => Ok(((), Note::Nothing)),
        401 => Err(key_refused()),
        _ if is_disabled(&answered) => Err(disabled()),
        429 | 500..=599 => Err(Error::new(
            ErrorKind::ServerFailed,
            format!("The data plane could not look at the key (HTTP {}).", answered.status),
        )),
        _ if answered.is_web_page() => Err(web_page()),
        status => Err(not_the_api(status)),
    }
}
