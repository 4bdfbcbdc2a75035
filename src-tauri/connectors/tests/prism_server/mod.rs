//! Prism, a server nobody here wrote, that judges requests by a vendor's `OpenAPI` document.
#![allow(dead_code, clippy::expect_used, reason = "each test binary uses its own part")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sluice_engine::testing::skipped;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().find(|folder| folder.join("tests/prism").is_dir()).unwrap_or(package)
}

/// A file of the vendors' contracts; says once, loudly, that the test is skipped where there is none.
pub(crate) fn contract(name: &str) -> Option<PathBuf> {
    let contracts = std::env::var_os("SLUICE_CONTRACTS")
        .map_or_else(|| root().join("../shared/contracts"), PathBuf::from);
    let path = contracts.join(name);
    if path.exists() {
        return Some(path);
    }
    // The vendors' contracts are not part of the project: where they are missing, nothing is required.
    let why = format!("no contract at {}; name its folder in SLUICE_CONTRACTS", path.display());
    writeln!(std::io::stderr(), "SKIPPED: {why}").expect("standard error");
    None
}

/// Prism on a free port; gone when dropped.
pub(crate) struct Prism {
    port: u16,
    _child: Child,
}

impl Prism {
    /// Starts it over a document; says loudly where it is not installed.
    pub(crate) async fn start(document: &Path) -> Option<Self> {
        let program = root().join("tests/prism/node_modules/.bin/prism");
        if !program.exists() {
            skipped("Prism is not installed (scripts/install tests)");
            return None;
        }
        let free = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut child = Command::new(program)
            .args(["mock", "-h", "127.0.0.1", "-p", &port.to_string()])
            .arg(document)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Prism starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        loop {
            let line = lines.next_line().await.expect("text").expect("Prism ended before it listened");
            if line.contains("Prism is listening") {
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Some(Self { port, _child: child });
            }
        }
    }

    /// Sends it the very bytes of a request, and returns its answer as text.
    pub(crate) async fn judge(&self, head: &str, body: &[u8]) -> String {
        judge(self.port, head, body).await
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// As [`Prism::judge`], by its port.
pub(crate) async fn judge(port: u16, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("Prism listens");
    let kept: Vec<_> = head.lines().filter(|line| !line.to_lowercase().starts_with("connection:")).collect();
    let head = format!("{}\r\nconnection: close\r\n\r\n", kept.join("\r\n"));
    stream.write_all(head.as_bytes()).await.expect("Prism reads");
    stream.write_all(body).await.expect("Prism reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("Prism answers");
    answer
}
