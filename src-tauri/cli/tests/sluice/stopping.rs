//! Signals, and two programs on one data folder.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;

use crate::command::{Sluice, signal, wait};
use crate::main_job::LEAD_SCORES;

/// A sync to a server that takes requests and never answers.
fn to_a_silent_server(server: &TcpListener) -> Sluice {
    let address = server.local_addr().unwrap();
    let mut sluice = Sluice::with(&format!(
        "version: 1
connections:
  sample: {{ kind: sample }}
  events: {{ kind: rudderstack, settings: {{ data_plane_url: \"http://{address}\" }} }}
syncs:
  people:
    from: sample
    table: crm.leads
    key: lead_id
    to: events
    event: identify
    fields: all
"
    ));
    sluice.set("SLUICE_SECRET_EVENTS_WRITE_KEY", "w-key-of-the-test");
    sluice
}

#[test]
fn an_interrupt_cancels_the_run_and_keeps_what_waits() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let sluice = to_a_silent_server(&server);
    let child = sluice.start(&["sync", "people", "--json"]);
    // A request is under way once its first byte is here.
    let (mut request, _) = server.accept().unwrap();
    request.read_exact(&mut [0]).unwrap();
    signal(&child, "INT");
    let said = wait(child);
    assert_eq!(said.code, 1, "{said:?}");
    let run: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(run["status"], "cancelled");
    assert_eq!(run["waiting"], 5000, "{run}");
    assert!(!crate::command::is_in_a_file(&sluice.home(), b"w-key-of-the-test"));
}

#[test]
fn what_was_under_way_when_the_process_was_killed_waits() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let sluice = to_a_silent_server(&server);
    let child = sluice.start(&["sync", "people"]);
    let (mut request, _) = server.accept().unwrap();
    request.read_exact(&mut [0]).unwrap();
    signal(&child, "KILL");
    assert_ne!(wait(child).code, 0);
    let waiting = sluice.events(&["--limit", "1"]);
    assert_eq!(waiting[0]["status"], "waiting", "{waiting:?}");
}

#[test]
fn the_scheduler_ends_at_a_signal_and_keeps_others_from_changing_meanwhile() {
    let sluice = Sluice::with(&format!("{LEAD_SCORES}    schedule: {{ every: 1d }}\n"));
    let mut child = sluice.start(&["run"]);
    let mut said = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("lead-scores"), "{said}");

    let refused = sluice.run(&["sync", "lead-scores"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("SLU-5004"), "{refused:?}");
    assert_eq!(sluice.run(&["runs"]).code, 0, "looking is always possible");

    signal(&child, "TERM");
    let ended = wait(child);
    assert_eq!(ended.code, 0, "{ended:?}");
}
