//! Stands in for the product until it lands. Deleted then.
#![allow(missing_docs, dead_code, clippy::unused_async, clippy::unused_self)]
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

pub use sluice_api::wire::*;

#[derive(Clone)]
pub struct Api;
pub struct Keychain;
pub struct SystemClock;
pub trait Clock {
    fn now(&self) -> chrono::DateTime<chrono::Utc>;
}
impl Clock for SystemClock {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        chrono::Utc::now()
    }
}
pub fn home(explicit: Option<PathBuf>) -> PathBuf {
    explicit.unwrap_or_default()
}
pub fn problem(message: &str, safe: &str, hint: &str, error: &dyn std::error::Error) -> Problem {
    Problem {
        code: "SLU-9001".into(),
        kind: "bug".into(),
        message: message.into(),
        safe: safe.into(),
        hint: hint.into(),
        fix: None,
        retries: false,
        details: vec![error.to_string()],
    }
}
impl Api {
    pub fn open(_: &Path, _: Arc<Keychain>, _: Arc<SystemClock>) -> Result<Self, Problem> {
        Ok(Self)
    }
    pub async fn app_info(&self, (): ()) -> Result<AppInfo, Problem> {
        Ok(AppInfo {
            version: "0.1.0".into(),
            home: String::new(),
            platform: "linux".into(),
            first_start: true,
            keychain: None,
            time_zone: "UTC".into(),
            settings: Settings {
                theme: Theme::System,
                keep_in_tray: None,
                autostart: false,
                notify: true,
                schedules_paused: false,
            },
        })
    }
    pub async fn dispatch(&self, command: &str, input: Value) -> Result<Value, Problem> {
        match command {
            "app_info" => Ok(serde_json::to_value(self.app_info(()).await?).unwrap_or_default()),
            "settings_save" => Ok(input),
            _ => Ok(Value::Array(vec![])),
        }
    }
    pub async fn runs(&self, _: RunsRequest) -> Result<Vec<Run>, Problem> {
        Ok(vec![])
    }
    pub async fn syncs(&self, (): ()) -> Result<Vec<Sync>, Problem> {
        Ok(vec![])
    }
    pub async fn settings_save(&self, settings: Settings) -> Result<Settings, Problem> {
        Ok(settings)
    }
    pub async fn sync_now(&self, _: SyncNow) -> Result<Run, Problem> {
        self.app_info(()).await?;
        Err(problem("", "", "", &std::fmt::Error))
    }
    pub fn subscribe(&self, _: impl Fn(&Push) + Send + std::marker::Sync + 'static) {}
    pub fn start_scheduler(&self) {}
    pub async fn shutdown(&self) {}
}
