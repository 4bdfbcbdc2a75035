//! Programs a test starts, and ends whatever happens.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program in a process group of its own. The whole group ends when this is dropped, and the program itself also
/// when the test is killed.
pub(crate) struct Process(Child);

/// A command that ends when the thread that started it does.
pub(crate) fn bound(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", program]);
    command
}

impl Process {
    /// Starts it with nothing on its standard input.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::spawn(command.stdin(Stdio::null()))
    }

    /// Starts it, gives it `input` and closes its standard input.
    pub(crate) fn start_with_input(command: &mut Command, input: &str) -> Self {
        let mut process = Self::spawn(command.stdin(Stdio::piped()));
        process.0.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it takes its input");
        process
    }

    fn spawn(command: &mut Command) -> Self {
        use std::os::unix::process::CommandExt;
        let child = command.process_group(0).spawn();
        Self(child.unwrap_or_else(|error| panic!("{command:?} did not start: {error}")))
    }

    /// Starts it and reads the first line it prints, by which it says that it is ready.
    pub(crate) fn start_and_read_line(command: &mut Command) -> (Self, String) {
        let mut process = Self::start(command.stdout(Stdio::piped()));
        let mut line = String::new();
        let output = process.0.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("it prints a line");
        assert!(!line.trim().is_empty(), "{command:?} ended before it was ready");
        (process, line.trim().to_owned())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        signal("-KILL", &format!("-{}", self.0.id()));
        self.0.wait().ok();
    }
}

/// Sends a signal to a process, or to a group when `target` begins with a minus.
pub(crate) fn signal(signal: &str, target: &str) {
    Command::new("kill").args([signal, "--", target]).stderr(Stdio::null()).status().ok();
}

/// Where a program is, if it is installed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// A loopback port nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback");
    listener.local_addr().expect("an address").port()
}

/// Asks again and again until there is an answer; what was asked last is what the failure says.
pub(crate) async fn until<T>(what: &str, limit: Duration, ask: impl AsyncFnMut() -> Result<T, String>) -> T {
    within(limit, ask).await.unwrap_or_else(|why| panic!("{what}: {why}"))
}

/// Asks until there is an answer; else why there is none, with what was said last.
pub(crate) async fn within<T>(
    limit: Duration,
    mut ask: impl AsyncFnMut() -> Result<T, String>,
) -> Result<T, String> {
    let began = Instant::now();
    loop {
        match tokio::time::timeout(limit, ask()).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(state)) if began.elapsed() > limit => {
                return Err(format!("not within {limit:?}. {state}"));
            }
            Ok(Err(_)) => tokio::time::sleep(Duration::from_millis(40)).await,
            Err(tokio::time::error::Elapsed { .. }) => return Err(format!("no answer within {limit:?}.")),
        }
    }
}
