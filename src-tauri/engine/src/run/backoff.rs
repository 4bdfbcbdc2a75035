//! When requests may go on, and how many at once: pauses after failures, and a pace the destination keeps up with.

use std::time::Duration;

use tokio::time::Instant;

use super::pace::Pace;
use crate::error::{Error, ErrorKind};

/// Failures in a row after which a run leaves the rest to a later one.
pub(super) const FAILURES: u32 = 6;
/// The longest a run waits at once; longer pauses are left to a later run.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The first pause; doubled with each failure in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause of the backoff.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The longest a destination may ask to wait; whoever asks for more is asked again after it.
const LONGEST_ASKED: Duration = Duration::from_secs(7 * 86_400);
/// Between two looks whether the network is back.
const PROBE: Duration = Duration::from_secs(5);
/// How long a run looks for the network before it leaves the rest to a later one.
const LONGEST_OFFLINE: Duration = Duration::from_secs(120);

/// Failures in a row, the pause they ask for, and the pace.
pub(super) struct Backoff {
    failures: u32,
    /// Requests that have begun.
    begun: u64,
    /// Requests that had begun at the last failure.
    begun_at_failure: u64,
    until: Option<Instant>,
    error: Option<Error>,
    /// When what was too early may go.
    turn: Option<Instant>,
    /// Since when this computer has no network.
    offline: Option<Instant>,
    pace: Pace,
}

impl Backoff {
    /// At most `in_flight` requests may be under way.
    pub(super) fn new(in_flight: usize) -> Self {
        Self {
            failures: 0,
            begun: 0,
            begun_at_failure: 0,
            until: None,
            error: None,
            turn: None,
            offline: None,
            pace: Pace::new(in_flight),
        }
    }

    /// A request begins; answers with its number.
    pub(super) fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.turn = None;
        self.pace.begin();
        self.begun
    }

    /// This request worked. One that was under way before the last failure says nothing about now.
    pub(super) fn worked(&mut self, request: u64) {
        if request > self.begun_at_failure {
            (self.failures, self.until, self.error, self.offline) = (0, None, None, None);
            self.pace.faster();
        }
    }

    /// An answer came, whatever it says: a destination that grows slow is asked less.
    pub(super) fn answered(&mut self, took: Duration) {
        self.pace.answered(took);
    }

    /// This request failed; answers with the pause. Requests that were under way together fail together, and
    /// count once. While the network is gone none counts.
    pub(super) fn failed(&mut self, error: &Error, request: u64) -> Duration {
        let asked = error.retry_after().map(|wait| wait.min(LONGEST_ASKED));
        let wait = if is_offline(error) {
            self.offline.get_or_insert_with(Instant::now);
            self.begun_at_failure = self.begun;
            PROBE
        } else {
            if request > self.begun_at_failure {
                self.offline = None;
                self.failures += 1;
                self.begun_at_failure = self.begun;
                self.pace.slower(asked.is_some());
            }
            asked.unwrap_or_else(|| jittered(self.failures))
        };
        self.until = self.until.max(Some(Instant::now() + wait));
        self.error = Some(error.clone());
        wait
    }

    /// A request was too early by so much. That says nothing of the destination: it counts as no failure, and what is
    /// under way goes on.
    pub(super) fn too_early(&mut self, wait: Duration) {
        self.turn = self.turn.max(Some(Instant::now() + wait));
    }

    /// How many requests may be under way: after a failure one goes first, the others follow when it worked.
    pub(super) fn room(&self) -> usize {
        if self.failures > 0 || self.offline.is_some() { 1 } else { self.pace.room() }
    }

    /// When the next request may begin; `None` for now.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until.max(self.turn).max(self.pace.next())
    }

    /// It waits for the end of a pause.
    pub(super) fn pauses(&self) -> bool {
        self.until.is_some() || self.turn.is_some()
    }

    /// The error and the pause of a destination that is away for too long to wait for it.
    pub(super) fn gives_up(&mut self) -> Option<(Error, Duration)> {
        let wait = self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        let offline = self.offline.is_some_and(|since| since.elapsed() >= LONGEST_OFFLINE);
        if self.failures < FAILURES && wait <= LONGEST_WAIT && !offline {
            return None;
        }
        Some((self.error.take()?, wait.max(LONGEST_WAIT)))
    }
}

/// The request never left this computer, because there is no network.
pub(super) fn is_offline(error: &Error) -> bool {
    error.kind() == ErrorKind::Offline
}

/// The pause before records that were refused for now are tried by a later run.
pub(super) fn later() -> Duration {
    LONGEST_WAIT
}

/// Full jitter: anything from nothing to the doubled pause (AWS Architecture Blog, "Exponential Backoff And Jitter").
fn jittered(failures: u32) -> Duration {
    let ceiling = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
    let random = (uuid::Uuid::new_v4().as_u128() >> 64) as u64 as f64 / u64::MAX as f64;
    ceiling.mul_f64(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_too_early_slows_nothing_down() {
        let mut backoff = Backoff::new(4);
        let first = backoff.begin();
        (0..2 * FAILURES).for_each(|_| backoff.too_early(Duration::from_secs(3)));
        // An answer to what was under way says nothing of the turn.
        backoff.worked(first);
        assert_eq!((backoff.room(), backoff.until()), (4, Some(Instant::now() + Duration::from_secs(3))));
        assert!(backoff.gives_up().is_none() && backoff.pauses());
        backoff.begin();
        assert!(backoff.until().is_none() && !backoff.pauses());
    }

    #[test]
    fn a_pause_is_anything_up_to_twice_the_one_before() {
        for failures in 1..=5 {
            let most = Duration::from_secs(1 << (failures - 1));
            let pauses: Vec<_> = (0..200).map(|_| jittered(failures)).collect();
            assert!(pauses.iter().all(|pause| *pause <= most));
            assert!(
                pauses.iter().any(|pause| *pause < most / 4)
                    && pauses.iter().any(|pause| *pause > most * 3 / 4)
            );
        }
        assert!(jittered(60) <= LONGEST_PAUSE);
    }
}
