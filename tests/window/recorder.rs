//! A data plane that keeps every request it gets, and lets Prism judge it, for the tests of this binary.

use std::io::Read as _;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::prism_server::{Prism, contract, judge};

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The body as JSON, unpacked where it was compressed.
    pub(crate) fn json(&self) -> Value {
        let mut text = String::new();
        if self.head.to_lowercase().contains("content-encoding: gzip") {
            flate2::read::GzDecoder::new(&*self.body).read_to_string(&mut text).expect("gzip");
        } else {
            text = String::from_utf8(self.body.clone()).expect("text");
        }
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }
}

/// Keeps every request and passes it on to Prism over RudderStack's own `OpenAPI` document; the program gets
/// Prism's answer. Without the document, or Prism, it answers 200 and `OK` as a data plane does.
pub(crate) struct Recorder {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    refusal: Arc<Mutex<Option<&'static str>>>,
    _judge: Option<Prism>,
}

impl Recorder {
    pub(crate) async fn start() -> Self {
        let judge = match contract("rudderstack/gateway-openapi.yaml") {
            Some(document) => Prism::start(&document).await,
            None => None,
        };
        let port = judge.as_ref().map(Prism::port);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let refusal = Arc::<Mutex<Option<&'static str>>>::default();
        let (kept, refuses) = (requests.clone(), refusal.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, kept.clone(), refuses.clone(), port));
            }
        });
        Self { address, requests, refusal, _judge: judge }
    }

    /// From now on every request gets this answer, after `HTTP/1.1 `, or is taken again. What is refused is not kept.
    pub(crate) fn refuse(&self, refusal: Option<&'static str>) {
        *self.refusal.lock().expect("refusal") = refusal;
    }

    /// Events of all batches so far, in order.
    pub(crate) fn events(&self) -> Vec<Value> {
        let batches =
            self.requests().into_iter().filter(|request| request.head.starts_with("POST /v1/batch "));
        batches.flat_map(|request| request.json()["batch"].as_array().cloned().unwrap_or_default()).collect()
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("requests").clone()
    }
}

async fn serve(
    mut connection: TcpStream,
    kept: Arc<Mutex<Vec<Request>>>,
    refusal: Arc<Mutex<Option<&'static str>>>,
    port: Option<u16>,
) -> Option<()> {
    let mut got = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = got.windows(4).position(|window| window == b"\r\n\r\n") {
                break at;
            }
            if connection.read_buf(&mut got).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&got[..end]).into_owned();
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        let whole = end + 4 + length.unwrap_or(0);
        while got.len() < whole {
            if connection.read_buf(&mut got).await.ok()? == 0 {
                return None;
            }
        }
        let body = got[end + 4..whole].to_vec();
        got.drain(..whole);
        let refused = *refusal.lock().expect("refusal");
        if let Some(refused) = refused {
            connection.write_all(format!("HTTP/1.1 {refused}").as_bytes()).await.ok()?;
            continue;
        }
        kept.lock().expect("requests").push(Request { head: head.clone(), body: body.clone() });
        if let Some(port) = port {
            // Prism closes after its answer, so this connection ends with it.
            return connection.write_all(judge(port, &head, &body).await.as_bytes()).await.ok();
        }
        let answer = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nOK";
        connection.write_all(answer).await.ok()?;
    }
}
