//! What is done to the data folder while Sluice runs: a backup a day, and no more history than the user wants.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::clock::{SharedClock, millis};
use crate::error::{Error, ErrorKind, Result};
use crate::store::retention::{self, Kept};
use crate::store::{Store, backup, causes, settings};

/// The key in [`settings`] that says for how many days history is kept; 0 is for ever.
pub const HISTORY_DAYS: &str = "history_days";
/// The key in [`settings`] that says how many megabytes of events are kept; 0 is without limit.
pub const HISTORY_MEGABYTES: &str = "history_megabytes";
/// Days of history that are kept unless the user says otherwise.
pub const DAYS: u32 = 90;
/// Megabytes of events that are kept unless the user says otherwise.
pub const MEGABYTES: u32 = 1_000;

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// Batches forgotten in one write: other writes wait no longer than that takes.
const STEP: usize = 32;
/// Rows of runs or slots forgotten in one write.
const ROWS: usize = 1_000;
/// Slots are kept at least so long, so that none is run twice after a clock was set back.
const SLOTS: TimeDelta = TimeDelta::days(400);

/// Looks after one data folder, as its owner.
pub struct Upkeep {
    store: Arc<Store>,
    home: PathBuf,
    clock: SharedClock,
    /// What the last round met.
    trouble: Mutex<Option<Error>>,
}

impl Upkeep {
    /// Looks after `home`.
    pub fn of(store: Arc<Store>, home: &Path, clock: SharedClock) -> Arc<Self> {
        Arc::new(Self { store, home: home.to_owned(), clock, trouble: Mutex::default() })
    }

    /// A round now and one an hour until `stop`; `tell` hears when the [`trouble`](Self::trouble) has changed.
    pub async fn run(&self, stop: CancellationToken, tell: impl Fn()) {
        loop {
            let before = self.trouble().map(|error| error.kind());
            self.round().await;
            if self.trouble().map(|error| error.kind()) != before {
                tell();
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// What went wrong with the last round, if something did.
    pub fn trouble(&self) -> Option<Error> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes what is due; how it went is in [`trouble`](Self::trouble).
    pub async fn round(&self) {
        let backed_up = self.back_up().await;
        let forgotten = match backed_up {
            Ok(()) => self.forget().await,
            // Of a damaged database nothing is removed.
            Err(error) => Err(error),
        };
        let done = match forgotten {
            Ok(()) => self.fill_causes().await,
            Err(error) => Err(error),
        };
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = done.err();
    }

    async fn back_up(&self) -> Result<()> {
        let (home, today) = (self.home.clone(), self.clock.now().date_naive());
        let made = tokio::task::spawn_blocking(move || backup::daily(&home, today)).await;
        made.map_err(|error| Error::new(ErrorKind::Bug, "A backup ended unexpectedly.").with_source(error))??;
        Ok(())
    }

    async fn forget(&self) -> Result<()> {
        let now = self.clock.now();
        let since = |days: u32| millis(now - TimeDelta::days(i64::from(days)));
        let (days, megabytes) = self.store.read(|sqlite| {
            Ok((number(sqlite, HISTORY_DAYS, DAYS)?, number(sqlite, HISTORY_MEGABYTES, MEGABYTES)?))
        })?;
        let kept = Kept {
            since: (days > 0).then(|| since(days)),
            bytes: (megabytes > 0).then(|| u64::from(megabytes) * 1_000_000),
        };
        let surplus = self.store.read(|sqlite| retention::surplus(sqlite, kept))?;
        for step in surplus.chunks(STEP) {
            let step = step.to_vec();
            self.store.write(move |sqlite| retention::forget(sqlite, &step)).done().await?;
        }
        if let Some(before) = kept.since {
            let forget = move |sqlite: &rusqlite::Connection| retention::forget_runs(sqlite, before, ROWS);
            while self.store.write(forget).done().await? == ROWS {}
        }
        let before = millis(now - SLOTS);
        let forget = move |sqlite: &rusqlite::Connection| retention::forget_slots(sqlite, before, ROWS);
        while self.store.write(forget).done().await? == ROWS {}
        Ok(())
    }

    /// Problems kept by a version that told no causes get theirs.
    async fn fill_causes(&self) -> Result<()> {
        while self.store.write(causes::fill).done().await? {}
        Ok(())
    }
}

/// A setting that is a number.
pub fn number(sqlite: &rusqlite::Connection, key: &str, default: u32) -> Result<u32> {
    let Some(value) = settings::get(sqlite, key)? else { return Ok(default) };
    value.parse().map_err(|error| {
        Error::new(ErrorKind::Damaged, format!("The setting {key} can not be read.")).with_source(error)
    })
}
