//! Many records in a job (Bulk API 2.0 and Bulk API Developer Guide, "Bulk API 2.0 Ingest").
//!
//! A job is made empty, and its id is written down by the engine before anything is uploaded: no record is in Salesforce
//! that nobody knows the job of. A job found empty later is given up, and its records go into another one.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use bytes::Bytes;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use sluice_engine::destination::{Answer, Delivery, Exchange, JobToken};
use sluice_engine::error::{Error, ErrorKind};

use super::client::{Ask, Org};
use super::collections::Target;
use super::error::{Trouble, first, unreadable};
use super::results::{self, Files};
use super::rows::{Rows, csv};

/// Records of a job: what Salesforce works on at once.
pub(super) const RECORDS: usize = 10_000;
/// Bytes of payloads in a job, well below the 100 MB a file may have.
pub(super) const BYTES: usize = 24 << 20;
/// Bytes of a file (the same guide, "Limits": 150 MB once it is in base64).
const FILE: usize = 100_000_000;
/// Bytes of a file of results: the file that was sent and two columns more.
const RESULTS: usize = 160 << 20;

/// What a job says of itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    id: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    number_records_processed: u64,
    #[serde(default)]
    error_message: Option<String>,
}

/// Makes an empty job for these records.
pub(super) async fn begin(org: &Org, target: Target<'_>, rows: Rows<'_>) -> Delivery {
    let rows = rows.for_a_job();
    let mut exchange = Exchange { left_out: rows.left_out(), ..Exchange::default() };
    if rows.sent.is_empty() {
        exchange.never_left = true;
        "nothing was sent".clone_into(&mut exchange.target);
        return Delivery::new(Answer::Records(rows.finish(&unreadable("anything"))), exchange);
    }
    let answer = match make(org, target, &rows, &mut exchange).await {
        Ok(token) => Answer::Job(token),
        Err(trouble) => trouble.answer(),
    };
    Delivery::new(answer, exchange)
}

async fn make(
    org: &Org,
    target: Target<'_>,
    rows: &Rows<'_>,
    exchange: &mut Exchange,
) -> Result<JobToken, Trouble> {
    // A file that is too long is found before there is a job for it.
    file(rows)?;
    let body = json!({
        "object": target.object,
        "operation": "upsert",
        "externalIdFieldName": target.match_field,
        "contentType": "CSV",
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
    });
    let ask = Ask::json(Method::POST, &["jobs", "ingest"], body.to_string().into_bytes());
    let answered = org.ask(&ask, exchange).await?;
    let job: Job = serde_json::from_str(&answered.body)
        .ok()
        .filter(|job: &Job| is_id(&job.id))
        .ok_or_else(|| Trouble::Again(unreadable("which job it made")))?;
    org.empty_jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(job.id.clone());
    Ok(JobToken(job.id))
}

/// Looks at a job, and does what comes next. `None` while Salesforce has it.
pub(super) async fn poll(
    org: &Org,
    token: &JobToken,
    target: Target<'_>,
    rows: Rows<'_>,
) -> Option<Delivery> {
    let rows = rows.for_a_job();
    let mut exchange = Exchange { left_out: rows.left_out(), ..Exchange::default() };
    let mut made = BTreeMap::new();
    let is_ours = org.empty_jobs.lock().unwrap_or_else(PoisonError::into_inner).remove(&token.0);
    let next = if is_ours {
        upload(org, &token.0, &rows, &mut exchange).await.map(|()| None)
    } else {
        look(org, &token.0, target, rows, &mut exchange, &mut made).await
    };
    let answer = match next {
        Ok(None) => return None,
        Ok(Some(answer)) => answer,
        Err(trouble) => trouble.answer(),
    };
    Some(Delivery { answer, exchange, made })
}

/// Fills a job and hands it over. Where that fails halfway the job is looked at next: only Salesforce knows how far it
/// came.
async fn upload(org: &Org, id: &str, rows: &Rows<'_>, exchange: &mut Exchange) -> Result<(), Trouble> {
    let batches = ["jobs", "ingest", id, "batches"];
    let body = Some(("text/csv; charset=UTF-8", file(rows)?));
    let ask = Ask { method: Method::PUT, body, long: true, ..Ask::get(&batches) };
    match org.ask(&ask, exchange).await {
        Ok(_) => {}
        Err(Trouble::Again(error)) => {
            org.empty_jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
            return Err(Trouble::Again(error));
        }
        Err(Trouble::Unknown(error)) => return Err(Trouble::Again(error)),
        Err(Trouble::Refused(error)) => {
            set_state(org, id, "Aborted", exchange).await.ok();
            return Err(Trouble::Refused(error));
        }
        Err(Trouble::Stop(error)) => return Err(Trouble::Stop(error)),
    }
    set_state(org, id, "UploadComplete", exchange).await.map_err(Trouble::of_a_look)
}

async fn set_state(org: &Org, id: &str, state: &str, exchange: &mut Exchange) -> Result<(), Trouble> {
    let path = ["jobs", "ingest", id];
    let ask = Ask::json(Method::PATCH, &path, json!({ "state": state }).to_string().into_bytes());
    org.ask(&ask, exchange).await.map(drop)
}

async fn look(
    org: &Org,
    id: &str,
    target: Target<'_>,
    rows: Rows<'_>,
    exchange: &mut Exchange,
    made: &mut BTreeMap<usize, String>,
) -> Result<Option<Answer>, Trouble> {
    let path = ["jobs", "ingest", id];
    let answered = match org.ask(&Ask::get(&path), exchange).await {
        Ok(answered) => answered,
        Err(_) if exchange.status == Some(404) && first(&exchange.answer).is_some() => {
            return Ok(Some(Answer::Unknown(lost_job())));
        }
        Err(trouble) => return Err(trouble.of_a_look()),
    };
    let job: Job =
        serde_json::from_str(&answered.body).map_err(|_| Trouble::Again(unreadable("how far the job is")))?;
    match job.state.as_str() {
        "UploadComplete" | "InProgress" => Ok(None),
        "Open" => {
            // Nothing of an open job is worked on. Once it is aborted nothing ever will be.
            set_state(org, id, "Aborted", exchange).await.map_err(Trouble::of_a_look)?;
            Ok(Some(Answer::Unknown(never_uploaded())))
        }
        "JobComplete" | "Failed" | "Aborted" => {
            let files = files(org, id, exchange).await?;
            let outcomes = results::outcomes(rows, target.match_field, &files, &unprocessed(&job), made)?;
            Ok(Some(Answer::Records(outcomes)))
        }
        _ => Err(Trouble::Again(unreadable("how far the job is"))),
    }
}

/// All three files, of a failed job too: what it did before it failed is done.
async fn files(org: &Org, id: &str, exchange: &mut Exchange) -> Result<Files, Trouble> {
    let mut bodies = [String::new(), String::new(), String::new()];
    let names = ["successfulResults", "unprocessedrecords", "failedResults"];
    for (name, body) in names.into_iter().zip(&mut bodies) {
        let path = ["jobs", "ingest", id, name];
        let ask = Ask { long: true, ..Ask::get(&path).up_to(RESULTS) };
        *body = org.ask(&ask, exchange).await.map_err(Trouble::of_a_look)?.body;
    }
    let [successful, unprocessed, failed] = bodies;
    Ok(Files { successful, failed, unprocessed })
}

fn file(rows: &Rows<'_>) -> Result<Bytes, Trouble> {
    let file = csv(&rows.sent).map_err(Trouble::Stop)?;
    if file.len() > FILE {
        let message = "The records make a file of more than the 100 MB that a job of Salesforce takes.";
        return Err(Trouble::Refused(Error::new(ErrorKind::TooLarge, message)));
    }
    Ok(file.into())
}

/// What is said of records a job did not come to. A file that Salesforce can not read is never read.
fn unprocessed(job: &Job) -> Error {
    match &job.error_message {
        Some(said) if job.number_records_processed == 0 && said.starts_with("InvalidBatch") => Error::new(
            ErrorKind::RecordRejected,
            format!("Salesforce refused the whole job: “{}”.", said.trim()),
        )
        .with_hint(
            "Look whether every mapped field exists in Salesforce under this name and may be written.",
        ),
        Some(said) if !said.trim().is_empty() => Error::new(
            ErrorKind::ServerFailed,
            format!("Salesforce ended the job before it came to this record: “{}”.", said.trim()),
        ),
        Some(_) | None => {
            Error::new(ErrorKind::ServerFailed, "Salesforce ended the job before it came to this record.")
        }
    }
}

fn lost_job() -> Error {
    Error::new(ErrorKind::BadAnswer, "Salesforce does not know the job any more.")
        .with_safe("Its records are sent again; each is matched, so none is there twice.")
}

fn never_uploaded() -> Error {
    Error::new(ErrorKind::Unreachable, "The job was cut off before its records were handed over.")
        .with_safe("Salesforce worked on none of them; they are sent again.")
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.chars().all(|c| c.is_ascii_alphanumeric())
}
