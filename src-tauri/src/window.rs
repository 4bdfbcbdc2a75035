//! The one window: how it comes up, where it may go, and what closing it means.

use std::time::Duration;

use sluice_api::wire::Theme;
use tauri::utils::config::Color;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, Emitter, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent,
};
use tauri_plugin_window_state::StateFlags;

use crate::desktop::Desktop;

const LABEL: &str = "main";

/// The page hears this when the user wants to close and has never said what that should mean.
const ASKED: &str = "close-asked";

/// How long a window closed into the tray is kept, hidden: by then its page has stored what was typed, and who changes
/// their mind at once finds it as it was. After that it goes, and its memory with it.
const KEPT: Duration = Duration::from_secs(10);

/// The grounds of the page in both themes (`bg-surface` in tokens.css), so that no white flashes before it is drawn.
const LIGHT: Color = Color(0xff, 0xff, 0xff, 0xff);
const DARK: Color = Color(0x1a, 0x1d, 0x1f, 0xff);

/// Remembers size and place. Whether the window is shown is decided here, not remembered.
pub(crate) fn remember_place() -> tauri::plugin::TauriPlugin<tauri::Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build()
}

/// Makes the window, which is shown when its page is there: the page that was left when it was closed, or the first.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.first() else {
        return Err(tauri::Error::WindowNotFound);
    };
    let mut config = config.clone();
    if let Some(place) = app.state::<Desktop>().place() {
        config.url = WebviewUrl::App(format!("#{place}").into());
    }
    WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(move |window, load| match load.event() {
            PageLoadEvent::Started => window.state::<Desktop>().forget_listeners(),
            PageLoadEvent::Finished => bring_up(&window),
        })
        .build()?;
    wear(app, app.state::<Desktop>().settings().theme);
    Ok(())
}

/// Brings the window to the front, whatever state it is in, or makes it again.
pub(crate) fn show(app: &AppHandle) {
    let Some(desktop) = app.try_state::<Desktop>() else { return };
    desktop.keep_window();
    if let Some(window) = app.get_webview_window(LABEL) {
        bring_up(&window);
        return;
    }
    // Not at once: on Windows a window that is made while an event is handled never comes up.
    let app = app.clone();
    tauri::async_runtime::spawn(async move { report("open its window", open(&app)) });
}

/// Hides the window, and ends it when nobody has asked for it for a while.
fn put_away(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    report("hide its window", window.hide());
    let desktop = app.state::<Desktop>();
    desktop.let_go_of_window(tauri::async_runtime::spawn(async move {
        tokio::time::sleep(KEPT).await;
        if let Ok(url) = window.url() {
            window.state::<Desktop>().left_at(url.fragment().map(str::to_owned));
        }
        report("close its window", window.destroy());
    }));
}

/// Whether the app goes on when its last window is gone.
pub(crate) fn lives_without(app: &AppHandle) -> bool {
    app.try_state::<Desktop>()
        .is_some_and(|desktop| desktop.has_tray() && desktop.settings().keep_in_tray != Some(false))
}

fn bring_up(window: &WebviewWindow) {
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    report("show its window", shown);
}

/// Frame and ground follow the theme of the settings.
pub(crate) fn wear(app: &AppHandle, theme: Theme) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let chosen = match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    report("change its theme", window.set_theme(chosen));
    let dark = matches!(chosen.map_or_else(|| window.theme(), Ok), Ok(tauri::Theme::Dark));
    report("colour its window", window.set_background_color(Some(if dark { DARK } else { LIGHT })));
}

/// What closing means: keep running in the tray, quit, or ask the user once. Closing twice in a row
/// quits without an answer, so that a page that hangs can not hold the window open.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    let app = window.app_handle();
    let Some(desktop) = app.try_state::<Desktop>() else { return };
    match desktop.settings().keep_in_tray {
        Some(true) if desktop.has_tray() => {
            api.prevent_close();
            put_away(app);
        }
        None if desktop.has_tray() && desktop.ask_to_close() => {
            api.prevent_close();
            report("ask the page", app.emit_to(LABEL, ASKED, ()));
        }
        None | Some(_) => {
            report("hide its window", window.hide());
            app.exit(0);
        }
    }
}

/// The page of this program, and nothing else: links to elsewhere do not open in the window.
fn is_ours(url: &Url) -> bool {
    let development = tauri::is_dev() && url.scheme() == "http" && url.host_str() == Some("localhost");
    let custom = url.scheme() == "tauri" && url.host_str() == Some("localhost");
    let windows = matches!(url.scheme(), "http" | "https") && url.host_str() == Some("tauri.localhost");
    custom || (cfg!(windows) && windows) || development
}

/// Frame calls fail only when the system has taken the window away; the log then says which.
pub(crate) fn report(what: &str, result: tauri::Result<()>) {
    if let Err(error) = result {
        eprintln!("Sluice could not {what}: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn the_window_stays_on_its_own_page() {
        let goes = |url: &str| is_ours(&url.parse().expect("a URL"));
        assert!(goes("tauri://localhost/syncs"));
        for elsewhere in [
            "https://example.com/",
            "file:///etc/passwd",
            "tauri://elsewhere/",
            "javascript:alert(1)",
            "about:blank",
        ] {
            assert!(!goes(elsewhere), "{elsewhere}");
        }
    }
}
