//! Runs the program in a data folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A data folder, and the program on it.
pub(crate) struct Sluice {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sluice {
    /// An empty data folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// One with this workspace applied.
    pub(crate) fn with(workspace: &str) -> Self {
        let sluice = Self::new();
        let said = sluice.apply(workspace);
        assert_eq!(said.code, 0, "{said:?}");
        sluice
    }

    /// Sets an environment variable for every command from now on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The data folder.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A path beside the data folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with these words.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command
            .args(words)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("SLUICE_HOME", self.home())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end.
    pub(crate) fn run(&self, words: &[&str]) -> Said {
        Said::from(self.command(words).output().unwrap())
    }

    /// Starts it, with what it says held.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        self.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs with `--json`, expects this exit status, and reads the one document.
    pub(crate) fn json(&self, words: &[&str], code: i32) -> Value {
        let said = self.run(&[words, &["--json"]].concat());
        assert_eq!(said.code, code, "{words:?}: {said:?}");
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"))
    }

    /// The event log in JSON.
    pub(crate) fn events(&self, words: &[&str]) -> Vec<Value> {
        let said = self.run(&[&["events", "--json"], words].concat());
        assert_eq!(said.code, 0, "{said:?}");
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Applies a workspace.
    pub(crate) fn apply(&self, workspace: &str) -> Said {
        let path = self.beside("workspace.yaml");
        std::fs::write(&path, workspace).unwrap();
        self.run(&["apply", path.to_str().unwrap()])
    }

    /// Changes the sample warehouse, which is made by the first look at it.
    pub(crate) fn change_sample(&self, sql: &str) {
        let sample = rusqlite::Connection::open(self.home().join("sample.sqlite")).unwrap();
        sample.execute_batch(sql).unwrap();
    }
}

impl From<std::process::Output> for Said {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Waits for a started program.
pub(crate) fn wait(child: Child) -> Said {
    child.wait_with_output().unwrap().into()
}

/// Sends a signal, as a terminal or a service manager does.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status().unwrap();
    assert!(sent.success());
}

/// A count of a summary.
pub(crate) fn count(summary: &Value, name: &str) -> u64 {
    summary[name].as_u64().unwrap_or_else(|| panic!("{name} is no whole number in {summary}"))
}

/// Whether any file below `folder` has these bytes in it.
pub(crate) fn is_in_a_file(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            is_in_a_file(&path, bytes)
        } else {
            std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes)
        }
    })
}
