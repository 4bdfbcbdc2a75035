//! Notifications: only what the user would want to be told while doing something else, once for each cause.

use sluice_api::wire::Run;
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;

use crate::desktop::Desktop;

/// Tells about a run that ended, where that is news: the product knows what was told before. Names the sync and counts;
/// never a row's data.
pub(crate) fn about(app: &AppHandle, run: &Run) {
    let desktop = app.state::<Desktop>();
    if run.finished_at.is_none() || !desktop.settings().notify {
        return;
    }
    let (app, api, run) = (app.clone(), desktop.api.clone(), run.clone());
    tauri::async_runtime::spawn(async move {
        match api.news(run.run).await {
            // What happens before the eyes of the user needs no notification, now and later.
            Ok(Some(_)) if is_looked_at(&app) => {}
            Ok(Some((title, text))) => show(&app, &title, &advice(&run).unwrap_or(text)),
            Ok(None) => {}
            Err(problem) => eprintln!("Sluice could not look for news: {}", problem.message),
        }
    });
}

fn is_looked_at(app: &AppHandle) -> bool {
    app.get_webview_window("main").is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// On this computer the run's own problem may be told, which says more than its kind.
fn advice(run: &Run) -> Option<String> {
    run.problem.as_ref().map(|problem| format!("{} {}", problem.message, problem.hint))
}

fn show(app: &AppHandle, title: &str, body: &str) {
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        eprintln!("Sluice could not show a notification: {error}");
    }
}
