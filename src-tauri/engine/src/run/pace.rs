//! How many requests at once, and how far apart: more by one while all goes well, half when the destination asks
//! to slow down (additive increase, multiplicative decrease).

use std::time::Duration;

use tokio::time::Instant;

/// The first distance between two requests, where one at a time is still too many.
const FIRST_GAP: Duration = Duration::from_millis(200);
/// The longest distance.
const LONGEST_GAP: Duration = Duration::from_secs(10);
/// An answer is slow when it takes so many times as long as usual …
const SLOW_TIMES: u32 = 4;
/// … and longer than this.
const SLOW: Duration = Duration::from_secs(2);

/// The pace of requests to one destination.
pub(super) struct Pace {
    /// Requests that may be under way, at most.
    most: f64,
    /// Requests that may be under way now.
    room: f64,
    gap: Duration,
    next: Option<Instant>,
    /// How long an answer usually takes.
    usual: Option<Duration>,
}

impl Pace {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1) as f64;
        Self { most, room: most, gap: Duration::ZERO, next: None, usual: None }
    }

    /// How many requests may be under way; at least one.
    pub(super) fn room(&self) -> usize {
        self.room as usize
    }

    /// When the next request may begin; `None` for now.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// A request begins.
    pub(super) fn begin(&mut self) {
        self.next = (!self.gap.is_zero()).then(|| Instant::now() + self.gap);
    }

    /// A request worked.
    pub(super) fn faster(&mut self) {
        if self.gap.is_zero() {
            self.room = (self.room + 1.0 / self.room).min(self.most);
        } else {
            self.gap = if self.gap < FIRST_GAP / 4 { Duration::ZERO } else { self.gap * 31 / 32 };
        }
    }

    /// The destination could not keep up. Where it `asked` for a pause it gets that; else requests go further apart
    /// once there can hardly be fewer.
    pub(super) fn slower(&mut self, asked: bool) {
        if self.room() <= 2 && !asked {
            self.gap = (self.gap * 2).clamp(FIRST_GAP, LONGEST_GAP);
        }
        self.room = (self.room / 2.0).max(1.0);
    }

    /// An answer took so long.
    pub(super) fn answered(&mut self, took: Duration) {
        let usual = *self.usual.get_or_insert(took);
        if took > SLOW && took > usual * SLOW_TIMES {
            self.room = (self.room / 2.0).max(1.0);
        } else {
            self.usual = Some((usual * 7 + took) / 8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_pace_halves_at_each_refusal_and_comes_back_one_by_one() {
        let mut pace = Pace::new(8);
        pace.slower(false);
        assert_eq!(pace.room(), 4);
        (0..4).for_each(|_| pace.faster());
        assert_eq!(pace.room(), 4);
        pace.faster();
        assert_eq!(pace.room(), 5);
        (0..100).for_each(|_| pace.faster());
        assert_eq!(pace.room(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_goes_further_apart_and_never_stops() {
        let mut pace = Pace::new(1);
        (0..20).for_each(|_| pace.slower(false));
        pace.begin();
        assert_eq!(pace.next(), Some(Instant::now() + LONGEST_GAP));
        assert_eq!(pace.room(), 1);
        (0..200).for_each(|_| pace.faster());
        pace.begin();
        assert_eq!(pace.next(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_destination_that_grows_slow_is_asked_less() {
        let mut pace = Pace::new(8);
        (0..10).for_each(|_| pace.answered(Duration::from_millis(100)));
        pace.answered(Duration::from_secs(3));
        assert_eq!(pace.room(), 4);
        pace.answered(Duration::from_millis(300));
        assert_eq!(pace.room(), 4);
    }
}
