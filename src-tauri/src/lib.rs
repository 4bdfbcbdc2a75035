//! The desktop shell: the only code that knows Tauri.
//!
//! It opens the one window, carries the window's commands to [`sluice_api`], and keeps schedules running from
//! the tray when the window is closed. It decides nothing about syncing.

mod bridge;
mod browser;
mod desktop;
mod notification;
mod refusal;
mod tray;
mod tray_words;
mod window;

use std::process::ExitCode;

use sluice_api::Api;
use sluice_api::wire::{AppInfo, Problem};
use tauri::{App, Manager, RunEvent};

use desktop::Desktop;

/// The argument with which the computer starts Sluice: the window stays closed until somebody asks for it.
const HIDDEN: &str = "--hidden";

/// Runs the app until the user quits; answers with the exit status.
pub fn run() -> ExitCode {
    let builder = tauri::Builder::default()
        // First, so that a second start ends before it has touched anything.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(window::remember_place())
        .plugin(tauri_plugin_autostart::Builder::new().arg(HIDDEN).app_name("Sluice").build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(tauri::generate_handler![bridge::rpc, bridge::subscribe])
        .on_window_event(window::on_event)
        .setup(|app| {
            match tauri::async_runtime::block_on(open_product()) {
                Ok((api, info)) => start(app, &api, info)?,
                Err(problem) => refusal::start(app.handle(), &problem),
            }
            Ok(())
        });
    match builder.build(tauri::generate_context!()) {
        Ok(app) => {
            ExitCode::from(u8::try_from(app.run_return(|app, event| on_run_event(app, &event))).unwrap_or(1))
        }
        Err(error) => {
            eprintln!("Sluice could not open its window: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Opens the data folder and asks what the window needs before it can be drawn.
async fn open_product() -> Result<(Api, AppInfo), Problem> {
    let api = Api::open(&sluice_api::home(None))?;
    let info = api.app_info(()).await?;
    Ok((api, info))
}

fn start(app: &mut App, api: &Api, info: AppInfo) -> tauri::Result<()> {
    app.manage(Desktop::new(api.clone(), info.settings));
    if let Ok(version) = tauri::webview_version() {
        api.shown_in(version);
    }
    let tray = tray::build(app.handle());
    app.state::<Desktop>().tray_is(tray);
    let handle = app.handle().clone();
    api.subscribe(move |push| bridge::forward(&handle, push));
    tauri::async_runtime::block_on(async { api.start_scheduler() });
    end_when_lost(app.handle(), api.clone());
    if !(tray && std::env::args().any(|argument| argument == HIDDEN)) {
        window::open(app.handle())?;
    }
    end_on_signals(app.handle());
    Ok(())
}

fn on_run_event(app: &tauri::AppHandle, event: &RunEvent) {
    match event {
        // The last window is gone; nobody has chosen to quit.
        RunEvent::ExitRequested { code: None, api, .. } if window::lives_without(app) => api.prevent_exit(),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        RunEvent::Exit => {
            if let Some(desktop) = app.try_state::<Desktop>() {
                // Bounded: what runs is written down as it stands and goes on at the next start.
                tauri::async_runtime::block_on(desktop.api.shutdown());
            }
        }
        _ => {}
    }
}

/// A data folder that another process took over is not to be worked in any more.
fn end_when_lost(app: &tauri::AppHandle, api: Api) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { refusal::go_on(&app, &api.lost().await) });
}

/// Logging out or shutting down ends Sluice like Quit does.
#[cfg(unix)]
fn end_on_signals(app: &tauri::AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            match signal(kind) {
                Ok(mut signals) => {
                    signals.recv().await;
                    app.exit(0);
                }
                Err(error) => eprintln!("Sluice will not hear the system's request to end: {error}"),
            }
        });
    }
}

#[cfg(not(unix))]
fn end_on_signals(_: &tauri::AppHandle) {}
