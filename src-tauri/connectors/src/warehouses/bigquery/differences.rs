//! What a comparison found, read from the tables it left: changed rows, then repeated ones, then gone keys.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_engine::differ::{Counted, Differences, NumberedRows, Part};
use sluice_engine::error::Result;
use sluice_engine::value::{Cell, Column, ColumnType, Columns, RowBatch};
use sluice_engine::warehouse::Rows as _;

use super::client::Login;
use super::error::Doing;
use super::job::{Job, Statement, unsaid};
use super::read::{self, BigQueryRows};
use super::schema::{Field, Form};

/// Which part is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Changed,
    Repeated,
    Gone,
    Ended,
}

/// What a comparison found.
pub(super) struct Found {
    login: Arc<Login>,
    /// Drops the tables.
    clearing: String,
    columns: Columns,
    fields: Vec<Field>,
    key: Vec<usize>,
    whole: bool,
    statements: [Option<String>; 3],
    counted: Counted,
    stage: Stage,
    rows: Option<BigQueryRows>,
    /// Rows of the part that were handed out.
    got: u64,
}

impl Found {
    pub(super) fn new(
        login: &Arc<Login>,
        clearing: String,
        fields: Vec<Field>,
        key: Vec<usize>,
        whole: bool,
        statements: [Option<String>; 3],
        counted: Counted,
    ) -> Self {
        let columns = fields.iter().map(|field| field.column.clone()).collect();
        let login = login.clone();
        Self {
            login,
            clearing,
            columns,
            fields,
            key,
            whole,
            statements,
            counted,
            stage: Stage::Changed,
            rows: None,
            got: 0,
        }
    }

    /// The columns of the part that have values, by their places.
    fn places(&self) -> Vec<usize> {
        match self.stage {
            Stage::Changed => (0..self.fields.len()).collect(),
            Stage::Repeated | Stage::Gone | Stage::Ended => self.key.clone(),
        }
    }

    fn statement(&mut self) -> Option<String> {
        match self.stage {
            Stage::Changed => self.statements[0].take(),
            Stage::Repeated => self.statements[1].take(),
            Stage::Gone => self.statements[2].take(),
            Stage::Ended => None,
        }
    }

    /// Begins to read the part; false where it has none.
    async fn begin(&mut self) -> Result<bool> {
        let Some(sql) = self.statement() else { return Ok(false) };
        let column =
            |name: String, native: &str, logical| Column { name, logical, native: native.to_owned() };
        let mut fields: Vec<Field> = self
            .places()
            .into_iter()
            .map(|index| {
                let Field { column: known, form } = &self.fields[index];
                Field {
                    column: column(format!("c{index}"), &known.native, known.logical),
                    form: form.clone(),
                }
            })
            .collect();
        fields.push(Field {
            column: column("number".to_owned(), "INT64", ColumnType::Integer),
            form: Form::Integer,
        });
        let done = Job::run(&self.login, &Statement::new(&sql), Doing::Running).await?;
        let places = (0..fields.len()).collect();
        self.rows = Some(read::of_job(&self.login, &done, &fields, places, true).await?);
        self.got = 0;
        Ok(true)
    }

    /// The read rows with every column, and their numbers.
    fn numbered(&self, read: &RowBatch) -> Result<NumberedRows> {
        let places = self.places();
        let mut rows = RowBatch::with_room(self.columns.clone(), read.rows(), read.bytes());
        let mut numbers = Vec::with_capacity(read.rows());
        for row in 0..read.rows() {
            for column in 0..self.fields.len() {
                match places.iter().position(|place| *place == column).map(|place| read.cell(row, place)) {
                    None | Some(Cell::Null) => rows.null(),
                    Some(Cell::Json(json)) => rows.json(|out| out.extend_from_slice(json)),
                    Some(Cell::Unreadable(reason)) => rows.unreadable(reason),
                }
            }
            let number = match read.cell(row, places.len()) {
                Cell::Json(json) => std::str::from_utf8(json).ok().and_then(|text| text.parse().ok()),
                Cell::Null | Cell::Unreadable(_) => None,
            };
            numbers.push(number.ok_or_else(|| unsaid("the number of a row"))?);
        }
        Ok(NumberedRows { rows, numbers })
    }

    /// Goes on to the next part.
    async fn go_on(&mut self) -> Result<()> {
        self.stage = match self.stage {
            Stage::Changed => Stage::Repeated,
            Stage::Repeated => Stage::Gone,
            Stage::Gone | Stage::Ended => {
                self.stage = Stage::Ended;
                // The rows are read; tables that stay behind would expire.
                let clearing = Statement::new(&self.clearing);
                return Job::run(&self.login, &clearing, Doing::Running).await.map(drop);
            }
        };
        Ok(())
    }
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
        while self.stage != Stage::Ended {
            if self.rows.is_none() && !self.begin().await? {
                self.go_on().await?;
                continue;
            }
            let Some(rows) = &mut self.rows else { continue };
            if let Some(batch) = rows.next().await? {
                self.got += batch.rows() as u64;
                let numbered = self.numbered(&batch)?;
                return Ok(Some(match self.stage {
                    Stage::Changed => Part::Changed(numbered),
                    Stage::Repeated => Part::Repeated(numbered),
                    Stage::Gone | Stage::Ended => Part::Gone(numbered),
                }));
            }
            // Each part has to be whole: gone keys are counted nowhere else.
            if rows.server_rows() != Some(self.got) {
                return Err(read::short(self.got));
            }
            self.rows = None;
            self.go_on().await?;
        }
        Ok(None)
    }

    fn counted(&self) -> Option<Counted> {
        (self.stage == Stage::Ended).then_some(self.counted)
    }
}
