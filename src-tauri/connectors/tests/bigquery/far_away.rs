//! Jobs outside of the US and the EU, which are found by their location alone.

use serde_json::json;
use sluice_engine::error::ErrorKind;

use super::faults::{access, every_id, ids, leads};
use super::scripted::{Reply, Scripted, error, job};
use super::{read_all, rows};

/// A server in Tokyo that has lost its answer to the first request for a job, and then has the job already; it finds none
/// without its location (<https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/get#query-parameters>). What it says
/// of the job it has is `words`, with the job's id at its end.
async fn in_tokyo(words: &'static str, datasets: bool) -> Scripted {
    Scripted::start(move |asked| {
        if asked.is("POST", "/jobs") && !asked.is_dry_run() {
            let id = asked.body["jobReference"]["jobId"].as_str()?;
            return Some(match asked.before {
                0 | 1 => {
                    Reply::Later(503, 0, error(503, "backendError", "Error encountered during execution."))
                }
                _ => Reply::Json(409, error(409, "duplicate", &format!("{words}{id}"))),
            });
        }
        if datasets && asked.is("GET", "/datasets/shop") {
            return Some(Reply::Json(200, json!({ "location": "asia-northeast1" })));
        }
        if !asked.path.contains("/jobs/") {
            return None;
        }
        let mut job = job("DONE");
        job["jobReference"]["location"] = "asia-northeast1".into();
        Some(if asked.query.contains("location=asia-northeast1") {
            Reply::Json(200, job)
        } else {
            Reply::Json(404, error(404, "notFound", "Not found: Job demo:US.sluice"))
        })
    })
    .await
}

#[tokio::test]
async fn a_job_far_away_is_found_by_its_tables_or_by_what_is_said_of_it() {
    for (words, datasets) in
        [("Already Exists: Job ", true), ("Already Exists: Job demo:asia-northeast1.", false)]
    {
        let server = in_tokyo(words, datasets).await;
        assert_eq!(ids(&rows(&*access(&server).open(), &leads()).await), every_id(), "{words}");
        let asked = server.asked();
        let mut results = asked.iter().filter(|asked| asked.path.contains("/queries/"));
        assert!(results.all(|asked| asked.query.contains("location=asia-northeast1")));
    }
}

#[tokio::test]
async fn a_job_that_can_not_be_found_is_no_missing_table() {
    let server = in_tokyo("Already Exists: Job ", false).await;
    let error = read_all(&*access(&server).open(), &leads()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServerFailed);
    assert!(error.message().contains("does not say what became of it"), "{error:?}");
    // And it is told to stop, wherever it is.
    sluice_connectors::goodbye::said().await;
    assert!(server.asked().iter().any(|asked| asked.path.ends_with("/cancel")));
}

/// The answer to a job's request never came, and nobody waits any longer.
#[tokio::test]
async fn a_job_far_away_is_cancelled_where_its_tables_are() {
    let server = Scripted::start(|asked| {
        if asked.is("POST", "/jobs") && !asked.is_dry_run() {
            return Some(Reply::Nothing);
        }
        if asked.is("GET", "/datasets/shop") {
            return Some(Reply::Json(200, json!({ "location": "asia-northeast1" })));
        }
        let is_lost = asked.path.ends_with("/cancel") && !asked.query.contains("asia-northeast1");
        is_lost.then(|| Reply::Json(404, error(404, "notFound", "Not found: Job demo:US.sluice")))
    })
    .await;
    let warehouse = access(&server).open();
    let reading = tokio::spawn(async move { warehouse.read(&leads()).await.map(drop) });
    server.until(|asked| asked.is("POST", "/jobs") && !asked.is_dry_run()).await;
    reading.abort();
    server.until(|asked| asked.path.ends_with("/cancel") && asked.query.contains("asia-northeast1")).await;
}
