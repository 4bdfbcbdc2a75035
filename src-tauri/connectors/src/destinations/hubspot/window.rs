//! HubSpot's limit of requests in ten seconds, kept from this side: what would be one too many does not leave.
//!
//! Limits and headers: developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sluice_engine::error::{Error, ErrorKind};

use crate::http::Answered;

/// The smallest limit that HubSpot gives, until an answer tells another.
const FEWEST: usize = 100;
/// The window that goes with it.
const TEN_SECONDS: Duration = Duration::from_secs(10);
/// What the way to HubSpot may draw two requests together: they are counted where they arrive.
const MARGIN: Duration = Duration::from_millis(100);
/// How long to wait where somebody else has used up what the key may do.
const USED_UP: Duration = Duration::from_secs(1);

/// The requests of the last ten seconds.
pub(super) struct Window(Mutex<Sent>);

struct Sent {
    most: usize,
    span: Duration,
    recent: VecDeque<Instant>,
    /// Nothing goes out before.
    closed_until: Option<Instant>,
}

impl Default for Window {
    fn default() -> Self {
        let sent = Sent { most: FEWEST, span: TEN_SECONDS, recent: VecDeque::new(), closed_until: None };
        Self(Mutex::new(sent))
    }
}

impl Window {
    /// Counts a request that leaves at `now`, or says that it may not yet, and how long to wait.
    pub(super) fn enter(&self, now: Instant) -> Result<(), Error> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let whole = sent.span + MARGIN;
        while sent.recent.front().is_some_and(|at| now.duration_since(*at) >= whole) {
            sent.recent.pop_front();
        }
        let full = sent.recent.front().filter(|_| sent.recent.len() >= sent.most).map(|at| *at + whole);
        let wait = |until: Instant| until.checked_duration_since(now).filter(|wait| !wait.is_zero());
        if let Some(wait) = full.and_then(wait) {
            return Err(too_many(&sent, wait));
        }
        if let Some(wait) = sent.closed_until.and_then(wait) {
            return Err(used_up(wait));
        }
        sent.recent.push_back(now);
        Ok(())
    }

    /// Notes what an answer says of the limit.
    pub(super) fn note(&self, answered: &Answered, now: Instant) {
        let number = |name| answered.header(name).trim().parse::<u64>().ok();
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(most) = number("x-hubspot-ratelimit-max").filter(|most| *most > 0) {
            sent.most = most as usize;
        }
        if let Some(millis) = number("x-hubspot-ratelimit-interval-milliseconds").filter(|span| *span > 0) {
            sent.span = Duration::from_millis(millis);
        }
        if number("x-hubspot-ratelimit-remaining") == Some(0) && sent.recent.len() < sent.most {
            sent.closed_until = Some(now + USED_UP);
        }
    }
}

fn too_many(sent: &Sent, wait: Duration) -> Error {
    let message =
        format!("HubSpot takes {} requests of this key in {} seconds.", sent.most, sent.span.as_secs());
    Error::new(ErrorKind::RateLimited, message).with_retry_after(wait)
}

fn used_up(wait: Duration) -> Error {
    let message = "Something else has used up the requests that HubSpot takes of this key for now.";
    Error::new(ErrorKind::RateLimited, message).with_retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_leave_in_any_ten_seconds_than_hubspot_takes() {
        let window = Window::default();
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        for number in 0..100 {
            assert!(window.enter(at(number * 10)).is_ok());
        }
        let error = window.enter(at(1_000)).unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_millis(9_100)));
        assert!(window.enter(at(10_100)).is_ok());
        assert!(window.enter(at(10_101)).is_err());
        assert!(window.enter(at(10_110)).is_ok());
    }
}
