//! Reading rows: one SELECT, its result handed over batch by batch. What the caller does not take stays with the server,
//! but for a few parts that are fetched ahead.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_engine::error::Result;
use sluice_engine::sync::Query;
use sluice_engine::value::{Columns, RowBatch};
use sluice_engine::warehouse::{Read, Rows};

use super::query::{Place, fields, literal, query_error, quoted, source};
use super::results::{Results, run};
use super::session::Session;
use crate::warehouses::select::{beyond, chosen};

/// Rows of a batch, unless they are long.
const BATCH_ROWS: usize = 1_000;
/// Bytes after which a batch is full.
const BATCH_BYTES: usize = 1 << 20;

/// Whether a batch takes no more.
pub(super) fn is_full(batch: &RowBatch) -> bool {
    batch.rows() >= BATCH_ROWS || batch.bytes() >= BATCH_BYTES
}

/// Starts to read; returns when the server has begun to answer.
pub(super) async fn start(session: &Arc<Session>, read: &Read) -> Result<Box<dyn Rows>> {
    let place = Place::of(session);
    let all = fields(session, &read.query).await?;
    let fields = chosen(&all, &read.columns)?;
    let names: Vec<String> = fields.iter().map(|column| quoted(&column.name)).collect();
    let limit = read.limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    let beyond = match &read.after {
        Some(after) => {
            chosen(&all, std::slice::from_ref(&after.column))?;
            beyond(&read.query, after, quoted, literal)
        }
        None => String::new(),
    };
    let sql = format!("SELECT {} FROM {}{beyond}{limit}", names.join(", "), source(&read.query, &place));
    let results = run(session, &sql).await.map_err(|error| query_error(session, error, &read.query))?;
    Ok(Box::new(SnowflakeRows { results, room: 0, query: read.query.clone(), session: session.clone() }))
}

struct SnowflakeRows {
    results: Results,
    query: Query,
    session: Arc<Session>,
    /// Bytes the largest batch had.
    room: usize,
}

#[async_trait]
impl Rows for SnowflakeRows {
    fn columns(&self) -> &Columns {
        &self.results.columns
    }

    async fn next(&mut self) -> Result<Option<RowBatch>> {
        let mut batch = RowBatch::with_room(self.results.columns.clone(), BATCH_ROWS, self.room);
        let filled = self.results.fill(&mut batch).await;
        filled.map_err(|error| query_error(&self.session, error, &self.query))?;
        self.room = self.room.max(batch.bytes());
        Ok((batch.rows() > 0).then_some(batch))
    }

    fn server_rows(&self) -> Option<u64> {
        self.results.counted()
    }
}
