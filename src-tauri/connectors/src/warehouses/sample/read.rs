//! Reading rows: on a thread of its own, into a small channel, in one read transaction.

use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{Connection, InterruptHandle};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::dialect::SQLiteDialect;
use sluice_engine::sync::{Query, without_end};
use sluice_engine::value::{Column, Columns, RowBatch};
use sluice_engine::warehouse::{After, KeyCheck, Read, Rows};
use tokio::sync::{mpsc, oneshot};

use super::catalogue;
use super::error::{from_query, missing};
use super::file::SampleFile;
use super::values;

/// Rows of a batch, unless they are long.
const BATCH_ROWS: usize = 1_000;
/// Bytes after which a batch is full.
const BATCH_BYTES: usize = 1 << 20;
/// Batches that may wait for the reader.
const BATCHES_AHEAD: usize = 2;

/// `name` as an SQL identifier.
pub(in crate::warehouses) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// SQL for every row of the query.
pub(super) fn rows_of(connection: &Connection, query: &Query) -> Result<String> {
    match query {
        Query::Table(table) => {
            let table = catalogue::find(connection, table)?;
            Ok(format!("select * from {}.{}", quoted(&table.schema), quoted(&table.name)))
        }
        // A line break ends a comment the query may end with.
        Query::Sql(sql) => Ok(format!("select * from (\n{}\n)", without_end(sql, &SQLiteDialect {}))),
    }
}

/// How many rows the query has.
pub(super) fn count(connection: &Connection, query: &Query) -> Result<u64> {
    let sql = format!("select count(*) from ({})", rows_of(connection, query)?);
    connection.query_row(&sql, [], |row| counted(row, 0)).map_err(from_query)
}

/// SQLite counts in signed numbers.
fn counted(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

/// Counts rows, null keys and duplicates.
pub(super) fn key_check(connection: &Connection, query: &Query, key: &[String]) -> Result<KeyCheck> {
    chosen(catalogue::columns(connection, query)?, key)?;
    let names: Vec<String> = key.iter().map(|name| quoted(name)).collect();
    let null = names.iter().map(|name| format!("{name} is null")).collect::<Vec<_>>().join(" or ");
    let sql = format!(
        "select coalesce(sum(n), 0), coalesce(sum(n) filter (where no_key), 0), coalesce(sum(n - 1) filter (where not no_key), 0) \
         from (select count(*) as n, ({null}) as no_key from ({}) group by {})",
        rows_of(connection, query)?,
        names.join(", "),
    );
    let check = |row: &rusqlite::Row<'_>| {
        Ok(KeyCheck { rows: counted(row, 0)?, nulls: counted(row, 1)?, duplicates: counted(row, 2)? })
    };
    connection.query_row(&sql, [], check).map_err(from_query)
}

/// The columns of these names, in their order; all where there are no names.
fn chosen(all: Vec<Column>, names: &[String]) -> Result<Vec<Column>> {
    if names.is_empty() {
        return Ok(all);
    }
    let find = |name: &String| {
        let found = all.iter().find(|column| column.name == *name).cloned();
        found.ok_or_else(|| missing(&format!("column “{name}” in this query")))
    };
    names.iter().map(find).collect()
}

enum Part {
    Batch(RowBatch),
    /// The end, with SQLite's own count.
    End(u64),
}

/// Starts to read; returns when the columns are known.
pub(super) async fn start(file: &SampleFile, read: Read) -> Result<Box<dyn Rows>> {
    let file = file.clone();
    let (parts, received) = mpsc::channel(BATCHES_AHEAD);
    let (opened, opening) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let (connection, columns) = match prepare(&file, &read) {
            Ok(prepared) => prepared,
            Err(error) => return drop(opened.send(Err(error))),
        };
        if opened.send(Ok((columns.clone(), connection.get_interrupt_handle()))).is_err() {
            return;
        }
        if let Err(error) = stream(&connection, &read, &columns, &parts) {
            // Where the reader is gone, nobody is left to tell.
            drop(parts.blocking_send(Err(error)));
        }
    });
    let (columns, interrupt) = opening.await.map_err(|_| stopped())??;
    Ok(Box::new(SampleRows { columns, received, interrupt, server_rows: None }))
}

fn prepare(file: &SampleFile, read: &Read) -> Result<(Connection, Columns)> {
    let connection = file.open()?;
    let all = catalogue::columns(&connection, &read.query)?;
    if let Some(after) = &read.after {
        chosen(all.clone(), std::slice::from_ref(&after.column))?;
    }
    let columns = chosen(all, &read.columns)?;
    Ok((connection, columns.into()))
}

fn stream(
    connection: &Connection,
    read: &Read,
    columns: &Columns,
    parts: &mpsc::Sender<Result<Part>>,
) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let limit = read.limit.map(|limit| format!(" limit {limit}")).unwrap_or_default();
    let (beyond, values) = read.after.as_ref().map_or((String::new(), Vec::new()), beyond);
    let rows = rows_of(&transaction, &read.query)?;
    let sql = format!("select {} from ({rows}){beyond}{limit}", names.join(", "));
    let values = || rusqlite::params_from_iter(values.iter());
    let server_rows = transaction
        .query_row(&format!("select count(*) from ({sql})"), values(), |row| counted(row, 0))
        .map_err(from_query)?;
    let mut statement = transaction.prepare(&sql).map_err(from_query)?;
    let mut rows = statement.query(values()).map_err(from_query)?;
    let mut batch = RowBatch::new(columns.clone());
    while let Some(row) = rows.next().map_err(from_query)? {
        for (index, column) in columns.iter().enumerate() {
            values::push(&mut batch, column, row.get_ref(index)?);
        }
        if batch.rows() >= BATCH_ROWS || batch.bytes() >= BATCH_BYTES {
            let full = std::mem::replace(&mut batch, RowBatch::new(columns.clone()));
            if parts.blocking_send(Ok(Part::Batch(full))).is_err() {
                return Ok(());
            }
        }
    }
    if batch.rows() > 0 && parts.blocking_send(Ok(Part::Batch(batch))).is_err() {
        return Ok(());
    }
    drop(parts.blocking_send(Ok(Part::End(server_rows))));
    Ok(())
}

/// Only rows beyond a cursor, in its order, and the value that goes with it.
fn beyond(after: &After) -> (String, Vec<Value>) {
    let column = quoted(&after.column);
    let Some(text) = after.text() else {
        return (format!(" where {column} is not null order by {column}"), Vec::new());
    };
    // A number is compared as one also where the column is computed, and has no type of its own.
    let is_number = after.value.as_deref() == Some(text.as_str());
    let number = || text.parse().map(Value::Integer).or_else(|_| text.parse().map(Value::Real)).ok();
    let value = is_number.then(number).flatten().unwrap_or(Value::Text(text));
    (format!(" where {column} > ?1 order by {column}"), vec![value])
}

fn stopped() -> Error {
    Error::new(ErrorKind::IncompleteRead, "Reading the sample stopped before its end.")
}

struct SampleRows {
    columns: Columns,
    received: mpsc::Receiver<Result<Part>>,
    interrupt: InterruptHandle,
    server_rows: Option<u64>,
}

#[async_trait]
impl Rows for SampleRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    async fn next(&mut self) -> Result<Option<RowBatch>> {
        if self.server_rows.is_some() {
            return Ok(None);
        }
        match self.received.recv().await.ok_or_else(stopped)?? {
            Part::Batch(batch) => Ok(Some(batch)),
            Part::End(rows) => {
                self.server_rows = Some(rows);
                Ok(None)
            }
        }
    }

    fn server_rows(&self) -> Option<u64> {
        self.server_rows
    }
}

impl Drop for SampleRows {
    fn drop(&mut self) {
        self.interrupt.interrupt();
    }
}
