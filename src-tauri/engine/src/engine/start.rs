//! Runs begin: each is written down before anything else happens.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Engine;
use super::going_on::Running;
use super::opening::both;
use crate::clock::millis;
use crate::error::{Error, ErrorKind, Result};
use crate::run::progress::{Notice, Progress};
use crate::run::undo::Undo;
use crate::run::{Asked, Execution, Job, Stamp, take_rejected};
use crate::store::runs::{self, Ended, RunRow, RunState, Trigger};
use crate::store::syncs::{self, SavedSync};
use crate::store::{seal, slots};

/// How a run is started.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// Why.
    pub trigger: Trigger,
    /// Send every row again.
    pub full: bool,
    /// Go on with the run that is held; where none is, past brakes and changed column types.
    pub approve: bool,
    /// Hold it before anything is sent, so that it can be looked at.
    pub review: bool,
    /// Stands for the plan that was looked at: a run that finds other records is held.
    pub planned: Option<Stamp>,
    /// The slot it is for, in ms.
    pub slot: Option<i64>,
    /// A test sends the record with a key of this hash; else the first that a run would send.
    pub record: Option<u64>,
}

impl Start {
    /// A plain run, for this reason.
    pub const fn of(trigger: Trigger) -> Self {
        Self { trigger, full: false, approve: false, review: false, planned: None, slot: None, record: None }
    }
}

/// How a run got on its way.
#[derive(Debug, Clone)]
pub(super) enum Began {
    /// It reads first.
    Started(Start),
    /// It looks first at what is to be undone.
    Undoes(Undo),
    /// What it is to send is in the outbox, and nothing of that was sent in it.
    Staged,
    /// It was under way before.
    Resumed,
}

impl Engine {
    /// Starts a run. It is written down before anything else happens; what fails after that is the run's end,
    /// not an error here.
    pub async fn start(self: &Arc<Self>, name: &str, start: Start) -> Result<i64> {
        let saved = self.store.read(|sqlite| syncs::get(sqlite, name))?;
        self.start_saved(saved, start).await
    }

    /// The same of a sync that is known by its row, whatever it is called by now.
    pub(crate) async fn start_row(self: &Arc<Self>, sync: i64, start: Start) -> Result<i64> {
        let saved = self.store.read(|sqlite| syncs::by_id(sqlite, sync))?;
        self.start_saved(saved, start).await
    }

    async fn start_saved(self: &Arc<Self>, saved: SavedSync, start: Start) -> Result<i64> {
        if saved.sync.to.is_none() {
            return Err(Error::new(
                ErrorKind::NoDestination,
                format!("The sync “{}” has no destination yet.", saved.sync.name),
            ));
        }
        if start.approve
            && !start.full
            && start.planned.is_none()
            && let Some(held) = self.store.read(|sqlite| seal::held_of(sqlite, saved.id))?
        {
            return self.approve(held).await;
        }
        if start.trigger != Trigger::Test
            && let Some(waiting) = self.store.read(|sqlite| runs::waiting_part(sqlite, saved.id))?
        {
            return self.go_on_first(waiting, start).await;
        }
        let (sync, shape, at) = (saved.id, saved.sync.shape.clone(), millis(self.clock.now()));
        let begin = move |sqlite: &rusqlite::Connection| {
            let generation = syncs::begin_generation(sqlite, sync, start.full)?;
            let run = runs::begin(sqlite, sync, start.trigger, at, generation, &shape)?;
            match start.slot {
                Some(slot) if !slots::take(sqlite, sync, slot, run)? => {
                    Err(Error::new(ErrorKind::Conflict, "This slot of the schedule has run already."))
                }
                _ => Ok(run),
            }
        };
        let _turn = self.beginning().await?;
        let run = self.store.write(begin).done().await?;
        self.launch(saved, run, Began::Started(start));
        Ok(run)
    }

    /// An undo or a replay that waits goes before anything else of its sync: a new run would send over it what it takes
    /// back. Only a plain run goes on with it.
    async fn go_on_first(self: &Arc<Self>, waiting: RunRow, start: Start) -> Result<i64> {
        if start.slot.is_some() || start.review || start.full || start.planned.is_some() {
            return Err(goes_first(&waiting));
        }
        self.resume(&waiting).await?;
        Ok(waiting.id)
    }

    /// What keeps a new run of a sync from beginning: an undo or a replay that waits and goes first.
    pub fn goes_first(&self, name: &str) -> Result<Option<Error>> {
        let (waiting, unfinished) = self.store.read(|sqlite| {
            let sync = syncs::get(sqlite, name)?.id;
            let mut unfinished = runs::unfinished(sqlite)?;
            unfinished
                .retain(|run| run.sync == sync && matches!(run.trigger, Trigger::Undo | Trigger::Replay));
            Ok((runs::waiting_part(sqlite, sync)?, unfinished))
        })?;
        if waiting.is_some() {
            return Ok(waiting.as_ref().map(goes_first));
        }
        // One that was cut off waits in its row only once somebody has written that down.
        for run in unfinished {
            let run = self.run(run.id)?;
            if run.state == RunState::Waiting && run.counts.waiting() > 0 {
                return Ok(Some(goes_first(&run)));
            }
        }
        Ok(None)
    }

    /// Goes on with a run that waits.
    pub async fn resume(self: &Arc<Self>, run: &RunRow) -> Result<()> {
        let saved = self.store.read(|sqlite| syncs::by_id(sqlite, run.sync))?;
        let (id, run) = (run.id, run.clone());
        let _turn = self.beginning().await?;
        self.store.write(move |sqlite| runs::resume(sqlite, &run)).done().await?;
        self.launch(saved, id, Began::Resumed);
        Ok(())
    }

    /// Sends rejected records of a run again, as a new run; `keys` empty for all.
    pub async fn retry(self: &Arc<Self>, run: i64, keys: Vec<String>) -> Result<i64> {
        let from = self.store.read(|sqlite| runs::get(sqlite, run))?;
        let saved = self.store.read(|sqlite| syncs::by_id(sqlite, from.sync))?;
        let at = millis(self.clock.now());
        let records = match self.destination(saved.sync.to.as_deref().unwrap_or_default()) {
            Ok(destination) => destination.limits(&from.shape).records,
            Err(error) => return Err(error),
        };
        let begin = move |sqlite: &rusqlite::Connection| {
            let run = runs::begin(sqlite, from.sync, Trigger::Retry, at, from.generation, &from.shape)?;
            take_rejected(sqlite, &from, &keys, run, at, records)?;
            Ok(run)
        };
        let _turn = self.beginning().await?;
        let run = self.store.write(begin).done().await?;
        self.launch(saved, run, Began::Staged);
        Ok(run)
    }

    /// Puts a run on its way.
    pub(super) fn launch(self: &Arc<Self>, saved: SavedSync, run: i64, began: Began) {
        let progress = Arc::new(Progress::new(run, self.listener.clone()));
        let cancel = self.store.lost().child_token();
        let running = Running { sync: saved.id, cancel: cancel.clone(), progress: progress.clone() };
        self.running().insert(run, running);
        self.tell(Notice::Run(run));
        let engine = self.clone();
        tokio::spawn(async move {
            // On a task of its own: a mistake of ours that panics ends the run, and does not leave it going on.
            let executed = tokio::spawn(engine.clone().execute(saved, run, began, progress, cancel));
            let executed = executed.await.unwrap_or_else(|error| {
                Err(Error::new(ErrorKind::Bug, "The run ended unexpectedly.").with_source(error))
            });
            let ended = executed.unwrap_or_else(|error| Ended::failed(millis(engine.clock.now()), &error));
            engine.end(run, ended).await;
            engine.running().remove(&run);
            engine.tell(Notice::Run(run));
            engine.ended.notify_waiters();
        });
    }

    async fn execute(
        self: Arc<Self>,
        saved: SavedSync,
        run: i64,
        began: Began,
        progress: Arc<Progress>,
        cancel: CancellationToken,
    ) -> Result<Ended> {
        let engine = self.clone();
        // The keychain may ask the user, and blocks meanwhile.
        let open = move || -> Result<(Execution, Job)> {
            let sync = &saved.sync;
            let destination = engine.destination(sync.to.as_deref().unwrap_or_default());
            let (destination, job) = match began {
                Began::Staged => (destination?, Job::Deliver { resumed: false }),
                Began::Undoes(undo) => (destination?, Job::Undo(undo)),
                Began::Resumed => (destination?, Job::Deliver { resumed: true }),
                Began::Started(start) => {
                    let (destination, warehouse) =
                        both(destination, engine.warehouse_for(&sync.from, &sync.query))?;
                    let job = if start.trigger == Trigger::Test {
                        Job::One { warehouse, wanted: start.record }
                    } else {
                        let Start { full, approve, review, planned, .. } = start;
                        Job::Sync { warehouse, asked: Asked { resend: full, approve, review, planned } }
                    };
                    (destination, job)
                }
            };
            let (store, home, clock) = (engine.store.clone(), engine.home.clone(), engine.clock.clone());
            let destination = Arc::from(destination);
            Ok((Execution { store, home, clock, saved, run, destination, progress, cancel }, job))
        };
        let opened = tokio::task::spawn_blocking(open).await;
        let (execution, job) =
            opened.map_err(|_| Error::new(ErrorKind::Bug, "Opening ended unexpectedly."))??;
        execution.execute(job).await
    }
}

fn goes_first(waiting: &RunRow) -> Error {
    let message = format!("Run {} of this sync waits to be sent, and goes first.", waiting.id);
    Error::new(ErrorKind::AlreadyRunning, message)
        .with_safe("Nothing was sent.")
        .with_hint("Sync now to go on with it, or discard what waits in it.")
}
