//! Who is told when a sync needs somebody, what they were told, and what waits to be sent to them.

use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};

use super::json::{read_json, write_json};
use super::runs::{Problem, RunRow, RunState, Trigger};
use crate::alert::{Cause, Notice, Receiver};
use crate::error::{Error, ErrorKind, Result};

/// The receiver that is the window itself, with its notifications. It has no row.
pub const WINDOW: &str = "";

/// A receiver and what came of telling it.
#[derive(Debug, Clone)]
pub struct SavedReceiver {
    /// Its id for life.
    pub id: String,
    /// What was saved.
    pub receiver: Receiver,
    /// Why it could not be told, if it could not.
    pub problem: Option<Problem>,
}

/// An alert that waits to be sent.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its row.
    pub id: i64,
    /// The receiver's id.
    pub receiver: String,
    /// What it says.
    pub notice: Notice,
    /// How often it was tried.
    pub attempts: u32,
}

/// Something that was told and has not recovered.
#[derive(Debug, Clone)]
pub struct Told {
    /// Why.
    pub cause: Cause,
    /// Since when, in ms.
    pub since: i64,
}

const COLUMNS: &str = "id, receiver, problem";

/// All receivers, in the order they were added.
pub fn all(sqlite: &Sqlite) -> Result<Vec<SavedReceiver>> {
    readable(sqlite)?.into_iter().collect()
}

/// All receivers; each that can not be read is its error.
pub(crate) fn readable(sqlite: &Sqlite) -> Result<Vec<Result<SavedReceiver>>> {
    let mut statement = sqlite.prepare_cached(&format!("select {COLUMNS} from alert order by added, id"))?;
    let rows = statement.query_map([], |row| Ok(from_row(row)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The receiver with this id.
pub fn get(sqlite: &Sqlite, id: &str) -> Result<SavedReceiver> {
    sqlite
        .prepare_cached(&format!("select {COLUMNS} from alert where id = ?1"))?
        .query_row([id], |row| Ok(from_row(row)))
        .optional()?
        .ok_or_else(|| Error::new(ErrorKind::UnknownName, "There is no such alert any more."))?
}

/// Adds a receiver, or changes the one with this id. Two of one name are refused.
pub fn save(sqlite: &Sqlite, id: &str, receiver: &Receiver, at: i64) -> Result<()> {
    let is_taken = |saved: &SavedReceiver| saved.id != id && saved.receiver.name == receiver.name;
    if readable(sqlite)?.into_iter().flatten().any(|saved| is_taken(&saved)) {
        let message = format!("There is already an alert “{}”.", receiver.name);
        return Err(Error::new(ErrorKind::Conflict, message));
    }
    sqlite.execute(
        "insert into alert(id, receiver, added) values(?1, ?2, ?3)
         on conflict(id) do update set receiver = ?2, problem = null",
        params![id, write_json(receiver)?, at],
    )?;
    Ok(())
}

/// Deletes a receiver, with what it was told and what waits for it.
pub fn delete(sqlite: &Sqlite, id: &str) -> Result<()> {
    sqlite.execute("delete from alert_waiting where alert = ?1", [id])?;
    sqlite.execute("delete from alert_told where alert = ?1", [id])?;
    if sqlite.execute("delete from alert where id = ?1", [id])? == 0 {
        return Err(Error::new(ErrorKind::UnknownName, "There is no such alert any more."));
    }
    Ok(())
}

/// Notes why a receiver could not be told, or that it could.
pub(crate) fn set_problem(sqlite: &Sqlite, id: &str, problem: Option<&Problem>) -> Result<()> {
    let problem = problem.map(Problem::to_json).transpose()?;
    sqlite.execute("update alert set problem = ?2 where id = ?1", params![id, problem])?;
    Ok(())
}

/// What a receiver was told of a sync and has not recovered.
pub(crate) fn told(sqlite: &Sqlite, receiver: &str, sync: i64) -> Result<Vec<Told>> {
    let mut statement = sqlite.prepare_cached(
        "select cause, since from alert_told where alert = ?1 and sync = ?2 order by since",
    )?;
    let mut rows = statement.query(params![receiver, sync])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let cause: String = row.get(0)?;
        found.push(Told { cause: Cause::of_key(&cause)?, since: row.get(1)? });
    }
    Ok(found)
}

/// Notes that a receiver is told of a cause; whether it is the first time.
pub(crate) fn tell(sqlite: &Sqlite, receiver: &str, sync: i64, cause: &Cause, since: i64) -> Result<bool> {
    let sql = "insert into alert_told values(?1, ?2, ?3, ?4) on conflict do nothing";
    let added = sqlite.prepare_cached(sql)?.execute(params![receiver, sync, cause.key(), since])?;
    Ok(added > 0)
}

/// What a receiver was told has recovered.
pub(crate) fn recovered(sqlite: &Sqlite, receiver: &str, sync: i64, cause: &Cause) -> Result<()> {
    let sql = "delete from alert_told where alert = ?1 and sync = ?2 and cause = ?3";
    sqlite.prepare_cached(sql)?.execute(params![receiver, sync, cause.key()])?;
    Ok(())
}

/// The held run of a sync was decided: the next one that is held is told anew.
pub(crate) fn decided(sqlite: &Sqlite, sync: i64) -> Result<()> {
    let sql = "delete from alert_told where sync = ?1 and cause = ?2";
    sqlite.prepare_cached(sql)?.execute(params![sync, Cause::Held.key()])?;
    Ok(())
}

/// Keeps an alert until it is sent.
pub(crate) fn queue(sqlite: &Sqlite, receiver: &str, notice: &Notice) -> Result<()> {
    let sql = "insert into alert_waiting(alert, notice, due) values(?1, ?2, ?3)";
    sqlite.prepare_cached(sql)?.execute(params![receiver, write_json(notice)?, notice.at])?;
    Ok(())
}

/// Alerts that are due, oldest first.
pub(crate) fn due(sqlite: &Sqlite, now: i64) -> Result<Vec<Waiting>> {
    let mut statement = sqlite.prepare_cached(
        "select id, alert, notice, attempts from alert_waiting where due <= ?1 order by id",
    )?;
    let mut rows = statement.query([now])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let notice: String = row.get(2)?;
        found.push(Waiting {
            id: row.get(0)?,
            receiver: row.get(1)?,
            notice: read_json(&notice)?,
            attempts: row.get(3)?,
        });
    }
    Ok(found)
}

/// How many alerts wait for a receiver.
pub fn waiting(sqlite: &Sqlite, receiver: &str) -> Result<u64> {
    let sql = "select count(*) from alert_waiting where alert = ?1";
    Ok(sqlite.prepare_cached(sql)?.query_row([receiver], |row| row.get(0))?)
}

/// An alert was tried once more, and is due again then.
pub(crate) fn again(sqlite: &Sqlite, id: i64, due: i64) -> Result<()> {
    let sql = "update alert_waiting set attempts = attempts + 1, due = ?2 where id = ?1";
    sqlite.prepare_cached(sql)?.execute([id, due])?;
    Ok(())
}

/// An alert was sent, or is given up.
pub(crate) fn done(sqlite: &Sqlite, id: i64) -> Result<()> {
    sqlite.prepare_cached("delete from alert_waiting where id = ?1")?.execute([id])?;
    Ok(())
}

/// Ends of a sync in a row without success.
pub(crate) fn failures(sqlite: &Sqlite, sync: i64) -> Result<u32> {
    let sql = "select failures from sync where id = ?1";
    Ok(sqlite.prepare_cached(sql)?.query_row([sync], |row| row.get(0))?)
}

/// Keeps how many ends in a row were without success.
pub(crate) fn set_failures(sqlite: &Sqlite, sync: i64, failures: u32) -> Result<()> {
    sqlite.prepare_cached("update sync set failures = ?2 where id = ?1")?.execute(params![sync, failures])?;
    Ok(())
}

/// When a whole run of the sync last succeeded, in ms; where none has, when it first ran.
pub(crate) fn last_success(sqlite: &Sqlite, sync: i64) -> Result<Option<i64>> {
    let succeeded =
        "select finished from run where sync = ?1 and state in (?2, ?3) and cause not in (?4, ?5, ?6, ?7)
                     order by id desc limit 1";
    let [completed, rejecting, missed] =
        [RunState::Completed, RunState::CompletedWithRejections, RunState::Missed].map(|state| state as u8);
    let [retry, test, undo, replay] = Trigger::PARTS.map(|trigger| trigger as u8);
    let parts = params![sync, completed, rejecting, retry, test, undo, replay];
    let last: Option<i64> =
        sqlite.prepare_cached(succeeded)?.query_row(parts, |row| row.get(0)).optional()?;
    if last.is_some() {
        return Ok(last);
    }
    let first = "select started from run where sync = ?1 and state <> ?2 order by id limit 1";
    Ok(sqlite.prepare_cached(first)?.query_row(params![sync, missed], |row| row.get(0)).optional()?)
}

/// Whether `run` is the newest of its sync.
pub(crate) fn is_newest(sqlite: &Sqlite, run: &RunRow) -> Result<bool> {
    let sql = "select not exists(select 1 from run where sync = ?1 and id > ?2 and state <> ?3)";
    let parts = params![run.sync, run.id, RunState::Missed as u8];
    Ok(sqlite.prepare_cached(sql)?.query_row(parts, |row| row.get(0))?)
}

/// Whether a run before `run` succeeded.
pub(crate) fn succeeded_before(sqlite: &Sqlite, run: &RunRow) -> Result<bool> {
    let sql =
        "select exists(select 1 from run where sync = ?1 and id < ?2 and state in (?3, ?4) and cause <> ?5)";
    let parts = params![
        run.sync,
        run.id,
        RunState::Completed as u8,
        RunState::CompletedWithRejections as u8,
        Trigger::Test as u8
    ];
    Ok(sqlite.prepare_cached(sql)?.query_row(parts, |row| row.get(0))?)
}

fn from_row(row: &Row<'_>) -> Result<SavedReceiver> {
    let (receiver, problem): (String, Option<String>) = (row.get(1)?, row.get(2)?);
    Ok(SavedReceiver {
        id: row.get(0)?,
        receiver: read_json(&receiver)?,
        problem: problem.as_deref().map(Problem::from_json).transpose()?,
    })
}
