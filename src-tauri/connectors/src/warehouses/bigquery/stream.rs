//! One stream of a read session, read to its end: batches of rows from its messages, and going on where the
//! connection broke off.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use bytes::Bytes;
use gcloud_googleapis::cloud::bigquery::storage::v1 as api;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::{Columns, RowBatch};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tonic::{Code, Status};

use super::arrow_values::Cells;
use super::client::{Login, pause};
use super::read::{BATCH_BYTES, BATCH_ROWS};
use super::schema::Form;
use super::storage::{Client, from_status, is_passing, request};

/// For the next message. A server that has nothing to send says so now and then.
const MESSAGE: Duration = Duration::from_secs(120);
/// How often in a row it may break off without a message in between.
const BREAKS: u32 = 5;
/// Ends an Arrow stream. A stand-in puts it after the schema, where rows are still to come.
const END_OF_STREAM: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// A stream to read.
pub(super) struct Stream {
    pub(super) login: Arc<Login>,
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) schema: Bytes,
    /// The columns' names and forms.
    pub(super) forms: Arc<[(String, Form)]>,
    pub(super) columns: Columns,
}

/// Why a stream was left.
enum Broken {
    /// It may go on from where it was.
    Off(Status),
    /// It can not.
    For(Error),
    /// Nobody takes its rows.
    Unwanted,
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::For(error)
    }
}

impl Stream {
    /// Reads to the end; the last thing sent is an error, where there was one.
    pub(super) async fn read(mut self, batches: mpsc::Sender<Result<RowBatch>>) {
        let (mut offset, mut breaks) = (0, 0);
        loop {
            let before = offset;
            let error = match self.read_on(&mut offset, &batches).await {
                Ok(()) | Err(Broken::Unwanted) => return,
                Err(Broken::For(error)) => error,
                Err(Broken::Off(status)) => {
                    breaks = if offset > before { 1 } else { breaks + 1 };
                    let signed_out = status.code() == Code::Unauthenticated;
                    if signed_out {
                        self.login.tokens.forget().await;
                    }
                    if breaks <= BREAKS && (is_passing(&status) || (signed_out && breaks == 1)) {
                        pause(breaks, None).await;
                        continue;
                    }
                    from_status(&self.login, &status)
                }
            };
            // Where nobody listens any more nobody needs to know.
            drop(batches.send(Err(error)).await);
            return;
        }
    }

    /// Reads from row `offset`, which moves on with what was handed over.
    async fn read_on(
        &mut self,
        offset: &mut i64,
        batches: &mpsc::Sender<Result<RowBatch>>,
    ) -> std::result::Result<(), Broken> {
        let wanted = api::ReadRowsRequest { read_stream: self.name.clone(), offset: *offset };
        let request = request(&self.login, wanted, &format!("read_stream={}", self.name)).await?;
        let late = |_| Broken::Off(Status::deadline_exceeded("no message"));
        let answer = timeout(MESSAGE, self.client.read_rows(request)).await.map_err(late)?;
        let mut messages = answer.map_err(Broken::Off)?.into_inner();
        let mut decoder = StreamDecoder::new();
        let schema = self.schema.strip_suffix(END_OF_STREAM).map_or(self.schema.len(), <[u8]>::len);
        decode(&mut decoder, self.schema.slice(..schema))?;
        loop {
            let message = timeout(MESSAGE, messages.message()).await.map_err(late)?;
            let Some(message) = message.map_err(Broken::Off)? else { return Ok(()) };
            let rows = match message.rows {
                Some(api::read_rows_response::Rows::ArrowRecordBatch(batch)) => {
                    decode(&mut decoder, batch.serialized_record_batch.into())?
                }
                Some(api::read_rows_response::Rows::AvroRows(_)) => return Err(malformed().into()),
                None => None,
            };
            let got = rows.as_ref().map_or(0, RecordBatch::num_rows);
            if got as i64 != message.row_count {
                return Err(miscounted(got, message.row_count).into());
            }
            if let Some(rows) = rows {
                self.hand_over(&rows, batches).await?;
            }
            *offset += message.row_count;
        }
    }

    async fn hand_over(
        &self,
        rows: &RecordBatch,
        batches: &mpsc::Sender<Result<RowBatch>>,
    ) -> std::result::Result<(), Broken> {
        let mut row = 0;
        while row < rows.num_rows() {
            let batch = self.batch(rows, &mut row)?;
            batches.send(Ok(batch)).await.map_err(|_| Broken::Unwanted)?;
        }
        Ok(())
    }

    fn batch(&self, rows: &RecordBatch, row: &mut usize) -> Result<RowBatch> {
        let cells = self.forms.iter().map(|(name, form)| {
            let array = rows.column_by_name(name).ok_or_else(malformed)?;
            Ok(Cells::of(form, array.as_ref()))
        });
        let cells: Vec<Cells<'_>> = cells.collect::<Result<_>>()?;
        let mut batch = RowBatch::with_room(self.columns.clone(), BATCH_ROWS, BATCH_ROWS * 64);
        while *row < rows.num_rows() && batch.rows() < BATCH_ROWS && batch.bytes() < BATCH_BYTES {
            for cell in &cells {
                cell.push(*row, &mut batch);
            }
            *row += 1;
        }
        Ok(batch)
    }
}

/// Hands a message to the decoder, and takes the batch that was in it.
fn decode(decoder: &mut StreamDecoder, bytes: Bytes) -> Result<Option<RecordBatch>> {
    let mut buffer = Buffer::from(bytes);
    let mut rows = None;
    while !buffer.is_empty() {
        let batch = decoder.decode(&mut buffer).map_err(|error| malformed().with_source(error))?;
        if let Some(batch) = batch
            && rows.replace(batch).is_some()
        {
            return Err(malformed());
        }
    }
    Ok(rows)
}

fn malformed() -> Error {
    Error::new(ErrorKind::BadAnswer, "The rows BigQuery sent could not be understood.")
}

fn miscounted(got: usize, told: i64) -> Error {
    Error::new(ErrorKind::IncompleteRead, format!("BigQuery sent {got} rows and said that they are {told}."))
}
