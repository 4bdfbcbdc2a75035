//! Two syncs of one table: one compares its rows on this computer, one has the warehouse compare them. Whatever
//! happens to both, they send the same records with the same ids, and count the same.
//!
//! Include it with `#[path = "…/twins/mod.rs"] mod twins;`: the connectors' tests do, with a real warehouse.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use sluice_engine::connection::Connection;
use sluice_engine::destination::{DestinationKind, Outcome};
use sluice_engine::engine::{Catalogue, Engine, Start};
use sluice_engine::schedule::Schedule;
use sluice_engine::secrets::{MemorySecrets, Secret, SecretStore};
use sluice_engine::store::runs::{Counts, RunRow, RunState, Trigger};
use sluice_engine::store::{Store, Usage, connections, marks, new_uuid, runs, syncs};
use sluice_engine::sync::{Brakes, Field, Mode, Query, Removal, Shape, Sync};
use sluice_engine::testing::{FakeDestination, Reply, SteeredClock};
use sluice_engine::warehouse::WarehouseKind;
use sluice_engine::{Error, ErrorKind};

/// The sync's name.
const SYNC: &str = "people";
/// A value no payload can hold.
pub const UNREADABLE: u8 = 3;

/// A row: its key, which may be null, and its value.
pub type Row = (Option<u8>, u8);

/// Something that happens to both.
#[derive(Debug, Clone)]
pub enum Step {
    /// Sets the first row of a key, or removes it.
    Edit(u8, Option<u8>),
    /// Adds a row, whatever keys there are.
    Add(Option<u8>, u8),
    /// Puts the rows in another order.
    Turn(u8),
    /// A run: how requests are answered, which records are refused, and how it is started.
    Run(Answer, u8, bool, bool),
    /// A run whose read fails.
    Fail(u8),
    /// Goes on with the last run, if it waits.
    Resume(u8),
    /// Retries what the last run was refused.
    Retry(u8),
    /// Sluice is closed and opened.
    Reopen,
    /// The sync gets another mode.
    Mode(Mode, Removal),
    /// The value gets another name in the payload, or its own again.
    Map(bool),
}

/// How requests are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Record by record.
    Take,
    /// The sign-in is refused.
    Stop,
    /// The records are taken, and the answers lost.
    LostAfter,
    /// Requests and answers are lost.
    LostBefore,
}

/// Histories; `answers` are the ways requests are answered besides [`Answer::Take`].
pub fn steps(answers: &'static [Answer]) -> impl Strategy<Value = Vec<Step>> {
    let key = || 0..8_u8;
    let answer = prop_oneof![3 => Just(Answer::Take), 1 => prop::sample::select(answers)];
    let mode =
        prop::sample::select(vec![Mode::Upsert, Mode::Mirror, Mode::Mirror, Mode::Append, Mode::Create]);
    let removal = prop::sample::select(vec![Removal::Nothing, Removal::Clear, Removal::Delete]);
    let edit =
        || (key(), prop::option::weighted(0.7, 0..4_u8)).prop_map(|(key, value)| Step::Edit(key, value));
    let step = prop_oneof![
        5 => edit(),
        5 => edit(),
        1 => (prop::option::weighted(0.8, key()), 0..3_u8).prop_map(|(key, value)| Step::Add(key, value)),
        1 => any::<u8>().prop_map(Step::Turn),
        7 => (answer, any::<u8>(), prop::bool::weighted(0.1), prop::bool::weighted(0.9))
            .prop_map(|(answer, seed, full, approve)| Step::Run(answer, seed, full, approve)),
        1 => any::<u8>().prop_map(Step::Fail),
        1 => any::<u8>().prop_map(Step::Resume),
        1 => any::<u8>().prop_map(Step::Retry),
        1 => Just(Step::Reopen),
        1 => (mode, removal).prop_map(|(mode, removal)| Step::Mode(mode, removal)),
        1 => any::<bool>().prop_map(Step::Map),
    ];
    prop::collection::vec(step, 1..40)
}

/// One of the two.
pub struct Twin {
    home: PathBuf,
    /// Where it made its home, which goes with it.
    folder: Option<tempfile::TempDir>,
    catalogue: Catalogue,
    secrets: Arc<MemorySecrets>,
    pub crm: Arc<FakeDestination>,
    clock: Arc<SteeredClock>,
    engine: Arc<Engine>,
    last: Option<RunRow>,
}

/// What a run came to, in a form that can be compared.
type Told = (RunState, Counts, Vec<String>, BTreeMap<String, String>);

impl Twin {
    /// A twin that reads `query` of `connection`, with the key `id`.
    pub fn new(
        warehouse: &'static dyn WarehouseKind,
        connection: Connection,
        password: Option<&str>,
        query: Query,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut twin = Self::over(folder.path(), 100, warehouse, &connection, password);
        let sync = sync(&connection.name, query);
        let to =
            Connection { name: "crm".into(), kind: "fake_destination".into(), settings: BTreeMap::new() };
        let uuid = new_uuid();
        let save = move |sqlite: &rusqlite::Connection| {
            connections::save(sqlite, None, &connection)?;
            connections::save(sqlite, None, &to)?;
            syncs::save(sqlite, None, &sync, &uuid, None)
        };
        twin.engine.store().write(save).wait().unwrap();
        twin.folder = Some(folder);
        twin
    }

    /// A twin whose data folder is there; its destination takes so many records to a request.
    pub fn over(
        home: &Path,
        records: usize,
        warehouse: &'static dyn WarehouseKind,
        connection: &Connection,
        password: Option<&str>,
    ) -> Self {
        let crm = FakeDestination::new(records);
        let destination: &'static dyn DestinationKind = Box::leak(Box::new(crm.clone()));
        let catalogue =
            Catalogue { warehouses: vec![warehouse].leak(), destinations: vec![destination].leak() };
        let secrets = Arc::new(MemorySecrets::default());
        if let Some(password) = password {
            secrets.set(&connection.name, "password", &Secret::new(password)).unwrap();
        }
        let clock = SteeredClock::at(1_750_000_000_000);
        let engine = open(home, catalogue, &secrets, &clock);
        engine.recover().unwrap();
        Self { home: home.to_owned(), folder: None, catalogue, secrets, crm, clock, engine, last: None }
    }

    /// The data folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Goes on with what waits, or runs.
    pub async fn go_on(&mut self) -> RunRow {
        let waiting = self.engine.store().read(runs::waiting).unwrap();
        let Some(run) = waiting.first() else { return self.run(false, true).await };
        self.engine.resume(run).await.unwrap();
        self.engine.wait(run.id).await.unwrap()
    }

    /// The next run can go on from what the warehouse has kept.
    pub fn goes_on(&self) -> bool {
        self.engine
            .store()
            .read(|sqlite| Ok(marks::get(sqlite, syncs::get(sqlite, SYNC)?.id)?.is_some()))
            .unwrap()
    }

    /// Runs to the end.
    pub async fn run(&mut self, full: bool, approve: bool) -> RunRow {
        let start = Start { full, approve, ..Start::of(Trigger::Manual) };
        let run = self.engine.start(SYNC, start).await.unwrap();
        let ended = self.engine.wait(run).await.unwrap();
        self.last = Some(ended.clone());
        ended
    }

    async fn take(&mut self, step: &Step) {
        match step {
            Step::Edit(..) | Step::Add(..) | Step::Turn(_) => {}
            Step::Run(answer, seed, full, approve) => {
                self.answer(*answer, *seed);
                self.run(*full, *approve).await;
            }
            Step::Fail(seed) => {
                self.answer(Answer::Take, *seed);
                assert_eq!(self.run(false, true).await.state, RunState::Failed);
            }
            Step::Resume(seed) => {
                self.answer(Answer::Take, *seed);
                if let Some(run) = self.last.clone().filter(|run| run.state == RunState::Waiting) {
                    self.engine.resume(&run).await.unwrap();
                    self.last = Some(self.engine.wait(run.id).await.unwrap());
                }
            }
            Step::Retry(seed) => {
                self.answer(Answer::Take, *seed);
                let Some(run) = self.last.clone() else { return };
                if let Ok(run) = self.engine.retry(run.id, Vec::new()).await {
                    self.last = Some(self.engine.wait(run).await.unwrap());
                }
            }
            Step::Reopen => {
                self.engine = open(&self.home, self.catalogue, &self.secrets, &self.clock);
                self.engine.recover().unwrap();
            }
            Step::Mode(mode, removed) => self.save(|sync| (sync.mode, sync.removed) = (*mode, *removed)),
            Step::Map(other) => self.save(|sync| sync.fields = other.then(fields)),
        }
    }

    /// Changes the sync as a user would.
    pub fn save(&self, change: impl FnOnce(&mut Sync)) {
        let mut sync = self.engine.store().read(|sqlite| syncs::get(sqlite, SYNC)).unwrap().sync;
        change(&mut sync);
        let save = move |sqlite: &rusqlite::Connection| syncs::save(sqlite, Some(SYNC), &sync, "", None);
        self.engine.store().write(save).wait().unwrap();
    }

    /// Which records are refused depends on nothing but their key and `seed`: the two may send in another order.
    fn answer(&self, answer: Answer, seed: u8) {
        self.crm.reply(move |_, _| match answer {
            Answer::Take => Reply::EachRecord,
            Answer::Stop => Reply::Stop,
            Answer::LostAfter => Reply::LostAfter,
            Answer::LostBefore => Reply::LostBefore,
        });
        self.crm.record(move |record| {
            let key = record.key.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
            if seed > 100 && key % 3 == 0 {
                Outcome::Rejected(Error::new(ErrorKind::RecordRejected, "Not allowed."))
            } else {
                Outcome::Delivered
            }
        });
    }

    fn told(&self) -> Option<Told> {
        let run = self.last.as_ref()?;
        let run = self.engine.store().read(|sqlite| runs::get(sqlite, run.id)).unwrap();
        let shown = |record: sluice_engine::testing::Arrived| {
            // The ids begin with the sync's own, which the twins do not share.
            format!("{} {} {:?} {}", record.request, record.key, record.operation, record.payload)
        };
        let mut arrived: Vec<String> = self.crm.arrived().into_iter().map(shown).collect();
        arrived.sort_unstable();
        Some((run.state, run.counts, arrived, self.crm.kept()))
    }

    /// How often a record of this key arrived under another id than before, and in all.
    fn ids(&self) -> BTreeMap<String, Vec<usize>> {
        let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in self.crm.arrived() {
            ids.entry(record.key).or_default().push(record.id);
        }
        let first = |ids: &Vec<String>| -> Vec<usize> {
            ids.iter().filter_map(|id| ids.iter().position(|known| known == id)).collect()
        };
        ids.into_iter().map(|(key, ids)| (key, first(&ids))).collect()
    }
}

fn open(
    home: &Path,
    catalogue: Catalogue,
    secrets: &Arc<MemorySecrets>,
    clock: &Arc<SteeredClock>,
) -> Arc<Engine> {
    let store = Arc::new(Store::open(home, Usage::Owner).unwrap());
    Engine::over(store, home, catalogue, secrets.clone(), clock.shared(), Arc::new(|_| {}))
}

fn sync(from: &str, query: Query) -> Sync {
    Sync {
        name: SYNC.into(),
        from: from.into(),
        query,
        key: vec!["id".into()],
        to: Some("crm".into()),
        shape: Shape::Record { object: "contact".into(), match_field: "id".into() },
        mode: Mode::Upsert,
        removed: Removal::Nothing,
        identifiers: BTreeMap::new(),
        fields: None,
        schedule: Schedule::Manual,
        brakes: Brakes::default(),
        cursor: None,
    }
}

fn fields() -> Vec<Field> {
    vec![Field::column("id", "id"), Field::column("name", "label")]
}

/// Both, and the table they read.
pub struct Twins<F> {
    /// Compares here, and has the warehouse compare.
    pub both: [Twin; 2],
    /// Sets the table's rows; the flag makes reading them fail.
    pub set: F,
    rows: Vec<Row>,
}

impl<F: AsyncFnMut(&[Row], bool)> Twins<F> {
    pub fn new(both: [Twin; 2], set: F) -> Self {
        Self { both, set, rows: Vec::new() }
    }

    /// Takes every step with both, then lets everything work: one more run, and then nothing is left to do.
    pub async fn live(mut self, steps: Vec<Step>) {
        for step in &steps {
            self.edit(step);
            if matches!(step, Step::Run(..) | Step::Fail(_)) {
                (self.set)(&self.rows, matches!(step, Step::Fail(_))).await;
            }
            for twin in &mut self.both {
                twin.take(step).await;
            }
            self.compare(&format!("{step:?}"));
        }
        self.edit(&Step::Run(Answer::Take, 0, false, true));
        (self.set)(&self.rows, false).await;
        for _ in 0..2 {
            for twin in &mut self.both {
                twin.take(&Step::Run(Answer::Take, 0, false, true)).await;
            }
            self.compare("the end");
        }
        for twin in &self.both {
            assert_eq!(twin.last.as_ref().map(|run| run.counts.to_send), Some(0));
        }
        assert!(self.both[1].goes_on());
    }

    fn compare(&self, after: &str) {
        let [here, there] = &self.both;
        assert_eq!(here.told(), there.told(), "after {after}");
        assert_eq!(here.ids(), there.ids(), "after {after}");
    }

    fn edit(&mut self, step: &Step) {
        match step {
            Step::Edit(key, value) => {
                match (self.rows.iter().position(|(known, _)| *known == Some(*key)), value) {
                    (Some(place), Some(value)) => self.rows[place].1 = *value,
                    (Some(place), None) => drop(self.rows.remove(place)),
                    (None, Some(value)) => self.rows.push((Some(*key), *value)),
                    (None, None) => {}
                }
            }
            Step::Add(key, value) => self.rows.push((*key, *value)),
            Step::Turn(by) => {
                let length = self.rows.len().max(1);
                self.rows.rotate_left(usize::from(*by) % length);
            }
            Step::Run(..)
            | Step::Fail(_)
            | Step::Resume(_)
            | Step::Retry(_)
            | Step::Reopen
            | Step::Mode(..)
            | Step::Map(_) => {}
        }
    }
}
