//! How a run ends.

use rusqlite::{Connection as Sqlite, params};

use super::super::outbox;
use super::{Problem, RunRow, RunState, get};
use crate::error::{Error, ErrorKind, Result};

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Its last state; never one of a run that goes on.
    pub state: RunState,
    /// When, in ms.
    pub at: i64,
    /// When it is tried again by itself, in ms.
    pub next_attempt: Option<i64>,
    /// Why it failed, waits or is held.
    pub problem: Option<Problem>,
}

impl Ended {
    /// Ended in `state`, with nothing to say about it.
    pub fn new(state: RunState, at: i64) -> Self {
        Self { state, at, next_attempt: None, problem: None }
    }

    /// Ended in `state` because of `error`.
    pub fn because(state: RunState, at: i64, error: &Error) -> Self {
        Self { problem: Some(Problem::from(error)), ..Self::new(state, at) }
    }

    /// It could not do its work, or the user had enough of it.
    pub fn failed(at: i64, error: &Error) -> Self {
        let cancelled = error.kind() == ErrorKind::Cancelled;
        Self::because(if cancelled { RunState::Cancelled } else { RunState::Failed }, at, error)
    }

    /// How `run` ended if nobody works on it any more and nobody wrote its end down: a read that was not sealed
    /// failed, a sealed run waits to go on. `at` is its last sign of life.
    pub fn cut_off(run: &RunRow, at: i64) -> Self {
        if run.state == RunState::Sending {
            let error = Error::new(
                ErrorKind::Interrupted,
                "Sluice stopped, or could not write to its disk, while this run was sending.",
            );
            return Self { next_attempt: Some(at), ..Self::because(RunState::Waiting, at, &error) };
        }
        let error = Error::new(
            ErrorKind::Interrupted,
            "Sluice stopped, or could not write to its disk, while this run was reading.",
        )
        .with_safe("Nothing was sent, and nothing counts as removed.")
        .with_hint(if run.undoes.is_some() { "Undo the run again." } else { "Run again." });
        Self::because(RunState::Failed, at, &error)
    }
}

impl RunRow {
    /// The run, ended like this.
    pub fn ended(self, ended: Ended) -> Self {
        let Ended { state, at, next_attempt, problem } = ended;
        Self { state, finished: Some(at), next_attempt, problem, ..self }
    }
}

/// Ends a run. What a read that was not sealed had staged goes with it, unless the run is held.
pub fn end(sqlite: &Sqlite, run: i64, ended: &Ended) -> Result<()> {
    if get(sqlite, run)?.state == RunState::Reading && ended.state != RunState::Held {
        outbox::unstage(sqlite, run)?;
    }
    let problem = ended.problem.as_ref().map(Problem::to_json).transpose()?;
    sqlite.execute(
        "update run set state = ?2, finished = ?3, next_attempt = ?4, problem = ?5 where id = ?1",
        params![run, ended.state as u8, ended.at, ended.next_attempt, problem],
    )?;
    Ok(())
}

/// When a run that has not ended is last known to have been alive, in ms.
pub fn last_sign(sqlite: &Sqlite, run: &RunRow) -> Result<i64> {
    let sent: Option<i64> = sqlite.query_row(
        "select max(exchange.at) from exchange join batch on batch.id = exchange.batch where batch.run = ?1",
        [run.id],
        |row| row.get(0),
    )?;
    Ok([Some(run.started), run.sealed, sent].into_iter().flatten().max().unwrap_or(run.started))
}
