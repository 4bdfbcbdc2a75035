//! A data folder, a table and a destination, and one sync between them. Every run is checked against what
//! has to hold whatever happens.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use rusqlite::params;
use sluice_engine::Result;
use sluice_engine::connection::{Connection, Opening};
use sluice_engine::destination::{Destination, DestinationKind};
use sluice_engine::engine::{Catalogue, Engine, Start};
use sluice_engine::manifest::Manifest;
use sluice_engine::run::Discard;
use sluice_engine::schedule::Schedule;
use sluice_engine::secrets::MemorySecrets;
use sluice_engine::store::events::{self, Filter};
use sluice_engine::store::fingerprints::Delivered;
use sluice_engine::store::outbox::{self, RecordState};
use sluice_engine::store::runs::{RunRow, RunState, Trigger};
use sluice_engine::store::{Store, Usage, causes, connections, fingerprints, runs, syncs};
use sluice_engine::sync::{Brakes, Mode, Query, Removal, Shape, Sync, TableName};
use sluice_engine::testing::{Arrived, FakeCell, FakeDestination, FakeWarehouse, SteeredClock};
use sluice_engine::warehouse::{Warehouse, WarehouseKind};

/// The one sync's name.
pub(crate) const SYNC: &str = "people";

/// How runs are started unless a test says otherwise.
pub(crate) const PLAIN: Start = Start::of(Trigger::Manual);

/// A sync that is never held.
pub(crate) const NO_BRAKES: Brakes = Brakes {
    empty: false,
    shrunk: None,
    removed: None,
    removed_records: None,
    refused: None,
    emptied: None,
    first_run: false,
};

/// Everything one test needs.
pub(crate) struct Bench {
    /// Where the data folder is; removed with the bench that made it.
    pub(crate) home: PathBuf,
    pub(crate) folder: Option<tempfile::TempDir>,
    pub(crate) table: Arc<FakeWarehouse>,
    pub(crate) crm: Arc<FakeDestination>,
    pub(crate) clock: Arc<SteeredClock>,
    pub(crate) engine: Arc<Engine>,
}

/// Records of a run by what became of them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) delivered: u64,
    pub(crate) rejected: u64,
    /// Still to be sent, or taken over by a later run.
    pub(crate) waiting: u64,
    pub(crate) discarded: u64,
}

/// The sync of a fresh bench: upsert of `id` and `name`, by `id`.
pub(crate) fn plain_sync() -> Sync {
    Sync {
        name: SYNC.into(),
        from: "table".into(),
        query: Query::Table(TableName::new("", "people")),
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

/// A row of the table.
pub(crate) fn row(id: &str, name: &str) -> Vec<FakeCell> {
    vec![id.into(), name.into()]
}

/// Rows `k0` … with the same name.
pub(crate) fn people(count: usize, name: &str) -> Vec<Vec<FakeCell>> {
    (0..count).map(|number| row(&format!("k{number}"), name)).collect()
}

/// The payload of a row.
pub(crate) fn payload(id: &str, name: &str) -> String {
    format!("{{\"id\":\"{id}\",\"name\":\"{name}\"}}")
}

/// A fake as the catalogue keeps it: for ever. What arrived goes with the test that made it, of which there may be
/// a hundred thousand.
struct Lent<T>(Weak<T>);

impl DestinationKind for Lent<FakeDestination> {
    fn manifest(&self) -> &'static Manifest {
        self.0.upgrade().unwrap().manifest()
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Destination>> {
        self.0.upgrade().unwrap().open(opening)
    }
}

impl WarehouseKind for Lent<FakeWarehouse> {
    fn manifest(&self) -> &'static Manifest {
        self.0.upgrade().unwrap().manifest()
    }

    fn open(&self, opening: &Opening) -> Result<Box<dyn Warehouse>> {
        self.0.upgrade().unwrap().open(opening)
    }
}

pub(crate) fn open_engine(
    home: &Path,
    table: &Arc<FakeWarehouse>,
    crm: &Arc<FakeDestination>,
    clock: &Arc<SteeredClock>,
) -> Result<Arc<Engine>> {
    open_engine_to(home, table, Box::leak(Box::new(Lent(Arc::downgrade(crm)))), clock)
}

pub(crate) fn open_engine_to(
    home: &Path,
    table: &Arc<FakeWarehouse>,
    to: &'static dyn DestinationKind,
    clock: &Arc<SteeredClock>,
) -> Result<Arc<Engine>> {
    let from: &'static dyn WarehouseKind = Box::leak(Box::new(Lent(Arc::downgrade(table))));
    let catalogue = Catalogue { warehouses: vec![from].leak(), destinations: vec![to].leak() };
    let store = Arc::new(Store::open(home, Usage::Owner)?);
    let secrets = Arc::new(MemorySecrets::default());
    Ok(Engine::over(store, home, catalogue, secrets, clock.shared(), Arc::new(|_| {})))
}

pub(crate) fn connection(name: &str, kind: &str) -> Connection {
    Connection { name: name.into(), kind: kind.into(), settings: BTreeMap::new() }
}

impl Bench {
    /// An empty table; the destination takes 100 records to a request.
    pub(crate) async fn new() -> Self {
        Self::with_batches_of(100).await
    }

    pub(crate) async fn with_batches_of(records: usize) -> Self {
        Self::with(FakeWarehouse::new(&["id", "name"]), FakeDestination::new(records)).await
    }

    pub(crate) async fn with(table: Arc<FakeWarehouse>, crm: Arc<FakeDestination>) -> Self {
        Self::within(&std::env::temp_dir(), table, crm).await
    }

    /// The data folder is within `parent`.
    pub(crate) async fn within(parent: &Path, table: Arc<FakeWarehouse>, crm: Arc<FakeDestination>) -> Self {
        let folder = tempfile::tempdir_in(parent).unwrap();
        let mut bench = Self::over(folder.path(), table, crm);
        let save = |sqlite: &rusqlite::Connection| {
            connections::save(sqlite, None, &connection("table", "fake_warehouse"))?;
            connections::save(sqlite, None, &connection("crm", "fake_destination"))?;
            syncs::save(sqlite, None, &plain_sync(), "a-sync", None)
        };
        bench.engine.store().write(save).done().await.unwrap();
        bench.folder = Some(folder);
        bench
    }

    pub(crate) fn over(home: &Path, table: Arc<FakeWarehouse>, crm: Arc<FakeDestination>) -> Self {
        let clock = SteeredClock::at(1_750_000_000_000);
        let engine = open_engine(home, &table, &crm, &clock).unwrap();
        Self { home: home.to_owned(), folder: None, table, crm, clock, engine }
    }

    /// Changes the sync as a user would.
    pub(crate) async fn save(&self, change: impl FnOnce(&mut Sync)) {
        let mut sync = self.saved().sync;
        change(&mut sync);
        let save = move |sqlite: &rusqlite::Connection| syncs::save(sqlite, Some(SYNC), &sync, "", None);
        self.engine.store().write(save).done().await.unwrap();
    }

    /// Closes the data folder and opens it again.
    pub(crate) fn reopen(&mut self) {
        self.engine = open_engine(&self.home, &self.table, &self.crm, &self.clock).unwrap();
        self.engine.recover().unwrap();
    }

    /// The computer loses its power: what is on disk is all there is, and what was under way gets no answer.
    pub(crate) fn crash(&mut self) {
        self.crm.cut();
        let parent = self.home.parent().unwrap();
        let folder = tempfile::tempdir_in(parent).unwrap();
        for name in ["sluice.sqlite", "sluice.sqlite-wal"] {
            let file = self.home.join(name);
            if file.exists() {
                std::fs::copy(file, folder.path().join(name)).unwrap();
            }
        }
        folder.path().clone_into(&mut self.home);
        self.folder = Some(folder);
        self.reopen();
    }

    /// The states of a run's records, in order.
    pub(crate) fn states(&self, run: &RunRow) -> Vec<RecordState> {
        let filter = Filter { run: Some(run.id), ..Filter::default() };
        let events =
            self.engine.store().read(|sqlite| events::page(sqlite, &filter, None, usize::MAX)).unwrap();
        events.into_iter().rev().map(|event| event.state).collect()
    }

    /// Writes the fingerprints anew, as runs with many changes do.
    pub(crate) async fn rewrite_base(&self) {
        let saved = self.saved();
        let rewrite = move |sqlite: &rusqlite::Connection| {
            fingerprints::rewrite_base(sqlite, saved.id, saved.base_until)
        };
        self.engine.store().write(rewrite).done().await.unwrap();
    }

    /// What counts as delivered, newest last.
    pub(crate) fn delivered(&self) -> Vec<Delivered> {
        let sync = self.saved().id;
        let walk = |sqlite: &rusqlite::Connection| {
            let chunks = fingerprints::chunks(sqlite, sync)?;
            chunks.into_iter().map(|chunk| fingerprints::entries(sqlite, chunk)).collect::<Result<Vec<_>>>()
        };
        self.engine.store().read(walk).unwrap().concat()
    }

    pub(crate) async fn mirror(&self, removed: Removal) {
        self.save(|sync| (sync.mode, sync.removed) = (Mode::Mirror, removed)).await;
    }

    pub(crate) fn saved(&self) -> syncs::SavedSync {
        self.engine.store().read(|sqlite| syncs::get(sqlite, SYNC)).unwrap()
    }

    /// Runs to the end, and checks what has to hold.
    pub(crate) async fn run(&self) -> RunRow {
        self.run_with(PLAIN).await
    }

    pub(crate) async fn run_with(&self, start: Start) -> RunRow {
        let run = self.engine.start(SYNC, start).await.unwrap();
        self.ended(run).await
    }

    /// Discards records of a run, and answers with its row.
    pub(crate) async fn discard(&self, run: &RunRow, keys: &[&str], which: Discard) -> RunRow {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        self.engine.discard(run.id, keys, which).await.unwrap();
        self.ended(run.id).await
    }

    /// Goes on with a run that waits.
    pub(crate) async fn resume(&self, run: &RunRow) -> RunRow {
        self.engine.resume(run).await.unwrap();
        self.ended(run.id).await
    }

    pub(crate) async fn ended(&self, run: i64) -> RunRow {
        let ended = self.engine.wait(run).await.unwrap();
        self.check(&ended);
        ended
    }

    /// What has to hold after any run.
    pub(crate) fn check(&self, run: &RunRow) {
        let counts = run.counts;
        assert_eq!(counts.read, counts.invalid + counts.added + counts.changed + counts.unchanged, "{run:?}");
        let settled = counts.delivered + counts.rejected + counts.discarded;
        assert_eq!(settled + counts.waiting(), counts.to_send, "{run:?}");
        if run.sealed.is_some() {
            let tally = self.tally(run.id);
            let told = (counts.delivered, counts.rejected, counts.waiting(), counts.discarded);
            assert_eq!((tally.delivered, tally.rejected, tally.waiting, tally.discarded), told, "{run:?}");
        } else if run.state != RunState::Held {
            assert_eq!(
                self.count("select count(*) from batch where run = ?1", run.id),
                0,
                "staged records left over"
            );
        }
        if run.state == RunState::Completed {
            assert_eq!(counts.delivered + counts.discarded, counts.to_send, "{run:?}");
        }
        check_requests(&self.crm.requests());
        self.check_log(run);
    }

    /// The log counts as many events as it shows, whatever is asked for.
    fn check_log(&self, run: &RunRow) {
        if run.counts.read > 2_000 {
            return;
        }
        let wanted =
            [vec![], vec![RecordState::Delivered], vec![RecordState::Rejected, RecordState::Invalid]];
        for states in wanted {
            let filter = Filter { run: Some(run.id), states, ..Filter::default() };
            let shown = |sqlite: &rusqlite::Connection| {
                Ok((
                    events::count(sqlite, &filter)?,
                    events::page(sqlite, &filter, None, usize::MAX)?.len() as u64,
                ))
            };
            let (counted, shown) = self.engine.store().read(shown).unwrap();
            assert_eq!(counted, Some(shown), "{filter:?} of {run:?}");
        }
        let of_run = Filter { run: Some(run.id), ..Filter::default() };
        let groups = self.engine.store().read(|sqlite| causes::groups(sqlite, &of_run)).unwrap();
        for group in groups {
            let filter = Filter { causes: Some(vec![group.cause]), ..of_run.clone() };
            let shown = |sqlite: &rusqlite::Connection| {
                Ok((
                    events::count(sqlite, &filter)?,
                    events::page(sqlite, &filter, None, usize::MAX)?.len() as u64,
                ))
            };
            let (counted, shown) = self.engine.store().read(shown).unwrap();
            assert_eq!((counted, shown), (Some(group.count), group.count), "{group:?} of {run:?}");
        }
    }

    /// Records of a run by what became of them, counted one by one.
    pub(crate) fn tally(&self, run: i64) -> Tally {
        let mut tally = Tally::default();
        let mut count = |state: RecordState| match state {
            RecordState::Delivered | RecordState::Accepted => tally.delivered += 1,
            RecordState::Rejected | RecordState::RejectedBefore | RecordState::Doubtful => {
                tally.rejected += 1;
            }
            RecordState::Pending | RecordState::InFlight | RecordState::Retry | RecordState::Superseded => {
                tally.waiting += 1;
            }
            RecordState::Discarded => tally.discarded += 1,
            RecordState::Invalid => {}
            RecordState::Staged => panic!("{state:?} after a run"),
        };
        let walk = |sqlite: &rusqlite::Connection| {
            let mut batches = sqlite.prepare("select id, n, state from batch where run = ?1")?;
            let batches = batches.query_map([run], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            for (batch, n, state) in batches.collect::<Result<Vec<(i64, usize, u8)>, _>>()? {
                let own = outbox::own_states(sqlite, batch)?;
                let state = outbox::RecordState::from_code(state)?;
                (0..n).for_each(|place| count(own.get(&place).map_or(state, |own| own.state)));
            }
            Ok(())
        };
        self.engine.store().read(walk).unwrap();
        tally
    }

    pub(crate) fn count(&self, sql: &str, parameter: i64) -> u64 {
        self.engine
            .store()
            .read(|sqlite| Ok(sqlite.query_row(sql, params![parameter], |row| row.get(0))?))
            .unwrap()
    }

    /// Reasons of a run's invalid rows, by row.
    pub(crate) fn invalid(&self, run: &RunRow) -> Vec<(u64, String)> {
        let rows = self.engine.store().read(|sqlite| runs::invalid_rows(sqlite, run.id)).unwrap();
        rows.into_iter().map(|row| (row.row, row.problem.kind)).collect()
    }

    /// Why records of a run are not delivered, in the order they were to be sent.
    pub(crate) fn reasons(&self, run: &RunRow) -> Vec<String> {
        let read = self.engine.store().read(|sqlite| {
            let mut reasons = Vec::new();
            for batch in outbox::batches_of(sqlite, run.id)? {
                let own = outbox::own_states(sqlite, batch.id)?;
                let problems: BTreeMap<_, _> =
                    own.into_iter().filter_map(|(at, own)| Some((at, own.problem?))).collect();
                reasons.extend(
                    problems.values().map(|problem| runs::Problem::from_json(problem).unwrap().message),
                );
            }
            Ok(reasons)
        });
        read.unwrap()
    }

    /// Records that arrived with requests after the first `before` ones.
    pub(crate) fn arrived_after(&self, before: usize) -> Vec<Arrived> {
        self.crm.requests().split_off(before).concat()
    }

    /// The destination has exactly the table's rows, as `(id, name)`.
    pub(crate) fn expect_kept(&self, rows: &[(&str, &str)]) {
        let wanted: BTreeMap<String, String> =
            rows.iter().map(|(id, name)| ((*id).to_owned(), payload(id, name))).collect();
        assert_eq!(self.crm.kept(), wanted);
    }
}

/// A key is never twice in one request, and an id always means the same bytes.
pub(crate) fn check_requests(requests: &[Vec<Arrived>]) {
    let mut meaning: HashMap<&str, &Arrived> = HashMap::new();
    for request in requests {
        let mut keys = HashSet::new();
        for record in request {
            assert!(keys.insert(&record.key), "{} stands twice in one request", record.key);
            let first = meaning.entry(&record.id).or_insert(record);
            assert_eq!(
                (&first.key, &first.payload, first.operation),
                (&record.key, &record.payload, record.operation)
            );
        }
    }
}
