//! Runs that are going on in this process: watched, cancelled, waited for.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Engine;
use crate::error::Result;
use crate::run::progress::{Progress, Snapshot};
use crate::store::runs::RunRow;

/// A run that is going on.
pub(super) struct Running {
    pub(super) sync: i64,
    pub(super) cancel: CancellationToken,
    pub(super) progress: Arc<Progress>,
}

impl Engine {
    /// Cancels a run; what was sent stays sent. A run that is not going on is left as it is.
    pub fn cancel(&self, run: i64) {
        if let Some(running) = self.running().get(&run) {
            running.cancel.cancel();
        }
    }

    /// What a run is doing; `None` once it has ended.
    pub fn progress(&self, run: i64) -> Option<Snapshot> {
        self.running().get(&run).map(|running| running.progress.snapshot())
    }

    /// The run of a sync that is going on.
    pub fn running_of(&self, sync: i64) -> Option<i64> {
        self.running().iter().find(|(_, running)| running.sync == sync).map(|(run, _)| *run)
    }

    /// Waits until a run has ended, and answers with how it ended.
    pub async fn wait(&self, run: i64) -> Result<RunRow> {
        loop {
            let ended = self.ended.notified();
            if !self.running().contains_key(&run) {
                return self.run(run);
            }
            ended.await;
        }
    }

    /// Stops all runs politely and waits for what is under way, at most `limit`.
    pub async fn stop(&self, limit: std::time::Duration) {
        for running in self.running().values() {
            running.cancel.cancel();
        }
        let all_ended = async {
            loop {
                let ended = self.ended.notified();
                if self.running().is_empty() {
                    return;
                }
                ended.await;
            }
        };
        // What does not end in time goes on at the next start.
        drop(tokio::time::timeout(limit, all_ended).await);
    }
}
