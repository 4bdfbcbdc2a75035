//! The connection test. Nothing is written by it; that a key may write shows only with the first record.

use serde::Deserialize;
use sluice_engine::check::{Note, Steps};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::words::count;

use super::client::{Area, HubSpot};
use super::error;
use super::properties::{STANDARD, list};
use super::quota::{self, Account};
use crate::http::{Answered, Failure, is_loopback};

/// Runs the steps.
pub(super) async fn check(hub: &HubSpot, steps: &mut Steps<'_>) -> Result<()> {
    let details = steps.run(reach(hub)).await?;
    steps.run(async { sign_in(&details) }).await?;
    let object = steps.run(permissions(hub)).await?;
    steps.run(read_one(hub, object)).await?;
    steps.run(quota_left(hub)).await
}

/// The first request; what it answers is for the next step.
async fn reach(hub: &HubSpot) -> Result<(Answered, Note)> {
    let details = hub.get(hub.url(Area::Account, &["details"])).await;
    let answered = match details {
        Ok(answered) => answered,
        Err(Failure::NotSent(error) | Failure::Lost(error)) => return Err(error),
    };
    let base = hub.base();
    let note = if base.scheme() == "https" {
        Note::Found(format!("{}, with a valid certificate", base.host_str().unwrap_or_default()))
    } else if is_loopback(base) {
        Note::Found("it is on this computer".to_owned())
    } else {
        Note::Know(
            "The service key and the records travel unencrypted. Use an address that begins with https://."
                .to_owned(),
            None,
        )
    };
    Ok((answered, note))
}

fn sign_in(details: &Answered) -> Result<((), Note)> {
    if details.status == 403 {
        return Ok(((), Note::Found("the key is known; it may not see the account's details".to_owned())));
    }
    let account: Account = error::read(details)?;
    let number = account.portal_id.ok_or_else(|| {
        Error::new(ErrorKind::BadAnswer, "HubSpot's answer does not say whose account it is.")
    })?;
    let zone = if account.time_zone.is_empty() { String::new() } else { format!(", {}", account.time_zone) };
    Ok(((), Note::Found(format!("account {number}{zone}"))))
}

/// The first object whose properties the key may see.
async fn permissions(hub: &HubSpot) -> Result<(&'static str, Note)> {
    let mut seen = Vec::new();
    let mut missing = Vec::new();
    let mut forbidden = None;
    for (name, _) in STANDARD {
        match list(hub, name).await {
            Ok(_) => seen.push(name),
            Err(error) if error::is_forbidden(&error) => {
                missing.extend(error.fix().map(ToOwned::to_owned));
                forbidden = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match (seen.first(), forbidden) {
        (Some(first), None) => Ok((first, Note::Found(seen.join(", ")))),
        (Some(first), Some(_)) => {
            let note = format!("The key may see {}, and nothing else.", seen.join(" and "));
            Ok((first, Note::Know(note, (!missing.is_empty()).then(|| missing.join("\n")))))
        }
        (None, Some(error)) => Err(error),
        (None, None) => Err(Error::new(ErrorKind::Bug, "No object was asked for.")),
    }
}

async fn read_one(hub: &HubSpot, object: &str) -> Result<((), Note)> {
    #[derive(Deserialize)]
    struct Page {
        results: Vec<serde::de::IgnoredAny>,
    }
    let mut url = hub.url(Area::Objects, &[object]);
    url.set_query(Some("limit=1"));
    let answered = hub.get(url).await.map_err(|failure| failure.error().clone())?;
    let Page { results } = error::read(&answered)?;
    let found = if results.is_empty() { "there are none yet" } else { "one was read" };
    Ok(((), Note::Found(format!("{object}: {found}"))))
}

async fn quota_left(hub: &HubSpot) -> Result<((), Note)> {
    match quota::ask(hub).await? {
        Some((0, of)) => Err(Error::new(
            ErrorKind::QuotaSpent,
            format!("None of the {} requests a day is left.", count(of)),
        )),
        Some((left, of)) => {
            Ok(((), Note::Found(format!("{} of {} requests left today", count(left), count(of)))))
        }
        None => Ok(((), Note::Found("HubSpot does not tell this key".to_owned()))),
    }
}
