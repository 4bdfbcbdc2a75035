use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;

const ZONES: [&str; 6] = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Sao_Paulo",
    "UTC",
];

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn at(times: &[u16], days: &[u8], zone: &str) -> Schedule {
    Schedule::At { times: times.to_vec(), days: days.to_vec(), time_zone: zone.into() }
}

fn daily(time: u16, zone: &str) -> Schedule {
    at(&[time], &[0, 1, 2, 3, 4, 5, 6], zone)
}

fn cron(expression: &str, zone: &str) -> Schedule {
    Schedule::Cron { expression: expression.into(), time_zone: zone.into() }
}

/// The slots of one UTC day range, as instants.
fn slots(schedule: &Schedule, from: &str, to: &str) -> Vec<String> {
    let to = utc(to);
    let all = schedule.next(utc(from), 500);
    all.into_iter().filter(|slot| *slot <= to).map(|slot| slot.format("%m-%dT%H:%MZ").to_string()).collect()
}

#[test]
fn a_fixed_time_runs_once_on_the_days_the_clocks_change() {
    let cases = [
        // In the gap: the first minute after. In the overlap: the first of the two.
        ("America/New_York", 150, "2026-03-07T12:00:00Z", ["03-08T07:00Z", "03-09T06:30Z"]),
        ("America/New_York", 90, "2026-10-31T12:00:00Z", ["11-01T05:30Z", "11-02T06:30Z"]),
        ("Europe/Berlin", 150, "2026-03-28T12:00:00Z", ["03-29T01:00Z", "03-30T00:30Z"]),
        ("Europe/Berlin", 150, "2026-10-24T12:00:00Z", ["10-25T00:30Z", "10-26T01:30Z"]),
        ("Australia/Lord_Howe", 135, "2026-10-03T01:00:00Z", ["10-03T15:30Z", "10-04T15:15Z"]),
        ("Australia/Lord_Howe", 105, "2026-04-04T01:00:00Z", ["04-04T14:45Z", "04-05T15:15Z"]),
        ("Pacific/Chatham", 180, "2026-09-26T01:00:00Z", ["09-26T14:00Z", "09-27T13:15Z"]),
        ("Pacific/Chatham", 180, "2026-04-04T01:00:00Z", ["04-04T13:15Z", "04-05T14:15Z"]),
        // Brazil gave up changing its clocks in 2019; before, midnight itself was skipped.
        ("America/Sao_Paulo", 0, "2018-11-03T12:00:00Z", ["11-04T03:00Z", "11-05T02:00Z"]),
        ("America/Sao_Paulo", 0, "2026-11-01T12:00:00Z", ["11-02T03:00Z", "11-03T03:00Z"]),
        ("UTC", 150, "2026-03-28T12:00:00Z", ["03-29T02:30Z", "03-30T02:30Z"]),
    ];
    for (zone, time, from, expected) in cases {
        let found = daily(time, zone).next(utc(from), 2);
        let found: Vec<_> = found.iter().map(|slot| slot.format("%m-%dT%H:%MZ").to_string()).collect();
        assert_eq!(found, expected, "{zone} {}", words::clock(time));
    }
}

#[test]
fn a_fixed_time_that_is_skipped_runs_even_where_the_minute_after_is_on_another_day() {
    // Greenland goes from 23:00 to midnight; Samoa left out 30 December 2011, a Friday.
    let (nuuk, apia) = ("America/Nuuk", "Pacific/Apia");
    let fridays = at(&[540, 900], &[4], apia);
    let cases = [
        (at(&[1_410], &[5], nuuk), "2025-03-23T12:00:00Z", ["03-30T01:00Z", "04-06T00:30Z"]),
        (cron("30 23 29 * *", nuuk), "2025-03-23T12:00:00Z", ["03-30T01:00Z", "04-30T00:30Z"]),
        (daily(540, apia), "2011-12-29T12:00:00Z", ["12-29T19:00Z", "12-30T10:00Z"]),
        (daily(540, apia), "2011-12-29T19:00:00Z", ["12-30T10:00Z", "12-30T19:00Z"]),
        (fridays, "2011-12-29T12:00:00Z", ["12-30T10:00Z", "01-05T19:00Z"]),
        (cron("0 9 30 * *", apia), "2011-12-01T12:00:00Z", ["12-30T10:00Z", "01-29T19:00Z"]),
        (cron("0 9-10 * * *", apia), "2011-12-29T19:30:00Z", ["12-29T20:00Z", "12-30T19:00Z"]),
    ];
    for (schedule, from, expected) in cases {
        let found = schedule.next(utc(from), 2);
        let found: Vec<_> = found.iter().map(|slot| slot.format("%m-%dT%H:%MZ").to_string()).collect();
        assert_eq!(found, expected, "{schedule:?}");
    }
}

#[test]
fn an_interval_cron_skips_the_gap_and_runs_in_both_passes() {
    let half_hours = cron("*/30 * * * *", "Europe/Berlin");
    assert_eq!(
        slots(&half_hours, "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z"),
        ["03-29T00:30Z", "03-29T01:00Z", "03-29T01:30Z"]
    );
    let at_two = cron("*/30 2 * * *", "Europe/Berlin");
    assert_eq!(slots(&at_two, "2026-03-28T12:00:00Z", "2026-03-30T00:00:00Z"), ["03-30T00:00Z"]);
    assert_eq!(
        slots(&at_two, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
        ["10-25T00:00Z", "10-25T00:30Z", "10-25T01:00Z", "10-25T01:30Z"]
    );
}

#[test]
fn a_cron_of_plain_numbers_is_a_fixed_time() {
    let list = cron("30 2,13 * * 0", "Europe/Berlin");
    assert_eq!(
        slots(&list, "2026-10-24T12:00:00Z", "2026-10-26T00:00:00Z"),
        ["10-25T00:30Z", "10-25T12:30Z"]
    );
    assert_eq!(
        slots(&list, "2026-03-28T12:00:00Z", "2026-03-30T00:00:00Z"),
        ["03-29T01:00Z", "03-29T11:30Z"]
    );
}

#[test]
fn an_interval_is_a_fixed_grid() {
    let every = Schedule::Every { minutes: 45 };
    assert_eq!(every.next_after(utc("1970-01-01T00:00:00Z")), Some(utc("1970-01-01T00:45:00Z")));
    assert_eq!(every.next_after(utc("1970-01-01T00:44:59.999Z")), Some(utc("1970-01-01T00:45:00Z")));
    assert_eq!(Schedule::Manual.next_after(utc("1970-01-01T00:45:00Z")), None);
}

#[test]
fn wrong_schedules_are_refused_in_words() {
    let wrong = [
        (Schedule::Every { minutes: 0 }, "An interval of 0 minutes is not between 1 minute and 7 days."),
        (
            Schedule::Every { minutes: 10_081 },
            "An interval of 10081 minutes is not between 1 minute and 7 days.",
        ),
        (at(&[], &[0], "UTC"), "The schedule has no time of the day."),
        (at(&[5], &[], "UTC"), "The schedule has no day of the week."),
        (at(&[1440], &[0], "UTC"), "Minute 1440 is not within a day."),
        (at(&[5], &[7], "UTC"), "Day 7 is not within a week of 0 (Monday) to 6 (Sunday)."),
        (daily(5, "Europe/Brelin"), "There is no time zone “Europe/Brelin”."),
        (
            cron("0 8 * *", "UTC"),
            "A cron expression has five fields (minute, hour, day, month, weekday), not 4.",
        ),
        (cron("61 8 * * *", "UTC"), "“61 8 * * *” is not a cron expression that can be followed."),
        (cron("0 0 30 2 *", "UTC"), "No day of any year fits this schedule, so it would never run."),
        (cron("5 99999 * * 999", "UTC"), "“5 99999 * * 999” is not a cron expression that can be followed."),
    ];
    for (schedule, words) in wrong {
        let error = schedule.check().unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::BadSchedule, words));
        let description = schedule.describe(utc("2026-11-22T13:48:00Z"));
        assert_eq!(description.problem.unwrap().message(), words);
    }
    cron("0 0 29 2 *", "Europe/Berlin").check().unwrap();
}

#[test]
fn schedules_are_said_in_one_plain_sentence() {
    let berlin = "Europe/Berlin";
    let cases = [
        (Schedule::Manual, "Only when you press Sync now"),
        (Schedule::Every { minutes: 1 }, "Every minute"),
        (Schedule::Every { minutes: 30 }, "Every 30 minutes"),
        (Schedule::Every { minutes: 120 }, "Every 2 hours"),
        (Schedule::Every { minutes: 1440 }, "Every day"),
        (at(&[510], &[0, 1, 2, 3, 4], berlin), "Every weekday at 08:30, Berlin time"),
        (
            at(&[510, 780], &[0, 2, 6], "America/New_York"),
            "Every Monday, Wednesday and Sunday at 08:30 and 13:00, New York time",
        ),
        (daily(0, "UTC"), "Every day at 00:00, UTC"),
        (cron("30 8,13 * * 1-5", berlin), "Every weekday at 08:30 and 13:30, Berlin time"),
        (cron("0 7 * * 0", berlin), "Every Sunday at 07:00, Berlin time"),
        (cron("*/15 * * * *", berlin), "Every 15 minutes, Berlin time"),
        (cron("0 */2 * * *", berlin), "Every 2 hours, Berlin time"),
        (cron("0 9 * * MON#1", berlin), "At 09:00, on the 1st Monday of the month, Berlin time"),
        (cron("5 * * * *", berlin), "At minute 5 past every hour, Berlin time"),
        (cron("*/10 8-18 * * 1-5", berlin), "By the cron expression “*/10 8-18 * * 1-5”, Berlin time"),
    ];
    for (schedule, sentence) in cases {
        assert_eq!(words::sentence(&schedule), sentence);
    }
}

#[test]
fn the_next_runs_say_when_and_how_far() {
    let description =
        at(&[510, 780], &[0, 1, 2, 3, 4], "Europe/Berlin").describe(utc("2026-11-24T13:48:00Z"));
    let runs: Vec<_> = description.next.iter().map(|run| format!("{} {}", run.local, run.distance)).collect();
    assert_eq!(
        runs,
        [
            "Wed 25 Nov, 08:30 in 17 h 42 min",
            "Wed 25 Nov, 13:00 in 22 h 12 min",
            "Thu 26 Nov, 08:30 in 1 day 17 h",
            "Thu 26 Nov, 13:00 in 1 day 22 h",
            "Fri 27 Nov, 08:30 in 2 days 17 h"
        ]
    );
    assert_eq!(description.notes.len(), 2, "no clock change is near");
}

#[test]
fn clock_changes_are_told_where_they_matter() {
    let night = daily(150, "Europe/Berlin");
    let spring = night.describe(utc("2026-03-28T12:00:00Z"));
    assert_eq!(
        spring.next[0].note.as_deref(),
        Some("The clocks go forward and skip 02:30; it runs at the first minute after.")
    );
    assert_eq!(spring.next[1].note, None);
    assert_eq!(
        spring.notes[0],
        "The clocks go forward on Sun 29 Mar 2026. Runs stay at 02:30 on the wall clock; none is lost or doubled."
    );
    let autumn = night.describe(utc("2026-10-24T12:00:00Z"));
    assert_eq!(
        autumn.next[0].note.as_deref(),
        Some("The clocks go back and show 02:30 twice; it runs the first time.")
    );
    let morning = daily(510, "Europe/Berlin").describe(utc("2026-10-24T12:00:00Z"));
    assert_eq!(
        morning.next[0].note.as_deref(),
        Some("The clocks go back before this run; the wall clock time stays.")
    );
    let both = cron("*/30 2 * * *", "Europe/Berlin").describe(utc("2026-10-24T12:00:00Z"));
    let notes: Vec<_> = both.next.iter().filter_map(|run| run.note.as_deref()).collect();
    assert!(
        notes[1].ends_with("this is the first time.") && notes[2].ends_with("this is the second time."),
        "{notes:?}"
    );
}

#[test]
fn zones_are_known_by_name() {
    assert!(this_computers_zone().parse::<Tz>().is_ok());
    assert!(ZONES.iter().all(|zone| time_zones().contains(zone)));
}

#[test]
fn tz_counts_where_it_names_a_zone() {
    for (tz, zone) in [
        ("Europe/Berlin", Some("Europe/Berlin")),
        (":America/New_York", Some("America/New_York")),
        (":/usr/share/zoneinfo/Australia/Lord_Howe", Some("Australia/Lord_Howe")),
        ("/usr/share/zoneinfo/UTC", Some("UTC")),
        ("CET-1CEST,M3.5.0,M10.5.0/3", None),
        ("/etc/localtime", None),
        ("", None),
    ] {
        assert_eq!(super::next::zone_of(tz).as_deref(), zone, "{tz:?}");
    }
}

/// Every slot of fixed times in 120 days, found by looking at each day's wall clock.
fn expected(times: &[u16], days: &[u8], zone: Tz, from: DateTime<Utc>) -> BTreeSet<DateTime<Utc>> {
    let first = from.date_naive() - TimeDelta::days(2);
    let mut found = BTreeSet::new();
    for day in first.iter_days().take(125) {
        if !days.contains(&(day.weekday().num_days_from_monday() as u8)) {
            continue;
        }
        for time in times {
            found.insert(first_valid(zone, day, *time));
        }
    }
    found.into_iter().filter(|slot| *slot > from).collect()
}

fn first_valid(zone: Tz, day: NaiveDate, time: u16) -> DateTime<Utc> {
    let mut local = day.and_hms_opt(u32::from(time) / 60, u32::from(time) % 60, 0).unwrap();
    loop {
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return at.with_timezone(&Utc),
            LocalResult::None => local += TimeDelta::minutes(1),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn fixed_times_grow_and_none_is_skipped(
        zone in proptest::sample::select(&ZONES[..]),
        times in proptest::collection::btree_set(0_u16..1440, 1..4),
        days in proptest::collection::btree_set(0_u8..7, 1..8),
        start in 0_i64..(3 * 365 * 86_400),
    ) {
        let (times, days): (Vec<_>, Vec<_>) = (times.into_iter().collect(), days.into_iter().collect());
        let from = utc("2017-01-01T00:00:00Z") + TimeDelta::seconds(start);
        let expected: Vec<_> = expected(&times, &days, zone.parse().unwrap(), from).into_iter().take(40).collect();
        let schedule = at(&times, &days, zone);
        prop_assert_eq!(&schedule.next(from, expected.len())[..], &expected[..]);
        // From anywhere between two slots the later one is next.
        for pair in expected.windows(2) {
            prop_assert_eq!(schedule.next_after(pair[1] - TimeDelta::milliseconds(1)), Some(pair[1]));
        }
    }

    #[test]
    fn interval_crons_run_at_every_minute_that_matches(
        zone in proptest::sample::select(&ZONES[..]),
        step in proptest::sample::select(&[10_u32, 15, 20, 30][..]),
        hours in proptest::sample::select(&["*", "0-4", "*/3"][..]),
        start in 0_i64..(365 * 86_400),
    ) {
        let from = utc("2026-01-01T00:00:00Z") + TimeDelta::seconds(start);
        let zone_read: Tz = zone.parse().unwrap();
        let fits = |at: &DateTime<Utc>| {
            let local = at.with_timezone(&zone_read);
            let hour = match hours { "0-4" => local.hour() < 5, "*/3" => local.hour().is_multiple_of(3), _ => true };
            hour && local.minute().is_multiple_of(step)
        };
        let first = DateTime::from_timestamp((from.timestamp() / 60 + 1) * 60, 0).unwrap();
        let minutes = std::iter::successors(Some(first), |at| Some(*at + TimeDelta::minutes(1)));
        let expected: Vec<_> = minutes.take(3 * 1440).filter(fits).collect();
        prop_assert_eq!(cron(&format!("*/{step} {hours} * * *"), zone).next(from, expected.len()), expected);
    }
}
