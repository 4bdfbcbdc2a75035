//! A statement, from sending it to the last row of its result.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::{Column, Columns, RowBatch};
use tokio::time::sleep;

use super::arrow::ArrowRows;
use super::body::Body;
use super::chunks::Chunks;
use super::error;
use super::json_rows::JsonRows;
use super::part::Part;
use super::read::is_full;
use super::session::{Running, Session, is_expired};
use super::transport::may_help;
use super::values::{Form, native};
use super::wire::{Answer, RUNNING, RowType};

/// Times a statement is sent again, because its answer was cut or its session ended.
const TRIES: u32 = 4;
/// How much longer than the server's own limit a statement is waited for.
const GRACE: Duration = Duration::from_secs(120);
/// The longest pause between two questions whether a statement has ended; the server holds each for up to 45 seconds.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The result of a statement.
pub(super) struct Results {
    pub(super) columns: Columns,
    forms: Arc<[Form]>,
    /// Until its end.
    body: Option<Body>,
    rows: Decoder,
    part: Option<Part>,
    chunks: Option<Chunks>,
    session: Arc<Session>,
    running: Running,
    /// Rows of the result, as the server counted them; known after the end of its answer.
    pub(super) total: Option<u64>,
    /// Rows pushed.
    pub(super) given: u64,
}

enum Decoder {
    Arrow(ArrowRows),
    Json(JsonRows),
}

impl Decoder {
    fn feed(&mut self, bytes: Bytes) {
        match self {
            Self::Arrow(rows) => rows.feed(bytes),
            Self::Json(rows) => rows.feed(&bytes),
        }
    }

    fn push(&mut self, batch: &mut RowBatch) -> Result<()> {
        match self {
            Self::Arrow(rows) => rows.push(batch),
            Self::Json(rows) => rows.push(batch),
        }
    }

    /// Makes sure that it ended whole, and answers with how many rows it had.
    fn finish(&mut self) -> Result<u64> {
        match self {
            Self::Arrow(rows) => rows.finish().map(|()| rows.count),
            Self::Json(rows) => rows.finish().map(|()| rows.count),
        }
    }
}

/// What came of sending a statement.
enum Sent {
    Answered(Body),
    /// Its session had ended, and there is another now.
    Expired,
    /// Its answer broke off.
    Cut(Error),
}

/// Runs a statement; returns when its result begins.
pub(super) async fn run(session: &Arc<Session>, sql: &str) -> Result<Results> {
    Statement { session, sql, describe: false }.run().await
}

/// The columns a statement would answer with, without running it.
pub(super) async fn describe(session: &Arc<Session>, sql: &str) -> Result<Vec<RowType>> {
    let (mut running, body) = Statement { session, sql, describe: true }.answered().await?;
    running.ended();
    Ok(body.answer::<Answer>()?.data.unwrap_or_default().row_type)
}

struct Statement<'a> {
    session: &'a Arc<Session>,
    sql: &'a str,
    describe: bool,
}

impl Statement<'_> {
    async fn run(self) -> Result<Results> {
        let session = self.session.clone();
        let (running, body) = self.answered().await?;
        let answer: Answer = body.answer()?.data.unwrap_or_default();
        Results::new(session, running, body, &answer)
    }

    /// Sends it until there is an answer with a result.
    async fn answered(self) -> Result<(Running, Body)> {
        let mut running = Running::new(self.session.clone());
        for _ in 1..TRIES {
            if let Sent::Answered(body) = self.once(&mut running).await? {
                return Ok((running, body));
            }
        }
        match self.once(&mut running).await? {
            Sent::Answered(body) => Ok((running, body)),
            Sent::Cut(error) => Err(error),
            Sent::Expired => {
                Err(Error::new(ErrorKind::SignInFailed, "Snowflake ends every session as soon as it begins."))
            }
        }
    }

    /// Sends it once, and waits for its end. It may be sent again under the same id: a statement that did arrive is not
    /// run a second time.
    async fn once(&self, running: &mut Running) -> Result<Sent> {
        let body = json!({
            "sqlText": self.sql,
            "asyncExec": false,
            "sequenceId": 1,
            "describeOnly": self.describe,
        });
        let query = [("requestId", running.request())];
        let (response, token) = self.session.send("/queries/v1/query-request", &query, Some(body)).await?;
        let mut body = match Body::begin(response).await {
            Ok(body) => body,
            Err(error) if may_help(&error) => return Ok(Sent::Cut(error)),
            Err(error) => return Err(error),
        };
        let mut token = token;
        let mut has_run = false;
        let (mut pause, began) = (Duration::from_millis(10), Instant::now());
        let mut result_at = String::new();
        loop {
            if !body.has_ended() {
                return Ok(Sent::Answered(body));
            }
            let answer = body.answer::<Answer>()?;
            let data = answer.data.unwrap_or_default();
            if is_expired(&answer.code) {
                self.session.renew(&token, &answer.code).await?;
                if !has_run {
                    return Ok(Sent::Expired);
                }
            } else if RUNNING.contains(&answer.code.as_str()) {
                has_run = true;
                result_at = data.get_result_url.unwrap_or(result_at);
            } else if answer.success {
                return Ok(Sent::Answered(body));
            } else {
                running.ended();
                return Err(error::from_statement(
                    &self.session.login,
                    &answer.code,
                    data.sql_state.as_deref().unwrap_or_default(),
                    &answer.message,
                ));
            }
            if began.elapsed() > self.session.login.statement_timeout + GRACE || result_at.is_empty() {
                return Err(Error::new(ErrorKind::TimedOut, "The query did not end in time."));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            let (response, now) = self.session.send(&result_at, &[], None).await?;
            token = now;
            body = Body::begin(response).await?;
        }
    }
}

impl Results {
    fn new(session: Arc<Session>, running: Running, body: Body, answer: &Answer) -> Result<Self> {
        if answer.row_type.is_empty() {
            return Err(Error::new(
                ErrorKind::BadAnswer,
                "Snowflake did not say which columns its rows have.",
            ));
        }
        let forms: Arc<[Form]> = answer.row_type.iter().map(Form::of).collect();
        Ok(Self {
            columns: answer.row_type.iter().map(column).collect(),
            rows: Decoder::Arrow(ArrowRows::new(forms.clone())),
            forms,
            body: Some(body),
            part: None,
            chunks: None,
            session,
            running,
            total: None,
            given: 0,
        })
    }

    /// Pushes rows until the batch is full or there are no more.
    pub(super) async fn fill(&mut self, batch: &mut RowBatch) -> Result<()> {
        let before = batch.rows();
        loop {
            self.rows.push(batch)?;
            if is_full(batch) || !self.feed().await? {
                break;
            }
        }
        self.given += (batch.rows() - before) as u64;
        Ok(())
    }

    /// Hands the decoder more; false where there is no more.
    async fn feed(&mut self) -> Result<bool> {
        if let Some(body) = &mut self.body {
            match body.next().await? {
                Some(bytes) => self.rows.feed(bytes),
                None => self.answer_ended()?,
            }
            return Ok(true);
        }
        if let Some(part) = &mut self.part {
            if let Some(bytes) = part.next()? {
                self.rows.feed(bytes);
                return Ok(true);
            }
            let expected = part.rows;
            self.part = None;
            let had = self.rows.finish()?;
            if had != expected {
                let message = format!("A part of the result has {had} rows, and Snowflake says {expected}.");
                return Err(Error::new(ErrorKind::IncompleteRead, message));
            }
        }
        let Some(chunks) = &mut self.chunks else { return Ok(false) };
        self.part = chunks.next().await?;
        if self.part.is_none() {
            self.chunks = None;
            self.running.ended();
            return Ok(false);
        }
        self.rows = match self.rows {
            Decoder::Arrow(_) => Decoder::Arrow(ArrowRows::new(self.forms.clone())),
            Decoder::Json(_) => Decoder::Json(JsonRows::new(self.forms.clone(), Vec::new())),
        };
        Ok(true)
    }

    /// What the whole answer says, now that it is there.
    fn answer_ended(&mut self) -> Result<()> {
        let Some(body) = self.body.take() else { return Ok(()) };
        let answer = body.answer::<Answer>()?;
        let mut data = answer.data.unwrap_or_default();
        if !answer.success {
            let state = data.sql_state.as_deref().unwrap_or_default();
            return Err(error::from_statement(&self.session.login, &answer.code, state, &answer.message));
        }
        self.total = data.total;
        if self.total.is_none() {
            return Err(Error::new(ErrorKind::BadAnswer, "Snowflake did not say how many rows there are."));
        }
        let format = data.query_result_format.as_deref().unwrap_or_default();
        if format.eq_ignore_ascii_case("arrow") {
            self.rows.finish()?;
        } else {
            self.rows =
                Decoder::Json(JsonRows::new(self.forms.clone(), data.rowset.take().unwrap_or_default()));
        }
        self.chunks = Some(Chunks::of(&self.session, &mut data)?);
        Ok(())
    }

    /// The server's own count, once every row was read.
    pub(super) fn counted(&self) -> Option<u64> {
        let ended = self.body.is_none() && self.chunks.is_none() && self.part.is_none();
        self.total.filter(|_| ended)
    }
}

/// A column of a result.
pub(super) fn column(row_type: &RowType) -> Column {
    Column { name: row_type.name.clone(), logical: Form::of(row_type).logical(), native: native(row_type) }
}
