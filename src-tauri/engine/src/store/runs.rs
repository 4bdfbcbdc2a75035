//! Runs. A run is a row before anything else happens.

use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};

use super::{read_json, write_json};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Shape;

/// Why a run began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Trigger {
    /// The user said so.
    Manual = 1,
    /// Its schedule.
    Schedule = 2,
    /// Its schedule, later than meant.
    CatchUp = 3,
    /// The user retried rejected records.
    Retry = 4,
    /// It goes on after Sluice was stopped.
    Resume = 5,
}

/// How a run is or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RunState {
    /// Reading and comparing.
    Reading = 1,
    /// Everything is written down; sending.
    Sending = 2,
    /// Everything arrived.
    Completed = 3,
    /// The destination refused some records.
    CompletedWithRejections = 4,
    /// Held for a decision; nothing was sent.
    Held = 5,
    /// Cancelled; what was sent stays sent.
    Cancelled = 6,
    /// It could not do its work.
    Failed = 7,
    /// Some records wait for a later run.
    Waiting = 8,
    /// A slot without a run.
    Missed = 9,
}

impl RunState {
    fn from_code(code: u8) -> Result<Self> {
        Ok(match code {
            1 => Self::Reading,
            2 => Self::Sending,
            3 => Self::Completed,
            4 => Self::CompletedWithRejections,
            5 => Self::Held,
            6 => Self::Cancelled,
            7 => Self::Failed,
            8 => Self::Waiting,
            9 => Self::Missed,
            _ => return Err(Error::new(ErrorKind::Damaged, "A stored run can not be read.")),
        })
    }

    /// The run has not ended.
    pub fn is_going_on(self) -> bool {
        matches!(self, Self::Reading | Self::Sending)
    }
}

/// A run's counts. `read == invalid + added + changed + unchanged`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// Rows that can not be sent.
    pub invalid: u64,
    /// Rows never delivered before.
    pub added: u64,
    /// Rows that differ from what was delivered.
    pub changed: u64,
    /// Delivered rows that are gone.
    pub removed: u64,
    /// Rows that are as delivered.
    pub unchanged: u64,
    /// Records of earlier runs sent again without having been read.
    pub carried: u64,
    /// Records this run is to send.
    pub to_send: u64,
    /// Records sent at least once.
    pub sent: u64,
    /// Records the destination took.
    pub delivered: u64,
    /// Records the destination refused, doubtful ones among them.
    pub rejected: u64,
    /// Records the user discarded, which were refused or waiting before.
    pub discarded: u64,
    /// Requests made.
    pub requests: u64,
    /// Bytes of request bodies.
    pub bytes_sent: u64,
}

impl Counts {
    /// Records still to be sent.
    pub fn waiting(&self) -> u64 {
        self.to_send.saturating_sub(self.delivered + self.rejected + self.discarded)
    }
}

/// A stored problem: an error without its live causes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// The kind's name.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// What is safe.
    pub safe: String,
    /// What to do.
    pub hint: String,
    /// Something to copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The chain of causes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

impl Problem {
    /// The stored form.
    pub fn to_json(&self) -> Result<String> {
        write_json(self)
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self> {
        read_json(text)
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().name().to_owned(),
            message: error.message().to_owned(),
            safe: error.safe().to_owned(),
            hint: error.hint().to_owned(),
            fix: error.fix().map(str::to_owned),
            details: error.details(),
        }
    }
}

/// A run's row.
#[derive(Debug, Clone)]
pub struct RunRow {
    /// Its id.
    pub id: i64,
    /// Its sync.
    pub sync: i64,
    /// Why it began.
    pub trigger: Trigger,
    /// How it is or ended.
    pub state: RunState,
    /// When it began, in ms.
    pub started: i64,
    /// When its read was sealed, in ms.
    pub sealed: Option<i64>,
    /// When it ended, in ms.
    pub finished: Option<i64>,
    /// The sync's generation when it began.
    pub generation: i64,
    /// What its records are.
    pub shape: Shape,
    /// Batches up to this id may be under way.
    pub claimed: i64,
    /// Its counts.
    pub counts: Counts,
    /// When it is tried again by itself, in ms.
    pub next_attempt: Option<i64>,
    /// Why it failed, waits, is held or was missed.
    pub problem: Option<Problem>,
}

const COLUMNS: &str =
    "id, sync, cause, state, started, sealed, finished, generation, shape, claimed, next_attempt,
    problem, read, invalid, added, changed, removed, unchanged, carried, to_send, sent, delivered, rejected,
    requests, bytes_sent, discarded";

/// Writes down a new run that is reading.
pub fn begin(
    sqlite: &Sqlite,
    sync: i64,
    trigger: Trigger,
    at: i64,
    generation: i64,
    shape: &Shape,
) -> Result<i64> {
    refuse_second(sqlite, sync)?;
    sqlite.execute(
        "insert into run(sync, cause, state, started, generation, shape) values(?1, ?2, 1, ?3, ?4, ?5)",
        params![sync, trigger as u8, at, generation, write_json(shape)?],
    )?;
    Ok(sqlite.last_insert_rowid())
}

/// Puts a run that waits back to sending. Not one that a newer run has overtaken or that is going on.
pub fn resume(sqlite: &Sqlite, run: &RunRow, at: i64) -> Result<()> {
    refuse_second(sqlite, run.sync)?;
    if get(sqlite, run.id)?.state != RunState::Waiting {
        return Err(Error::new(ErrorKind::Conflict, format!("Run {} does not wait any more.", run.id)));
    }
    set_state(sqlite, run.id, RunState::Sending, at, None, None)
}

/// Refuses what must not happen while a run of the sync is going on.
pub fn refuse_second(sqlite: &Sqlite, sync: i64) -> Result<()> {
    let going_on: bool = sqlite.query_row(
        "select exists(select 1 from run where sync = ?1 and state in (1, 2))",
        [sync],
        |row| row.get(0),
    )?;
    if going_on {
        Err(Error::new(ErrorKind::AlreadyRunning, "A run of this sync is going on."))
    } else {
        Ok(())
    }
}

/// Writes down a slot that did not run, with its reason.
pub fn missed(
    sqlite: &Sqlite,
    sync: i64,
    slot: i64,
    generation: i64,
    shape: &Shape,
    reason: &Problem,
) -> Result<i64> {
    sqlite.execute(
        "insert into run(sync, cause, state, started, finished, slot, generation, shape, problem)
         values(?1, 2, 9, ?2, ?2, ?2, ?3, ?4, ?5)",
        params![sync, slot, generation, write_json(shape)?, reason.to_json()?],
    )?;
    Ok(sqlite.last_insert_rowid())
}

/// The run with this id.
pub fn get(sqlite: &Sqlite, run: i64) -> Result<RunRow> {
    sqlite
        .prepare_cached(&format!("select {COLUMNS} from run where id = ?1"))?
        .query_row([run], |row| Ok(from_row(row)))
        .optional()?
        .ok_or_else(|| Error::new(ErrorKind::UnknownName, format!("There is no run {run}.")))?
}

/// Runs, newest first; of one sync, older than `before`.
pub fn list(sqlite: &Sqlite, sync: Option<i64>, before: Option<i64>, limit: usize) -> Result<Vec<RunRow>> {
    let mut statement = sqlite.prepare_cached(&format!(
        "select {COLUMNS} from run where (?1 is null or sync = ?1) and (?2 is null or id < ?2) order by id desc limit ?3"
    ))?;
    let rows = statement.query_map(params![sync, before, limit as i64], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// Runs that had not ended when Sluice was last stopped, and runs that wait, oldest first.
pub fn unfinished(sqlite: &Sqlite) -> Result<Vec<RunRow>> {
    let mut statement =
        sqlite.prepare_cached(&format!("select {COLUMNS} from run where state in (1, 2) order by id"))?;
    let rows = statement.query_map([], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// Stores all counts of a run.
pub fn set_counts(sqlite: &Sqlite, run: i64, counts: &Counts) -> Result<()> {
    sqlite
        .prepare_cached(
            "update run set read = ?2, invalid = ?3, added = ?4, changed = ?5, removed = ?6, unchanged = ?7,
             carried = ?8, to_send = ?9 where id = ?1",
        )?
        .execute(params![
            run,
            counts.read,
            counts.invalid,
            counts.added,
            counts.changed,
            counts.removed,
            counts.unchanged,
            counts.carried,
            counts.to_send
        ])?;
    Ok(())
}

/// Notes that the read is whole, and what the server reported.
pub fn seal(sqlite: &Sqlite, run: i64, at: i64, server_rows: Option<u64>, claimed: i64) -> Result<()> {
    sqlite.execute(
        "update run set state = 2, sealed = ?2, server_rows = ?3, claimed = ?4 where id = ?1",
        params![run, at, server_rows, claimed],
    )?;
    Ok(())
}

/// Adds what one request brought to a run's counts, and moves what may be under way.
pub fn add_outcomes(sqlite: &Sqlite, run: i64, added: &Counts, claimed: i64) -> Result<()> {
    sqlite
        .prepare_cached(
            "update run set sent = sent + ?2, delivered = delivered + ?3, rejected = rejected + ?4,
             requests = requests + ?5, bytes_sent = bytes_sent + ?6, claimed = max(claimed, ?7) where id = ?1",
        )?
        .execute(params![run, added.sent, added.delivered, added.rejected, added.requests, added.bytes_sent, claimed])?;
    Ok(())
}

/// Counts records of a run as discarded, `refused` of which had counted as rejected.
pub fn add_discarded(sqlite: &Sqlite, run: i64, refused: u64, waiting: u64) -> Result<()> {
    sqlite.execute(
        "update run set rejected = rejected - ?2, discarded = discarded + ?2 + ?3 where id = ?1",
        params![run, refused, waiting],
    )?;
    Ok(())
}

/// Moves a run to `state`; ends it unless it goes on.
pub fn set_state(
    sqlite: &Sqlite,
    run: i64,
    state: RunState,
    at: i64,
    next_attempt: Option<i64>,
    problem: Option<&Problem>,
) -> Result<()> {
    let problem = problem.map(Problem::to_json).transpose()?;
    let finished = (!state.is_going_on()).then_some(at);
    sqlite.execute(
        "update run set state = ?2, finished = ?3, next_attempt = ?4, problem = ?5 where id = ?1",
        params![run, state as u8, finished, next_attempt, problem],
    )?;
    Ok(())
}

/// Waiting runs that are the newest of their sync, with when they are due to be tried again.
pub fn waiting(sqlite: &Sqlite) -> Result<Vec<RunRow>> {
    let mut statement = sqlite.prepare_cached(&format!(
        "select {COLUMNS} from run r where state = 8 and next_attempt is not null
         and not exists(select 1 from run later where later.sync = r.sync and later.id > r.id and later.state <> 9)"
    ))?;
    let rows = statement.query_map([], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// A row that could not become a record.
#[derive(Debug, Clone)]
pub struct InvalidRow {
    /// Which row of the read, from 1.
    pub row: u64,
    /// Its key, if it has one.
    pub key: Option<String>,
    /// Why.
    pub problem: Problem,
}

/// Keeps the reason of an invalid row.
pub fn add_invalid(sqlite: &Sqlite, run: i64, invalid: &InvalidRow) -> Result<()> {
    sqlite.prepare_cached("insert or replace into invalid_row values(?1, ?2, ?3, ?4)")?.execute(params![
        run,
        invalid.row,
        invalid.key,
        invalid.problem.to_json()?
    ])?;
    Ok(())
}

/// Kept reasons of a run's invalid rows, in the order read.
pub fn invalid_rows(sqlite: &Sqlite, run: i64) -> Result<Vec<InvalidRow>> {
    let mut statement =
        sqlite.prepare_cached("select row, key, problem from invalid_row where run = ?1 order by row")?;
    let mut rows = statement.query([run])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let problem: String = row.get(2)?;
        found.push(InvalidRow { row: row.get(0)?, key: row.get(1)?, problem: read_json(&problem)? });
    }
    Ok(found)
}

fn from_row(row: &Row<'_>) -> Result<RunRow> {
    let cause: u8 = row.get(2)?;
    let trigger = match cause {
        1 => Trigger::Manual,
        2 => Trigger::Schedule,
        3 => Trigger::CatchUp,
        4 => Trigger::Retry,
        _ => Trigger::Resume,
    };
    let shape: String = row.get(8)?;
    let problem: Option<String> = row.get(11)?;
    Ok(RunRow {
        id: row.get(0)?,
        sync: row.get(1)?,
        trigger,
        state: RunState::from_code(row.get(3)?)?,
        started: row.get(4)?,
        sealed: row.get(5)?,
        finished: row.get(6)?,
        generation: row.get(7)?,
        shape: read_json(&shape)?,
        claimed: row.get(9)?,
        next_attempt: row.get(10)?,
        problem: problem.as_deref().map(read_json).transpose()?,
        counts: Counts {
            read: row.get(12)?,
            invalid: row.get(13)?,
            added: row.get(14)?,
            changed: row.get(15)?,
            removed: row.get(16)?,
            unchanged: row.get(17)?,
            carried: row.get(18)?,
            to_send: row.get(19)?,
            sent: row.get(20)?,
            delivered: row.get(21)?,
            rejected: row.get(22)?,
            requests: row.get(23)?,
            bytes_sent: row.get(24)?,
            discarded: row.get(25)?,
        },
    })
}
