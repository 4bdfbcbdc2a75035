//! Sends what waits: each alert is tried a few times, with growing pauses, and then given up, which the window tells.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::watch::{silences, tell_silence};
use super::{Messenger, Notice};
use crate::clock::millis;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::run::progress;
use crate::secrets::{Secret, from_environment};
use crate::store::alerts::{self, SavedReceiver, Waiting};
use crate::store::runs::Problem;

/// Under this name the secret of a receiver is kept: the address that only who may tell knows, or a password.
pub const SECRET: &str = "secret";

/// Between two looks at what waits.
const TICK: Duration = Duration::from_secs(10);
/// Pauses after each attempt that failed, in ms; after the last there is none more.
const PAUSES: [i64; 5] = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000, 4 * 60 * 60_000];

/// Where the keychain keeps the secret of the receiver with this id. No connection is named so.
pub fn place(id: &str) -> String {
    format!("alert {id}")
}

/// The secret of a receiver: the environment's `SLUICE_SECRET_ALERT_<NAME>`, else the keychain's. May block.
pub fn secret(engine: &Engine, id: &str, name: &str) -> Result<Option<Secret>> {
    match from_environment("alert", name) {
        Some(secret) => Ok(Some(secret)),
        None => engine.secrets().get(&place(id), SECRET),
    }
}

/// Sends what waits, from now on until `stop`, or until the data folder is lost to another process.
pub async fn run(engine: Arc<Engine>, messenger: Arc<dyn Messenger>, stop: CancellationToken) {
    let lost = engine.store().lost();
    loop {
        // A database that can not be written shows in everything the user does; here it is only tried again.
        drop(pass(&engine, &*messenger).await);
        tokio::select! {
            () = stop.cancelled() => return,
            () = lost.cancelled() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Looks once at which syncs are silent, and sends what is due.
pub async fn pass(engine: &Arc<Engine>, messenger: &dyn Messenger) -> Result<()> {
    let now = millis(engine.clock().now());
    for silence in engine.store().read(|sqlite| silences(sqlite, now))? {
        engine.store().write(move |sqlite| tell_silence(sqlite, &silence)).done().await?;
    }
    for waiting in engine.store().read(|sqlite| alerts::due(sqlite, now))? {
        let receiver = engine.store().read(|sqlite| alerts::get(sqlite, &waiting.receiver));
        let sent = match &receiver {
            Ok(saved) => send(engine, messenger, saved, &waiting.notice).await,
            Err(error) => Err(error.clone()),
        };
        settle(engine, waiting, sent.err()).await?;
    }
    Ok(())
}

/// Sends a test to the receiver with this id, and notes whether it arrived.
pub async fn test(engine: &Arc<Engine>, messenger: &dyn Messenger, id: String) -> Result<()> {
    let saved = engine.store().read(|sqlite| alerts::get(sqlite, &id))?;
    let sent = send(engine, messenger, &saved, &Notice::test(millis(engine.clock().now()))).await;
    note(engine, id, sent.as_ref().err()).await?;
    sent
}

async fn send(
    engine: &Arc<Engine>,
    messenger: &dyn Messenger,
    saved: &SavedReceiver,
    notice: &Notice,
) -> Result<()> {
    let (keeper, id, name) = (engine.clone(), saved.id.clone(), saved.receiver.name.clone());
    // The keychain may ask the user, and blocks meanwhile.
    let secret = tokio::task::spawn_blocking(move || secret(&keeper, &id, &name)).await;
    let secret = secret
        .map_err(|error| Error::new(ErrorKind::Bug, "Work ended unexpectedly.").with_source(error))??;
    messenger.send(&saved.receiver, secret.as_ref(), notice).await
}

async fn settle(engine: &Arc<Engine>, waiting: Waiting, failed: Option<Error>) -> Result<()> {
    let (id, now) = (waiting.id, millis(engine.clock().now()));
    let pause = PAUSES.get(waiting.attempts as usize).copied().filter(|_| failed.is_some());
    let job = move |sqlite: &rusqlite::Connection| match pause {
        Some(pause) => alerts::again(sqlite, id, now + pause),
        None => alerts::done(sqlite, id),
    };
    engine.store().write(job).done().await?;
    let is_told =
        failed.as_ref().is_none_or(|error| pause.is_none() || error.kind().retry() != Retry::Backoff);
    if is_told { note(engine, waiting.receiver, failed.as_ref()).await } else { Ok(()) }
}

/// Keeps why a receiver could not be told, or that it could, and tells the window where that is news.
async fn note(engine: &Arc<Engine>, id: String, failed: Option<&Error>) -> Result<()> {
    let problem = failed.map(Problem::from);
    // A receiver that was deleted meanwhile, or can not be read, has nothing to note.
    let Ok(before) = engine.store().read(|sqlite| alerts::get(sqlite, &id)) else { return Ok(()) };
    if before.problem == problem {
        return Ok(());
    }
    let job = move |sqlite: &rusqlite::Connection| alerts::set_problem(sqlite, &id, problem.as_ref());
    engine.store().write(job).done().await?;
    engine.tell(progress::Notice::Changed);
    Ok(())
}
