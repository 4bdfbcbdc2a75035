//! A desk of one's own: display, session bus, unlocked keychain, empty home, and Sluice on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sluice_engine::testing::skipped;
use tempfile::TempDir;

use crate::page::Page;
use crate::process::{Process, bound, free_port, program, signal, until};

/// What opens the keychain.
const PASSWORD: &str = "test";

/// A session bus for one desk.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// A slow machine with a debug build is still well within this.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// One window at a time: two would only slow each other down.
static TURN: Mutex<()> = Mutex::new(());

/// Everything around one test. Ends every program it started when it is dropped, also after a panic.
pub(crate) struct Desk {
    folder: TempDir,
    display: String,
    bus: String,
    programs: Vec<Process>,
}

/// Sluice, running.
pub(crate) struct Running {
    pub(crate) page: Page,
    driver: Process,
}

/// Runs a test on a fresh desk, or says loudly why not.
pub(crate) fn on_a_desk(name: &str, test: impl AsyncFnOnce(Desk)) {
    if let Some(missing) = missing() {
        return skipped(&format!("the window test {name}: {missing}"));
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { test(Desk::set_up().await).await });
}

fn missing() -> Option<String> {
    if !cfg!(feature = "custom-protocol") {
        return Some("the window's page is only inside with --features custom-protocol.".into());
    }
    let needed = ["setpriv", "Xvfb", "dbus-daemon", "gnome-keyring-daemon", "secret-tool", "WebKitWebDriver"];
    let missing: Vec<_> = needed.into_iter().filter(|name| program(name).is_none()).collect();
    (!missing.is_empty())
        .then(|| format!("{} not installed; `scripts/install tests` does it.", missing.join(", ")))
}

impl Desk {
    async fn set_up() -> Self {
        let folder = tempfile::Builder::new().prefix("sluice-window-").tempdir().expect("a folder");
        for part in ["home", "run", "data", "bin"] {
            std::fs::create_dir(folder.path().join(part)).expect("a folder");
        }
        {
            use std::os::unix::fs::PermissionsExt;
            let private = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(folder.path().join("run"), private).expect("a private folder");
        }
        let (screen, number) = Process::start_and_read_line(
            bound("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x820x24", "-nolisten", "tcp"])
                .stderr(Stdio::null()),
        );
        let mut desk =
            Self { folder, display: format!(":{number}"), bus: String::new(), programs: vec![screen] };
        // A bus that starts nothing by itself: only what a test put there answers.
        let bus_config = desk.folder.path().join("bus.xml");
        std::fs::write(&bus_config, BUS).expect("the bus's configuration");
        let (bus, address) = Process::start_and_read_line(
            desk.around(
                bound("dbus-daemon")
                    .arg(format!("--config-file={}", bus_config.display()))
                    .args(["--nofork", "--print-address=1"])
                    .stderr(Stdio::null()),
            ),
        );
        desk.bus = address;
        let keyring = Process::start_with_input(
            desk.around(&mut bound("gnome-keyring-daemon"))
                .args(["--unlock", "--components=secrets", "--foreground"])
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
            PASSWORD,
        );
        desk.programs.extend([keyring, bus]);
        until("the keychain answers", PATIENCE, async || {
            let stored = desk.keychain_store("probe", "there");
            if stored { Ok(()) } else { Err("secret-tool could not store a secret.".into()) }
        })
        .await;
        desk
    }

    /// The environment of a desk: nothing of the person who runs the tests gets in.
    fn around<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let home = self.folder.path().join("home");
        command.env_clear();
        if let Some(value) = std::env::var_os("LD_LIBRARY_PATH") {
            command.env("LD_LIBRARY_PATH", value);
        }
        let installed = std::env::var_os("PATH").unwrap_or_default();
        let programs =
            std::iter::once(self.folder.path().join("bin")).chain(std::env::split_paths(&installed));
        command
            .env("PATH", std::env::join_paths(programs).expect("folders of programs"))
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env("LANG", "C.UTF-8")
            .env("TZ", "Europe/Berlin")
            .env("DISPLAY", &self.display)
            .env("SLUICE_HOME", self.home());
        if !self.bus.is_empty() {
            command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        }
        command
    }

    /// Puts a program on this desk, before any of the same name.
    pub(crate) fn install(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder.path().join("bin").join(name);
        std::fs::write(&path, script).expect("a program");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    }

    /// Sluice's data folder.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Everything Sluice and `WebKit` wrote to their standard error, over all starts.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("sluice.log")
    }

    /// Starts Sluice and waits until its page has been drawn.
    pub(crate) async fn start(&self) -> Running {
        let port = free_port();
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log()).expect("a log");
        let driver = Process::start(
            self.around(&mut bound("WebKitWebDriver"))
                .args([&format!("--port={port}"), "--host=127.0.0.1"])
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdout(log.try_clone().expect("a second handle"))
                .stderr(log),
        );
        until("the driver answers", PATIENCE, async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .map(drop)
                .map_err(|error| error.to_string())
        })
        .await;
        let page = Page::open(port, Path::new(env!("CARGO_BIN_EXE_sluice-app")), &self.log()).await;
        Running { page, driver }
    }

    /// Starts Sluice while it runs, as somebody does who wants its window, and waits until that start has ended.
    pub(crate) fn start_again(&self) -> std::process::ExitStatus {
        let mut second = bound(env!("CARGO_BIN_EXE_sluice-app"));
        self.around(&mut second).stdout(Stdio::null()).status().expect("Sluice starts")
    }

    /// Everything the keychain has of Sluice, as another program would read it.
    pub(crate) fn keychain_secrets(&self) -> String {
        let search = self
            .around(&mut Command::new("secret-tool"))
            .args(["search", "--all", "service", "Sluice"])
            .output();
        String::from_utf8_lossy(&search.expect("secret-tool").stdout).into_owned()
    }

    fn keychain_store(&self, name: &str, secret: &str) -> bool {
        let mut command = Command::new("secret-tool");
        self.around(&mut command).args(["store", "--label", name, "sluice-test", name]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("secret-tool");
        std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), secret.as_bytes()).ok();
        child.wait().is_ok_and(|status| status.success())
    }

    /// Every file under the data folder, the home folder and the log that holds these bytes.
    pub(crate) fn files_with(&self, needle: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let kind = entry.file_type().expect("a kind");
                // The keychain's own file is where a secret belongs.
                if kind.is_dir() && !path.ends_with("keyrings") {
                    folders.push(path);
                } else if kind.is_file()
                    && contains(&std::fs::read(&path).unwrap_or_default(), needle.as_bytes())
                {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

impl Running {
    /// Waits until so many pages are in memory; each has a process of its own.
    pub(crate) async fn has_pages(&self, number: usize) {
        until(&format!("{number} pages are in memory"), PATIENCE, async || {
            let found = pages(self.driver.id());
            if found == number { Ok(()) } else { Err(format!("There are {found}.")) }
        })
        .await;
    }

    /// Ends Sluice as logging out of the computer does, and waits until it has written everything down.
    pub(crate) async fn quit(self) {
        let app = children(self.driver.id()).into_iter().next().expect("Sluice runs");
        signal("-TERM", &app.to_string());
        until(
            "Sluice ends",
            PATIENCE,
            async || if alive(app) { Err("It still runs.".into()) } else { Ok(()) },
        )
        .await;
    }
}

fn children(parent: u32) -> Vec<u32> {
    let list = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// How many processes below this one draw a page.
fn pages(parent: u32) -> usize {
    let below = children(parent);
    let own = below.iter().filter(|id| {
        alive(**id)
            && std::fs::read_to_string(format!("/proc/{id}/comm"))
                .is_ok_and(|name| name.starts_with("WebKitWebP"))
    });
    own.count() + below.iter().map(|id| pages(*id)).sum::<usize>()
}

/// A process that ended and was not yet waited for counts as gone.
fn alive(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
