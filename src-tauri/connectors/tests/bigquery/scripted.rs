//! A server whose answers are scripted: a BigQuery with one table of [`ROWS`] rows, REST and Storage Read on one
//! port, which a test has answer otherwise where it likes.
//!
//! The forms of its answers are those of <https://cloud.google.com/bigquery/docs/reference/rest/v2>, and of
//! `google/cloud/bigquery/storage/v1/storage.proto` in <https://github.com/googleapis/googleapis>.

#![allow(dead_code, clippy::unwrap_used)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use arrow_array::{Int64Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Response};
use futures_util::stream;
use gcloud_googleapis::cloud::bigquery::storage::v1 as api;
use http_body_util::StreamBody;
use hyper::body::Frame;
use prost::Message;
use serde_json::{Value, json};

/// Rows of the table.
pub(super) const ROWS: i64 = 3_000;
/// Rows of a message of a stream; each of the two streams has three.
pub(super) const MESSAGE_ROWS: i64 = 500;
const SERVICE: &str = "/google.cloud.bigquery.storage.v1.BigQueryRead/";

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) authorization: String,
    pub(super) body: Value,
    /// Of a stream: its name and where it is read from.
    pub(super) stream: Option<(String, i64)>,
    /// How often this path was asked for before.
    pub(super) before: usize,
}

impl Asked {
    pub(super) fn is(&self, method: &str, end: &str) -> bool {
        self.method == method && self.path.ends_with(end)
    }

    pub(super) fn is_dry_run(&self) -> bool {
        self.body["configuration"]["dryRun"] == true
    }
}

/// An answer.
pub(super) enum Reply {
    Json(u16, Value),
    /// With the seconds to wait before the next try.
    Later(u16, u64, Value),
    /// Messages of a gRPC call, and the status it ends with.
    Grpc(Vec<Vec<u8>>, i32),
    /// Never.
    Nothing,
}

type Script = dyn Fn(&Asked) -> Option<Reply> + Send + Sync;

/// A running server; it ends with the test's runtime.
pub(super) struct Scripted {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    /// Starts one that answers as `script` says, and as usual where that says nothing.
    pub(super) async fn start(script: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let counts: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let (seen, script): (_, Arc<Script>) = (asked.clone(), Arc::new(script));
        let app = Router::new().fallback(move |request: Request| {
            let (seen, counts, script) = (seen.clone(), counts.clone(), script.clone());
            async move {
                let mut one = read(request).await;
                let what =
                    format!("{} {}{:?}", one.method, one.path, one.stream.as_ref().map(|stream| &stream.0));
                {
                    let mut counts = counts.lock().unwrap();
                    let count = counts.entry(what).or_default();
                    one.before = *count;
                    *count += 1;
                }
                let reply = script(&one).unwrap_or_else(|| usual(&one));
                seen.lock().unwrap().push(one);
                respond(reply).await
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, asked }
    }

    pub(super) fn asked(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap()
    }

    /// Waits until such a request has come.
    pub(super) async fn until(&self, such: impl Fn(&Asked) -> bool) {
        while !self.asked().iter().any(&such) {
            tokio::task::yield_now().await;
        }
    }
}

async fn read(request: Request) -> Asked {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let path = head.uri.path().to_owned();
    let stream = path.ends_with("/ReadRows").then(|| {
        let wanted = api::ReadRowsRequest::decode(&body[5..]).unwrap();
        (wanted.read_stream, wanted.offset)
    });
    Asked {
        method: head.method.to_string(),
        path,
        query: head.uri.query().unwrap_or_default().to_owned(),
        authorization: head
            .headers
            .get("authorization")
            .map_or("", |value| value.to_str().unwrap())
            .to_owned(),
        body: serde_json::from_slice(&body)
            .unwrap_or_else(|_| String::from_utf8_lossy(&body).into_owned().into()),
        stream,
        before: 0,
    }
}

async fn respond(reply: Reply) -> Response<Body> {
    let json = |status: u16, value: &Value| {
        Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(Body::from(value.to_string()))
            .unwrap()
    };
    match reply {
        Reply::Json(status, value) => json(status, &value),
        Reply::Later(status, seconds, value) => {
            let mut response = json(status, &value);
            response.headers_mut().insert("retry-after", HeaderValue::from(seconds));
            response
        }
        Reply::Nothing => std::future::pending().await,
        Reply::Grpc(messages, status) => {
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", HeaderValue::from(status));
            let framed = messages.into_iter().map(|message| {
                let mut bytes = vec![0];
                bytes.extend((message.len() as u32).to_be_bytes());
                bytes.extend(message);
                Frame::data(Bytes::from(bytes))
            });
            let answer = framed.chain([Frame::trailers(trailers)]);
            let answer: Vec<_> = answer.map(Ok::<_, std::convert::Infallible>).collect();
            let body = Body::new(StreamBody::new(stream::iter(answer)));
            Response::builder().header("content-type", "application/grpc").body(body).unwrap()
        }
    }
}

/// Google's form of an error.
pub(super) fn error(code: u16, reason: &str, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message, "errors": [{ "reason": reason, "message": message, "domain": "global" }] } })
}

/// A job in this state.
pub(super) fn job(state: &str) -> Value {
    json!({
        "jobReference": { "projectId": "demo", "jobId": "j", "location": "EU" },
        "status": { "state": state },
        "configuration": { "query": { "destinationTable": { "projectId": "demo", "datasetId": "_anon", "tableId": "result" } } },
        "statistics": { "query": {} }
    })
}

/// The schema of the table.
pub(super) fn schema() -> Value {
    json!({ "fields": [{ "name": "id", "type": "INTEGER", "mode": "NULLABLE" }] })
}

/// A page of the result over REST, of these rows.
pub(super) fn page(rows: std::ops::Range<i64>, token: Option<&str>) -> Value {
    let rows: Vec<_> = rows.map(|id| json!({ "f": [{ "v": id.to_string() }] })).collect();
    let mut page =
        json!({ "jobComplete": true, "schema": schema(), "totalRows": ROWS.to_string(), "rows": rows });
    if let Some(token) = token {
        page["pageToken"] = token.into();
    }
    page
}

fn usual(asked: &Asked) -> Reply {
    let path = asked.path.as_str();
    if path.ends_with("/token") {
        return Reply::Json(
            200,
            json!({ "access_token": format!("token-{}", asked.before), "expires_in": 3600 }),
        );
    }
    if path == format!("{SERVICE}CreateReadSession") {
        return Reply::Grpc(vec![session()], 0);
    }
    if let Some((stream, offset)) = &asked.stream {
        return Reply::Grpc(messages(stream, *offset), 0);
    }
    if asked.is_dry_run() {
        let statistics = json!({ "query": { "schema": schema(), "statementType": "SELECT", "totalBytesProcessed": "1099511627776" } });
        return Reply::Json(200, json!({ "status": { "state": "DONE" }, "statistics": statistics }));
    }
    if path.contains("/queries/") {
        if asked.query.contains("maxResults=0") {
            return Reply::Json(200, page(0..0, Some("first")));
        }
        let second = asked.query.contains("pageToken");
        return Reply::Json(200, if second { page(1_000..ROWS, None) } else { page(0..1_000, Some("next")) });
    }
    if path.contains("/jobs") {
        return Reply::Json(200, job("DONE"));
    }
    Reply::Json(404, error(404, "notFound", "Not found: Table demo:shop.leads was not found in location EU"))
}

/// A session of two streams.
fn session() -> Vec<u8> {
    let (schema, _) = encoded(0..1);
    let stream = |name: &str| api::ReadStream { name: name.to_owned() };
    api::ReadSession {
        streams: vec![stream("s/0"), stream("s/1")],
        schema: Some(api::read_session::Schema::ArrowSchema(api::ArrowSchema { serialized_schema: schema })),
        ..api::ReadSession::default()
    }
    .encode_to_vec()
}

/// The messages of a stream from one of its rows on.
pub(super) fn messages(stream: &str, offset: i64) -> Vec<Vec<u8>> {
    let first = if stream == "s/0" { 0 } else { ROWS / 2 };
    (offset..ROWS / 2)
        .step_by(MESSAGE_ROWS as usize)
        .map(|row| message(first + row..first + row + MESSAGE_ROWS, MESSAGE_ROWS))
        .collect()
}

/// A message with these rows, which says that they are `count`.
pub(super) fn message(rows: std::ops::Range<i64>, count: i64) -> Vec<u8> {
    let (_, batch) = encoded(rows);
    #[expect(deprecated, reason = "the count inside the batch is the old one")]
    let batch = api::ArrowRecordBatch { serialized_record_batch: batch, row_count: 0 };
    api::ReadRowsResponse {
        row_count: count,
        rows: Some(api::read_rows_response::Rows::ArrowRecordBatch(batch)),
        ..api::ReadRowsResponse::default()
    }
    .encode_to_vec()
}

/// The schema's message, and that of the rows.
fn encoded(rows: std::ops::Range<i64>) -> (Vec<u8>, Vec<u8>) {
    let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, true)]));
    let batch =
        RecordBatch::try_new(schema.clone(), vec![Arc::new(Int64Array::from_iter_values(rows))]).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    let schema = writer.get_ref().clone();
    writer.write(&batch).unwrap();
    let batch = writer.get_ref()[schema.len()..].to_vec();
    (schema, batch)
}
