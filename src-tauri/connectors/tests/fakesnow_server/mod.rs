//! fakesnow, a stand-in for Snowflake that nobody here wrote: it speaks the drivers' protocol over `DuckDB`. On a free
//! loopback port, out of the folder `scripts/install tests` puts it in.
//!
//! Include it with `#[path = "…/fakesnow_server/mod.rs"] mod fakesnow_server;`. Where it is not installed, tests skip with
//! a line on standard error, or fail where `SLUICE_REQUIRE_SERVERS=1` is set.
//!
//! It outlives neither the test binary nor a panic: a shell beside it waits for the end of a pipe that only the test
//! holds, then stops it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};
use sluice_engine::testing::skipped;

/// Starts `$1` on the port `$2` with its log in `$3`, says "ready" when it listens, and cleans up.
const BESIDE: &str = r#"
trap '' INT TERM HUP
"$1" -s -p "$2" </dev/null >"$3" 2>&1 &
server=$!
until grep -q "Uvicorn running" "$3"; do
    kill -0 $server 2>/dev/null || { cat "$3" >&2; echo failed; exit 1; }
    sleep 0.1
done
echo ready
cat >/dev/null
kill -9 $server
rm -f "$3"
"#;

/// A running fakesnow.
pub struct Fakesnow {
    /// Its port on 127.0.0.1.
    pub port: u16,
    _beside: Child,
}

impl Fakesnow {
    /// The server all tests of this binary share, or `None` where they are to be skipped.
    pub fn shared() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Fakesnow>> = OnceLock::new();
        let server = SERVER.get_or_init(|| program().map(|program| Self::start(&program)));
        if server.is_none() {
            skipped("fakesnow is not installed (scripts/install tests)");
        }
        server.as_ref()
    }

    fn start(program: &Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::env::temp_dir().join(format!("sluice-fakesnow-{}-{port}.log", std::process::id()));
        let mut beside = Command::new("sh");
        beside.args([
            "-c",
            BESIDE,
            "sh",
            program.to_str().unwrap(),
            &port.to_string(),
            log.to_str().unwrap(),
        ]);
        // In a group of its own, so that what ends the test (Ctrl-C, a time limit) does not end the shell too.
        beside.process_group(0);
        let mut beside = beside.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
        let mut said = String::new();
        BufReader::new(beside.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said.trim(), "ready", "fakesnow did not start");
        Self { port, _beside: beside }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Runs statements one after another in a session of their own, in a database that is made where it is not there.
    pub async fn sql(&self, database: &str, statements: &[&str]) {
        for (statement, answer) in self.try_sql(database, statements).await {
            assert_eq!(answer["success"], true, "{statement}: {answer}");
        }
    }

    /// The same, with what was answered.
    pub async fn try_sql<'a>(&self, database: &str, statements: &[&'a str]) -> Vec<(&'a str, Value)> {
        let (port, database) = (self.port, database.to_owned());
        let sent: Vec<String> = statements.iter().map(|statement| (*statement).to_owned()).collect();
        let answers = tokio::task::spawn_blocking(move || run_all(port, &database, &sent)).await.unwrap();
        statements.iter().copied().zip(answers).collect()
    }
}

fn run_all(port: u16, database: &str, statements: &[String]) -> Vec<Value> {
    let data = json!({ "data": { "LOGIN_NAME": "seed", "PASSWORD": "seed", "SESSION_PARAMETERS": {} } });
    let address = format!("/session/v1/login-request?databaseName={database}&schemaName=PUBLIC");
    let signed_in = post(port, &address, "", &data);
    let token = signed_in["data"]["token"].as_str().unwrap();
    let run = |statement: &String| {
        let body = json!({ "sqlText": statement, "asyncExec": false, "sequenceId": 1 });
        post(port, "/queries/v1/query-request?requestId=seed", token, &body)
    };
    statements.iter().map(run).collect()
}

/// One request over a connection of its own.
fn post(port: u16, path: &str, token: &str, body: &Value) -> Value {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nAuthorization: Snowflake Token=\"{token}\"\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    serde_json::from_slice(&answer[end + 4..]).unwrap()
}

/// Where `scripts/install tests` puts it.
fn program() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().find(|folder| folder.join("scripts/install").is_file())?;
    Some(root.join(".tools/fakesnow/bin/fakesnow")).filter(|program| program.is_file())
}
