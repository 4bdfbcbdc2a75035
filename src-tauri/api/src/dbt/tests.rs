use sluice_engine::clock::SystemClock;
use sluice_engine::secrets::MemorySecrets;
use tempfile::TempDir;

use super::*;
use crate::wire::{DbtModel, DbtTest};

/// A small project, in the shape that dbt 1.11 writes.
const MANIFEST: &str = include_str!("../../tests/dbt/manifest.json");

fn connection(kind: &str, settings: &[(&str, &str)]) -> Connection {
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Connection { name: "Shop".to_owned(), kind: kind.to_owned(), settings: settings.collect() }
}

fn project_of(manifest: &str) -> Result<DbtProject> {
    models_for(read(manifest.as_bytes())?, &connection("postgres", &[("database", "SHOP")]))
}

fn model<'a>(project: &'a DbtProject, name: &str) -> &'a DbtModel {
    project.models.iter().find(|model| model.name == name).unwrap()
}

fn refused(manifest: &str) -> String {
    let error = project_of(manifest).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadFile, "{error:?}");
    error.message().to_owned()
}

#[test]
fn models_are_listed_with_the_tables_they_become() {
    let project = project_of(MANIFEST).unwrap();
    assert_eq!(project.name.as_deref(), Some("shop"));
    assert_eq!(project.generated_at.as_deref(), Some("2026-11-27T06:00:01.981553Z"));
    let tables: Vec<_> = project
        .models
        .iter()
        .map(|model| (&*model.name, &*model.materialized, &*model.schema, &*model.table))
        .collect();
    assert_eq!(
        tables,
        [
            ("customers.v2", "view", "analytics", "customers_v2"),
            ("daily_revenue", "table", "analytics", "revenue_by_day"),
            ("orders", "incremental", "analytics", "orders"),
        ]
    );
    assert_eq!(model(&project, "orders").description, "One row for each order.");
}

#[test]
fn columns_bring_their_descriptions_and_tests() {
    let project = project_of(MANIFEST).unwrap();
    let orders = model(&project, "orders");
    let names: Vec<_> = orders.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["order_id", "customer_id", "status"]);
    assert_eq!(orders.columns[0].tests, [DbtTest::Unique, DbtTest::NotNull]);
    assert_eq!(
        orders.columns[1].tests,
        [DbtTest::Other { name: "relationships".to_owned() }, DbtTest::Unique]
    );
    assert_eq!(orders.columns[2].description, "Where the order is.\n\nIt never goes back.");
    let values = ["placed", "shipped", "3"].map(str::to_owned).to_vec();
    assert_eq!(orders.columns[2].tests, [DbtTest::AcceptedValues { values }]);
    assert!(orders.tests.is_empty());
}

#[test]
fn tests_tell_the_key() {
    let project = project_of(MANIFEST).unwrap();
    assert_eq!(model(&project, "orders").key, ["order_id"]);
    // Several columns that are unique together.
    let revenue = model(&project, "daily_revenue");
    assert_eq!(revenue.key, ["day", "shop"]);
    assert_eq!(revenue.tests, [DbtTest::UniqueTogether { columns: revenue.key.clone() }]);
    // What is unique in some rows only is no key, although it is never null.
    let customers = model(&project, "customers.v2");
    assert_eq!(customers.key, ["Id"]);
    let in_some_rows = DbtTest::Other { name: "unique where deleted_at is null".to_owned() };
    assert_eq!(customers.columns[1].tests, [in_some_rows, DbtTest::NotNull]);
}

#[test]
fn models_in_another_database_are_marked() {
    let elsewhere = |project: &DbtProject| -> Vec<String> {
        let there = project.models.iter().filter(|model| model.elsewhere);
        there.map(|model| model.name.clone()).collect()
    };
    let project = project_of(MANIFEST).unwrap();
    assert_eq!(elsewhere(&project), ["customers.v2"]);
    assert_eq!(project.database.as_deref(), Some("SHOP"));
    let unknown = models_for(read(MANIFEST.as_bytes()).unwrap(), &connection("postgres", &[])).unwrap();
    assert!(elsewhere(&unknown).is_empty());
    let in_bigquery = MANIFEST.replace("\"adapter_type\": \"postgres\"", "\"adapter_type\": \"bigquery\"");
    let bigquery = connection("bigquery", &[("project", "shop_dev")]);
    let project = models_for(read(in_bigquery.as_bytes()).unwrap(), &bigquery).unwrap();
    assert_eq!(elsewhere(&project), ["daily_revenue", "orders"]);
}

#[test]
fn versions_from_dbt_1_5_on_are_read() {
    let version = |version: u32| MANIFEST.replace("/v12.json", &format!("/v{version}.json"));
    for known in [9, 10, 11, 12, 20] {
        assert_eq!(project_of(&version(known)).unwrap().models.len(), 3, "{known}");
    }
    let older = version(8).replace("\"1.11.6\"", "\"1.4.9\"");
    let error = project_of(&older).unwrap_err();
    assert_eq!(
        error.message(),
        "The manifest is of version 8, from dbt 1.4.9. Sluice reads those of dbt 1.5 and newer."
    );
    assert!(error.hint().starts_with("Update dbt"), "{}", error.hint());
}

#[test]
fn a_file_that_is_no_manifest_says_what_it_is() {
    let no_manifest = "The file is no manifest of a dbt project.";
    for other in ["{}", "[]", "7", "{\"metadata\": null}", "{\"name\": \"ui\", \"nodes\": []}"] {
        assert_eq!(refused(other), no_manifest, "{other}");
    }
    let catalog = "{\"metadata\": {\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/catalog/v1.json\"}, \
                   \"nodes\": {\"model.shop.orders\": {\"metadata\": {\"name\": \"orders\"}, \"columns\": {}}}}";
    assert_eq!(refused(catalog), "The file is dbt’s “catalog”, not its manifest.");
    assert_eq!(refused("version: 2\nmodels: []"), "The file is not JSON: line 1, column 1.");
    assert_eq!(refused(""), "The file is not complete.");
    for end in (1..MANIFEST.trim_end().len()).step_by(241).filter(|end| MANIFEST.is_char_boundary(*end)) {
        assert_eq!(refused(MANIFEST.get(..end).unwrap()), "The file is not complete.", "{end}");
    }
}

#[test]
fn what_stands_in_another_file_is_not_told() {
    let other =
        "{\"metadata\": {\"dbt_schema_version\": 7, \"dbt_version\": \"hunter2\"}, \"nodes\": \"hunter2\"}";
    let problem = Problem::from(project_of(other).unwrap_err());
    assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
}

#[test]
fn a_project_of_another_warehouse_or_without_tables_is_refused() {
    let theirs = MANIFEST.replace("\"adapter_type\": \"postgres\"", "\"adapter_type\": \"snowflake\"");
    assert_eq!(refused(&theirs), "The project is built in Snowflake, and “Shop” is PostgreSQL.");
    let unknown = MANIFEST.replace("\"adapter_type\": \"postgres\"", "\"adapter_type\": \"duckdb\"");
    assert_eq!(refused(&unknown), "The project is built in duckdb, and “Shop” is PostgreSQL.");
    let ephemeral = ["incremental", "table", "view"].iter().fold(MANIFEST.to_owned(), |text, word| {
        text.replace(&format!("\"materialized\": \"{word}\""), "\"materialized\": \"ephemeral\"")
    });
    assert_eq!(refused(&ephemeral), "The project has no models that are tables or views.");
}

#[test]
fn a_path_that_is_no_file_or_too_long_a_one_is_refused() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("manifest.json");
    assert!(open(&path, LARGEST).unwrap_err().message().starts_with("There is no file "));
    assert!(open(home.path(), LARGEST).unwrap_err().message().ends_with(" is not a file."));
    std::fs::write(&path, MANIFEST).unwrap();
    let error = open(&path, 1_000).unwrap_err();
    assert!(error.message().starts_with("The file is larger than"), "{error:?}");
    assert_eq!(read(open(&path, LARGEST).unwrap()).unwrap().nodes.tests.len(), 11);
}

#[tokio::test]
async fn the_command_reads_a_file_for_a_saved_connection() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("manifest.json");
    std::fs::write(&path, MANIFEST).unwrap();
    let secrets = std::sync::Arc::new(MemorySecrets::default());
    let api = Api::open_with(home.path(), secrets, std::sync::Arc::new(SystemClock)).unwrap();
    let saved = connection("postgres", &[("database", "shop")]);
    let store = api.engine().store();
    store.write(move |sqlite| connections::save(sqlite, None, &saved)).done().await.unwrap();
    let ask = |connection: &str| serde_json::json!({ "path": path.display().to_string(), "connection": connection });
    let project = api.dispatch("dbt_project", ask("Shop")).await.unwrap();
    assert_eq!(project["models"][2]["key"], serde_json::json!(["order_id"]));
    assert_eq!(api.dispatch("dbt_project", ask("gone")).await.unwrap_err().kind, "unknown_name");
}
