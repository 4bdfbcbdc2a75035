//! What the shell says when it can not do its part.

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::standin::{self, Problem};

/// Shows why Sluice can not start, and ends it when that was read.
pub(crate) fn show(app: &AppHandle, problem: &Problem) {
    eprintln!("{}\n{}\n{}\n{}", problem.message, problem.safe, problem.hint, problem.code);
    let ended = app.clone();
    app.dialog()
        .message(format!("{}\n\n{}\n{}\n\n{}", problem.message, problem.safe, problem.hint, problem.code))
        .title("Sluice can not start")
        .kind(MessageDialogKind::Error)
        .buttons(MessageDialogButtons::OkCustom("Quit".into()))
        .show(move |_| ended.exit(1));
}

/// The system would not let Sluice change whether it starts with the computer.
pub(crate) fn autostart(error: &tauri_plugin_autostart::Error) -> Problem {
    standin::problem(
        "The system did not let Sluice change whether it starts with the computer.",
        "Your other settings were saved.",
        "Change it in the system's own settings for applications that start with the computer.",
        error,
    )
}
