//! Queries as SQL, and what can be told about their rows without reading them.

use std::time::Duration;

use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::dialect::RedshiftSqlDialect;
use sluice_engine::sync::{Query, TableName, without_end};
use sluice_engine::value::Column;
use sluice_engine::warehouse::KeyCheck;

use super::client::{LOOK_WITHIN, Login, Session};
use super::error::{self, Failure};
use super::form::Form;
use super::wire::Described;
use crate::warehouses::named_tables::{Parts, named_tables};
use crate::warehouses::select::{Named, check_names, chosen};

/// How long a key check may take.
const KEYS_WITHIN: Duration = Duration::from_secs(600);

/// A column and how its values come over.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) column: Column,
    pub(super) form: Form,
    /// Its name, quoted.
    pub(super) quoted: String,
}

impl Named for Field {
    fn name(&self) -> &str {
        &self.column.name
    }
}

impl Field {
    /// What the server is asked for, such as `"price"`.
    pub(super) fn asked(&self) -> String {
        self.form.asked(&self.quoted)
    }
}

/// `name` as an SQL identifier.
pub(in crate::warehouses) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `text` as an SQL literal. A backslash can be an escape or not, so none is written in one.
pub(super) fn literal(text: &str) -> String {
    let parts: Vec<String> = text.split('\\').map(|part| format!("'{}'", part.replace('\'', "''"))).collect();
    if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(" || chr(92) || ")) }
}

/// What stands after FROM for the query's rows.
///
/// Brackets around the user's SQL let only one SELECT through. A line break ends a comment it may end with.
pub(super) fn source(session: &Session, query: &Query) -> String {
    match query {
        Query::Table(table) => named(table, session.has_dotted_schema),
        Query::Sql(sql) => format!("(\n{}\n) AS \"query\"", without_end(sql, &RedshiftSqlDialect {})),
    }
}

/// A table as SQL. A schema of another database is written with it, `database.schema`, unless it `is_dotted`: one
/// of this database whose name has a dot.
fn named(table: &TableName, is_dotted: bool) -> String {
    let schema = if is_dotted { vec![table.schema.clone()] } else { schema_parts(&table.schema) };
    schema.iter().chain([&table.name]).map(|part| quoted(part)).collect::<Vec<_>>().join(".")
}

/// A schema of another database, as one name: a part with a dot, a quote or a space in it stands in quotes.
pub(super) fn schema_elsewhere(database: &str, schema: &str) -> String {
    let part = |part: &str| if part.contains(['.', '"', ' ']) { quoted(part) } else { part.to_owned() };
    format!("{}.{}", part(database), part(schema))
}

/// The parts of a schema's name: of one of another database its database too, each as it is.
pub(super) fn schema_parts(schema: &str) -> Parts {
    match schema.parse::<TableName>() {
        _ if schema.is_empty() => Vec::new(),
        Ok(parts) if !parts.schema.is_empty() => vec![parts.schema, parts.name],
        Ok(_) | Err(_) => vec![schema.to_owned()],
    }
}

/// What a failure of running `before` and then the query's source means.
pub(super) fn query_error(login: &Login, failure: Failure, query: &Query, before: &str) -> Error {
    match query {
        Query::Sql(sql) => {
            let sql = without_end(sql, &RedshiftSqlDialect {});
            let told = error::from_query(login, failure, sql, before.chars().count() + "(\n".len());
            let tables = named_tables(sql, &RedshiftSqlDialect {}, str::to_lowercase);
            allowed(login, told, &tables)
        }
        Query::Table(table) => {
            let is_gone = matches!(&failure, Failure::Said(said) if said.is_about_a_missing_table());
            let told = error::from(login, failure);
            if is_gone {
                let message = format!("There is no table “{table}” any more, or this login may not see it.");
                return Error::new(ErrorKind::MissingObject, message).with_source(told);
            }
            let mut parts = schema_parts(&table.schema);
            parts.push(table.name.clone());
            allowed(login, told, &[parts])
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

/// The columns of the query's rows. Where this succeeds, the server has taken the user's SQL for one SELECT.
pub(super) async fn fields(session: &mut Session, query: &Query) -> Result<Vec<Field>> {
    if let Query::Table(_) = query {
        // Names come from the catalogue, with their capital letters; without this they would be made small
        // (<https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html>). A user's own SQL
        // means what it means in their query editor.
        session.run("SET enable_case_sensitive_identifier TO true").await?;
    }
    session.has_dotted_schema = match query {
        Query::Table(table) if table.schema.contains('.') => {
            let schema = literal(&table.schema);
            let sql = format!("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = {schema}");
            !session.rows(&sql).await?.is_empty()
        }
        Query::Table(_) | Query::Sql(_) => false,
    };
    let before = "SELECT * FROM ";
    let described = session.describe(&format!("{before}{}", source(session, query))).await;
    let described = described.map_err(|failure| query_error(&session.login, failure, query, before))?;
    check_names(described.iter().map(|column| column.name.as_str()))?;
    let mut fields = Vec::with_capacity(described.len());
    for column in described {
        let (native, form) = type_of(session, &column).await?;
        fields.push(Field {
            quoted: quoted(&column.name),
            column: Column { name: column.name, logical: form.logical(), native },
            form,
        });
    }
    Ok(fields)
}

async fn type_of(session: &mut Session, column: &Described) -> Result<(String, Form)> {
    if let Some((name, form)) = Form::of(column.oid, column.modifier) {
        return Ok((name.to_owned(), form));
    }
    let sql = format!("SELECT typname FROM pg_catalog.pg_type WHERE oid = {}", column.oid);
    let mut rows = session.rows(&sql).await?;
    let name = rows.pop().and_then(|mut row| row.pop()?).unwrap_or_else(|| format!("type {}", column.oid));
    Ok((name.clone(), Form::of_name(&name)))
}

/// The planner's estimate, which uses the server's statistics: `rows=` of the plan's first line
/// (<https://docs.aws.amazon.com/redshift/latest/dg/c-the-query-plan.html>).
pub(super) async fn estimate(session: &mut Session, query: &Query) -> Result<Option<u64>> {
    fields(session, query).await?;
    let before = "EXPLAIN SELECT * FROM ";
    let plan = session.collect(&format!("{before}{}", source(session, query)), LOOK_WITHIN).await;
    let plan = plan.map_err(|failure| query_error(&session.login, failure, query, before))?;
    let first = plan.into_iter().next().and_then(|row| row.into_iter().next()?);
    Ok(first.and_then(|line| {
        let (_, rows) = line.split_once(" rows=")?;
        rows.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }))
}

/// Counts rows, null keys and duplicates on the server.
pub(super) async fn key_check(session: &mut Session, query: &Query, key: &[String]) -> Result<KeyCheck> {
    let key = chosen(&fields(session, query).await?, key)?;
    let null = key.iter().map(|field| format!("{} IS NULL", field.quoted)).collect::<Vec<_>>().join(" OR ");
    let before = format!(
        "SELECT coalesce(sum(n), 0)::int8, coalesce(sum(n * no_key), 0)::int8, \
         coalesce(sum((n - 1) * (1 - no_key)), 0)::int8 \
         FROM (SELECT count(*) AS n, max(CASE WHEN {null} THEN 1 ELSE 0 END) AS no_key FROM "
    );
    let group = key.iter().map(Field::grouped).collect::<Vec<_>>().join(", ");
    let sql = format!("{before}{} GROUP BY {group}) AS keys", source(session, query));
    session
        .run_before_long(&format!("BEGIN READ ONLY; SET statement_timeout TO {}", KEYS_WITHIN.as_millis()))
        .await?;
    let rows = session.collect(&sql, KEYS_WITHIN).await;
    let rows = rows.map_err(|failure| query_error(&session.login, failure, query, &before))?;
    let counts: Vec<u64> =
        rows.concat().into_iter().filter_map(|count| count.and_then(|text| text.parse().ok())).collect();
    match counts[..] {
        [rows, nulls, duplicates] => Ok(KeyCheck { rows, nulls, duplicates }),
        _ => Err(Error::new(ErrorKind::BadAnswer, "The server’s answer could not be understood.")),
    }
}

impl Field {
    /// What rows of one key have in common.
    fn grouped(&self) -> String {
        let column = &self.quoted;
        match self.form {
            // Spaces at the end count in a key, and do not where Redshift compares text.
            Form::Text => format!("md5({column})"),
            // What can not be grouped by itself.
            Form::Json => format!("json_serialize({column})"),
            Form::Boolean
            | Form::Integer
            | Form::Float4
            | Form::Float8
            | Form::Decimal
            | Form::Padded(_)
            | Form::Date
            | Form::Time
            | Form::TimeWithZone
            | Form::Timestamp
            | Form::TimestampWithZone
            | Form::Interval
            | Form::Bytes
            | Form::Geometry
            | Form::Sketch => column.clone(),
        }
    }
}
