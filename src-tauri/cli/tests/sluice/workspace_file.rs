//! `apply` and `export`.

use serde_json::json;

use crate::command::Sluice;
use crate::main_job::LEAD_SCORES;

#[test]
fn applying_twice_or_an_export_changes_nothing() {
    let sluice = Sluice::new();
    let file = sluice.beside("w.yaml");
    std::fs::write(&file, LEAD_SCORES).unwrap();
    let file = file.to_str().unwrap();
    let created = |what: &str, name: &str| json!({ "what": what, "name": name, "change": "created" });
    assert_eq!(
        sluice.json(&["apply", file], 0),
        json!({
            "changes": [created("connection", "sample"), created("connection", "crm"), created("sync", "lead-scores")],
            "unchanged": 0,
        })
    );
    let nothing = json!({ "changes": [], "unchanged": 3 });
    assert_eq!(sluice.json(&["apply", file], 0), nothing);

    let export = sluice.beside("export.yaml");
    let export = export.to_str().unwrap();
    assert_eq!(sluice.run(&["export", "--output", export]).code, 0);
    assert_eq!(std::fs::read_to_string(export).unwrap(), sluice.run(&["export"]).out);
    assert_eq!(sluice.json(&["apply", export], 0), nothing);

    let as_json = sluice.beside("export.json");
    std::fs::write(&as_json, sluice.run(&["export", "--json"]).out).unwrap();
    assert_eq!(sluice.json(&["apply", as_json.to_str().unwrap()], 0), nothing);
}

#[test]
fn a_change_in_the_file_is_a_change_of_that_sync_alone() {
    let sluice = Sluice::with(LEAD_SCORES);
    let said = sluice.apply(&LEAD_SCORES.replace("      - { column: lead_score }\n", ""));
    assert_eq!(said.out, "~ sync lead-scores (updated)\n= 2 as before\n");
}

#[test]
fn a_file_with_a_fault_changes_nothing_and_names_line_and_key() {
    let sluice = Sluice::new();
    let said = sluice.apply(&LEAD_SCORES.replace("table:", "tabel:"));
    assert_eq!(said.code, 2, "{said:?}");
    assert_eq!(said.out, "");
    assert!(said.err.contains("Line 8, column 5: “tabel”"), "{said:?}");
    assert!(said.err.contains(" · Nothing was changed. · "), "{said:?}");
    assert!(said.err.contains("SLU-1002"), "{said:?}");
    assert!(!sluice.run(&["export"]).out.contains("sample"), "nothing of it was applied");
}

#[test]
fn a_file_that_is_not_there_or_not_text_is_refused() {
    let sluice = Sluice::new();
    let said = sluice.run(&["apply", "/nowhere.yaml"]);
    assert_eq!(said.code, 2, "{said:?}");
    let path = sluice.beside("latin.yaml");
    std::fs::write(&path, b"version: 1\n# caf\xe9\n").unwrap();
    let said = sluice.run(&["apply", path.to_str().unwrap()]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("Line 2: the file is not UTF-8 text."), "{said:?}");
}

#[test]
fn a_secret_in_the_file_is_refused_and_kept_nowhere() {
    let sluice = Sluice::new();
    let said = sluice.apply(
        "version: 1\nconnections:\n  shop: { kind: postgres, settings: { host: h, database: d, user: u, password: hunter2 } }\n",
    );
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("sluice secret set shop password"), "{said:?}");
    assert!(!said.err.contains("hunter2"), "{said:?}");
    assert!(!sluice.home().exists() || !crate::command::is_in_a_file(&sluice.home(), b"hunter2"));
}

#[test]
fn what_is_still_missing_is_said() {
    let sluice = Sluice::new();
    let said = sluice.apply(
        "version: 1\nconnections:\n  events: { kind: rudderstack, settings: { data_plane_url: \"https://example.test\" } }\n",
    );
    assert_eq!(said.code, 0, "{said:?}");
    let with_keychain = said.err.contains("Still needed: sluice secret set events write_key");
    let without = said.err.contains("Still needed: the write_key of “events”")
        && said.err.contains("SLUICE_SECRET_EVENTS_WRITE_KEY");
    assert!(with_keychain || without, "{said:?}");
}

#[cfg(unix)]
#[test]
fn a_schedule_without_a_zone_follows_this_computers_which_tz_may_set() {
    let mut sluice = Sluice::new();
    sluice.set("TZ", "Pacific/Chatham");
    let said = sluice.apply(&format!("{LEAD_SCORES}    schedule: {{ at: [\"08:30\"] }}\n"));
    assert_eq!(said.code, 0, "{said:?}");
    let saved = sluice.json(&["export"], 0);
    assert_eq!(saved["syncs"]["lead-scores"]["schedule"]["time_zone"], "Pacific/Chatham");
}

#[test]
fn an_address_with_a_password_in_it_is_refused_and_kept_nowhere() {
    for (kind, settings) in [
        (
            "snowflake",
            "account: \"snowflake://ana:hunter2-secret@myorg-account1/SHOP\", user: ana, auth: password",
        ),
        ("snowflake", "account: \"ana:hunter2-secret@myorg-account1\", user: ana, auth: password"),
        ("webhook", "url: \"ana:hunter2-secret@example.com\""),
        ("webhook", "url: \"https://ana:hunter2-secret@example.com/\""),
    ] {
        let sluice = Sluice::new();
        let said = sluice.apply(&format!(
            "version: 1\nconnections:\n  shop: {{ kind: {kind}, settings: {{ {settings} }} }}\n"
        ));
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains("own field") && !said.err.contains("hunter2"), "{said:?}");
        assert!(!crate::command::is_in_a_file(&sluice.home(), b"hunter2-secret"));
    }
}
