//! What Segment's answers mean. Which are tried again: Segment's SDK, `@segment/analytics-node` 3.1.0, as recorded.

use std::time::Duration;

use serde::Deserialize;
use sluice_engine::destination::{Answer, Outcome};
use sluice_engine::error::{Error, ErrorKind};

use crate::http::{Answered, Failure};

const ADDRESS_HINT: &str =
    "Check the address: Segment's is https://api.segment.io, in the EU https://events.eu1.segmentapis.com.";

/// A longer wait is no count of seconds.
const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// Sorts what came of a batch of `records`.
pub(super) fn classify(sent: &Result<Answered, Failure>, records: usize) -> Answer {
    let answered = match sent {
        Ok(answered) => answered,
        Err(failure) => return failure.answer(),
    };
    let status = answered.status;
    let say = |kind, message: String| Error::new(kind, message);
    match status {
        200..=299 if answered.is_web_page() => Answer::Again(web_page()),
        200..=299 => taken(answered, records),
        429 => {
            let message = "Segment asks to slow down: the workspace's limit of events is reached.".to_owned();
            Answer::Again(waiting(say(ErrorKind::RateLimited, message), answered))
        }
        408 | 410 | 425 | 460 | 500 | 502..=504 | 506..=510 | 512..=599 => {
            let message = format!("Segment failed (HTTP {status}): {}.", answered.words());
            Answer::Again(waiting(say(ErrorKind::ServerFailed, message), answered))
        }
        413 => Answer::Refused(too_large()),
        401 => Answer::Stop(key_refused()),
        400..=499 if answered.is_web_page() => Answer::Stop(web_page()),
        400 | 422 => Answer::Refused(say(ErrorKind::RequestRefused, refusal(answered))),
        403 => {
            let message = format!("Segment forbids it: {}.", answered.words());
            Answer::Stop(say(ErrorKind::NotAllowed, message))
        }
        status => Answer::Stop(not_the_api(status)),
    }
}

/// A 2xx says that the request could be read, and nothing of its events.
fn taken(answered: &Answered, records: usize) -> Answer {
    #[derive(Deserialize)]
    struct Body {
        success: Option<bool>,
    }
    let body = serde_json::from_str::<Body>(&answered.body);
    match &answered.cut {
        Some(error) => Answer::Unknown(error.clone()),
        None if body.is_ok_and(|body| body.success == Some(false)) => {
            Answer::Refused(Error::new(ErrorKind::RequestRefused, refusal(answered)))
        }
        None => Answer::Records(vec![Outcome::Accepted; records]),
    }
}

/// The write key was refused.
fn key_refused() -> Error {
    Error::new(ErrorKind::SignInFailed, "Segment does not know this write key.")
        .with_hint("Copy the write key again: in Segment, open the source, Settings, API Keys.")
}

/// More than Segment takes at once.
pub(super) fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge, "Segment takes no request of this size.")
}

/// A web page answered.
fn web_page() -> Error {
    Error::new(ErrorKind::WebPage, "A web page answered instead of Segment's API.").with_hint(ADDRESS_HINT)
}

/// Something answered that is not the API.
fn not_the_api(status: u16) -> Error {
    Error::new(
        ErrorKind::BadAnswer,
        format!("This address does not take events as Segment's API does (HTTP {status})."),
    )
    .with_hint(ADDRESS_HINT)
}

/// `Retry-After`, or else `X-RateLimit-Reset`, which Segment gives in seconds.
fn waiting(error: Error, answered: &Answered) -> Error {
    let reset = answered.header("x-ratelimit-reset").trim().parse().ok();
    match (answered.retry_after, reset) {
        (None, Some(seconds)) if seconds <= LONGEST_WAIT => {
            error.with_retry_after(Duration::from_secs(seconds))
        }
        (Some(_) | None, _) => answered.waiting(error),
    }
}

fn refusal(answered: &Answered) -> String {
    format!("Segment refused it: {}.", answered.words())
}
