//! The connection test. It reads, and writes nothing.

use serde::Deserialize;
use sluice_engine::check::{Note, Steps};
use sluice_engine::destination::{Counted, Quota};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::words::{count, counted};

use super::address::{API_VERSION, below};
use super::client::{Ask, Org};
use super::describe::Listed;
use super::error::{Trouble, not_the_api, unreadable, web_page};

/// Runs the steps.
pub(super) async fn check(org: &Org, steps: &mut Steps<'_>) -> Result<()> {
    steps.run(reach(org)).await?;
    steps.run(sign_in(org)).await?;
    let object = steps.run(permissions(org)).await?;
    steps.run(read_object(org, &object)).await?;
    steps.run(spare(org)).await
}

/// Asks which versions of the API there are, which needs no sign-in.
async fn reach(org: &Org) -> Result<((), Note)> {
    #[derive(Deserialize)]
    struct Version {
        version: String,
    }
    let login = &org.sign_in.login;
    let request = org.http.get(below(login, &["services", "data", ""]));
    let answered = org.http.send(request).await.map_err(|failure| Trouble::from(failure).error())?;
    match answered.status {
        200..=299 if answered.is_web_page() => return Err(web_page()),
        200..=299 => {}
        500..=599 => {
            let message = format!("Salesforce is not well (HTTP {}).", answered.status);
            return Err(
                Error::new(ErrorKind::ServerFailed, message).with_hint("Look at status.salesforce.com.")
            );
        }
        status => return Err(not_the_api(status)),
    }
    let versions: Vec<Version> =
        serde_json::from_str(&answered.body).map_err(|_| not_the_api(answered.status))?;
    if versions.iter().any(|version| version.version == API_VERSION) {
        return Ok(((), Note::Found(login.host_str().unwrap_or_default().to_owned())));
    }
    let newest = versions.last().map_or("none", |version| version.version.as_str());
    Err(Error::new(
        ErrorKind::BadAnswer,
        format!("This org speaks no version {API_VERSION} of the API; its newest is {newest}."),
    )
    .with_hint("Salesforce brings every org up to date by itself: try again after its next release."))
}

async fn sign_in(org: &Org) -> Result<((), Note)> {
    let session = org.session().await.map_err(Trouble::error)?;
    Ok(((), Note::Found(session.instance.host_str().unwrap_or_default().to_owned())))
}

/// Which objects may be written; answers with the one to look at.
async fn permissions(org: &Org) -> Result<(String, Note)> {
    let listed = org.list().await.map_err(Trouble::error)?;
    let offered: Vec<&Listed> = listed.iter().filter(|one| one.is_offered()).collect();
    let Some(first) = offered.first() else {
        return Err(Error::new(ErrorKind::NotAllowed, "The signed-in user may not write any object.")
            .with_hint("Give the user a permission set with create and edit on the objects to send to."));
    };
    let object = ["Lead", "Contact", "Account"]
        .iter()
        .find_map(|name| offered.iter().find(|one| one.name == *name))
        .unwrap_or(first);
    let labels: Vec<_> = offered.iter().take(5).map(|one| one.label.as_str()).collect();
    let more = if offered.len() > labels.len() { ", …" } else { "" };
    let found = format!("{}: {}{more}", counted(offered.len() as u64, "object"), labels.join(", "));
    Ok((object.name.clone(), Note::Found(found)))
}

async fn read_object(org: &Org, name: &str) -> Result<((), Note)> {
    let object = org.describe(name).await.map_err(Trouble::error)?;
    let keys: Vec<_> = object
        .fields
        .iter()
        .filter(|field| object.match_field(&field.name).is_ok() && field.kind != "id")
        .map(|field| field.name.as_str())
        .collect();
    if keys.is_empty() {
        let know = format!("{name} has no field that records can be matched by, but for its Id.");
        let fix = "Setup, Object Manager, Fields & Relationships, New: Text, Unique, External ID";
        return Ok(((), Note::Know(know, Some(fix.to_owned()))));
    }
    let fields = counted(object.fields.len() as u64, "field");
    Ok(((), Note::Found(format!("{name}: {fields}, matched by {}", keys.join(", ")))))
}

async fn spare(org: &Org) -> Result<((), Note)> {
    let Quota { left, of, .. } = quota(org).await?;
    if left == 0 {
        return Err(Error::new(
            ErrorKind::QuotaSpent,
            format!("All {} requests of the last 24 hours are spent.", count(of)),
        ));
    }
    Ok(((), Note::Found(format!("{} of {} requests left", count(left), count(of)))))
}

/// Requests left of those that all programs together may make in 24 hours.
pub(super) async fn quota(org: &Org) -> Result<Quota> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Limits {
        daily_api_requests: Left,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Left {
        max: u64,
        remaining: u64,
    }
    let answered = org.look(&Ask::get(&["limits"])).await.map_err(Trouble::error)?;
    let limits: Limits =
        serde_json::from_str(&answered.body).map_err(|_| unreadable("how many requests are left"))?;
    let Left { max, remaining } = limits.daily_api_requests;
    Ok(Quota { left: remaining, of: max, counts: Counted::Requests })
}
