//! Queries as SQL, and what the server says about them before it runs them.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::dialect::BigQueryDialect;
use sluice_engine::sync::{Query, TableName, without_end};
use sluice_engine::warehouse::{After, KeyCheck};

use super::client::Login;
use super::error::{self, Doing};
use super::job::{Job, Statement};
use super::name::{self, Dataset, escaped, quoted};
use super::pages;
use super::schema::{Field, Schema, fields};
use crate::warehouses::named_tables::named_tables;
use crate::warehouses::select::chosen;

/// `text` as an SQL string.
pub(super) fn literal(text: &str) -> String {
    escaped(text, '\'')
}

/// What stands after FROM for the query's rows.
///
/// Brackets around the user's SQL let only one SELECT through; the server says besides that it is one. A line
/// break ends a comment it may end with.
pub(super) fn source(login: &Login, query: &Query) -> Result<String> {
    Ok(match query {
        Query::Table(table) => dataset(login, table)?.table(&table.name),
        Query::Sql(sql) => format!("(\n{}\n)", without_end(sql, &BigQueryDialect {})),
    })
}

/// A table's dataset; BigQuery has no default one.
pub(super) fn dataset(login: &Login, table: &TableName) -> Result<Dataset> {
    if table.schema.is_empty() {
        let message = format!("The table “{table}” has no dataset before its name.");
        return Err(Error::new(ErrorKind::BadQuery, message).with_hint("Write it as dataset.table."));
    }
    Ok(name::dataset(table, &login.project))
}

/// Only rows beyond a cursor, in its order.
pub(super) fn beyond(after: &After, fields: &[Field]) -> Result<String> {
    let field = chosen(fields, std::slice::from_ref(&after.column))?.remove(0);
    let column = format!("`query`.{}", quoted(&after.column));
    let condition = match after.text() {
        Some(value) if field.column.native == "BYTES" => {
            format!("{column} > FROM_BASE64({})", literal(&value))
        }
        Some(value) => format!("{column} > CAST({} AS {})", literal(&value), field.column.native),
        None => format!("{column} IS NOT NULL"),
    };
    Ok(format!(" WHERE {condition} ORDER BY {column}"))
}

/// What the server says of a query without running it.
pub(super) struct Plan {
    pub(super) fields: Vec<Field>,
    /// Bytes it would read.
    pub(super) bytes: u64,
}

/// Has the server plan a query (<https://cloud.google.com/bigquery/docs/running-queries#dry-run>), and sees to
/// it that it only reads.
pub(super) async fn plan(login: &Login, query: &Query, sql: &str) -> Result<Plan> {
    // The server runs scripts too; brackets alone would not keep a statement after them out.
    query.check(&BigQueryDialect {})?;
    let planned = match Statement::new(sql).plan(login, Doing::Query).await {
        Ok(planned) => planned,
        Err(error) => return Err(explained(login, query, error).await),
    };
    if !matches!(planned.statement_type.as_deref(), None | Some("SELECT")) {
        return Err(Error::new(ErrorKind::BadQuery, "The query is not a SELECT, and Sluice only reads."));
    }
    let mut fields = fields(&planned.schema)?;
    if let Query::Table(table) = query {
        declared(login, table, &mut fields).await?;
    }
    Ok(Plan { fields, bytes: planned.bytes })
}

/// Decimals a table's columns are declared with: only the table knows them.
async fn declared(login: &Login, table: &TableName, fields: &mut [Field]) -> Result<()> {
    let decimal = |field: &Field| field.column.native.ends_with("NUMERIC");
    if !fields.iter().any(decimal) || table.name.contains('*') {
        return Ok(());
    }
    let table = TableInfo::get(login, table).await?;
    for known in super::schema::fields(&table.schema)? {
        if let Some(field) = fields.iter_mut().find(|field| field.column.name == known.column.name) {
            field.form =
                if field.column.native == known.column.native { known.form } else { field.form.clone() };
        }
    }
    Ok(())
}

/// The datasets of the tables that a query names.
fn datasets(query: &Query) -> Vec<String> {
    match query {
        Query::Table(table) => vec![table.schema.clone()],
        Query::Sql(sql) => named_datasets(sql),
    }
}

/// The datasets of the tables that a statement names, as `dataset` or `project.dataset`.
pub(super) fn named_datasets(sql: &str) -> Vec<String> {
    let mut datasets = Vec::new();
    for table in named_tables(sql, &BigQueryDialect {}, str::to_owned) {
        // A name in backticks has its points inside.
        let parts: Vec<&str> = table.iter().flat_map(|part| part.split('.')).collect();
        if let [before @ .., _] = parts.as_slice()
            && !before.is_empty()
            && !datasets.contains(&before.join("."))
        {
            datasets.push(before.join("."));
        }
    }
    datasets
}

/// What a failure says about the query: what lets the login read it, a table that is gone, or a dataset that is somewhere
/// else.
pub(super) async fn explained(login: &Login, query: &Query, error: Error) -> Error {
    if error.kind() == ErrorKind::NotAllowed {
        return error::naming(login, &datasets(query), error);
    }
    let Query::Table(table) = query else { return error };
    if error.kind() != ErrorKind::MissingObject {
        return error;
    }
    let elsewhere = match (&login.location, dataset(login, table)) {
        (Some(location), Ok(dataset)) => match dataset_location(login, &dataset).await {
            Ok(Some(found)) if !found.eq_ignore_ascii_case(location) => Some((found, location)),
            _ => None,
        },
        _ => None,
    };
    let told = match elsewhere {
        Some((found, location)) => Error::new(
            ErrorKind::BadSettings,
            format!("The dataset “{}” is in {found}, and the connection looks in {location}.", table.schema),
        )
        .with_hint(format!("Change the connection’s location to {found}, or leave it empty.")),
        None => Error::new(
            ErrorKind::MissingObject,
            format!("There is no table “{table}” any more, or this login may not see it."),
        ),
    };
    told.with_source(error)
}

/// Where a dataset is.
pub(super) async fn dataset_location(login: &Login, dataset: &Dataset) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Found {
        location: Option<String>,
    }
    let parts = [dataset.project.as_str(), "datasets", &dataset.dataset];
    let found: Found = login.get(&parts, &[], Doing::Dataset(&dataset.dataset)).await?;
    Ok(found.location)
}

/// A table, as the API knows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TableInfo {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) schema: Schema,
    num_rows: Option<String>,
}

impl TableInfo {
    pub(super) async fn get(login: &Login, table: &TableName) -> Result<Self> {
        let dataset = dataset(login, table)?;
        let parts = [dataset.project.as_str(), "datasets", &dataset.dataset, "tables", &table.name];
        match login.get(&parts, &[], Doing::Dataset(&table.schema)).await {
            Ok(found) => Ok(found),
            Err(error) => Err(explained(login, &Query::Table(table.clone()), error).await),
        }
    }
}

/// The number of rows the table is known to have.
pub(super) async fn estimate(login: &Login, query: &Query) -> Result<Option<u64>> {
    let Query::Table(table) = query else { return Ok(None) };
    if table.name.contains('*') {
        return Ok(None);
    }
    let found = TableInfo::get(login, table).await?;
    let rows = found.num_rows.and_then(|rows| rows.parse().ok()).filter(|rows| *rows > 0);
    Ok(rows.filter(|_| found.kind != "VIEW" && found.kind != "EXTERNAL"))
}

/// Counts rows, null keys and duplicates on the server.
pub(super) async fn key_check(login: &Arc<Login>, query: &Query, key: &[String]) -> Result<KeyCheck> {
    let from = source(login, query)?;
    chosen(&plan(login, query, &format!("SELECT * FROM {from}")).await?.fields, key)?;
    let names: Vec<String> = key.iter().map(|name| quoted(name)).collect();
    let null = names.iter().map(|name| format!("{name} IS NULL")).collect::<Vec<_>>().join(" OR ");
    // Not every type can be grouped by; its JSON can, and is what a key is compared by.
    let sql = format!(
        "SELECT COALESCE(SUM(n), 0) AS row_count, COALESCE(SUM(IF(no_key, n, 0)), 0) AS null_count, \
         COALESCE(SUM(IF(no_key, 0, n - 1)), 0) AS duplicate_count \
         FROM (SELECT COUNT(*) AS n, LOGICAL_OR({null}) AS no_key, TO_JSON_STRING(STRUCT({})) AS key_text \
         FROM {from} GROUP BY key_text) AS key_counts",
        names.join(", ")
    );
    let statement = Statement::new(&sql).within(Duration::from_secs(600));
    let done = match Job::run(login, &statement, Doing::Running).await {
        Ok(done) => done,
        Err(error) => return Err(explained(login, query, error).await),
    };
    let counts = pages::one_row(login, &done).await?;
    let count = |index: usize| {
        let unknown =
            || Error::new(ErrorKind::BadAnswer, "BigQuery did not answer with the counts it was asked for.");
        counts.get(index).and_then(|count| count.parse::<u64>().ok()).ok_or_else(unknown)
    };
    Ok(KeyCheck { rows: count(0)?, nulls: count(1)?, duplicates: count(2)? })
}
