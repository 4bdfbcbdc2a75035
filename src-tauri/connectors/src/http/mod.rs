//! Requests over HTTP for every connector: one client per connection, and failures sorted by whether the
//! request may have arrived.

mod address;
mod client;
mod credentials;
mod failure;
mod range;
pub(crate) mod steps;

pub(crate) use address::address;
pub(crate) use client::{Http, Patience, is_loopback, tls};
pub(crate) use credentials::{basic, bearer, sensitive};
pub(crate) use failure::{Failure, out_of_range};
pub(crate) use range::Range;

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use sluice_engine::Error;
use sluice_engine::destination::Exchange;

/// Bytes of an answer's body that are read, unless more is asked for, and kept for the log.
pub(crate) const ANSWER_BYTES: usize = 64 << 10;

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answered {
    /// HTTP status.
    pub(crate) status: u16,
    /// The content type in lower case without its parameters; empty where there is none.
    pub(crate) content_type: String,
    /// How long the other side asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// The body as text, as far as it was read.
    pub(crate) body: String,
    /// Why the body ended early, if it did.
    pub(crate) cut: Option<Error>,
}

impl Answered {
    /// A web page, where an API was expected.
    pub(crate) fn is_web_page(&self) -> bool {
        self.content_type == "text/html" || self.content_type == "application/xhtml+xml"
    }

    /// A header's value as text; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A web page by its content too: some servers call every answer one.
    pub(crate) fn is_written_as_web_page(&self) -> bool {
        self.is_web_page() && self.body.trim_start().starts_with('<')
    }

    /// The answer's words as part of a sentence.
    pub(crate) fn words(&self) -> String {
        if self.is_web_page() {
            "a web page came back".to_owned()
        } else {
            format!("“{}”", self.quoted())
        }
    }

    /// The error, with how long the other side asks to wait.
    pub(crate) fn waiting(&self, error: Error) -> Error {
        match self.retry_after {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }

    /// The body as the log keeps it: its first [`ANSWER_BYTES`].
    pub(crate) fn kept(&self) -> String {
        let end = (0..=ANSWER_BYTES.min(self.body.len())).rev().find(|end| self.body.is_char_boundary(*end));
        self.body.get(..end.unwrap_or_default()).unwrap_or_default().to_owned()
    }

    /// The body as part of a sentence: its first line, at most 200 characters.
    pub(crate) fn quoted(&self) -> String {
        let line = self.body.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
        line.trim().chars().take(200).collect()
    }
}

/// Writes the answer into the log's exchange.
pub(crate) fn note(sent: &Result<Answered, Failure>, exchange: &mut Exchange) {
    match sent {
        Ok(answered) => {
            exchange.status = Some(answered.status);
            exchange.answer = answered.kept();
        }
        Err(failure) => failure.error().message().clone_into(&mut exchange.answer),
    }
}

/// Reads `Retry-After`: whole seconds or an HTTP date (RFC 9110, section 10.2.3).
fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(value.trim()).ok()?;
    Some((at.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now =
            DateTime::parse_from_rfc3339("2026-11-22T12:00:00Z").map(|at| at.to_utc()).unwrap_or_default();
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 22 Nov 2026 12:01:30 GMT", now), Some(Duration::from_secs(90)));
        assert_eq!(retry_after("Sun, 22 Nov 2026 11:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
