//! Transactions on the snapshot that BigQuery undoes.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use sluice_engine::differ::Comparison;
use sluice_engine::error::{ErrorKind, Retry};
use sluice_engine::store::new_uuid;

use super::faults::access;
use super::scripted::{Reply, Scripted, job, page};
use super::*;

/// The words and the reason as BigQuery gives them (<https://github.com/dlt-hub/dlt/issues/2892>).
#[tokio::test]
async fn a_transaction_that_another_one_undid_is_run_again() {
    for (undone, expect) in [(2, None), (usize::MAX, Some(ErrorKind::TimedOut))] {
        let transactions = Arc::new(AtomicUsize::new(0));
        let seen = transactions.clone();
        let server = Scripted::start(move |asked| {
            let sql = asked.body["configuration"]["query"]["query"].as_str().unwrap_or_default();
            if asked.path.ends_with("/datasets/sluice") {
                return Some(Reply::Json(200, json!({ "location": "EU" })));
            }
            if asked.path.contains("/queries/") {
                let mut counts = page(0..0, None);
                counts["rows"] = json!([{ "f": [{ "v": "1" }, { "v": "0" }] }]);
                return Some(Reply::Json(200, counts));
            }
            if !sql.starts_with("BEGIN TRANSACTION") || seen.fetch_add(1, Ordering::SeqCst) >= undone {
                return None;
            }
            let mut job = job("DONE");
            let message = "Query error: Transaction is aborted due to concurrent update against table demo:sluice.s. Transaction ID: 61e30eea at [2:1]";
            job["status"]["errorResult"] = json!({ "reason": "invalidQuery", "message": message });
            Some(Reply::Json(200, job))
        })
        .await;
        let warehouse = access(&server).with("diff_schema", "sluice").open();
        let (query, key) = (sql("select id from shop.leads"), ["id".to_owned()]);
        let snapshot = new_uuid();
        let comparison = Comparison {
            snapshot: &snapshot,
            query: &query,
            columns: &[],
            key: &key,
            since: None,
            mark: Some("mark"),
            gone: true,
        };
        let failed = warehouse.differ().unwrap().compare(&comparison).await.err();
        assert_eq!(failed.as_ref().map(Error::kind), expect, "{failed:?}");
        assert!(failed.is_none_or(|error| error.kind().retry() == Retry::Backoff));
        let tried = transactions.load(Ordering::SeqCst);
        assert_eq!(tried, if expect.is_none() { 3 } else { 4 });
    }
}
