//! Queries as SQL, and what can be told about their rows without reading them.

use std::sync::Arc;

use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::dialect::SnowflakeDialect;
use sluice_engine::sync::{Query, TableName, without_end};
use sluice_engine::value::Column;
use sluice_engine::warehouse::KeyCheck;

use super::error;
use super::listing::list;
use super::results::{column, describe};
use super::session::Session;
use crate::warehouses::named_tables::named_tables;
use crate::warehouses::select::{check_names, chosen};

/// The database that is meant where a name has none.
#[derive(Debug, Clone)]
pub(super) struct Place {
    database: Option<String>,
}

impl Place {
    pub(super) fn of(session: &Session) -> Self {
        Self { database: session.info.database_name.clone().filter(|name| !name.is_empty()) }
    }

    /// Database and schema of a table; the schema's name stands alone for the connection's own database, and else behind its
    /// database and a point.
    pub(super) fn schema(&self, schema: &str) -> (Option<String>, String) {
        match schema.parse::<TableName>() {
            Ok(name) if !name.schema.is_empty() => (Some(name.schema), name.name),
            Ok(name) => (self.database.clone(), name.name),
            Err(_) => (self.database.clone(), schema.to_owned()),
        }
    }

    /// A schema's name as tables have it; see [`Place::schema`].
    pub(super) fn shown(&self, database: &str, schema: &str) -> String {
        let own = self.database.as_deref() == Some(database);
        TableName::new(if own { "" } else { database }, schema).to_string()
    }

    /// A schema as SQL.
    pub(super) fn schema_sql(&self, schema: &str) -> String {
        let (database, schema) = self.schema(schema);
        match database {
            Some(database) => format!("{}.{}", quoted(&database), quoted(&schema)),
            None => quoted(&schema),
        }
    }
}

/// `name` as an SQL identifier.
pub(in crate::warehouses) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `text` as an SQL literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// What stands after FROM for the query's rows.
///
/// The engine lets only one SELECT come here, and the session takes only one statement at a time; brackets keep it a
/// part of Sluice's own. A line break ends a comment it may end with.
pub(super) fn source(query: &Query, place: &Place) -> String {
    match query {
        Query::Table(table) if table.schema.is_empty() => quoted(&table.name),
        Query::Table(table) => format!("{}.{}", place.schema_sql(&table.schema), quoted(&table.name)),
        Query::Sql(sql) => format!("(\n{}\n) AS \"query\"", without_end(sql, &SnowflakeDialect {})),
    }
}

/// What an error of the query means, in the user's names.
pub(super) fn query_error(session: &Session, error: Error, query: &Query) -> Error {
    let tables = match query {
        Query::Table(table) => vec![table.clone()],
        Query::Sql(sql) => named(sql),
    };
    let grants = error::grants(session, &tables);
    match (error.kind(), query) {
        // The server says no more to a role that may not see it, so the grant may be what is missing.
        (ErrorKind::MissingObject, Query::Table(table)) => Error::new(
            ErrorKind::MissingObject,
            format!("There is no table “{table}” any more, or this role may not see it."),
        )
        .with_hint("Choose another table. If it is there, have an administrator run the statements below.")
        .with_fix(grants)
        .with_source(error),
        (ErrorKind::MissingObject, Query::Sql(_)) if !grants.is_empty() => error
            .with_hint("Check the names in the query. If they are there, have an administrator run the statements below: the role may not see them.")
            .with_fix(grants),
        (ErrorKind::NotAllowed, _) if error.fix().is_none() && !grants.is_empty() => {
            error.with_hint("Have an administrator run the statements below.").with_fix(grants)
        }
        _ => error,
    }
}

/// The tables the user's SQL names, as a sync would name them.
fn named(sql: &str) -> Vec<TableName> {
    let tables = named_tables(sql, &SnowflakeDialect {}, str::to_uppercase);
    let table = |mut parts: Vec<String>| {
        let name = parts.pop().unwrap_or_default();
        let schema =
            parts.pop().map(|schema| TableName::new(parts.pop().unwrap_or_default(), schema).to_string());
        TableName::new(schema.unwrap_or_default(), name)
    };
    tables.into_iter().map(table).collect()
}

/// The columns of the query's rows.
pub(super) async fn fields(session: &Arc<Session>, query: &Query) -> Result<Vec<Column>> {
    let sql = format!("SELECT * FROM {}", source(query, &Place::of(session)));
    let described = describe(session, &sql).await.map_err(|error| query_error(session, error, query))?;
    check_names(described.iter().map(|field| field.name.as_str()))?;
    Ok(described.iter().map(column).collect())
}

/// The rows Snowflake's own books say a table has; they cost no query. Of a SELECT's rows they say nothing.
pub(super) async fn estimate(session: &Arc<Session>, query: &Query) -> Result<Option<u64>> {
    let Query::Table(table) = query else { return Ok(None) };
    if table.schema.is_empty() {
        return Ok(None);
    }
    let pattern = literal(&table.name.replace('_', "\\_").replace('%', "\\%"));
    let schema = Place::of(session).schema_sql(&table.schema);
    let listing = list(session, &format!("SHOW OBJECTS LIKE {pattern} IN SCHEMA {schema}")).await;
    let listing = listing.map_err(|error| query_error(session, error, query))?;
    let rows = listing
        .rows()
        .find(|row| row.get("name") == Some(&table.name))
        .and_then(|row| row.get("rows")?.parse().ok());
    Ok(rows.filter(|rows| *rows > 0))
}

/// Counts rows, null keys and duplicates on the server.
pub(super) async fn key_check(session: &Arc<Session>, query: &Query, key: &[String]) -> Result<KeyCheck> {
    chosen(&fields(session, query).await?, key)?;
    let names: Vec<String> = key.iter().map(|name| quoted(name)).collect();
    let null = names.iter().map(|name| format!("{name} IS NULL")).collect::<Vec<_>>().join(" OR ");
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(\"n\"), 0) AS NUMBER(38, 0)) AS \"rows\", \
         CAST(COALESCE(SUM(CASE WHEN \"none\" THEN \"n\" ELSE 0 END), 0) AS NUMBER(38, 0)) AS \"nulls\", \
         CAST(COALESCE(SUM(CASE WHEN \"none\" THEN 0 ELSE \"n\" - 1 END), 0) AS NUMBER(38, 0)) AS \"again\" \
         FROM (SELECT COUNT(*) AS \"n\", ({null}) AS \"none\" FROM {} GROUP BY {}, ({null})) AS \"keys\"",
        source(query, &Place::of(session)),
        names.join(", "),
    );
    let listing = list(session, &sql).await.map_err(|error| query_error(session, error, query))?;
    let row = listing.rows().next();
    let count = |name: &str| {
        let value = row.as_ref().and_then(|row| row.get(name)?.parse().ok());
        value.ok_or_else(|| Error::new(ErrorKind::BadAnswer, "Snowflake did not count the keys."))
    };
    Ok(KeyCheck { rows: count("rows")?, nulls: count("nulls")?, duplicates: count("again")? })
}
