//! A PostgreSQL server of its own for tests: the installed one, in a fresh folder, on a free loopback port.
//!
//! Include it with `#[path = "…/postgres_server/mod.rs"] mod postgres_server;`. Where PostgreSQL is not
//! installed, tests skip with a line on standard error, or fail where `SLUICE_REQUIRE_SERVERS=1` is set.
//!
//! The server outlives neither the test binary nor a panic: a shell beside it waits for the end of a pipe
//! that only the test holds, then stops the server and removes its folder.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sluice_engine::testing::skipped;

/// Starts the server with what `$1` (programs) and `$2` (folder) say, says "ready", and cleans up.
const BESIDE: &str = r#"
trap '' INT TERM HUP
"$1/pg_ctl" -D "$2/data" -l "$2/log" -w -t 60 start >/dev/null && echo ready || { cat "$2/log" >&2; echo failed; }
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null
rm -rf "$2"
"#;

/// A running server.
pub struct PostgresServer {
    /// Its port on 127.0.0.1 and `localhost`.
    pub port: u16,
    /// The password of the superuser `postgres`.
    pub password: String,
    /// The certificate authority of its certificate, which is made out to `localhost`.
    pub ca_file: PathBuf,
    /// Another certificate authority.
    pub other_ca_file: PathBuf,
    programs: PathBuf,
    _beside: Child,
}

impl PostgresServer {
    /// The server all tests of this binary share, or `None` where they are to be skipped.
    pub fn shared() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<PostgresServer>> = OnceLock::new();
        let server = SERVER.get_or_init(|| programs().map(|programs| Self::start(&programs)));
        if server.is_none() {
            skipped("PostgreSQL is not installed (scripts/install tests)");
        }
        server.as_ref()
    }

    /// Starts one more server.
    pub fn start(programs: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("sluice-postgres-").tempdir().expect("a folder").keep();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let password = format!("test-{}-{port}", std::process::id());
        std::fs::write(folder.join("password"), &password).unwrap();
        certificates(&folder);
        if is_root() {
            run(Command::new("chown").arg("-R").arg("postgres").arg(&folder));
        }
        let data = folder.join("data");
        run(as_server(&programs.join("initdb"))
            .args([
                "-D",
                path(&data),
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ])
            .arg(format!("--pwfile={}", folder.join("password").display())));
        let settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{0}'\nfsync = off\n\
             max_connections = 60\nshared_buffers = 64MB\nssl = on\nssl_cert_file = '{0}/server.crt'\nssl_key_file = '{0}/server.key'\n",
            folder.display(),
        );
        let file = data.join("postgresql.conf");
        let before = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, before + &settings).unwrap();

        let mut beside = as_server(Path::new("sh"));
        beside.args(["-c", BESIDE, "sh", path(programs), path(&folder)]);
        // In a group of its own, so that what ends the test (Ctrl-C, a time limit) does not end the shell too.
        beside.process_group(0);
        let mut beside = beside.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
        let mut said = String::new();
        BufReader::new(beside.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said.trim(), "ready", "PostgreSQL did not start");
        let (ca_file, other_ca_file) = (folder.join("ca.crt"), folder.join("other.crt"));
        Self { port, password, ca_file, other_ca_file, programs: programs.to_owned(), _beside: beside }
    }

    /// Runs SQL as superuser, every statement for itself, and returns what it answered, unaligned.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-d",
            database,
            "-f",
            "-",
        ]);
        psql.arg("-p").arg(self.port.to_string()).env("PGPASSWORD", &self.password);
        let mut child =
            psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), sql.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

/// Where PostgreSQL's programs are: the newest of Debian's folders, else what `pg_config` says.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.sort_by_key(|folder| {
        folder.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok())
    });
    if let Ok(told) = Command::new("pg_config").arg("--bindir").output() {
        found.insert(0, PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()));
    }
    found.into_iter().rev().find(|folder| folder.join("initdb").is_file())
}

/// PostgreSQL refuses to run as root.
fn as_server(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn certificates(folder: &Path) {
    let openssl =
        |arguments: &str| run(Command::new("openssl").args(arguments.split(' ')).current_dir(folder));
    for name in ["ca", "other"] {
        openssl(&format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=sluice-test-{name} -keyout {name}.key -out {name}.crt"
        ));
    }
    openssl("req -new -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr");
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
        .unwrap();
    openssl(
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt",
    );
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path of plain text")
}
