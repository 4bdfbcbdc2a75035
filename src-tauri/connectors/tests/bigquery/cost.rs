//! What a read takes, and the most a connection allows.

use std::time::Duration;

use serde_json::json;
use sluice_engine::error::ErrorKind;
use sluice_engine::warehouse::Read;

use super::faults::{access, leads};
use super::scripted::{Asked, ROWS, Reply, Scripted, job, schema};
use super::{all, rows, sql, table};

/// A dry run of all columns says 2^40 bytes, as usual; one of the column `id` says 10 MB.
fn by_columns(asked: &Asked) -> Option<Reply> {
    let of_one = asked.is_dry_run()
        && asked.body["configuration"]["query"]["query"].as_str()?.starts_with("SELECT `id` FROM");
    let statistics = json!({ "query": { "schema": schema(), "statementType": "SELECT", "totalBytesProcessed": "10485760" } });
    of_one.then(|| Reply::Json(200, json!({ "status": { "state": "DONE" }, "statistics": statistics })))
}

#[tokio::test]
async fn a_read_takes_what_its_columns_have() {
    let server = Scripted::start(by_columns).await;
    let warehouse = access(&server).open();
    for query in [leads().query, sql("select id, email from shop.leads")] {
        let whole = Read::all(query);
        let one = Read { columns: vec!["id".into()], ..whole.clone() };
        let told = warehouse.cost(&whole).await.unwrap().unwrap();
        assert_eq!((told.bytes, &*told.price), (1 << 40, "about $6.25 at list price"));
        let told = warehouse.cost(&one).await.unwrap().unwrap();
        assert_eq!((told.bytes, &*told.price), (10 << 20, "less than $0.01 at list price"));
    }
}

/// Storage Read knows no maximum of its own.
#[tokio::test]
async fn more_than_the_maximum_is_refused_before_anything_is_read() {
    let server = Scripted::start(|asked| match asked.path.as_str() {
        "/bigquery/v2/projects/demo/datasets/shop/tables/leads" => {
            Some(Reply::Json(200, json!({ "type": "TABLE", "schema": schema() })))
        }
        _ => by_columns(asked),
    })
    .await;
    let allowing = |most: &str| access(&server).with("maximum_bytes", most).open();
    for query in [table("shop.leads"), sql("select id, email from shop.leads")] {
        let error = allowing("500 GB").read(&all(query)).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::TooCostly);
        assert!(
            error.message().contains("would read 1.1 TB") && error.message().contains("500 GB"),
            "{error:?}"
        );
    }
    let is_read = |asked: &Asked| {
        asked.path.ends_with("/CreateReadSession") || asked.is("POST", "/jobs") && !asked.is_dry_run()
    };
    assert!(!server.asked().iter().any(is_read));
    let one = Read { columns: vec!["id".into()], ..all(sql("select id, email from shop.leads")) };
    assert_eq!(rows(&*allowing("500 GB"), &one).await.len() as i64, ROWS, "one column is not too much");
}

/// The server stops a job that runs too long; what waits for its turn it lets wait.
#[tokio::test]
async fn a_job_that_never_ends_is_given_up_and_cancelled() {
    let server = Scripted::start(|asked| match asked.method.as_str() {
        "POST" if asked.is("POST", "/jobs") && !asked.is_dry_run() => Some(Reply::Json(200, job("PENDING"))),
        "GET" if asked.path.contains("/jobs/") => Some(Reply::Json(200, job("PENDING"))),
        _ => None,
    })
    .await;
    let warehouse = access(&server).open();
    let reading = tokio::spawn(async move { warehouse.read(&leads()).await.err().unwrap() });
    server.until(|asked| asked.is("GET", "") && asked.path.contains("/jobs/")).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(7 * 3_600)).await;
    let error = reading.await.unwrap();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    tokio::time::resume();
    sluice_connectors::goodbye::said().await;
    let asked = server.asked();
    assert!(asked.iter().any(|asked| asked.path.ends_with("/cancel")));
    let job = asked.iter().find(|asked| asked.is("POST", "/jobs") && !asked.is_dry_run()).unwrap();
    assert_eq!(job.body["configuration"]["jobTimeoutMs"], "21600000");
}
