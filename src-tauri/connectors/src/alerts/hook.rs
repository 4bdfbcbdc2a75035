//! Alerts over HTTP. The address is the secret: whoever knows it may write there.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use sluice_engine::alert::Notice;
use sluice_engine::clock::{SharedClock, from_millis};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;
use url::Url;

use super::{PATIENCE, Settings, allows_private, only};
use crate::http::{Answered, Failure, Http, Range, address};

/// An alert as JSON; docs/alerts.md describes it.
pub(super) fn json(notice: &Notice) -> Value {
    let time = |at: i64| from_millis(at).to_rfc3339_opts(SecondsFormat::Millis, true);
    json!({
        "id": notice.id,
        "event": notice.event,
        "sync": notice.sync,
        "run": notice.run,
        "at": time(notice.at),
        "since": notice.since.map(time),
        "code": notice.code,
        "title": notice.title,
        "text": notice.text,
        "counts": notice.counts,
    })
}

/// An alert as a chat's hook takes it. What would be a link or call everybody is written as it is.
pub(super) fn text(notice: &Notice) -> Value {
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({ "text": format!("*{}*\n{}", plain(&notice.title), plain(&notice.text)) })
}

/// What is kept: the host, so that one can tell where alerts go, and never the address.
pub(super) fn checked(settings: &Settings, secret: Option<&Secret>) -> Result<Settings> {
    let (url, _) = target(settings, secret)?;
    let mut kept = only(settings, &["allow_private"]);
    kept.insert("host".to_owned(), url.host_str().unwrap_or_default().to_owned());
    Ok(kept)
}

/// Posts `body`.
pub(super) async fn send(
    settings: &Settings,
    secret: Option<&Secret>,
    body: &Value,
    clock: &SharedClock,
) -> Result<()> {
    let (url, range) = target(settings, secret)?;
    let http = Http::within(range, &url, PATIENCE, clock.clone())?;
    match http.send(http.post(url).json(body)).await {
        Ok(answered) => judged(&answered),
        Err(Failure::NotSent(error) | Failure::Lost(error)) => Err(error),
    }
}

fn target(settings: &Settings, secret: Option<&Secret>) -> Result<(Url, Range)> {
    let secret = secret.ok_or_else(|| {
        Error::new(ErrorKind::SecretMissing, "The address of the alert is not in the keychain.")
            .with_hint("Enter the address again, under Settings, Alerts.")
    })?;
    let sign_in = "Use an address that needs none: the token stands in its path or query.";
    address(secret.expose_text()?, allows_private(settings), sign_in)
}

/// Any 2xx will do; redirects are not followed.
fn judged(answered: &Answered) -> Result<()> {
    let status = answered.status;
    let (kind, what) = match status {
        200..=299 if answered.is_written_as_web_page() => (ErrorKind::BadAnswer, "answered with a web page"),
        200..=299 => return Ok(()),
        300..=399 => (ErrorKind::BadSettings, "points to another address, which is not followed"),
        401 | 403 | 407 => (ErrorKind::NotAllowed, "forbids it"),
        404 | 405 | 410 => (ErrorKind::MissingObject, "takes no alerts at this address"),
        429 => (ErrorKind::RateLimited, "asks to slow down"),
        408 | 425 | 500..=599 => (ErrorKind::ServerFailed, "failed"),
        400..=499 => (ErrorKind::RequestRefused, "refused the alert"),
        _ => (ErrorKind::BadAnswer, "did not answer as HTTP promises"),
    };
    let error = Error::new(kind, format!("Where alerts go, the server {what} (HTTP {status})."));
    Err(error
        .with_safe("Syncs go on as before; only the alert was not told.")
        .with_hint("Check the address under Settings, Alerts, and send a test."))
}
