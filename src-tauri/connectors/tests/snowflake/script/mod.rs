//! A scripted server that speaks Snowflake's drivers' protocol, for what fakesnow does not do. The shapes of its answers
//! are those the drivers read (<https://github.com/snowflakedb/gosnowflake>: `query.go`, `auth.go`, `restful.go`,
//! `chunk_downloader.go`).

#![allow(dead_code)]

pub(crate) mod arrow;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};
use tokio::sync::watch;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) query: HashMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn sql(&self) -> String {
        self.json()["sqlText"].as_str().unwrap_or_default().to_owned()
    }

    /// The token it came with.
    pub(crate) fn token(&self) -> &str {
        self.header("authorization").trim_start_matches("Snowflake Token=").trim_matches('"')
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
    /// The body breaks off here.
    cut: Option<usize>,
}

impl Reply {
    pub(crate) fn json(body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status: 200, headers, body: body.to_string().into(), cut: None }
    }

    pub(crate) fn bytes(body: Vec<u8>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into(), cut: None }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), cut: None }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn cut_at(self, place: usize) -> Self {
        Self { cut: Some(place), ..self }
    }
}

/// A successful answer.
pub(crate) fn success(data: &Value) -> Reply {
    Reply::json(&json!({ "data": data, "code": null, "message": null, "success": true }))
}

/// A refusal, in a 200 answer as Snowflake gives it.
pub(crate) fn refusal(code: &str, state: &str, message: &str) -> Reply {
    Reply::json(&json!({
        "data": { "errorCode": code, "sqlState": state, "age": 0, "internalError": false, "queryId": "q-1", "line": -1, "pos": -1 },
        "code": code, "message": message, "success": false, "headers": null,
    }))
}

/// A sign-in's answer with these tokens.
pub(crate) fn signed_in(session: &str, master: &str) -> Reply {
    success(&json!({
        "token": session, "masterToken": master, "validityInSeconds": 3600, "masterValidityInSeconds": 14400,
        "serverVersion": "9.30.0", "parameters": [{ "name": "TIMEZONE", "value": "UTC" }],
        "sessionInfo": { "databaseName": "SHOP", "schemaName": null, "warehouseName": "WH", "roleName": "READER" },
        "sessionId": 1,
    }))
}

/// A column of a result.
pub(crate) fn column(name: &str, kind: &str, scale: Option<i64>) -> Value {
    json!({
        "name": name, "type": kind, "scale": scale, "precision": scale.map(|_| 38), "nullable": true, "length": null,
        "byteLength": null, "database": "", "schema": "", "table": "", "collation": null,
    })
}

/// A result in JSON form, rows in the answer itself.
pub(crate) fn json_result(columns: &Value, rows: &Value) -> Value {
    json!({
        "parameters": [], "rowtype": columns, "rowset": rows, "total": rows.as_array().map(Vec::len),
        "returned": rows.as_array().map(Vec::len), "queryId": "q-1", "queryResultFormat": "json",
    })
}

/// A running server.
pub(crate) struct Scripted {
    pub(crate) url: String,
    got: watch::Sender<Vec<Got>>,
}

type Script = dyn Fn(&Got) -> Option<Reply> + Send + Sync;

impl Scripted {
    /// Answers what `script` says, and the usual where it says nothing.
    pub(crate) async fn start(script: impl Fn(&Got) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let got = watch::Sender::new(Vec::new());
        let (seen, script): (_, Arc<Script>) = (got.clone(), Arc::new(script));
        let router = Router::new().fallback(move |request: Request| {
            let (seen, script) = (seen.clone(), script.clone());
            async move { answer(request, &seen, &*script).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, got }
    }

    /// What came so far.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.borrow().clone()
    }

    /// Requests of this path that came so far.
    pub(crate) fn of(&self, path: &str) -> Vec<Got> {
        self.got().into_iter().filter(|got| got.path == path).collect()
    }

    /// Returns when so many requests of a path have come.
    pub(crate) async fn until(&self, path: &str, count: usize) -> Vec<Got> {
        let mut got = self.got.subscribe();
        got.wait_for(|got| got.iter().filter(|got| got.path == path).count() >= count).await.unwrap();
        self.of(path)
    }
}

async fn answer(request: Request, seen: &watch::Sender<Vec<Got>>, script: &Script) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let query =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let got = Got { path: parts.uri.path().to_owned(), query, headers: parts.headers, body };
    let reply = script(&got).unwrap_or_else(|| usual(&got));
    seen.send_modify(|all| all.push(got));
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    let Some(place) = reply.cut else { return response.body(Body::from(reply.body)).unwrap() };
    let pieces = [Ok(reply.body.slice(..place)), Err(std::io::Error::other("cut"))];
    response = response.header("content-length", reply.body.len());
    response.body(Body::from_stream(futures_util::stream::iter(pieces))).unwrap()
}

fn usual(got: &Got) -> Reply {
    match got.path.as_str() {
        "/session/v1/login-request" => signed_in("session-1", "master-1"),
        "/session" | "/session/heartbeat" | "/queries/v1/abort-request" => success(&Value::Null),
        "/queries/v1/query-request" => {
            let one = json_result(&json!([column("ONE", "fixed", Some(0))]), &json!([["1"]]));
            success(&one)
        }
        _ => Reply::status(404),
    }
}

/// Replies one after another, and the last from then on.
pub(crate) fn in_turn(replies: Vec<Reply>) -> impl Fn() -> Reply + Send + Sync {
    let replies = Mutex::new(std::collections::VecDeque::from(replies));
    move || {
        let mut replies = replies.lock().unwrap();
        if replies.len() > 1 { replies.pop_front().unwrap() } else { replies[0].clone() }
    }
}
