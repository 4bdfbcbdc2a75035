//! Tables and columns.

use rusqlite::Connection;
use rusqlite::types::Type;
use sluice_engine::error::Result;
use sluice_engine::sync::dialect::SQLiteDialect;
use sluice_engine::sync::{Query, TableName, without_end};
use sluice_engine::value::{Column, ColumnType};
use sluice_engine::warehouse::{Table, TableKind};

use super::error::{from_query, missing};
use super::read::{count, rows_of};
use crate::warehouses::select::check_names;

/// The schemas the sample shows.
pub(super) const SCHEMAS: &[&str] = &["analytics", "app", "crm", "edge_cases"];

/// The schema of tables that somebody added to the file.
const ADDED: &str = "main";

/// Rows looked at to tell the type of a column that is computed, for which SQLite declares none.
const LOOKED_AT: usize = 100;

fn schema_of(table: &str) -> &'static str {
    match table {
        "lead_scores" | "workspace_created" => "analytics",
        "logins" | "workspaces" | "visitors" => "app",
        "leads" => "crm",
        "no_identifier" | "messy_keys" | "every_type" | "empty_table" => "edge_cases",
        _ => ADDED,
    }
}

/// Every table and view, with its exact number of rows.
pub(super) fn tables(connection: &Connection) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    let sql = "select name, type from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'";
    let mut statement = connection.prepare(sql)?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let kind = if kind == "view" { TableKind::View } else { TableKind::Table };
        let name = TableName::new(schema_of(&name), name);
        // A view that somebody broke is listed all the same.
        let rows = count(connection, &Query::Table(name.clone())).ok();
        tables.push(Table { name, kind, rows });
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tables)
}

/// The table under its full name, or an error that says it is missing.
pub(super) fn find(connection: &Connection, table: &TableName) -> Result<TableName> {
    let schema = schema_of(&table.name);
    let there = connection
        .prepare("select 1 from sqlite_schema where name = ?1 and type in ('table', 'view')")?
        .exists([&table.name])?;
    if there && (table.schema.is_empty() || table.schema == schema) {
        Ok(TableName::new(schema, &table.name))
    } else {
        Err(missing(&format!("table “{table}”")))
    }
}

/// The columns of the query's rows.
pub(super) fn columns(connection: &Connection, query: &Query) -> Result<Vec<Column>> {
    let sql = rows_of(connection, query)?;
    let mut statement = connection.prepare(&sql).map_err(from_query)?;
    if let Query::Sql(sql) = query {
        // Inside brackets SQLite would rename one of two.
        check_names(
            connection.prepare(without_end(sql, &SQLiteDialect {})).map_err(from_query)?.column_names(),
        )?;
    }
    let mut columns: Vec<Column> = Vec::new();
    for column in statement.columns() {
        let native = column.decl_type().unwrap_or_default().to_uppercase();
        columns.push(Column { name: column.name().to_owned(), logical: declared(&native), native });
    }
    let mut rows = statement.query([]).map_err(from_query)?;
    for _ in 0..LOOKED_AT {
        if columns.iter().all(|column| !column.native.is_empty()) {
            break;
        }
        let Some(row) = rows.next().map_err(from_query)? else { break };
        for (index, column) in columns.iter_mut().enumerate().filter(|(_, column)| column.native.is_empty()) {
            let (logical, native) = match row.get_ref(index)?.data_type() {
                Type::Null => continue,
                Type::Integer => (ColumnType::Integer, "INTEGER"),
                Type::Real => (ColumnType::Number, "REAL"),
                Type::Text => (ColumnType::Text, "TEXT"),
                Type::Blob => (ColumnType::Bytes, "BLOB"),
            };
            (column.logical, column.native) = (logical, native.to_owned());
        }
    }
    Ok(columns)
}

fn declared(native: &str) -> ColumnType {
    match native {
        "TEXT" => ColumnType::Text,
        "INTEGER" => ColumnType::Integer,
        "REAL" | "DECIMAL_TEXT" => ColumnType::Number,
        "BOOLEAN" => ColumnType::Boolean,
        "DATE" => ColumnType::Date,
        "TIME" => ColumnType::Time,
        "TIMESTAMP" => ColumnType::Timestamp,
        "JSON_TEXT" => ColumnType::Json,
        "BLOB" => ColumnType::Bytes,
        _ => ColumnType::Other,
    }
}
