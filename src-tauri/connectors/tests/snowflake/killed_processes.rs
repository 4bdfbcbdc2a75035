//! A process that is killed while Snowflake compares.

use serde_json::json;

use super::*;
use crate::killed::Killed;

/// A transaction of a session that is gone is ended by the real service
/// (<https://docs.snowflake.com/en/sql-reference/transactions#aborting-transactions>); fakesnow would keep it for ever.
fn killed(url: &str) -> Killed {
    Killed {
        kind: kind(),
        settings: Access::at(url, "KILLED").with("diff_schema", "sluice").settings,
        password: Some("hunter2"),
        query: table("PUBLIC.people"),
        child: "killed_processes::child",
        is_statement: |path, body| path == "/queries/v1/query-request" && body["describeOnly"] != true,
        abandoned: Some((
            "/queries/v1/query-request?requestId=abandoned",
            json!({ "sqlText": "ROLLBACK", "asyncExec": false, "sequenceId": 1 }),
        )),
    }
}

/// Not a test by itself: the process that dies.
#[tokio::test]
async fn child() {
    killed("").run_as_child().await;
}

#[tokio::test]
async fn a_process_that_is_killed_at_any_statement_loses_nothing() {
    let Some(server) = Fakesnow::shared() else { return };
    server
        .sql(
            "KILLED",
            &["create schema sluice", "create table PUBLIC.\"people\" (\"id\" varchar, \"name\" varchar)"],
        )
        .await;
    killed(&server.url())
        .lives(async |rows: &BTreeMap<String, String>| {
            let values: Vec<_> = rows.iter().map(|(id, name)| format!("('{id}', '{name}')")).collect();
            let insert = format!("insert into PUBLIC.\"people\" values {}", values.join(", "));
            server.sql("KILLED", &["delete from PUBLIC.\"people\"", &insert]).await;
        })
        .await;
}
