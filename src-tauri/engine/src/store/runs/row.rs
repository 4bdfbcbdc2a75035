//! A run as its row tells it, and looking rows up.

use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};

use super::super::json::read_json;
use super::{FieldLeft, Problem};
use crate::error::{Error, ErrorKind, Result};
use crate::store::outbox;
use crate::sync::Shape;
use crate::warehouse::Cost;

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
    /// The user tests the sync with one record.
    Test = 6,
    /// The user undoes an earlier run.
    Undo = 7,
    /// The user sends one record again, as it was or corrected.
    Replay = 8,
}

impl Trigger {
    /// Those of runs that read nothing of their sync whole.
    pub(crate) const PARTS: [Self; 4] = [Self::Retry, Self::Test, Self::Undo, Self::Replay];

    /// The run reads all of its sync.
    pub(crate) fn is_whole(self) -> bool {
        !Self::PARTS.contains(&self)
    }

    /// The run carries a part of its sync, and reads nothing of it whole.
    pub fn is_partial(self) -> bool {
        matches!(self, Self::Test | Self::Undo | Self::Replay)
    }
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
    /// Held for a decision; what it has not sent is kept.
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
    /// Records that left at least once; counted when they leave, whatever becomes of the request.
    pub sent: u64,
    /// Records the destination took.
    pub delivered: u64,
    /// Records the destination refused, doubtful ones among them.
    pub rejected: u64,
    /// Records the user discarded, which were refused or waiting before.
    pub discarded: u64,
    /// Requests that left.
    pub requests: u64,
    /// Bytes of the bodies of requests that were answered.
    pub bytes_sent: u64,
}

impl Counts {
    /// Records still to be sent.
    pub fn waiting(&self) -> u64 {
        self.to_send.saturating_sub(self.delivered + self.rejected + self.discarded)
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, added: Self) {
        self.read += added.read;
        self.invalid += added.invalid;
        self.added += added.added;
        self.changed += added.changed;
        self.removed += added.removed;
        self.unchanged += added.unchanged;
        self.carried += added.carried;
        self.to_send += added.to_send;
        self.sent += added.sent;
        self.delivered += added.delivered;
        self.rejected += added.rejected;
        self.discarded += added.discarded;
        self.requests += added.requests;
        self.bytes_sent += added.bytes_sent;
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
    /// How long it was held before it was approved, in ms.
    pub held_for: i64,
    /// The sync's generation when it began.
    pub generation: i64,
    /// What its records are.
    pub shape: Shape,
    /// Batches up to this id may be under way.
    pub claimed: i64,
    /// The user said to go on although the destination refuses records.
    pub approved: bool,
    /// Its counts.
    pub counts: Counts,
    /// What the warehouse said its read would take.
    pub cost: Option<Cost>,
    /// The connection its records go to; not known of runs of older versions.
    pub destination: Option<i64>,
    /// The run it takes back.
    pub undoes: Option<i64>,
    /// Fields that it left alone in records of which it put back others.
    pub left_alone: Vec<FieldLeft>,
    /// What the destination calls the ways its records went, where it has several.
    pub sent_by: Vec<String>,
    /// When it is tried again by itself, in ms.
    pub next_attempt: Option<i64>,
    /// Why it failed, waits, is held or was missed.
    pub problem: Option<Problem>,
}

const COLUMNS: &str =
    "id, sync, cause, state, started, sealed, finished, generation, shape, claimed, next_attempt,
    problem, read, invalid, added, changed, removed, unchanged, carried, to_send, sent, delivered, rejected,
    requests, bytes_sent, discarded, approved, cost, destination, undoes, sent_by, left_alone, held_for";

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

/// Waiting runs that are the newest of their sync but for those that read nothing of it whole (tests with one record,
/// undos, replays), with when they are due to be tried
/// again.
pub fn waiting(sqlite: &Sqlite) -> Result<Vec<RunRow>> {
    let mut statement = sqlite.prepare_cached(&format!(
        "select {COLUMNS} from run r where state = 8 and next_attempt is not null
         and not exists(select 1 from run later where later.sync = r.sync and later.id > r.id and later.state <> 9
                        and later.cause not in (6, 7, 8))"
    ))?;
    let rows = statement.query_map([], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// The undo or replay of a sync that waits and still has records to send; `None` where there is none.
pub fn waiting_part(sqlite: &Sqlite, sync: i64) -> Result<Option<RunRow>> {
    let mut statement = sqlite.prepare_cached(&format!(
        "select {COLUMNS} from run where sync = ?1 and state = 8 and cause in (7, 8) order by id desc"
    ))?;
    let rows = statement.query_map([sync], |row| Ok(from_row(row)))?;
    for row in rows {
        let run = row??;
        let (waiting, _) = outbox::open_counts(sqlite, sync, Some(run.id))?;
        if waiting > 0 {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// No whole run of the sync was ever sealed.
pub fn none_sealed(sqlite: &Sqlite, sync: i64) -> Result<bool> {
    let sql = "select not exists(select 1 from run where sync = ?1 and sealed is not null and cause not in (?2, ?3, ?4, ?5))";
    let [retry, test, undo, replay] = Trigger::PARTS.map(|trigger| trigger as u8);
    let parts = params![sync, retry, test, undo, replay];
    Ok(sqlite.query_row(sql, parts, |row| row.get(0))?)
}

fn from_row(row: &Row<'_>) -> Result<RunRow> {
    let cause: u8 = row.get(2)?;
    let trigger = match cause {
        1 => Trigger::Manual,
        2 => Trigger::Schedule,
        3 => Trigger::CatchUp,
        4 => Trigger::Retry,
        6 => Trigger::Test,
        7 => Trigger::Undo,
        8 => Trigger::Replay,
        _ => Trigger::Resume,
    };
    let shape: String = row.get(8)?;
    let (problem, cost): (Option<String>, Option<String>) = (row.get(11)?, row.get(27)?);
    let (sent_by, left_alone): (Option<String>, Option<String>) = (row.get(30)?, row.get(31)?);
    Ok(RunRow {
        id: row.get(0)?,
        sync: row.get(1)?,
        trigger,
        state: RunState::from_code(row.get(3)?)?,
        started: row.get(4)?,
        sealed: row.get(5)?,
        finished: row.get(6)?,
        held_for: row.get(32)?,
        generation: row.get(7)?,
        shape: read_json(&shape)?,
        claimed: row.get(9)?,
        approved: row.get(26)?,
        destination: row.get(28)?,
        undoes: row.get(29)?,
        left_alone: left_alone.as_deref().map(read_json).transpose()?.unwrap_or_default(),
        sent_by: sent_by.as_deref().map(read_json).transpose()?.unwrap_or_default(),
        next_attempt: row.get(10)?,
        problem: problem.as_deref().map(read_json).transpose()?,
        cost: cost.as_deref().map(read_json).transpose()?,
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
