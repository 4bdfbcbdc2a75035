//! A data folder with syncs, and time that the test moves.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::Scheduler;
use crate::clock::{Clock, from_millis, millis};
use crate::destination::DestinationKind;
use crate::engine::{Catalogue, Engine};
use crate::schedule::Schedule;
use crate::secrets::MemorySecrets;
use crate::store::Store;
use crate::store::runs::{self, RunRow, RunState};
use crate::store::syncs;
use crate::sync::{Brakes, Identifier, Mode, Query, Removal, Shape, Sync};
use crate::testing::{FakeDestination, FakeWarehouse};
use crate::warehouse::WarehouseKind;

/// A clock the test moves, as the wall clock and as the time awake.
pub(super) struct Steered(Mutex<DateTime<Utc>>);

impl Clock for Steered {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

pub(super) struct World {
    home: tempfile::TempDir,
    pub(super) engine: Arc<Engine>,
    clock: Arc<Steered>,
    syncs: i64,
    pub(super) awake: Duration,
    pub(super) scheduler: Scheduler,
}

impl World {
    /// One sync.
    pub(super) fn new(now: &str, schedule: Schedule) -> Self {
        Self::with(now.parse().unwrap(), vec![schedule])
    }

    /// A sync for each schedule; their ids count from 1.
    pub(super) fn with(now: DateTime<Utc>, schedules: Vec<Schedule>) -> Self {
        let home = in_memory();
        let clock = Arc::new(Steered(Mutex::new(now)));
        let engine = open(home.path(), &clock, NOTHING);
        let syncs = schedules.len() as i64;
        let save = move |sqlite: &rusqlite::Connection| {
            schedules.into_iter().enumerate().try_for_each(|(number, schedule)| {
                let sync = Sync { name: format!("sync {number:02}"), ..sync(schedule) };
                syncs::save(sqlite, None, &sync, &format!("uuid {number}"), None)
            })
        };
        engine.store().write(save).wait().unwrap();
        Self { home, engine, clock, syncs, awake: Duration::ZERO, scheduler: Scheduler::new(now) }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the wall clock; `awake` is how much of it the computer was awake.
    pub(super) fn pass(&mut self, wall: TimeDelta, awake: TimeDelta) {
        *self.clock.0.lock().unwrap() += wall;
        self.awake += awake.to_std().unwrap();
    }

    /// One look at the clock; what it starts has ended afterwards. Answers with the earliest coming slot.
    pub(super) async fn tick(&mut self) -> Option<DateTime<Utc>> {
        let next = self.scheduler.tick(&self.engine, self.now(), self.awake).await.unwrap();
        for sync in 1..=self.syncs {
            if let Some(run) = self.engine.running_of(sync) {
                self.engine.wait(run).await.unwrap();
            }
        }
        next
    }

    /// Awake for `span`, with a tick every `step`.
    pub(super) async fn live(&mut self, span: TimeDelta, step: TimeDelta) {
        let end = self.now() + span;
        while self.now() < end {
            self.pass(step, step);
            self.tick().await;
        }
    }

    pub(super) fn restart(&mut self) {
        self.engine = open(self.home.path(), &self.clock, NOTHING);
        (self.scheduler, self.awake) = (Scheduler::new(self.now()), Duration::ZERO);
    }

    /// All runs, oldest first.
    pub(super) fn runs(&self) -> Vec<RunRow> {
        let mut runs =
            self.engine.store().read(|sqlite| runs::list(sqlite, None, None, usize::MAX / 2)).unwrap();
        runs.reverse();
        runs
    }

    pub(super) fn reasons(&self) -> Vec<String> {
        let missed = self.runs().into_iter().filter(|run| run.state == RunState::Missed);
        missed
            .map(|run| {
                format!("{} {}", from_millis(run.started).format("%H:%M"), run.problem.unwrap().message)
            })
            .collect()
    }

    /// Slot to the run that took it.
    pub(super) fn slots(&self, sync: i64) -> BTreeMap<i64, i64> {
        let read = |sqlite: &rusqlite::Connection| {
            let mut statement = sqlite.prepare("select at, run from slot where sync = ?1")?;
            let rows = statement.query_map([sync], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        self.engine.store().read(read).unwrap()
    }

    /// Gives the engine a warehouse and a destination that work.
    pub(super) fn connect(&mut self) -> Arc<FakeWarehouse> {
        let (table, crm) = (FakeWarehouse::new(&["id"]), FakeDestination::new(100));
        let from: &'static dyn WarehouseKind = Box::leak(Box::new(table.clone()));
        let to: &'static dyn DestinationKind = Box::leak(Box::new(crm));
        let catalogue = Catalogue { warehouses: vec![from].leak(), destinations: vec![to].leak() };
        self.engine = open(self.home.path(), &self.clock, catalogue);
        self.edit(
            "insert into connection(name, kind, settings)
             values('shop', 'fake_warehouse', '{}'), ('crm', 'fake_destination', '{}')",
        );
        table
    }

    /// Plans the first sync by hand.
    pub(super) fn plan(&self, next: &str) {
        let next = millis(next.parse().unwrap());
        let plan = move |sqlite: &rusqlite::Connection| {
            Ok(sqlite.execute("update sync set next_due = ?1 where id = 1", [next])?)
        };
        self.engine.store().write(plan).wait().unwrap();
    }

    /// Saves the first sync anew, as the user does; `next` is its schedule's next slot.
    pub(super) fn save(&self, sync: Sync, next: &str) {
        let next = Some(millis(next.parse().unwrap()));
        let save = move |sqlite: &rusqlite::Connection| syncs::save(sqlite, Some("sync 00"), &sync, "", next);
        self.engine.store().write(save).wait().unwrap();
    }

    pub(super) fn edit(&self, sql: &'static str) {
        self.engine.store().write(move |sqlite| Ok(sqlite.execute_batch(sql)?)).wait().unwrap();
    }
}

/// Knows no connector: a run is written down, and ends as soon as it wants to open one.
pub(super) const NOTHING: Catalogue = Catalogue { warehouses: &[], destinations: &[] };

/// Where syncing costs nothing, if there is such a place: a year has many writes.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn open(home: &std::path::Path, clock: &Arc<Steered>, catalogue: Catalogue) -> Arc<Engine> {
    let store = Arc::new(Store::open(home, crate::store::Usage::Guest).unwrap());
    let secrets = Arc::new(MemorySecrets::default());
    Engine::over(store, home, catalogue, secrets, clock.clone(), Arc::new(|_| ()))
}

pub(super) fn sync(schedule: Schedule) -> Sync {
    Sync {
        name: "scores".into(),
        from: "shop".into(),
        query: Query::Sql("select 1".into()),
        key: vec!["id".into()],
        to: Some("crm".into()),
        shape: Shape::Identify,
        mode: Mode::Upsert,
        removed: Removal::Nothing,
        identifiers: BTreeMap::from([(Identifier::UserId, "id".into())]),
        fields: None,
        schedule,
        brakes: Brakes::default(),
        cursor: None,
    }
}

pub(super) fn every(minutes: u32) -> Schedule {
    Schedule::Every { minutes }
}
