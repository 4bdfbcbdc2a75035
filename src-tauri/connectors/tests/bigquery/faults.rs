//! What goes wrong at Google's, by scripted answers: the stand-in signs nobody in, refuses nothing and never
//! breaks off.

use std::process::Command;

use serde_json::{Value, json};
use sluice_engine::check::StepResult;
use sluice_engine::error::ErrorKind;

use super::scripted::{MESSAGE_ROWS, ROWS, Reply, Scripted, error, job, message, messages, page};
use super::*;

pub(super) fn leads() -> Read {
    all(sql("select id from shop.leads"))
}

pub(super) fn access(server: &Scripted) -> Access {
    Access::default().with("project", "demo").with("url", &server.url).with("storage_url", &server.url)
}

/// A key whose tokens come from the server.
fn key(server: &Scripted) -> String {
    // PKCS#8, as Google hands keys out.
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output();
    let pem = String::from_utf8(made.unwrap().stdout).unwrap();
    json!({ "type": "service_account", "project_id": "demo", "private_key_id": "k1", "private_key": pem,
        "client_email": "sluice@demo.iam.gserviceaccount.com", "token_uri": format!("{}/token", server.url) })
    .to_string()
}

pub(super) fn ids(rows: &[Vec<String>]) -> Vec<i64> {
    let mut ids: Vec<i64> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    ids.sort_unstable();
    ids
}

pub(super) fn every_id() -> Vec<i64> {
    (0..ROWS).collect()
}

#[tokio::test]
async fn rows_come_from_all_streams_and_are_counted() {
    let server = Scripted::start(|_| None).await;
    let read = rows(&*access(&server).open(), &leads()).await;
    assert_eq!(ids(&read), every_id());
}

/// <https://cloud.google.com/bigquery/docs/reference/storage#resuming_reads>: reading goes on at an offset.
#[tokio::test]
async fn a_stream_that_breaks_off_is_gone_on_with_where_it_was() {
    let server = Scripted::start(|asked| {
        let (stream, offset) = asked.stream.as_ref()?;
        (stream == "s/0" && asked.before == 0)
            .then(|| Reply::Grpc(messages(stream, *offset)[..1].to_vec(), 14))
    })
    .await;
    let read = rows(&*access(&server).open(), &leads()).await;
    assert_eq!(ids(&read), every_id());
    let offsets: Vec<_> = server
        .asked()
        .iter()
        .filter_map(|asked| asked.stream.clone())
        .filter(|stream| stream.0 == "s/0")
        .collect();
    assert_eq!(offsets, [("s/0".to_owned(), 0), ("s/0".to_owned(), MESSAGE_ROWS)]);
}

#[tokio::test]
async fn a_message_that_has_other_rows_than_it_says_is_an_error() {
    let server =
        Scripted::start(|asked| asked.stream.as_ref().map(|_| Reply::Grpc(vec![message(0..10, 11)], 0)))
            .await;
    let error = read_all(&*access(&server).open(), &leads()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IncompleteRead);
}

#[tokio::test]
async fn a_stream_that_ends_early_does_not_reach_the_server_s_count() {
    let server = Scripted::start(|asked| {
        let (stream, offset) = asked.stream.as_ref()?;
        (stream == "s/1").then(|| Reply::Grpc(messages(stream, *offset)[..1].to_vec(), 0))
    })
    .await;
    let (rows, counted) = read_all(&*access(&server).open(), &leads()).await.unwrap();
    assert_eq!((rows.len() as i64, counted), (2_000, Some(3_000)));
}

#[tokio::test]
async fn where_storage_read_is_refused_rows_come_over_rest() {
    // 7 is PERMISSION_DENIED, 12 UNIMPLEMENTED (https://grpc.io/docs/guides/status-codes/).
    for status in [7, 12] {
        let server = Scripted::start(move |asked| {
            asked.path.ends_with("CreateReadSession").then(|| Reply::Grpc(Vec::new(), status))
        })
        .await;
        let read = rows(&*access(&server).open(), &leads()).await;
        assert_eq!(ids(&read), every_id());
        assert!(server.asked().iter().any(|asked| asked.query.contains("useInt64Timestamp=true")));
    }
}

#[tokio::test]
async fn an_error_in_an_answer_that_says_200_is_an_error() {
    let said = json!([{ "reason": "notFound", "message": "Not found: Table demo:shop.leads" }]);
    let server = Scripted::start(move |asked| {
        let mut page = page(0..0, None);
        page["errors"] = said.clone();
        page["totalRows"] = "0".into();
        asked.path.contains("/queries/").then_some(Reply::Json(200, page))
    })
    .await;
    let error = read_all(&*access(&server).open(), &leads()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    // As is a result without the server's own count.
    let server = Scripted::start(|asked| {
        asked.path.contains("/queries/").then(|| Reply::Json(200, json!({ "jobComplete": true })))
    })
    .await;
    let error = read_all(&*access(&server).open(), &leads()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadAnswer);
}

#[tokio::test]
async fn a_value_of_a_row_is_in_no_error() {
    let server = Scripted::start(|asked| {
        let mut job = job("DONE");
        job["status"]["errorResult"] =
            json!({ "reason": "invalidQuery", "message": "Bad int64 value: s3cr3t" });
        (asked.is("POST", "/jobs") && !asked.is_dry_run()).then_some(Reply::Json(200, job))
    })
    .await;
    let error = read_all(&*access(&server).open(), &leads()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ValueInQuery);
    let told = format!("{} {} {:?}", error.message(), error.hint(), error.details());
    assert!(!told.contains("s3cr3t"), "{told}");
}

#[tokio::test]
async fn a_slow_job_is_waited_for_and_cancelled_when_nobody_waits() {
    let server = Scripted::start(|asked| {
        let state = if asked.before < 2 { "RUNNING" } else { "DONE" };
        match asked.method.as_str() {
            "POST" if asked.is("POST", "/jobs") && !asked.is_dry_run() => {
                Some(Reply::Json(200, job("PENDING")))
            }
            "GET" if asked.path.contains("/jobs/") => Some(Reply::Json(200, job(state))),
            _ => None,
        }
    })
    .await;
    assert_eq!(ids(&rows(&*access(&server).open(), &leads()).await), every_id());
    assert!(!server.asked().iter().any(|asked| asked.path.ends_with("/cancel")));

    let server = Scripted::start(|asked| match asked.method.as_str() {
        "POST" if asked.is("POST", "/jobs") && !asked.is_dry_run() => Some(Reply::Json(200, job("PENDING"))),
        "GET" if asked.path.contains("/jobs/") => Some(Reply::Json(200, job("RUNNING"))),
        _ => None,
    })
    .await;
    let warehouse = access(&server).open();
    let reading = tokio::spawn(async move { warehouse.read(&leads()).await.map(drop) });
    server.until(|asked| asked.is("GET", "") && asked.path.contains("/jobs/")).await;
    reading.abort();
    server.until(|asked| asked.path.ends_with("/cancel") && asked.query.contains("location=EU")).await;
}

/// The id is the client's, so that an answer that got lost does not run a query twice
/// (<https://cloud.google.com/bigquery/docs/running-jobs#generate-jobid>).
#[tokio::test]
async fn a_job_is_sent_again_under_its_id() {
    let server = Scripted::start(|asked| match asked.before {
        _ if !asked.is("POST", "/jobs") || asked.is_dry_run() => None,
        0 | 1 => Some(Reply::Later(
            503,
            0,
            error(503, "backendError", "Error encountered during execution. Retrying may solve the problem."),
        )),
        _ => Some(Reply::Json(409, error(409, "duplicate", "Already Exists: Job demo:EU.sluice"))),
    })
    .await;
    assert_eq!(ids(&rows(&*access(&server).open(), &leads()).await), every_id());
    let asked = server.asked();
    let mut sent: Vec<_> =
        asked.iter().filter(|asked| asked.is("POST", "/jobs") && !asked.is_dry_run()).collect();
    assert!(sent.len() >= 2);
    let first = sent.remove(0).body["jobReference"]["jobId"].clone();
    assert!(sent.iter().all(|asked| asked.body["jobReference"]["jobId"] == first));
}

#[tokio::test]
async fn errors_have_their_kind_and_what_helps() {
    let cases: [(u16, Value, ErrorKind, &str); 9] = [
        (
            403,
            json!({ "error": { "code": 403, "message": "BigQuery API has not been used in project 1 before or it is disabled.",
            "errors": [{ "reason": "accessNotConfigured" }], "details": [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED" }] } }),
            ErrorKind::ApiOff,
            "gcloud services enable bigquery.googleapis.com",
        ),
        (
            403,
            error(
                403,
                "accessDenied",
                "Access Denied: Project demo: User does not have bigquery.jobs.create permission in project demo.",
            ),
            ErrorKind::NotAllowed,
            "roles/bigquery.jobUser",
        ),
        (403, error(403, "quotaExceeded", "Quota exceeded"), ErrorKind::QuotaSpent, ""),
        (403, error(403, "billingNotEnabled", "Billing has not been enabled"), ErrorKind::NoBilling, ""),
        (
            400,
            error(400, "invalidQuery", "Syntax error: Unexpected identifier \"selec\" at [1:1]"),
            ErrorKind::BadQuery,
            "",
        ),
        (
            404,
            error(404, "notFound", "Not found: Dataset demo:shop was not found in location EU"),
            ErrorKind::MissingObject,
            "",
        ),
        (
            400,
            error(400, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 1000."),
            ErrorKind::TooCostly,
            "",
        ),
        (403, error(403, "responseTooLarge", "Response too large to return."), ErrorKind::QueryTooLarge, ""),
        (
            400,
            error(400, "resourcesExceeded", "Resources exceeded during query execution."),
            ErrorKind::QueryTooLarge,
            "",
        ),
    ];
    for (status, body, kind, fix) in cases {
        let reason = body["error"]["errors"][0]["reason"].clone();
        let server = Scripted::start(move |asked| {
            asked.is("POST", "/jobs").then(|| Reply::Json(status, body.clone()))
        })
        .await;
        let error = read_all(&*access(&server).open(), &leads()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{reason}");
        assert!(error.fix().unwrap_or_default().contains(fix), "{reason}: {:?}", error.fix());
    }
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_asked_again_and_then_told_of() {
    let slow = || Reply::Later(429, 0, error(429, "rateLimitExceeded", "Exceeded rate limits"));
    let server =
        Scripted::start(move |asked| (asked.is("POST", "/jobs") && asked.before < 3).then(slow)).await;
    assert_eq!(ids(&rows(&*access(&server).open(), &leads()).await), every_id());
    let server = Scripted::start(move |asked| asked.is("POST", "/jobs").then(slow)).await;
    let told = read_all(&*access(&server).open(), &leads()).await.unwrap_err();
    assert_eq!(told.kind(), ErrorKind::RateLimited);
    assert_eq!(server.asked().len(), 5);
    // A wait that is too long to sit out is left to who asked.
    let long = || Reply::Later(429, 600, error(429, "rateLimitExceeded", "Exceeded rate limits"));
    let server = Scripted::start(move |asked| asked.is("POST", "/jobs").then(long)).await;
    let error = read_all(&*access(&server).open(), &leads()).await.unwrap_err();
    assert_eq!((error.retry_after().unwrap().as_secs(), server.asked().len()), (600, 1));
}

#[tokio::test]
async fn a_wrong_location_says_which_is_right() {
    let server = Scripted::start(|asked| match asked.path.as_str() {
        "/bigquery/v2/projects/demo/datasets/shop" => Some(Reply::Json(200, json!({ "location": "US" }))),
        "/bigquery/v2/projects/demo/jobs" => Some(Reply::Json(
            404,
            error(404, "notFound", "Not found: Dataset demo:shop was not found in location EU"),
        )),
        _ => None,
    })
    .await;
    let warehouse = access(&server).with("location", "EU").open();
    let error = warehouse.read(&all(table("shop.leads"))).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BadSettings);
    assert!(error.message().contains("US") && error.hint().contains("location to US"), "{error:?}");
}

#[tokio::test]
async fn what_may_be_billed_is_limited_and_the_job_is_labelled() {
    let server = Scripted::start(|_| None).await;
    rows(&*access(&server).with("maximum_bytes", "2 TB").with("location", "EU").open(), &leads()).await;
    let asked = server.asked();
    let job = asked.iter().find(|asked| asked.is("POST", "/jobs") && !asked.is_dry_run()).unwrap();
    assert_eq!(job.body["configuration"]["query"]["maximumBytesBilled"], "2000000000000");
    assert_eq!(job.body["configuration"]["labels"]["application"], "sluice");
    assert_eq!(job.body["jobReference"]["location"], "EU");
}

#[tokio::test]
async fn a_service_account_signs_in_and_renews_what_is_refused() {
    let server = Scripted::start(|asked| {
        let old = asked.authorization == "Bearer token-0" && asked.path.ends_with("/jobs");
        old.then(|| Reply::Json(401, error(401, "authError", "Invalid Credentials")))
    })
    .await;
    let access = Access { key: Some(key(&server)), ..access(&server) };
    assert_eq!(ids(&rows(&*access.open(), &leads()).await), every_id());
    let asked = server.asked();
    let tokens: Vec<_> = asked.iter().filter(|asked| asked.path == "/token").collect();
    assert_eq!(tokens.len(), 2);
    let body = tokens[0].body.as_str().unwrap();
    assert!(
        body.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="),
        "{body}"
    );
    assert!(
        asked
            .iter()
            .filter(|asked| asked.stream.is_some())
            .all(|asked| asked.authorization == "Bearer token-1")
    );
}

#[tokio::test]
async fn a_host_that_is_not_there_is_named() {
    let (steps, failed) =
        Access::default().with("project", "demo").with("url", "https://no-such-host.invalid").check().await;
    let failed = failed.unwrap();
    assert_eq!(failed.kind(), ErrorKind::HostNotFound);
    assert!(failed.message().contains("no-such-host.invalid"), "{failed:?}");
    assert_eq!(steps[0].name, "host");
    assert!(matches!(steps[0].result, StepResult::Failed(_)));
}

/// What is asked for names what the query names, and nothing else.
#[tokio::test]
async fn a_refused_select_asks_for_the_datasets_it_names() {
    let denied =
        "Access Denied: Table demo:crm.leads: User does not have permission to query table demo:crm.leads";
    let server = Scripted::start(move |asked| {
        asked.is("POST", "/jobs").then(|| Reply::Json(403, error(403, "accessDenied", denied)))
    })
    .await;
    let warehouse = access(&server).open();
    let fix_of = async |query: Query| {
        let refused = warehouse.read(&all(query)).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::NotAllowed);
        let fix = refused.fix().unwrap().to_owned();
        let datasets = fix
            .lines()
            .filter_map(|line| Some(line.split_once("ON SCHEMA ")?.1.split_once(" TO")?.0.to_owned()));
        datasets.collect::<Vec<_>>()
    };
    let query = "with recent as (select * from crm.leads) select * from recent join `other-project.sales.orders` using (id), my-own-project.web.visits";
    assert_eq!(
        fix_of(sql(query)).await,
        ["`demo`.`crm`", "`other-project`.`sales`", "`my-own-project`.`web`"]
    );
    assert_eq!(fix_of(sql("select 1 as one")).await, ["`demo`.`YOUR_DATASET`"]);
    assert_eq!(fix_of(table("crm.leads*")).await, ["`demo`.`crm`"]);
}

/// As Google's token endpoint answers (<https://developers.google.com/identity/protocols/oauth2/service-account#error-codes>).
#[tokio::test]
async fn a_key_that_was_deleted_is_told() {
    let server = Scripted::start(|asked| {
        let refused = json!({ "error": "invalid_grant", "error_description": "Invalid JWT Signature." });
        (asked.path == "/token").then_some(Reply::Json(400, refused))
    })
    .await;
    let key = key(&server);
    let access = Access { key: Some(key.clone()), ..access(&server) };
    let (steps, failed) = access.check().await;
    let failed = failed.unwrap();
    assert_eq!(failed.kind(), ErrorKind::SignInFailed);
    assert!(failed.hint().contains("new key"));
    assert_eq!(steps[3].name, "sign_in");
    assert!(
        matches!(steps[3].result, StepResult::Failed(_)) && matches!(steps[4].result, StepResult::NotReached)
    );
    let private =
        serde_json::from_str::<Value>(&key).unwrap()["private_key"].as_str().unwrap()[40..80].to_owned();
    assert!(!format!("{steps:?}").contains(&private));
}

/// As Google's token endpoint answers.
#[tokio::test]
async fn a_clock_that_is_wrong_is_told_from_a_key_that_is() {
    let server = Scripted::start(|asked| {
        let refused = json!({ "error": "invalid_grant", "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim." });
        (asked.path == "/token").then_some(Reply::Json(400, refused))
    })
    .await;
    let access = Access { key: Some(key(&server)), ..access(&server) };
    let failed = access.check().await.1.unwrap();
    assert_eq!(failed.kind(), ErrorKind::ClockWrong);
    assert!(failed.hint().contains("time zone of this computer"), "{}", failed.hint());
}

#[tokio::test]
async fn a_server_that_never_answers_is_not_waited_for_by_a_dropped_read() {
    let server = Scripted::start(|asked| asked.stream.as_ref().map(|_| Reply::Nothing)).await;
    let warehouse = access(&server).open();
    let mut reading = warehouse.read(&leads()).await.unwrap();
    let waiting = tokio::spawn(async move { reading.next().await.map(|_| ()) });
    server.until(|asked| asked.stream.is_some()).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
}
