//! Sends alerts: as JSON to an address, as text to a chat's hook, or by e-mail. Each call is one attempt; the engine
//! decides when there is another.

mod hook;
mod mail;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use sluice_engine::alert::{Messenger, Notice, Receiver};
use sluice_engine::clock::SharedClock;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;

use crate::http::Patience;

/// JSON to any address.
pub const WEBHOOK: &str = "webhook";
/// Text to a hook of Slack, or of a chat that takes the same.
pub const SLACK: &str = "slack";
/// An e-mail over SMTP.
pub const EMAIL: &str = "email";

/// An alert is small: who does not take it in this time is tried again.
const PATIENCE: Patience = Patience { connect: Duration::from_secs(10), answer: Duration::from_secs(30) };

type Settings = BTreeMap<String, String>;

/// Every way alerts go.
pub struct Ways {
    clock: SharedClock,
}

impl Ways {
    /// All ways, by this clock.
    pub fn new(clock: SharedClock) -> Self {
        Self { clock }
    }
}

#[async_trait]
impl Messenger for Ways {
    async fn send(&self, receiver: &Receiver, secret: Option<&Secret>, notice: &Notice) -> Result<()> {
        let (settings, clock) = (&receiver.settings, &self.clock);
        match receiver.kind.as_str() {
            WEBHOOK => hook::send(settings, secret, &hook::json(notice), clock).await,
            SLACK => hook::send(settings, secret, &hook::text(notice), clock).await,
            EMAIL => mail::send(settings, secret, notice).await,
            kind => Err(unknown(kind)),
        }
    }
}

/// What is kept of the settings a user entered for alerts of this kind; refuses those that nothing could be sent with.
pub fn checked(kind: &str, settings: &Settings, secret: Option<&Secret>) -> Result<Settings> {
    match kind {
        WEBHOOK | SLACK => hook::checked(settings, secret),
        EMAIL => mail::checked(settings, secret),
        kind => Err(unknown(kind)),
    }
}

fn unknown(kind: &str) -> Error {
    Error::new(ErrorKind::BadSettings, format!("There are no alerts by “{kind}”."))
}

/// Whether alerts may go to this computer and this network.
fn allows_private(settings: &Settings) -> bool {
    settings.get("allow_private").is_some_and(|allow| allow == "yes")
}

/// These settings alone, as far as they are there and not empty.
fn only(settings: &Settings, keys: &[&str]) -> Settings {
    let kept = keys.iter().filter_map(|key| settings.get_key_value(*key));
    kept.map(|(key, value)| (key.clone(), value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
