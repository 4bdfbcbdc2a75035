//! The first rows of a query, kept while somebody shapes a payload from them.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sluice_engine::engine::Engine;
use sluice_engine::sync::Query;
use sluice_engine::value::{Cell, Columns, RowBatch};
use sluice_engine::warehouse::{Cost, Read, Warehouse};
use sluice_engine::words::bytes;
use sluice_engine::{Error, Result};

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
    // Row count and cost are a comfort; without them the sample is still there. What a read takes is asked for before
    // it: few rows of a query can be billed as all of them.
    let cost = warehouse.cost(&Read::all(query.clone())).await.unwrap_or(None);
    let read = first_rows(&*warehouse, query).await;
    let (columns, batches) = read.map_err(|error| priced(error, cost.as_ref()))?;
    let total_rows = warehouse.estimate(query).await.unwrap_or(None);
    Ok(Sample {
        columns,
        batches,
        total_rows,
        cost,
        read_at,
        took_ms: started.elapsed().as_secs_f64() * 1_000.0,
    })
}

async fn first_rows(warehouse: &dyn Warehouse, query: &Query) -> Result<(Columns, Vec<RowBatch>)> {
    let mut rows = warehouse.read(&Read { limit: Some(ROWS), ..Read::all(query.clone()) }).await?;
    let mut batches = Vec::new();
    while let Some(batch) = rows.next().await? {
        batches.push(batch);
    }
    Ok((rows.columns().clone(), batches))
}

/// A failure with what a whole read takes, so that nobody tries again without knowing.
fn priced(error: Error, cost: Option<&Cost>) -> Error {
    let Some(cost) = cost.filter(|cost| cost.bytes > 0) else { return error };
    let hint = format!("{} A whole read takes {}, {}.", error.hint(), bytes(cost.bytes), cost.price);
    error.with_hint(hint)
}

fn ended(error: tokio::task::JoinError) -> Error {
    Error::new(sluice_engine::ErrorKind::Bug, "Work ended unexpectedly.").with_source(error)
}

#[cfg(test)]
mod tests {
    use sluice_engine::ErrorKind;

    use super::*;

    #[test]
    fn a_read_that_failed_says_what_it_takes() {
        let failed = || Error::new(ErrorKind::TimedOut, "It took too long.").with_hint("Ask for less.");
        let cost = |bytes| Cost { bytes, price: "about $6.25 at list price".to_owned() };
        let told = priced(failed(), Some(&cost(1 << 40)));
        assert_eq!(told.hint(), "Ask for less. A whole read takes 1.1 TB, about $6.25 at list price.");
        assert_eq!(priced(failed(), Some(&cost(0))).hint(), "Ask for less.");
        assert_eq!(priced(failed(), None).hint(), "Ask for less.");
    }
}
