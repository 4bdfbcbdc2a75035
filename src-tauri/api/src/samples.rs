//! The first rows of a query, kept while somebody shapes a payload from them.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sluice_engine::Result;
use sluice_engine::engine::Engine;
use sluice_engine::sync::Query;
use sluice_engine::value::{Cell, Columns, RowBatch};
use sluice_engine::warehouse::{Cost, Read};

/// Rows of a sample.
const ROWS: u64 = 100;
/// Samples kept.
const KEPT: usize = 4;

/// The first rows of a query.
pub(crate) struct Sample {
    pub(crate) columns: Columns,
    batches: Vec<RowBatch>,
    pub(crate) total_rows: Option<u64>,
    pub(crate) cost: Option<Cost>,
    pub(crate) read_at: DateTime<Utc>,
    pub(crate) took_ms: f64,
}

impl Sample {
    #[cfg(test)]
    pub(crate) fn of(batches: Vec<RowBatch>) -> Self {
        let columns = batches[0].columns().clone();
        Self { columns, batches, total_rows: None, cost: None, read_at: DateTime::UNIX_EPOCH, took_ms: 0.0 }
    }

    pub(crate) fn rows(&self) -> usize {
        self.batches.iter().map(RowBatch::rows).sum()
    }

    /// The batch that holds `row`, and its place there.
    pub(crate) fn locate(&self, row: usize) -> Option<(&RowBatch, usize)> {
        let mut rest = row;
        for batch in &self.batches {
            if rest < batch.rows() {
                return Some((batch, rest));
            }
            rest -= batch.rows();
        }
        None
    }

    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        self.locate(row).map_or(Cell::Null, |(batch, row)| batch.cell(row, column))
    }
}

/// Samples read lately, newest first.
#[derive(Default)]
pub(crate) struct Samples(Mutex<Vec<(String, Query, Arc<Sample>)>>);

impl Samples {
    /// The sample of a query, read now or lately.
    pub(crate) async fn get(
        &self,
        engine: &Arc<Engine>,
        connection: &str,
        query: &Query,
        fresh: bool,
    ) -> Result<Arc<Sample>> {
        let known = |(name, kept, _): &&(String, Query, Arc<Sample>)| name == connection && kept == query;
        if !fresh && let Some((.., sample)) = self.lock().iter().find(known) {
            return Ok(sample.clone());
        }
        let sample = Arc::new(read(engine, connection, query).await?);
        let mut kept = self.lock();
        kept.retain(|(name, query_kept, _)| name != connection || query_kept != query);
        kept.insert(0, (connection.to_owned(), query.clone(), sample.clone()));
        kept.truncate(KEPT);
        Ok(sample)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(String, Query, Arc<Sample>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(engine: &Arc<Engine>, connection: &str, query: &Query) -> Result<Sample> {
    let started = std::time::Instant::now();
    let read_at = engine.clock().now();
    let (opener, name, asked) = (engine.clone(), connection.to_owned(), query.clone());
    let opening = tokio::task::spawn_blocking(move || opener.warehouse_for(&name, &asked));
    let warehouse = opening.await.map_err(ended)??;
    let all = Read::all(query.clone());
    let mut rows = warehouse.read(&Read { limit: Some(ROWS), ..all.clone() }).await?;
    let mut batches = Vec::new();
    while let Some(batch) = rows.next().await? {
        batches.push(batch);
    }
    let columns = rows.columns().clone();
    // Row count and cost are a comfort; without them the sample is still there.
    let total_rows = warehouse.estimate(query).await.unwrap_or(None);
    let cost = warehouse.cost(&all).await.unwrap_or(None);
    Ok(Sample {
        columns,
        batches,
        total_rows,
        cost,
        read_at,
        took_ms: started.elapsed().as_secs_f64() * 1_000.0,
    })
}

fn ended(error: tokio::task::JoinError) -> sluice_engine::Error {
    sluice_engine::Error::new(sluice_engine::ErrorKind::Bug, "Work ended unexpectedly.").with_source(error)
}
