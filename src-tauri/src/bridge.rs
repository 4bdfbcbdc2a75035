//! The bridge between the page and the product: one command, one stream.

#![allow(clippy::let_underscore_must_use, reason = "the command macro writes it")]

use serde_json::Value;
use sluice_api::wire::{Problem, Push};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};

use crate::desktop::Desktop;
use crate::{browser, notification, tray};

/// Runs a command of the product; the table of commands is `sluice_api::contract`.
#[tauri::command]
pub(crate) async fn rpc(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    command: String,
    input: Value,
) -> Result<Value, Problem> {
    let answer = desktop.api.dispatch(&command, input).await?;
    if command == "settings_save"
        && let Ok(settings) = serde_json::from_value(answer.clone())
    {
        desktop.follow(&app, settings)?;
    }
    Ok(answer)
}

/// Sends the page everything the product tells by itself, until the page is loaded anew.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands arguments over by value")]
pub(crate) fn subscribe(desktop: State<'_, Desktop>, channel: Channel<Push>) {
    desktop.listen(channel);
}

/// Passes on what the product told: to the page, the tray and, where it matters, as a notification.
pub(crate) fn forward(app: &AppHandle, push: &Push) {
    app.state::<Desktop>().tell(push);
    if let Push::Run { run } = push {
        notification::about(app, run);
    }
    if let Push::SignIn { page, .. } = push {
        browser::open(page);
    }
    if matches!(push, Push::Run { .. } | Push::Changed) {
        tray::refresh(app);
    }
}
