//! What the connection test reads, which is nothing that is billed.

use serde_json::{Value, json};
use sluice_engine::check::StepResult;

use super::faults::access;
use super::scripted::{Asked, Reply, Scripted, page, schema};

/// A dataset of these objects, each with its type.
async fn dataset(objects: &'static [(&'static str, &'static str)]) -> Scripted {
    Scripted::start(move |asked| {
        let reference = |name: &str| json!({ "projectId": "demo", "datasetId": "shop", "tableId": name });
        let answer = match asked.path.strip_prefix("/bigquery/v2/projects/demo/datasets")? {
            "" => {
                json!({ "datasets": [{ "datasetReference": { "projectId": "demo", "datasetId": "shop" } }] })
            }
            "/shop/tables" => {
                let object =
                    |(name, kind): &(&str, &str)| json!({ "tableReference": reference(name), "type": kind });
                let listed: Value = objects.iter().map(object).collect();
                json!({ "tables": listed })
            }
            "/shop/tables/leads" => json!({ "type": "TABLE", "schema": schema() }),
            "/shop/tables/leads/data" => page(0..1, None),
            _ => return None,
        };
        Some(Reply::Json(200, answer))
    })
    .await
}

fn is_billed(asked: &Asked) -> bool {
    asked.is("POST", "/jobs") && !asked.is_dry_run()
}

#[tokio::test]
async fn a_row_of_a_table_is_listed_also_where_views_come_first() {
    let server = dataset(&[("all_leads", "VIEW"), ("leads", "TABLE")]).await;
    let (steps, failed) = access(&server).with("maximum_bytes", "1 GB").check().await;
    assert!(failed.is_none(), "{failed:?}");
    let row = steps.iter().find(|step| step.name == "row").unwrap();
    assert!(matches!(&row.result, StepResult::Passed(Some(read)) if read == "shop.leads"), "{row:?}");
    assert!(server.asked().iter().any(|asked| asked.is("GET", "/tables/leads/data")));
    assert!(!server.asked().iter().any(is_billed));
}

#[tokio::test]
async fn a_view_is_planned_and_what_it_would_cost_fails_no_test() {
    let server = dataset(&[("all_leads", "VIEW")]).await;
    let (steps, failed) = access(&server).with("maximum_bytes", "1 GB").check().await;
    assert!(failed.is_none(), "{failed:?}");
    let row = steps.iter().find(|step| step.name == "row").unwrap();
    let StepResult::Noted(note, _) = &row.result else { panic!("{row:?}") };
    for said in ["shop.all_leads was planned", "about $6.25", "more than this connection allows"] {
        assert!(note.contains(said), "{note}");
    }
    assert!(!server.asked().iter().any(is_billed));
    let asked = server.asked();
    // A server that held a dry run to the maximum would refuse it without a word of the size.
    let is_held = |asked: &Asked| !asked.body["configuration"]["query"]["maximumBytesBilled"].is_null();
    assert!(!asked.iter().filter(|asked| asked.is_dry_run()).any(is_held));
}
