//! The tray: what goes on, and the few things one wants without opening the window.

use std::panic::{self, AssertUnwindSafe};

use sluice_api::wire::{Problem, Settings, Sync, SyncNow, SyncStatus};
use sluice_engine::clock::{Clock, SystemClock};
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};

use crate::desktop::Desktop;
use crate::{tray_words, window};

const ID: &str = "sluice";
const OPEN: &str = "open";
const QUIT: &str = "quit";
const PAUSE: &str = "pause";
/// Before a sync's name.
const SYNC: &str = "sync:";

/// The mark in light and dark, for grounds of the other kind.
const LIGHT: Image<'_> = tauri::include_image!("./icons/tray/light.png");
const DARK: Image<'_> = tauri::include_image!("./icons/tray/dark.png");

/// Puts Sluice into the tray. Answers false where the desktop has none; Sluice then quits when its window is closed.
pub(crate) fn build(app: &AppHandle) -> bool {
    // The Linux library is loaded while the icon is built, and panics where it is not installed.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(AssertUnwindSafe(|| build_icon(app)));
    panic::set_hook(hook);
    match built {
        Ok(Ok(_)) => {
            refresh(app);
            true
        }
        Ok(Err(error)) => {
            eprintln!("Sluice runs without a tray icon: {error}");
            false
        }
        Err(_) => {
            eprintln!("Sluice runs without a tray icon: libayatana-appindicator3 is not installed.");
            false
        }
    }
}

fn build_icon(app: &AppHandle) -> tauri::Result<TrayIcon> {
    TrayIconBuilder::with_id(ID)
        .icon(if on_dark_ground() { LIGHT } else { DARK })
        .icon_as_template(true)
        .tooltip("Sluice")
        .menu(&menu(app, &[], &app.state::<Desktop>().settings())?)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .build(app)
}

/// macOS colours the mark itself; GNOME's and Windows' bars are dark unless the user changed them.
fn on_dark_ground() -> bool {
    !cfg!(target_os = "macos")
}

/// Asks for the syncs and draws the menu again.
pub(crate) fn refresh(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(tray) = app.tray_by_id(ID) else { return };
        let desktop = app.state::<Desktop>();
        match desktop.api.syncs(()).await {
            Ok(syncs) => {
                let drawn =
                    menu(&app, &syncs, &desktop.settings()).and_then(|menu| tray.set_menu(Some(menu)));
                window::report("draw its tray menu", drawn);
            }
            Err(problem) => eprintln!("Sluice could not draw its tray menu: {}", problem.message),
        }
    });
}

fn menu(app: &AppHandle, syncs: &[Sync], settings: &Settings) -> tauri::Result<Menu<Wry>> {
    let none = None::<&str>;
    let menu = Menu::new(app)?;
    menu.append(&MenuItem::new(app, tray_words::headline(syncs, settings.schedules_paused), false, none)?)?;
    if let Some(next) = tray_words::next_run(syncs, SystemClock.now()).filter(|_| !settings.schedules_paused)
    {
        menu.append(&MenuItem::new(app, next, false, none)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    if !syncs.is_empty() {
        let now = Submenu::new(app, "Sync now", true)?;
        for sync in syncs {
            let name = &sync.definition.name;
            let can = sync.definition.to.is_some() && sync.status != SyncStatus::Running;
            now.append(&MenuItem::with_id(app, format!("{SYNC}{name}"), name, can, none)?)?;
        }
        menu.append(&now)?;
        let paused = settings.schedules_paused;
        menu.append(&CheckMenuItem::with_id(app, PAUSE, "Pause all schedules", true, paused, none)?)?;
        menu.append(&PredefinedMenuItem::separator(app)?)?;
    }
    menu.append(&MenuItem::with_id(app, OPEN, "Open Sluice", true, none)?)?;
    menu.append(&MenuItem::with_id(app, QUIT, "Quit Sluice", true, none)?)?;
    Ok(menu)
}

fn chosen(app: &AppHandle, item: &str) {
    match item {
        OPEN => window::show(app),
        QUIT => app.exit(0),
        PAUSE => act(app, pause_or_resume(app.clone())),
        sync => {
            if let Some(sync) = sync.strip_prefix(SYNC) {
                act(app, sync_now(app.clone(), sync.to_owned()));
            }
        }
    }
}

async fn pause_or_resume(app: AppHandle) -> Result<(), Problem> {
    let desktop = app.state::<Desktop>();
    let mut settings = desktop.settings();
    settings.schedules_paused = !settings.schedules_paused;
    desktop.follow(&app, desktop.api.settings_save(settings).await?)
}

async fn sync_now(app: AppHandle, sync: String) -> Result<(), Problem> {
    app.state::<Desktop>()
        .api
        .sync_now(SyncNow { sync, full: false, approve: false, review: false, planned: None })
        .await
        .map(|_| ())
}

/// Does what a menu item says. A problem opens the window, where the sync shows it in full.
fn act(app: &AppHandle, action: impl Future<Output = Result<(), Problem>> + Send + 'static) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(problem) = action.await {
            eprintln!("{} ({})", problem.message, problem.code);
            window::show(&app);
        }
        refresh(&app);
    });
}
