//! Held runs are reviewed: every record is compared with the destination, and the warehouse looked at again.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::Engine;
use super::opening::both;
use crate::destination::Destination;
use crate::error::{Error, ErrorKind, Result};
use crate::run::plan::{PlanRecord, Reading, limits};
use crate::run::review::{self, Filter, Place, Report, Since, Walk};
use crate::store::runs::{self, RunRow, RunState};
use crate::store::seal;
use crate::store::syncs::{self, SavedSync};
use crate::sync::Mode;

/// Comparing that goes on, or how it ended.
pub(super) struct Reviewing {
    report: Arc<Mutex<Report>>,
    going: bool,
    problem: Option<Error>,
}

/// How far the records of a run are compared.
#[derive(Debug)]
pub struct Review {
    /// The run.
    pub run: RunRow,
    /// Its sync.
    pub saved: SavedSync,
    /// What came of it so far.
    pub report: Report,
    /// What came of comparing the run that was reviewed before this one.
    pub last: Option<Report>,
    /// It goes on.
    pub going: bool,
    /// The destination says what stands there now.
    pub live: bool,
    /// Requests to the destination that the rest takes.
    pub requests: u64,
    /// Why it ended before its end.
    pub problem: Option<Error>,
}

impl Engine {
    /// How far the records of a run are compared, and what came of it.
    pub async fn review(&self, run: i64) -> Result<Review> {
        let (row, saved, kept, last) = self.store.read(|sqlite| {
            let row = runs::get(sqlite, run)?;
            let (kept, last) = (runs::review(sqlite, run)?, runs::review_before(sqlite, row.sync, run)?);
            Ok((row.clone(), syncs::by_id(sqlite, row.sync)?, kept, last))
        })?;
        let now = self
            .reviewing()
            .get(&run)
            .map(|one| (lock(&one.report).to_keep(), one.going, one.problem.clone()));
        let (report, going, problem) = now.unwrap_or_else(|| (kept.unwrap_or_default(), false, None));
        let is_open = row.state == RunState::Held && report.compared < row.counts.waiting();
        let (live, requests) = if is_open && !going {
            let destination = self.destination(saved.sync.to.as_deref().unwrap_or_default())?;
            let rest =
                self.store.read(|sqlite| review::requests(sqlite, &row, &*destination, report.until))?;
            (review::is_live(&saved.sync, &*destination).await?, rest)
        } else {
            (report.live, 0)
        };
        Ok(Review { run: row, saved, report, last, going, live, requests, problem })
    }

    /// How many records of a run are compared. The destination is asked for nothing.
    pub fn compared(&self, run: i64) -> Result<u64> {
        let now = self.reviewing().get(&run).map(|one| lock(&one.report).compared);
        if let Some(compared) = now {
            return Ok(compared);
        }
        let kept: Option<Report> = self.store.read(|sqlite| runs::review(sqlite, run))?;
        Ok(kept.map_or(0, |report| report.compared))
    }

    /// Begins to compare every record of a held run, where that is not going on already. Answers at once.
    pub async fn start_review(self: &Arc<Self>, run: i64) -> Result<()> {
        if let Some(walk) = self.begin_review(run)? {
            tokio::spawn(self.clone().walk(walk));
        }
        Ok(())
    }

    /// The same, and answers when all are compared.
    pub async fn review_all(self: &Arc<Self>, run: i64) -> Result<()> {
        if let Some(walk) = self.begin_review(run)? {
            self.clone().walk(walk).await;
        }
        let problem = self.reviewing().get(&run).and_then(|one| one.problem.clone());
        problem.map_or(Ok(()), Err)
    }

    /// Up to `limit` compared records of a run behind `after`, and where the next page goes on.
    pub fn reviewed(
        &self,
        run: i64,
        filter: &Filter,
        after: Option<Place>,
        limit: usize,
    ) -> Result<(Vec<PlanRecord>, Option<Place>)> {
        self.store.read(|sqlite| review::page(sqlite, &runs::get(sqlite, run)?, filter, after, limit))
    }

    /// Whether the warehouse has changed since a held run read it. With `pays` it is read again although that costs.
    pub async fn since(&self, run: i64, pays: bool) -> Result<Since> {
        let (row, saved, kept) = self.store.read(|sqlite| {
            let row = runs::get(sqlite, run)?;
            Ok((row.clone(), syncs::by_id(sqlite, row.sync)?, seal::kept(sqlite, run)?))
        })?;
        // What had begun to send was sealed: it is what the warehouse said then.
        let Some(kept) = kept else { return Ok(Since { looked: true, ..Since::default() }) };
        let destination = self.destination(saved.sync.to.as_deref().unwrap_or_default());
        let warehouse = self.warehouse_for(&saved.sync.from, &saved.sync.query);
        let (destination, warehouse) = both(destination, warehouse)?;
        let record_bytes = limits(Some(&*destination), &saved.sync.shape).record_bytes;
        let (store, home) = (&*self.store, self.home.as_path());
        let reading = Reading { store, home, saved: &saved, warehouse: &*warehouse, record_bytes };
        let resend = kept.resend || saved.sync.mode == Mode::Full;
        review::since(&reading, &row, resend, pays).await
    }

    /// What a walk through the run needs; `None` where one goes on.
    fn begin_review(&self, run: i64) -> Result<Option<Walk>> {
        let (row, saved, kept) = self.store.read(|sqlite| {
            let row = runs::get(sqlite, run)?;
            Ok((row.clone(), syncs::by_id(sqlite, row.sync)?, runs::review::<Report>(sqlite, run)?))
        })?;
        if row.state != RunState::Held {
            return Err(Error::new(ErrorKind::Conflict, format!("Run {run} is not held."))
                .with_hint("Look at the newest run of the sync."));
        }
        let destination = self.destination(saved.sync.to.as_deref().unwrap_or_default())?;
        let mut reviewing = self.reviewing();
        if reviewing.get(&run).is_some_and(|one| one.going) {
            return Ok(None);
        }
        let report = Arc::new(Mutex::new(kept.unwrap_or_default()));
        reviewing.insert(run, Reviewing { report: report.clone(), going: true, problem: None });
        Ok(Some(Walk {
            store: self.store.clone(),
            destination: Arc::<dyn Destination>::from(destination),
            sync: Arc::new(saved.sync),
            run: row,
            report,
            cancel: self.store.lost().child_token(),
            known: OnceCell::new(),
        }))
    }

    async fn walk(self: Arc<Self>, walk: Walk) {
        let run = walk.run.id;
        // On a task of its own: a mistake of ours that panics ends it, and does not leave it going on.
        let ended = tokio::spawn(walk.finish()).await.unwrap_or_else(|error| {
            Err(Error::new(ErrorKind::Bug, "Comparing ended unexpectedly.").with_source(error))
        });
        if let Some(one) = self.reviewing().get_mut(&run) {
            (one.going, one.problem) = (false, ended.err());
        }
    }

    fn reviewing(&self) -> std::sync::MutexGuard<'_, std::collections::HashMap<i64, Reviewing>> {
        self.reviewing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock(report: &Mutex<Report>) -> std::sync::MutexGuard<'_, Report> {
    report.lock().unwrap_or_else(PoisonError::into_inner)
}
