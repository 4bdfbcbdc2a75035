//! Tests whose servers or programs are not installed.

use std::io::Write as _;

/// Says that a test is skipped, and why. Where `SLUICE_REQUIRE_SERVERS=1` is set, the test fails instead.
///
/// # Panics
///
/// Where servers are required.
pub fn skipped(why: &str) {
    let required = std::env::var_os("SLUICE_REQUIRE_SERVERS").is_some_and(|value| value == "1");
    assert!(!required, "{why}, and SLUICE_REQUIRE_SERVERS=1 is set");
    // Past the harness, which keeps to itself what a test that passes prints. A closed standard error is no reason to fail.
    drop(writeln!(std::io::stderr(), "SKIPPED: {why}; nothing was tested"));
}
