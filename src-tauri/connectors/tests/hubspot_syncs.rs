//! Whole syncs into the stand-in for HubSpot: everything good arrives once, what is bad has HubSpot's own reason, and no
//! request is one too many.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "fakes/hubspot/mod.rs"]
mod fake;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fake::{Allowed, Fake, Fault, TOKEN};
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::connection::Connection;
use sluice_engine::engine::{Catalogue, Engine, Start};
use sluice_engine::schedule::Schedule;
use sluice_engine::secrets::{MemorySecrets, Secret, SecretStore};
use sluice_engine::store::events::{self, Filter};
use sluice_engine::store::runs::{RunRow, RunState, Trigger};
use sluice_engine::store::{Store, Usage, connections, new_uuid, syncs};
use sluice_engine::sync::{Brakes, Mode, Query, Removal, Shape, Sync};
use sluice_engine::testing::{FakeCell, FakeWarehouse, SteeredClock, soak};
use sluice_engine::warehouse::WarehouseKind;
use tempfile::TempDir;

const SYNC: &str = "leads";

/// A table of leads, and Sluice between it and HubSpot.
struct Desk {
    _home: TempDir,
    warehouse: Arc<FakeWarehouse>,
    engine: Arc<Engine>,
}

impl Desk {
    fn new(fake: &Fake, mode: Mode, removed: Removal) -> Self {
        let home = tempfile::tempdir().unwrap();
        let warehouse = FakeWarehouse::new(&["lead_id", "email", "lead_score"]);
        let kind: &'static dyn WarehouseKind = Box::leak(Box::new(Arc::clone(&warehouse)));
        let catalogue = Catalogue { warehouses: vec![kind].leak(), destinations: CATALOGUE };
        let secrets = Arc::new(MemorySecrets::default());
        secrets.set("crm", "token", &Secret::new(TOKEN)).unwrap();
        let store = Arc::new(Store::open(home.path(), Usage::Owner).unwrap());
        let clock = SteeredClock::at(1_750_000_000_000).shared();
        let engine = Engine::over(store, home.path(), catalogue, secrets, clock, Arc::new(|_| {}));
        let none = BTreeMap::new();
        let from = Connection { name: "shop".into(), kind: kind.manifest().id.into(), settings: none };
        let settings = [("url".to_owned(), fake.url.clone())].into();
        let to = Connection { name: "crm".into(), kind: "hubspot".into(), settings };
        let (sync, uuid) = (sync(mode, removed), new_uuid());
        let save = engine.store().write(move |sqlite| {
            connections::save(sqlite, None, &from)?;
            connections::save(sqlite, None, &to)?;
            syncs::save(sqlite, None, &sync, &uuid, None)
        });
        save.wait().unwrap();
        Self { _home: home, warehouse, engine }
    }

    /// Leads with these numbers; one in a hundred has an address that only HubSpot finds fault with.
    fn set(&self, numbers: std::ops::Range<usize>, score: &str) {
        let row = |number: usize| {
            let dots = if number % 100 == 42 { ".." } else { "." };
            let email = format!("lead{dots}{number}@example.com");
            [format!("L-{number}"), email, score.to_owned()].into_iter().map(FakeCell::Text).collect()
        };
        self.warehouse.set(numbers.map(row).collect());
    }

    /// The keys of the records of a run that were not delivered, and why.
    fn reasons(&self, run: &RunRow) -> Vec<(String, String)> {
        let filter = Filter { run: Some(run.id), ..Filter::default() };
        let page = |sqlite: &_| events::page(sqlite, &filter, None, usize::MAX);
        let events = self.engine.store().read(page).unwrap();
        events.into_iter().filter_map(|event| Some((event.key?, event.problem?))).collect()
    }

    async fn run(&self) -> RunRow {
        let start = Start { approve: true, ..Start::of(Trigger::Manual) };
        let run = self.engine.start(SYNC, start).await.unwrap();
        self.engine.wait(run).await.unwrap()
    }
}

fn sync(mode: Mode, removed: Removal) -> Sync {
    Sync {
        name: SYNC.into(),
        from: "shop".into(),
        query: Query::Table("leads".parse().unwrap()),
        key: vec!["lead_id".into()],
        to: Some("crm".into()),
        shape: Shape::Record { object: "contacts".into(), match_field: "lead_id".into() },
        mode,
        removed,
        identifiers: BTreeMap::new(),
        fields: None,
        schedule: Schedule::Manual,
        brakes: Brakes::default(),
        cursor: None,
    }
}

fn writes(fake: &Fake) -> usize {
    fake.asked()
        .iter()
        .filter(|asked| asked.path.contains("/batch/") && !asked.path.ends_with("/read"))
        .count()
}

#[tokio::test]
async fn good_records_arrive_once_and_bad_ones_are_refused_with_hubspots_reason() {
    let fake = Fake::unlimited().await;
    let desk = Desk::new(&fake, Mode::Upsert, Removal::Nothing);
    let count = soak(2_000, 100_000);
    desk.set(0..count, "1");
    let ended = desk.run().await;
    let bad = count as u64 / 100;
    assert_eq!((ended.counts.delivered, ended.counts.rejected), (count as u64 - bad, bad));
    assert_eq!(fake.records("contacts").len(), count - count / 100);
    assert_eq!(writes(&fake), count / 100, "a bad record costs no request");
    let reasons = desk.reasons(&ended);
    assert_eq!(reasons.len() as u64, bad);
    for (key, reason) in reasons {
        let number = key.strip_prefix("L-").unwrap();
        assert!(reason.contains(&format!("Email address lead..{number}@example.com is invalid")), "{reason}");
        assert!(reason.contains("Correct the e-mail address."), "{reason}");
    }
}

#[tokio::test]
async fn no_fault_loses_or_doubles_a_record() {
    let fake = Fake::unlimited().await;
    let desk = Desk::new(&fake, Mode::Upsert, Removal::Nothing);
    desk.set(0..1_200, "1");
    let limit = r#"{"policyName":"TEN_SECONDLY_ROLLING"}"#;
    let soon = Some(("retry-after", "0"));
    fake.faults([
        Fault::Say(429, "application/json", soon, limit),
        Fault::Cut,
        Fault::OneShort,
        Fault::Empty,
        Fault::Say(502, "text/html", None, "<html>"),
        Fault::OneShort,
    ]);
    let ended = desk.run().await;
    assert_eq!(ended.state, RunState::CompletedWithRejections, "{:?}", ended.problem);
    assert_eq!((ended.counts.delivered, ended.counts.rejected), (1_188, 12));
    assert_eq!(fake.records("contacts").len(), 1_188);
    let again = desk.run().await;
    assert_eq!((again.counts.delivered, again.counts.unchanged), (0, 1_188));
}

#[tokio::test]
async fn rows_that_are_gone_are_archived_beside_those_that_changed() {
    let fake = Fake::unlimited().await;
    let desk = Desk::new(&fake, Mode::Mirror, Removal::Delete);
    desk.set(0..42, "1");
    assert_eq!(desk.run().await.counts.delivered, 42);
    desk.set(10..30, "2");
    let ended = desk.run().await;
    assert_eq!((ended.counts.delivered, ended.counts.removed), (42, 22));
    let records = fake.records("contacts");
    assert_eq!(records.len(), 20);
    assert!(records.iter().all(|record| record["lead_score"] == "2"));
}

/// The window is short here, so that the test is.
#[tokio::test]
async fn no_request_is_one_too_many() {
    let window = Duration::from_millis(soak(400, 10_000) as u64);
    let rolling = soak(10, 190);
    let fake = Fake::start(Allowed { rolling, window, daily: usize::MAX }).await;
    let desk = Desk::new(&fake, Mode::Upsert, Removal::Nothing);
    let count = soak(2_000, 60_000);
    desk.set(0..count, "1");
    let begun = Instant::now();
    let ended = desk.run().await;
    let took = begun.elapsed();
    assert_eq!(ended.state, RunState::CompletedWithRejections, "{:?}", ended.problem);
    let asked = fake.asked();
    assert!(asked.iter().all(|asked| asked.status != 429), "one was too many");
    let rate = asked.len() as f64 / took.as_secs_f64();
    println!(
        "{} requests ({} writes) and {count} records in {took:.1?}: {:.1} % of the limit, {:.0} records/s",
        asked.len(),
        writes(&fake),
        rate / (rolling as f64 / window.as_secs_f64()) * 100.0,
        count as f64 / took.as_secs_f64()
    );
}
