//! Jobs of a destination: written down before they are looked at, and looked at until they have ended.

use super::Sender;
use super::work::Work;
use crate::clock::millis;
use crate::destination::JobToken;
use crate::error::Result;
use crate::run::outcome::{Attempt, Settled};
use crate::store::outbox;

/// A job of the destination, as written down.
pub(in crate::run) struct Job {
    pub(super) id: i64,
    pub(in crate::run) token: JobToken,
}

impl Sender {
    /// Writes a job down, and only then looks at it: a restart goes on looking instead of sending again.
    pub(super) async fn follow(
        &mut self,
        token: JobToken,
        attempt: Attempt,
        work: Work,
        request: u64,
    ) -> Result<()> {
        self.backoff.worked(request);
        let (batch, places, at) = (attempt.batch, attempt.places.clone(), millis(self.context.clock.now()));
        let settled = Settled::under_way(&places);
        self.write(attempt, settled, &work.batch).await?;
        let kept = token.clone();
        let keep = move |sqlite: &rusqlite::Connection| outbox::jobs::keep(sqlite, batch, &places, &kept, at);
        let id = self.context.store.write(keep).done().await?;
        self.queue.push_front(Work { job: Some(Job { id, token }), lost: true, ..work });
        Ok(())
    }
}
