//! `sluice run`: follows the schedules in the foreground.

use serde::Serialize;
use sluice_api::Api;
use sluice_api::wire::{Problem, Push, RunStatus};

use crate::exit::Exit;
use crate::output::{self, Output};
use crate::signals;
use crate::summary;
use crate::words::moment;

#[derive(Serialize)]
struct Stopped {
    status: &'static str,
}

/// Runs what is due until a signal comes. Closing the data folder then gives what is under way its time to end.
pub(crate) async fn run(api: &Api, out: Output) -> Result<Exit, Problem> {
    let stop = signals::listen();
    let looked_after = api.clone();
    api.subscribe(move |push| match push {
        Push::Run { run } if run.status != RunStatus::Running => {
            let at = run.finished_at.as_deref().unwrap_or(&run.started_at);
            output::note(&format!("{}  {}", moment(at), summary::lines(run).join("\n")));
            run.problem.iter().for_each(output::problem);
        }
        Push::Changed => looked_after.trouble().iter().for_each(output::problem),
        Push::Run { .. } | Push::Events { .. } | Push::Check { .. } | Push::SignIn { .. } => {}
    });
    for sync in api.syncs(()).await? {
        let next = sync.next_run_at.as_deref().map(|at| format!(", next {}", moment(at))).unwrap_or_default();
        output::note(&format!("{}: {}{next}", sync.definition.name, sync.schedule_sentence));
    }
    api.start_scheduler();
    tokio::select! {
        () = stop => {}
        lost = api.lost() => return Err(lost),
    }
    output::note("Stopping. What is under way ends first, or goes on at the next start.");
    out.answer(&Stopped { status: "stopped" }, || vec!["Stopped.".to_owned()]);
    Ok(Exit::Done)
}
