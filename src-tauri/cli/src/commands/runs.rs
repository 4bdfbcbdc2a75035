//! `sluice runs`: the history of runs.

use sluice_api::Api;
use sluice_api::wire::{Problem, Run, RunStatus, RunsRequest};

use crate::exit::Exit;
use crate::output::Output;
use crate::summary::{self, Summary};
use crate::words::{aligned, bytes, count, duration, moment};

/// Runs asked for at once.
const PAGE: usize = 500;

/// Prints runs, newest first.
pub(crate) async fn run(
    api: &Api,
    out: Output,
    sync: Option<String>,
    limit: Option<usize>,
) -> Result<Exit, Problem> {
    if let Some(sync) = &sync {
        api.sync(sync.clone()).await?;
    }
    let runs = all(api, sync, limit.unwrap_or(usize::MAX)).await?;
    let summaries: Vec<_> = runs.iter().map(Summary::from).collect();
    out.answer(&summaries, || lines(&runs));
    Ok(Exit::Done)
}

async fn all(api: &Api, sync: Option<String>, limit: usize) -> Result<Vec<Run>, Problem> {
    let mut runs: Vec<Run> = Vec::new();
    while runs.len() < limit {
        let before = runs.last().map(|run| run.run);
        let page = PAGE.min(limit - runs.len());
        let next = api.runs(RunsRequest { sync: sync.clone(), before, limit: page }).await?;
        let is_last = next.len() < page;
        runs.extend(next);
        if is_last {
            break;
        }
    }
    Ok(runs)
}

fn lines(runs: &[Run]) -> Vec<String> {
    if runs.is_empty() {
        return vec!["No run yet.".to_owned()];
    }
    let row = |run: &Run| {
        [
            run.run.to_string(),
            moment(&run.started_at),
            run.sync.clone(),
            status(run).to_owned(),
            duration(run.counts.seconds),
            outcome(run),
        ]
    };
    aligned(&runs.iter().map(row).collect::<Vec<_>>())
}

/// A run whose waiting records a later one took over waits no more.
fn status(run: &Run) -> &'static str {
    if run.status == RunStatus::Waiting && run.taken_over_by.is_some() {
        "taken over"
    } else {
        summary::status(run.status)
    }
}

fn outcome(run: &Run) -> String {
    let counts = &run.counts;
    let mut parts = vec![format!("{} delivered", count(counts.delivered))];
    let waiting =
        run.taken_over_by.map_or_else(|| "waiting".to_owned(), |by| format!("taken over by run {by}"));
    for (number, what) in [
        (counts.rejected, "rejected"),
        (counts.waiting, waiting.as_str()),
        (counts.discarded, "discarded"),
        (counts.invalid, "invalid"),
    ] {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    parts.extend(run.cost.as_ref().map(|cost| format!("reading {}, {}", bytes(cost.bytes), cost.price)));
    parts.extend(run.problem.as_ref().map(|problem| problem.message.clone()));
    parts.extend(run.reason.clone());
    parts.extend(run.undoes.map(|of| format!("takes back run {of}")));
    let part = if run.undone_in_part { " in part" } else { "" };
    parts.extend(run.undone_by.map(|by| format!("taken back{part} by run {by}")));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use sluice_api::wire::{Cost, RunCounts};

    use super::*;
    use crate::summary::tests::a_run;

    #[test]
    fn the_list_says_what_reading_took() {
        let run = a_run(RunStatus::Completed);
        assert!(!outcome(&run).contains("reading"));
        let cost = Some(Cost { bytes: 1_240_000_000, price: "about $0.01 at list price".into() });
        let told = outcome(&Run { cost, ..run });
        assert!(told.ends_with("reading 1.2 GB, about $0.01 at list price"), "{told}");
    }

    #[test]
    fn what_a_later_run_took_over_waits_no_more() {
        let run = a_run(RunStatus::Waiting);
        let run = Run { counts: RunCounts { waiting: 8, ..run.counts }, ..run };
        assert_eq!(status(&run), "waiting");
        assert!(outcome(&run).contains("8 waiting"));
        let run = Run { taken_over_by: Some(5), ..run };
        assert_eq!(status(&run), "taken over");
        let told = outcome(&run);
        assert!(told.contains("8 taken over by run 5") && !told.contains("waiting"), "{told}");
    }
}
