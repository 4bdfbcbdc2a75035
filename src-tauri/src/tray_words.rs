//! What the tray says.

use chrono::{DateTime, Datelike, Days, Local, TimeZone, Utc};
use sluice_api::wire::{Sync, SyncStatus};

/// The state of all syncs in one line; what needs the user comes first.
pub(crate) fn headline(syncs: &[Sync], paused: bool) -> String {
    let named = |status: SyncStatus| -> Vec<&str> {
        syncs.iter().filter(|sync| sync.status == status).map(|sync| sync.definition.name.as_str()).collect()
    };
    let mut waiting = named(SyncStatus::NeedsYou);
    waiting.extend(named(SyncStatus::Held));
    match (&waiting[..], &named(SyncStatus::Running)[..], &named(SyncStatus::WaitingForNetwork)[..]) {
        ([one], _, _) => format!("{one} needs you"),
        ([_, _, ..], _, _) => format!("{} syncs need you", waiting.len()),
        ([], [one], _) => format!("{one} is running"),
        ([], [_, more @ ..], _) if !more.is_empty() => format!("{} syncs are running", more.len() + 1),
        ([], _, [_, ..]) => "Waiting for the network".to_owned(),
        _ if !named(SyncStatus::Waiting).is_empty() => "Waiting to try again".to_owned(),
        _ if syncs.is_empty() => "No syncs yet".to_owned(),
        _ if paused => "All schedules are paused".to_owned(),
        _ if !named(SyncStatus::Rejected).is_empty() => "Some records were rejected".to_owned(),
        _ => "All syncs are well".to_owned(),
    }
}

/// The next scheduled run, in this computer's time.
pub(crate) fn next_run(syncs: &[Sync], now: DateTime<Utc>) -> Option<String> {
    next_run_in(&Local, syncs, now)
}

fn next_run_in<Z: TimeZone>(zone: &Z, syncs: &[Sync], now: DateTime<Utc>) -> Option<String>
where
    Z::Offset: std::fmt::Display,
{
    let (at, sync) = syncs
        .iter()
        .filter(|sync| !sync.paused)
        .filter_map(|sync| {
            let at = DateTime::parse_from_rfc3339(sync.next_run_at.as_deref()?).ok()?;
            Some((at.with_timezone(zone), &sync.definition.name))
        })
        .min_by_key(|(at, _)| at.to_utc())?;
    let today = now.with_timezone(zone).date_naive();
    let day = if at.date_naive() == today {
        "today".to_owned()
    } else if today.checked_add_days(Days::new(1)) == Some(at.date_naive()) {
        "tomorrow".to_owned()
    } else if at.year() == today.year() {
        at.format("%a %-d %b").to_string()
    } else {
        at.format("%-d %b %Y").to_string()
    };
    Some(format!("Next: {sync}, {day} {}", at.format("%H:%M")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono_tz::Europe::Berlin;
    use sluice_api::wire::{Mode, Query, Removal, Schedule, Shape, SyncDefinition};

    use super::*;

    fn sync(name: &str, status: SyncStatus, next_run_at: Option<&str>) -> Sync {
        let definition = SyncDefinition {
            name: name.into(),
            from: "shop".into(),
            query: Query::Sql { sql: "select 1".into() },
            key: vec![],
            to: None,
            shape: Shape::Identify,
            mode: Mode::Upsert,
            removed: Removal::Nothing,
            identifiers: BTreeMap::new(),
            fields: None,
            schedule: Schedule::Manual,
            brakes: None,
            cursor: None,
        };
        Sync {
            definition,
            from_kind: "sample".into(),
            to_kind: None,
            status,
            problem: None,
            paused: false,
            next_run_at: next_run_at.map(str::to_owned),
            schedule_sentence: String::new(),
            held: None,
            last_run: None,
            history: vec![],
            waiting: 0,
            rejected: 0,
        }
    }

    #[test]
    fn what_needs_the_user_comes_first() {
        let healthy = sync("a", SyncStatus::Healthy, None);
        let running = sync("b", SyncStatus::Running, None);
        let held = sync("c", SyncStatus::Held, None);
        let away = sync("d", SyncStatus::WaitingForNetwork, None);
        let says =
            |syncs: &[&Sync]| headline(&syncs.iter().map(|&sync| sync.clone()).collect::<Vec<_>>(), false);
        assert_eq!(says(&[]), "No syncs yet");
        assert_eq!(says(&[&healthy]), "All syncs are well");
        assert_eq!(says(&[&healthy, &away]), "Waiting for the network");
        let later = sync("e", SyncStatus::Waiting, None);
        assert_eq!(says(&[&healthy, &later]), "Waiting to try again");
        assert_eq!(says(&[&healthy, &away, &running]), "b is running");
        assert_eq!(says(&[&running, &running]), "2 syncs are running");
        assert_eq!(says(&[&running, &held]), "c needs you");
        assert_eq!(says(&[&held, &held, &running]), "2 syncs need you");
        assert_eq!(headline(&[healthy], true), "All schedules are paused");
    }

    #[test]
    fn the_next_run_is_told_in_local_time() {
        let now = "2026-11-22T22:30:00Z".parse().unwrap();
        let says = |at: &str| next_run_in(&Berlin, &[sync("leads", SyncStatus::Healthy, Some(at))], now);
        assert_eq!(says("2026-11-22T22:45:00.000Z").unwrap(), "Next: leads, today 23:45");
        assert_eq!(says("2026-11-22T23:15:00.000Z").unwrap(), "Next: leads, tomorrow 00:15");
        assert_eq!(says("2026-11-30T07:30:00.000Z").unwrap(), "Next: leads, Mon 30 Nov 08:30");
        assert_eq!(says("2027-01-04T07:30:00.000Z").unwrap(), "Next: leads, 4 Jan 2027 08:30");
        assert_eq!(next_run_in(&Berlin, &[], now), None);
    }
}
