//! Whole syncs to the stand-in for Salesforce, by the engine itself: few records, many, bad ones, and what happens when a
//! refresh token is replaced in between.
#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

#[path = "fakes/salesforce/mod.rs"]
mod salesforce;

use std::collections::BTreeMap;
use std::sync::Arc;

use salesforce::Fake;
use sluice_connectors::destinations::CATALOGUE;
use sluice_engine::connection::Connection;
use sluice_engine::engine::{Catalogue, Engine, Start};
use sluice_engine::schedule::Schedule;
use sluice_engine::secrets::{MemorySecrets, Secret, SecretStore};
use sluice_engine::store::events::{self, Filter};
use sluice_engine::store::runs::{RunRow, RunState, Trigger};
use sluice_engine::store::{Store, Usage, connections, syncs};
use sluice_engine::sync::{Brakes, Mode, Query, Removal, Shape, Sync, TableName};
use sluice_engine::testing::{FakeCell, FakeWarehouse, SteeredClock, soak};
use sluice_engine::warehouse::WarehouseKind;
use tempfile::TempDir;

struct Desk {
    table: Arc<FakeWarehouse>,
    secrets: Arc<MemorySecrets>,
    engine: Arc<Engine>,
    _home: TempDir,
}

fn leads() -> Sync {
    Sync {
        name: "leads".into(),
        from: "table".into(),
        query: Query::Table(TableName::new("", "leads")),
        key: vec!["Ext__c".into()],
        to: Some("crm".into()),
        shape: Shape::Record { object: "Lead".into(), match_field: "Ext__c".into() },
        mode: Mode::Mirror,
        removed: Removal::Delete,
        identifiers: BTreeMap::new(),
        fields: None,
        schedule: Schedule::Manual,
        brakes: Brakes::default(),
        cursor: None,
    }
}

async fn desk(fake: &Fake) -> Desk {
    let home = TempDir::new().unwrap();
    let table = FakeWarehouse::new(&["Ext__c", "LastName", "Rating"]);
    let from: &'static dyn WarehouseKind = Box::leak(Box::new(table.clone()));
    let catalogue = Catalogue { warehouses: vec![from].leak(), destinations: CATALOGUE };
    let store = Arc::new(Store::open(home.path(), Usage::Owner).unwrap());
    let secrets = Arc::new(MemorySecrets::default());
    secrets.set("crm", "refresh_token", &Secret::new("refresh-0")).unwrap();
    let clock = SteeredClock::at(1_750_000_000_000).shared();
    let engine = Engine::over(store, home.path(), catalogue, secrets.clone(), clock, Arc::new(|_| {}));
    let settings = [("auth", "browser"), ("login_url", fake.url.as_str()), ("client_id", "CONSUMER_KEY")];
    let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let crm = Connection { name: "crm".into(), kind: "salesforce".into(), settings };
    let from = Connection { name: "table".into(), kind: "fake_warehouse".into(), settings: BTreeMap::new() };
    let save = move |sqlite: &rusqlite::Connection| {
        connections::save(sqlite, None, &from)?;
        connections::save(sqlite, None, &crm)?;
        syncs::save(sqlite, None, &leads(), "leads", None)
    };
    engine.store().write(save).done().await.unwrap();
    Desk { table, secrets, engine, _home: home }
}

impl Desk {
    /// Requests that a run would take, and by which of Salesforce's ways.
    async fn plan(&self) -> (u64, Vec<&'static str>) {
        let saved = self.engine.store().read(|sqlite| syncs::get(sqlite, "leads")).unwrap();
        let plan = self.engine.plan(&saved, 1).await.unwrap();
        (plan.requests, plan.by)
    }

    async fn run(&self) -> RunRow {
        let start = Start::of(Trigger::Manual);
        let run = self.engine.start("leads", start).await.unwrap();
        self.engine.wait(run).await.unwrap()
    }

    fn set(&self, leads: impl Iterator<Item = (usize, &'static str)>) {
        let row = |(n, rating): (usize, &str)| -> Vec<FakeCell> {
            vec![format!("e-{n}").as_str().into(), format!("N{n}").as_str().into(), rating.into()]
        };
        self.table.set(leads.map(row).collect());
    }
}

fn counted(fake: &Fake, method: &str, part: &str) -> usize {
    let requests = &fake.world().requests;
    requests.iter().filter(|line| line.starts_with(method) && line.contains(part)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_records_go_in_collections_and_a_refresh_token_is_kept_each_time() {
    let fake = Fake::start().await;
    let desk = desk(&fake).await;
    desk.set((0..450).map(|n| (n, "Hot")));
    // Three that read what is there, and three that write.
    assert_eq!(desk.plan().await, (6, vec!["sObject Collections"]));
    let run = desk.run().await;
    assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 450));
    assert_eq!(
        (counted(&fake, "PATCH", "/composite/sobjects/Lead/Ext__c"), counted(&fake, "POST", "/jobs")),
        (3, 0)
    );
    assert_eq!(run.counts.requests, 3);
    let token = desk.secrets.get("crm", "refresh_token").unwrap().unwrap();
    assert_eq!(token.expose_text().unwrap(), fake.world().refresh_token);
    // The next run signs in with the new one; some are gone, some changed.
    desk.set((5..450).map(|n| (n, if n == 7 { "Cold" } else { "Hot" })));
    let run = desk.run().await;
    assert_eq!((run.state, run.counts.removed, run.counts.delivered), (RunState::Completed, 5, 6));
    assert_eq!(fake.world().leads.len(), 445);
    assert_eq!(fake.lead("e-7").unwrap()["Rating"], "Cold");
    assert_eq!(counted(&fake, "DELETE", "/composite/sobjects"), 1);
    let token = desk.secrets.get("crm", "refresh_token").unwrap().unwrap();
    assert_eq!(token.expose_text().unwrap(), fake.world().refresh_token);
}

/// A lead in a hundred has a rating that is none: all others arrive, each of these has Salesforce's reason and a plain one,
/// and no request is spent on it.
async fn the_good_ones_arrive(many: usize, requests: usize, jobs: usize) {
    let fake = Fake::start().await;
    fake.world().looks = 0;
    let desk = desk(&fake).await;
    desk.set((0..many).map(|n| (n, if n % 100 == 42 { "Tepid" } else { "Hot" })));
    let by = if jobs > 0 { "Bulk API 2.0" } else { "sObject Collections" };
    // What is there is read before: a thousand at once, and no more than go together.
    let reads = if jobs > 0 { many.div_ceil(1_000) } else { requests };
    assert_eq!(desk.plan().await, ((requests + 8 * jobs + reads) as u64, vec![by]));
    let run = desk.run().await;
    let bad = many / 100;
    assert_eq!(run.state, RunState::CompletedWithRejections, "{run:?}");
    assert_eq!((run.counts.delivered, run.counts.rejected), ((many - bad) as u64, bad as u64));
    assert_eq!(fake.world().leads.len(), many - bad);
    assert_eq!(counted(&fake, "PATCH", "/composite/sobjects/Lead/Ext__c"), requests);
    assert_eq!((counted(&fake, "POST", "/jobs"), counted(&fake, "PUT", "/jobs")), (jobs, jobs));
    // One look a job was enough here, and two are reckoned with.
    assert_eq!(counted(&fake, "", "/jobs"), 7 * jobs);
    let filter = Filter { run: Some(run.id), ..Filter::default() };
    let events = desk.engine.store().read(|sqlite| events::page(sqlite, &filter, None, usize::MAX)).unwrap();
    let reasons: Vec<_> = events.iter().filter_map(|event| event.problem.as_ref()).collect();
    assert_eq!(reasons.len(), bad);
    for reason in reasons {
        assert!(reason.contains("bad value for restricted picklist field: Tepid"), "{reason}");
        assert!(reason.contains("not in the field's pick list"), "{reason}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_few_records_the_good_ones_arrive_and_each_bad_one_has_its_reason() {
    the_good_ones_arrive(1_900, 10, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_records_the_good_ones_arrive_and_each_bad_one_has_its_reason() {
    let many = soak(25_000, 100_000);
    the_good_ones_arrive(many, 0, many.div_ceil(10_000)).await;
}
