//! `sluice serve`: the window's commands on loopback, for work on the window and for browser tests. Built only
//! with the feature `development`, and never shipped.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::Value;
use sluice_api::Api;
use sluice_api::wire::Problem;
use sluice_engine::Error;
use tokio::sync::broadcast::{self, Sender, error::RecvError};

use crate::exit::Exit;
use crate::output;
use crate::signals;

/// Pushes kept for a page that reads slowly.
const PUSHES: usize = 1024;

#[derive(Clone)]
struct Server {
    api: Api,
    pushes: Sender<String>,
    ui: Option<Arc<Path>>,
}

#[derive(Deserialize)]
struct Call {
    command: String,
    #[serde(default)]
    input: Value,
}

/// Serves on `port` of 127.0.0.1 until a signal.
pub(crate) async fn run(api: &Api, port: u16, ui: Option<PathBuf>) -> Result<Exit, Problem> {
    let (pushes, _) = broadcast::channel(PUSHES);
    let sender = pushes.clone();
    api.subscribe(move |push| {
        if let Ok(text) = serde_json::to_string(push) {
            // Without a page there is nobody to tell.
            drop(sender.send(text));
        }
    });
    api.start_scheduler();
    let server = Server { api: api.clone(), pushes, ui: ui.map(Into::into) };
    let app = Router::new()
        .route("/rpc", post(rpc))
        .route("/events", get(events))
        .fallback(file)
        .layer(middleware::from_fn(only_loopback))
        .with_state(server);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = tokio::net::TcpListener::bind(address).await.map_err(Error::from)?;
    let address = listener.local_addr().map_err(Error::from)?;
    output::note(&format!("Serving on http://{address}"));
    let stopped = async {
        tokio::select! {
            ended = axum::serve(listener, app) => ended,
            () = signals::stop() => Ok(()),
        }
    };
    stopped.await.map_err(Error::from)?;
    Ok(Exit::Done)
}

async fn rpc(State(server): State<Server>, Json(call): Json<Call>) -> Response {
    match server.api.dispatch(&call.command, call.input).await {
        Ok(answer) => Json(answer).into_response(),
        Err(problem) => (StatusCode::BAD_REQUEST, Json(problem)).into_response(),
    }
}

async fn events(State(server): State<Server>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let pushes = stream::unfold(server.pushes.subscribe(), |mut pushes| async move {
        loop {
            match pushes.recv().await {
                Ok(text) => return Some((Ok(Event::default().data(text)), pushes)),
                // The page asks again for what it shows at the next push.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    Sse::new(pushes).keep_alive(KeepAlive::default())
}

/// A page elsewhere can send requests here under a name of its own that leads to 127.0.0.1.
async fn only_loopback(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "127.0.0.1" | "localhost") {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

async fn file(State(server): State<Server>, uri: Uri) -> Response {
    let Some(ui) = &server.ui else { return StatusCode::NOT_FOUND.into_response() };
    let wanted = Path::new(uri.path().trim_start_matches('/'));
    if wanted.components().any(|part| !matches!(part, Component::Normal(_))) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = if wanted.extension().is_some() { ui.join(wanted) } else { ui.join("index.html") };
    match tokio::fs::read(&path).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, media_type(&path))], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}
