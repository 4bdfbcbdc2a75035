//! The whole app, as its user has it: the real program in a real window, driven through WebKit's WebDriver on a
//! display, a session bus and a keychain of its own.
//!
//! Needs the built page (`--features custom-protocol`) and the programs `scripts/install tests` brings. Where they
//! are missing each test says so in one line and passes; with `SLUICE_REQUIRE_SERVERS=1` it fails.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that can not go on fails"
)]

mod desk;
mod page;
mod process;
mod start;
