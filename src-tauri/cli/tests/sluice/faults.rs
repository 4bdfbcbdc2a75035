//! What goes wrong says so, with the right exit status.

use crate::command::Sluice;
use crate::main_job::LEAD_SCORES;

#[test]
fn a_name_that_is_not_there_has_exit_status_2() {
    let sluice = Sluice::with(LEAD_SCORES);
    for words in [
        &["sync", "lead-score"][..],
        &["plan", "lead-score"],
        &["check", "shop"],
        &["retry", "99"],
        &["events", "--sync", "nobody"],
        &["events", "--run", "77"],
        &["undo", "99"],
        &["secret", "set", "sample", "password"],
        &["secret", "set", "nobody", "password"],
        &["runs", "--sync", "nobody"],
        &["frobnicate"],
        &["sync"],
    ] {
        let said = sluice.run(words);
        assert_eq!(said.code, 2, "{words:?}: {said:?}");
        assert_eq!(said.out, "", "{words:?}");
        assert!(!said.err.is_empty(), "{words:?}");
    }
}

#[test]
fn a_command_that_fails_says_so_in_its_json_too() {
    let sluice = Sluice::with(LEAD_SCORES);
    for (words, code) in [
        (&["sync", "lead-score"][..], 2),
        (&["plan", "lead-score"], 2),
        (&["events", "--run", "77"], 2),
        (&["sync", "lead-scores", "--drop"], 1),
        (&["apply", "/nonexistent/workspace.yaml"], 2),
    ] {
        let problem = sluice.json(words, code)["problem"].clone();
        for part in ["code", "kind", "message", "safe", "hint"] {
            assert!(problem[part].as_str().is_some_and(|part| !part.is_empty()), "{words:?}: {problem}");
        }
    }
}

#[test]
fn an_empty_table_is_told() {
    let sluice = Sluice::with(&LEAD_SCORES.replace("analytics.lead_scores", "main.scores"));
    sluice.json(&["check", "sample"], 0);
    sluice.change_sample("create table scores(lead_id text, email text, full_name text, lead_score integer)");
    let said = sluice.run(&["sync", "lead-scores"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("No row was read"), "{said:?}");
    sluice.change_sample("insert into scores select lead_id, email, full_name, lead_score from lead_scores");
    assert!(!sluice.run(&["sync", "lead-scores"]).err.contains("No row was read"));
}

#[test]
fn a_sync_without_a_destination_is_kept_and_says_so() {
    let lines: Vec<_> = LEAD_SCORES.lines().filter(|line| !line.contains(" to: crm")).collect();
    let sluice = Sluice::with(&lines.join("\n"));
    let said = sluice.run(&["sync", "lead-scores"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("SLU-4006"), "{said:?}");
}

#[test]
fn a_table_that_is_gone_fails_the_run_and_sends_nothing() {
    let sluice = Sluice::with(&LEAD_SCORES.replace("lead_scores", "nowhere"));
    let failed = sluice.json(&["sync", "lead-scores"], 1);
    assert_eq!((failed["status"].as_str(), failed["sent"].as_u64()), (Some("failed"), Some(0)));
    assert_eq!(failed["problem"]["kind"], "missing_object");
}

#[test]
fn a_folder_that_is_gone_is_named_and_nothing_counts_as_sent() {
    let sluice = Sluice::new();
    let folder = sluice.beside("away/exports");
    let kind = format!("kind: file, settings: {{ folder: \"{}\", format: jsonl }}", folder.display());
    let said = sluice.apply(&LEAD_SCORES.replace("kind: practice", &kind).replace("contacts", "rows"));
    assert_eq!(said.code, 0, "{said:?}");
    let failed = sluice.json(&["sync", "lead-scores"], 1);
    assert_eq!(failed["problem"]["message"], format!("The folder “{}” does not exist.", folder.display()));
    assert_eq!((failed["sent"].as_u64(), failed["requests"].as_u64()), (Some(0), Some(0)), "{failed}");
    std::fs::create_dir_all(folder).unwrap();
    let next = sluice.json(&["sync", "lead-scores"], 0);
    assert_eq!((next["delivered"].as_u64(), next["waiting"].as_u64()), (Some(5000), Some(0)), "{next}");
}

#[test]
fn bad_rows_do_not_hold_up_good_ones() {
    let sluice = Sluice::with(
        &LEAD_SCORES
            .replace("analytics.lead_scores", "edge_cases.messy_keys")
            .replace("lead_id", "customer_id")
            .replace(
                "      - { column: full_name }\n      - { column: lead_score }\n",
                "      - { column: company }\n",
            ),
    );
    let said = sluice.run(&["sync", "lead-scores", "--json"]);
    let run: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert!(run["invalid"].as_u64().unwrap() > 0, "{run}");
    assert!(run["delivered"].as_u64().unwrap() > 0, "{run}");
    let number = run["run"].to_string();
    let pointer = format!("sluice events --run {number} --status invalid");
    assert!(said.err.contains(&pointer), "{said:?}");
    let reasons = sluice.events(&["--run", &number, "--status", "invalid"]);
    assert_eq!(reasons.len() as u64, run["invalid"].as_u64().unwrap());
    assert!(reasons.iter().all(|event| event["reason"]["message"].is_string()), "{reasons:?}");
}

#[test]
fn a_changed_column_type_is_held_as_the_plan_says_until_it_is_approved() {
    let sluice = Sluice::with(&LEAD_SCORES.replace("analytics.lead_scores", "main.scores"));
    sluice.json(&["check", "sample"], 0);
    let scores = |lead_score: &str| {
        sluice.change_sample(&format!(
            "drop table if exists scores;
             create table scores(lead_id text, email text, full_name text, lead_score {lead_score});
             insert into scores select lead_id, email, full_name, lead_score from lead_scores limit 20;"
        ));
    };
    scores("integer");
    sluice.json(&["sync", "lead-scores"], 0);
    scores("text");
    let planned = sluice.json(&["plan", "lead-scores"], 0);
    assert_eq!(planned["held"]["kind"], "schema_changed", "{planned}");
    let held = sluice.json(&["sync", "lead-scores"], 4);
    assert_eq!((held["status"].as_str(), held["sent"].as_u64()), (Some("held"), Some(0)));
    assert_eq!(held["problem"]["kind"], "schema_changed");
    assert_eq!(held["changed"], planned["changed"]);
    let said = sluice.run(&["sync", "lead-scores"]);
    assert!(said.err.contains("sluice sync lead-scores --approve"), "{said:?}");
    sluice.json(&["sync", "lead-scores", "--approve"], 0);
    assert_eq!(sluice.json(&["sync", "lead-scores"], 0)["sent"], 0);
}

#[test]
fn a_check_that_fails_names_its_step() {
    let mut sluice = Sluice::with(
        "version: 1\nconnections:\n  shop:\n    kind: postgres\n    settings: { host: 127.0.0.1, port: 9, database: d, user: u, tls: disable }\n",
    );
    sluice.set("SLUICE_SECRET_SHOP_PASSWORD", "s3cret-in-environment");
    let checks = sluice.json(&["check", "shop"], 1);
    assert_eq!(checks["ok"], false);
    let failed: Vec<_> = checks["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["result"]["state"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1, "{checks}");
    assert_eq!(failed[0]["result"]["problem"]["kind"], "unreachable");
    assert!(!crate::command::is_in_a_file(&sluice.home(), b"s3cret-in-environment"));
}

#[test]
fn a_data_folder_that_is_a_file_is_an_error() {
    let sluice = Sluice::new();
    std::fs::write(sluice.home(), "not a folder").unwrap();
    let said = sluice.run(&["runs"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("SLU-5001"), "{said:?}");
}

#[test]
fn a_secret_a_connection_does_not_have_is_refused_before_it_is_read() {
    let sluice = Sluice::with(
        "version: 1\nconnections:\n  events: { kind: rudderstack, settings: { data_plane_url: \"https://example.test\" } }\n",
    );
    // A folder can not be read from: whoever tries fails otherwise.
    let folder = std::fs::File::open(sluice.home()).unwrap();
    let mut command = sluice.command(&["secret", "set", "events", "nosetting"]);
    let said = crate::command::Said::from(command.stdin(folder).output().unwrap());
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("“nosetting”") && said.err.contains("write_key"), "{said:?}");
    let none = Sluice::with(LEAD_SCORES).run(&["secret", "set", "sample", "password"]);
    assert!(none.err.contains("needs none"), "{none:?}");
}

#[test]
fn a_retry_where_nothing_was_rejected_is_no_wrong_name() {
    let sluice = Sluice::with(LEAD_SCORES);
    let run = sluice.json(&["sync", "lead-scores"], 0)["run"].to_string();
    let said = sluice.run(&["retry", &run]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("SLU-1008") && said.err.contains("no rejected records"), "{said:?}");
    assert_eq!(sluice.json(&["runs"], 0).as_array().unwrap().len(), 1, "no run was begun");

    sluice.change_sample(
        "update leads set email = 'no address' where lead_id = (select min(lead_id) from leads)",
    );
    let run = sluice.json(&["sync", "lead-scores"], 3)["run"].to_string();
    let said = sluice.run(&["retry", &run, "--key", "nobody"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("with this key"), "{said:?}");
}

#[test]
fn every_secret_that_is_missing_is_named() {
    let mut sluice = Sluice::with(
        "version: 1
connections:
  shop: { kind: postgres, settings: { host: 127.0.0.1, port: 9, database: d, user: u } }
  events: { kind: rudderstack, settings: { data_plane_url: \"http://127.0.0.1:9\" } }
syncs:
  leads: { from: shop, table: public.leads, key: id, to: events, event: identify, identifiers: { user_id: id } }
",
    );
    sluice.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    for words in [&["sync", "leads"][..], &["plan", "leads"]] {
        let said = sluice.run(words);
        assert_eq!(said.code, 1, "{words:?}: {said:?}");
        for word in [
            "“shop” has no password",
            "“events” has no write key",
            "SLUICE_SECRET_SHOP_PASSWORD",
            "SLUICE_SECRET_EVENTS_WRITE_KEY",
        ] {
            assert!(said.err.contains(word), "{words:?}, {word}: {said:?}");
        }
    }
}

#[test]
fn a_check_that_fails_speaks_of_no_run() {
    let mut sluice = Sluice::with(
        "version: 1\nconnections:\n  shop:\n    kind: postgres\n    settings: { host: 127.0.0.1, port: 9, database: d, user: u, tls: disable }\n",
    );
    sluice.set("SLUICE_SECRET_SHOP_PASSWORD", "s3cret-in-environment");
    let said = sluice.run(&["check", "shop"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("nothing was sent and nothing was changed"), "{said:?}");
    assert!(!said.err.contains("waits"), "{said:?}");
}
