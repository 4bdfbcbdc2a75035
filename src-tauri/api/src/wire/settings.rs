use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Problem;

/// What the window asks first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AppInfo {
    /// The product's version.
    pub version: String,
    /// The data folder.
    pub home: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
    /// There is no connection, sync or draft yet.
    pub first_start: bool,
    /// What is wrong with the keychain, if something is.
    pub keychain: Option<Problem>,
    /// What is wrong with the data folder, if something is: its disk is full, a backup failed, it is damaged.
    pub storage: Option<Problem>,
    /// This computer's time zone, IANA name.
    pub time_zone: String,
    /// The user's settings.
    pub settings: Settings,
}

/// The user's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Settings {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// Closing the window keeps Sluice in the tray; `None` until the user has been asked.
    pub keep_in_tray: Option<bool>,
    /// Start with the computer.
    pub autostart: bool,
    /// Tell when a sync needs the user or fails.
    pub notify: bool,
    /// All schedules are paused.
    pub schedules_paused: bool,
    /// Days for which events and runs are kept; 0 for ever.
    pub history_days: u32,
    /// Megabytes of events that are kept, as stored; 0 without limit.
    pub history_megabytes: u32,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
