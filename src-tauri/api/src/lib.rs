//! The commands every front of Sluice speaks: the window, the command line, the development server.

mod alerts;
mod catalogue;
mod connections;
pub mod contract;
mod convert;
mod csv;
mod dbt;
mod drafts;
mod events;
mod mapping;
mod masked;
mod payload;
mod plan;
mod push;
pub mod review;
mod runs;
mod samples;
mod schedules;
mod settings;
mod sign_in;
mod source;
mod support;
mod syncs;
mod undo;
pub mod wire;
pub mod workspace;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::Value;
use sluice_engine::clock::{SharedClock, SystemClock};
use sluice_engine::engine::{Catalogue, Engine};
use sluice_engine::run::progress::Notice;
use sluice_engine::secrets::{Keychain, SecretStore};
use sluice_engine::store::owner::{self, Owner};
use sluice_engine::store::{Store, Usage, make_private_folder};
use sluice_engine::upkeep::Upkeep;
use sluice_engine::{Error, ErrorKind};

pub use events::{PlainEvent, PlainHistory, PlainRequest};
use wire::{Problem, Push, Run};

/// Every connector of the product.
pub const CATALOGUE: Catalogue = Catalogue {
    warehouses: sluice_connectors::warehouses::CATALOGUE,
    destinations: sluice_connectors::destinations::CATALOGUE,
};

/// How long runs get to end politely when Sluice is quit.
const QUIT: Duration = Duration::from_secs(5);

/// The product over one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    engine: Arc<Engine>,
    pushes: push::Pushes,
    samples: samples::Samples,
    upkeep: Arc<Upkeep>,
    /// The sign-in that waits for the browser, if one does.
    signing_in: sign_in::Waiting,
    /// The version of the webview that shows this program.
    webview: OnceLock<String>,
    /// Ends what goes on beside the commands: the scheduler and the upkeep.
    stop: tokio_util::sync::CancellationToken,
    /// There while this process owns the data folder.
    owner: Option<Owner>,
}

/// The data folder: `explicit`, else `SLUICE_HOME`, else the platform's.
pub fn home(explicit: Option<PathBuf>) -> PathBuf {
    let from_environment =
        || std::env::var_os("SLUICE_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let platform = || dirs::data_dir().map(|folder| folder.join("Sluice"));
    explicit.or_else(from_environment).or_else(platform).unwrap_or_else(|| PathBuf::from("Sluice"))
}

impl Api {
    /// Opens the data folder as its owner: takes its lock, and ends what was cut off. Secrets are in the
    /// keychain. Needs a tokio runtime.
    ///
    /// A folder that another process owns is a problem of kind `in_use`.
    pub fn open(home: &Path) -> Result<Self, Problem> {
        Self::with(home, None, Arc::new(SystemClock), Usage::Owner)
    }

    /// Opens the data folder beside its owner, to look.
    pub fn open_reading(home: &Path) -> Result<Self, Problem> {
        Self::with(home, None, Arc::new(SystemClock), Usage::Guest)
    }

    /// As [`open`](Self::open), with secrets and time of the caller's.
    pub fn open_with(
        home: &Path,
        secrets: Arc<dyn SecretStore>,
        clock: SharedClock,
    ) -> Result<Self, Problem> {
        Self::with(home, Some(secrets), clock, Usage::Owner)
    }

    fn with(
        home: &Path,
        secrets: Option<Arc<dyn SecretStore>>,
        clock: SharedClock,
        usage: Usage,
    ) -> Result<Self, Problem> {
        make_private_folder(home)?;
        let owner = if usage == Usage::Owner { Some(Owner::take(home)?) } else { None };
        let store = Arc::new(Store::open(home, usage)?);
        let secrets = match secrets {
            Some(secrets) => secrets,
            None => Arc::new(Keychain::new(store.uuid()?)),
        };
        let (pushes, listener) = push::Pushes::start();
        let engine = Engine::over(store, home, CATALOGUE, secrets, clock, listener);
        if usage == Usage::Owner {
            engine.recover()?;
        }
        let upkeep = Upkeep::of(engine.store().clone(), home, engine.clock().clone());
        let stop = tokio_util::sync::CancellationToken::new();
        let api = Self(Arc::new(Inner {
            engine,
            pushes,
            samples: samples::Samples::default(),
            upkeep,
            signing_in: sign_in::Waiting::default(),
            webview: OnceLock::new(),
            stop,
            owner,
        }));
        api.0.pushes.carry(&api);
        Ok(api)
    }

    /// Runs a command of [`contract`].
    pub async fn dispatch(&self, command: &str, input: Value) -> Result<Value, Problem> {
        contract::dispatch(self, command, input).await
    }

    /// Tells `listener` what the product pushes, from now on.
    pub fn subscribe(&self, listener: impl Fn(&Push) + Send + Sync + 'static) {
        self.0.pushes.subscribe(Box::new(listener));
    }

    /// Waits until a run has ended.
    pub async fn wait(&self, run: i64) -> Result<Run, Problem> {
        self.engine().wait(run).await?;
        self.run(run).await
    }

    /// Follows the schedules, sends alerts and looks after the data folder from now on.
    pub fn start_scheduler(&self) {
        self.start_alerts();
        let (engine, stop) = (self.engine().clone(), self.0.stop.clone());
        tokio::spawn(async move { sluice_engine::schedule::scheduler::run(engine, stop).await });
        let (engine, upkeep, stop) = (self.engine().clone(), self.0.upkeep.clone(), self.0.stop.clone());
        tokio::spawn(async move { upkeep.run(stop, || engine.tell(Notice::Changed)).await });
    }

    /// Looks after the data folder once, for a process that does not stay; answers with what went wrong.
    pub async fn upkeep(&self) -> Option<Problem> {
        self.0.upkeep.round().await;
        self.trouble()
    }

    /// What is wrong with the data folder, as far as was found out.
    pub fn trouble(&self) -> Option<Problem> {
        self.0.upkeep.trouble().map(Problem::from)
    }

    /// Waits until another process has taken the data folder over, as it can on a drive that keeps no locks.
    pub async fn lost(&self) -> Problem {
        self.engine().store().lost().cancelled().await;
        owner::lost().into()
    }

    /// Stops politely: at most five seconds for what is under way; the rest goes on at the next start. Then waits until
    /// warehouses have been told to stop what nobody waits for any longer.
    pub async fn shutdown(&self) {
        self.0.stop.cancel();
        self.engine().stop(QUIT).await;
        if self.0.owner.is_some() {
            let store = self.engine().store().clone();
            // A file that is not marked clean is only checked at the next start.
            drop(tokio::task::spawn_blocking(move || store.close()).await);
        }
        sluice_connectors::goodbye::said().await;
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.0.engine
    }

    /// Runs work that blocks (the database, the keychain) off the async threads.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> sluice_engine::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let engine = self.engine().clone();
        let done = tokio::task::spawn_blocking(move || work(&engine)).await;
        Ok(done.map_err(|error| Error::new(ErrorKind::Bug, "Work ended unexpectedly.").with_source(error))??)
    }

    pub(crate) fn changed(&self) {
        self.engine().tell(Notice::Changed);
    }
}
