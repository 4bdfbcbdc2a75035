//! What the shell knows between two events.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sluice_api::Api;
use sluice_api::wire::{Problem, Push, Settings};
use tauri::AppHandle;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri_plugin_autostart::ManagerExt;

/// Closing twice within this time means it.
const IMPATIENCE: Duration = Duration::from_secs(3);

/// The running product and what the window's frame has to remember about it.
pub(crate) struct Desktop {
    pub(crate) api: Api,
    settings: Mutex<Settings>,
    listeners: Mutex<Vec<Channel<Push>>>,
    has_tray: AtomicBool,
    asked_to_close: Mutex<Option<Instant>>,
    /// What ends the window that was closed into the tray.
    letting_go: Mutex<Option<JoinHandle<()>>>,
    /// Where the page was when its window ended.
    place: Mutex<Option<String>>,
}

impl Desktop {
    pub(crate) fn new(api: Api, settings: Settings) -> Self {
        Self {
            api,
            settings: Mutex::new(settings),
            listeners: Mutex::default(),
            has_tray: AtomicBool::new(false),
            asked_to_close: Mutex::default(),
            letting_go: Mutex::default(),
            place: Mutex::default(),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// Takes over settings that were saved, and does what the system around Sluice has to do for them.
    pub(crate) fn follow(&self, app: &AppHandle, settings: Settings) -> Result<(), Problem> {
        let autostart = settings.autostart;
        crate::window::wear(app, settings.theme);
        *lock(&self.settings) = settings;
        let launcher = app.autolaunch();
        let done = match launcher.is_enabled() {
            Ok(now) if now == autostart => Ok(()),
            _ if autostart => launcher.enable(),
            _ => launcher.disable(),
        };
        done.map_err(crate::refusal::autostart)
    }

    pub(crate) fn has_tray(&self) -> bool {
        self.has_tray.load(Ordering::Relaxed)
    }

    pub(crate) fn tray_is(&self, there: bool) {
        self.has_tray.store(there, Ordering::Relaxed);
    }

    /// Whether to ask what closing means: always, but for a wish repeated at once, when the page may hang.
    pub(crate) fn ask_to_close(&self) -> bool {
        let before = lock(&self.asked_to_close).replace(Instant::now());
        before.is_none_or(|before| before.elapsed() > IMPATIENCE)
    }

    /// The closed window ends with `ending`, unless somebody asks for it before.
    pub(crate) fn let_go_of_window(&self, ending: JoinHandle<()>) {
        if let Some(before) = lock(&self.letting_go).replace(ending) {
            before.abort();
        }
    }

    /// Somebody asked for the window: it does not end by itself.
    pub(crate) fn keep_window(&self) {
        if let Some(ending) = lock(&self.letting_go).take() {
            ending.abort();
        }
    }

    /// The window ended while its page was at `place`.
    pub(crate) fn left_at(&self, place: Option<String>) {
        *lock(&self.place) = place;
        self.forget_listeners();
    }

    /// Where the page was when its window ended last.
    pub(crate) fn place(&self) -> Option<String> {
        lock(&self.place).clone()
    }

    pub(crate) fn listen(&self, channel: Channel<Push>) {
        lock(&self.listeners).push(channel);
    }

    /// The page was loaded anew; those who listened in the old one are gone.
    pub(crate) fn forget_listeners(&self) {
        lock(&self.listeners).clear();
    }

    pub(crate) fn tell(&self, push: &Push) {
        lock(&self.listeners).retain(|listener| listener.send(push.clone()).is_ok());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
