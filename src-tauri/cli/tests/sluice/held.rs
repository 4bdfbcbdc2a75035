//! Held runs, and reading on from a cursor.

use serde_json::{Value, json};

use crate::command::{Sluice, count};
use crate::main_job::LEAD_SCORES;

/// A mirror that has delivered everything, and whose source has lost all but ten rows since.
fn shrunken() -> Sluice {
    let sluice = Sluice::with(&format!("{LEAD_SCORES}    mode: mirror\n    removed: delete\n"));
    assert_eq!(count(&sluice.json(&["sync", "lead-scores"], 0), "delivered"), 5000);
    sluice.change_sample("delete from leads where lead_id not in (select lead_id from leads limit 10)");
    sluice
}

#[test]
fn a_held_run_says_why_and_sends_what_it_showed_when_it_is_approved() {
    let sluice = shrunken();
    let plan = sluice.json(&["plan", "lead-scores"], 0);
    assert_eq!(plan["held"]["kind"], "held", "{plan}");
    let held = sluice.json(&["sync", "lead-scores"], 4);
    assert_eq!((held["status"].as_str(), count(&held, "sent")), (Some("held"), 0));
    let told = held["problem"]["message"].as_str().unwrap();
    assert!(told.contains("10 usable rows; the last run had 5,000"), "{told}");
    assert!(told.contains("4,990 of 5,000 records"), "{told}");
    let said = sluice.run(&["sync", "lead-scores"]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("sluice sync lead-scores --approve"), "{said:?}");
    assert!(said.err.contains("sluice sync lead-scores --drop"), "{said:?}");
    assert!(said.err.contains("It would take 25 requests."), "{said:?}");
    let runs = sluice.json(&["runs"], 0);
    let statuses: Vec<_> = runs.as_array().unwrap().iter().map(|run| &run["status"]).collect();
    assert_eq!(statuses, ["held", "cancelled", "completed"], "a newer run takes a held one's place");

    let approved = sluice.json(&["sync", "lead-scores", "--approve"], 0);
    assert_eq!(approved["run"], runs[0]["run"], "the held run itself goes on");
    assert_eq!(count(&approved, "requests"), 25, "as was told");
    assert_eq!((approved["status"].as_str(), count(&approved, "delivered")), (Some("completed"), 4990));
    assert_eq!(count(&sluice.json(&["sync", "lead-scores"], 0), "sent"), 0);
}

#[test]
fn a_held_run_can_be_dropped() {
    let sluice = shrunken();
    let held = sluice.json(&["sync", "lead-scores"], 4);
    let dropped = sluice.json(&["sync", "lead-scores", "--drop"], 0);
    assert_eq!((&dropped["run"], dropped["status"].as_str()), (&held["run"], Some("cancelled")));
    assert_eq!(sluice.events(&["--run", &held["run"].to_string()]), Vec::<Value>::new());
    assert_eq!((count(&held, "waiting"), count(&dropped, "waiting")), (4990, 0));
    assert_eq!(sluice.json(&["runs"], 0)[0]["waiting"], 0);
    let said = sluice.run(&["sync", "lead-scores", "--drop"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("No run of “lead-scores” is held."), "{said:?}");
    sluice.json(&["sync", "lead-scores"], 4);
}

#[test]
fn brakes_of_the_file_count() {
    let sluice = Sluice::with(&format!("{LEAD_SCORES}    brakes: {{ first_run: true, shrunk: off }}\n"));
    sluice.json(&["sync", "lead-scores"], 4);
    sluice.json(&["sync", "lead-scores", "--approve"], 0);
    sluice.change_sample("delete from leads where lead_id not in (select lead_id from leads limit 10)");
    assert_eq!(count(&sluice.json(&["sync", "lead-scores"], 0), "read"), 10);
    let export = sluice.run(&["export"]).out;
    assert!(export.contains("brakes: {shrunk: \"off\", first_run: true}"), "{export}");
}

#[test]
fn a_cursor_reads_on_from_the_last_row() {
    let file = LEAD_SCORES
        .replace("analytics.lead_scores", "crm.leads")
        .replace("{ column: full_name }", "{ column: company }");
    let file = file.replace("      - { column: lead_score }\n", "");
    let sluice = Sluice::with(&format!("{file}    mode: append\n    cursor: created_at\n"));
    let first = sluice.json(&["sync", "lead-scores"], 0);
    assert!(count(&first, "read") > 0);
    let second = sluice.json(&["sync", "lead-scores"], 0);
    assert_eq!((count(&second, "read"), count(&second, "requests")), (0, 0));
    sluice.change_sample(
        "update leads set created_at = '2030-01-01T00:00:00Z' where lead_id = (select min(lead_id) from leads)",
    );
    let third = sluice.json(&["sync", "lead-scores"], 0);
    assert_eq!((count(&third, "read"), count(&third, "unchanged"), count(&third, "sent")), (1, 1, 0));
}

#[test]
fn what_took_the_place_of_a_dropped_run_is_not_approved_unseen() {
    let sluice = shrunken();
    sluice.json(&["sync", "lead-scores"], 4);
    let other = format!("{LEAD_SCORES}    mode: mirror\n    removed: delete\n")
        .replace("{ column: lead_score }", "{ column: score_grade }");
    assert_eq!(sluice.apply(&other).code, 0);
    let said = sluice.run(&["sync", "lead-scores", "--approve"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("was dropped") && said.err.contains("sluice plan lead-scores --all"),
        "{said:?}"
    );
    assert!(said.err.contains("the sync was changed: its fields."), "{said:?}");
    assert_eq!(sluice.json(&["runs"], 0)[0]["status"], "cancelled", "nothing ran");
    assert!(sluice.run(&["runs"]).out.contains("the sync was changed: its fields."));

    sluice.json(&["sync", "lead-scores"], 4);
    sluice.json(&["sync", "lead-scores", "--drop"], 0);
    let said = sluice.run(&["sync", "lead-scores", "--approve"]);
    assert!(said.code == 1 && said.err.contains("You dropped it."), "{said:?}");
}

#[test]
fn every_record_is_looked_at_before_just_those_are_sent() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    let rename = |name: &str, records: usize| {
        let some = format!("select lead_id from leads order by lead_id limit {records}");
        sluice.change_sample(&format!("update leads set last_name = '{name}' where lead_id in ({some})"));
    };
    rename("Changed", 3);
    let file = sluice.beside("plan.csv");
    let export = ["plan", "lead-scores", "--all", "--limit", "2", "--export", file.to_str().unwrap()];
    let plan = sluice.json(&export, 0);
    assert_eq!((count(&plan["groups"], "update"), count(&plan, "sent")), (3, 0), "{plan}");
    assert_eq!(plan["records"].as_array().unwrap().len(), 2);
    let fields = plan["fields"].as_array().unwrap();
    let name = fields.iter().find(|field| field["path"] == "full_name").unwrap();
    assert_eq!((count(name, "changed"), count(name, "filled_after"), count(name, "blanked")), (3, 3, 0));
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.lines().filter(|line| line.contains(",update,full_name,")).count(), 3, "{written}");
    assert_eq!(sluice.json(&["runs"], 0)[0]["status"], "held");

    rename("Other", 1);
    let said = sluice.run(&["sync", "lead-scores", "--approve"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(
        said.err.contains("The warehouse has changed since") && said.err.contains("1 otherwise"),
        "{said:?}"
    );
    assert!(said.err.contains("They are: LEAD-"), "{said:?}");
    let held = sluice.json(&["sync", "lead-scores", "--approve"], 4);
    assert_eq!((&held["status"], count(&held["since"], "changed")), (&"held".into(), 1), "{held}");
    assert_eq!(held["since"]["keys"].as_array().unwrap().len(), 1);
    let approved = sluice.json(&["sync", "lead-scores", "--approve", "--anyway"], 0);
    assert_eq!((&approved["run"], count(&approved, "delivered")), (&plan["run"], 3));
    assert_eq!(
        count(&sluice.json(&["sync", "lead-scores"], 0), "changed"),
        1,
        "the other one goes with the next run"
    );
}

#[test]
fn every_record_is_looked_at_also_where_nothing_has_changed_or_some_can_not_be_sent() {
    let sluice = Sluice::with(LEAD_SCORES);
    sluice.json(&["sync", "lead-scores"], 0);
    let plan = sluice.json(&["plan", "lead-scores", "--all"], 0);
    let rows = count(&plan, "unchanged");
    assert_eq!((&plan["groups"]["update"], &plan["records"]), (&0.into(), &json!([])), "{plan}");
    let said = sluice.run(&["plan", "lead-scores", "--all"]);
    assert!(said.out.contains("nothing was sent") && said.out.contains("Nothing would be sent."), "{said:?}");
    let drift = sluice.json(&["plan", "lead-scores", "--all", "--full", "--limit", "1"], 0);
    assert_eq!(count(&drift["groups"], "same"), rows, "what stands there is compared: {drift}");
    let record = &drift["records"][0];
    assert_eq!((&record["group"], &record["before"]), (&"same".into(), &record["after"]), "{record}");
    sluice.json(&["sync", "lead-scores", "--drop"], 0);

    sluice.change_sample(
        "update leads set email = 'no address' where lead_id = (select min(lead_id) from leads)",
    );
    let file = sluice.beside("plan.jsonl");
    let export = ["plan", "lead-scores", "--all", "--export", file.to_str().unwrap()];
    let plan = sluice.json(&export, 0);
    assert_eq!(count(&plan["groups"], "fail"), 1, "{plan}");
    assert!(plan["would_refuse"][0].as_str().unwrap().contains("e-mail"), "{plan}");
    let email = plan["fields"].as_array().unwrap().iter().find(|field| field["path"] == "email").unwrap();
    assert_eq!(email["misfits"][0]["kind"], "no_email", "{email}");
    sluice.json(&["sync", "lead-scores", "--drop"], 0);

    sluice.change_sample("update leads set lead_id = null where lead_id = (select max(lead_id) from leads)");
    let plan = sluice.json(&export, 0);
    assert_eq!((count(&plan, "invalid"), plan["invalid_rows"].as_array().unwrap().len()), (1, 1), "{plan}");
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.lines().any(|line| line.contains("\"row\"")), "{written}");
}

#[test]
fn what_can_not_be_looked_at_is_dropped_and_nobody_can_approve_it() {
    let sluice = Sluice::with(LEAD_SCORES);
    let crm = sluice.home().join("practice-crm.sqlite");
    std::fs::write(&crm, "this is no database at all".repeat(99)).unwrap();
    let said = sluice.run(&["plan", "lead-scores", "--all"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("file is damaged") && said.err.contains("was dropped"), "{said:?}");
    assert!(!said.err.contains("--approve"), "{said:?}");
    assert_eq!(sluice.json(&["runs"], 0)[0]["status"], "cancelled");
    let problem = sluice.json(&["plan", "lead-scores", "--all"], 1)["problem"].clone();
    assert!(problem["safe"].as_str().unwrap().contains("was dropped"), "{problem}");

    std::fs::remove_file(&crm).unwrap();
    let said = sluice.run(&["sync", "lead-scores", "--approve"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("could not be looked at") && said.err.contains("Nothing was sent."),
        "{said:?}"
    );
    assert_eq!(sluice.events(&[]), Vec::<Value>::new());
}

#[test]
fn what_was_not_looked_at_whole_is_not_approved_by_the_way() {
    let sluice = Sluice::with(LEAD_SCORES);
    let held = sluice.json(&["plan", "lead-scores", "--all"], 0);
    let store = rusqlite::Connection::open(sluice.home().join("sluice.sqlite")).unwrap();
    // As a process leaves it that is killed before it has compared anything.
    store.execute("update run set review = null", []).unwrap();
    drop(store);
    let said = sluice.run(&["sync", "lead-scores", "--approve"]);
    assert_eq!(said.code, 4, "{said:?}");
    for words in ["0 of 5,000 records", "sluice plan lead-scores --all", "--anyway"] {
        assert!(said.err.contains(words), "{words}: {said:?}");
    }
    assert_eq!(sluice.json(&["runs"], 0)[0]["status"], "held");
    let approved = sluice.json(&["sync", "lead-scores", "--approve", "--anyway"], 0);
    assert_eq!((&approved["run"], count(&approved, "delivered")), (&held["run"], 5000));
}

#[test]
fn a_file_that_can_not_be_written_is_found_out_before_anything_is_begun() {
    let sluice = Sluice::with(LEAD_SCORES);
    let nowhere = sluice.beside("nowhere").join("plan.csv");
    for path in [&nowhere, &sluice.home()] {
        let said = sluice.run(&["plan", "lead-scores", "--all", "--export", path.to_str().unwrap()]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains("can not be written"), "{said:?}");
    }
    assert_eq!(sluice.json(&["runs"], 0), json!([]));
    let file = sluice.beside("plan.csv");
    std::fs::write(&file, "earlier").unwrap();
    for export in [&file, &sluice.beside("new.csv")] {
        sluice.json(&["plan", "lead-scores", "--all", "--export", export.to_str().unwrap()], 0);
        assert!(std::fs::read_to_string(export).unwrap().starts_with("key,becomes"));
        sluice.json(&["sync", "lead-scores", "--drop"], 0);
    }
}

#[test]
fn a_file_is_written_as_the_end_of_its_name_says() {
    let sluice = Sluice::with(LEAD_SCORES);
    for (name, begins) in [("plan.JSONL", "{"), ("plan.CSV", "key,becomes"), ("plan", "key,becomes")] {
        let file = sluice.beside(name);
        sluice.json(&["plan", "lead-scores", "--all", "--export", file.to_str().unwrap()], 0);
        assert!(std::fs::read_to_string(&file).unwrap().starts_with(begins), "{name}");
        sluice.json(&["sync", "lead-scores", "--drop"], 0);
    }
    let runs = sluice.json(&["runs"], 0);
    let sheet = sluice.beside("plan.xlsx");
    for path in [sheet.to_str().unwrap(), "-"] {
        let said = sluice.run(&["plan", "lead-scores", "--all", "--export", path]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains(".jsonl") && said.err.contains("Nothing was read or sent."), "{said:?}");
    }
    assert!(!sheet.exists() && !std::path::Path::new("-").exists());
    assert_eq!(sluice.json(&["runs"], 0), runs, "nothing was begun");
}
