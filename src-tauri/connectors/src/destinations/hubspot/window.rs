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
/// How far apart writes are to be once HubSpot has locked records.
const LOCKED_GAP: Duration = Duration::from_secs(2);
/// How long they stay that far apart.
const LOCKED_FOR: Duration = Duration::from_secs(30);

/// A request's part in what is done with a batch. What follows a read has its place kept, or two batches could stop
/// each other for ever by reading alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It stands by itself.
    Alone,
    /// Another follows.
    First,
    /// It may follow another, and another follows.
    Next,
    /// It may follow another.
    Last,
}

/// The requests of the last ten seconds.
pub(super) struct Window(Mutex<Sent>);

struct Sent {
    most: usize,
    span: Duration,
    recent: VecDeque<Instant>,
    /// Places kept for requests that follow, since when.
    kept: VecDeque<Instant>,
    /// Nothing goes out before.
    closed_until: Option<Instant>,
    /// Until when writes are far apart.
    locked_until: Option<Instant>,
}

impl Default for Window {
    fn default() -> Self {
        Self(Mutex::new(Sent {
            most: FEWEST,
            span: TEN_SECONDS,
            recent: VecDeque::new(),
            kept: VecDeque::new(),
            closed_until: None,
            locked_until: None,
        }))
    }
}

impl Window {
    /// Counts a request that leaves at `now`, or says that it may not yet, and how long to wait.
    pub(super) fn enter(&self, turn: Turn, now: Instant) -> Result<(), Error> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.forget(now);
        let follows = matches!(turn, Turn::Next | Turn::Last) && sent.kept.pop_front().is_some();
        let is_followed = matches!(turn, Turn::First | Turn::Next);
        if !follows {
            sent.admit(1 + usize::from(is_followed), now)?;
        }
        sent.recent.push_back(now);
        if is_followed {
            sent.kept.push_back(now);
        }
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
        if answered.status == 423 {
            sent.locked_until = Some(now + LOCKED_FOR);
        }
    }
}

impl Sent {
    fn forget(&mut self, now: Instant) {
        let whole = self.span + MARGIN;
        for list in [&mut self.recent, &mut self.kept] {
            while list.front().is_some_and(|at| now.duration_since(*at) >= whole) {
                list.pop_front();
            }
        }
    }

    /// Whether so many requests may go out, or how long to wait.
    fn admit(&self, requests: usize, now: Instant) -> Result<(), Error> {
        let wait = |until: Instant| until.checked_duration_since(now).filter(|wait| !wait.is_zero());
        let over = (self.recent.len() + self.kept.len() + requests.min(self.most)).saturating_sub(self.most);
        if over > 0 {
            // Where places are kept as well, the last of these decides.
            let last = self.recent.get(over - 1).or(self.recent.back()).or(self.kept.back());
            let free = last.and_then(|at| wait(*at + self.span + MARGIN));
            return Err(self.too_many(free.unwrap_or(MARGIN)));
        }
        if let Some(wait) = self.closed_until.and_then(wait) {
            let message = "Something else has used up the requests that HubSpot takes of this key for now.";
            return Err(Error::new(ErrorKind::RateLimited, message).with_retry_after(wait));
        }
        let is_locked = self.locked_until.is_some_and(|until| until > now);
        let apart = self.recent.back().filter(|_| is_locked).and_then(|at| wait(*at + LOCKED_GAP));
        apart.map_or(Ok(()), |wait| {
            let message = "HubSpot has locked records; for half a minute writes go two seconds apart.";
            Err(Error::new(ErrorKind::RateLimited, message).with_retry_after(wait))
        })
    }

    fn too_many(&self, wait: Duration) -> Error {
        let message = format!(
            "HubSpot takes {} requests of this key in {} seconds.",
            self.most,
            self.span.as_secs_f32()
        );
        Error::new(ErrorKind::RateLimited, message).with_retry_after(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> Answered {
        let (content_type, body) = (String::new(), String::new());
        Answered {
            status,
            content_type,
            retry_after: None,
            headers: reqwest::header::HeaderMap::new(),
            body,
            cut: None,
        }
    }

    #[test]
    fn no_more_leave_in_any_ten_seconds_than_hubspot_takes() {
        let window = Window::default();
        let start = Instant::now();
        let enter = |millis| window.enter(Turn::Last, start + Duration::from_millis(millis));
        for number in 0..100 {
            assert!(enter(number * 10).is_ok());
        }
        let error = enter(1_000).unwrap_err();
        assert_eq!(error.message(), "HubSpot takes 100 requests of this key in 10 seconds.");
        assert_eq!(error.retry_after(), Some(Duration::from_millis(9_100)));
        assert!(enter(10_100).is_ok());
        assert!(enter(10_101).is_err());
        assert!(enter(10_110).is_ok());
    }

    #[test]
    fn a_write_has_its_place_once_its_record_was_read() {
        let window = Window::default();
        let now = Instant::now();
        for _ in 0..97 {
            window.enter(Turn::Alone, now).unwrap();
        }
        window.enter(Turn::First, now).unwrap();
        // Two more are free, one of them is kept: no other read may begin.
        assert!(window.enter(Turn::First, now).is_err());
        window.enter(Turn::Alone, now).unwrap();
        assert!(window.enter(Turn::Alone, now).is_err());
        window.enter(Turn::Last, now).unwrap();
        assert!(window.enter(Turn::Last, now).is_err());
    }

    #[test]
    fn after_a_lock_writes_are_two_seconds_apart() {
        let window = Window::default();
        let start = Instant::now();
        window.enter(Turn::Last, start).unwrap();
        window.note(&answered(423), start);
        let enter = |turn, seconds| window.enter(turn, start + Duration::from_secs(seconds));
        assert_eq!(enter(Turn::Last, 1).unwrap_err().retry_after(), Some(Duration::from_secs(1)));
        enter(Turn::First, 2).unwrap();
        enter(Turn::Last, 2).unwrap();
        assert!(enter(Turn::First, 3).is_err());
        enter(Turn::First, 31).unwrap();
        enter(Turn::Alone, 31).unwrap();
    }
}
