//! Queries as SQL, and what can be told about their rows without reading them.

use std::time::Duration;

use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::dialect::PostgreSqlDialect;
use sluice_engine::sync::{Query, without_end};
use sluice_engine::value::Column;
use sluice_engine::warehouse::KeyCheck;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

use super::client::{Login, Session};
use super::error::{self, Failure};
use super::form::{Form, logical};
use crate::warehouses::named_tables::{Parts, named_tables};
use crate::warehouses::select::{Named, check_names, chosen};

/// How long a key check may take.
const KEYS_WITHIN: Duration = Duration::from_secs(600);

/// A column and how its values come over.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) column: Column,
    pub(super) form: Form,
    /// What the server is asked for, such as `"price"::numeric`.
    pub(super) expression: String,
    /// The type of what it answers with, in SQL.
    pub(super) sql_type: String,
}

impl Named for Field {
    fn name(&self) -> &str {
        &self.column.name
    }
}

/// `name` as an SQL identifier.
pub(in crate::warehouses) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What stands after FROM for the query's rows.
///
/// Brackets around the user's SQL let only one SELECT through; the transaction is read-only besides.
/// A line break ends a comment it may end with.
pub(super) fn source(query: &Query) -> String {
    match query {
        Query::Table(table) if table.schema.is_empty() => quoted(&table.name),
        Query::Table(table) => format!("{}.{}", quoted(&table.schema), quoted(&table.name)),
        Query::Sql(sql) => format!("(\n{}\n) AS \"query\"", without_end(sql, &PostgreSqlDialect {})),
    }
}

/// `text` as an SQL literal, whatever the server's setting for backslashes is.
pub(super) fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// What an error of running `before` and then the query's source means.
pub(super) fn query_error(login: &Login, failure: Failure, query: &Query, before: &str) -> Error {
    match query {
        Query::Sql(sql) => {
            let sql = without_end(sql, &PostgreSqlDialect {});
            let told = error::from_query(login, failure, sql, before.chars().count() + "(\n".len());
            let tables = named_tables(sql, &PostgreSqlDialect {}, str::to_lowercase);
            allowed(login, told, &tables)
        }
        Query::Table(table) => {
            let states = [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME];
            let is_gone = failure.state().is_some_and(|state| states.contains(state));
            let told = error::from_server(login, failure);
            if is_gone {
                let message = format!("There is no table “{table}” any more, or this login may not see it.");
                return Error::new(ErrorKind::MissingObject, message).with_source(told);
            }
            let parts = [&table.schema, &table.name].into_iter().filter(|part| !part.is_empty()).cloned();
            allowed(login, told, &[parts.collect()])
        }
    }
}

/// What is not allowed, with what to ask for to read these tables.
fn allowed(login: &Login, told: Error, tables: &[Parts]) -> Error {
    if told.kind() != ErrorKind::NotAllowed || tables.is_empty() {
        return told;
    }
    told.with_hint("Have an administrator run the statements below.")
        .with_fix(error::table_grants(&login.user, tables))
}

/// The columns of the query's rows.
pub(super) async fn fields(session: &Session, query: &Query) -> Result<Vec<Field>> {
    let before = "SELECT * FROM ";
    let sql = format!("{before}{}", source(query));
    let prepared = session.soon(session.client.prepare(&sql)).await;
    let prepared = prepared.map_err(|failure| query_error(&session.login, failure, query, before))?;
    check_names(prepared.columns().iter().map(tokio_postgres::Column::name))?;
    let mut fields = Vec::with_capacity(prepared.columns().len());
    for column in prepared.columns() {
        let native = column.type_();
        let (form, cast) = Form::of(native);
        let own_type = || format!("{}.{}", quoted(native.schema()), quoted(native.name()));
        let sql_type = cast.strip_prefix("::").map_or_else(own_type, str::to_owned);
        fields.push(Field {
            column: Column {
                name: column.name().to_owned(),
                logical: logical(native),
                native: native.name().to_owned(),
            },
            form,
            expression: format!("{}{cast}", quoted(column.name())),
            sql_type,
        });
    }
    Ok(fields)
}

/// The planner's estimate, which uses the server's statistics.
pub(super) async fn estimate(session: &Session, query: &Query) -> Result<Option<u64>> {
    let before = "EXPLAIN (FORMAT JSON) SELECT * FROM ";
    let sql = format!("{before}{}", source(query));
    let messages = session.soon(session.client.simple_query(&sql)).await;
    let messages = messages.map_err(|failure| query_error(&session.login, failure, query, before))?;
    let plan = messages
        .iter()
        .find_map(|message| if let SimpleQueryMessage::Row(row) = message { row.get(0) } else { None });
    let plan: Option<serde_json::Value> = plan.and_then(|text| serde_json::from_str(text).ok());
    Ok(plan.and_then(|plan| plan.pointer("/0/Plan/Plan Rows")?.as_u64()))
}

/// Counts rows, null keys and duplicates on the server.
pub(super) async fn key_check(session: &Session, query: &Query, key: &[String]) -> Result<KeyCheck> {
    chosen(&fields(session, query).await?, key)?;
    let names: Vec<String> = key.iter().map(|name| quoted(name)).collect();
    let null = names.iter().map(|name| format!("{name} IS NULL")).collect::<Vec<_>>().join(" OR ");
    let before = format!(
        "SELECT coalesce(sum(n), 0)::int8, coalesce(sum(n) FILTER (WHERE no_key), 0)::int8, \
         coalesce(sum(n - 1) FILTER (WHERE NOT no_key), 0)::int8 \
         FROM (SELECT count(*) AS n, bool_or({null}) AS no_key FROM "
    );
    // The text form can be grouped for every type, and is what a key is compared by.
    let group = names.iter().map(|name| format!("{name}::text")).collect::<Vec<_>>().join(", ");
    let sql = format!("{before}{} GROUP BY {group}) AS keys", source(query));
    session
        .run_before_long(&format!(
            "BEGIN READ ONLY; SET LOCAL statement_timeout = '{}s'",
            KEYS_WITHIN.as_secs()
        ))
        .await?;
    let row = session.within(KEYS_WITHIN, session.client.query_one(&sql, &[])).await;
    let row = row.map_err(|failure| query_error(&session.login, failure, query, &before))?;
    let count =
        |index| row.try_get::<_, i64>(index).map(i64::unsigned_abs).map_err(|error| session.error(error));
    Ok(KeyCheck { rows: count(0)?, nulls: count(1)?, duplicates: count(2)? })
}
