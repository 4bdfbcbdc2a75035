//! Notifications: only what the user would want to be told while doing something else.

use sluice_api::wire::{Run, RunStatus, RunsRequest};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;

use crate::desktop::Desktop;

/// Tells about a run that ended in a way worth telling. Names the sync and counts; never a row's data.
pub(crate) fn about(app: &AppHandle, run: &Run) {
    let looking = app.get_webview_window("main").is_some_and(|window| window.is_focused().unwrap_or(false));
    if run.finished_at.is_none() || looking || !app.state::<Desktop>().settings().notify {
        return;
    }
    match run.status {
        RunStatus::Failed | RunStatus::Held | RunStatus::CompletedWithRejections => show(app, &words(run)),
        RunStatus::Completed => about_first_success(app.clone(), run.clone()),
        RunStatus::Running | RunStatus::Cancelled | RunStatus::Waiting | RunStatus::Missed => {}
    }
}

/// A sync's first success is worth a word; later ones are not.
fn about_first_success(app: AppHandle, run: Run) {
    tauri::async_runtime::spawn(async move {
        let desktop = app.state::<Desktop>();
        let before = RunsRequest { sync: Some(run.sync.clone()), before: Some(run.run), limit: 1 };
        if desktop.api.runs(before).await.is_ok_and(|runs| runs.is_empty()) {
            show(&app, &words(&run));
        }
    });
}

fn show(app: &AppHandle, (title, body): &(String, String)) {
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        eprintln!("Sluice could not show a notification: {error}");
    }
}

fn words(run: &Run) -> (String, String) {
    let sync = &run.sync;
    let advice = run.problem.as_ref().map(|problem| format!("{} {}", problem.message, problem.hint));
    match run.status {
        RunStatus::Held => (format!("{sync} is held for review"), advice.unwrap_or_default()),
        RunStatus::Failed => (format!("{sync} needs you"), advice.unwrap_or_default()),
        RunStatus::CompletedWithRejections => (
            format!("{sync}: {} rejected", records(run.counts.rejected)),
            format!(
                "{} delivered. The rejected ones are kept with their reasons.",
                records(run.counts.delivered)
            ),
        ),
        RunStatus::Completed
        | RunStatus::Running
        | RunStatus::Cancelled
        | RunStatus::Waiting
        | RunStatus::Missed => {
            (format!("{sync} works"), format!("{} delivered.", records(run.counts.delivered)))
        }
    }
}

fn records(count: u64) -> String {
    if count == 1 { "1 record".to_owned() } else { format!("{count} records") }
}
