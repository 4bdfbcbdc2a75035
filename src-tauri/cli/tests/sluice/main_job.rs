//! Apply, check, plan, sync, look, change, sync.

use serde_json::{Value, json};

use crate::command::{Sluice, count};

pub(crate) const LEAD_SCORES: &str = "version: 1
connections:
  sample: { kind: sample }
  crm: { kind: practice }
syncs:
  lead-scores:
    from: sample
    table: analytics.lead_scores
    key: [lead_id]
    to: crm
    object: contacts
    match: email
    fields:
      - { column: email }
      - { column: full_name }
      - { column: lead_score }
      - { constant: warehouse, as: origin }
";

/// What the contract promises of every summary.
pub(crate) fn assert_sums(summary: &Value) {
    let number = |name| count(summary, name);
    assert_eq!(
        number("read"),
        number("invalid") + number("added") + number("changed") + number("unchanged"),
        "{summary}"
    );
    let to_send = number("added") + number("changed") + number("removed") + number("carried");
    assert_eq!(number("delivered") + number("rejected") + number("waiting"), to_send, "{summary}");
    for name in ["run", "sent", "requests", "bytes_sent"] {
        number(name);
    }
    assert!(summary["seconds"].is_number());
}

#[test]
fn only_what_changed_is_sent_and_the_log_has_the_exact_payloads() {
    let sluice = Sluice::with(LEAD_SCORES);
    let checks = sluice.json(&["check", "sample"], 0);
    assert_eq!(checks["ok"], true);

    let plan = sluice.json(&["plan", "lead-scores", "--limit", "5"], 0);
    assert_eq!(count(&plan, "added"), 5000);
    assert_eq!(plan["records"].as_array().unwrap().len(), 5);
    assert_eq!(plan["records"][0]["change"], "added");
    assert_eq!(plan["records"][0]["before"], Value::Null);

    let first = sluice.json(&["sync", "lead-scores"], 0);
    assert_sums(&first);
    assert_eq!(first["status"], "completed");
    assert_eq!((count(&first, "read"), count(&first, "delivered")), (5000, 5000));

    let events = sluice.events(&["--sync", "lead-scores"]);
    assert_eq!(events.len(), 5000);
    let key = plan["records"][0]["key"].as_str().unwrap();
    let event = events.iter().find(|event| event["key"] == key).unwrap();
    assert_eq!(event["payload"], plan["records"][0]["after"], "what plan showed is what was sent");
    assert_eq!(event["status"], "delivered");
    let payload = event["payload"].as_object().unwrap();
    assert_eq!(payload.keys().collect::<Vec<_>>(), ["email", "full_name", "lead_score", "origin"]);

    let second = sluice.json(&["sync", "lead-scores"], 0);
    assert_sums(&second);
    assert_eq!((count(&second, "sent"), count(&second, "unchanged")), (0, 5000));

    sluice.change_sample(
        "update leads set last_name = 'Changed' where lead_id in (select lead_id from leads limit 3)",
    );
    let planned = sluice.json(&["plan", "lead-scores"], 0);
    assert_eq!(count(&planned, "changed"), 3);
    let record = &planned["records"][0];
    assert_ne!(record["before"]["full_name"], record["after"]["full_name"]);
    let third = sluice.json(&["sync", "lead-scores"], 0);
    assert_sums(&third);
    assert_eq!((count(&third, "changed"), count(&third, "sent")), (3, 3));
    assert_eq!(sluice.events(&["--run", &third["run"].to_string()]).len(), 3);

    let full = sluice.json(&["sync", "lead-scores", "--full"], 0);
    assert_eq!(count(&full, "sent"), 5000, "{full}");
}

#[test]
fn the_log_is_newest_last_and_can_be_narrowed() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    sluice.change_sample("update leads set last_name = 'B' where lead_id = (select min(lead_id) from leads)");
    let second = sluice.json(&["sync", "lead-scores"], 0)["run"].clone();

    let events = sluice.events(&[]);
    let last = events.last().unwrap();
    assert_eq!(last["run"], second);
    let key = last["key"].as_str().unwrap();
    let of_key = sluice.events(&["--key", key]);
    assert_eq!(of_key.len(), 2, "{of_key:?}");
    assert_ne!(of_key[0]["message_id"], of_key[1]["message_id"]);
    let newest = sluice.events(&["--limit", "3"]);
    assert_eq!(newest, events[events.len() - 3..]);
    assert!(sluice.events(&["--status", "rejected"]).is_empty());

    let runs = sluice.json(&["runs", "--sync", "lead-scores"], 0);
    assert_eq!(runs.as_array().unwrap().len(), 2);
    assert_eq!(runs[0]["run"], second, "newest first");
}

#[test]
fn the_log_says_whom_each_event_is_about_and_finds_them_by_it() {
    let sluice = Sluice::new();
    let folder = sluice.beside("out");
    std::fs::create_dir(&folder).unwrap();
    // One sync knows people by the key of their row, the other by their e-mail.
    let second = format!(
        "  by-email:
    {{ from: sample, table: crm.leads, key: email, to: out, event: identify, fields: [{{ column: company }}] }}
connections:
  sample: {{ kind: sample }}
  crm: {{ kind: practice }}
  out: {{ kind: file, settings: {{ folder: {}, format: jsonl }} }}
",
        folder.display()
    );
    let (head, syncs) = LEAD_SCORES.split_once("syncs:").unwrap();
    let version = head.lines().next().unwrap();
    let said = sluice.apply(&format!("{version}\nsyncs:{syncs}{second}"));
    assert_eq!(said.code, 0, "{said:?}");
    for sync in ["lead-scores", "by-email"] {
        sluice.json(&["sync", sync], 0);
    }
    let event = sluice.events(&["--sync", "by-email", "--limit", "1"]).remove(0);
    let (email, user_id) = (event["who"].as_str().unwrap(), event["payload"]["userId"].as_str().unwrap());
    assert!(email.contains('@'), "{event}");

    let found = sluice.events(&["--key", email]);
    let syncs: Vec<_> = found.iter().map(|event| event["sync"].as_str().unwrap()).collect();
    assert_eq!(syncs, ["lead-scores", "by-email"], "{found:?}");
    assert!(found.iter().all(|event| event["who"] == email), "{found:?}");
    let by_key = sluice.events(&["--key", found[0]["key"].as_str().unwrap()]);
    assert_eq!(by_key[0], found[0]);
    assert_eq!(sluice.events(&["--key", user_id])[0]["who"], email);
    let loud = format!(" {} ", email.to_uppercase());
    assert_eq!(sluice.events(&["--key", &loud]), found, "an e-mail has no case");
    assert!(sluice.events(&["--key", &email[1..]]).is_empty(), "a part of it is somebody else");

    let lines = sluice.run(&["events", "--key", email]).out;
    let heads: Vec<_> = lines.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(heads.len(), 2, "{lines}");
    for (line, event) in heads.iter().zip(&found) {
        for name in ["who", "sync", "event"] {
            assert!(line.contains(event[name].as_str().unwrap()), "{lines}");
        }
        assert!(line.contains(&format!("run {}", event["run"])), "{lines}");
        assert!(lines.contains(event["request"]["target"].as_str().unwrap()), "{lines}");
    }
    assert!(lines.contains("no such record"), "{lines}");
    let whole = sluice.events(&["--sync", "lead-scores", "--limit", "1"]).remove(0);
    assert_eq!((&whole["request"], &whole["before"]), (&Value::Null, &Value::Null), "only of one person");
}

#[test]
fn the_history_of_a_record_has_what_stood_before_and_the_request() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    let first = sluice.events(&["--limit", "1"]).remove(0);
    let key = first["key"].as_str().unwrap();
    sluice.change_sample(&format!("update leads set last_name = 'Changed' where lead_id = '{key}'"));
    let run = sluice.json(&["sync", "lead-scores"], 0);
    assert_eq!(count(&run, "changed"), 1);
    let history = sluice.events(&["--key", key]);
    assert_eq!(history.len(), 2, "{history:?}");
    assert_eq!((&history[0]["before"], &history[0]["read_before"]), (&Value::Null, &true.into()));
    assert_eq!(history[1]["before"]["full_name"], first["payload"]["full_name"]);
    let body = history[1]["request"]["body"].as_str().unwrap();
    assert!(body.contains("Changed"), "{body}");
    let said = sluice.run(&["events", "--key", key]).out;
    let before = format!("before   {}", history[1]["before"]);
    assert!(said.contains(&before) && said.contains(body), "{said}");
}

#[test]
fn rejected_records_have_reasons_and_can_be_retried() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["check", "sample"], 0);
    sluice.change_sample(
        "update leads set email = 'no address' where lead_id = (select min(lead_id) from leads)",
    );
    let run = sluice.json(&["sync", "lead-scores"], 3);
    assert_sums(&run);
    assert_eq!(run["status"], "completed_with_rejections");
    assert_eq!((count(&run, "rejected"), count(&run, "delivered")), (1, 4999));

    let rejected = sluice.events(&["--status", "rejected"]);
    assert_eq!(rejected.len(), 1);
    assert!(rejected[0]["reason"]["message"].as_str().unwrap().contains("mail"), "{rejected:?}");

    let retried = sluice.json(&["retry", &run["run"].to_string()], 3);
    assert_eq!((count(&retried, "sent"), count(&retried, "rejected")), (1, 1));

    sluice.change_sample("update leads set email = 'mended@example.com' where email = 'no address'");
    let taken = sluice.events(&["--status", "rejected"]).remove(0);
    assert_eq!(taken["at"], rejected[0]["at"], "it was answered when it was answered");
    assert_eq!(taken["reason"]["safe"], format!("A later run ({}) sent it again.", retried["run"]));
    assert_eq!(
        taken["reason"]["hint"],
        format!("It is still refused: look at it in run {}.", retried["run"])
    );
    let mended = sluice.json(&["sync", "lead-scores"], 0);
    assert_eq!((count(&mended, "sent"), count(&mended, "delivered")), (1, 1), "{mended}");
    let earlier = sluice.events(&["--status", "rejected"]);
    assert_eq!(earlier.len(), 2);
    for (event, by) in earlier.iter().zip([&retried, &mended]) {
        assert_eq!(event["reason"]["safe"], format!("A later run ({}) sent it again.", by["run"]));
        assert_eq!(event["reason"]["hint"], "There is nothing to do.");
    }
}

#[test]
fn a_source_that_was_emptied_is_held_until_it_is_approved() {
    let sluice = Sluice::with(
        &LEAD_SCORES.replace("match: email", "match: email\n    mode: mirror\n    removed: delete"),
    );
    sluice.json(&["sync", "lead-scores"], 0);
    sluice.change_sample("delete from leads");
    let held = sluice.json(&["sync", "lead-scores"], 4);
    assert_eq!((held["status"].as_str(), count(&held, "sent")), (Some("held"), 0));
    let said = sluice.run(&["sync", "lead-scores"]);
    assert!(said.err.contains("sluice sync lead-scores --approve"), "{said:?}");
    let approved = sluice.json(&["sync", "lead-scores", "--approve"], 0);
    assert_eq!((count(&approved, "removed"), count(&approved, "delivered")), (5000, 5000));
}

#[test]
fn people_get_a_summary_and_progress_stays_out_of_it() {
    let sluice = Sluice::with(LEAD_SCORES);
    let said = sluice.run(&["sync", "lead-scores"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("lead-scores: completed in "), "{said:?}");
    assert!(said.out.contains("5,000 delivered"), "{said:?}");
    assert!(
        !said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'),
        "no terminal, no escapes: {said:?}"
    );
}

#[test]
fn the_demo_does_the_whole_job_in_a_fresh_folder() {
    let sluice = Sluice::new();
    let home = sluice.beside("demo");
    let demo = sluice.json(&["demo", "--home", home.to_str().unwrap()], 0);
    assert_eq!(demo["home"], json!(home));
    assert!(count(&demo, "delivered") > 0);
    assert_eq!(count(&demo["again"], "sent"), count(&demo, "rejected"), "only what was refused goes again");
    let again = sluice.run(&["demo", "--home", home.to_str().unwrap()]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("is not empty"), "{again:?}");
}
