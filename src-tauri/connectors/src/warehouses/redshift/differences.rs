//! What a comparison found, streamed from the session's temporary tables.

use async_trait::async_trait;
use sluice_engine::differ::{Counted, Differences, NumberedRows, Part};
use sluice_engine::error::Result;
use sluice_engine::value::Columns;

use super::client::{Login, Session};
use super::error;
use super::form::Form;
use super::query::Field;
use super::read::{Cursor, push_cell};
use super::wire::{Values, malformed};

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
    /// While the server has more to send.
    cursor: Option<Cursor>,
    has_ended: bool,
    login: Login,
}

impl Found {
    pub(super) async fn start(
        mut session: Session,
        fields: Vec<Field>,
        key: Vec<usize>,
        whole: bool,
        statements: [String; 3],
        counted: Counted,
    ) -> Result<Box<dyn Differences>> {
        session.run("BEGIN READ ONLY").await?;
        let login = session.login.clone();
        let cursor = Cursor::open(session, &statements[0]).await;
        let cursor = Some(cursor.map_err(|failure| error::from(&login, failure))?);
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
            cursor,
            has_ended: false,
            login,
        }))
    }

    /// Which columns the values of a row are of.
    fn places(&self) -> Vec<usize> {
        match self.stage {
            Stage::Changed => (0..self.forms.len()).collect(),
            Stage::Repeated | Stage::Gone => self.key.clone(),
        }
    }

    async fn batch(&mut self) -> Result<NumberedRows> {
        let (places, forms) = (self.places(), &self.forms);
        let mut numbers = Vec::new();
        let Some(cursor) = &mut self.cursor else {
            return Err(error::from(&self.login, error::Failure::Cut(malformed())));
        };
        let push = |batch: &mut sluice_engine::value::RowBatch, values: &mut Values<'_>| {
            if values.left() != places.len() + 1 {
                return Err(malformed());
            }
            let mut texts = vec![None; forms.len()];
            for place in &places {
                texts[*place] = values.next()?;
            }
            for (form, text) in forms.iter().zip(texts) {
                push_cell(batch, *form, text);
            }
            let number = values.next()?.and_then(|number| std::str::from_utf8(number).ok()?.parse().ok());
            numbers.push(number.ok_or_else(malformed)?);
            Ok(())
        };
        let rows = cursor.batch(&self.columns, push).await;
        match rows {
            Ok(rows) => Ok(NumberedRows { rows, numbers }),
            Err(failure) => {
                self.cursor = None;
                Err(error::from(&self.login, failure))
            }
        }
    }

    /// Goes on to the next part, where there is one.
    async fn go_on(&mut self) -> Result<()> {
        let Some(mut session) = self.cursor.take().and_then(Cursor::into_session) else { return Ok(()) };
        let (stage, statement) = match self.stage {
            Stage::Changed => (Stage::Repeated, &self.statements[1]),
            Stage::Repeated => (Stage::Gone, &self.statements[2]),
            Stage::Gone => {
                self.has_ended = true;
                session.close();
                return Ok(());
            }
        };
        session.run("CLOSE sluice_rows").await?;
        session.has_rows = false;
        let cursor = Cursor::open(session, statement).await;
        self.cursor = Some(cursor.map_err(|failure| error::from(&self.login, failure))?);
        self.stage = stage;
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
        while !self.has_ended {
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
        self.has_ended.then_some(self.counted)
    }
}
