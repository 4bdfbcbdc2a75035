//! `sluice sync`: runs a sync now, and follows it to its end.

use std::sync::{Arc, Mutex, PoisonError};

use sluice_api::Api;
use sluice_api::wire::{
    HeldRequest, Problem, Push, Run, RunStatus, RunsRequest, Since, SinceRequest, SyncNow, Trigger,
};
use sluice_engine::{Error, ErrorKind};

use crate::exit::Exit;
use crate::output::{self, Output};
use crate::progress::Progress;
use crate::signals;
use crate::summary::{self, Summary};
use crate::words::{bytes, count, counted};

/// Keys of changed records that are told.
const SHOWN_KEYS: usize = 10;

/// How a sync is run.
#[derive(Clone, Copy)]
pub(crate) struct How {
    /// Every row again.
    pub(crate) full: bool,
    /// Go on with the run that is held.
    pub(crate) approve: bool,
    /// Also where the warehouse has changed since.
    pub(crate) anyway: bool,
    /// Read the warehouse again to see whether it has, also where that is billed.
    pub(crate) look: bool,
}

/// Runs the sync called `sync`.
pub(crate) async fn run(api: &Api, out: Output, sync: String, how: How) -> Result<Exit, Problem> {
    // Where every run is a process of its own, nobody else makes the day's backup. Made before, it holds what earlier
    // runs left, and the run's own end waits for nothing.
    let trouble = api.upkeep().await;
    let How { full, approve, anyway, look } = how;
    if approve && !full {
        match api.sync(sync.clone()).await?.held {
            Some(held) if !anyway => {
                refuse_unlooked(api, &held).await?;
                if let Some(since) = changed(api, held.run, look).await? {
                    return Ok(report_since(out, &held, Some(&since)));
                }
            }
            Some(_) => {}
            None => refuse_dropped(api, &sync).await?,
        }
    }
    let now = SyncNow { sync, full, approve, review: false, planned: None };
    let run = follow(api, async { api.sync_now(now).await }).await?;
    let exit = report(out, &run);
    if run.status == RunStatus::Held {
        tell_how_it_goes(api, run.run).await;
    }
    if let Some(trouble) = trouble {
        output::problem(&trouble);
    }
    Ok(exit)
}

/// Refuses to send what somebody asked to look at first, as long as not all of it was looked at.
async fn refuse_unlooked(api: &Api, held: &Run) -> Result<(), Problem> {
    let is_asked_for = |problem: &Problem| problem.kind == ErrorKind::ToReview.name();
    if !held.problem.as_ref().is_some_and(is_asked_for) {
        return Ok(());
    }
    let (compared, records) = (api.compared(held.run).await?, held.counts.waiting);
    if compared >= records {
        return Ok(());
    }
    let message = format!(
        "{} of {} of run {} were compared with what stands in the destination.",
        count(compared),
        counted(records, "record"),
        held.run
    );
    let hint = format!(
        "Look at all of them with `sluice plan {0} --all`, or send them unlooked with `sluice sync {0} --approve --anyway`.",
        quoted(&held.sync)
    );
    let safe = "Nothing was sent, and the run stays held.";
    Err(Error::new(ErrorKind::ToReview, message).with_safe(safe).with_hint(hint).into())
}

/// Refuses to approve what is held no more: a run that takes the place of one that was dropped was looked at by nobody.
async fn refuse_dropped(api: &Api, sync: &str) -> Result<(), Problem> {
    let newest = RunsRequest { sync: Some(sync.to_owned()), before: None, limit: 1 };
    let newest = api.runs(newest).await?.into_iter().next();
    let held = [ErrorKind::Held, ErrorKind::ToReview].map(ErrorKind::name);
    let dropped = newest.filter(|run| run.status == RunStatus::Cancelled).and_then(|run| {
        let problem = run.problem.filter(|problem| held.contains(&problem.kind.as_str()))?;
        Some((run.run, problem.message))
    });
    let Some((run, why)) = dropped else { return Ok(()) };
    let message = format!("Run {run} was held, and is not any more. {why}");
    let hint = format!(
        "Look at what a run would do now with `sluice plan {0} --all`, or run it: `sluice sync {0}`.",
        quoted(sync)
    );
    Err(Error::new(ErrorKind::Conflict, message).with_safe("Nothing was sent.").with_hint(hint).into())
}

/// What the warehouse says now, where that is something else than the held run has ready to send, and says so. Where
/// reading again is billed it is read to `look` alone; what was compared record by record does not go out unlooked.
async fn changed(api: &Api, run: i64, look: bool) -> Result<Option<Since>, Problem> {
    let since = api.held_since(SinceRequest { run, pay: look }).await?;
    if !since.looked {
        let cost = since.cost.as_ref().map(|cost| format!(": {}, {}", bytes(cost.bytes), cost.price));
        output::note(&format!(
            "Whether the warehouse has changed since was not looked at: reading it again is billed{}.",
            cost.unwrap_or_default()
        ));
        let is_compared = api.compared(run).await? > 0;
        if is_compared {
            output::note("Nothing was sent. To look: add --look. To send what was looked at: add --anyway.");
        }
        return Ok(is_compared.then_some(since));
    }
    if since.added + since.changed + since.gone == 0 {
        return Ok(None);
    }
    output::note(&format!(
        "The warehouse has changed since run {run} read it: {} to send that it does not have, {} otherwise, {} not any more. \
         Nothing was sent. To read again: sluice plan, or sluice sync. To send what was looked at: add --anyway.",
        counted(since.added, "record"),
        count(since.changed),
        count(since.gone)
    ));
    let keys = since.keys.iter().take(SHOWN_KEYS).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if since.keys.len() > SHOWN_KEYS { ", …" } else { "" };
    output::note(&format!("They are: {keys}{more}"));
    Ok(Some(since))
}

/// What approving a held run takes. It is told beside the problem; without it nothing is lost.
async fn tell_how_it_goes(api: &Api, run: i64) {
    let Ok(plan) = api.held(HeldRequest { run, limit: 0, reveal: false }).await else { return };
    let by =
        if plan.sent_by.is_empty() { String::new() } else { format!(" by {}", plan.sent_by.join(" and ")) };
    output::note(&format!("It would take {}{by}.", counted(plan.requests_needed, "request")));
}

/// Drops the held run of the sync called `sync`.
pub(crate) async fn drop_held(api: &Api, out: Output, sync: &str) -> Result<Exit, Problem> {
    let run = api.sync_drop(sync).await?;
    out.answer(&Summary::from(&run), || summary::lines(&run));
    Ok(Exit::Done)
}

/// Starts a run and shows its progress until it ends. The first interrupt cancels the run, the second ends
/// the process.
pub(crate) async fn follow(
    api: &Api,
    start: impl Future<Output = Result<Run, Problem>>,
) -> Result<Run, Problem> {
    let progress = Arc::new(Mutex::new(Progress::new()));
    let shown = Arc::clone(&progress);
    api.subscribe(move |push| {
        if let Push::Run { run } = push {
            shown.lock().unwrap_or_else(PoisonError::into_inner).show(run);
        }
    });
    let started = start.await?;
    let ended = until_ended(api, started.run).await;
    progress.lock().unwrap_or_else(PoisonError::into_inner).end();
    // Where every run is a process of its own, nobody else sends what is to be told of it.
    if let Err(problem) = api.send_alerts().await {
        output::problem(&problem);
    }
    ended
}

async fn until_ended(api: &Api, run: i64) -> Result<Run, Problem> {
    let ended = api.wait(run);
    tokio::pin!(ended);
    tokio::select! {
        ended = &mut ended => return ended,
        () = signals::stop() => {}
    }
    output::note("Stopping. What was sent stays sent; the rest is kept for the next run.");
    api.run_cancel(run).await?;
    tokio::select! {
        ended = &mut ended => ended,
        () = signals::stop() => std::process::exit(130),
    }
}

/// Prints a run's summary, and why it did not simply complete.
pub(crate) fn report(out: Output, run: &Run) -> Exit {
    report_since(out, run, None)
}

/// The same of a run that stays held, with what the warehouse says now.
fn report_since(out: Output, run: &Run, since: Option<&Since>) -> Exit {
    out.answer(&Summary { since, ..Summary::from(run) }, || summary::lines(run));
    if let Some(problem) = &run.problem {
        output::problem(problem);
    }
    match run.status {
        RunStatus::Held => {
            let name = quoted(&run.sync);
            output::note(&format!("To go on: sluice sync {name} --approve"));
            output::note(&format!("To drop it: sluice sync {name} --drop"));
        }
        RunStatus::Waiting => output::note(&format!(
            "What waits goes out by itself while the window or `sluice run` is open, or now with: sluice sync {}",
            quoted(&run.sync)
        )),
        RunStatus::Completed
            if run.counts.read == 0
                && !matches!(run.trigger, Trigger::Retry | Trigger::Undo | Trigger::Replay) =>
        {
            output::note("No row was read: the table or query is empty, or has nothing beyond the cursor.");
        }
        RunStatus::Running
        | RunStatus::Completed
        | RunStatus::CompletedWithRejections
        | RunStatus::Cancelled
        | RunStatus::Failed
        | RunStatus::Missed => {}
    }
    let (rejected, invalid) = (run.counts.rejected, run.counts.invalid);
    if rejected > 0 {
        point_to(run, "rejected", &format!("{} rejected", counted(rejected, "record")));
    }
    if invalid > 0 {
        let what = if run.trigger == Trigger::Undo {
            format!("{} left alone", counted(invalid, "record"))
        } else {
            format!("{} could not be sent", counted(invalid, "row"))
        };
        point_to(run, "invalid", &what);
    }
    Exit::from(run.status)
}

/// Points to the reasons of a run's records or rows in this state.
pub(crate) fn point_to(run: &Run, status: &str, what: &str) {
    output::note(&format!("{what}. To see why: sluice events --run {} --status {status}", run.run));
}

/// A name as it can be pasted into a shell.
pub(crate) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.is_empty() && !name.starts_with('-') && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_pasted() {
        assert_eq!(quoted("lead-scores"), "lead-scores");
        assert_eq!(quoted("it's ours"), r"'it'\''s ours'");
    }
}
