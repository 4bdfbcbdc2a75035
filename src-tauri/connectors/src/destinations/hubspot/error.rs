//! What HubSpot's refusals mean. Statuses, categories and policies: developers.hubspot.com/docs/api-reference/error-handling
//! and developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sluice_engine::destination::Answer;
use sluice_engine::error::{Error, ErrorKind, Result, Retry};

use super::client::HubSpot;
use super::quota;
use crate::http::{Answered, Failure};

/// HubSpot asks for at least this between two calls once it has locked a record (HTTP 423).
const LOCKED: Duration = Duration::from_secs(2);
/// The window of the ordinary limit.
const TEN_SECONDS: Duration = Duration::from_secs(10);

/// An error as HubSpot words it. Every part may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Said {
    pub(super) message: Option<String>,
    pub(super) category: Option<String>,
    pub(super) policy_name: Option<String>,
    pub(super) id: Option<Value>,
    pub(super) context: Value,
    pub(super) errors: Option<Vec<Detail>>,
}

/// One of an error's parts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Detail {
    pub(super) message: Option<String>,
    pub(super) code: Option<String>,
    pub(super) context: Value,
}

impl Said {
    fn of(answered: &Answered) -> Self {
        serde_json::from_str(&answered.body).unwrap_or_default()
    }

    pub(super) fn is(&self, category: &str) -> bool {
        self.category.as_deref() == Some(category)
    }

    fn has_code(&self, code: &str) -> bool {
        self.details().any(|detail| detail.code.as_deref() == Some(code))
    }

    pub(super) fn details(&self) -> impl Iterator<Item = &Detail> {
        self.errors.iter().flatten()
    }

    /// The values of `key` in the error's own context and its parts'.
    pub(super) fn named(&self, key: &str) -> Vec<String> {
        let contexts = std::iter::once(&self.context).chain(self.details().map(|detail| &detail.context));
        contexts.flat_map(|context| listed(&context[key])).collect()
    }
}

/// A text, or a list of texts.
fn listed(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        Value::String(one) => vec![one.clone()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// The answer's JSON, or why there is none.
pub(super) fn read<T: DeserializeOwned>(answered: &Answered) -> Result<T> {
    if !(200..=299).contains(&answered.status) {
        return Err(refused(answered));
    }
    if answered.is_web_page() {
        return Err(web_page());
    }
    if let Some(error) = &answered.cut {
        return Err(error.clone());
    }
    serde_json::from_str(&answered.body).map_err(|error| {
        Error::new(ErrorKind::BadAnswer, "HubSpot's answer is not what its API promises.").with_source(error)
    })
}

/// Sorts an answer to a write that is no 2xx; `None` for one that is. `creates` where it was only to create.
pub(super) fn refusal(hub: &HubSpot, answered: &Answered, creates: bool) -> Option<Answer> {
    let error = match answered.status {
        200..=299 => return None,
        429 => limited(hub, answered),
        409 if creates => exists(&words(answered, &Said::of(answered))),
        _ => refused(answered),
    };
    Some(match answered.status {
        400 | 404 | 422 if error.kind().retry() == Retry::Never => Answer::Refused(error),
        409 | 413 => Answer::Refused(error),
        // It may have been at work on it already.
        500 | 502 | 504 | 520..=599 => Answer::Unknown(error),
        _ => not_begun(error),
    })
}

/// Nothing was written, because of `error`.
pub(super) fn not_begun(error: Error) -> Answer {
    match error.kind().retry() {
        Retry::Backoff => Answer::Again(error),
        Retry::AfterUserAction | Retry::Never => Answer::Stop(error),
    }
}

/// Sorts a write that has no answer.
pub(super) fn unanswered(failure: &Failure) -> Answer {
    match failure {
        Failure::NotSent(error) => not_begun(error.clone()),
        Failure::Lost(error) => Answer::Unknown(error.clone()),
    }
}

/// What an answer that is no 2xx means.
pub(super) fn refused(answered: &Answered) -> Error {
    let said = Said::of(answered);
    let say = |kind, message: &str| Error::new(kind, message);
    let error = match answered.status {
        401 => key_refused(&said),
        403 => forbidden(&said, answered),
        423 => say(ErrorKind::RecordLocked, "HubSpot has locked these records: too many writes at once.")
            .with_retry_after(LOCKED),
        429 => say(ErrorKind::RateLimited, "HubSpot asks to slow down: the limit of requests is reached.")
            .with_retry_after(TEN_SECONDS),
        477 => say(ErrorKind::ServerFailed, "HubSpot is moving this account to another data centre.")
            .with_hint("It goes on by itself within a day."),
        408 | 425 | 500..=599 => say(
            ErrorKind::ServerFailed,
            &format!("HubSpot failed (HTTP {}): {}.", answered.status, words(answered, &said)),
        ),
        400..=499 if answered.is_web_page() => web_page(),
        409 => say(ErrorKind::RequestRefused, &format!("HubSpot refused it: {}.", words(answered, &said))),
        413 => say(ErrorKind::TooLarge, "HubSpot takes no request of this size."),
        400 | 404 | 422 => unusable(answered, &said),
        status => not_the_api(status),
    };
    match answered.retry_after {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// The limits: one by the day, one by ten seconds.
fn limited(hub: &HubSpot, answered: &Answered) -> Error {
    let policy = Said::of(answered).policy_name.unwrap_or_default();
    if policy.eq_ignore_ascii_case("DAILY") { quota::spent(hub, answered) } else { refused(answered) }
}

fn key_refused(said: &Said) -> Error {
    let (kind, message) = if said.is("EXPIRED_AUTHENTICATION") {
        (ErrorKind::SignInExpired, "The service key has expired.")
    } else {
        (ErrorKind::SignInFailed, "HubSpot does not know this service key.")
    };
    Error::new(kind, message).with_hint(
        "Copy the key again: in HubSpot, open Development, Keys, Service keys. A key that was rotated is of no use any more.",
    )
}

fn forbidden(said: &Said, answered: &Answered) -> Error {
    let mut scopes = said.named("requiredGranularScopes");
    scopes.extend(said.named("requiredScopes"));
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        let message = format!("HubSpot forbids it: {}.", words(answered, said));
        return Error::new(ErrorKind::NotAllowed, message);
    }
    let message = format!("This service key lacks a scope: {}.", scopes.join(", "));
    Error::new(ErrorKind::ScopeMissing, message)
        .with_hint(
            "Add the scope to the key: in HubSpot, open Development, Keys, Service keys, then the key.",
        )
        .with_fix(scopes.join("\n"))
}

/// Whether the key may not do it, for a scope or for something else.
pub(super) fn is_forbidden(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotAllowed | ErrorKind::ScopeMissing)
}

/// A request that HubSpot can not use: for something in its records, or for what it is about.
fn unusable(answered: &Answered, said: &Said) -> Error {
    if said.has_code("PROPERTY_DOESNT_EXIST") {
        return no_property(&said.named("propertyName"));
    }
    let message = said.message.as_deref().unwrap_or_default();
    if message.starts_with("Unable to infer object type") {
        return Error::new(ErrorKind::MissingObject, "HubSpot has no object of this name.")
            .with_hint("Choose another object, or make it again in HubSpot.");
    }
    if answered.status == 404 && !said.is("OBJECT_NOT_FOUND") {
        return not_the_api(404);
    }
    Error::new(ErrorKind::RequestRefused, format!("HubSpot refused it: {}.", words(answered, said)))
}

/// HubSpot has a record that was only to be created.
pub(super) fn exists(words: &str) -> Error {
    Error::new(ErrorKind::AlreadyExists, format!("HubSpot has this record already: {words}."))
}

/// Properties that the object does not have.
pub(in crate::destinations) fn no_property(names: &[String]) -> Error {
    let message = match names {
        [] => "A mapped property does not exist in HubSpot.".to_owned(),
        names => format!("HubSpot has no property “{}” on this object.", names.join("”, “")),
    };
    Error::new(ErrorKind::MissingObject, message)
        .with_hint("Map the column to another property, or create it in HubSpot under this internal name.")
}

/// A web page answered.
pub(super) fn web_page() -> Error {
    Error::new(ErrorKind::WebPage, "A web page answered instead of HubSpot's API.")
        .with_hint("Check the API address and any proxy in between; HubSpot's own is https://api.hubapi.com.")
}

/// Something answered that is not the API.
fn not_the_api(status: u16) -> Error {
    Error::new(
        ErrorKind::MissingObject,
        format!("This address does not answer as HubSpot's API (HTTP {status})."),
    )
    .with_hint("Check the API address and the API version of the connection.")
}

/// HubSpot's own words, as part of a sentence.
fn words(answered: &Answered, said: &Said) -> String {
    if answered.is_web_page() {
        return "a web page came back".to_owned();
    }
    match &said.message {
        Some(message) => format!("“{}”", short(message)),
        None => format!("“{}”", answered.quoted()),
    }
}

/// At most 300 characters of HubSpot's words.
pub(super) fn short(text: &str) -> String {
    text.trim().trim_end_matches('.').chars().take(300).collect()
}
