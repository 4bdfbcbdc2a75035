//! `sluice retry` and `sluice undo`.

use sluice_api::Api;
use sluice_api::wire::{Problem, Retry};

use super::sync::{follow, report};
use crate::exit::Exit;
use crate::output::Output;

/// Sends again what the destination rejected in `run`, or only the record with this key.
pub(crate) async fn run(api: &Api, out: Output, run: i64, key: Option<String>) -> Result<Exit, Problem> {
    let keys = key.into_iter().collect();
    let run = follow(api, async { api.retry(Retry { run, keys, events: Vec::new() }).await }).await?;
    Ok(report(out, &run))
}

/// Restores what `run` changed, or only the record with this key.
pub(crate) async fn undo(api: &Api, out: Output, run: i64, key: Option<String>) -> Result<Exit, Problem> {
    let run = follow(api, async { api.undo(run, key.into_iter().collect()).await }).await?;
    Ok(report(out, &run))
}
