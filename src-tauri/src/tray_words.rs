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
        _ if syncs.is_empty() => "No syncs yet".to_owned(),
        _ if paused => "All schedules are paused".to_owned(),
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
