//! A process that is killed while BigQuery compares.

use super::*;
use crate::killed::Killed;

fn killed(url: &str) -> Killed {
    let access = Access::default().with("project", "demo").with("url", url).with("diff_schema", "sluice");
    Killed {
        kind: kind(),
        settings: access.settings,
        password: None,
        query: table("killed.people"),
        child: "killed_processes::child",
        is_statement: |path, body| path.ends_with("/jobs") && body["configuration"]["dryRun"] != true,
        // A transaction is within one statement.
        abandoned: None,
    }
}

/// Not a test by itself: the process that dies.
#[tokio::test]
async fn child() {
    killed("").run_as_child().await;
}

#[tokio::test]
async fn a_process_that_is_killed_at_any_statement_loses_nothing() {
    let Some(server) = BigQueryServer::shared() else { return };
    let _one = comparing::ONE_AT_A_TIME.lock().await;
    comparing::fresh(server, "killed", &["create table killed.people (id string, name string)"]);
    killed(&server.url)
        .lives(async |rows: &BTreeMap<String, String>| {
            let values: Vec<_> = rows.iter().map(|(id, name)| format!("('{id}', '{name}')")).collect();
            let script = format!(
                "truncate table killed.people; insert into killed.people values {}",
                values.join(", ")
            );
            tokio::task::spawn_blocking(move || server.sql(&script)).await.unwrap();
        })
        .await;
}
