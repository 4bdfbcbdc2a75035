//! A receiver in a process of its own, on loopback: what it took survives whoever sends. It fails now and then, as
//! receivers do.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sluice_engine::check::Steps;
use sluice_engine::connection::Opening;
use sluice_engine::destination::{
    Answer, Batch, Delivery, Destination, DestinationKind, Exchange, Limits, Object, Outcome,
};
use sluice_engine::manifest::Manifest;
use sluice_engine::record::Record;
use sluice_engine::sync::Shape;
use sluice_engine::testing::FakeDestination;
use sluice_engine::{Error, ErrorKind, Result};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

/// Records of one request, and requests under way at once.
pub(super) const BATCH: usize = 500;
pub(super) const IN_FLIGHT: usize = 4;

/// What the receiver has seen.
#[derive(Default)]
pub(super) struct Seen {
    /// By key: the version and the bytes it has.
    pub(super) kept: HashMap<String, (usize, String)>,
    /// By message id: time, key and bytes.
    ids: HashMap<String, String>,
    /// Records that came again under an id it had taken.
    pub(super) repeats: usize,
    /// Requests it refused, or took without an answer.
    pub(super) faults: usize,
    /// Promises that were broken.
    pub(super) broken: Vec<String>,
    requests: usize,
}

impl Seen {
    fn take(&mut self, line: &str) {
        let Some((id, record)) = line.split_once('\t') else { return };
        if let Some(before) = self.ids.get(id) {
            self.repeats += 1;
            if before != record {
                self.broken.push(format!("{id} was {before} and is now {record}"));
            }
            return;
        }
        self.ids.insert(id.to_owned(), record.to_owned());
        let mut parts = record.split('\t').skip(1);
        let (key, payload) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let version = version_of(payload);
        if let Some((before, _)) = self.kept.insert(key.to_owned(), (version, payload.to_owned())) {
            if before > version {
                self.broken.push(format!("{key} went back to version {version}"));
            } else if before == version {
                self.broken.push(format!("version {version} of {key} came under a second id, {id}"));
            }
        }
    }
}

/// The version a payload says it is.
fn version_of(payload: &str) -> usize {
    let digits = payload.rsplit("\"name\":\"").next().unwrap_or_default();
    digits.trim_end_matches("\"}").parse().unwrap_or_default()
}

/// Listens until the test ends.
pub(super) struct Receiver {
    pub(super) port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Receiver {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = shared.clone();
                // A sender that was killed cuts its connection; that is what the test is about.
                std::thread::spawn(move || drop(answer(stream, &seen)));
            }
        });
        Self { port, seen }
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(mut stream: TcpStream, seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut records = Vec::new();
    loop {
        // A request that is cut is no request.
        let Some(line) = lines.next().transpose()? else { return Ok(()) };
        if line == "." {
            break;
        }
        records.push(line);
    }
    let reply = {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.requests += 1;
        let reply = match seen.requests % 23 {
            7 => "503",
            13 => "429",
            19 => "",
            _ => "200",
        };
        if reply == "200" || reply.is_empty() {
            for record in &records {
                seen.take(record);
            }
        }
        seen.faults += usize::from(reply != "200");
        reply
    };
    if reply.is_empty() { Ok(()) } else { writeln!(stream, "{reply}") }
}

/// Sends to a receiver.
pub(super) struct Sends {
    port: u16,
    manifest: &'static Manifest,
}

impl Sends {
    pub(super) fn to(port: u16) -> Self {
        Self { port, manifest: FakeDestination::new(1).manifest() }
    }
}

impl DestinationKind for Sends {
    fn manifest(&self) -> &'static Manifest {
        self.manifest
    }

    fn open(&self, _: &Opening) -> Result<Box<dyn Destination>> {
        Ok(Box::new(Self { ..*self }))
    }
}

#[async_trait]
impl Destination for Sends {
    async fn check(&self, _: &mut Steps<'_>) -> Result<()> {
        Ok(())
    }

    async fn objects(&self) -> Result<Vec<Object>> {
        Ok(Vec::new())
    }

    fn limits(&self, _: &Shape) -> Limits {
        Limits {
            records: BATCH,
            bytes: 1 << 20,
            record_bytes: 10_000,
            envelope_bytes: 0,
            in_flight: IN_FLIGHT,
        }
    }

    async fn deliver(&self, batch: &Batch<'_>) -> Delivery {
        let mut request = Vec::new();
        for record in batch.records {
            let Record { message_id, changed_at, key, .. } = record;
            request.extend_from_slice(format!("{message_id}\t{changed_at}\t{key}\t").as_bytes());
            request.extend_from_slice(record.payload);
            request.push(b'\n');
        }
        request.extend_from_slice(b".\n");
        let error = |kind, wait: u64| {
            Error::new(kind, "Not now.").with_retry_after(std::time::Duration::from_millis(wait))
        };
        let answer = match exchange(self.port, &request).await {
            Ok(Some(line)) if line == "200" => Answer::Records(vec![Outcome::Delivered; batch.records.len()]),
            Ok(Some(line)) if line == "429" => Answer::Again(error(ErrorKind::RateLimited, 5)),
            Ok(Some(_)) => Answer::Again(error(ErrorKind::ServerFailed, 5)),
            Ok(None) | Err(_) => Answer::Unknown(error(ErrorKind::Unreachable, 5)),
        };
        Delivery::new(answer, Exchange { target: "receiver".to_owned(), ..Exchange::default() })
    }
}

async fn exchange(port: u16, request: &[u8]) -> std::io::Result<Option<String>> {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(request).await?;
    tokio::io::BufReader::new(stream).lines().next_line().await
}
