//! The last run of a sync, told as a review tells it, so that the next one has something to be measured by.

use std::sync::Arc;

use super::report::Report;
use crate::destination::Takes;
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::run::compare::{entries, parse};
use crate::same::is_same;
use crate::store::outbox;
use crate::store::outbox::beside::{AMENDED, BEFORE};
use crate::store::outbox::looked::{Group, Looked};
use crate::store::runs::{self, RunRow};
use crate::store::{Sqlite, Store};

/// Runs that are gone through for one that brought something.
const MOST_RUNS: usize = 50;

/// Keeps a report beside the last run before `run` that brought something, where nobody reviewed it and what stood in the
/// destination before its writes is known.
pub(super) async fn keep(store: &Arc<Store>, run: &RunRow) -> Result<()> {
    let (reading, run) = (store.clone(), run.clone());
    let looking = tokio::task::spawn_blocking(move || reading.read(|sqlite| unreviewed(sqlite, &run)));
    let looked = looking.await.map_err(|error| {
        Error::new(ErrorKind::Bug, "Looking at the last run ended unexpectedly.").with_source(error)
    })?;
    let Some((last, report)) = looked? else { return Ok(()) };
    store.write(move |sqlite| runs::set_review(sqlite, last, &report)).done().await
}

fn unreviewed(sqlite: &Sqlite, run: &RunRow) -> Result<Option<(i64, Report)>> {
    let runs = runs::list(sqlite, Some(run.sync), Some(run.id), MOST_RUNS)?;
    let Some(last) = runs.iter().find(|run| run.trigger.is_whole() && run.counts.delivered > 0) else {
        return Ok(None);
    };
    if runs::review::<Report>(sqlite, last.id)?.is_some() {
        return Ok(None);
    }
    let report = report(sqlite, last)?;
    Ok((report.compared > 0).then(|| (last.id, report.to_keep())))
}

/// What became of each field in the records of `run` that arrived.
fn report(sqlite: &Sqlite, run: &RunRow) -> Result<Report> {
    let mut report = Report::default();
    for batch in outbox::batches_of(sqlite, run.id)? {
        let Some(before) = BEFORE.of_batch(sqlite, batch.id)? else { continue };
        let Some(body) = outbox::body(sqlite, batch.id)? else { continue };
        let amended = AMENDED.of_batch(sqlite, batch.id)?.unwrap_or_default();
        let own = outbox::own_states(sqlite, batch.id)?;
        for (place, stood) in before {
            let state = own.get(&place).map_or(batch.state, |own| own.state);
            if !state.has_arrived() {
                continue;
            }
            let payload = amended.get(&place).map_or(body.payload(place), String::as_bytes);
            let sent = entries(&run.shape, parse(payload).as_ref());
            let stood = entries(&run.shape, stood.as_deref().and_then(Json::parse).as_ref());
            report.note(&looked(&sent, &stood), &sent, &stood);
        }
        report.until = batch.id;
    }
    Ok(report)
}

fn looked(sent: &[(String, Json)], stood: &[(String, Json)]) -> Looked {
    let before = |name: &String| stood.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let same = sent.iter().filter(|(name, value)| is_same(Takes::Anything, Some(value), before(name)));
    let same = same.map(|(name, _)| name.clone()).collect();
    Looked { same, ..Looked::of(Group::Update, None, true) }
}
