//! The keychain against a real Secret Service: gnome-keyring on a message bus of its own.
//!
//! Each test starts this program again inside such a bus, for the one ignored test that does the work.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what surrounds a test may fail it")]

use std::path::Path;
use std::process::Command;

use sluice_engine::error::{ErrorKind, Result};
use sluice_engine::secrets::{Keychain, Secret, SecretStore};
use sluice_engine::testing::skipped;

/// Unlocks (and the first time makes) the login keyring.
const UNLOCKED: &str = r#"printf "%s" test | gnome-keyring-daemon --unlock --components=secrets --daemonize"#;
/// Starts the daemon without the password.
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets --daemonize";

/// A script that starts the daemon, looks until it serves, and becomes the program it is given.
fn serving(start: &str) -> String {
    format!(
        r#"{start} >&2
served() {{ dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.secrets | grep -q true; }}
for look in {{1..3000}}; do served && exec "$@"; done; exit 1"#
    )
}

/// A bus that starts no service by itself, with more rules.
fn bus(rules: &str) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/>{rules}</policy>
</busconfig>"#
    )
}

/// The tools are there; where they are not, the test says so, or fails where servers are required.
fn tools_are_there() -> bool {
    let there = ["dbus-run-session", "gnome-keyring-daemon"]
        .iter()
        .all(|tool| Command::new(tool).arg("--version").output().is_ok());
    if !there {
        skipped("dbus-run-session or gnome-keyring-daemon is not installed");
    }
    there
}

/// Runs the ignored test `name` on a bus of its own, after `setup`, with `home` as its home.
fn on_a_bus(home: &Path, setup: &str, name: &str) {
    on_a_bus_with("", home, setup, name);
}

/// The same on a bus with these rules.
fn on_a_bus_with(rules: &str, home: &Path, setup: &str, name: &str) {
    let config = home.join("bus.conf");
    std::fs::write(&config, bus(rules)).unwrap();
    let mut command = Command::new("dbus-run-session");
    command.arg(format!("--config-file={}", config.display())).args(["--", "bash", "-c", setup, "bash"]);
    command.arg(std::env::current_exe().unwrap()).args(["--exact", name, "--ignored", "--nocapture"]);
    for (variable, folder) in
        [("HOME", ""), ("XDG_DATA_HOME", "data"), ("XDG_RUNTIME_DIR", "run"), ("XDG_CACHE_HOME", "cache")]
    {
        let folder = home.join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        command.env(variable, folder);
    }
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("GNOME_KEYRING_CONTROL");
    passed(&mut command);
}

fn passed(command: &mut Command) {
    let output = command.output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn keychain() -> Keychain {
    Keychain::new("0f1e2d3c".into())
}

fn kind<T>(result: Result<T>) -> ErrorKind {
    match result {
        Ok(_) => panic!("it worked"),
        Err(error) => error.kind(),
    }
}

#[test]
fn secrets_of_every_size_come_back_and_go() {
    if tools_are_there() {
        let home = tempfile::tempdir().unwrap();
        on_a_bus(home.path(), &serving(UNLOCKED), "inside_every_size");
    }
}

#[test]
#[ignore = "runs inside a bus, started by the test above"]
fn inside_every_size() {
    let keychain = keychain();
    let secret = |size: usize| Secret::new((0..size).map(|at| (at * 7) as u8).collect::<Vec<_>>());
    let found = |setting: &str| keychain.get("shop", setting).unwrap().map(|secret| secret.expose().to_vec());
    for size in [0, 1, 2_399, 2_400, 2_401, 2_560, 10_000, 3] {
        keychain.set("shop", "password", &secret(size)).unwrap();
        assert_eq!(found("password").unwrap(), secret(size).expose(), "{size} bytes");
    }
    keychain.set("shop", "token", &secret(5)).unwrap();
    keychain.delete("shop", "password").unwrap();
    assert_eq!(found("password"), None);
    assert_eq!(found("token").unwrap(), secret(5).expose());
    keychain.delete("shop", "password").unwrap();
    assert!(Keychain::new("another".into()).get("shop", "token").unwrap().is_none());
}

#[test]
fn a_locked_keychain_says_so() {
    if tools_are_there() {
        let home = tempfile::tempdir().unwrap();
        on_a_bus(home.path(), &serving(UNLOCKED), "inside_keep_one");
        on_a_bus(home.path(), &serving(LOCKED), "inside_locked");
        on_a_bus(home.path(), &serving(UNLOCKED), "inside_find_one");
    }
}

#[test]
#[ignore = "runs inside a bus, started by the test above"]
fn inside_keep_one() {
    keychain().set("shop", "password", &Secret::new("hunter2")).unwrap();
}

#[test]
#[ignore = "runs inside a bus, started by the test above"]
fn inside_locked() {
    let keychain = keychain();
    assert_eq!(kind(keychain.get("shop", "password")), ErrorKind::KeychainLocked);
    assert_eq!(kind(keychain.set("shop", "token", &Secret::new("x"))), ErrorKind::KeychainLocked);
}

#[test]
#[ignore = "runs inside a bus, started by the test above"]
fn inside_find_one() {
    assert_eq!(keychain().get("shop", "password").unwrap().unwrap().expose(), b"hunter2");
    assert!(keychain().get("shop", "token").unwrap().is_none());
}

#[test]
fn a_keychain_the_bus_keeps_sluice_from_is_denied() {
    if tools_are_there() {
        let home = tempfile::tempdir().unwrap();
        // As the bus does with a package that is confined.
        let rules = r#"<deny send_destination="org.freedesktop.secrets"/>"#;
        on_a_bus(home.path(), &serving(UNLOCKED), "inside_keep_one");
        on_a_bus_with(rules, home.path(), &serving(UNLOCKED), "inside_denied");
        on_a_bus(home.path(), &serving(UNLOCKED), "inside_find_one");
    }
}

#[test]
#[ignore = "runs inside a bus, started by the test above"]
fn inside_denied() {
    let keychain = keychain();
    let error = keychain.get("shop", "password").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeychainDenied);
    assert!(!error.details().is_empty(), "the cause is kept");
    assert_eq!(kind(keychain.set("shop", "token", &Secret::new("x"))), ErrorKind::KeychainDenied);
    assert_eq!(kind(keychain.delete("shop", "password")), ErrorKind::KeychainDenied);
}

#[test]
fn without_a_service_the_keychain_is_absent_and_is_looked_for_again() {
    if tools_are_there() {
        let home = tempfile::tempdir().unwrap();
        on_a_bus(home.path(), r#"exec "$@""#, "inside_service_comes_later");
    }
}

#[test]
#[ignore = "runs inside a bus, started by the test above"]
fn inside_service_comes_later() {
    let keychain = keychain();
    assert_eq!(kind(keychain.get("shop", "password")), ErrorKind::KeychainAbsent);
    let started = Command::new("bash").args(["-c", &serving(UNLOCKED), "bash", "true"]).status().unwrap();
    assert!(started.success());
    keychain.set("shop", "password", &Secret::new("hunter2")).unwrap();
    assert_eq!(keychain.get("shop", "password").unwrap().unwrap().expose(), b"hunter2");
}

#[test]
fn without_a_bus_the_keychain_is_absent() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "inside_no_bus", "--ignored", "--nocapture"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    passed(&mut command);
}

#[test]
#[ignore = "runs without a bus, started by the test above"]
fn inside_no_bus() {
    let error = keychain().get("shop", "password").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeychainAbsent);
    assert!(!error.details().is_empty(), "the cause is kept");
}
