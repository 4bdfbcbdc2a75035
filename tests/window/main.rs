//! The whole app, as its user has it: the real program in a real window, driven through `WebKitWebDriver` on a
//! display, a session bus and a keychain of its own.
//!
//! Needs the built page (`--features custom-protocol`) and the programs `scripts/install tests` brings. Where they
//! are missing each test says so in one line and passes; with `SLUICE_REQUIRE_SERVERS=1` it fails.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that can not go on fails")]

mod accessibility;
#[path = "../../src-tauri/connectors/tests/bqemulator_server/mod.rs"]
mod bqemulator_server;
mod closed;
mod desk;
#[path = "../../src-tauri/connectors/tests/fakesnow_server/mod.rs"]
mod fakesnow_server;
mod fault;
mod held;
mod hubspot;
#[path = "../../src-tauri/connectors/tests/fakes/hubspot/mod.rs"]
mod hubspot_fake;
mod journal;
mod keyboard;
mod mapping;
mod page;
mod postgres;
#[path = "../../src-tauri/connectors/tests/postgres_server/mod.rs"]
mod postgres_server;
#[path = "../../src-tauri/connectors/tests/prism_server/mod.rs"]
mod prism_server;
mod process;
mod recorder;
#[path = "../../src-tauri/connectors/tests/redshift_server/mod.rs"]
mod redshift_server;
mod review;
mod salesforce;
#[path = "../../src-tauri/connectors/tests/fakes/salesforce/mod.rs"]
mod salesforce_fake;
mod sample;
mod start;
mod undo;
mod warehouses;
