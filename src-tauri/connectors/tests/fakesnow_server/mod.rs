//! fakesnow, a stand-in for Snowflake that nobody here wrote: it speaks the drivers' protocol over `DuckDB`. On a free
//! loopback port, out of the folder `scripts/install tests` puts it in.
//!
//! Include it with `#[path = "…/fakesnow_server/mod.rs"] mod fakesnow_server;`. Where it is not installed, tests skip with
//! a line on standard error, or fail where `SLUICE_REQUIRE_SERVERS=1` is set.
//!
//! It outlives neither the test binary nor a panic: a shell beside it waits for the end of a pipe that only the test
//! holds, then stops it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader};
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
        let client =
            reqwest::Client::builder().no_proxy().tls_backend_preconfigured(no_tls()).build().unwrap();
        let post = async |path: &str, token: &str, body: &Value| -> Value {
            let request = client.post(format!("{}{path}", self.url()));
            let request = request.header("Authorization", format!("Snowflake Token=\"{token}\""));
            let answer = request.body(body.to_string()).send().await.unwrap().bytes().await.unwrap();
            serde_json::from_slice(&answer).unwrap()
        };
        let data = json!({ "data": { "LOGIN_NAME": "seed", "PASSWORD": "seed", "SESSION_PARAMETERS": {} } });
        let address = format!("/session/v1/login-request?databaseName={database}&schemaName=PUBLIC");
        let signed_in = post(&address, "", &data).await;
        let token = signed_in["data"]["token"].as_str().unwrap().to_owned();
        let mut answers = Vec::new();
        for statement in statements {
            let body = json!({ "sqlText": statement, "asyncExec": false, "sequenceId": 1 });
            answers.push((*statement, post("/queries/v1/query-request?requestId=seed", &token, &body).await));
        }
        answers
    }
}

fn no_tls() -> rustls::ClientConfig {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    versions.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
}

/// Where `scripts/install tests` puts it.
fn program() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().find(|folder| folder.join("scripts/install").is_file())?;
    Some(root.join(".tools/fakesnow/bin/fakesnow")).filter(|program| program.is_file())
}
