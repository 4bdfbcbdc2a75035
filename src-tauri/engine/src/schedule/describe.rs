//! A schedule in words, with its next runs.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use super::changes::{Change, is_twice, next_change, offset, wall};
use super::next::{fixed_times, this_computers_zone};
use super::{Schedule, words};
use crate::error::Error;

/// Runs listed.
const LISTED: usize = 5;
/// How far ahead a clock change is told.
const AHEAD: TimeDelta = TimeDelta::days(60);

/// A schedule in words, and its next runs.
#[derive(Debug, Clone)]
pub struct Description {
    /// One plain sentence without a full stop, such as "Every weekday at 08:30, Berlin time".
    pub sentence: String,
    /// IANA name of the zone the times are in: the schedule's, or this computer's where it has none.
    pub time_zone: String,
    /// The next five runs; empty for manual.
    pub next: Vec<NextRun>,
    /// What happens at the next clock change, while asleep, and when runs overlap.
    pub notes: Vec<String>,
    /// Why the schedule can not be followed, if so.
    pub problem: Option<Error>,
}

/// One coming run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextRun {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The wall clock there, such as "Mon 23 Nov, 08:30".
    pub local: String,
    /// How far away, such as "in 3 h".
    pub distance: String,
    /// What a clock change does to it, in words.
    pub note: Option<String>,
}

impl Schedule {
    /// The schedule in words, as seen at `now` on this computer.
    pub fn describe(&self, now: DateTime<Utc>) -> Description {
        self.describe_in(now, &this_computers_zone())
    }

    /// The schedule in words; `here` is the zone for schedules without one.
    fn describe_in(&self, now: DateTime<Utc>, here: &str) -> Description {
        let sentence = words::sentence(self);
        let here_zone = here.parse().unwrap_or(Tz::UTC);
        let found = self.check().and_then(|()| self.zone());
        let (zone, problem) = match found {
            Ok(zone) => (zone.unwrap_or(here_zone), None),
            Err(error) => (here_zone, Some(error)),
        };
        let time_zone = match self {
            Self::Manual | Self::Every { .. } => here_zone.name().to_owned(),
            Self::At { time_zone, .. } | Self::Cron { time_zone, .. } => time_zone.clone(),
        };
        if problem.is_some() || *self == Self::Manual {
            return Description { sentence, time_zone, next: Vec::new(), notes: Vec::new(), problem };
        }
        let next = self.next_runs(zone, now);
        Description { sentence, time_zone, next, notes: self.notes(zone, now), problem: None }
    }

    fn next_runs(&self, zone: Tz, now: DateTime<Utc>) -> Vec<NextRun> {
        let mut before = now;
        let describe = |at: DateTime<Utc>| {
            let note = self.note(zone, before, at);
            before = at;
            let local = wall(zone, at).format("%a %-d %b, %H:%M").to_string();
            NextRun { at, local, distance: words::distance(at - now), note }
        };
        self.next(now, LISTED).into_iter().map(describe).collect()
    }

    /// What a clock change between `before` and `at`, or at `at` itself, does to the run at `at`.
    fn note(&self, zone: Tz, before: DateTime<Utc>, at: DateTime<Utc>) -> Option<String> {
        let local = wall(zone, at);
        let shown = local.format("%H:%M");
        let fixed = self.fixed();
        if is_twice(zone, at) {
            return Some(match fixed {
                Some(_) => format!("The clocks go back and show {shown} twice; it runs the first time."),
                None if offset(zone, at) == offset(zone, at - TimeDelta::hours(3)) => {
                    format!("The clocks go back and show {shown} twice; this is the first time.")
                }
                None => format!("The clocks go back and show {shown} twice; this is the second time."),
            });
        }
        if let Some(missing) = fixed.as_ref().and_then(|times| missing_time(times, zone, at, local)) {
            return Some(format!(
                "The clocks go forward and skip {missing}; it runs at the first minute after."
            ));
        }
        let change = next_change(zone, before, at)?;
        let stays = if matches!(self, Self::Every { .. }) { "" } else { "; the wall clock time stays" };
        Some(format!("The clocks go {} before this run{stays}.", direction(&change)))
    }

    /// The times of the day, where they are fixed.
    fn fixed(&self) -> Option<Vec<u16>> {
        match self {
            Self::Manual | Self::Every { .. } => None,
            Self::At { times, .. } => Some(times.clone()),
            Self::Cron { expression, .. } => fixed_times(expression).map(|(times, _)| times),
        }
    }

    fn notes(&self, zone: Tz, now: DateTime<Utc>) -> Vec<String> {
        let change = next_change(zone, now, now + AHEAD).map(|change| self.change_note(zone, &change));
        let always = [
            "If this computer sleeps through a run, it runs once when it wakes; the missed run stays in the list, with its reason.",
            "A run that would overlap with one that is going on is skipped and listed.",
        ];
        change.into_iter().chain(always.map(str::to_owned)).collect()
    }

    fn change_note(&self, zone: Tz, change: &Change) -> String {
        let day = wall(zone, change.at).format("%a %-d %b %Y");
        let effect = match (self, self.fixed()) {
            (Self::Every { .. }, _) => "The interval between runs stays the same.".to_owned(),
            (_, Some(times)) => format!(
                "Runs stay at {} on the wall clock; none is lost or doubled.",
                words::list(times.iter().map(|time| words::clock(*time)))
            ),
            (_, None) if change.by > 0 => "Runs in the skipped time do not take place.".to_owned(),
            (_, None) => "Runs in the time that comes twice take place both times.".to_owned(),
        };
        format!("The clocks go {} on {day}. {effect}", direction(change))
    }
}

/// The scheduled time that the clock skipped just before `local`, the first minute after the gap.
fn missing_time(times: &[u16], zone: Tz, at: DateTime<Utc>, local: NaiveDateTime) -> Option<String> {
    let gap = offset(zone, at) - offset(zone, at - TimeDelta::minutes(1));
    let end = i64::from(local.hour() * 60 + local.minute());
    let skipped = |time: &&u16| {
        let before_end = (end - i64::from(**time)).rem_euclid(1440);
        (1..=i64::from(gap / 60)).contains(&before_end)
    };
    times.iter().find(skipped).filter(|_| gap > 0).map(|time| words::clock(*time))
}

fn direction(change: &Change) -> &'static str {
    if change.by > 0 { "forward" } else { "back" }
}
