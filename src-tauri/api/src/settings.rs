//! What the window asks first, and the user's settings.

use std::time::Duration;

use rows::{read, write};
use sluice_engine::store::{connections, drafts, syncs};

use crate::Api;
use crate::wire::{AppInfo, Problem, Settings};

/// How long a keychain may take to answer before the window goes on without knowing.
const KEYCHAIN: Duration = Duration::from_secs(3);

impl Api {
    /// What the window asks first.
    pub async fn app_info(&self, (): ()) -> Result<AppInfo, Problem> {
        let (settings, first_start) = self
            .blocking(|engine| {
                engine.store().read(|sqlite| {
                    let nothing = connections::all(sqlite)?.is_empty()
                        && syncs::all(sqlite)?.is_empty()
                        && drafts::all(sqlite)?.is_empty();
                    Ok((read(sqlite)?, nothing))
                })
            })
            .await?;
        let probe = self.blocking(|engine| engine.secrets().get("keychain", "probe"));
        let keychain = match tokio::time::timeout(KEYCHAIN, probe).await {
            Ok(Err(problem)) => Some(problem),
            Ok(Ok(_)) | Err(_) => None,
        };
        Ok(AppInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            home: self.engine().home().display().to_string(),
            platform: std::env::consts::OS.to_owned(),
            first_start,
            keychain,
            storage: self.trouble(),
            time_zone: sluice_engine::schedule::this_computers_zone(),
            settings,
        })
    }

    /// Saves the user's settings.
    pub async fn settings_save(&self, settings: Settings) -> Result<Settings, Problem> {
        let kept = settings.clone();
        self.engine().store().write(move |sqlite| write(sqlite, &kept)).done().await?;
        self.changed();
        Ok(settings)
    }
}

/// The settings as rows: one word each, so that other parts of the product can read theirs.
mod rows {
    use sluice_engine::Result;
    use sluice_engine::store::settings::{get, set};
    use sluice_engine::upkeep::{DAYS, HISTORY_DAYS, HISTORY_MEGABYTES, MEGABYTES, number};

    use crate::wire::{Settings, Theme};

    type Sqlite = sluice_engine::store::Sqlite;

    pub(super) fn read(sqlite: &Sqlite) -> Result<Settings> {
        let is = |key: &str, word: &str| -> Result<bool> { Ok(get(sqlite, key)?.as_deref() == Some(word)) };
        let theme = match get(sqlite, "theme")?.as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        Ok(Settings {
            theme,
            keep_in_tray: get(sqlite, "keep_in_tray")?.map(|word| word == "true"),
            autostart: is("autostart", "true")?,
            notify: !is("notify", "false")?,
            schedules_paused: is("schedules_paused", "true")?,
            history_days: number(sqlite, HISTORY_DAYS, DAYS)?,
            history_megabytes: number(sqlite, HISTORY_MEGABYTES, MEGABYTES)?,
        })
    }

    pub(super) fn write(sqlite: &Sqlite, settings: &Settings) -> Result<()> {
        let theme = match settings.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        set(sqlite, "theme", theme)?;
        if let Some(keep) = settings.keep_in_tray {
            set(sqlite, "keep_in_tray", if keep { "true" } else { "false" })?;
        }
        set(sqlite, HISTORY_DAYS, &settings.history_days.to_string())?;
        set(sqlite, HISTORY_MEGABYTES, &settings.history_megabytes.to_string())?;
        let switches = [
            ("autostart", settings.autostart),
            ("notify", settings.notify),
            ("schedules_paused", settings.schedules_paused),
        ];
        switches.into_iter().try_for_each(|(key, on)| set(sqlite, key, if on { "true" } else { "false" }))
    }
}
