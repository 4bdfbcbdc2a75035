//! `sluice demo`: the whole job once, on the sample warehouse and the practice CRM.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use sluice_api::Api;
use sluice_api::wire::{
    Event, EventStatus, EventsRequest, PlanRequest, Problem, Push, Run, RunStatus, SyncNow,
};
use sluice_engine::{Error, ErrorKind};
use tokio::sync::Notify;

use super::{check, events};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::summary::{self, Summary};

/// What the demo connects and syncs.
const WORKSPACE: &str = include_str!("demo.yaml");
const SYNC: &str = "lead-scores";
/// Live events shown each time something was delivered; the log has them all.
const SHOWN_AT_ONCE: usize = 5;
/// Rejected records shown at the end.
const SHOWN_REJECTED: usize = 3;

#[derive(Serialize)]
struct Document<'a> {
    home: &'a PathBuf,
    #[serde(flatten)]
    summary: Summary<'a>,
    /// The same sync once more, with nothing changed in between.
    again: Summary<'a>,
}

/// Runs the demo in `home`, which has to be new or empty, or else in a fresh folder.
pub(crate) async fn run(out: Output, home: Option<PathBuf>) -> Result<Exit, Problem> {
    let home = fresh_folder(home)?;
    let api = Api::open(&home)?;
    let done = show(&api, out, &home).await;
    api.shutdown().await;
    done
}

async fn show(api: &Api, out: Output, home: &PathBuf) -> Result<Exit, Problem> {
    out.line(format!("Sluice demo, in {}: no account, no network.", home.display()));
    heading(out, "Connect a sample warehouse and a practice CRM");
    api.apply_workspace(WORKSPACE).await?;
    for connection in ["sample-warehouse", "practice-crm"] {
        check::test(api, out, connection.into()).await?;
    }
    heading(out, "Look at what would be sent");
    look(api, out).await?;
    heading(out, "Sync now, with live events");
    let first = sync_live(api, out).await?;
    show_rejected(api, out, &first).await?;
    heading(out, "Sync again: nothing has changed, so nothing is sent");
    let again = sync_once(api).await?;
    out.answer(&Document { home, summary: (&first).into(), again: (&again).into() }, || {
        summary::lines(&again)
    });
    out.line("");
    // As it was called, so that the line can be pasted where `sluice` is in no folder of programs.
    let program = std::env::args().next().unwrap_or_else(|| "sluice".to_owned());
    out.line(format!("Look around: {program} --home {} events --limit 10", home.display()));
    Ok(exit(&first, &again))
}

fn heading(out: Output, text: &str) {
    out.line("");
    out.line(text);
}

async fn look(api: &Api, out: Output) -> Result<(), Problem> {
    let plan =
        api.plan(PlanRequest { sync: Some(SYNC.into()), definition: None, limit: 1, reveal: false }).await?;
    out.people(&summary::count_lines(&plan.counts)[..2]);
    for field in plan.records.iter().flat_map(|record| &record.fields) {
        out.line(format!("    {}: {}", field.path, field.after.as_deref().unwrap_or("null")));
    }
    Ok(())
}

async fn sync_live(api: &Api, out: Output) -> Result<Run, Problem> {
    let news = Arc::new(Notify::new());
    let teller = Arc::clone(&news);
    api.subscribe(move |push| {
        if matches!(push, Push::Events { .. }) {
            teller.notify_one();
        }
    });
    let started = api.sync_now(sync_now()).await?;
    let ended = api.wait(started.run);
    tokio::pin!(ended);
    let mut shown = HashSet::new();
    let run = loop {
        tokio::select! {
            run = &mut ended => break run?,
            () = news.notified() => show_newest(api, out, started.run, &mut shown).await?,
        }
    };
    show_newest(api, out, run.run, &mut shown).await?;
    out.people(&summary::lines(&run));
    Ok(run)
}

async fn show_newest(api: &Api, out: Output, run: i64, shown: &mut HashSet<String>) -> Result<(), Problem> {
    let ended = vec![EventStatus::Delivered, EventStatus::Rejected];
    for event in newest(api, run, ended, SHOWN_AT_ONCE).await?.iter().rev() {
        if shown.insert(event.event.clone()) {
            out.line(format!("  {}", events::line(event)));
        }
    }
    Ok(())
}

async fn show_rejected(api: &Api, out: Output, run: &Run) -> Result<(), Problem> {
    if run.counts.rejected == 0 {
        return Ok(());
    }
    heading(out, "What the CRM refused, and why (the other records were not held up)");
    for event in newest(api, run.run, vec![EventStatus::Rejected], SHOWN_REJECTED).await? {
        out.line(format!("  {}", events::line(&event)));
    }
    Ok(())
}

async fn newest(
    api: &Api,
    run: i64,
    statuses: Vec<EventStatus>,
    limit: usize,
) -> Result<Vec<Event>, Problem> {
    let request = EventsRequest { run: Some(run), statuses, limit, ..EventsRequest::default() };
    Ok(api.events(request).await?.events)
}

fn sync_now() -> SyncNow {
    SyncNow { sync: SYNC.into(), full: false, approve: false, review: false, planned: None }
}

async fn sync_once(api: &Api) -> Result<Run, Problem> {
    let started = api.sync_now(sync_now()).await?;
    api.wait(started.run).await
}

/// Rejected records are part of the show; a run that did not come to its end is not.
fn exit(first: &Run, again: &Run) -> Exit {
    for run in [first, again] {
        if !matches!(run.status, RunStatus::Completed | RunStatus::CompletedWithRejections) {
            run.problem.iter().for_each(output::problem);
            return Exit::Failed;
        }
    }
    Exit::Done
}

fn fresh_folder(home: Option<PathBuf>) -> sluice_engine::Result<PathBuf> {
    let Some(home) = home else {
        let made = tempfile::Builder::new().prefix("sluice-demo-").tempdir();
        return Ok(made.map(tempfile::TempDir::keep)?);
    };
    let is_used = std::fs::read_dir(&home).is_ok_and(|mut entries| entries.next().is_some());
    if is_used {
        let message = format!("The folder {} is not empty, and the demo wants a fresh one.", home.display());
        let hint = "Name an empty or new folder, or leave --home out.";
        return Err(Error::new(ErrorKind::Conflict, message).with_hint(hint));
    }
    Ok(home)
}
