//! A simulated year (ten with `SLUICE_SOAK=1`) in twelve zones: every slot has run or is listed, once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::oracle::{Case, forty};
use super::world::World;
use crate::store::runs::{RunRow, RunState, Trigger};
use crate::testing::{Dice, soak};

/// Samoa left out a day in 2011; Brazil, Iran and Samoa changed their clocks then.
const BEGIN: &str = "2011-06-01T00:00:00Z";

const ZONES: [&str; 12] = [
    "America/New_York",
    "Europe/London",
    "Europe/Paris",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "America/Santiago",
    "Asia/Tehran",
    "Pacific/Apia",
    "UTC",
];

#[tokio::test(flavor = "multi_thread")]
async fn in_a_year_every_slot_runs_or_is_listed_once() {
    let mut years = tokio::task::JoinSet::new();
    for (seed, zone) in ZONES.into_iter().enumerate() {
        years.spawn(live_through(zone, seed as u64, soak(1, 10)));
    }
    let (mut ran, mut missed) = (0, 0);
    while let Some(year) = years.join_next().await {
        let (more_ran, more_missed) = year.unwrap();
        (ran, missed) = (ran + more_ran, missed + more_missed);
    }
    println!("{ran} slots ran, {missed} were missed and listed");
    assert!(ran > 5_000 && missed > 50_000, "{ran} ran, {missed} missed: the years were not eventful");
}

/// Sleeps, restarts, wrong clocks. Answers with how many slots ran, and how many were missed.
async fn live_through(zone: &str, seed: u64, years: usize) -> (usize, usize) {
    let cases = forty(zone);
    let begin: DateTime<Utc> = BEGIN.parse().unwrap();
    let end = begin + TimeDelta::days(365 * years as i64);
    let mut world = World::with(begin, cases.iter().map(|case| case.schedule.clone()).collect());
    let mut dice = Dice::new(seed + 1);
    world.tick().await;
    while world.now() < end {
        match dice.below(32) {
            0..=6 => awake(&mut world, &mut dice, TimeDelta::hours(4)).await,
            7..=20 => sleep(&mut world, &mut dice),
            21..=22 => {
                sleep(&mut world, &mut dice);
                world.restart();
            }
            23..=24 => wrong_clock(&mut world, &mut dice, TimeDelta::hours(1)).await,
            25..=26 => wrong_clock(&mut world, &mut dice, -TimeDelta::hours(1)).await,
            27..=28 => wrong_clock(&mut world, &mut dice, TimeDelta::days(1)).await,
            29..=30 => wrong_clock(&mut world, &mut dice, -TimeDelta::days(1)).await,
            _ => {
                let year = if dice.below(2) == 0 { TimeDelta::days(350) } else { -TimeDelta::days(350) };
                wrong_clock(&mut world, &mut dice, year).await;
            }
        }
    }
    world.tick().await;
    account(&world, &cases, begin, zone)
}

/// Awake, with a look at the clock whenever a slot comes, as the scheduler's loop has it.
async fn awake(world: &mut World, dice: &mut Dice, most: TimeDelta) {
    let until = world.now() + TimeDelta::minutes(dice.below(most.num_minutes() as u64) as i64 + 5);
    loop {
        let next = world.tick().await.map_or(until, |next| next.min(until));
        let late = TimeDelta::milliseconds(dice.below(10_000) as i64);
        let step = next - world.now() + late;
        world.pass(step, step);
        if world.now() >= until {
            world.tick().await;
            return;
        }
    }
}

/// Asleep for a minute to fourteen days.
fn sleep(world: &mut World, dice: &mut Dice) {
    let longest = [60, 600, 14 * 1_440, 14 * 1_440, 14 * 1_440][dice.below(5) as usize];
    let span = TimeDelta::minutes(dice.below(longest) as i64 + 1);
    world.pass(span, TimeDelta::seconds(1));
}

/// For a while the clock is wrong by `by`, and then put right, awake or between two starts.
async fn wrong_clock(world: &mut World, dice: &mut Dice, by: TimeDelta) {
    world.pass(by, TimeDelta::zero());
    awake(world, dice, TimeDelta::hours(1)).await;
    world.pass(-by, TimeDelta::zero());
    if dice.below(2) == 0 {
        world.restart();
    }
    world.tick().await;
}

fn account(world: &World, cases: &[Case], begin: DateTime<Utc>, zone: &str) -> (usize, usize) {
    let runs: BTreeMap<i64, RunRow> = world.runs().into_iter().map(|run| (run.id, run)).collect();
    let (mut ran, mut missed) = (0, 0);
    for (sync, case) in (1..).zip(cases) {
        let taken = world.slots(sync);
        let at = |slot: &i64| crate::clock::from_millis(*slot);
        let what = |slot: &i64| format!("{zone} {:?}: {}", case.schedule, at(slot));
        let known = case.slots(begin - TimeDelta::days(400)..=world.now() + TimeDelta::days(400));
        for (slot, run) in &taken {
            assert!(known.contains(slot), "{} is no slot", what(slot));
            assert_eq!(runs[run].sync, sync);
        }
        let of_slots: BTreeSet<i64> = taken.values().copied().collect();
        assert_eq!(of_slots.len(), taken.len(), "{zone}: each slot has its own run");
        for run in runs.values().filter(|run| run.sync == sync) {
            assert!(of_slots.contains(&run.id), "{zone}: run {} has no slot", run.id);
        }
        let summed_up = summed_up(&known, &taken, &runs);
        let passed = known.range(begin.timestamp_millis() + 1..=world.now().timestamp_millis());
        for slot in passed {
            match taken.get(slot) {
                Some(run) if runs[run].state == RunState::Missed => missed += 1,
                Some(run) => {
                    assert!(matches!(runs[run].trigger, Trigger::Schedule | Trigger::CatchUp));
                    ran += 1;
                }
                None => {
                    assert!(summed_up.contains(slot), "{} was missed silently", what(slot));
                    missed += 1;
                }
            }
        }
        for (slot, run) in taken.range(world.now().timestamp_millis() + 1..) {
            assert_ne!(runs[run].state, RunState::Missed, "{} is still to come", what(slot));
        }
    }
    (ran, missed)
}

/// Slots without a line of their own that the line of a later one speaks for.
fn summed_up(
    known: &BTreeSet<i64>,
    taken: &BTreeMap<i64, i64>,
    runs: &BTreeMap<i64, RunRow>,
) -> BTreeSet<i64> {
    let mut found = BTreeSet::new();
    let mut lines: Vec<_> = taken.iter().map(|(slot, run)| (&runs[run], *slot)).collect();
    lines.retain(|(run, _)| run.state == RunState::Missed);
    lines.sort_by_key(|(run, _)| run.id);
    for (run, slot) in lines {
        let words: Vec<&str> = run.problem.as_ref().unwrap().message.split(' ').collect();
        let more = words.iter().position(|word| *word == "more");
        let count = more.map_or(0, |place| words[place - 1].parse().unwrap());
        // What was told when the line was written is not among those it counts.
        let then_open = |slot: &&i64| taken.get(slot).is_none_or(|later| *later >= run.id);
        let spoken_for = known.range(run.started..=slot).filter(then_open);
        let spoken_for: Vec<i64> = spoken_for.copied().filter(|slot| !found.contains(slot)).collect();
        assert_eq!(spoken_for.len(), count + 1, "{} speaks for others", run.id);
        found.extend(spoken_for);
    }
    found
}
