//! docs/command-line.md says of every command's JSON what the program prints.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::Value;

use crate::command::{Sluice, signal, wait};
use crate::main_job::LEAD_SCORES;

const PAGE: &str = include_str!("../../../../docs/command-line.md");
/// Under these keys stands what the user named.
const FREE: [&str; 6] = ["payload", "before", "after", "now", "connections", "syncs"];

/// The example below the paragraph that has this word in code.
fn documented(word: &str) -> Value {
    let word = format!("`{word}`");
    let example = PAGE
        .match_indices("```json\n")
        .map(|(at, fence)| (&PAGE[..at], &PAGE[at + fence.len()..]))
        .find(|(before, _)| before.trim_end().rsplit("\n\n").next().unwrap().contains(&word))
        .and_then(|(_, rest)| rest.split("```").next())
        .unwrap_or_else(|| panic!("{word} has no example"));
    serde_json::from_str(example).unwrap_or_else(|error| panic!("{word}: {error}"))
}

/// Both have the same keys at every depth; what is null on either side says no more.
fn assert_same_keys(documented: &Value, real: &Value, at: &str) {
    if let (Some(documented), Some(real)) = (documented.as_object(), real.as_object()) {
        let page: BTreeSet<_> = documented.keys().collect();
        let program: BTreeSet<_> = real.keys().collect();
        assert_eq!(page, program, "the page (left) and the program (right) differ at {at}");
        for (key, value) in documented.iter().filter(|(key, _)| !FREE.contains(&key.as_str())) {
            assert_same_keys(value, &real[key], &format!("{at}.{key}"));
        }
    } else if let (Some(documented), Some(real)) = (documented.as_array(), real.as_array()) {
        for (documented, real) in documented.iter().zip(real).take(1) {
            assert_same_keys(documented, real, &format!("{at}[0]"));
        }
    } else {
        let is_one_value = |value: &Value| !value.is_object() && !value.is_array();
        let either_is_null = documented.is_null() || real.is_null();
        assert!(
            either_is_null || (is_one_value(documented) && is_one_value(real)),
            "{at}: {documented}, {real}"
        );
    }
}

#[test]
fn every_key_of_every_commands_json_is_documented_and_there() {
    let sluice = Sluice::new();
    let same = |word: &str, real: &Value| assert_same_keys(&documented(word), real, word);
    let file = sluice.beside("workspace.yaml");
    std::fs::write(&file, LEAD_SCORES).unwrap();
    same("apply", &sluice.json(&["apply", file.to_str().unwrap()], 0));
    same("export", &sluice.json(&["export"], 0));
    let export = sluice.beside("export.yaml");
    let written = sluice.json(&["export", "--output", export.to_str().unwrap()], 0);
    assert_eq!(written, serde_json::json!({ "output": export }));
    same("check", &sluice.json(&["check", "sample"], 0));
    same("support", &sluice.json(&["support"], 0));

    sluice.change_sample(
        "update leads set email = 'no address' where lead_id = (select min(lead_id) from leads)",
    );
    same("plan", &sluice.json(&["plan", "lead-scores"], 0));
    let run = sluice.json(&["sync", "lead-scores"], 3);
    same("sync", &run);
    same("runs", &sluice.json(&["runs"], 0)[0]);
    let rejected = sluice.events(&["--status", "rejected"]);
    same("events", &rejected[0]);
    same("problem", &rejected[0]["reason"]);
    same("events", &sluice.events(&["--key", rejected[0]["key"].as_str().unwrap()])[0]);
    same("retry", &sluice.json(&["retry", &run["run"].to_string()], 3));
    same("undo --look", &sluice.json(&["undo", &run["run"].to_string(), "--look", "--limit", "1"], 0));

    let invalid = LEAD_SCORES.replace("key: [lead_id]", "key: [score_grade]");
    assert_eq!(sluice.apply(&invalid).code, 0);
    let plan = sluice.json(&["plan", "lead-scores"], 0);
    same("plan", &plan);
    same("problem", &plan["invalid_rows"][0]["problem"]);

    let demo = sluice.json(&["demo", "--home", sluice.beside("demo").to_str().unwrap()], 0);
    let mut own = demo.as_object().unwrap().clone();
    same("sync", &demo["again"]);
    for word in ["home", "again"] {
        assert!(PAGE.contains(&format!("`{word}`")) && own.remove(word).is_some(), "{word}");
    }
    same("sync", &own.into());
}

#[test]
fn what_run_says_at_its_end_is_documented() {
    let sluice = Sluice::with(LEAD_SCORES);
    let mut command = sluice.command(&["run", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut [0]).unwrap();
    signal(&child, "TERM");
    let said = wait(child);
    assert_same_keys(&documented("run"), &serde_json::from_str(&said.out).unwrap(), "run");
}

#[test]
fn every_command_has_an_example_of_its_json() {
    let table = PAGE.lines().filter_map(|line| line.strip_prefix("| `sluice "));
    let commands: Vec<_> = table.map(|line| line.split(['`', ' ']).next().unwrap()).collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        match command {
            // Told in words.
            "demo" => {}
            "secret" => drop(documented("secret set")),
            command => drop(documented(command)),
        }
    }
}
