//! A process that is killed at any statement of a comparison inside a warehouse, and goes on afterwards: no change is
//! lost, and none is sent twice.
//!
//! The process is the test binary itself, run for one test that does nothing but a run. It reaches the warehouse through a
//! [`Gate`], which hands statements on, and tells when the one has been carried out at which the process is to die: its
//! answer never comes. Include it with `#[path = "../killed/mod.rs"] mod killed;`, beside the twins.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use serde_json::Value;
use sluice_engine::connection::Connection;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::{Mode, Query, Removal};
use sluice_engine::testing::{Reply, soak};
use sluice_engine::warehouse::WarehouseKind;
use tokio::sync::Notify;

use crate::twins::Twin;

/// Names the data folder, and so makes a test process the one that runs the sync and dies.
const HOME: &str = "SLUICE_TEST_HOME";
/// The connection's settings as JSON.
const SETTINGS: &str = "SLUICE_TEST_SETTINGS";

/// The warehouse it happens to.
pub(crate) struct Killed {
    pub(crate) kind: &'static dyn WarehouseKind,
    /// With the server's address as `url`.
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) password: Option<&'static str>,
    /// A table of an `id` and a `name`.
    pub(crate) query: Query,
    /// The test that is the process.
    pub(crate) child: &'static str,
    /// Whether a request, of this path and body, is a statement.
    pub(crate) is_statement: fn(&str, &Value) -> bool,
    /// A request that ends what the session of the process left open, where the real server does that by itself.
    pub(crate) abandoned: Option<(&'static str, Value)>,
}

impl Killed {
    /// A twin over the folder, whose destination keeps a journal there.
    fn twin(&self, home: &Path, settings: BTreeMap<String, String>) -> Twin {
        let from = Connection { name: "shop".into(), kind: self.kind.manifest().id.into(), settings };
        let twin = Twin::over(home, 100, self.kind, &from, self.password);
        twin.crm.journal(&home.join("journal")).unwrap();
        twin.crm.reply(|_, _| Reply::EachRecord);
        twin
    }

    /// What the process does: one run. Without its environment there is nothing to do.
    pub(crate) async fn run_as_child(&self) {
        let (Ok(home), Ok(settings)) = (std::env::var(HOME), std::env::var(SETTINGS)) else { return };
        let mut twin = self.twin(Path::new(&home), serde_json::from_str(&settings).unwrap());
        let ended = twin.run(false, true).await;
        assert_eq!(ended.state, RunState::Completed, "{:?}", ended.problem);
    }

    /// Kills the process at every third statement (in `make soak` at every one), first of whole comparisons, then of ones that go on from a snapshot. Before each
    /// start `set` gives the table these rows.
    pub(crate) async fn lives(&self, mut set: impl AsyncFnMut(&BTreeMap<String, String>)) {
        let gate = Gate::before(&self.settings["url"], self.is_statement).await;
        let mut settings = self.settings.clone();
        settings.insert("url".to_owned(), gate.url.clone());
        let from = Connection {
            name: "shop".into(),
            kind: self.kind.manifest().id.into(),
            settings: settings.clone(),
        };
        let twin = Twin::new(self.kind, from, self.password, self.query.clone());
        twin.save(|sync| (sync.mode, sync.removed) = (Mode::Mirror, Removal::Delete));
        let home = twin.home().to_owned();
        let mut round = 0;
        for phase in ["whole", "going on"] {
            let mut statement = 1;
            loop {
                round += 1;
                set(&rows(round)).await;
                gate.stop_at(statement);
                if !self.dies(&home, &settings, &gate).await {
                    break;
                }
                statement += soak(3, 1);
            }
            assert!(statement > 6, "{phase}: it ended before statement {statement}");
        }
        let mut twin = self.twin(&home, settings);
        while twin.go_on().await.counts.to_send > 0 {}
        let (ended, rows) = (twin.run(false, true).await, rows(round));
        assert_eq!((ended.counts.unchanged, ended.counts.read), (rows.len() as u64, rows.len() as u64));
        assert!(twin.goes_on());
        let name = |payload: &str| {
            serde_json::from_str::<Value>(payload).unwrap()["name"].as_str().unwrap().to_owned()
        };
        let kept: BTreeMap<_, _> =
            twin.crm.kept().iter().map(|(key, payload)| (key.clone(), name(payload))).collect();
        assert_eq!(kept, rows);
        let journal = std::fs::read_to_string(home.join("journal")).unwrap();
        let mut ids: Vec<_> = journal.lines().map(|line| line.split('\t').next().unwrap()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "nothing that was taken is taken again");
    }

    /// Runs the process; false where it ended by itself.
    async fn dies(&self, home: &Path, settings: &BTreeMap<String, String>, gate: &Gate) -> bool {
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", self.child, "--nocapture"]).env(HOME, home);
        command.env(SETTINGS, serde_json::to_string(settings).unwrap());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        tokio::select! {
            () = gate.reached.notified() => {}
            ended = child.wait() => {
                let output = child.wait_with_output().await.unwrap();
                assert!(ended.unwrap().success(), "{}", String::from_utf8_lossy(&output.stdout));
                return false;
            }
        }
        child.kill().await.unwrap();
        if let Some((path, body)) = &self.abandoned {
            let headers = gate.headers.lock().unwrap().clone();
            let address = format!("{}{path}", gate.to);
            reqwest::Client::new()
                .post(address)
                .headers(headers)
                .body(body.to_string())
                .send()
                .await
                .unwrap();
        }
        true
    }
}

/// The rows of a round: of 40 some change, some go, some come.
fn rows(round: usize) -> BTreeMap<String, String> {
    let there = (0..40).filter(|i| i % 13 != round % 13);
    there.map(|i| (format!("k{i:02}"), format!("n{}", i % 3 * round))).collect()
}

/// Stands before the warehouse, and counts statements.
struct Gate {
    url: String,
    to: String,
    /// Statements until the one at which the process is to die.
    left: Arc<AtomicUsize>,
    /// That one has been carried out.
    reached: Arc<Notify>,
    /// What the last statement came with.
    headers: Arc<Mutex<HeaderMap>>,
}

impl Gate {
    async fn before(to: &str, is_statement: fn(&str, &Value) -> bool) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gate = Arc::new(Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            to: to.trim_end_matches('/').to_owned(),
            left: Arc::default(),
            reached: Arc::default(),
            headers: Arc::default(),
        });
        // The client wants one, though it speaks plain HTTP.
        drop(rustls::crypto::ring::default_provider().install_default());
        let (own, client) = (gate.clone(), reqwest::Client::builder().no_proxy().build().unwrap());
        let router = Router::new().fallback(move |request: Request| {
            let (gate, client) = (own.clone(), client.clone());
            async move { gate.hand_on(request, is_statement, &client).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        gate
    }

    fn stop_at(&self, statement: usize) {
        self.left.store(statement, Ordering::SeqCst);
    }

    async fn hand_on(
        &self,
        request: Request,
        is_statement: fn(&str, &Value) -> bool,
        client: &reqwest::Client,
    ) -> Response<Body> {
        let (mut head, body) = request.into_parts();
        let body: Bytes = to_bytes(body, usize::MAX).await.unwrap();
        let counts = is_statement(head.uri.path(), &serde_json::from_slice(&body).unwrap_or_default());
        for own in ["host", "content-length", "accept-encoding"] {
            head.headers.remove(own);
        }
        if counts {
            *self.headers.lock().unwrap() = head.headers.clone();
        }
        let address = format!("{}{}", self.to, head.uri);
        let answer =
            client.request(head.method, address).headers(head.headers).body(body).send().await.unwrap();
        let (status, kind) = (answer.status(), answer.headers().get("content-type").cloned());
        let answer = answer.bytes().await.unwrap();
        if counts && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.reached.notify_one();
            std::future::pending::<()>().await;
        }
        let mut response = Response::builder().status(status);
        if let Some(kind) = kind {
            response = response.header("content-type", kind);
        }
        response.body(Body::from(answer)).unwrap()
    }
}
