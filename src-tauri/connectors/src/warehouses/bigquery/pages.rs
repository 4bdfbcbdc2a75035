//! Rows over the REST API, page after page: what is there to read without Storage Read, and samples of tables
//! (<https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults>).

use std::sync::Arc;

use serde::Deserialize;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::{Columns, RowBatch};

use super::client::Login;
use super::error::{Doing, Said, from_said};
use super::job::{Done, located, unsaid};
use super::read::{BATCH_BYTES, BATCH_ROWS};
use super::schema::Form;
use super::text_values::{TextRow, push};

/// Rows asked for at once; the server sends fewer where they are long.
const PAGE_ROWS: u64 = 5_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    rows: Vec<TextRow>,
    total_rows: Option<String>,
    #[serde(rename = "pageToken")]
    token: Option<String>,
    #[serde(default)]
    errors: Vec<Said>,
    job_complete: Option<bool>,
}

/// How many rows a job's result has, as the server counted them.
pub(super) async fn count(login: &Login, done: &Done) -> Result<u64> {
    let page = page(login, &Of::Job(done.clone()), 0, None).await?;
    page.total_rows.and_then(|rows| rows.parse().ok()).ok_or_else(|| unsaid("how many rows the result has"))
}

/// The texts of a result's only row.
pub(super) async fn one_row(login: &Login, done: &Done) -> Result<Vec<String>> {
    let page = page(login, &Of::Job(done.clone()), 1, None).await?;
    page.rows.first().map(TextRow::texts).ok_or_else(|| unsaid("what it was asked for"))
}

/// Whose rows.
#[derive(Clone)]
pub(super) enum Of {
    /// Of a job.
    Job(Done),
    /// Of a table: its path below `projects/`.
    Table(Vec<String>),
}

async fn page(login: &Login, of: &Of, rows: u64, token: Option<&str>) -> Result<Page> {
    let mut query =
        vec![("maxResults", rows.to_string()), ("formatOptions.useInt64Timestamp", "true".to_owned())];
    query.extend(token.map(|token| ("pageToken", token.to_owned())));
    let page: Page = match of {
        Of::Job(done) => {
            query.extend(located(done.location.as_deref()));
            login.get(&[&login.project, "queries", &done.id], &query, Doing::Running).await?
        }
        Of::Table(path) => {
            let mut parts: Vec<&str> = path.iter().map(String::as_str).collect();
            parts.push("data");
            login.get(&parts, &query, Doing::Query).await?
        }
    };
    // An answer can tell of an error under the status of a success.
    if let Some(said) = page.errors.first() {
        return Err(from_said(login, said, 200, Doing::Running));
    }
    if page.job_complete == Some(false) {
        return Err(Error::new(ErrorKind::TimedOut, "BigQuery did not have the rows ready in time."));
    }
    Ok(page)
}

/// Rows, page after page.
pub(super) struct Pages {
    login: Arc<Login>,
    of: Of,
    columns: Columns,
    forms: Vec<Form>,
    /// Where in a row of the answer each column is.
    places: Vec<usize>,
    /// Rows still to be handed out at most.
    left: u64,
    rows: std::vec::IntoIter<TextRow>,
    token: Option<String>,
    asked: bool,
    /// Rows the server says there are.
    pub(super) total: Option<u64>,
    handed_out: u64,
}

impl Pages {
    pub(super) fn new(
        login: &Arc<Login>,
        of: Of,
        columns: Columns,
        forms: Vec<Form>,
        limit: Option<u64>,
    ) -> Self {
        Self {
            login: login.clone(),
            of,
            columns,
            places: (0..forms.len()).collect(),
            forms,
            left: limit.unwrap_or(u64::MAX),
            rows: Vec::new().into_iter(),
            token: None,
            asked: false,
            total: None,
            handed_out: 0,
        }
    }

    /// The same, where the answer's rows have other columns too.
    pub(super) fn at(self, places: Vec<usize>) -> Self {
        Self { places, ..self }
    }

    /// Rows that should have been handed out, where the table has so many.
    pub(super) fn expected(&self, total: u64) -> u64 {
        total.max(self.handed_out).min(self.handed_out.saturating_add(self.left))
    }

    /// Asks for the next page; false where there is none.
    pub(super) async fn go_on(&mut self) -> Result<bool> {
        if self.left == 0 || (self.asked && self.token.is_none()) {
            return Ok(false);
        }
        let rows = PAGE_ROWS.min(self.left);
        let page = page(&self.login, &self.of, rows, self.token.as_deref()).await?;
        let total = page.total_rows.and_then(|rows| rows.parse().ok());
        self.total = Some(total.ok_or_else(|| unsaid("how many rows the result has"))?);
        // A table that is emptied while it is sampled has come to its end; a result never changes.
        let at_end = page.rows.is_empty() && matches!(self.of, Of::Table(_));
        if page.rows.is_empty() && page.token.is_some() && !at_end {
            let message = "BigQuery sent a page without rows in the middle of them.";
            return Err(Error::new(ErrorKind::IncompleteRead, message));
        }
        let token = page.token.filter(|_| !at_end);
        (self.rows, self.token, self.asked) = (page.rows.into_iter(), token, true);
        Ok(self.rows.len() > 0)
    }

    pub(super) async fn next(&mut self) -> Result<Option<RowBatch>> {
        if self.rows.len() == 0 && !self.go_on().await? {
            return Ok(None);
        }
        let mut batch = RowBatch::new(self.columns.clone());
        while self.left > 0 && batch.rows() < BATCH_ROWS && batch.bytes() < BATCH_BYTES {
            let Some(row) = self.rows.next() else { break };
            push(&mut batch, &self.forms, &self.places, &row);
            self.left -= 1;
            self.handed_out += 1;
        }
        Ok((batch.rows() > 0).then_some(batch))
    }
}
