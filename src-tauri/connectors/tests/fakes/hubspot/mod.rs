//! A stand-in for HubSpot: its paths, forms, limits and refusals, over records it keeps. It is judged by HubSpot's own
//! clients (`hubspot_judged.rs`). Sources: developers.hubspot.com/docs/api-reference/latest/crm and …/error-handling.
#![allow(dead_code, clippy::unwrap_used, reason = "each test binary uses its own part")]

mod account;
mod batch;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

pub(crate) use account::Account;

/// The key the stand-in knows.
pub(crate) const TOKEN: &str = "pat-eu1-0a1b2c3d-4e5f-6789-abcd-ef0123456789";

/// What the stand-in does with the next write instead of answering as it should.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Answers with status, content type, a header and this body, and does nothing.
    Say(u16, &'static str, Option<(&'static str, &'static str)>, &'static str),
    /// Applies it and breaks off in the middle of the answer.
    Cut,
    /// Applies it and answers with nothing inside.
    Empty,
    /// Applies it and never answers.
    Silence,
    /// Applies it and leaves the last result out of the answer.
    OneShort,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) answer: Value,
    pub(crate) status: u16,
    pub(crate) at: Instant,
}

/// How many requests HubSpot takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed {
    /// In a window.
    pub(crate) rolling: usize,
    /// How long the window is; ten seconds with HubSpot.
    pub(crate) window: Duration,
    /// In a day.
    pub(crate) daily: usize,
}

/// The stand-in, on a port of its own.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) url: String,
    inside: Arc<Mutex<Inside>>,
}

struct Inside {
    account: Account,
    allowed: Allowed,
    recent: VecDeque<Instant>,
    today: usize,
    faults: VecDeque<Fault>,
    asked: Vec<Asked>,
    /// How long every answer takes.
    takes: Duration,
}

impl Fake {
    /// Starts it with an empty account.
    pub(crate) async fn start(allowed: Allowed) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inside = Inside {
            account: Account::default(),
            allowed,
            recent: VecDeque::new(),
            today: 0,
            faults: VecDeque::new(),
            asked: Vec::new(),
            takes: Duration::ZERO,
        };
        let inside = Arc::new(Mutex::new(inside));
        let app = Router::new().fallback(serve).with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, inside }
    }

    /// Limits that no test reaches.
    pub(crate) async fn unlimited() -> Self {
        let window = Duration::from_secs(10);
        Self::start(Allowed { rolling: usize::MAX, window, daily: usize::MAX }).await
    }

    /// The next writes meet these faults, one each.
    pub(crate) fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.inside.lock().unwrap().faults.extend(faults);
    }

    /// Every answer takes so long from now on.
    pub(crate) fn takes(&self, long: Duration) {
        self.inside.lock().unwrap().takes = long;
    }

    /// Takes a scope from the key.
    pub(crate) fn revoke(&self, scope: &'static str) {
        self.inside.lock().unwrap().account.missing_scopes.push(scope);
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.inside.lock().unwrap().asked.clone()
    }

    /// The requests since this was asked last. Only these are kept then.
    pub(crate) fn asked_since(&self) -> Vec<Asked> {
        std::mem::take(&mut self.inside.lock().unwrap().asked)
    }

    /// The values of the records of an object, in the order in which they were made.
    pub(crate) fn records(&self, object: &str) -> Vec<account::Values> {
        self.inside.lock().unwrap().account.records(object)
    }
}

/// An answer before it is written.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) retry_after: Option<&'static str>,
}

impl Answer {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self { status, body, retry_after: None }
    }
}

/// An error as HubSpot words it.
pub(crate) fn error(status: u16, category: &str, message: impl Into<String>) -> Answer {
    Answer::new(
        status,
        json!({ "status": "error", "message": message.into(), "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf",
            "category": category, "context": {}, "errors": [], "links": {} }),
    )
}

async fn serve(
    State(inside): State<Arc<Mutex<Inside>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let ((answer, fault), told, takes) = {
        let mut inside = inside.lock().unwrap();
        // A request is counted when it comes, however long it takes.
        (inside.answer(&method, &uri, &headers, &body), inside.told(), inside.takes)
    };
    tokio::time::sleep(takes).await;
    if let Some(Fault::Silence) = fault {
        std::future::pending::<()>().await;
    }
    let mut response = match fault {
        Some(Fault::Say(status, content_type, header, text)) => {
            let mut response = written(status, content_type, Body::from(text));
            if let Some((name, value)) = header {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
            return response;
        }
        Some(Fault::Cut) => written(answer.status, "application/json", broken(&answer.body)),
        Some(Fault::Empty) => written(200, "application/json", Body::from("{}")),
        Some(Fault::Silence | Fault::OneShort) | None if answer.body.is_null() => {
            written(answer.status, "application/json", Body::empty())
        }
        Some(Fault::Silence | Fault::OneShort) | None => {
            written(answer.status, "application/json;charset=utf-8", Body::from(answer.body.to_string()))
        }
    };
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert("retry-after", HeaderValue::from_static(seconds));
    }
    for (name, number) in told {
        response.headers_mut().insert(name, HeaderValue::from(number));
    }
    response
}

fn written(status: u16, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
    response
}

/// The first half of an answer, and then the connection's end.
fn broken(answer: &Value) -> Body {
    let text = answer.to_string();
    let half = Bytes::from(text.as_bytes()[..text.len() / 2].to_vec());
    let parts = [Ok(half), Err(std::io::Error::other("cut"))];
    Body::from_stream(futures_util::stream::iter(parts))
}

impl Inside {
    fn answer(
        &mut self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Value,
    ) -> (Answer, Option<Fault>) {
        let at = Instant::now();
        let is_write = uri.path().contains("/batch/") && !uri.path().ends_with("/read");
        let fault = if is_write { self.faults.pop_front() } else { None };
        let mut answer = if let Some(Fault::Say(status, ..)) = &fault {
            Answer::new(*status, Value::Null)
        } else if let Some(refusal) = self.refusal(headers, at) {
            refusal
        } else {
            self.account.answer(method.as_str(), uri, body)
        };
        if let (Some(Fault::OneShort), Some(results)) =
            (&fault, answer.body.get_mut("results").and_then(Value::as_array_mut))
        {
            results.pop();
        }
        self.asked.push(Asked {
            method: method.to_string(),
            path: uri.path().to_owned(),
            body: body.clone(),
            answer: answer.body.clone(),
            status: answer.status,
            at,
        });
        if fault.is_some() && answer.retry_after.is_some() {
            answer.retry_after = None;
        }
        (answer, fault)
    }

    /// The limits and the key, which come before everything else.
    fn refusal(&mut self, headers: &HeaderMap, now: Instant) -> Option<Answer> {
        let limited = |policy: &str, message: &str| {
            json!({ "status": "error", "message": message, "errorType": "RATE_LIMIT", "policyName": policy,
                "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24", "requestId": "3d3e35b7-0dae-4b9f-a6e3-9c230cbcf8dd" })
        };
        let key = headers.get("authorization").and_then(|value| value.to_str().ok());
        if key != Some(&format!("Bearer {TOKEN}")) {
            let message = "Authentication credentials not found. This API supports OAuth 2.0 authentication.";
            return Some(error(401, "INVALID_AUTHENTICATION", message));
        }
        while self.recent.front().is_some_and(|at| now.duration_since(*at) >= self.allowed.window) {
            self.recent.pop_front();
        }
        if self.today >= self.allowed.daily {
            return Some(Answer::new(429, limited("DAILY", "You have reached your daily limit.")));
        }
        if self.recent.len() >= self.allowed.rolling {
            let body = limited("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.");
            return Some(Answer { retry_after: Some("1"), ..Answer::new(429, body) });
        }
        self.recent.push_back(now);
        self.today += 1;
        self.account.used = self.today;
        self.account.daily = self.allowed.daily;
        None
    }

    /// What the headers say of the limits.
    fn told(&self) -> [(&'static str, usize); 5] {
        let Allowed { rolling, window, daily } = self.allowed;
        let left = |of: usize, used: usize| of.saturating_sub(used).min(1_000_000);
        [
            ("x-hubspot-ratelimit-max", rolling.min(1_000_000)),
            ("x-hubspot-ratelimit-remaining", left(rolling, self.recent.len())),
            ("x-hubspot-ratelimit-interval-milliseconds", window.as_millis() as usize),
            ("x-hubspot-ratelimit-daily", daily.min(1_000_000)),
            ("x-hubspot-ratelimit-daily-remaining", left(daily, self.today)),
        ]
    }
}
