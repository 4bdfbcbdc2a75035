//! When requests may go on after failures.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;

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

/// Failures in a row, and the pause they ask for.
#[derive(Default)]
pub(super) struct Backoff {
    failures: u32,
    /// Requests that have begun.
    begun: u64,
    /// Requests that had begun at the last failure.
    begun_at_failure: u64,
    until: Option<Instant>,
    error: Option<Error>,
}

impl Backoff {
    /// A request begins; answers with its number.
    pub(super) fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// This request worked. One that was under way before the last failure says nothing about now.
    pub(super) fn worked(&mut self, request: u64) {
        if request > self.begun_at_failure {
            *self = Self { begun: self.begun, ..Self::default() };
        }
    }

    /// This request failed; answers with the pause. Requests that were under way together fail together, and
    /// count once.
    pub(super) fn failed(&mut self, error: &Error, request: u64) -> Duration {
        if request > self.begun_at_failure {
            self.failures += 1;
            self.begun_at_failure = self.begun;
        }
        let asked = error.retry_after().map(|wait| wait.min(LONGEST_ASKED));
        let wait = asked.unwrap_or_else(|| jittered(self.failures));
        self.until = self.until.max(Some(Instant::now() + wait));
        self.error = Some(error.clone());
        wait
    }

    /// How many requests may be under way: after a failure one goes first, the others follow when it worked.
    pub(super) fn room(&self, in_flight: usize) -> usize {
        if self.failures > 0 { 1 } else { in_flight.max(1) }
    }

    /// When the pause ends; `None` without one.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// The error and the pause of a destination that is away for too long to wait for it.
    pub(super) fn gives_up(&mut self) -> Option<(Error, Duration)> {
        let wait = self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        if self.failures < FAILURES && wait <= LONGEST_WAIT {
            return None;
        }
        Some((self.error.take()?, wait.max(LONGEST_WAIT)))
    }
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
