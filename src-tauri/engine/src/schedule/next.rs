//! The slots of a schedule: the instants at which it is due.

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use super::Schedule;
use crate::clock::from_millis;
use crate::error::{Error, ErrorKind, Result};

/// The longest interval, a week.
const MOST_MINUTES: u32 = 10_080;
/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Minutes a wall clock skips at most: a day, where a zone changes its side of the date line.
const LONGEST_GAP: i64 = 24 * 60;

/// A schedule made ready to be counted.
pub(crate) enum Slots {
    /// None.
    Never,
    /// So many milliseconds apart, counted from 1970.
    Every(i64),
    /// At these minutes of each day that matches, ascending.
    Fixed { days: Cron, times: Vec<u16>, zone: Tz },
    /// Whenever the wall clock of the zone matches.
    Repeating(Cron, Tz),
}

impl Slots {
    /// The first slot later than `after`.
    pub(crate) fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Never => None,
            Self::Every(step) => Some(from_millis((after.timestamp_millis().div_euclid(*step) + 1) * step)),
            Self::Fixed { days, times, zone } => {
                // Croner is asked for days alone: a time that is skipped it drops where the minute after is on another
                // day, and it finds none at all where more than two hours are skipped.
                let from = |day: NaiveDateTime| days.find_next_occurrence(&day, true).ok();
                let today = after.with_timezone(zone).date_naive().and_time(NaiveTime::MIN);
                std::iter::successors(from(today), |day| from(*day + TimeDelta::days(1)))
                    .flat_map(|day| times.iter().map(move |time| day + TimeDelta::minutes(i64::from(*time))))
                    .filter_map(|wall| first_shown(*zone, wall))
                    .find(|at| *at > after)
            }
            Self::Repeating(cron, zone) => {
                let next = cron.find_next_occurrence(&after.with_timezone(zone), false).ok()?.to_utc();
                Some(next).filter(|next| *next > after)
            }
        }
    }
}

/// When the wall clock first shows this time, or the first minute after where it skips that.
fn first_shown(zone: Tz, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
    (0..=LONGEST_GAP)
        .map(|minutes| wall + TimeDelta::minutes(minutes))
        .find_map(|wall| zone.from_local_datetime(&wall).earliest())
        .map(|at| at.to_utc())
}

impl Schedule {
    /// Whether the schedule can be followed: [`ErrorKind::BadSchedule`] says what is wrong with it.
    pub fn check(&self) -> Result<()> {
        let slots = self.slots()?;
        // Leap days come within eight years of any start; what does not come within these never does.
        let never = || slots.next_after(DateTime::UNIX_EPOCH + TimeDelta::days(55 * 365)).is_none();
        if *self != Self::Manual && never() {
            return Err(bad("No day of any year fits this schedule, so it would never run."));
        }
        Ok(())
    }

    /// The first slot later than `after`; `None` where there is none, or the schedule is wrong.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.slots().ok()?.next_after(after)
    }

    /// The next `n` slots after `after`.
    pub fn next(&self, after: DateTime<Utc>, n: usize) -> Vec<DateTime<Utc>> {
        let Ok(slots) = self.slots() else { return Vec::new() };
        std::iter::successors(slots.next_after(after), |slot| slots.next_after(*slot)).take(n).collect()
    }

    /// The zone whose wall clock the schedule follows.
    pub(super) fn zone(&self) -> Result<Option<Tz>> {
        match self {
            Self::Manual | Self::Every { .. } => Ok(None),
            Self::At { time_zone, .. } | Self::Cron { time_zone, .. } => {
                let unknown = |_| {
                    bad(format!("There is no time zone “{time_zone}”."))
                        .with_hint("Choose one such as Europe/Berlin.")
                };
                time_zone.parse().map(Some).map_err(unknown)
            }
        }
    }

    /// The schedule made ready to be counted.
    pub(crate) fn slots(&self) -> Result<Slots> {
        let zone = self.zone()?.unwrap_or(Tz::UTC);
        match self {
            Self::Manual => Ok(Slots::Never),
            Self::Every { minutes: minutes @ 1..=MOST_MINUTES } => {
                Ok(Slots::Every(i64::from(*minutes) * 60_000))
            }
            Self::Every { minutes } => {
                Err(bad(format!("An interval of {minutes} minutes is not between 1 minute and 7 days.")))
            }
            Self::At { times, days, .. } => at(times, days, zone),
            Self::Cron { expression, .. } => cron(expression, zone),
        }
    }
}

fn at(times: &[u16], days: &[u8], zone: Tz) -> Result<Slots> {
    if times.is_empty() {
        return Err(bad("The schedule has no time of the day."));
    }
    if days.is_empty() {
        return Err(bad("The schedule has no day of the week."));
    }
    if let Some(time) = times.iter().find(|time| **time >= DAY) {
        return Err(bad(format!("Minute {time} is not within a day.")));
    }
    if let Some(day) = days.iter().find(|day| **day > 6) {
        return Err(bad(format!("Day {day} is not within a week of 0 (Monday) to 6 (Sunday).")));
    }
    // Cron counts from Sunday.
    let days: Vec<_> = days.iter().map(|day| ((day + 1) % 7).to_string()).collect();
    fixed(times.to_vec(), &format!("* * {}", days.join(",")), zone)
}

fn cron(expression: &str, zone: Tz) -> Result<Slots> {
    let whole = parse(expression)?;
    match fixed_times(expression) {
        None => Ok(Slots::Repeating(whole, zone)),
        Some((times, days)) => fixed(times, &days, zone),
    }
}

/// Slots at times of the day; `days` is the rest of a cron expression.
fn fixed(mut times: Vec<u16>, days: &str, zone: Tz) -> Result<Slots> {
    times.sort_unstable();
    Ok(Slots::Fixed { days: parse(&format!("0 0 {days}"))?, times, zone })
}

/// The times of a cron expression whose minutes and hours are plain numbers, as minutes after midnight,
/// ascending, and its other fields.
pub(super) fn fixed_times(expression: &str) -> Option<(Vec<u16>, String)> {
    let fields: Vec<_> = expression.split_whitespace().collect();
    let [minutes, hours, rest @ ..] = fields.as_slice() else { return None };
    let numbers = |field: &str, below: u16| -> Option<Vec<u16>> {
        field.split(',').map(|number| number.parse().ok().filter(|number| *number < below)).collect()
    };
    let (minutes, hours) = (numbers(minutes, 60)?, numbers(hours, 24)?);
    let mut times: Vec<u16> =
        hours.iter().flat_map(|hour| minutes.iter().map(move |minute| hour * 60 + minute)).collect();
    times.sort_unstable();
    times.dedup();
    Some((times, rest.join(" ")))
}

/// Reads a cron expression of five fields.
pub(super) fn parse(expression: &str) -> Result<Cron> {
    let fields = expression.split_whitespace().count();
    if fields != 5 {
        let message =
            format!("A cron expression has five fields (minute, hour, day, month, weekday), not {fields}.");
        return Err(bad(message));
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(expression).map_err(|error| {
        bad(format!("“{expression}” is not a cron expression that can be followed."))
            .with_hint("Use five fields such as “30 8 * * 1-5”, or choose set times on set days.")
            .with_source(error)
    })
}

fn bad(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::BadSchedule, message)
}

/// The IANA name of this computer's time zone: the one `TZ` names, as for every other program, else the
/// system's; UTC where neither says.
pub fn this_computers_zone() -> String {
    let set = std::env::var("TZ").ok().filter(|_| cfg!(unix));
    let known = |name: &String| name.parse::<Tz>().is_ok();
    let system = || iana_time_zone::get_timezone().ok().filter(known);
    set.as_deref().and_then(zone_of).or_else(system).unwrap_or_else(|| "UTC".to_owned())
}

/// The IANA zone a value of `TZ` names: by its name or its file, with or without a colon (POSIX.1, section 8.3).
pub(super) fn zone_of(tz: &str) -> Option<String> {
    let name = tz.strip_prefix(':').unwrap_or(tz);
    let name = name.split_once("/zoneinfo/").map_or(name, |(_, name)| name);
    name.parse::<Tz>().ok().map(|zone| zone.name().to_owned())
}

/// All IANA names, ascending.
pub fn time_zones() -> Vec<&'static str> {
    let mut names: Vec<_> = TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    names.sort_unstable();
    names
}
