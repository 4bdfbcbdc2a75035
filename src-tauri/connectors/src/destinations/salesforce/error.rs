//! What Salesforce's answers mean. Codes: REST API Developer Guide, "Status Codes and Error Responses"; SOAP API
//! Developer Guide, "Core Data Types", `StatusCode`.

use std::time::Duration;

use serde::Deserialize;
use sluice_engine::destination::Answer;
use sluice_engine::error::{Error, ErrorKind};

use crate::http::{Answered, Failure};

/// Salesforce counts requests over the last 24 hours; some are free again by then.
const QUOTA_PAUSE: Duration = Duration::from_secs(15 * 60);

/// Why a request did not do its work.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nothing was done, and the same may work later.
    Again(Error),
    /// It may have been done.
    Unknown(Error),
    /// Nothing works until the user mends something.
    Stop(Error),
    /// Something in this very request is wrong.
    Refused(Error),
}

impl Trouble {
    /// For a batch.
    pub(super) fn answer(self) -> Answer {
        match self {
            Self::Again(error) => Answer::Again(error),
            Self::Unknown(error) => Answer::Unknown(error),
            Self::Stop(error) => Answer::Stop(error),
            Self::Refused(error) => Answer::Refused(error),
        }
    }

    /// For a look at something, which changes nothing: a lost answer is asked for again, and a look that is refused
    /// is refused every time.
    pub(super) fn of_a_look(self) -> Self {
        match self {
            Self::Unknown(error) => Self::Again(error),
            Self::Refused(error) => Self::Stop(error),
            Self::Again(_) | Self::Stop(_) => self,
        }
    }

    pub(super) fn error(self) -> Error {
        match self {
            Self::Again(error) | Self::Unknown(error) | Self::Stop(error) | Self::Refused(error) => error,
        }
    }

    /// What happened.
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Again(error) | Self::Unknown(error) | Self::Stop(error) | Self::Refused(error) => {
                error.message()
            }
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(error) if error.kind() == ErrorKind::TlsFailed => Self::Stop(error),
            Failure::NotSent(error) => Self::Again(error),
            Failure::Lost(error) => Self::Unknown(error),
        }
    }
}

/// One of the errors a request is refused with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiError {
    #[serde(default)]
    pub(super) error_code: String,
    #[serde(default)]
    pub(super) message: String,
}

/// The first of the errors in an answer; `None` where it is not in Salesforce's form.
pub(super) fn first(body: &str) -> Option<ApiError> {
    serde_json::from_str::<Vec<ApiError>>(body)
        .ok()?
        .into_iter()
        .next()
        .filter(|one| !one.error_code.is_empty())
}

/// The session is over: another one helps.
pub(super) fn is_signed_out(answered: &Answered) -> bool {
    answered.status == 401
}

/// Sorts the answer to a request of the API: a 2xx that came whole, or the trouble.
pub(super) fn judge(answered: Answered) -> Result<Answered, Trouble> {
    let error = |kind, message: String| waiting(Error::new(kind, message), &answered);
    let said = said(&answered);
    Err(match answered.status {
        200..=299 if answered.is_web_page() => Trouble::Again(web_page()),
        200..=299 => match &answered.cut {
            Some(cut) => Trouble::Unknown(cut.clone()),
            None => return Ok(answered),
        },
        401 => Trouble::Stop(session_refused(&said)),
        403 => forbidden(&answered, &said),
        413 | 414 | 431 => Trouble::Refused(error(
            ErrorKind::TooLarge,
            format!("Salesforce takes no request of this size (HTTP {}).", answered.status),
        )),
        429 => {
            Trouble::Again(error(ErrorKind::RateLimited, format!("Salesforce asks to slow down: {said}.")))
        }
        408 | 502 | 504 => Trouble::Unknown(failed(&answered, &said)),
        425 | 500..=599 => Trouble::Again(failed(&answered, &said)),
        400..=499 if answered.is_web_page() => Trouble::Stop(web_page()),
        400 | 404 | 422 => refused(&answered, &said),
        status => Trouble::Stop(not_the_api(status)),
    })
}

fn failed(answered: &Answered, said: &str) -> Error {
    let message = format!("Salesforce failed (HTTP {}): {said}.", answered.status);
    waiting(Error::new(ErrorKind::ServerFailed, message), answered)
        .with_hint("If it lasts, look at status.salesforce.com.")
}

fn forbidden(answered: &Answered, said: &str) -> Trouble {
    match code(answered).as_str() {
        "REQUEST_LIMIT_EXCEEDED" => {
            let message = format!("Today's requests of this Salesforce org are spent: {said}.");
            let pause = answered.retry_after.unwrap_or(QUOTA_PAUSE);
            Trouble::Again(Error::new(ErrorKind::QuotaSpent, message).with_retry_after(pause).with_hint(
                "Salesforce counts the last 24 hours, over all programs: wait, or look in Setup, Company Information.",
            ))
        }
        "API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED" => Trouble::Stop(
            Error::new(ErrorKind::ApiOff, format!("This org or user may not use Salesforce's API: {said}."))
                .with_hint("Ask an administrator for the permission “API Enabled”."),
        ),
        _ if answered.is_web_page() => Trouble::Stop(web_page()),
        _ => Trouble::Stop(
            Error::new(ErrorKind::NotAllowed, format!("Salesforce does not allow it: {said}.")).with_hint(
                "Ask an administrator for a permission set with create, edit and field access to the object.",
            ),
        ),
    }
}

/// A 400 of the whole request. What is wrong with the object or a field is wrong with every record.
fn refused(answered: &Answered, said: &str) -> Trouble {
    match code(answered).as_str() {
        "INVALID_TYPE"
        | "NOT_FOUND"
        | "INVALID_FIELD"
        | "INVALID_FIELD_FOR_INSERT_UPDATE"
        | "INVALIDENTITY" => Trouble::Stop(no_field(said)),
        "" if answered.status == 404 => Trouble::Stop(not_the_api(404)),
        "API_VERSION_NOT_SUPPORTED" | "UNSUPPORTED_API_VERSION" => Trouble::Stop(Error::new(
            ErrorKind::BadAnswer,
            format!("This org is too old for Sluice: {said}."),
        )),
        "FEATURENOTENABLED" | "INSUFFICIENT_ACCESS" => {
            Trouble::Stop(Error::new(ErrorKind::NotAllowed, format!("Salesforce does not allow it: {said}.")))
        }
        "EXCEEDED_QUOTA" | "LIMIT_EXCEEDED" | "EXCEEDED_ID_LIMIT" if answered.status == 400 => {
            Trouble::Again(
                Error::new(
                    ErrorKind::QuotaSpent,
                    format!("A limit of this Salesforce org is reached: {said}."),
                )
                .with_retry_after(answered.retry_after.unwrap_or(QUOTA_PAUSE)),
            )
        }
        _ => {
            Trouble::Refused(Error::new(ErrorKind::RequestRefused, format!("Salesforce refused it: {said}.")))
        }
    }
}

/// The object or one of the mapped fields is not there, in Salesforce's words.
pub(in crate::destinations) fn no_field(said: &str) -> Error {
    let message = format!("Salesforce does not know the object or a field: {said}.");
    Error::new(ErrorKind::MissingObject, message).with_hint(
        "Look whether the object and every mapped field exist in Salesforce and the signed-in user may see them.",
    )
}

/// Sorts the answer to a sign-in (OAuth 2.0, RFC 6749, section 5.2). Nothing was sent before it.
pub(super) fn signed_in(answered: Result<Answered, Failure>) -> Result<Answered, Trouble> {
    #[derive(Deserialize)]
    struct Refused {
        error: String,
        #[serde(default)]
        error_description: String,
    }
    let answered = match answered.map_err(Trouble::from) {
        Ok(answered) => answered,
        Err(trouble) => return Err(trouble.of_a_look()),
    };
    if let (400..=403, Ok(Refused { error, error_description })) =
        (answered.status, serde_json::from_str(&answered.body))
    {
        let message = format!("Salesforce refused the sign-in: {error_description} ({error}).");
        // A refresh token that counts no more is told apart by the description alone (Salesforce Help, "OAuth 2.0
        // Authorization Errors").
        let kind = match (error.as_str(), error_description.as_str()) {
            ("invalid_grant", "expired access/refresh token") => ErrorKind::SignInExpired,
            _ => ErrorKind::SignInFailed,
        };
        return Err(Trouble::Stop(Error::new(kind, message).with_hint(what_to_do(&error))));
    }
    match judge(answered) {
        // Such an answer may hold anything, tokens too, and no session.
        Err(Trouble::Stop(error)) if error.kind() == ErrorKind::SignInFailed => {
            Err(Trouble::Stop(Error::new(ErrorKind::SignInFailed, "Salesforce refused the sign-in.")))
        }
        judged => judged.map_err(Trouble::of_a_look),
    }
}

fn what_to_do(error: &str) -> &'static str {
    match error {
        "invalid_client_id" | "invalid_client" => {
            "Copy consumer key and secret again from the External Client App; a new app works after up to 10 minutes."
        }
        "invalid_grant" => {
            "Sign in again in the browser; for client credentials, look whether the app has a run-as user who may use the API."
        }
        "unsupported_grant_type" | "unauthorized_client" | "invalid_app_access" => {
            "Switch this way of signing in on in the External Client App, and allow the user to use the app."
        }
        "inactive_user" | "inactive_org" => "Ask an administrator whether user and org are active.",
        "rate_limit_exceeded" => "Too many sign-ins in an hour: wait, then try again.",
        _ => "Check address, consumer key and secret, and the External Client App's settings.",
    }
}

fn session_refused(said: &str) -> Error {
    Error::new(
        ErrorKind::SignInFailed,
        format!("Salesforce does not take the session it has just given: {said}."),
    )
    .with_hint(
        "Look in the External Client App whether the scope “Manage user data via APIs (api)” is there.",
    )
}

/// A web page answered.
pub(super) fn web_page() -> Error {
    Error::new(ErrorKind::WebPage, "A web page answered instead of Salesforce's API.")
        .with_hint("Check the address, and whether this network asks for a sign-in of its own.")
}

/// Something answered that is not the API.
pub(super) fn not_the_api(status: u16) -> Error {
    Error::new(
        ErrorKind::BadAnswer,
        format!("This address does not answer as Salesforce's API (HTTP {status})."),
    )
    .with_hint("Check the address: it looks like https://acme.my.salesforce.com.")
}

/// A 2xx that does not say what it has to.
pub(super) fn unreadable(what: &str) -> Error {
    Error::new(ErrorKind::BadAnswer, format!("Salesforce's answer does not say {what}."))
}

fn waiting(error: Error, answered: &Answered) -> Error {
    match answered.retry_after {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

fn code(answered: &Answered) -> String {
    first(&answered.body).map(|error| error.error_code).unwrap_or_default()
}

/// Salesforce's own words.
fn said(answered: &Answered) -> String {
    match first(&answered.body) {
        Some(error) => format!("“{}” ({})", error.message.trim(), error.error_code),
        None if answered.is_web_page() => "a web page came back".to_owned(),
        None => format!("“{}”", answered.quoted()),
    }
}
