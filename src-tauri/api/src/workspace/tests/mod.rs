//! The file's promises: what it says is read, what is wrong is named, and what is written reads back.

mod faults;
mod reading;
mod writing;

use sluice_engine::manifest::{Accepts, Capabilities, Input, Setting};
use sluice_engine::sync::{Mode, Removal};

use super::*;

const PLAIN: Manifest = Manifest {
    id: "sample",
    label: "Sample",
    summary: "",
    needs: &[],
    setup_script: None,
    pastes: false,
    settings: &[],
    steps: &[],
    destination: None,
    dialect: Some(&sluice_engine::sync::dialect::GenericDialect {}),
    icon: "",
};

static POSTGRES: Manifest = Manifest {
    id: "postgres",
    label: "PostgreSQL",
    settings: &[
        Setting::text("host", "Host", "", "db.example.com"),
        Setting::text("port", "Port", "", "5432").or("5432").entered_as(Input::PORT),
        Setting::text("user", "User", "", "reader").optional(),
        Setting::secret("password", "Password", ""),
        Setting::text("tls", "TLS", "", "").or("verify-full").entered_as(Input::Choice(&[
            ("disable", ""),
            ("require", ""),
            ("verify-full", ""),
        ])),
    ],
    ..PLAIN
};

static SAMPLE: Manifest = PLAIN;

const MODES: &[Mode] = &[Mode::Upsert, Mode::Mirror, Mode::Append];

static EVENTS: Manifest = destination("rudderstack", "RudderStack", Accepts::Events, &[Removal::Nothing]);
static CRM: Manifest = destination(
    "practice",
    "Practice CRM",
    Accepts::Records,
    &[Removal::Nothing, Removal::Clear, Removal::Delete],
);
static FILE: Manifest = destination("file", "File", Accepts::Both, &[Removal::Nothing, Removal::Delete]);

const fn destination(
    id: &'static str,
    label: &'static str,
    accepts: Accepts,
    removals: &'static [Removal],
) -> Manifest {
    Manifest {
        id,
        label,
        dialect: None,
        destination: Some(Capabilities {
            accepts,
            modes: MODES,
            removals,
            confirms: true,
            reads: matches!(accepts, Accepts::Records),
        }),
        ..PLAIN
    }
}

static KINDS: [&Manifest; 5] = [&POSTGRES, &SAMPLE, &EVENTS, &CRM, &FILE];

fn around(saved: &[Connection]) -> Surroundings<'_> {
    Surroundings { kinds: &KINDS, saved, time_zone: "Europe/Berlin" }
}

fn read(text: &str) -> Workspace {
    match parse(text, &around(&[])) {
        Ok(workspace) => workspace,
        Err(error) => panic!("{}\n{text}", error.message()),
    }
}

fn refusal(text: &str) -> String {
    match parse(text, &around(&[])) {
        Ok(workspace) => panic!("taken: {workspace:?}"),
        Err(error) => error.message().to_owned(),
    }
}

const CONNECTIONS: &str = "version: 1
connections:
  shop: { kind: sample }
  events: { kind: rudderstack }
  crm: { kind: practice }
  out: { kind: file }
";

/// A file with one sync of these lines.
fn with_sync(lines: &str) -> String {
    format!("{CONNECTIONS}syncs:\n  s:\n    from: shop\n{lines}")
}

const TO_EVENTS: &str = "    table: leads\n    key: id\n    to: events\n    event: identify\n";

fn sync_with(lines: &str) -> Sync {
    read(&with_sync(&format!("{TO_EVENTS}{lines}"))).syncs.remove(0)
}
