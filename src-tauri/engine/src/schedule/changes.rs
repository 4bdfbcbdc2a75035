//! When clocks change.

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A change of a zone's clock.
pub(super) struct Change {
    /// The first instant of the new time.
    pub(super) at: DateTime<Utc>,
    /// How many seconds the clock goes forward; negative for back.
    pub(super) by: i32,
}

/// The first change after `after` and up to `until`.
pub(super) fn next_change(zone: Tz, after: DateTime<Utc>, until: DateTime<Utc>) -> Option<Change> {
    let before = offset(zone, after);
    let steps = std::iter::successors(Some(after), |at| Some(*at + TimeDelta::hours(1)));
    let mut late = steps.take_while(|at| *at <= until).find(|at| offset(zone, *at) != before)?;
    let mut early = late - TimeDelta::hours(1);
    while late - early > TimeDelta::seconds(1) {
        let middle = early + (late - early) / 2;
        if offset(zone, middle) == before { early = middle } else { late = middle }
    }
    // The earlier half starts at whole seconds or not, as `after` does; changes are at whole minutes.
    let at = DateTime::from_timestamp((late.timestamp() + 30).div_euclid(60) * 60, 0)?;
    Some(Change { at, by: offset(zone, at) - before })
}

/// Seconds the zone is ahead of UTC.
pub(super) fn offset(zone: Tz, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

/// The wall clock in the zone.
pub(super) fn wall(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// The wall clock shows the time of `at` twice.
pub(super) fn is_twice(zone: Tz, at: DateTime<Utc>) -> bool {
    matches!(zone.from_local_datetime(&wall(zone, at)), chrono::LocalResult::Ambiguous(..))
}
