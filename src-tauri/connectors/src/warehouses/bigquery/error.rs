//! The API's errors, told apart by their reason (<https://cloud.google.com/bigquery/docs/error-messages>).

use std::fmt;

use serde::Deserialize;
use sluice_engine::error::{Error, ErrorKind};

use super::client::Login;
use super::cost;
use super::credentials::Credentials;
use crate::http::Answered;

/// What was asked for: decides which roles are missing where it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing<'a> {
    /// A look at the project's datasets, or at a job.
    Project,
    /// A look at a dataset, as `project.dataset` or `dataset`.
    Dataset(&'a str),
    /// The user's query, before it reads any row.
    Query,
    /// The user's query, while it runs: words about it can hold a row's value.
    Running,
    /// Sluice's own statement on its own tables, in this dataset.
    Snapshot(&'a str),
}

/// What went wrong, as the API and its jobs say it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) message: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: Body,
}

/// Of one form for all of Google's APIs (<https://cloud.google.com/apis/design/errors>), with BigQuery's older `errors`.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Said>,
    #[serde(default)]
    details: Vec<Said>,
}

/// What an answer with an error status means.
pub(super) fn from_answer(login: &Login, answered: &Answered, doing: Doing<'_>) -> Error {
    let status = answered.status;
    let said = match serde_json::from_str::<Refusal>(&answered.body) {
        Ok(Refusal { error }) => {
            let disabled = error.details.iter().any(|detail| detail.reason == "SERVICE_DISABLED");
            let reason = match error.errors.into_iter().next() {
                _ if disabled => "accessNotConfigured".to_owned(),
                Some(first) => first.reason,
                None => String::new(),
            };
            Said { reason, message: error.message }
        }
        Err(_) if matches!(status, 429 | 500..=599) => Said::default(),
        Err(_) => {
            let message = format!("The address answered with HTTP {status}, and not as BigQuery does.");
            return Error::new(ErrorKind::BadAnswer, message)
                .with_hint("Check the API address, and whether a proxy answers in its place.");
        }
    };
    let error = from_said(login, &said, status, doing);
    match answered.retry_after {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// What the API or a job said; `status` is 200 for a job.
pub(super) fn from_said(login: &Login, said: &Said, status: u16, doing: Doing<'_>) -> Error {
    let error = match said.reason.as_str() {
        "accessNotConfigured" => not_turned_on(login),
        "billingNotEnabled" => {
            new(ErrorKind::NoBilling, format!("The project “{}” has no billing account.", login.project))
                .with_hint("Link a billing account to the project, or choose another project.")
        }
        "accessDenied" | "policyViolation" => denied(login, said, doing),
        "notFound" => missing(login, said),
        "invalidQuery" if matches!(doing, Doing::Snapshot(_)) && is_undone(said) => undone(),
        "invalidQuery" | "invalid" if doing == Doing::Running => return in_the_rows(said),
        "invalidQuery" | "invalid" | "required" | "badRequest" | "invalidParameter" => {
            new(ErrorKind::BadQuery, format!("BigQuery does not take this query: {}.", sentence(&said.message)))
        }
        "bytesBilledLimitExceeded" => cost::too_much(None),
        "responseTooLarge" => new(ErrorKind::QueryTooLarge, "The result is larger than BigQuery keeps (10 GB).".into())
            .with_hint("Leave columns out, or name a dataset for snapshots, which lets BigQuery hand out only what changed."),
        "resourcesExceeded" => {
            new(ErrorKind::QueryTooLarge, "The query needs more than BigQuery gives one query.".into())
                .with_hint("Make the query simpler: leave out ORDER BY, or read fewer rows or columns.")
        }
        "rateLimitExceeded" | "jobRateLimitExceeded" | "userRateLimitExceeded" => slow_down(),
        "quotaExceeded" => new(ErrorKind::QuotaSpent, "A quota of the Google Cloud project is spent.".into())
            .with_hint("It goes on when the quota is fresh. An administrator can raise it under “Quotas” in the Google Cloud console."),
        "timeout" => took_too_long(),
        "stopped" => new(ErrorKind::ServerFailed, "The query was cancelled in BigQuery.".into()),
        "duplicate" => new(ErrorKind::Conflict, "BigQuery has this already.".into()),
        "backendError" | "internalError" | "jobBackendError" | "jobInternalError" | "tableUnavailable" => failed(status),
        _ => by_status(login, said, status, doing),
    };
    error.with_source(Cause(said.clone()))
}

fn by_status(login: &Login, said: &Said, status: u16, doing: Doing<'_>) -> Error {
    match status {
        401 => new(ErrorKind::SignInFailed, format!("BigQuery does not take the sign-in of {}.", who(login)))
            .with_hint("Make a new key for the service account, and paste it into the connection."),
        403 => denied(login, said, doing),
        404 => missing(login, said),
        400 => new(ErrorKind::BadQuery, format!("BigQuery does not take this: {}.", sentence(&said.message))),
        429 => slow_down(),
        408 | 504 => new(ErrorKind::TimedOut, "BigQuery did not answer in time.".into()),
        _ => failed(status),
    }
}

fn new(kind: ErrorKind, message: String) -> Error {
    Error::new(kind, message)
}

/// The words as the end of a sentence.
fn sentence(message: &str) -> String {
    let line = message.split(['\n', '\r']).next().unwrap_or_default();
    line.trim().trim_end_matches('.').chars().take(300).collect()
}

/// The query did not end in the time it had; the server was told to stop it, or did so by itself.
pub(super) fn took_too_long() -> Error {
    new(ErrorKind::TimedOut, "BigQuery stopped the query because it took too long.".into())
}

fn slow_down() -> Error {
    new(ErrorKind::RateLimited, "BigQuery asked to slow down.".into())
}

fn failed(status: u16) -> Error {
    let number = if status == 200 { String::new() } else { format!(" (HTTP {status})") };
    new(ErrorKind::ServerFailed, format!("BigQuery failed{number}."))
        .with_hint("If it lasts, look at https://status.cloud.google.com.")
}

/// Another change of the same table came in between, and BigQuery has undone this one. Its reason is that of every wrong
/// query, so its words tell (<https://github.com/dlt-hub/dlt/issues/2892>,
/// <https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency>).
fn is_undone(said: &Said) -> bool {
    said.message.contains("due to concurrent update")
}

fn undone() -> Error {
    new(ErrorKind::TimedOut, "Another change of the snapshot in BigQuery came in between.".into())
        .with_safe("BigQuery has undone this one as a whole, and nothing was sent.")
        .with_hint("Run it again, and have the sync run on one computer at a time.")
}

/// Whether the server has undone what it was to do, so that it can be done again.
pub(super) fn may_be_done_again(error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Cause>());
    error.kind() == ErrorKind::TimedOut && cause.is_some_and(|Cause(said)| is_undone(said))
}

/// Where the server says that it has a job of this id already (`Already Exists: Job project:EU.id`). A place to look at first:
/// its words may change.
pub(super) fn job_location(error: &Error, id: &str) -> Option<String> {
    let Cause(said) = std::error::Error::source(error)?.downcast_ref::<Cause>()?;
    let (before, _) = said.message.split_once(&format!(".{id}"))?;
    let (_, location) = before.rsplit_once(':')?;
    let is_location = location.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (is_location && !location.is_empty()).then(|| location.to_owned())
}

/// The words can hold a value of the row.
fn in_the_rows(said: &Said) -> Error {
    let message = format!("The query fails on a value in its rows ({}).", said.reason);
    new(ErrorKind::ValueInQuery, message)
        .with_hint("Run the query in the BigQuery console to see the value, and correct it or the query.")
}

fn missing(login: &Login, said: &Said) -> Error {
    let error = new(ErrorKind::MissingObject, format!("BigQuery says: {}.", sentence(&said.message)));
    match &login.location {
        Some(location) => error.with_hint(format!(
            "Check the name, and that its dataset is in {location}, which the connection gives as location."
        )),
        None => error.with_hint("Check the name; capital letters count in names of datasets and tables."),
    }
}

fn not_turned_on(login: &Login) -> Error {
    let project = &login.project;
    new(ErrorKind::ApiOff, format!("The BigQuery API is not turned on in the project “{project}”."))
        .with_hint(format!("Turn it on at https://console.cloud.google.com/apis/library/bigquery.googleapis.com?project={project}, or with the command below."))
        .with_fix(format!("gcloud services enable bigquery.googleapis.com bigquerystorage.googleapis.com --project={project}"))
}

fn denied(login: &Login, said: &Said, doing: Doing<'_>) -> Error {
    let message = format!("{} may not do this: {}.", who(login), sentence(&said.message));
    let run = project_role(login, "bigquery.jobUser");
    let (hint, fix) = match doing {
        Doing::Project => ("Have an administrator run this command.", run),
        Doing::Dataset(dataset) => (
            "Have an administrator run this statement in BigQuery.",
            grant(login, "bigquery.dataViewer", dataset),
        ),
        Doing::Query | Doing::Running => (LET_QUERY, let_query(login, &[])),
        Doing::Snapshot(dataset) => (
            "Have an administrator run this statement in BigQuery, or leave the dataset for snapshots empty: then rows are compared on this computer.",
            grant(login, "bigquery.dataEditor", dataset),
        ),
    };
    new(ErrorKind::NotAllowed, message).with_hint(hint).with_fix(fix)
}

const LET_QUERY: &str = "Have an administrator run these: the first lets queries run, the others let them read the datasets. Put your dataset’s name in the place of YOUR_DATASET.";

/// What lets the login query tables of these datasets.
fn let_query(login: &Login, datasets: &[String]) -> String {
    let unknown = ["YOUR_DATASET".to_owned()];
    let datasets = if datasets.is_empty() { &unknown } else { datasets };
    let mut lines = vec![project_role(login, "bigquery.jobUser")];
    lines.extend(datasets.iter().map(|dataset| grant(login, "bigquery.dataViewer", dataset)));
    lines.join("\n")
}

/// The refusal of a query, with what lets the login read just the datasets it names; any other error as it is.
pub(super) fn naming(login: &Login, datasets: &[String], error: Error) -> Error {
    if error.kind() != ErrorKind::NotAllowed || datasets.is_empty() {
        return error;
    }
    error
        .with_hint("Have an administrator run these: the first lets queries run, the others let them read the datasets of this query.")
        .with_fix(let_query(login, datasets))
}

fn who(login: &Login) -> &str {
    login.tokens.credentials().name()
}

/// The command that gives the login a role on the whole project.
pub(super) fn project_role(login: &Login, role: &str) -> String {
    let (project, member) = (&login.project, login.tokens.credentials().member());
    format!(
        "gcloud projects add-iam-policy-binding {project} --member={member} --role=roles/{role} --condition=None"
    )
}

/// The statement that gives the login a role on a dataset
/// (<https://cloud.google.com/bigquery/docs/reference/standard-sql/data-control-language>).
pub(super) fn grant(login: &Login, role: &str, dataset: &str) -> String {
    let member = login.tokens.credentials().member();
    format!(
        "GRANT `roles/{role}` ON SCHEMA {} TO {};",
        login.dataset(dataset).quoted(),
        super::query::literal(&member)
    )
}

/// What was signed counts from or until another time than Google's. It has no error of its own, so its words tell
/// (<https://developers.google.com/identity/protocols/oauth2/service-account#error-codes>).
fn is_of_another_time(description: &str) -> bool {
    description.contains("Check your iat and exp values")
}

/// What the answer of the token endpoint means (RFC 6749, section 5.2).
pub(super) fn token_refused(credentials: &Credentials, answered: &Answered) -> Error {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Refused {
        error: String,
        error_description: String,
    }
    let status = answered.status;
    let refused: Refused = serde_json::from_str(&answered.body).unwrap_or_default();
    let name = credentials.name();
    let error = match refused.error.as_str() {
        "invalid_grant" if is_of_another_time(&refused.error_description) => {
            new(ErrorKind::ClockWrong, format!("Google does not take what {name} signs at this hour."))
        }
        "invalid_grant" => {
            let (kind, hint) = match credentials {
                Credentials::User(_) => (
                    ErrorKind::SignInExpired,
                    "The sign-in has ended or was taken back. Sign in again with the command below.",
                ),
                Credentials::ServiceAccount(_) | Credentials::Anonymous => (
                    ErrorKind::SignInFailed,
                    "The key or the account was deleted or disabled. Make a new key and paste it.",
                ),
            };
            new(kind, format!("Google does not take the key of {name}.")).with_hint(hint)
        }
        "" if status == 429 => slow_down(),
        "" if status >= 500 => {
            new(ErrorKind::ServerFailed, format!("Google’s sign-in failed (HTTP {status})."))
        }
        "" => new(
            ErrorKind::BadAnswer,
            format!("The sign-in answered with HTTP {status}, and not as Google’s does."),
        )
        .with_hint("Check whether a proxy answers in its place."),
        _ => new(ErrorKind::SignInFailed, format!("Google refused to sign {name} in ({}).", refused.error))
            .with_hint("Make a new key for the service account, and paste it."),
    };
    let error = match credentials {
        Credentials::User(_)
            if matches!(error.kind(), ErrorKind::SignInFailed | ErrorKind::SignInExpired) =>
        {
            error.with_fix("gcloud auth application-default login")
        }
        Credentials::User(_) | Credentials::ServiceAccount(_) | Credentials::Anonymous => error,
    };
    let error = match answered.retry_after {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    };
    error.with_source(Cause(Said { reason: refused.error, message: refused.error_description }))
}

/// What the API said, word for word.
#[derive(Debug)]
pub(super) struct Cause(pub(super) Said);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.reason, self.0.message)
    }
}

impl std::error::Error for Cause {}
