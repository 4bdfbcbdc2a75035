//! Rules about the repository itself that no compiler holds.
#![expect(clippy::expect_used, reason = "a test that can not go on fails")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sluice_engine::ErrorKind;

/// Product names the engine must not know.
const VENDORS: [&str; 7] =
    ["postgres", "rudderstack", "snowflake", "bigquery", "redshift", "hubspot", "salesforce"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names of everything a package is built from.
fn closure(package: &str) -> Vec<String> {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            package,
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let names = String::from_utf8_lossy(&tree.stdout);
    names.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn only_the_shell_knows_tauri() {
    for package in ["sluice-engine", "sluice-connectors", "sluice-api", "sluice-cli"] {
        let found: Vec<_> = closure(package).into_iter().filter(|name| name.starts_with("tauri")).collect();
        assert!(found.is_empty(), "{package} is built from {found:?}");
    }
    assert!(closure("sluice-app").iter().any(|name| name == "tauri"), "the list is read rightly");
}

#[test]
fn the_engine_knows_no_vendor() {
    let clients = ["reqwest", "hyper", "tokio-postgres", "sluice-connectors"];
    let found: Vec<_> =
        closure("sluice-engine").into_iter().filter(|name| clients.contains(&&**name)).collect();
    assert!(found.is_empty(), "sluice-engine is built from {found:?}");

    let mut folders = vec![root().join("src-tauri/engine/src")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            read += 1;
            let text = std::fs::read_to_string(&path).expect("a source file").to_lowercase();
            for vendor in VENDORS {
                assert!(!text.contains(vendor), "{} names {vendor}", path.display());
            }
        }
    }
    assert!(read > 10, "the engine's files were read");
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

/// docs/errors.md lists every error. `SLUICE_UPDATE_DOCS=1 cargo test --test repository` writes it anew.
#[test]
fn every_error_is_documented() {
    let path = root().join("docs/errors.md");
    let expected = errors_page();
    if std::env::var_os("SLUICE_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("the page is written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == expected,
        "docs/errors.md is old; SLUICE_UPDATE_DOCS=1 cargo test --test repository writes it"
    );
}

fn errors_page() -> String {
    let mut page = String::from(
        "# Errors\n\nEvery error says what happened, what is safe and what to do. The code and the name of its kind \
         never change their\nmeaning. The message itself names the host, column or record it is about, and can say \
         more exactly what is safe and what to\ndo; below is what holds for the kind. The window shows the same pages: \
         press “What is this?” beside an error.\n\nThis page is made from the code; see `tests/repository.rs`.\n",
    );
    for (first, title) in [
        ('1', "Settings and files"),
        ('2', "The other side"),
        ('3', "Rows and records"),
        ('4', "Runs"),
        ('5', "This computer"),
        ('9', "Mistakes of ours"),
    ] {
        writeln!(page, "\n## {title}").expect("text");
        for kind in ErrorKind::ALL
            .iter()
            .filter(|kind| kind.code().strip_prefix("SLU-").is_some_and(|number| number.starts_with(first)))
        {
            writeln!(
                page,
                "\n### {} {}\n\n{} (`{}`)\n\n- Cause: {}\n- Safe: {}\n- To do: {}\n- {}",
                kind.code(),
                kind.title(),
                kind.meaning(),
                kind.name(),
                kind.cause(),
                kind.safe(),
                kind.hint(),
                kind.retry().in_words()
            )
            .expect("text");
        }
    }
    page
}

#[test]
fn every_error_is_in_one_chapter_of_the_page() {
    let page = errors_page();
    for kind in ErrorKind::ALL {
        assert_eq!(page.matches(kind.code()).count(), 1, "{kind:?}");
    }
}
