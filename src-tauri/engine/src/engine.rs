//! The engine: saved connections and syncs, and the runs that are going on.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::{SharedClock, millis};
use crate::connection::{Connection, Opening, Role, is_shown};
use crate::destination::{Destination, DestinationKind};
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::Manifest;
use crate::run::plan::{self, Plan};
use crate::run::progress::{Listener, Notice, Progress, Snapshot};
use crate::run::{Discard, Execution, Job, discard, take_rejected};
use crate::secrets::{Secret, SecretStore, from_environment};
use crate::store::runs::{Problem, RunRow, RunState, Trigger};
use crate::store::syncs::SavedSync;
use crate::store::{Store, connections, outbox, runs, slots, syncs};
use crate::sync::Sync;
use crate::warehouse::{Warehouse, WarehouseKind};

/// Every connector there is.
#[derive(Clone, Copy)]
pub struct Catalogue {
    /// Kinds of warehouses.
    pub warehouses: &'static [&'static dyn WarehouseKind],
    /// Kinds of destinations.
    pub destinations: &'static [&'static dyn DestinationKind],
}

impl Catalogue {
    /// The warehouse kind with this id.
    pub fn warehouse(&self, id: &str) -> Option<&'static dyn WarehouseKind> {
        self.warehouses.iter().find(|kind| kind.manifest().id == id).copied()
    }

    /// The destination kind with this id.
    pub fn destination(&self, id: &str) -> Option<&'static dyn DestinationKind> {
        self.destinations.iter().find(|kind| kind.manifest().id == id).copied()
    }

    /// What the kind with this id says of itself, and which side it is on.
    pub fn manifest(&self, id: &str) -> Result<(&'static Manifest, Role)> {
        let warehouse = self.warehouse(id).map(|kind| (kind.manifest(), Role::Warehouse));
        let destination = || self.destination(id).map(|kind| (kind.manifest(), Role::Destination));
        warehouse.or_else(destination).ok_or_else(|| {
            Error::new(
                ErrorKind::BadSettings,
                format!("There is no kind of warehouse or destination “{id}”."),
            )
        })
    }
}

/// How a run is started.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// Why.
    pub trigger: Trigger,
    /// Send every row again.
    pub full: bool,
    /// Go on past brakes and changed column types.
    pub approve: bool,
    /// The slot it is for, in ms.
    pub slot: Option<i64>,
}

struct Running {
    sync: i64,
    cancel: CancellationToken,
    progress: Arc<Progress>,
}

/// The engine over one data folder.
pub struct Engine {
    home: PathBuf,
    store: Arc<Store>,
    catalogue: Catalogue,
    secrets: Arc<dyn SecretStore>,
    clock: SharedClock,
    listener: Listener,
    running: Mutex<HashMap<i64, Running>>,
    beginning: tokio::sync::Mutex<()>,
    ended: Notify,
}

impl Engine {
    /// The engine over an open store.
    pub fn over(
        store: Arc<Store>,
        home: &Path,
        catalogue: Catalogue,
        secrets: Arc<dyn SecretStore>,
        clock: SharedClock,
        listener: Listener,
    ) -> Arc<Self> {
        let (home, running, beginning) = (home.to_owned(), Mutex::default(), tokio::sync::Mutex::default());
        Arc::new(Self {
            home,
            store,
            catalogue,
            secrets,
            clock,
            listener,
            running,
            beginning,
            ended: Notify::new(),
        })
    }

    /// Ends what a crash or quit cut off: an unsealed read failed, a sealed run waits to go on. Only for the
    /// process that owns the data folder.
    pub fn recover(&self) -> Result<()> {
        let at = millis(self.clock.now());
        for run in self.store.read(runs::unfinished)? {
            self.store.write(move |sqlite| end_cut_off(sqlite, &run, at)).wait()?;
        }
        Ok(())
    }

    /// Lets one run after the other begin. A run of the sync whose end could not be written, as on a full disk,
    /// is ended first: it must not block the sync until the next start.
    async fn beginning(&self, sync: i64) -> Result<tokio::sync::MutexGuard<'_, ()>> {
        let turn = self.beginning.lock().await;
        if self.running_of(sync).is_none() {
            let at = millis(self.clock.now());
            for run in self.store.read(runs::unfinished)?.into_iter().filter(|run| run.sync == sync) {
                self.store.write(move |sqlite| end_cut_off(sqlite, &run, at)).done().await?;
            }
        }
        Ok(turn)
    }

    /// The store.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The catalogue.
    pub fn catalogue(&self) -> Catalogue {
        self.catalogue
    }

    /// The secrets.
    pub fn secrets(&self) -> &Arc<dyn SecretStore> {
        &self.secrets
    }

    /// The clock.
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// The data folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Tells everybody who listens.
    pub fn tell(&self, notice: Notice) {
        (self.listener)(notice);
    }

    /// What a connector gets to open `connection`; `typed` secrets win over saved ones.
    pub fn opening(&self, connection: &Connection, typed: &BTreeMap<String, Secret>) -> Result<Opening> {
        let (manifest, _) = self.catalogue.manifest(&connection.kind)?;
        let settings = crate::connection::checked_settings(manifest, connection)?;
        let mut secrets = BTreeMap::new();
        for setting in
            manifest.settings.iter().filter(|setting| setting.secret && is_shown(setting, &settings))
        {
            let found = match typed
                .get(setting.key)
                .cloned()
                .or_else(|| from_environment(&connection.name, setting.key))
            {
                Some(secret) => Some(secret),
                None => self.secrets.get(&connection.name, setting.key)?,
            };
            if let Some(secret) = found {
                secrets.insert(setting.key.to_owned(), secret);
            }
        }
        Opening::new(manifest, connection, secrets, &self.home, self.clock.clone())
    }

    /// Opens the warehouse connection of this name.
    pub fn warehouse(&self, name: &str) -> Result<Box<dyn Warehouse>> {
        let saved = self.store.read(|sqlite| connections::get(sqlite, name))?;
        let kind =
            self.catalogue.warehouse(&saved.connection.kind).ok_or_else(|| wrong_side(name, "warehouse"))?;
        kind.open(&self.opening(&saved.connection, &BTreeMap::new())?)
    }

    /// Opens the destination connection of this name.
    pub fn destination(&self, name: &str) -> Result<Box<dyn Destination>> {
        let saved = self.store.read(|sqlite| connections::get(sqlite, name))?;
        let kind = self
            .catalogue
            .destination(&saved.connection.kind)
            .ok_or_else(|| wrong_side(name, "destination"))?;
        kind.open(&self.opening(&saved.connection, &BTreeMap::new())?)
    }

    /// Starts a run. It is written down before anything else happens; what fails after that is the run's end,
    /// not an error here.
    pub async fn start(self: &Arc<Self>, name: &str, start: Start) -> Result<i64> {
        let saved = self.store.read(|sqlite| syncs::get(sqlite, name))?;
        if saved.sync.to.is_none() {
            return Err(Error::new(
                ErrorKind::NoDestination,
                format!("The sync “{name}” has no destination yet."),
            ));
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
        let _turn = self.beginning(sync).await?;
        let run = self.store.write(begin).done().await?;
        self.launch(saved, run, Some(start), false);
        Ok(run)
    }

    /// Goes on with a run that waits.
    pub async fn resume(self: &Arc<Self>, run: &RunRow) -> Result<()> {
        let saved = self.store.read(|sqlite| syncs::by_id(sqlite, run.sync))?;
        let (id, at) = (run.id, millis(self.clock.now()));
        let run = run.clone();
        let _turn = self.beginning(run.sync).await?;
        self.store.write(move |sqlite| runs::resume(sqlite, &run, at)).done().await?;
        self.launch(saved, id, None, true);
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
        let _turn = self.beginning(saved.id).await?;
        let run = self.store.write(begin).done().await?;
        self.launch(saved, run, None, false);
        Ok(run)
    }

    /// Discards rejected or waiting records of a run; `keys` empty for all. Answers with how many. They stay
    /// visible as discarded, and are not sent again before their rows change.
    pub async fn discard(&self, run: i64, keys: Vec<String>, which: Discard) -> Result<u64> {
        let at = millis(self.clock.now());
        let job = move |sqlite: &rusqlite::Connection| discard(sqlite, run, &keys, which, at);
        let count = self.store.write(job).done().await?;
        self.tell(Notice::Run(run));
        Ok(count)
    }

    /// Puts a run on its way; `start` is there for one that reads first, `resumed` says that the run was under way
    /// before.
    fn launch(self: &Arc<Self>, saved: SavedSync, run: i64, start: Option<Start>, resumed: bool) {
        let progress = Arc::new(Progress::new(run, self.listener.clone()));
        let cancel = CancellationToken::new();
        let running = Running { sync: saved.id, cancel: cancel.clone(), progress: progress.clone() };
        self.running().insert(run, running);
        self.tell(Notice::Run(run));
        let engine = self.clone();
        tokio::spawn(async move {
            // On a task of its own: a mistake of ours that panics ends the run, and does not leave it going on.
            let executed =
                tokio::spawn(engine.clone().execute(saved, run, (start, resumed), progress, cancel));
            let executed = executed.await.unwrap_or_else(|error| {
                Err(Error::new(ErrorKind::Bug, "The run ended unexpectedly.").with_source(error))
            });
            if let Err(error) = executed {
                let at = millis(engine.clock.now());
                let fail = move |sqlite: &rusqlite::Connection| {
                    runs::set_state(sqlite, run, RunState::Failed, at, None, Some(&Problem::from(&error)))
                };
                // If even this can not be written, the next start finds the run unfinished and says so.
                drop(engine.store.write(fail).done().await);
            }
            engine.running().remove(&run);
            engine.tell(Notice::Run(run));
            engine.ended.notify_waiters();
        });
    }

    async fn execute(
        self: Arc<Self>,
        saved: SavedSync,
        run: i64,
        (start, resumed): (Option<Start>, bool),
        progress: Arc<Progress>,
        cancel: CancellationToken,
    ) -> Result<()> {
        let engine = self.clone();
        // The keychain may ask the user, and blocks meanwhile.
        let open = move || -> Result<(Execution, Job)> {
            let sync = &saved.sync;
            let destination = engine.destination(sync.to.as_deref().unwrap_or_default())?;
            let job = match start {
                None => Job::Deliver { resumed },
                Some(start) => Job::Sync {
                    warehouse: engine.warehouse(&sync.from)?,
                    resend: start.full,
                    approve: start.approve,
                },
            };
            let (store, home, clock) = (engine.store.clone(), engine.home.clone(), engine.clock.clone());
            let destination = Arc::from(destination);
            Ok((Execution { store, home, clock, saved, run, destination, progress, cancel }, job))
        };
        let opened = tokio::task::spawn_blocking(open).await;
        let (execution, job) =
            opened.map_err(|_| Error::new(ErrorKind::Bug, "Opening ended unexpectedly."))??;
        execution.execute(job).await;
        Ok(())
    }

    /// Cancels a run; what was sent stays sent. A run that is not going on is left as it is.
    pub fn cancel(&self, run: i64) {
        if let Some(running) = self.running().get(&run) {
            running.cancel.cancel();
        }
    }

    /// What a run is doing; `None` once it has ended.
    pub fn progress(&self, run: i64) -> Option<Snapshot> {
        self.running().get(&run).map(|running| running.progress.snapshot())
    }

    /// The run of a sync that is going on.
    pub fn running_of(&self, sync: i64) -> Option<i64> {
        self.running().iter().find(|(_, running)| running.sync == sync).map(|(run, _)| *run)
    }

    /// Waits until a run has ended, and answers with its row.
    pub async fn wait(&self, run: i64) -> Result<RunRow> {
        loop {
            let ended = self.ended.notified();
            if !self.running().contains_key(&run) {
                return self.store.read(|sqlite| runs::get(sqlite, run));
            }
            ended.await;
        }
    }

    /// Stops all runs politely and waits for what is under way, at most `limit`.
    pub async fn stop(&self, limit: std::time::Duration) {
        for running in self.running().values() {
            running.cancel.cancel();
        }
        let all_ended = async {
            loop {
                let ended = self.ended.notified();
                if self.running().is_empty() {
                    return;
                }
                ended.await;
            }
        };
        // What does not end in time goes on at the next start.
        drop(tokio::time::timeout(limit, all_ended).await);
    }

    /// What a run of `saved` would do. Nothing is sent and nothing is kept.
    pub async fn plan(&self, saved: &SavedSync, limit: usize) -> Result<Plan> {
        let to = saved.sync.to.as_deref();
        let limits = match to {
            Some(to) => self.destination(to)?.limits(&saved.sync.shape),
            None => UNLIMITED,
        };
        let warehouse = self.warehouse(&saved.sync.from)?;
        plan::plan(&self.store, &self.home, saved, &*warehouse, limits, limit).await
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a run that nobody works on any more.
fn end_cut_off(sqlite: &rusqlite::Connection, run: &RunRow, at: i64) -> Result<()> {
    if run.state == RunState::Sending {
        return runs::set_state(sqlite, run.id, RunState::Waiting, at, Some(at), None);
    }
    outbox::unstage(sqlite, run.id)?;
    let error = Error::new(ErrorKind::IncompleteRead, "Sluice was stopped while this run was reading.");
    runs::set_state(sqlite, run.id, RunState::Failed, at, None, Some(&Problem::from(&error)))
}

/// For a sync that has no destination yet.
const UNLIMITED: crate::destination::Limits = crate::destination::Limits {
    records: 1_000,
    bytes: usize::MAX,
    record_bytes: usize::MAX,
    envelope_bytes: 0,
    in_flight: 1,
};

/// A sync that is not saved, as if it were: nothing was delivered before.
pub fn unsaved(sync: Sync) -> SavedSync {
    SavedSync {
        id: -1,
        uuid: String::new(),
        sync,
        generation: 1,
        columns: None,
        base_until: 0,
        paused: false,
        next_due: None,
    }
}

fn wrong_side(name: &str, side: &str) -> Error {
    Error::new(ErrorKind::BadSettings, format!("The connection “{name}” is no {side}."))
}
