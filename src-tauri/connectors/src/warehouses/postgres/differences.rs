//! What a comparison found, streamed from the session's temporary tables.

use std::pin::Pin;

use async_trait::async_trait;
use sluice_engine::differ::{Counted, Differences, NumberedRows, Part};
use sluice_engine::error::Result;
use sluice_engine::value::{Columns, RowBatch};
use tokio_postgres::RowStream;

use super::client::{Login, Session};
use super::error;
use super::form::Form;
use super::query::Field;
use super::read::{BATCH_BYTES, BATCH_ROWS, next, push_cell, stream};

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
    forms: Vec<Form>,
    key: Vec<usize>,
    whole: bool,
    statements: [String; 3],
    counted: Counted,
    stage: Stage,
    /// Until it has ended.
    stream: Option<Pin<Box<RowStream>>>,
    login: Login,
    /// While the server has more to send.
    session: Option<Session>,
}

impl Found {
    pub(super) async fn start(
        session: Session,
        fields: Vec<Field>,
        key: Vec<usize>,
        whole: bool,
        statements: [String; 3],
        counted: Counted,
    ) -> Result<Box<dyn Differences>> {
        session.run("BEGIN READ ONLY").await?;
        let stream = stream(&session, &statements[0]).await.map_err(|failure| session.error(failure))?;
        let (columns, forms): (Vec<_>, Vec<_>) =
            fields.into_iter().map(|field| (field.column, field.form)).unzip();
        Ok(Box::new(Self {
            columns: columns.into(),
            forms,
            key,
            whole,
            statements,
            counted,
            stage: Stage::Changed,
            stream: Some(stream),
            login: session.login.clone(),
            session: Some(session),
        }))
    }

    /// Where each column's value stands in a row of the stream.
    fn places(&self) -> Vec<Option<usize>> {
        let columns = 0..self.forms.len();
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
        while let (Some(session), Some(stream)) = (&self.session, &mut self.stream)
            && rows.rows() < BATCH_ROWS
            && rows.bytes() < BATCH_BYTES
        {
            let row = match next(session, stream).await {
                Ok(Some(row)) => row,
                Ok(None) => {
                    self.stream = None;
                    break;
                }
                Err(error) => return Err(error::from_server(&self.login, error)),
            };
            for (place, form) in places.iter().zip(&self.forms) {
                match place {
                    Some(place) => push_cell(&mut rows, form, &row, *place),
                    None => rows.null(),
                }
            }
            let number: i64 =
                row.try_get(row.len() - 1).map_err(|error| error::from_server(&self.login, error))?;
            numbers.push(number.unsigned_abs());
        }
        Ok(NumberedRows { rows, numbers })
    }

    /// Goes on to the next part; false where there is none.
    async fn go_on(&mut self) -> Result<bool> {
        let (stage, statement) = match self.stage {
            Stage::Changed => (Stage::Repeated, &self.statements[1]),
            Stage::Repeated => (Stage::Gone, &self.statements[2]),
            Stage::Gone => {
                if let Some(session) = self.session.take() {
                    session.close();
                }
                return Ok(false);
            }
        };
        let Some(session) = &self.session else { return Ok(false) };
        self.stream = Some(stream(session, statement).await.map_err(|failure| session.error(failure))?);
        self.stage = stage;
        Ok(true)
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
        while self.session.is_some() {
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
        self.session.is_none().then_some(self.counted)
    }
}
