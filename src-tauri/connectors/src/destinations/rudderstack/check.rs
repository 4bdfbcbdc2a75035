//! The connection test. Nothing is stored by it: an empty batch is refused after its key was looked at.

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::{Error, ErrorKind, Result};

use super::client::DataPlane;
use super::error::{disabled, is_disabled, key_refused, not_the_api, web_page};
use crate::http::steps::{find, reach, secured};
use crate::http::{Answered, Failure};

/// Runs the steps.
pub(super) async fn check(plane: &DataPlane, steps: &mut Steps<'_>) -> Result<()> {
    let addresses = steps.run(find(&plane.api.http, &plane.api.address.base)).await?;
    steps.run(reach(&addresses)).await?;
    let health = steps.run(secure(plane)).await?;
    steps.run(async { healthy(health) }).await?;
    steps.run(try_key(plane)).await
}

/// The first request; what it answers is for the next step.
async fn secure(plane: &DataPlane) -> Result<(std::result::Result<Answered, Failure>, Note)> {
    let health = plane.health().await?;
    match &health {
        Err(Failure::NotSent(error)) => return Err(error.clone()),
        Ok(_) | Err(Failure::Lost(_)) => {}
    }
    let note = secured(&plane.api.address.base, "The write key and the events");
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
    let body = plane.api.packed(br#"{"batch":[]}"#.to_vec()).await?;
    let answered = plane.api.post(body).await.map_err(|failure| failure.error().clone())?;
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
