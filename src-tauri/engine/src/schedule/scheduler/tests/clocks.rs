//! Clocks that are wrong for a while.

use super::*;
use crate::store::retention;
use crate::store::runs::RunRow;

const FAR: TimeDelta = TimeDelta::days(350);

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_neither_parks_a_sync_nor_repeats_a_slot() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(30));
    world.live(TimeDelta::hours(3), MINUTE).await;
    let before = world.slots(1);
    world.pass(TimeDelta::hours(-2), MINUTE);
    world.live(TimeDelta::hours(1), MINUTE).await;
    assert_eq!((world.slots(1), world.runs().len()), (before, 6), "slots that ran do not run again");
    // A clock that was a year ahead, and is put right while Sluice is closed.
    world.pass(TimeDelta::days(365), MINUTE);
    world.tick().await;
    let ran = |world: &World| world.runs().iter().filter(|run| run.state != RunState::Missed).count();
    let ahead = ran(&world);
    world.pass(TimeDelta::days(-365), MINUTE);
    world.restart();
    world.live(TimeDelta::hours(3), MINUTE).await;
    assert!(ran(&world) >= ahead + 3, "the sync runs again");
    let now = millis(world.now());
    let to_come = world.runs().into_iter().filter(|run| run.state == RunState::Missed && run.started > now);
    assert_eq!(to_come.count(), 0, "what is still to come was not missed");
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_ran_ahead_of_time_hide_none_before_them() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(60));
    world.tick().await;
    // A day ahead for a minute: the slot of then is caught up, and those before it are given back.
    ahead(&mut world, TimeDelta::days(1)).await;
    world.tick().await;
    assert_eq!(world.slots(1).len(), 1, "only what ran");
    // Two days asleep, and on waking far ahead for a minute.
    world.pass(TimeDelta::days(2), MINUTE);
    ahead(&mut world, TimeDelta::days(300)).await;
    world.tick().await;
    assert_eq!(told(&world), 48, "every hour of two days has run or is listed");
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_too_old_to_be_counted_hide_none_either() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(60));
    world.tick().await;
    // The first slot to come runs ahead of time.
    ahead(&mut world, TimeDelta::hours(1)).await;
    world.tick().await;
    world.pass(TimeDelta::days(20), MINUTE);
    ahead(&mut world, FAR).await;
    world.tick().await;
    let oldest = world.reasons().swap_remove(0);
    assert!(oldest.starts_with("10:00") && oldest.contains("427 more slots"), "{oldest}");
    // Ten thousand hours and those of the last year are counted, 51 of them have lines of their own, and one ran
    // when the clock was far ahead.
    world.pass(TimeDelta::days(2_000), MINUTE);
    world.tick().await;
    let oldest = world.reasons().swap_remove(51);
    assert!(oldest.starts_with("09:00") && oldest.contains("At least 18731 more slots"), "{oldest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_back_is_told_anew_after_a_crash() {
    let mut world = World::new("2026-11-22T08:00:00Z", every(60));
    world.tick().await;
    world.pass(TimeDelta::days(2), MINUTE);
    ahead(&mut world, TimeDelta::days(300)).await;
    let saved = world.engine.store().read(syncs::all).unwrap().remove(0);
    give_back(&world.engine, &saved, world.now()).await.unwrap();
    world.restart();
    world.tick().await;
    assert_eq!(told(&world), 48, "every hour of two days has run or is listed");
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_to_come_run_though_history_was_forgotten_while_the_clock_was_ahead() {
    let mut world = weekly_and_far_ahead().await;
    let old = millis(world.now() - TimeDelta::days(90));
    let forget = move |sqlite: &rusqlite::Connection| retention::forget_runs(sqlite, old, 1_000);
    world.engine.store().write(forget).wait().unwrap();
    world.pass(-FAR, MINUTE);
    assert_eq!(ran_in_two_weeks(&mut world).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_to_come_run_though_the_user_resumed_the_schedule_as_the_clock_was_put_right() {
    let mut world = weekly_and_far_ahead().await;
    world.pass(-FAR, MINUTE);
    world.plan("2026-11-26T00:00:00Z");
    assert_eq!(ran_in_two_weeks(&mut world).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_to_come_run_though_the_tick_failed_as_the_clock_was_put_right() {
    let mut world = weekly_and_far_ahead().await;
    world.pass(-FAR, MINUTE);
    world.edit("alter table setting rename to gone");
    world.scheduler.tick(&world.engine, world.now(), world.awake).await.unwrap_err();
    world.edit("alter table gone rename to setting");
    assert_eq!(ran_in_two_weeks(&mut world).await, 2);
}

/// A sync of every week, at a clock that is far ahead.
async fn weekly_and_far_ahead() -> World {
    let mut world = World::new("2026-11-22T08:00:00Z", every(10_080));
    world.tick().await;
    world.pass(FAR, MINUTE);
    world.tick().await;
    world
}

/// How many runs there were up to then, two weeks later.
async fn ran_in_two_weeks(world: &mut World) -> usize {
    world.live(TimeDelta::days(14), TimeDelta::hours(1)).await;
    let now = millis(world.now());
    let ran = |run: &RunRow| run.state != RunState::Missed && run.started <= now;
    world.runs().into_iter().filter(ran).count()
}

/// The clock is ahead for one tick, and then put right.
async fn ahead(world: &mut World, by: TimeDelta) {
    world.pass(by, MINUTE);
    world.tick().await;
    world.pass(-by, MINUTE);
}

/// How many slots up to now were taken.
fn told(world: &World) -> usize {
    let now = millis(world.now());
    world.slots(1).into_keys().filter(|slot| *slot <= now).count()
}
