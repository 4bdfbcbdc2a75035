//! A fake of Segment's HTTP tracking API that keeps its documented rules, the silent ones too, and counts what it drops.
//!
//! Rules: <https://www.twilio.com/docs/segment/connections/sources/catalog/libraries/server/http-api> (“Errors”, “Batch”) and
//! <https://www.twilio.com/docs/segment/connections/rate-limits>.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::net::TcpListener;

const MOST_BYTES: usize = 500_000;
const MOST_EVENT_BYTES: usize = 32 << 10;
const MOST_EVENTS: usize = 2_500;

/// What happens to a request in place of the rules.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// 429 with `Retry-After: 0`; nothing is kept.
    SlowDown,
    /// The events are kept, and the answer is a 503 all the same.
    KeptAndFailed,
}

/// What Segment has.
#[derive(Default)]
pub(crate) struct Kept {
    /// Events by their message id, as they came first.
    pub(crate) events: BTreeMap<String, Value>,
    /// Events taken with a 200 and dropped, with the reason.
    pub(crate) dropped: Vec<(&'static str, Value)>,
    /// Events whose message id was known.
    pub(crate) repeats: usize,
    /// Events that were kept by a request that was answered as a failure.
    pub(crate) unanswered: usize,
    /// Requests answered with 400.
    pub(crate) refused: usize,
    pub(crate) requests: usize,
    faults: VecDeque<Fault>,
}

type Shared = Arc<Mutex<Kept>>;

/// The fake on a free port of this computer.
pub(crate) struct Segment {
    pub(crate) url: String,
    kept: Shared,
}

impl Segment {
    /// Starts it; its first requests meet these faults.
    pub(crate) async fn start(faults: &[Fault]) -> Self {
        let kept = Shared::new(Mutex::new(Kept { faults: faults.to_vec().into(), ..Kept::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().route("/v1/batch", post(batch)).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, kept }
    }

    /// Looks at what it has.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Kept) -> T) -> T {
        look(&self.kept.lock().unwrap())
    }
}

async fn batch(State(kept): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let mut kept = kept.lock().unwrap();
    kept.requests += 1;
    match kept.faults.pop_front() {
        Some(Fault::SlowDown) => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")], "").into_response(),
        Some(Fault::KeptAndFailed) => {
            let before = kept.events.len();
            kept.take(&headers, &body);
            kept.unanswered += kept.events.len() - before;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        None => kept.take(&headers, &body),
    }
}

#[derive(serde::Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    batch: Vec<&'a RawValue>,
}

impl Kept {
    fn take(&mut self, headers: &HeaderMap, body: &[u8]) -> Response {
        let parsed = serde_json::from_slice::<Body<'_>>(body).ok();
        let events = parsed.map(|body| body.batch).filter(|events| {
            body.len() <= MOST_BYTES && events.iter().all(|event| event.get().len() <= MOST_EVENT_BYTES)
        });
        let is_json = headers.get("content-type").is_some_and(|value| value == "application/json");
        let Some(events) = events.filter(|_| is_json) else {
            self.refused += 1;
            return StatusCode::BAD_REQUEST.into_response();
        };
        let too_many = events.len() > MOST_EVENTS;
        let signed = headers.contains_key("authorization");
        for event in events {
            let event: Value = serde_json::from_str(event.get()).unwrap();
            let named = |member: &str| event[member].as_str().is_some_and(|text| !text.trim().is_empty());
            let id = event["messageId"].as_str().unwrap_or_default().to_owned();
            let reason = if too_many {
                Some("too many")
            } else if !signed {
                Some("unknown key")
            } else if !named("userId") && !named("anonymousId") {
                Some("nobody")
            } else if event["type"] == "track" && !named("event") {
                Some("no name")
            } else if id.is_empty() {
                Some("no id")
            } else {
                None
            };
            match reason {
                Some(reason) => self.dropped.push((reason, event)),
                None if self.events.contains_key(&id) => self.repeats += 1,
                None => drop(self.events.insert(id, event)),
            }
        }
        (StatusCode::OK, [("content-type", "application/json")], r#"{"success":true}"#).into_response()
    }
}
