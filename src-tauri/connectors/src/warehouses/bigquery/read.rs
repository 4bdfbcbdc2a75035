//! Reading rows: a query runs as a job, and its result is read by Storage Read, or over the REST API where that
//! is refused or the result is small.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::sync::dialect::BigQueryDialect;
use sluice_engine::sync::{Query, TableName, without_end};
use sluice_engine::value::{Columns, RowBatch};
use sluice_engine::warehouse::{Cost, Read, Rows};

use super::client::Login;
use super::cost;
use super::error::Doing;
use super::job::{Done, Job, Statement, unsaid};
use super::name::quoted;
use super::pages::{self, Of, Pages};
use super::query::{self, Plan, TableInfo, beyond, explained, source};
use super::schema::Field;
use super::storage::{self, Begun, Source, Streams};
use crate::warehouses::select::chosen;

/// Rows of a batch, unless they are long.
pub(super) const BATCH_ROWS: usize = 1_000;
/// Bytes after which a batch is full.
pub(super) const BATCH_BYTES: usize = 1 << 20;
/// Rows that one page brings faster than a session.
const FEW: u64 = 1_000;
/// A sample of a table has at most so many rows.
const SAMPLE: u64 = 10_000;

/// Starts to read; returns when the server has the rows ready.
pub(super) async fn start(login: &Arc<Login>, read: &Read) -> Result<Box<dyn Rows>> {
    let stored = match &read.query {
        Query::Table(table) if read.after.is_none() && !table.name.contains('*') => {
            Some((table, TableInfo::get(login, table).await?)).filter(|(_, found)| found.kind == "TABLE")
        }
        Query::Table(_) | Query::Sql(_) => None,
    };
    if let (Some((table, found)), Some(limit)) = (&stored, read.limit)
        && let Some(sample) = sample(login, read, table, found, limit).await?
    {
        return Ok(Box::new(sample));
    }
    let from = source(login, &read.query)?;
    let all = query::plan(login, &read.query, &format!("SELECT * FROM {from}")).await?;
    let fields = chosen(&all.fields, &read.columns)?;
    let statement = statement(read, &from, &all.fields)?;
    let bytes = bytes(login, read, &statement, &all).await?;
    cost::within(bytes, login.maximum_bytes)?;
    if let (Some((table, _)), None) = (&stored, read.limit)
        && let Some(rows) = of_table(login, read, table, &fields).await?
    {
        return Ok(Box::new(rows));
    }
    let done = match Job::run(login, &Statement::new(&statement.sql), Doing::Running).await {
        Ok(done) => done,
        Err(error) => return Err(explained(login, &read.query, error).await),
    };
    let places = if statement.as_it_is { places(&all.fields, &fields) } else { (0..fields.len()).collect() };
    Ok(Box::new(of_job(login, &done, &fields, places, statement.ordered).await?))
}

/// Whether a shorter way to the rows is closed for this table, so that a query has to fetch them.
fn is_not_for_this(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotAllowed
            | ErrorKind::BadQuery
            | ErrorKind::ValueInQuery
            | ErrorKind::TooCostly
            | ErrorKind::QueryTooLarge
    )
}

/// What a read takes: the bytes of its columns.
pub(super) async fn cost(login: &Login, read: &Read) -> Result<Option<Cost>> {
    let from = source(login, &read.query)?;
    let all = query::plan(login, &read.query, &format!("SELECT * FROM {from}")).await?;
    let statement = statement(read, &from, &all.fields)?;
    Ok(Some(cost::of(bytes(login, read, &statement, &all).await?)))
}

/// Reads the first row of a table, which costs nothing; false where only a query gets at its rows, which would.
pub(super) async fn first_row(login: &Arc<Login>, table: &TableName) -> Result<bool> {
    let found = TableInfo::get(login, table).await?;
    let one = Read { limit: Some(1), ..Read::all(Query::Table(table.clone())) };
    let Some(mut rows) = sample(login, &one, table, &found, 1).await? else { return Ok(false) };
    rows.next().await?;
    Ok(true)
}

/// The bytes a read's statement looks through; `all` is the plan for all columns and rows.
async fn bytes(login: &Login, read: &Read, statement: &Reading, all: &Plan) -> Result<u64> {
    if statement.as_it_is || (read.columns.is_empty() && read.after.is_none()) {
        return Ok(all.bytes);
    }
    match Statement::new(&statement.sql).plan(login, Doing::Query).await {
        Ok(planned) => Ok(planned.bytes),
        Err(error) => Err(explained(login, &read.query, error).await),
    }
}

/// What runs for a read.
struct Reading {
    sql: String,
    /// The order of its rows counts.
    ordered: bool,
    /// It is the user's own query, with all its columns.
    as_it_is: bool,
}

/// Where each of `fields` is among all columns.
fn places(all: &[Field], fields: &[Field]) -> Vec<usize> {
    let place = |field: &Field| all.iter().position(|one| one.column.name == field.column.name);
    fields.iter().filter_map(place).collect()
}

/// The statement for what is left to a query.
fn statement(read: &Read, from: &str, fields: &[Field]) -> Result<Reading> {
    // A query inside another loses its order, which decides between rows of one key: it runs as it is.
    if let Query::Sql(sql) = &read.query
        && has_order(sql)
        && read.limit.is_none()
        && read.after.is_none()
    {
        let sql = without_end(sql, &BigQueryDialect {}).to_owned();
        return Ok(Reading { sql, ordered: true, as_it_is: true });
    }
    let columns = match read.columns.as_slice() {
        [] => "*".to_owned(),
        names => names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "),
    };
    let beyond = read.after.as_ref().map(|after| beyond(after, fields)).transpose()?.unwrap_or_default();
    let limit = read.limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    let sql = format!("SELECT {columns} FROM {from} AS `query`{beyond}{limit}");
    Ok(Reading { sql, ordered: read.after.is_some(), as_it_is: false })
}

/// Google's own client looks for the same words, and as little cares where they are: too many streams would
/// cost the order, one stream too few only time.
fn has_order(sql: &str) -> bool {
    let words: Vec<String> = sql.split_whitespace().map(str::to_ascii_lowercase).collect();
    words.windows(2).any(|pair| pair[0].ends_with("order") && pair[1].starts_with("by"))
}

/// The rows of a job's result.
pub(super) async fn of_job(
    login: &Arc<Login>,
    done: &Done,
    fields: &[Field],
    places: Vec<usize>,
    ordered: bool,
) -> Result<BigQueryRows> {
    let total = pages::count(login, done).await?;
    let columns: Columns = fields.iter().map(|field| field.column.clone()).collect();
    let path = done.destination.as_ref().map(super::job::Destination::path).filter(|_| total > FEW);
    if let Some(path) = path
        && let Begun::Streams(streams) =
            storage::start(login, &Source { path, ordered, snapshot: None }, fields, &columns).await?
    {
        return Ok(BigQueryRows {
            columns,
            feed: Feed::Streams(streams),
            total: Some(total),
            ended: false,
            whole: false,
        });
    }
    let forms = fields.iter().map(|field| field.form.clone()).collect();
    let pages = Pages::new(login, Of::Job(done.clone()), columns.clone(), forms, None).at(places);
    Ok(BigQueryRows {
        columns,
        feed: Feed::Pages(Box::new(pages)),
        total: Some(total),
        ended: false,
        whole: false,
    })
}

/// A table's own rows, which costs less than a query; `None` where only a query gets at them.
///
/// A count that looks at no row (and so costs nothing) says how many they are, and as of when: the session reads
/// the same moment.
async fn of_table(
    login: &Arc<Login>,
    read: &Read,
    table: &TableName,
    fields: &[Field],
) -> Result<Option<BigQueryRows>> {
    if login.storage.is_none() {
        return Ok(None);
    }
    let from = source(login, &read.query)?;
    let sql = format!(
        "SELECT COUNT(*) AS row_count, UNIX_MICROS(CURRENT_TIMESTAMP()) AS counted_at \
         FROM {from} FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()"
    );
    let done = match Job::run(login, &Statement::new(&sql), Doing::Running).await {
        Ok(done) => done,
        // Not every table can be read as of a moment.
        Err(error) if is_not_for_this(&error) => return Ok(None),
        Err(error) => return Err(explained(login, &read.query, error).await),
    };
    let counted = pages::one_row(login, &done).await?;
    let number = |index: usize| counted.get(index).and_then(|text| text.parse::<i64>().ok());
    let (Some(total), Some(at)) = (number(0), number(1)) else {
        return Err(unsaid("how many rows the table has"));
    };
    let columns: Columns = fields.iter().map(|field| field.column.clone()).collect();
    let dataset = query::dataset(login, table)?;
    let path = format!("projects/{}/datasets/{}/tables/{}", dataset.project, dataset.dataset, table.name);
    let source = Source { path, ordered: false, snapshot: Some(at) };
    Ok(match storage::start(login, &source, fields, &columns).await? {
        Begun::Refused => None,
        Begun::Streams(streams) => Some(BigQueryRows {
            columns,
            feed: Feed::Streams(streams),
            total: Some(total.unsigned_abs()),
            ended: false,
            whole: false,
        }),
    })
}

/// The first rows of a table, which cost nothing to list; `None` where a query has to fetch them.
async fn sample(
    login: &Arc<Login>,
    read: &Read,
    table: &TableName,
    found: &TableInfo,
    limit: u64,
) -> Result<Option<BigQueryRows>> {
    if limit > SAMPLE {
        return Ok(None);
    }
    let all = super::schema::fields(&found.schema)?;
    let fields = chosen(&all, &read.columns)?;
    let places = places(&all, &fields);
    let dataset = query::dataset(login, table)?;
    let path = [dataset.project, "datasets".into(), dataset.dataset, "tables".into(), table.name.clone()];
    let columns: Columns = fields.iter().map(|field| field.column.clone()).collect();
    let forms = fields.into_iter().map(|field| field.form).collect();
    let mut pages =
        Pages::new(login, Of::Table(path.to_vec()), columns.clone(), forms, Some(limit)).at(places);
    match pages.go_on().await {
        Ok(_) => {}
        // Tables whose rows or columns are guarded can only be queried.
        Err(error) if is_not_for_this(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    Ok(Some(BigQueryRows {
        columns,
        feed: Feed::Pages(Box::new(pages)),
        total: None,
        ended: false,
        whole: false,
    }))
}

/// The rows ended before the server's own count.
pub(super) fn short(got: u64) -> Error {
    Error::new(
        ErrorKind::IncompleteRead,
        format!("The rows ended after {got}, before all that BigQuery counted."),
    )
}

/// Rows, whichever way they come.
pub(super) struct BigQueryRows {
    columns: Columns,
    feed: Feed,
    /// Rows of the result as the server counted them; `None` for a sample.
    total: Option<u64>,
    ended: bool,
    /// It ended well.
    whole: bool,
}

enum Feed {
    Streams(Streams),
    Pages(Box<Pages>),
}

#[async_trait]
impl Rows for BigQueryRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    async fn next(&mut self) -> Result<Option<RowBatch>> {
        let batch = match &mut self.feed {
            _ if self.ended => return Ok(None),
            Feed::Streams(streams) => streams.next().await,
            Feed::Pages(pages) => pages.next().await,
        };
        self.whole = matches!(batch, Ok(None));
        self.ended = !matches!(batch, Ok(Some(_)));
        batch
    }

    fn server_rows(&self) -> Option<u64> {
        match &self.feed {
            _ if !self.whole => None,
            // Rows that came in lately are listed before they are counted.
            Feed::Pages(pages) if self.total.is_none() => pages.total.map(|total| pages.expected(total)),
            Feed::Streams(_) | Feed::Pages(_) => self.total,
        }
    }
}
