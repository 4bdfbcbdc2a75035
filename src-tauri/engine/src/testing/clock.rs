//! A clock the test steers.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};

use crate::clock::{Clock, SharedClock};

/// Stands still until it is moved.
pub struct SteeredClock(Mutex<DateTime<Utc>>);

impl SteeredClock {
    /// A clock that shows `at`, in ms since 1970.
    pub fn at(at: i64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(crate::clock::from_millis(at))))
    }

    /// Moves it; also back.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// The clock as the engine takes it.
    pub fn shared(self: &Arc<Self>) -> SharedClock {
        self.clone()
    }
}

impl Clock for SteeredClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
