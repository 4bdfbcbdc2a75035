//! When schedules are due, found without any of the scheduler's code: by walking over the days of the wall clock.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::schedule::Schedule;

/// A schedule, and what it means.
pub(super) struct Case {
    pub(super) schedule: Schedule,
    rule: Rule,
}

enum Rule {
    /// Minutes apart.
    Every(i64),
    /// Times of the wall clock, on some days.
    Wall { zone: Tz, times: Vec<u16>, on: fn(NaiveDate) -> bool, repeating: bool },
}

impl Case {
    /// All slots in the range, ascending.
    pub(super) fn slots(&self, range: RangeInclusive<DateTime<Utc>>) -> BTreeSet<i64> {
        let (from, to) = (range.start().timestamp_millis(), range.end().timestamp_millis());
        let found: Vec<i64> = match &self.rule {
            Rule::Every(minutes) => {
                let step = minutes * 60_000;
                (from.div_euclid(step)..=to.div_euclid(step)).map(|number| number * step).collect()
            }
            Rule::Wall { zone, times, on, repeating } => {
                let first = range.start().date_naive() - TimeDelta::days(3);
                let last = range.end().date_naive() + TimeDelta::days(3);
                let days = first.iter_days().take_while(|day| *day <= last).filter(|day| on(*day));
                days.flat_map(|day| {
                    times.iter().flat_map(move |time| instants(*zone, day, *time, *repeating))
                })
                .map(|at| at.timestamp_millis())
                .collect()
            }
        };
        found.into_iter().filter(|at| (from..=to).contains(at)).collect()
    }
}

/// When the wall clock shows `time` on `day`. A time that repeats is skipped where it does not exist and comes twice
/// where the clock shows it twice; a fixed one comes once.
fn instants(zone: Tz, day: NaiveDate, time: u16, repeating: bool) -> Vec<DateTime<Utc>> {
    let wall = day.and_hms_opt(u32::from(time) / 60, u32::from(time) % 60, 0).unwrap();
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) => vec![at.with_timezone(&Utc)],
        LocalResult::Ambiguous(first, second) if repeating => {
            vec![first.with_timezone(&Utc), second.with_timezone(&Utc)]
        }
        LocalResult::Ambiguous(first, _) => vec![first.with_timezone(&Utc)],
        LocalResult::None if repeating => Vec::new(),
        LocalResult::None => vec![first_after(zone, wall)],
    }
}

fn first_after(zone: Tz, mut wall: NaiveDateTime) -> DateTime<Utc> {
    loop {
        wall += TimeDelta::minutes(1);
        if let Some(at) = zone.from_local_datetime(&wall).earliest() {
            return at.with_timezone(&Utc);
        }
    }
}

fn any(_: NaiveDate) -> bool {
    true
}

fn weekday(day: NaiveDate) -> u8 {
    day.weekday().num_days_from_monday() as u8
}

/// Forty schedules of every sort in one zone.
pub(super) fn forty(zone: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = [180, 360, 720, 1_440, 4_320, 10_080]
        .map(|minutes| Case { schedule: Schedule::Every { minutes }, rule: Rule::Every(i64::from(minutes)) })
        .into();
    cases.extend(set_times(zone));
    cases.extend(fixed_crons(zone));
    cases.extend(repeating_crons(zone));
    assert_eq!(cases.len(), 40);
    cases
}

fn set_times(zone: &str) -> Vec<Case> {
    let daily: [&[u16]; 11] =
        [&[0], &[59], &[90], &[119], &[120], &[135], &[150], &[165], &[180], &[0, 720], &[150, 165, 1_439]];
    let mut sets: Vec<(&[u16], &[u8], fn(NaiveDate) -> bool)> = daily
        .into_iter()
        .map(|times| (times, &[0, 1, 2, 3, 4, 5, 6][..], any as fn(NaiveDate) -> bool))
        .collect();
    sets.extend([
        (&[510][..], &[0, 1, 2, 3, 4][..], (|day| weekday(day) < 5) as fn(NaiveDate) -> bool),
        (&[510, 780], &[0, 2], |day| [0, 2].contains(&weekday(day))),
        (&[150], &[6], |day| weekday(day) == 6),
        (&[30, 1_410], &[5, 6], |day| weekday(day) > 4),
        (&[60], &[4], |day| weekday(day) == 4),
    ]);
    let case = |(times, days, on): (&[u16], &[u8], fn(NaiveDate) -> bool)| Case {
        schedule: Schedule::At { times: times.to_vec(), days: days.to_vec(), time_zone: zone.into() },
        rule: Rule::Wall { zone: zone.parse().unwrap(), times: times.to_vec(), on, repeating: false },
    };
    sets.into_iter().map(case).collect()
}

fn cron(
    zone: &str,
    expression: &str,
    times: impl IntoIterator<Item = u16>,
    on: fn(NaiveDate) -> bool,
    repeating: bool,
) -> Case {
    Case {
        schedule: Schedule::Cron { expression: expression.into(), time_zone: zone.into() },
        rule: Rule::Wall { zone: zone.parse().unwrap(), times: times.into_iter().collect(), on, repeating },
    }
}

fn fixed_crons(zone: &str) -> Vec<Case> {
    vec![
        cron(zone, "30 2 * * *", [150], any, false),
        cron(zone, "30 2,13 * * 0", [150, 810], |day| weekday(day) == 6, false),
        cron(zone, "0 0 1 * *", [0], |day| day.day() == 1, false),
        cron(zone, "15 3 * * 1-5", [195], |day| weekday(day) < 5, false),
        cron(zone, "0 9 1,15 * *", [540], |day| [1, 15].contains(&day.day()), false),
        cron(zone, "0 0 31 * *", [0], |day| day.day() == 31, false),
        cron(zone, "45 2 * 3,4,9,10,11 *", [165], |day| [3, 4, 9, 10, 11].contains(&day.month()), false),
        cron(zone, "0 12 29 2 *", [720], |day| (day.month(), day.day()) == (2, 29), false),
        // A day of the month and a day of the week: either is enough.
        cron(zone, "0 9 13 * 5", [540], |day| day.day() == 13 || weekday(day) == 4, false),
    ]
}

fn repeating_crons(zone: &str) -> Vec<Case> {
    let of = |hours: Vec<u16>, minutes: Vec<u16>| -> Vec<u16> {
        hours.iter().flat_map(|hour| minutes.iter().map(move |minute| hour * 60 + minute)).collect()
    };
    let all = || (0..24).collect::<Vec<u16>>();
    vec![
        cron(zone, "*/30 1-2 * * *", of(vec![1, 2], vec![0, 30]), any, true),
        cron(zone, "0 */6 * * *", of((0..24).step_by(6).collect(), vec![0]), any, true),
        cron(zone, "15 1-3 * * *", of(vec![1, 2, 3], vec![15]), any, true),
        cron(zone, "*/20 2 * * 0", of(vec![2], vec![0, 20, 40]), |day| weekday(day) == 6, true),
        cron(zone, "0 0-6/3 * * 6", of(vec![0, 3, 6], vec![0]), |day| weekday(day) == 5, true),
        cron(
            zone,
            "5 * * 3,4,9,10,11,12 *",
            of(all(), vec![5]),
            |day| [3, 4, 9, 10, 11, 12].contains(&day.month()),
            true,
        ),
        cron(zone, "*/15 0 * * *", of(vec![0], vec![0, 15, 30, 45]), any, true),
        cron(
            zone,
            "0 8-18/2 * * 1-5",
            of((8..19).step_by(2).collect(), vec![0]),
            |day| weekday(day) < 5,
            true,
        ),
        cron(zone, "10 0-23 1-7 * *", of(all(), vec![10]), |day| day.day() < 8, true),
    ]
}
