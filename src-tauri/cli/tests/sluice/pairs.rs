//! Two programs started together on one data folder (20 pairs; 500 with `SLUICE_SOAK=1`).

use std::collections::HashMap;
use std::path::Path;

use sluice_engine::testing::soak;

use crate::command::{Said, Sluice, wait};

const ROWS: usize = 300;

fn to_files(folder: &Path) -> String {
    format!(
        "version: 1
connections:
  sample: {{ kind: sample }}
  files: {{ kind: file, settings: {{ folder: \"{}\" }} }}
syncs:
  people:
    from: sample
    sql: select lead_id, email from crm.leads limit {ROWS}
    key: lead_id
    to: files
    event: identify
    identifiers: {{ email: email }}
    fields: all
",
        folder.display()
    )
}

/// How often each line was written, in all files.
fn lines(folder: &Path) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        for line in std::fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            *found.entry(line.to_owned()).or_default() += 1;
        }
    }
    found
}

fn sent(said: &Said) -> u64 {
    let run: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    run["sent"].as_u64().unwrap()
}

#[test]
fn of_two_started_together_one_runs_and_nothing_is_sent_twice() {
    let (mut refused, mut after_another) = (0, 0);
    for pair in 0..soak(20, 500) {
        let sluice = Sluice::new();
        let folder = sluice.beside("files");
        std::fs::create_dir(&folder).unwrap();
        assert_eq!(sluice.apply(&to_files(&folder)).code, 0);
        let started = [(); 2].map(|()| sluice.start(&["sync", "people", "--json"]));
        let said = started.map(wait);
        let ran: Vec<&Said> = said.iter().filter(|said| said.code == 0).collect();
        match ran.as_slice() {
            [one] => {
                assert_eq!(sent(one), ROWS as u64);
                let other = said.iter().find(|said| said.code != 0).unwrap();
                assert!(other.code == 1 && other.err.contains("SLU-5004"), "pair {pair}: {other:?}");
                refused += 1;
            }
            // The second began when the first had ended.
            [one, other] => {
                assert_eq!(sent(one) + sent(other), ROWS as u64, "pair {pair}");
                after_another += 1;
            }
            _ => panic!("pair {pair}: {said:?}"),
        }
        let written = lines(&folder);
        assert_eq!(written.len(), ROWS, "pair {pair}");
        assert!(written.values().all(|times| *times == 1), "pair {pair}: a record was sent twice");
    }
    println!("{refused} were refused, {after_another} came after the other");
    assert!(refused > 0, "no two were ever there at the same time");
}
