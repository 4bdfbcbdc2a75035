//! The schedule of a sync in the file.

use sluice_engine::Result;
use sluice_engine::schedule::Schedule;

use super::entries::{Entries, text, texts, word};
use super::faults::Faults;
use super::node::{Data, Node, Place};

/// The words of `days`, Monday first.
pub(super) const DAYS: [(&str, u8); 7] =
    [("mon", 0), ("tue", 1), ("wed", 2), ("thu", 3), ("fri", 4), ("sat", 5), ("sun", 6)];
/// Minutes by unit of `every`, the longest first.
pub(super) const UNITS: [(char, u32); 3] = [('d', 1440), ('h', 60), ('m', 1)];
/// The longest interval: a week.
const MAX_MINUTES: u32 = 10_080;

/// Reads `schedule`; `time_zone` is this computer's.
pub(super) fn parse(node: &Node, time_zone: &str) -> Result<Schedule> {
    let schedule = form(node, time_zone)?;
    schedule.check().map_err(|error| node.place.wrong(error.message()).with_hint(error.hint().to_owned()))?;
    Ok(schedule)
}

fn form(node: &Node, time_zone: &str) -> Result<Schedule> {
    if let Data::Scalar { .. } = &node.data {
        return word(node, "schedule", &[("manual", ())]).map(|()| Schedule::Manual).map_err(|error| {
            error.with_hint("Write “manual”, “{ every: 30m }”, “{ at: [\"08:30\"], days: [mon] }” or “{ cron: \"30 8 * * *\" }”.")
        });
    }
    let mut faults = Faults::default();
    let entries =
        Entries::of(node, "a schedule", &["every", "at", "days", "cron", "time_zone"], &mut faults)?;
    let schedule = faults.keep(written(&entries, time_zone));
    faults.end(schedule)
}

fn written(entries: &Entries<'_>, time_zone: &str) -> Result<Schedule> {
    let forms: Vec<_> =
        ["every", "at", "cron"].into_iter().filter(|form| entries.get(form).is_some()).collect();
    let zone = || entries.text("time_zone").map(|zone| zone.unwrap_or(time_zone).to_owned());
    let only = |keys: &[&str]| match ["days", "time_zone"]
        .into_iter()
        .find(|key| !keys.contains(key) && entries.get(key).is_some())
    {
        Some(key) => Err(entries
            .place_of(key)
            .unwrap_or(entries.place())
            .wrong(format!("“{key}” does not go with this schedule."))),
        None => Ok(()),
    };
    match forms.as_slice() {
        ["every"] => {
            only(&[])?;
            every(entries.required("every")?)
        }
        ["at"] => Ok(Schedule::At {
            times: times(entries.required("at")?)?,
            days: days(entries.get("days"))?,
            time_zone: zone()?,
        }),
        ["cron"] => {
            only(&["time_zone"])?;
            Ok(Schedule::Cron { expression: cron(entries.required("cron")?)?, time_zone: zone()? })
        }
        _ => Err(entries.place().wrong("a schedule has “every”, “at” or “cron”, one of the three.")),
    }
}

fn every(node: &Node) -> Result<Schedule> {
    let text = text(node, "every")?;
    let minutes = UNITS.iter().find_map(|(unit, minutes)| {
        let count: u32 = text.strip_suffix(*unit)?.trim().parse().ok()?;
        count.checked_mul(*minutes)
    });
    match minutes {
        Some(minutes @ 1..=MAX_MINUTES) => Ok(Schedule::Every { minutes }),
        Some(_) => Err(node.place.wrong(format!("“every: {text}” is not between 1m and 7d."))),
        None => Err(node.place.wrong(format!("“every: {text}” is not an interval such as 30m, 2h or 1d."))),
    }
}

fn times(node: &Node) -> Result<Vec<u16>> {
    let mut times: Vec<u16> =
        texts(node, "at")?.into_iter().map(|(text, place)| time(text, place)).collect::<Result<_>>()?;
    times.sort_unstable();
    times.dedup();
    Ok(times)
}

fn time(text: &str, place: Place) -> Result<u16> {
    let read = || {
        let (hours, minutes) = text.split_once(':')?;
        let two_digits = |part: &str| {
            (part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok())?
        };
        let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    read().ok_or_else(|| place.wrong(format!("“{text}” is not a time of day such as “08:30”.")))
}

fn days(node: Option<&Node>) -> Result<Vec<u8>> {
    let Some(node) = node else { return Ok(DAYS.map(|(_, day)| day).to_vec()) };
    texts(node, "days")?;
    let nodes = match &node.data {
        Data::List(nodes) => nodes.as_slice(),
        Data::Scalar { .. } | Data::Map(_) => std::slice::from_ref(node),
    };
    let mut days: Vec<u8> = nodes.iter().map(|node| word(node, "days", &DAYS)).collect::<Result<_>>()?;
    days.sort_unstable();
    Ok(days)
}

fn cron(node: &Node) -> Result<String> {
    let expression = text(node, "cron")?.split_whitespace().collect::<Vec<_>>().join(" ");
    match expression.split(' ').count() {
        5 => Ok(expression),
        fields => Err(node
            .place
            .wrong(format!("“cron” has five fields (minute, hour, day, month, weekday), not {fields}."))),
    }
}
