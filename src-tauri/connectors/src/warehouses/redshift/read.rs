//! Reading rows: one query through a cursor in a read-only transaction, fetched in pages.
//!
//! Redshift does not count the rows of a SELECT when it ends, but it counts those of every FETCH
//! (<https://github.com/aws/amazon-redshift-python-driver/blob/master/redshift_connector/core.py>, `handle_COMMAND_COMPLETE`).
//! So a read has ended when a FETCH gave none, and the counts of all of them are the server's own.

use std::time::Duration;

use async_trait::async_trait;
use sluice_engine::error::Result;
use sluice_engine::sync::Query;
use sluice_engine::value::{Columns, RowBatch};
use sluice_engine::warehouse::{Read, Rows};

use super::client::{Event, Login, Session};
use super::error::Failure;
use super::form::Form;
use super::query::{Field, fields, literal, query_error, quoted, source};
use super::wire::{Values, malformed};
use crate::warehouses::select::{beyond, chosen};

/// Rows of a batch, unless they are long.
pub(super) const BATCH_ROWS: usize = 1_000;
/// Bytes after which a batch is full.
pub(super) const BATCH_BYTES: usize = 1 << 20;
/// Rows of one FETCH. A cluster of one node takes no more
/// (<https://docs.aws.amazon.com/redshift/latest/dg/declare.html>), so a page is several of them.
const FETCH_ROWS: usize = 1_000;
/// How many `FETCH` are in the first page: one for a short read, and one that finds its end.
const FIRST_PAGE: usize = 2;
/// How many are in the longest page. Each page has twice as many as the one before. Between two pages the server waits until all of
/// the first has arrived; those of the last page beyond the end are for nothing.
const LONGEST_PAGE: usize = 256;

/// Starts to read; returns when the columns are known and the server has begun.
pub(super) async fn start(mut session: Session, read: &Read) -> Result<Box<dyn Rows>> {
    let all = fields(&mut session, &read.query).await?;
    let fields = chosen(&all, &read.columns)?;
    let asked: Vec<String> = fields.iter().map(Field::asked).collect();
    let before = format!("SELECT {} FROM ", asked.join(", "));
    let limit = read.limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    let beyond = match &read.after {
        Some(after) => {
            chosen(&all, std::slice::from_ref(&after.column))?;
            beyond(&read.query, after, quoted, literal)
        }
        None => String::new(),
    };
    let sql = format!("{before}{}{beyond}{limit}", source(&session, &read.query));
    let (login, query) = (session.login.clone(), read.query.clone());
    let before = format!("{DECLARE}{before}");
    // How long reading takes is the caller's pace; the login's own limit, if it has one, still counts.
    session.run_before_long("BEGIN READ ONLY; RESET statement_timeout").await?;
    let cursor = Cursor::open(session, &sql).await;
    let cursor = cursor.map_err(|failure| query_error(&login, failure, &query, &before))?;
    let (columns, forms): (Vec<_>, Vec<_>) =
        fields.into_iter().map(|field| (field.column, field.form)).unzip();
    let columns = columns.into();
    Ok(Box::new(RedshiftRows { columns, forms, cursor, query, before, login }))
}

const DECLARE: &str = "DECLARE sluice_rows CURSOR FOR ";
/// How long the server may plan a query, before it runs it.
const DECLARE_WITHIN: Duration = Duration::from_secs(600);

/// A cursor, and the session it is the only one of.
pub(super) struct Cursor {
    /// While there may be rows.
    session: Option<Session>,
    /// How many `FETCH` are in the next page.
    page: usize,
    /// Rows since the server counted last.
    since: u64,
    /// Rows the server has counted.
    counted: u64,
    /// A FETCH gave none.
    at_end: bool,
    /// The server has answered everything it was asked.
    has_ended: bool,
    /// Bytes the largest batch had.
    room: usize,
}

impl Cursor {
    /// Opens it in the session's transaction.
    pub(super) async fn open(mut session: Session, sql: &str) -> Result<Self, Failure> {
        session.collect(&format!("{DECLARE}{sql}"), DECLARE_WITHIN).await?;
        let mut cursor = Self {
            session: Some(session),
            page: FIRST_PAGE,
            since: 0,
            counted: 0,
            at_end: false,
            has_ended: false,
            room: 0,
        };
        cursor.turn_page().await?;
        Ok(cursor)
    }

    async fn turn_page(&mut self) -> Result<(), Failure> {
        let fetches = format!("FETCH FORWARD {FETCH_ROWS} FROM sluice_rows;").repeat(self.page);
        self.page = LONGEST_PAGE.min(self.page * 2);
        if let Some(session) = &mut self.session {
            session.ask(&fetches).await?;
        }
        Ok(())
    }

    /// The next row; `None` at the end, when the session is idle again.
    async fn next(&mut self) -> Result<Option<bytes::Bytes>, Failure> {
        while let Some(session) = self.session.as_mut().filter(|_| !self.has_ended) {
            match session.event().await? {
                Event::Row(body) => {
                    session.has_rows = true;
                    self.since += 1;
                    return Ok(Some(body));
                }
                Event::Complete(tag) => self.count(&tag)?,
                Event::Ready if self.at_end => self.has_ended = true,
                Event::Ready => self.turn_page().await?,
            }
        }
        Ok(None)
    }

    /// Compares what came with what the server says that it sent.
    fn count(&mut self, tag: &str) -> Result<(), Failure> {
        let counted: Option<u64> = tag.strip_prefix("FETCH ").and_then(|count| count.trim().parse().ok());
        if counted != Some(self.since) {
            return Err(Failure::Cut(malformed()));
        }
        self.counted += self.since;
        self.at_end |= self.since == 0;
        self.since = 0;
        Ok(())
    }

    /// A batch of rows, each given to `push` with its values; empty at the end.
    pub(super) async fn batch(
        &mut self,
        columns: &Columns,
        mut push: impl FnMut(&mut RowBatch, &mut Values<'_>) -> std::io::Result<()> + Send,
    ) -> Result<RowBatch, Failure> {
        let mut batch = RowBatch::with_room(columns.clone(), BATCH_ROWS, self.room);
        let has_room = |batch: &RowBatch| batch.rows() < BATCH_ROWS && batch.bytes() < BATCH_BYTES;
        while has_room(&batch)
            && let Some(body) = self.next().await?
        {
            push(&mut batch, &mut Values::of(&body)?)?;
            // One was waited for; those that came with it are taken where they are.
            if let Some(session) = self.session.as_mut().filter(|_| has_room(&batch)) {
                self.since += session.take_rows(|body| {
                    push(&mut batch, &mut Values::of(body)?)?;
                    Ok(has_room(&batch))
                })?;
            }
        }
        self.room = self.room.max(batch.bytes());
        Ok(batch)
    }

    /// The session, for the next query.
    pub(super) fn into_session(mut self) -> Option<Session> {
        self.session.take()
    }
}

struct RedshiftRows {
    columns: Columns,
    forms: Vec<Form>,
    cursor: Cursor,
    query: Query,
    before: String,
    login: Login,
}

#[async_trait]
impl Rows for RedshiftRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    async fn next(&mut self) -> Result<Option<RowBatch>> {
        let forms = &self.forms;
        let batch = self.cursor.batch(&self.columns, |batch, values| push_row(batch, forms, values)).await;
        match batch {
            Ok(batch) if batch.rows() > 0 => Ok(Some(batch)),
            Ok(_) => {
                self.end();
                Ok(None)
            }
            Err(failure) => {
                self.cursor.session = None;
                Err(query_error(&self.login, failure, &self.query, &self.before))
            }
        }
    }

    fn server_rows(&self) -> Option<u64> {
        self.cursor.has_ended.then_some(self.cursor.counted)
    }
}

impl RedshiftRows {
    fn end(&mut self) {
        if let Some(session) = self.cursor.session.take() {
            session.close();
        }
    }
}

fn push_row(batch: &mut RowBatch, forms: &[Form], values: &mut Values<'_>) -> std::io::Result<()> {
    if values.left() != forms.len() {
        return Err(malformed());
    }
    for form in forms {
        push_cell(batch, *form, values.next()?);
    }
    Ok(())
}

/// Pushes a value of the row.
pub(super) fn push_cell(batch: &mut RowBatch, form: Form, text: Option<&[u8]>) {
    match text {
        Some(text) => batch.json_or(|out| form.write(text, out)),
        None => batch.null(),
    }
}
