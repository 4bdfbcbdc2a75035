//! A stand-in for BigQuery for tests: bqemulator (<https://pypi.org/project/bqemulator/>), as `scripts/install tests`
//! puts it into `.tools/bqemulator`, on free loopback ports.
//!
//! Include it with `#[path = "…/bqemulator_server/mod.rs"] mod bqemulator_server;`. Where it is not installed,
//! tests skip with a line on standard error, or fail where `SLUICE_REQUIRE_SERVERS=1` is set.
//!
//! The server outlives neither the test binary nor a panic: a shell beside it waits for the end of a pipe that
//! only the test holds, then ends it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sluice_engine::testing::skipped;

/// Starts the server in `$1` on the ports `$2` (REST) and `$3` (gRPC), says "ready" when it answers, and ends it.
///
/// `DuckDB` finds its extension below `HOME`.
const BESIDE: &str = r#"
trap '' INT TERM HUP
log=$(mktemp)
HOME="$1" "$1/bin/bqemulator" start --rest-port "$2" --grpc-port "$3" --project demo --log-level error >"$log" 2>&1 </dev/null &
server=$!
for try in $(seq 600); do
    if "$1/bin/python" -c "import sys, urllib.request as u; u.urlopen('http://127.0.0.1:$2/healthz', timeout=5)" 2>/dev/null; then echo ready; break; fi
    kill -0 $server 2>/dev/null || { tail -n 20 "$log" >&2; echo failed; break; }
    sleep 0.1
done
cat >/dev/null
kill -9 $server
rm -f "$log"
"#;

/// A running stand-in.
pub struct BigQueryServer {
    /// Where the REST API is.
    pub url: String,
    /// Where the Storage Read API is.
    pub storage_url: String,
    port: u16,
    _beside: Child,
}

impl BigQueryServer {
    /// The server all tests of this binary share, or `None` where they are to be skipped.
    pub fn shared() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<BigQueryServer>> = OnceLock::new();
        let server = SERVER.get_or_init(|| installed().map(|folder| Self::start(&folder)));
        if server.is_none() {
            skipped("bqemulator is not installed (scripts/install tests)");
        }
        server.as_ref()
    }

    /// Starts one more server.
    pub fn start(folder: &Path) -> Self {
        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (rest, grpc) = (free(), free());
        let ports = [rest, grpc].map(|listener| listener.local_addr().unwrap().port());
        let mut beside = Command::new("sh");
        beside.args(["-c", BESIDE, "sh", folder.to_str().expect("a path of plain text")]);
        beside.args(ports.map(|port| port.to_string()));
        // In a group of its own, so that what ends the test (Ctrl-C, a time limit) does not end the shell too.
        beside.process_group(0);
        let mut beside = beside.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
        let mut said = String::new();
        BufReader::new(beside.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said.trim(), "ready", "bqemulator did not start");
        let [port, grpc] = ports;
        Self {
            url: format!("http://127.0.0.1:{port}"),
            storage_url: format!("http://127.0.0.1:{grpc}"),
            port,
            _beside: beside,
        }
    }

    /// Makes a dataset in the EU, which is there already or not.
    pub fn dataset(&self, name: &str) {
        let body =
            format!(r#"{{"datasetReference":{{"projectId":"demo","datasetId":"{name}"}},"location":"EU"}}"#);
        self.post("datasets", &body);
    }

    /// Runs a statement, and panics where it fails.
    pub fn sql(&self, sql: &str) -> String {
        let query = serde_json::to_string(sql).unwrap();
        let answer = self.post(
            "jobs",
            &format!(r#"{{"configuration":{{"query":{{"query":{query},"useLegacySql":false}}}}}}"#),
        );
        assert!(answer.contains(r#""state":"DONE""#) && !answer.contains("errorResult"), "{sql}: {answer}");
        answer
    }

    /// Posts to a path below the project. By hand: the test that seeds needs no client, and no runtime.
    pub fn post(&self, path: &str, body: &str) -> String {
        self.ask("POST", path, body)
    }

    /// Gets what is at a path below the project.
    pub fn get(&self, path: &str) -> String {
        self.ask("GET", path, "")
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} /bigquery/v2/projects/demo/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

/// Where `scripts/install tests` puts it.
pub fn installed() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().find(|folder| folder.join("scripts/install").is_file())?;
    let folder = root.join(".tools/bqemulator");
    folder.join("installed").is_file().then_some(folder)
}
