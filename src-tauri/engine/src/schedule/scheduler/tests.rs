use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::*;
use crate::clock::{Clock, from_millis};
use crate::destination::DestinationKind;
use crate::engine::Catalogue;
use crate::schedule::Schedule;
use crate::secrets::MemorySecrets;
use crate::store::Store;
use crate::store::runs::{RunRow, RunState};
use crate::sync::{Brakes, Identifier, Mode, Query, Removal, Shape, Sync};
use crate::testing::{FakeDestination, FakeWarehouse, ReadFault};
use crate::warehouse::WarehouseKind;

/// A clock the test moves, as the wall clock and as the time awake.
struct Steered(Mutex<DateTime<Utc>>);

impl Clock for Steered {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

struct World {
    home: tempfile::TempDir,
    engine: Arc<Engine>,
    clock: Arc<Steered>,
    awake: Duration,
    scheduler: Scheduler,
}

impl World {
    fn new(now: &str, schedule: Schedule) -> Self {
        let home = tempfile::tempdir().unwrap();
        let now = now.parse().unwrap();
        let clock = Arc::new(Steered(Mutex::new(now)));
        let engine = open(home.path(), &clock, NOTHING);
        let sync = sync(schedule);
        engine.store().write(move |sqlite| syncs::save(sqlite, None, &sync, "uuid", None)).wait().unwrap();
        Self { home, engine, clock, awake: Duration::ZERO, scheduler: Scheduler::new(now) }
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the wall clock; `awake` is how much of it the computer was awake.
    fn pass(&mut self, wall: TimeDelta, awake: TimeDelta) {
        *self.clock.0.lock().unwrap() += wall;
        self.awake += awake.to_std().unwrap();
    }

    async fn tick(&mut self) {
        self.scheduler.tick(&self.engine, self.now(), self.awake).await.unwrap();
        while let Some(run) = self.engine.running_of(1) {
            self.engine.wait(run).await.unwrap();
        }
    }

    /// Awake for `span`, with a tick every `step`.
    async fn live(&mut self, span: TimeDelta, step: TimeDelta) {
        let end = self.now() + span;
        while self.now() < end {
            self.pass(step, step);
            self.tick().await;
        }
    }

    fn restart(&mut self) {
        self.engine = open(self.home.path(), &self.clock, NOTHING);
        (self.scheduler, self.awake) = (Scheduler::new(self.now()), Duration::ZERO);
    }

    /// All runs, oldest first.
    fn runs(&self) -> Vec<RunRow> {
        let mut runs = self.engine.store().read(|sqlite| runs::list(sqlite, None, None, 100_000)).unwrap();
        runs.reverse();
        runs
    }

    fn reasons(&self) -> Vec<String> {
        let missed = self.runs().into_iter().filter(|run| run.state == RunState::Missed);
        missed
            .map(|run| {
                format!("{} {}", from_millis(run.started).format("%H:%M"), run.problem.unwrap().message)
            })
            .collect()
    }

    /// Slot to the run that took it.
    fn slots(&self) -> BTreeMap<i64, i64> {
        let read = |sqlite: &rusqlite::Connection| {
            let mut statement = sqlite.prepare("select at, run from slot where sync = 1")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        self.engine.store().read(read).unwrap()
    }

    /// Gives the engine a warehouse and a destination that work.
    fn connect(&mut self) -> Arc<FakeWarehouse> {
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

    fn edit(&self, sql: &'static str) {
        self.engine.store().write(move |sqlite| Ok(sqlite.execute_batch(sql)?)).wait().unwrap();
    }
}

/// Knows no connector: a run is written down, and ends as soon as it wants to open one.
const NOTHING: Catalogue = Catalogue { warehouses: &[], destinations: &[] };

fn open(home: &std::path::Path, clock: &Arc<Steered>, catalogue: Catalogue) -> Arc<Engine> {
    let store = Arc::new(Store::open(home, crate::store::Usage::Guest).unwrap());
    let secrets = Arc::new(MemorySecrets::default());
    Engine::over(store, home, catalogue, secrets, clock.clone(), Arc::new(|_| ()))
}

fn sync(schedule: Schedule) -> Sync {
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

fn every(minutes: u32) -> Schedule {
    Schedule::Every { minutes }
}

fn daily(times: &[u16], zone: &str) -> Schedule {
    Schedule::At { times: times.to_vec(), days: (0..7).collect(), time_zone: zone.into() }
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);
const TEN_SECONDS: TimeDelta = TimeDelta::seconds(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_runs_once_and_on_time() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    world.tick().await;
    assert!(world.runs().is_empty(), "nothing is due yet");
    world.live(TimeDelta::minutes(65), TEN_SECONDS).await;
    let runs = world.runs();
    assert_eq!(runs.iter().map(|run| run.trigger).collect::<Vec<_>>(), [Trigger::Schedule; 2]);
    assert_eq!(world.slots().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_sleep_the_newest_slot_is_caught_up_and_the_others_are_listed() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    world.tick().await;
    world.pass(TimeDelta::minutes(100), MINUTE);
    world.tick().await;
    assert_eq!(world.reasons(), ["08:30 This computer was asleep.", "09:00 This computer was asleep."]);
    assert_eq!(world.runs().last().unwrap().trigger, Trigger::CatchUp);
    assert_eq!(world.slots().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_before_the_start_say_that_sluice_was_not_running() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    world.tick().await;
    world.pass(TimeDelta::minutes(70), MINUTE);
    world.restart();
    world.tick().await;
    assert_eq!(world.reasons(), ["08:30 Sluice was not running."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_older_than_a_day_is_listed_and_not_caught_up() {
    let monthly = Schedule::Cron { expression: "0 9 20 * *".into(), time_zone: "UTC".into() };
    let mut world = World::new("2026-11-20T08:00:00Z", monthly);
    world.tick().await;
    world.pass(TimeDelta::hours(26), MINUTE);
    world.tick().await;
    assert_eq!(world.reasons(), ["09:00 This computer was asleep."]);
    assert_eq!(world.runs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_missed_slots_are_summed_up() {
    let mut world = World::new("2026-11-20T08:00:00Z", every(1));
    world.tick().await;
    world.pass(TimeDelta::minutes(200), MINUTE);
    world.tick().await;
    let reasons = world.reasons();
    assert_eq!(reasons.len(), 51);
    assert_eq!(
        reasons[0],
        "08:01 This computer was asleep. 148 more slots up to the next one listed were missed too."
    );
    assert_eq!(reasons[1], "10:30 This computer was asleep.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_during_a_run_is_missed_with_that_reason() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    let table = world.connect();
    table.fail(ReadFault::Holds(0));
    world.scheduler.tick(&world.engine, world.now(), world.awake).await.unwrap();
    world.pass(TimeDelta::minutes(30), TimeDelta::minutes(30));
    world.scheduler.tick(&world.engine, world.now(), world.awake).await.unwrap();
    table.until_held().await;
    world.pass(TimeDelta::minutes(30), TimeDelta::minutes(30));
    world.scheduler.tick(&world.engine, world.now(), world.awake).await.unwrap();
    assert_eq!(world.reasons(), ["09:00 The run before was still going on."]);
    world.engine.cancel(world.runs()[0].id);
    table.fail(ReadFault::None);
    world.live(TimeDelta::minutes(30), TimeDelta::minutes(30)).await;
    let states: Vec<_> = world.runs().iter().map(|run| run.state).collect();
    assert_eq!(states[..2], [RunState::Cancelled, RunState::Missed]);
    assert_eq!((states.len(), world.slots().len()), (3, 3), "the next slot runs again");
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_are_missed_while_a_run_is_held_and_run_again_after_the_decision() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    let table = world.connect();
    table.set(vec![vec!["a".into()]]);
    world.live(TimeDelta::minutes(30), MINUTE).await;
    table.set(Vec::new());
    world.live(TimeDelta::hours(1), MINUTE).await;
    let states = |world: &World| world.runs().iter().map(|run| run.state).collect::<Vec<_>>();
    assert_eq!(states(&world), [RunState::Completed, RunState::Held, RunState::Missed]);
    assert_eq!(world.reasons(), ["09:30 The run before is held for review."]);
    let held = world.runs()[1].id;
    world.engine.drop_held(held).await.unwrap();
    world.live(TimeDelta::minutes(30), MINUTE).await;
    assert_eq!(states(&world)[1..], [RunState::Cancelled, RunState::Missed, RunState::Held]);
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_schedules_leave_no_trace() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    for (pause, resume) in [
        ("insert into setting values('schedules_paused', 'true')", "delete from setting"),
        ("update sync set paused = 1", "update sync set paused = 0"),
    ] {
        world.edit(pause);
        world.live(TimeDelta::hours(2), MINUTE).await;
        world.edit(resume);
        world.tick().await;
        assert!(world.runs().is_empty());
    }
    world.live(TimeDelta::minutes(30), MINUTE).await;
    assert_eq!(world.runs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_neither_parks_a_sync_nor_repeats_a_slot() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    world.live(TimeDelta::hours(3), MINUTE).await;
    let before = world.slots();
    world.pass(TimeDelta::hours(-2), MINUTE);
    world.live(TimeDelta::hours(1), MINUTE).await;
    assert_eq!(world.slots(), before, "slots that ran do not run again");
    // A clock that was a year ahead, and is put right while Sluice is closed.
    world.pass(TimeDelta::days(365), MINUTE);
    world.tick().await;
    let ahead = world.runs().len();
    world.pass(TimeDelta::days(-365), MINUTE);
    world.restart();
    world.live(TimeDelta::hours(3), MINUTE).await;
    assert!(world.runs().len() >= ahead + 3, "the sync runs again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_goes_on_when_it_is_due_unless_paused() {
    let mut world = World::new("2026-11-22T08:00:00Z", Schedule::Manual);
    world.edit(
        "insert into run(sync, cause, state, started, generation, shape, next_attempt)
        values(1, 1, 8, 0, 1, '\"identify\"', 1795334460000)",
    );
    let due = from_millis(1_795_334_460_000);
    assert!(world.now() < due && due - world.now() < TimeDelta::hours(24));
    world.tick().await;
    assert_eq!(world.runs()[0].state, RunState::Waiting);
    let until = due - world.now();
    world.edit("update sync set paused = 1");
    world.pass(until, until);
    world.tick().await;
    assert_eq!(world.runs()[0].state, RunState::Waiting);
    world.edit("update sync set paused = 0");
    world.tick().await;
    // This engine knows no destination, so going on ends there.
    assert_eq!(world.runs()[0].state, RunState::Failed);
}

/// A year of sleeps, restarts and clock jumps: every slot has run or is listed, once.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_year_every_slot_runs_or_is_listed_once() {
    for zone in ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"] {
        let schedule = daily(&[135, 150], zone);
        let mut world = World::new("2026-01-01T00:00:00Z", schedule.clone());
        world.tick().await;
        let from = world.now();
        let (mut seen_from, mut seen_until) = (from, from);
        let mut random = 7_u64;
        while world.now() < from + TimeDelta::days(365) {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let span = TimeDelta::minutes((random >> 33) as i64 % 2_000 + 5);
            match (random >> 20) % 8 {
                0 => world.pass(span, MINUTE),
                1 => {
                    world.pass(span, MINUTE);
                    world.restart();
                }
                2 => world.pass(-span / 4, MINUTE),
                _ => world.pass(MINUTE * 30, MINUTE * 30),
            }
            world.tick().await;
            (seen_from, seen_until) = (seen_from.min(world.now()), seen_until.max(world.now()));
        }
        let taken = world.slots();
        let coming = std::iter::successors(schedule.next_after(seen_from), |slot| schedule.next_after(*slot));
        let expected: BTreeSet<i64> = coming.take_while(|slot| *slot <= seen_until).map(millis).collect();
        let found: BTreeSet<i64> = taken.keys().copied().collect();
        let differ: Vec<_> = found.symmetric_difference(&expected).map(|slot| from_millis(*slot)).collect();
        assert!(differ.is_empty(), "{zone}: {differ:?}");
        let runs: BTreeSet<i64> = world.runs().iter().map(|run| run.id).collect();
        assert_eq!(
            taken.values().copied().collect::<BTreeSet<_>>(),
            runs,
            "{zone}: each run has its own slot"
        );
        assert_eq!(runs.len(), taken.len(), "{zone}");
        let missed = world.runs().iter().filter(|run| run.state == RunState::Missed).count();
        assert!(missed > 100 && runs.len() - missed > 200, "{zone}: {missed} of {} missed", runs.len());
    }
}
