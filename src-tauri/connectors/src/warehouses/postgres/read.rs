//! Reading rows: one query in a read-only transaction, streamed. What the caller does not take stays with
//! the server, but for what the sockets and one message buffer hold.

use std::pin::Pin;

use async_trait::async_trait;
use futures_util::{FutureExt, TryStreamExt};
use sluice_engine::error::Result;
use sluice_engine::sync::Query;
use sluice_engine::value::{Columns, RowBatch};
use sluice_engine::warehouse::{Read, Rows};
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Row, RowStream};

use super::client::{Login, Session};
use super::error::Failure;
use super::form::Form;
use super::query::{fields, literal, query_error, quoted, source};
use crate::warehouses::select::{beyond, chosen};

/// Rows of a batch, unless they are long.
pub(super) const BATCH_ROWS: usize = 1_000;
/// Bytes after which a batch is full.
pub(super) const BATCH_BYTES: usize = 1 << 20;

/// Starts to read; returns when the columns are known and the server has begun.
pub(super) async fn start(session: Session, read: &Read) -> Result<Box<dyn Rows>> {
    let all = fields(&session, &read.query).await?;
    let fields = chosen(&all, &read.columns)?;
    let expressions: Vec<&str> = fields.iter().map(|field| field.expression.as_str()).collect();
    let before = format!("SELECT {} FROM ", expressions.join(", "));
    let limit = read.limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    let beyond = match &read.after {
        Some(after) => {
            chosen(&all, std::slice::from_ref(&after.column))?;
            beyond(&read.query, after, quoted, literal)
        }
        None => String::new(),
    };
    let sql = format!("{before}{}{beyond}{limit}", source(&read.query));
    // How long reading takes is the caller's pace; the login's own limit, if it has one, still counts.
    session.run_before_long("BEGIN READ ONLY; RESET statement_timeout").await?;
    let stream = stream(&session, &sql).await;
    let stream = stream.map_err(|failure| query_error(&session.login, failure, &read.query, &before))?;
    let (columns, forms): (Vec<_>, Vec<_>) =
        fields.into_iter().map(|field| (field.column, field.form)).unzip();
    Ok(Box::new(PostgresRows {
        columns: columns.into(),
        forms,
        stream,
        query: read.query.clone(),
        before,
        login: session.login.clone(),
        room: 0,
        session: Some(session),
    }))
}

/// The rows of a query, of which none may have come yet.
pub(super) async fn stream(session: &Session, sql: &str) -> Result<Pin<Box<RowStream>>, Failure> {
    let parameters: [&(dyn ToSql + Sync); 0] = [];
    let statement = session.soon(session.client.prepare(sql)).await?;
    let stream = session.patiently(session.client.query_raw(&statement, parameters)).await?;
    Ok(Box::pin(stream))
}

/// The next row; the last one is followed by `None`.
pub(super) async fn next(
    session: &Session,
    stream: &mut Pin<Box<RowStream>>,
) -> Result<Option<Row>, Failure> {
    // Rows that are there already need no clock.
    match stream.try_next().now_or_never() {
        Some(row) => Ok(row?),
        None => session.patiently(stream.try_next()).await,
    }
}

struct PostgresRows {
    columns: Columns,
    forms: Vec<Form>,
    stream: Pin<Box<RowStream>>,
    query: Query,
    before: String,
    login: Login,
    /// Bytes the largest batch had.
    room: usize,
    /// While the server has more to send.
    session: Option<Session>,
}

#[async_trait]
impl Rows for PostgresRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    async fn next(&mut self) -> Result<Option<RowBatch>> {
        let mut batch = RowBatch::with_room(self.columns.clone(), BATCH_ROWS, self.room);
        while let Some(session) = &self.session
            && batch.rows() < BATCH_ROWS
            && batch.bytes() < BATCH_BYTES
        {
            match next(session, &mut self.stream).await {
                Ok(Some(row)) => push(&mut batch, &self.forms, &row),
                Ok(None) => self.end(),
                Err(failure) => {
                    self.end();
                    return Err(query_error(&self.login, failure, &self.query, &self.before));
                }
            }
        }
        self.room = self.room.max(batch.bytes());
        Ok((batch.rows() > 0).then_some(batch))
    }

    fn server_rows(&self) -> Option<u64> {
        self.stream.rows_affected()
    }
}

impl PostgresRows {
    fn end(&mut self) {
        if let Some(session) = self.session.take() {
            session.close();
        }
    }
}

fn push(batch: &mut RowBatch, forms: &[Form], row: &Row) {
    for (index, form) in forms.iter().enumerate() {
        push_cell(batch, form, row, index);
    }
}

/// Pushes one value of the row.
pub(super) fn push_cell(batch: &mut RowBatch, form: &Form, row: &Row, index: usize) {
    match row.try_get::<_, Bytes<'_>>(index) {
        Ok(Bytes(Some(bytes))) => batch.json_or(|out| form.write(bytes, out)),
        Ok(Bytes(None)) => batch.null(),
        Err(_) => batch.unreadable("came in a form Sluice does not know"),
    }
}

/// A value's bytes as they came.
struct Bytes<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Bytes<'a> {
    fn from_sql(_: &Type, bytes: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Some(bytes)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
