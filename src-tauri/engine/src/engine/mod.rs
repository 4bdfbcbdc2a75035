//! The engine: saved connections and syncs, and the runs that are going on.

mod catalogue;
mod discard;
mod ends;
mod going_on;
mod held;
mod opening;
mod review;
mod start;
mod undo;
mod undone;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

pub use catalogue::Catalogue;
pub use review::Review;
pub use start::Start;
pub use undo::UndoLook;
pub use undone::Undone;

use crate::clock::SharedClock;
use crate::error::Result;
use crate::mask::Remembered;
use crate::run::plan::{self, Plan};
use crate::run::progress::{Listener, Notice};
use crate::secrets::SecretStore;
use crate::store::Store;
use crate::store::runs::Ended;
use crate::store::syncs::{self, SavedSync};
use crate::sync::{Mode, Sync};
use crate::warehouse::{Cost, Read};
use going_on::Running;
use opening::both;
use review::Reviewing;

/// The engine over one data folder.
pub struct Engine {
    home: PathBuf,
    store: Arc<Store>,
    catalogue: Catalogue,
    secrets: Arc<dyn SecretStore>,
    clock: SharedClock,
    listener: Listener,
    running: Mutex<HashMap<i64, Running>>,
    /// How runs ended whose rows could not be written.
    unwritten: Mutex<HashMap<i64, Ended>>,
    /// Held runs whose records are or were compared.
    reviewing: Mutex<HashMap<i64, Reviewing>>,
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
        Arc::new(Self {
            home: home.to_owned(),
            store,
            catalogue,
            secrets,
            clock,
            listener,
            running: Mutex::default(),
            unwritten: Mutex::default(),
            reviewing: Mutex::default(),
            beginning: tokio::sync::Mutex::default(),
            ended: Notify::new(),
        })
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

    /// What a run of `saved` would do. Nothing is sent and nothing is kept.
    pub async fn plan(&self, saved: &SavedSync, limit: usize) -> Result<Plan> {
        let warehouse = self.warehouse_for(&saved.sync.from, &saved.sync.query);
        let (destination, warehouse) = match saved.sync.to.as_deref() {
            Some(to) => {
                let (destination, warehouse) = both(self.destination(to), warehouse)?;
                (Some(destination), warehouse)
            }
            None => (None, warehouse?),
        };
        let destination = destination.as_deref();
        let record_bytes = plan::limits(destination, &saved.sync.shape).record_bytes;
        let (store, home) = (&*self.store, self.home.as_path());
        let reading = plan::Reading { store, home, saved, warehouse: &*warehouse, record_bytes };
        plan::plan(&reading, destination, limit).await
    }

    /// What the warehouse says the read of such a plan takes, before it is read; `None` where it does not say.
    pub async fn price(&self, saved: &SavedSync) -> Result<Option<Cost>> {
        let warehouse = self.warehouse_for(&saved.sync.from, &saved.sync.query)?;
        // Where nothing is billed, nobody is asked for more.
        if warehouse.cost(&Read::all(saved.sync.query.clone())).await?.is_none() {
            return Ok(None);
        }
        let (store, home) = (&*self.store, self.home.as_path());
        let reading = plan::Reading { store, home, saved, warehouse: &*warehouse, record_bytes: usize::MAX };
        Ok(reading.price(saved.sync.mode == Mode::Full).await?.1)
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sync that is not saved, as if it were: nothing was delivered before.
pub fn unsaved(sync: Sync) -> SavedSync {
    SavedSync {
        id: syncs::NO_SYNC,
        uuid: String::new(),
        sync,
        generation: 1,
        columns: None,
        base_until: 0,
        paused: false,
        next_due: None,
        source_rows: None,
        cursor: None,
        keyed_by: None,
        personal: Remembered::default(),
    }
}
