mod clocks;
mod oracle;
mod world;
mod year;

use self::world::{World, every, sync};
use super::*;
use crate::schedule::Schedule;
use crate::store::runs::RunState;
use crate::sync::{Mode, Sync};
use crate::testing::ReadFault;

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
    assert_eq!(world.slots(1).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_is_renamed_while_the_scheduler_looks_at_it_runs_all_the_same() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    world.tick().await;
    let before = world.engine.store().read(|sqlite| syncs::by_id(sqlite, 1)).unwrap();
    world.pass(TimeDelta::minutes(30), MINUTE);
    world.edit("update sync set name = 'another name'");
    let unseen = Unseen { begun: world.now(), asleep: false, forward: true };
    look_at(&world.engine, &before, true, world.now(), unseen).await.unwrap();
    assert_eq!((world.runs().len(), world.slots(1).len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_sleep_the_newest_slot_is_caught_up_and_the_others_are_listed() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    world.tick().await;
    world.pass(TimeDelta::minutes(100), MINUTE);
    world.tick().await;
    assert_eq!(world.reasons(), ["08:30 This computer was asleep.", "09:00 This computer was asleep."]);
    assert_eq!(world.runs().last().unwrap().trigger, Trigger::CatchUp);
    assert_eq!(world.slots(1).len(), 3);
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
async fn what_could_not_be_planned_is_not_listed_again() {
    let mut world = World::new("2026-11-20T08:00:00Z", every(1));
    world.tick().await;
    world.pass(TimeDelta::minutes(200), MINUTE);
    world.tick().await;
    let told = world.reasons();
    // As if Sluice had been killed between listing what passed and planning what comes.
    world.plan("2026-11-20T08:01:00Z");
    world.restart();
    world.tick().await;
    assert_eq!(world.reasons(), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_passed_stay_due_when_a_sync_is_saved_with_its_schedule() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    world.tick().await;
    world.pass(TimeDelta::minutes(70), MINUTE);
    let saved = Sync { name: "sync 00".into(), mode: Mode::Mirror, ..sync(every(30)) };
    world.save(saved, "2026-11-22T09:30:00Z");
    world.restart();
    world.tick().await;
    assert_eq!(world.reasons(), ["08:30 Sluice was not running."]);
    assert_eq!(world.slots(1).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_is_changed_during_a_tick_is_followed_from_then_on() {
    let weekly = every(10_080);
    let mut world = World::new("2026-11-22T08:00:00Z", weekly);
    world.tick().await;
    world.pass(TimeDelta::days(7), TimeDelta::days(7));
    let before = world.engine.store().read(syncs::all).unwrap().remove(0);
    world.save(Sync { name: "sync 00".into(), ..sync(every(30)) }, "2026-11-29T08:30:00Z");
    let unseen = Unseen { begun: world.now(), asleep: false, forward: true };
    look_at(&world.engine, &before, true, world.now(), unseen).await.unwrap();
    world.live(TimeDelta::minutes(30), MINUTE).await;
    let half_past = millis("2026-11-29T08:30:00Z".parse().unwrap());
    assert!(world.slots(1).contains_key(&half_past), "the next slot is the new schedule's");
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
    assert_eq!((states.len(), world.slots(1).len()), (3, 3), "the next slot runs again");
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
