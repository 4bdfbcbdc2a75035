//! Undoing a run, and sending one record once more.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::command::{Sluice, count, wait};
use crate::main_job::{LEAD_SCORES, assert_sums};

const CHANGE: &str = "update leads set last_name = 'Changed', first_name = 'Was' where lead_id in (select lead_id from leads order by lead_id limit 3)";

fn scores(sluice: &Sluice) -> Vec<String> {
    let plan = sluice.json(&["plan", "lead-scores", "--limit", "3"], 0);
    plan["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["key"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_run_is_undone_and_the_next_one_sends_it_again() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    sluice.change_sample(CHANGE);
    let changed = scores(&sluice);
    let run = sluice.json(&["sync", "lead-scores"], 0);
    assert_eq!(count(&run, "changed"), 3);
    let number = run["run"].to_string();
    let look = sluice.json(&["undo", &number, "--look"], 0);
    assert_eq!((count(&look, "put_back"), count(&look, "leave_alone")), (3, 0));
    let field = &look["records"][0]["fields"][0];
    assert_eq!((field["name"].as_str(), field["now"].as_str()), (Some("full_name"), Some("\"Was Changed\"")));
    assert_ne!(field["then"], field["now"]);

    let undone = sluice.json(&["undo", &number], 0);
    assert_sums(&undone);
    assert_eq!(
        (count(&undone, "delivered"), &undone["undoes"], undone["trigger"].as_str()),
        (3, &run["run"], Some("undo"))
    );
    assert_eq!(
        sluice
            .json(&["runs"], 0)
            .as_array()
            .unwrap()
            .iter()
            .find(|known| known["run"] == run["run"])
            .unwrap()["undone_by"],
        undone["run"]
    );
    let again = sluice.json(&["undo", &number, "--look"], 0);
    assert_eq!((count(&again, "nothing"), count(&again, "put_back")), (3, 0), "it is as before");
    assert_eq!(scores(&sluice), changed, "the rows still say so");
    let said = sluice.run(&["undo", &number]);
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn several_records_are_undone_by_their_keys() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    sluice.change_sample(CHANGE);
    let run = sluice.json(&["sync", "lead-scores"], 0)["run"].to_string();
    let events = sluice.events(&["--run", &run]);
    let keys: Vec<_> = events.iter().map(|event| event["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), 3);
    let two = ["undo", &run, "--key", keys[0], "--key", keys[2]];
    assert_eq!(count(&sluice.json(&[&two[..], &["--look"]].concat(), 0), "put_back"), 2);
    assert_eq!(count(&sluice.json(&two, 0), "delivered"), 2);
    let rest = sluice.json(&["undo", &run, "--look"], 0);
    assert_eq!((count(&rest, "put_back"), count(&rest, "nothing")), (1, 2));
    assert_eq!(rest["records"].as_array().unwrap().len(), 3);
}

#[test]
fn a_match_value_that_was_written_in_other_letters_gets_its_own_back() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    sluice.change_sample(
        "update leads set email = upper(email) where lead_id in (select min(lead_id) from leads)",
    );
    let run = sluice.json(&["sync", "lead-scores"], 0);
    assert_eq!(count(&run, "delivered"), 1);
    let number = run["run"].to_string();
    let look = sluice.json(&["undo", &number, "--look"], 0);
    let field = &look["records"][0]["fields"][0];
    assert_eq!((count(&look, "put_back"), field["name"].as_str()), (1, Some("email")), "{look}");
    assert_eq!(field["then"].as_str().unwrap(), field["now"].as_str().unwrap().to_lowercase());
    assert_eq!(count(&sluice.json(&["undo", &number], 0), "delivered"), 1);
    let again = sluice.json(&["undo", &number, "--look"], 0);
    assert_eq!((count(&again, "put_back"), count(&again, "nothing")), (0, 1), "{again}");
}

/// Sends the record of this event once more, with another name and score.
fn resent(sluice: &Sluice, event: &Value, name: &str) -> Value {
    let mut payload = event["payload"].clone();
    payload["full_name"] = name.into();
    payload["lead_score"] = 1001.into();
    let file = sluice.beside("payload.json");
    std::fs::write(&file, payload.to_string()).unwrap();
    let id = event["event"].as_str().unwrap();
    let run = sluice.json(&["replay", id, "--payload", file.to_str().unwrap()], 0)["run"].to_string();
    sluice.events(&["--run", &run]).remove(0)
}

#[test]
fn an_undo_says_which_fields_it_left_alone() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    let first = sluice.events(&["--limit", "1"]).remove(0);
    let once = resent(&sluice, &first, "Once");
    let twice = resent(&sluice, &once, "Twice");
    let (run, later) = (once["run"].to_string(), twice["run"].to_string());
    let reason = format!("Run {later} of this sync has written it again since.");
    let look = sluice.run(&["undo", &run, "--look"]);
    assert!(look.out.contains(&format!("full_name: \"Twice\" stays. {reason}")), "{look:?}");
    let said = sluice.run(&["undo", &run]);
    assert!(said.out.contains(&format!("left alone: “full_name” of 1 record. {reason}")), "{said:?}");
    let runs = sluice.json(&["runs"], 0);
    let found = |number: &str| {
        runs.as_array()
            .unwrap()
            .iter()
            .find(|known| known["run"].as_i64() == number.parse().ok())
            .unwrap()
            .clone()
    };
    let undo = found(&found(&run)["undone_by"].to_string());
    assert_eq!(
        undo["left_alone"],
        serde_json::json!([{ "field": "full_name", "reason": reason, "records": 1 }])
    );
    assert_eq!((found(&run)["undone_in_part"].as_bool(), count(&undo, "delivered")), (Some(true), 1));
    let event = sluice.events(&["--run", &undo["run"].to_string()]).remove(0);
    assert_eq!(
        (event["status"].as_str(), event["reason"]["kind"].as_str()),
        (Some("delivered"), Some("left_alone"))
    );
    assert!(event["reason"]["message"].as_str().unwrap().contains("“full_name”"), "{event}");
    assert_eq!(event["payload"]["lead_score"], first["payload"]["lead_score"]);
}

#[test]
fn what_a_run_created_stays_unless_asked() {
    let sluice = Sluice::with(LEAD_SCORES);
    let run = sluice.json(&["sync", "lead-scores"], 0)["run"].to_string();
    let said = sluice.run(&["undo", &run, "--look"]);
    assert!(said.err.contains("created would be deleted with --delete-created alone."), "{said:?}");
    let said = sluice.run(&["undo", &run, "--look", "--delete-created"]);
    assert!(said.err.contains("created would be deleted."), "{said:?}");
    let kept = sluice.json(&["undo", &run], 0);
    assert_sums(&kept);
    assert_eq!((count(&kept, "invalid"), count(&kept, "delivered")), (5000, 0));
    let key = sluice.events(&["--run", &run, "--limit", "1"])[0]["key"].as_str().unwrap().to_owned();
    let said = sluice.run(&["undo", &run, "--key", &key]);
    assert!(said.err.contains(&format!("sluice undo {run} --delete-created")), "{said:?}");
    let left = sluice.events(&["--run", &kept["run"].to_string(), "--status", "invalid", "--limit", "1"]);
    assert_eq!(left[0]["reason"]["kind"], "left_alone");
    let gone = sluice.json(&["undo", &run, "--delete-created"], 0);
    assert_eq!((count(&gone, "removed"), count(&gone, "delivered")), (5000, 5000));
    assert_eq!(count(&sluice.json(&["plan", "lead-scores"], 0), "added"), 5000);
}

#[test]
fn a_plan_says_that_an_undo_waits_and_goes_first() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    sluice.change_sample(CHANGE);
    let run = sluice.json(&["sync", "lead-scores"], 0)["run"].to_string();
    let spend = |records: i64| {
        let crm = rusqlite::Connection::open(sluice.home().join("practice-crm.sqlite")).unwrap();
        crm.execute("update usage set records = ?1", [records]).unwrap();
    };
    spend(100_000);
    let undo = sluice.json(&["undo", &run], 3);
    assert_eq!(undo["status"], "waiting", "{undo}");
    let goes_first = format!("Run {} of this sync waits to be sent, and goes first.", undo["run"]);
    for (words, code) in [(&["plan", "lead-scores"][..], 0), (&["plan", "lead-scores", "--all"], 1)] {
        let said = sluice.run(words);
        assert_eq!(said.code, code, "{said:?}");
        assert!(said.err.contains(&goes_first), "{said:?}");
    }
    let plan = sluice.json(&["plan", "lead-scores"], 0);
    assert_eq!(plan["goes_first"]["message"].as_str(), Some(goes_first.as_str()), "{plan}");
    spend(0);
    assert_eq!(sluice.json(&["sync", "lead-scores"], 0)["run"], undo["run"]);
    assert_eq!(sluice.json(&["plan", "lead-scores"], 0)["goes_first"], Value::Null);
}

#[test]
fn events_are_not_undone() {
    let events = LEAD_SCORES
        .replace("object: contacts\n    match: email", "event: identify\n    identifiers: { email: email }");
    let sluice = Sluice::with(&events);
    let run = sluice.json(&["sync", "lead-scores"], 0)["run"].to_string();
    let said = sluice.run(&["undo", &run]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("can not be taken back") && said.err.contains("SLU-4011"), "{said:?}");
    assert!(said.err.contains("sluice replay EVENT") && said.err.contains("before run"), "{said:?}");
    offers_what_was_sent_before(&sluice, "can not be taken back");
}

#[test]
fn records_of_a_file_are_not_undone_and_what_was_sent_before_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let kind =
        format!("{{ kind: file, settings: {{ folder: {}, format: jsonl }} }}", folder.path().display());
    let files = LEAD_SCORES.replace("{ kind: practice }", &kind).replace("object: contacts", "object: rows");
    let sluice = Sluice::with(&files);
    sluice.json(&["sync", "lead-scores"], 0);
    offers_what_was_sent_before(&sluice, "does not say what is in its records");
}

/// A second run can not be undone, for this reason; the event of the first one is named, and goes out once more.
fn offers_what_was_sent_before(sluice: &Sluice, reason: &str) {
    let first = sluice.events(&["--limit", "1"]).remove(0);
    let (key, event) = (first["key"].as_str().unwrap(), first["event"].as_str().unwrap());
    sluice.change_sample(&format!("update leads set last_name = 'Changed' where lead_id = '{key}'"));
    let run = sluice.json(&["sync", "lead-scores"], 0)["run"].to_string();
    let run = run.as_str();
    for words in [vec!["undo", run], vec!["undo", run, "--look"], vec!["undo", run, "--key", key]] {
        let said = sluice.run(&words);
        assert_eq!(said.code, 1, "{said:?}");
        let command = format!("sluice replay {event}");
        assert!(said.err.contains(reason) && said.err.contains(&command), "{said:?}");
    }
    let again = sluice.json(&["replay", event], 0)["run"].to_string();
    assert_eq!(sluice.events(&["--run", &again])[0]["payload"], first["payload"]);
}

#[test]
fn a_refused_record_is_corrected_and_sent() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["check", "sample"], 0);
    sluice.change_sample(
        "update leads set email = 'no address' where lead_id = (select min(lead_id) from leads)",
    );
    sluice.json(&["sync", "lead-scores"], 3);
    let refused = sluice.events(&["--status", "rejected"]).remove(0);
    let event = refused["event"].as_str().unwrap().to_owned();
    let said = sluice.run(&["replay", &event]);
    assert_eq!(said.code, 3, "as it was it is refused again: {said:?}");
    // It never arrived, so that what it is found by can be corrected too.
    let mut fixed = refused["payload"].clone();
    fixed["email"] = "mended@example.com".into();
    let mut child = sluice
        .command(&["replay", &event, "--payload", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(fixed.to_string().as_bytes()).unwrap();
    let said = wait(child);
    assert_eq!(said.code, 0, "{said:?}");
    // One of the sync's own run: the newest is the corrected one.
    let delivered = sluice.events(&["--status", "delivered", "--limit", "2"]).remove(0);
    let mut payload = delivered["payload"].clone();
    payload["lead_score"] = 77.into();
    let file = sluice.beside("payload.json");
    let mut other = payload.clone();
    other["email"] = "other@example.com".into();
    std::fs::write(&file, other.to_string()).unwrap();
    let said =
        sluice.run(&["replay", delivered["event"].as_str().unwrap(), "--payload", file.to_str().unwrap()]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("another one"), "{said:?}");
    std::fs::write(&file, payload.to_string()).unwrap();
    let run = sluice
        .json(&["replay", delivered["event"].as_str().unwrap(), "--payload", file.to_str().unwrap()], 0);
    assert_sums(&run);
    assert_eq!((count(&run, "delivered"), run["trigger"].as_str()), (1, Some("replay")));
    let sent = sluice.events(&["--run", &run["run"].to_string()]).remove(0);
    assert_eq!(sent["payload"], payload);
    // The row says something else, so the next run puts it right; what was refused is not sent again.
    assert_eq!(count(&sluice.json(&["sync", "lead-scores"], 0), "changed"), 1);
}
