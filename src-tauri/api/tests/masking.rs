//! Personal data is masked wherever it crosses to the window, whatever the keys of the payload are called.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use serde_json::{Value, json};
use sluice_api::Api;
use sluice_engine::clock::SystemClock;
use sluice_engine::secrets::MemorySecrets;
use tempfile::TempDir;

/// Five rows. `origin` and `job_title` sound like nobody; `full_name` does, and is the
/// same for all.
const RENAMED: &str = "version: 1
connections:
  sample: { kind: sample }
  crm: { kind: practice }
syncs:
  people:
    from: sample
    sql: select * from analytics.lead_scores order by lead_id limit 5
    key: [lead_id]
    to: crm
    object: contacts
    match: email
    fields:
      - { column: email }
      - { column: full_name, as: origin }
      - { template: '{company}: {full_name}', as: job_title }
      - { column: company }
      - { constant: warehouse, as: full_name }
      - { column: full_name, as: last_name, hash: text }
";

struct Desk {
    api: Api,
    home: TempDir,
    /// The names of the people in the rows.
    people: Vec<String>,
}

async fn desk() -> Desk {
    let home = TempDir::new().unwrap();
    let secrets = Arc::new(MemorySecrets::default());
    let api = Api::open_with(home.path(), secrets, Arc::new(SystemClock)).unwrap();
    let mut desk = Desk { api, home, people: Vec::new() };
    desk.apply(RENAMED).await;
    let plan = desk.plan(true).await;
    let records = plan["records"].as_array().unwrap().iter();
    desk.people = records.map(|record| record["after"]["origin"].as_str().unwrap().to_owned()).collect();
    assert_eq!(desk.people.len(), 5, "{plan}");
    desk
}

impl Desk {
    async fn apply(&self, workspace: &str) {
        if let Err(problem) = self.api.apply_workspace(workspace).await {
            panic!("{problem:?}");
        }
    }

    async fn ask(&self, command: &str, input: Value) -> Value {
        match self.api.dispatch(command, input).await {
            Ok(answer) => answer,
            Err(problem) => panic!("{command}: {problem:?}"),
        }
    }

    async fn plan(&self, reveal: bool) -> Value {
        let input = json!({ "sync": "people", "definition": null, "limit": 5, "reveal": reveal });
        self.ask("plan", input).await
    }

    /// Runs the sync, looked at first, to its end.
    async fn held(&self) -> i64 {
        let input =
            json!({ "sync": "people", "full": false, "approve": false, "review": true, "planned": null });
        let run = self.ask("sync_now", input).await["run"].as_i64().unwrap();
        let ended = serde_json::to_value(self.api.wait(run).await.unwrap()).unwrap();
        assert_eq!(ended["status"], "held", "{ended}");
        run
    }

    async fn delivered(&self) -> i64 {
        let run = self.held().await;
        self.ask("run_approve", json!(run)).await;
        let ended = serde_json::to_value(self.api.wait(run).await.unwrap()).unwrap();
        assert_eq!(
            (ended["status"].as_str(), ended["delivered"].as_u64()),
            (Some("completed"), Some(5)),
            "{ended}"
        );
        run
    }

    /// The events, newest first; the id of one of them.
    async fn events(&self) -> (Value, String) {
        let filter = json!({ "sync": "people", "statuses": [], "limit": 50 });
        let events = self.ask("events", filter).await;
        let id = events["events"][0]["event"].as_str().unwrap().to_owned();
        (events, id)
    }

    async fn event(&self, event: &str, reveal: bool) -> Value {
        self.ask("event", json!({ "event": event, "reveal": reveal })).await
    }

    /// The events as a file.
    async fn exported(&self, format: &str, reveal: bool) -> String {
        let path = self.home.path().join("events.out");
        let filter = json!({ "statuses": [], "limit": 0 });
        let input = json!({ "filter": filter, "path": path, "format": format, "reveal": reveal });
        self.ask("events_export", input).await;
        std::fs::read_to_string(path).unwrap()
    }

    fn names_nobody(&self, what: &str, shown: &str) {
        for name in &self.people {
            assert!(!shown.contains(name.as_str()), "{what} names {name}: {shown}");
        }
    }

    fn names_somebody(&self, what: &str, shown: &str) {
        assert!(self.people.iter().any(|name| shown.contains(name.as_str())), "{what}: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_payload_of_a_sample_row_hides_a_renamed_column() {
    let desk = desk().await;
    let definition = desk.ask("sync", json!("people")).await["definition"].clone();
    let preview = async |reveal: bool| {
        let input = json!({ "definition": definition, "row": 0, "find": null, "reveal": reveal });
        let preview = desk.ask("payload_preview", input).await;
        let payload: Value = serde_json::from_str(preview["exact"].as_str().unwrap()).unwrap();
        (preview, payload)
    };
    let (masked, hidden) = preview(false).await;
    let (revealed, open) = preview(true).await;
    desk.names_nobody("the preview", &masked.to_string());
    desk.names_somebody("the revealed preview", &revealed.to_string());
    assert_eq!((&masked["masked"], &revealed["masked"]), (&json!(true), &json!(false)));
    assert_eq!(hidden["company"], open["company"]);
    assert_eq!(hidden["full_name"], "warehouse", "a constant is nobody's");
    assert_eq!(hidden["last_name"], open["last_name"], "a hash is shown");
    assert_eq!(open["last_name"].as_str().unwrap().len(), 64);
    let lines = masked["line_fields"].as_array().unwrap();
    assert_eq!(lines.len(), masked["pretty"].as_str().unwrap().lines().count());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_and_a_review_hide_a_renamed_column() {
    let desk = desk().await;
    let plan = desk.plan(false).await;
    desk.names_nobody("the plan", &plan.to_string());
    assert_eq!(plan["records"][0]["after"]["full_name"], "warehouse");

    let run = desk.held().await;
    let held = desk.ask("held", json!({ "run": run, "limit": 5, "reveal": false })).await;
    desk.names_nobody("the held run", &held.to_string());
    let review = serde_json::to_value(desk.api.review_all(run).await.unwrap()).unwrap();
    assert_eq!(review["compared"], 5, "{review}");
    desk.names_nobody("the review", &review.to_string());
    let field = |name: &str| {
        let fields = review["fields"].as_array().unwrap();
        fields.iter().find(|field| field["path"] == name).unwrap().clone()
    };
    assert!(field("origin")["top"][0]["value"].as_str().unwrap().contains("••"), "{review}");
    assert_eq!(field("full_name")["top"][0]["value"], "\"warehouse\"");
    assert_eq!(field("last_name")["top"][0]["value"].as_str().unwrap().len(), 66);

    let filter = json!({ "group": null, "field": null, "search": null });
    let page = json!({ "run": run, "filter": filter, "after": null, "limit": 5, "reveal": false });
    let records = desk.ask("review_records", page).await;
    assert_eq!(records["records"].as_array().unwrap().len(), 5);
    desk.names_nobody("the compared records", &records.to_string());
    for format in ["csv", "jsonl"] {
        let path = desk.home.path().join(format);
        let input = json!({ "run": run, "filter": filter, "path": path, "format": format, "reveal": false });
        assert_eq!(desk.ask("review_export", input).await, 5);
        desk.names_nobody("the review's file", &std::fs::read_to_string(path).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_and_an_undo_hide_a_renamed_column() {
    let desk = desk().await;
    let run = desk.delivered().await;
    let (events, event) = desk.events().await;
    desk.names_nobody("the events", &events.to_string());
    let detail = desk.event(&event, false).await;
    desk.names_nobody("the event", &detail.to_string());
    desk.names_somebody("the revealed event", &desk.event(&event, true).await.to_string());
    for format in ["csv", "jsonl"] {
        desk.names_nobody("the masked file", &desk.exported(format, false).await);
    }
    desk.names_somebody("the file as it is", &desk.exported("jsonl", true).await);

    let revealed = desk.event(&event, true).await;
    let about = revealed["event"]["who"].as_str().unwrap();
    let input = json!({ "about": about, "cursor": null, "limit": 10, "reveal": false });
    let person = desk.ask("person", input).await;
    assert_eq!(person["entries"].as_array().unwrap().len(), 1, "{person}");
    desk.names_nobody("the person's history", &person.to_string());

    let look = json!({ "run": run, "keys": [], "events": [], "limit": 5, "reveal": false });
    let look = desk.ask("undo_look", look).await;
    assert_eq!(look["records"].as_array().unwrap().len(), 5, "{look}");
    desk.names_nobody("the undo", &look.to_string());
    assert!(look.to_string().contains("warehouse"), "{look}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_request_of_one_record_hides_a_renamed_column() {
    let desk = desk().await;
    let run =
        desk.ask("sync_test", json!({ "sync": "people", "record": null })).await["run"].as_i64().unwrap();
    desk.api.wait(run).await.unwrap();
    let (_, event) = desk.events().await;
    let detail = desk.event(&event, false).await;
    assert!(detail["attempts"][0]["body"].as_str().unwrap().contains("warehouse"), "{detail}");
    desk.names_nobody("the request", &detail.to_string());
    let revealed = desk.event(&event, true).await;
    desk.names_somebody("the revealed request", &revealed["attempts"].to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_earlier_mapping_sent_stays_hidden() {
    let desk = desk().await;
    desk.delivered().await;
    let other =
        RENAMED.replace("{ column: full_name, as: origin }", "{ column: country, as: origin }").replace(
            "{ template: '{company}: {full_name}', as: job_title }",
            "{ constant: none, as: job_title }",
        );
    desk.apply(&other).await;
    let (events, event) = desk.events().await;
    desk.names_nobody("the events", &events.to_string());
    desk.names_nobody("the event", &desk.event(&event, false).await.to_string());
    desk.names_nobody("the file", &desk.exported("jsonl", false).await);
    // What stands in the destination is still what was sent then.
    let plan = desk.plan(false).await;
    assert_eq!(plan["changed"], 5, "{plan}");
    desk.names_nobody("the plan", &plan.to_string());
    assert_eq!(plan["records"][0]["after"]["job_title"], "none");
    desk.names_somebody("the revealed plan", &desk.plan(true).await.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_made_of_a_personal_column_is_hidden() {
    let desk = desk().await;
    desk.apply(&RENAMED.replace("key: [lead_id]", "key: [full_name, lead_id]")).await;
    let plan = desk.plan(false).await;
    let key = plan["records"][0]["key"].as_str().unwrap();
    assert!(key.contains("••"), "{key}");
    desk.names_nobody("the plan", &plan.to_string());
    desk.delivered().await;
    let (events, event) = desk.events().await;
    desk.names_nobody("the events", &events.to_string());
    desk.names_nobody("the event", &desk.event(&event, false).await.to_string());
    desk.names_nobody("the file", &desk.exported("csv", false).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_rows_were_not_sent_names_nobody() {
    let desk = desk().await;
    let five = "(select * from analytics.lead_scores order by lead_id limit 5)";
    let twice = format!("sql: select a.* from {five} a, (select 1 union all select 2) b");
    let once = "sql: select * from analytics.lead_scores order by lead_id limit 5";
    desk.apply(&RENAMED.replace(once, &twice).replace("key: [lead_id]", "key: [full_name]")).await;
    let run = desk.held().await;
    desk.ask("run_approve", json!(run)).await;
    desk.api.wait(run).await.unwrap();
    let filter = json!({ "sync": "people", "run": run, "statuses": [], "limit": 50 });
    let causes = desk.ask("event_causes", filter.clone()).await;
    desk.names_nobody("the causes", &causes.to_string());
    let told = &causes["causes"][0];
    assert_eq!((&told["code"], &told["count"]), (&json!("SLU-3003"), &json!(5)), "{causes}");
    assert!(told["message"].as_str().unwrap().contains("••"), "{causes}");
    assert_eq!((&told["refused"], &told["syncs"]), (&json!(0), &json!(["people"])));

    let mut of_error = filter;
    of_error["errors"] = json!(["duplicate_key"]);
    let events = desk.ask("events", of_error.clone()).await;
    assert_eq!((&events["total"], events["events"].as_array().unwrap().len()), (&json!(5), 5), "{events}");
    of_error["errors"] = json!(["SLU-3003"]);
    of_error["cause"] = json!(told["cause"].as_i64().unwrap() + 1);
    assert_eq!(desk.ask("events", of_error.clone()).await["total"], 0);
    of_error["errors"] = json!(["nonsense"]);
    let refused = desk.api.dispatch("events", of_error).await.unwrap_err();
    assert_eq!(refused.kind, "unknown_name");
}
