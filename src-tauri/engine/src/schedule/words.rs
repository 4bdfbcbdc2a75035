//! Schedules and spans of time in plain English.

use chrono::TimeDelta;

use super::Schedule;
use super::next::{fixed_times, parse};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// One plain sentence, without a full stop.
pub(super) fn sentence(schedule: &Schedule) -> String {
    match schedule {
        Schedule::Manual => "Only when you press Sync now".to_owned(),
        Schedule::Every { minutes } => every(*minutes),
        Schedule::At { times, days, time_zone } => {
            format!(
                "{} at {}, {}",
                on_days(days),
                list(times.iter().map(|time| clock(*time))),
                zone(time_zone)
            )
        }
        Schedule::Cron { expression, time_zone } => format!("{}, {}", cron(expression), zone(time_zone)),
    }
}

fn every(minutes: u32) -> String {
    let (count, unit) = match minutes {
        _ if minutes > 0 && minutes.is_multiple_of(1440) => (minutes / 1440, "day"),
        _ if minutes > 0 && minutes.is_multiple_of(60) => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    if count == 1 { format!("Every {unit}") } else { format!("Every {count} {unit}s") }
}

fn on_days(days: &[u8]) -> String {
    match days {
        [0, 1, 2, 3, 4, 5, 6] => "Every day".to_owned(),
        [0, 1, 2, 3, 4] => "Every weekday".to_owned(),
        days => {
            let names = days.iter().filter_map(|day| DAYS.get(usize::from(*day)).copied());
            format!("Every {}", list(names.map(str::to_owned)))
        }
    }
}

fn cron(expression: &str) -> String {
    as_times(expression)
        .or_else(|| as_interval(expression))
        .or_else(|| described(expression))
        .unwrap_or_else(|| format!("By the cron expression “{expression}”"))
}

/// In the words of set times on set days, where it is that.
fn as_times(expression: &str) -> Option<String> {
    let (times, rest) = fixed_times(expression)?;
    let weekdays = rest.strip_prefix("* * ")?;
    let days = match weekdays {
        "*" => (0..7).collect(),
        _ => week_days(weekdays)?,
    };
    Some(format!("{} at {}", on_days(&days), list(times.iter().map(|time| clock(*time)))))
}

/// Cron's numbers of week days (0 or 7 for Sunday) as ours.
fn week_days(field: &str) -> Option<Vec<u8>> {
    let mut days = Vec::new();
    for part in field.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| text.parse().ok().filter(|day: &u8| *day <= 7);
        let (from, to) = (number(from)?, number(to)?);
        days.extend((from..=to).map(|day| (day + 6) % 7));
    }
    days.sort_unstable();
    days.dedup();
    Some(days)
}

fn as_interval(expression: &str) -> Option<String> {
    let fields: Vec<_> = expression.split_whitespace().collect();
    let step = |field: &str, of: u32| {
        let step: u32 = field.strip_prefix("*/")?.parse().ok()?;
        (step > 0 && of.is_multiple_of(step)).then_some(step)
    };
    match fields.as_slice() {
        ["*", "*", "*", "*", "*"] => Some(every(1)),
        ["0", "*", "*", "*", "*"] => Some(every(60)),
        [minutes, "*", "*", "*", "*"] => step(minutes, 60).map(every),
        ["0", hours, "*", "*", "*"] => step(hours, 24).map(|hours| every(hours * 60)),
        _ => None,
    }
}

/// Croner's words, which are plain where the minutes are one number, and clumsy for steps and lists.
fn described(expression: &str) -> Option<String> {
    let words = parse(expression).ok()?.describe();
    let clumsy = expression.contains('/') || words.contains("of hour");
    (!clumsy).then(|| words.trim_end_matches('.').to_owned())
}

/// `08:30`.
pub(super) fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// “Berlin time”.
pub(super) fn zone(name: &str) -> String {
    match name.rsplit_once('/') {
        Some(("Etc", zone)) => zone.to_owned(),
        Some((_, city)) => format!("{} time", city.replace('_', " ")),
        None => name.to_owned(),
    }
}

/// “a, b and c”.
pub(super) fn list(words: impl Iterator<Item = String>) -> String {
    let words: Vec<_> = words.collect();
    match words.as_slice() {
        [] => String::new(),
        [word] => word.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// “in 3 h”, “in 1 day 17 h”.
pub(super) fn distance(span: TimeDelta) -> String {
    let minutes = (span.num_seconds() + 59).div_euclid(60);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let days_text = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    match (days, hours, minutes) {
        (..0, ..) | (0, 0, ..=0) => "now".to_owned(),
        (0, 0, _) => format!("in {minutes} min"),
        (0, _, 0) => format!("in {hours} h"),
        (0, ..) => format!("in {hours} h {minutes} min"),
        (_, 0, _) => format!("in {days_text}"),
        _ => format!("in {days_text} {hours} h"),
    }
}
