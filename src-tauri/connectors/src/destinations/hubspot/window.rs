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
/// By when a request has arrived of which nobody says so any more: no answer is waited for longer.
const GIVEN_UP: Duration = Duration::from_secs(60);
/// How long to wait where somebody else has used up what the key may do.
const USED_UP: Duration = Duration::from_secs(1);
/// How far apart writes are to be once HubSpot has locked records.
const LOCKED_GAP: Duration = Duration::from_secs(2);
/// How long they stay that far apart.
const LOCKED_FOR: Duration = Duration::from_secs(30);

/// A request's part in what is done with a batch. What follows a look has its place kept, or two batches could stop
/// each other for ever by looking alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It stands by itself.
    Alone,
    /// Another follows.
    First,
    /// It may follow one.
    Last,
}

/// The requests of the last ten seconds.
pub(super) struct Window(Mutex<Sent>);

/// A request among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entered(u64);

struct Sent {
    most: usize,
    span: Duration,
    /// Each with the time at which HubSpot had it, at the latest: requests are counted where they arrive, and when that
    /// was is known only from the answer.
    recent: Vec<(Entered, Instant)>,
    /// The last one, and when it left.
    last: Option<(Entered, Instant)>,
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
            recent: Vec::new(),
            last: None,
            kept: VecDeque::new(),
            closed_until: None,
            locked_until: None,
        }))
    }
}

impl Window {
    /// Counts a request that leaves at `now`, or says that it may not yet, and how long to wait.
    pub(super) fn enter(&self, turn: Turn, now: Instant) -> Result<Entered, Error> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.forget(now);
        let follows = turn == Turn::Last && sent.kept.pop_front().is_some();
        let is_followed = turn == Turn::First;
        if !follows {
            sent.admit(1 + usize::from(is_followed), now)?;
        }
        let entered = Entered(sent.last.map_or(0, |(Entered(number), _)| number + 1));
        sent.last = Some((entered, now));
        sent.recent.push((entered, now + GIVEN_UP));
        if is_followed {
            sent.kept.push_back(now);
        }
        Ok(entered)
    }

    /// It is answered, or given up: HubSpot had it by `now`.
    pub(super) fn arrived(&self, entered: Entered, now: Instant) {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, by)) = sent.recent.iter_mut().find(|(one, _)| *one == entered) {
            *by = now.min(*by);
        }
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
        let span = self.span;
        self.recent.retain(|(_, by)| *by + span > now);
        self.kept.retain(|since| *since + span > now);
    }

    /// Whether so many requests may go out, or how long to wait.
    fn admit(&self, requests: usize, now: Instant) -> Result<(), Error> {
        let wait = |until: Instant| until.checked_duration_since(now).filter(|wait| !wait.is_zero());
        let over = (self.recent.len() + self.kept.len() + requests.min(self.most)).saturating_sub(self.most);
        if over > 0 {
            // What has no answer yet may have it at any moment.
            let mut by: Vec<_> = self.recent.iter().map(|(_, by)| now.min(*by)).collect();
            by.sort_unstable();
            // Where places are kept as well, the last of these decides.
            let last = by.get(over - 1).or(by.last()).or(self.kept.back());
            let free = last.and_then(|by| wait(*by + self.span));
            return Err(self.too_many(free.unwrap_or(self.span)));
        }
        if let Some(wait) = self.closed_until.and_then(wait) {
            let message = "Something else has used up the requests that HubSpot takes of this key for now.";
            return Err(Error::new(ErrorKind::RateLimited, message).with_turn_after(wait));
        }
        let is_locked = self.locked_until.is_some_and(|until| until > now);
        let apart = self.last.filter(|_| is_locked).and_then(|(_, left)| wait(left + LOCKED_GAP));
        apart.map_or(Ok(()), |wait| {
            let message = "HubSpot has locked records; for half a minute writes go two seconds apart.";
            Err(Error::new(ErrorKind::RateLimited, message).with_turn_after(wait))
        })
    }

    fn too_many(&self, wait: Duration) -> Error {
        let message = format!(
            "HubSpot takes {} requests of this key in {} seconds.",
            self.most,
            self.span.as_secs_f32()
        );
        Error::new(ErrorKind::RateLimited, message).with_turn_after(wait)
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
        let at = |millis| start + Duration::from_millis(millis);
        let enter = |millis| {
            let entered = window.enter(Turn::Last, at(millis))?;
            window.arrived(entered, at(millis + 100));
            Ok::<_, Error>(entered)
        };
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
    fn a_request_counts_from_its_answer_or_from_when_it_is_given_up() {
        let (window, start) = (Window::default(), Instant::now());
        let enter = |millis| window.enter(Turn::Last, start + Duration::from_millis(millis));
        let wait = |millis| enter(millis).unwrap_err().retry_after().unwrap().as_millis();
        let entered: Vec<_> = (0..100).map(|_| enter(0).unwrap()).collect();
        assert_eq!(wait(1), 10_000);
        window.arrived(entered[7], start + Duration::from_millis(200));
        window.arrived(entered[8], start + Duration::from_millis(900));
        assert_eq!(wait(1_000), 9_200);
        assert!(enter(10_200).is_ok() && enter(10_200).is_err() && enter(10_900).is_ok());
        assert!(enter(69_999).is_err() && enter(70_000).is_ok());
    }

    #[test]
    fn an_archiving_has_its_place_once_its_records_were_looked_up() {
        let window = Window::default();
        let now = Instant::now();
        for _ in 0..97 {
            window.enter(Turn::Alone, now).unwrap();
        }
        window.enter(Turn::First, now).unwrap();
        // Two more are free, one of them is kept: no other look may begin.
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
