//! What a comparison found, streamed from its tables.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_engine::differ::{Counted, Differences, NumberedRows, Part};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::{Cell, Columns, RowBatch};

use super::listing::list;
use super::results::{Results, run};
use super::session::Session;
use crate::goodbye;

/// The tables of one comparison; they are dropped with it.
pub(super) struct Work {
    session: Arc<Session>,
    /// The query's rows, as SQL.
    pub(super) rows: String,
    /// Keys without a row.
    pub(super) gone: String,
}

impl Work {
    pub(super) fn new(session: &Arc<Session>, rows: String, gone: String) -> Self {
        Self { session: session.clone(), rows, gone }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let session = self.session.clone();
        let tables = [std::mem::take(&mut self.rows), std::mem::take(&mut self.gone)];
        goodbye::say(async move {
            for table in tables {
                // What stays is dropped when the next comparison begins.
                drop(list(&session, &format!("DROP TABLE IF EXISTS {table}")).await);
            }
        });
    }
}

/// Which part is streamed.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Changed,
    Repeated,
    Gone,
}

/// What a comparison found.
pub(super) struct Found {
    columns: Columns,
    key: Vec<usize>,
    whole: bool,
    counted: Counted,
    stage: Stage,
    /// Until it has ended.
    results: Option<Results>,
    given: u64,
    /// While there is more to stream.
    work: Option<Work>,
}

impl Found {
    pub(super) async fn start(
        work: Work,
        columns: Columns,
        key: Vec<usize>,
        whole: bool,
        counted: Counted,
    ) -> Result<Box<dyn Differences>> {
        let mut found =
            Self { columns, key, whole, counted, stage: Stage::Changed, results: None, given: 0, work: None };
        found.results = Some(run(&work.session, &found.statement(&work)).await?);
        found.work = Some(work);
        Ok(Box::new(found))
    }

    fn statement(&self, work: &Work) -> String {
        let columns =
            (0..self.columns.len()).map(|index| format!("\"c{index}\", ")).collect::<Vec<_>>().concat();
        let key = (0..self.key.len()).map(|at| format!("\"k{at}\", ")).collect::<Vec<_>>().concat();
        match self.stage {
            Stage::Changed => format!(
                "SELECT {columns}\"number\" FROM {} WHERE NOT \"same\" AND \"first\" ORDER BY \"number\"",
                work.rows
            ),
            Stage::Repeated => {
                format!("SELECT {key}\"number\" FROM {} WHERE NOT \"first\" ORDER BY \"number\"", work.rows)
            }
            Stage::Gone => format!("SELECT {key}\"number\" FROM {} ORDER BY \"number\"", work.gone),
        }
    }

    /// Where each column's value stands in a row of the stream.
    fn places(&self) -> Vec<Option<usize>> {
        let columns = 0..self.columns.len();
        match self.stage {
            Stage::Changed => columns.map(Some).collect(),
            Stage::Repeated | Stage::Gone => {
                columns.map(|column| self.key.iter().position(|key| *key == column)).collect()
            }
        }
    }

    async fn batch(&mut self) -> Result<NumberedRows> {
        let mut rows = RowBatch::new(self.columns.clone());
        let mut numbers = Vec::new();
        let places = self.places();
        let Some(results) = &mut self.results else { return Ok(NumberedRows { rows, numbers }) };
        let mut read = RowBatch::new(results.columns.clone());
        results.fill(&mut read).await?;
        for row in 0..read.rows() {
            for place in &places {
                match place.map(|place| read.cell(row, place)) {
                    None | Some(Cell::Null) => rows.null(),
                    Some(Cell::Json(json)) => rows.json(|out| out.extend_from_slice(json)),
                    Some(Cell::Unreadable(reason)) => rows.unreadable(reason),
                }
            }
            numbers.push(number(&read, row)?);
        }
        self.given += read.rows() as u64;
        if read.rows() == 0 {
            if results.counted() != Some(self.given) {
                return Err(Error::new(
                    ErrorKind::IncompleteRead,
                    "Snowflake’s answer ended before its own count.",
                ));
            }
            self.results = None;
        }
        Ok(NumberedRows { rows, numbers })
    }

    /// Goes on to the next part.
    async fn go_on(&mut self) -> Result<()> {
        self.stage = match self.stage {
            Stage::Changed => Stage::Repeated,
            Stage::Repeated => Stage::Gone,
            Stage::Gone => {
                self.work = None;
                return Ok(());
            }
        };
        let Some(work) = &self.work else { return Ok(()) };
        self.given = 0;
        self.results = Some(run(&work.session, &self.statement(work)).await?);
        Ok(())
    }
}

/// The number in the last column.
fn number(read: &RowBatch, row: usize) -> Result<u64> {
    let number = match read.cell(row, read.columns().len() - 1) {
        Cell::Json(json) => serde_json::from_slice(json).ok(),
        Cell::Null | Cell::Unreadable(_) => None,
    };
    number.ok_or_else(|| Error::new(ErrorKind::BadAnswer, "Snowflake gave a row without its number."))
}

#[async_trait]
impl Differences for Found {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn is_whole(&self) -> bool {
        self.whole
    }

    async fn next(&mut self) -> Result<Option<Part>> {
        while self.work.is_some() {
            let batch = self.batch().await?;
            if !batch.numbers.is_empty() {
                return Ok(Some(match self.stage {
                    Stage::Changed => Part::Changed(batch),
                    Stage::Repeated => Part::Repeated(batch),
                    Stage::Gone => Part::Gone(batch),
                }));
            }
            self.go_on().await?;
        }
        Ok(None)
    }

    fn counted(&self) -> Option<Counted> {
        self.work.is_none().then_some(self.counted)
    }
}
