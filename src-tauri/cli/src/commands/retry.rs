//! `sluice retry` and `sluice discard`.

use sluice_api::Api;
use sluice_api::wire::{Discard, Discarding, Problem, Retry};

use super::sync::{follow, report};
use crate::exit::Exit;
use crate::output::Output;
use crate::summary::{self, Summary};

/// Sends again what the destination rejected in `run`, or only the record with this key.
pub(crate) async fn run(api: &Api, out: Output, run: i64, key: Option<String>) -> Result<Exit, Problem> {
    let keys = key.into_iter().collect();
    let run = follow(api, async { api.retry(Retry { run, keys, events: Vec::new() }).await }).await?;
    Ok(report(out, &run))
}

/// Discards what was rejected or waits in `run`, or only the record with this key.
pub(crate) async fn discard(
    api: &Api,
    out: Output,
    run: i64,
    key: Option<String>,
    which: Discarding,
) -> Result<Exit, Problem> {
    let keys = key.into_iter().collect();
    let run = api.discard(Discard { run, keys, events: Vec::new(), which }).await?;
    out.answer(&Summary::from(&run), || summary::lines(&run));
    let left = run.counts.rejected + run.counts.waiting;
    Ok(if left == 0 { Exit::Done } else { Exit::Incomplete })
}
