//! Today's quota: what answers say of it in passing, and what HubSpot says when it is asked.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Days, FixedOffset, NaiveTime, Utc};
use serde::Deserialize;
use sluice_engine::error::{Error, ErrorKind, Result};

use super::client::{Area, HubSpot};
use super::error;
use crate::http::Answered;

/// Where less than one part in so many of a day's requests is left, records are no longer read before they are
/// written: what is left is for writing.
const SCARCE: u64 = 10;

/// Requests of today, as the last answer's headers told them; zero of zero where none did.
#[derive(Default)]
pub(super) struct Quota {
    left: AtomicU64,
    of: AtomicU64,
}

impl Quota {
    /// Notes what an answer says. Headers: developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
    pub(super) fn note(&self, answered: &Answered) {
        let number = |name| answered.header(name).trim().parse::<u64>().ok();
        if let (Some(of), Some(left)) =
            (number("x-hubspot-ratelimit-daily"), number("x-hubspot-ratelimit-daily-remaining"))
        {
            self.of.store(of, Ordering::Relaxed);
            self.left.store(left, Ordering::Relaxed);
        }
    }

    /// What was seen last: left, and of how many.
    fn seen(&self) -> Option<(u64, u64)> {
        let of = self.of.load(Ordering::Relaxed);
        (of > 0).then(|| (self.left.load(Ordering::Relaxed), of))
    }

    /// Hardly any requests are left today.
    pub(super) fn is_scarce(&self) -> bool {
        self.seen().is_some_and(|(left, of)| left < of / SCARCE)
    }
}

#[derive(Deserialize)]
struct Usages {
    results: Vec<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    name: String,
    #[serde(rename = "currentUsage")]
    used: u64,
    #[serde(rename = "usageLimit")]
    of: u64,
}

/// Today's requests, left and of how many; from the headers where the account does not tell.
pub(super) async fn ask(hub: &HubSpot) -> Result<Option<(u64, u64)>> {
    let url = hub.url(Area::Account, &["api-usage", "daily", "private-apps"]);
    let answered = hub.get(url).await.map_err(|failure| failure.error().clone())?;
    if answered.status == 404 || answered.status == 403 {
        return Ok(hub.quota.seen());
    }
    let Usages { results } = error::read(&answered)?;
    let daily = results.iter().find(|usage| usage.name.ends_with("daily")).or(results.first());
    let told = daily.map(|usage| (usage.of.saturating_sub(usage.used), usage.of));
    Ok(told.or_else(|| hub.quota.seen()))
}

/// An account as HubSpot describes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) portal_id: Option<u64>,
    #[serde(default)]
    pub(super) time_zone: String,
    utc_offset_milliseconds: Option<i64>,
}

/// Learns how far the account's time is from UTC, once. That it is not known hinders nothing.
pub(super) async fn learn_time(hub: &HubSpot) {
    let learn = async {
        let answered = hub.get(hub.url(Area::Account, &["details"])).await.ok()?;
        error::read::<Account>(&answered).ok()?.utc_offset_milliseconds
    };
    hub.utc_offset.get_or_init(|| learn).await;
}

/// The day's requests are spent: until the account's midnight, or for an hour where its time is not known.
pub(super) fn spent(hub: &HubSpot, answered: &Answered) -> Error {
    let midnight = || {
        let offset = (*hub.utc_offset.get()?)?;
        until_midnight(hub.clock.now(), offset)
    };
    let wait = answered.retry_after.or_else(midnight).unwrap_or(Duration::from_secs(3600));
    Error::new(ErrorKind::QuotaSpent, "The requests that HubSpot allows this key in a day are spent.")
        .with_hint("Wait until midnight in the HubSpot account's time zone, or ask HubSpot for the API limit increase.")
        .with_retry_after(wait)
}

fn until_midnight(now: DateTime<Utc>, offset_millis: i64) -> Option<Duration> {
    let zone = FixedOffset::east_opt((offset_millis / 1000) as i32)?;
    let here = now.with_timezone(&zone);
    let midnight = (here.date_naive() + Days::new(1)).and_time(NaiveTime::MIN);
    (midnight - here.naive_local()).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_the_accounts() {
        let now = DateTime::UNIX_EPOCH + Duration::from_secs(3600);
        assert_eq!(until_midnight(now, 0), Some(Duration::from_secs(23 * 3600)));
        // One o'clock in London is eight in the evening in New York.
        assert_eq!(until_midnight(now, -5 * 3_600_000), Some(Duration::from_secs(4 * 3600)));
        assert_eq!(until_midnight(now, i64::MAX), None);
    }
}
