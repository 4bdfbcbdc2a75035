//! Signals, and two programs on one data folder.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;

use crate::command::{Sluice, count, signal, wait};
use crate::main_job::LEAD_SCORES;
use crate::postgres_server::PostgresServer;

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
    assert!(count(&run, "requests") > 0, "what was under way had left: {run}");
    assert_eq!(count(&run, "sent"), count(&run, "requests") * 500, "{run}");
    assert!(!crate::command::is_in_a_file(&sluice.home(), b"w-key-of-the-test"));
}

/// The newest run as `sluice runs` tells it; null while there is none.
fn newest(sluice: &Sluice) -> serde_json::Value {
    sluice.json(&["runs", "--limit", "1"], 0).get_mut(0).map(serde_json::Value::take).unwrap_or_default()
}

#[test]
fn a_run_that_was_killed_while_it_sent_waits_and_what_was_under_way_is_unknown() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let sluice = to_a_silent_server(&server);
    let mut child = sluice.start(&["sync", "people"]);
    while newest(&sluice)["requests"].as_u64().unwrap_or(0) == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it was to send");
    }
    assert_eq!(newest(&sluice)["status"], "running");
    signal(&child, "KILL");
    assert_ne!(wait(child).code, 0);
    let run = newest(&sluice);
    assert_eq!((run["status"].as_str(), count(&run, "waiting")), (Some("waiting"), 5000), "{run}");
    assert_eq!(run["problem"]["kind"], "interrupted");
    assert_eq!(count(&run, "sent"), count(&run, "requests") * 500, "{run}");
    let events = sluice.events(&[]);
    let unknown = events.iter().filter(|event| event["answer"] == "unknown: no answer came").count() as u64;
    assert_eq!(unknown, count(&run, "sent"), "{run}");
    assert!(events.iter().all(|event| event["status"] == "waiting"));
}

#[test]
fn a_run_that_was_killed_while_it_read_has_failed() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let mut sluice = Sluice::with(
        &LEAD_SCORES
            .replace(
                "sample: { kind: sample }",
                &format!(
                    "sample: {{ kind: postgres, settings: {{ host: 127.0.0.1, port: {port}, database: d, user: u, tls: disable }} }}"
                ),
            ),
    );
    sluice.set("SLUICE_SECRET_SAMPLE_PASSWORD", "p");
    let child = sluice.start(&["sync", "lead-scores"]);
    let (_connection, _) = silent.accept().unwrap();
    assert_eq!(newest(&sluice)["status"], "running");
    signal(&child, "KILL");
    assert_ne!(wait(child).code, 0);
    let run = newest(&sluice);
    assert_eq!(
        (run["status"].as_str(), run["problem"]["kind"].as_str()),
        (Some("failed"), Some("interrupted"))
    );
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

#[test]
fn slots_that_passed_while_nothing_ran_are_listed_with_their_reason() {
    let sluice = Sluice::with(&format!("{LEAD_SCORES}    schedule: {{ every: 1d }}\n"));
    let sqlite = rusqlite::Connection::open(sluice.home().join("sluice.sqlite")).unwrap();
    let week = 7 * 86_400_000_i64;
    assert_eq!(sqlite.execute("update sync set next_due = next_due - ?1", [week]).unwrap(), 1);
    drop(sqlite);
    let mut child = sluice.start(&["run"]);
    let missed = loop {
        assert!(child.try_wait().unwrap().is_none(), "it was to go on");
        let runs = sluice.json(&["runs"], 0);
        let missed = runs.as_array().unwrap().iter().find(|run| run["status"] == "missed").cloned();
        if let Some(missed) = missed {
            break missed;
        }
    };
    assert_eq!(missed["reason"], "Sluice was not running.");
    signal(&child, "TERM");
    assert_eq!(wait(child).code, 0);
}

#[test]
fn a_run_that_no_write_can_end_is_told_as_failed() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["check", "sample"], 0);
    // Files may not grow beyond some blocks, as on a disk that is full: the end can not be written either.
    let mut limited = std::process::Command::new("sh");
    let program = sluice.command(&["sync", "lead-scores", "--json"]);
    limited.args(["-c", "trap '' XFSZ; ulimit -f 800; exec \"$0\" \"$@\""]).arg(program.get_program());
    limited.args(program.get_args()).env_clear();
    limited.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let said = crate::command::Said::from(limited.output().unwrap());
    assert_eq!(said.code, 1, "{said:?}");
    let run: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (run["status"].as_str(), run["problem"]["kind"].as_str()),
        (Some("failed"), Some("storage")),
        "{run}"
    );
    assert_ne!(newest(&sluice)["status"], "running");
    assert_eq!(sluice.json(&["sync", "lead-scores"], 0)["status"], "completed", "once there is room");
}

#[test]
fn an_interrupt_stops_what_the_warehouse_works_on() {
    let Some(server) = PostgresServer::shared() else { return };
    server.sql("postgres", "create database working");
    let mut sluice = Sluice::with(&format!(
        "version: 1
connections:
  shop: {{ kind: postgres, settings: {{ host: 127.0.0.1, port: {}, database: working, user: postgres, tls: disable }} }}
  out: {{ kind: file, settings: {{ folder: \"{}\", format: jsonl }} }}
syncs:
  endless:
    from: shop
    sql: select i, pg_sleep(3600)::text as slept from generate_series(1, 10) as i
    key: i
    to: out
    fields: all
",
        server.port,
        std::env::temp_dir().display(),
    ));
    sluice.set("SLUICE_SECRET_SHOP_PASSWORD", &server.password);
    let works = || {
        let of_it = "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep%'
                     and datname = 'working'";
        server.sql("postgres", of_it) != "0"
    };
    for (words, code) in [(["sync", "endless"], 1), (["plan", "endless"], 130)] {
        let mut child = sluice.start(&words);
        while !works() {
            assert!(child.try_wait().unwrap().is_none(), "{words:?} was to go on");
        }
        signal(&child, "INT");
        let said = wait(child);
        assert_eq!(said.code, code, "{said:?}");
        let told = std::time::Instant::now();
        while works() {
            assert!(told.elapsed().as_secs() < 20, "{words:?} left the server working");
        }
    }
}
