//! What the shell says when it can not do its part.

use sluice_api::wire::Problem;
use sluice_engine::{Error, ErrorKind};
use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

/// Shows why Sluice can not start, and ends it when that was read.
pub(crate) fn start(app: &AppHandle, problem: &Problem) {
    show(app, problem, "Sluice can not start");
}

/// Shows why Sluice can not go on, and ends it when that was read.
pub(crate) fn go_on(app: &AppHandle, problem: &Problem) {
    show(app, problem, "Sluice can not go on");
}

fn show(app: &AppHandle, problem: &Problem, title: &str) {
    eprintln!("{}\n{}\n{}\n{}", problem.message, problem.safe, problem.hint, problem.code);
    let ended = app.clone();
    app.dialog()
        .message(format!("{}\n\n{}\n{}\n\n{}", problem.message, problem.safe, problem.hint, problem.code))
        .title(title)
        .kind(MessageDialogKind::Error)
        .buttons(MessageDialogButtons::OkCustom("Quit".into()))
        .show(move |_| ended.exit(1));
}

/// The system would not let Sluice change whether it starts with the computer.
pub(crate) fn autostart(error: tauri_plugin_autostart::Error) -> Problem {
    Error::new(
        ErrorKind::NotAllowed,
        "The system did not let Sluice change whether it starts with the computer.",
    )
    .with_safe("Your other settings were saved.")
    .with_hint("Change it in the system's own settings for applications that start with the computer.")
    .with_source(error)
    .into()
}
