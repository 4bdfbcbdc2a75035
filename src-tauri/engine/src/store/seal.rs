//! From read to sendable: a whole read is sealed, or held for a decision and sealed when it is approved.

use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::fingerprints::Delivered;
use super::json::{read_json, write_json};
use super::marks::{self, Mark};
use super::outbox::{REMOVED, key_hash};
use super::packed::{pack, unpack};
use super::runs::{self, Counts, Ended, Problem, RunRow, RunState};
use super::{alerts, fingerprints, outbox, syncs};
use crate::error::{Error, ErrorKind, Result};
use crate::value::Column;

/// What a whole read leaves beside its staged records.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sealing {
    /// Rows the server itself counted.
    pub server_rows: Option<u64>,
    /// Batches up to this id may be under way at once.
    pub claimed: i64,
    /// The mapped columns, to compare with the next run's.
    pub columns: Vec<Column>,
    /// Rows that can be sent, to judge the next run by.
    pub rows: u64,
    /// The greatest cursor value read, as JSON; `None` leaves it as it was.
    pub cursor: Option<String>,
    /// Keys of removed records that are only to be forgotten.
    pub forgotten: Vec<String>,
    /// What was delivered is staged anew under another key.
    pub rekeyed: bool,
    /// Hashes of keys whose discarded record says nothing any more.
    pub outdated: Vec<u64>,
    /// After a change of key: hashes of keys whose discarded record still says something, and of the new keys.
    pub discarded: Vec<(u64, u64)>,
    /// What a warehouse that compares by itself goes on from next time.
    pub mark: Option<Mark>,
    /// Every row was to be sent again.
    #[serde(default)]
    pub resend: bool,
}

/// Makes what a run staged ready to send. It takes over what earlier runs left open.
pub fn seal(sqlite: &Sqlite, sync: i64, run: i64, at: i64, sealing: &Sealing) -> Result<()> {
    outbox::looked::carry(sqlite, sync, run)?;
    outbox::take_over(sqlite, sync, run)?;
    outbox::release(sqlite, run)?;
    if sealing.rekeyed {
        fingerprints::replace_by_staged(sqlite, sync)?;
    }
    if !sealing.forgotten.is_empty() {
        let forget = |key: &String| Delivered {
            hash: key_hash(key),
            fingerprint: REMOVED,
            key: key.clone(),
            address: String::new(),
        };
        let base_until = syncs::by_id(sqlite, sync)?.base_until;
        let forgotten: Vec<Delivered> = sealing.forgotten.iter().map(forget).collect();
        fingerprints::append_last(sqlite, sync, base_until, &forgotten)?;
    }
    match &sealing.mark {
        Some(mark) => marks::set(sqlite, sync, run, mark)?,
        None => marks::forget(sqlite, sync)?,
    }
    outbox::discarded::forget(sqlite, sync, &sealing.outdated)?;
    outbox::discarded::rekey(sqlite, sync, &sealing.discarded)?;
    syncs::saw(sqlite, sync, &sealing.columns, sealing.rows, sealing.cursor.as_deref())?;
    runs::seal(sqlite, run, at, sealing.server_rows, sealing.claimed)
}

/// Keeps what a run staged for a decision.
pub fn hold(sqlite: &Sqlite, run: i64, sealing: &Sealing) -> Result<()> {
    let z = pack(write_json(sealing)?.as_bytes())?;
    sqlite.execute("insert or replace into held values(?1, ?2)", params![run, z])?;
    Ok(())
}

/// Puts a held run on its way: what it staged is sealed, or what it kept back goes on. Answers with whether it had
/// begun to send.
pub fn approve(sqlite: &Sqlite, run: i64, at: i64) -> Result<bool> {
    let row = held(sqlite, run)?;
    runs::refuse_second(sqlite, row.sync)?;
    let kept = kept(sqlite, run)?;
    let begun = kept.is_none();
    match kept {
        Some(sealing) => {
            seal(sqlite, row.sync, run, at, &sealing)?;
            sqlite.execute("delete from held where run = ?1", [run])?;
        }
        None => drop(sqlite.execute("update run set approved = 1 where id = ?1", [run])?),
    }
    runs::add_held(sqlite, run, at)?;
    runs::go_on(sqlite, run)?;
    Ok(begun)
}

/// What sealing a held run needs; `None` where it had begun to send.
pub fn kept(sqlite: &Sqlite, run: i64) -> Result<Option<Sealing>> {
    let z: Option<Vec<u8>> =
        sqlite.query_row("select z from held where run = ?1", [run], |row| row.get(0)).optional()?;
    z.map(|z| read_json(&String::from_utf8_lossy(&unpack(&z)?))).transpose()
}

/// Why a held run is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dropped {
    /// Somebody decided so.
    Decided,
    /// It was to be looked at, and could not be.
    Unlooked,
    /// A newer run reads afresh.
    Newer,
    /// Its sync was changed: what of it, in words.
    Changed(Vec<&'static str>),
}

impl Dropped {
    fn in_words(&self) -> String {
        match self {
            Self::Decided => "You dropped it.".to_owned(),
            Self::Unlooked => "It was dropped, because it could not be looked at.".to_owned(),
            Self::Newer => "It was dropped, because a newer run took its place.".to_owned(),
            Self::Changed(what) => {
                format!("It was dropped, because the sync was changed: {}.", what.join(", "))
            }
        }
    }
}

/// Drops a held run: what it staged is removed and waits no more, what it kept back is left to the next run. It keeps
/// saying why it was held, and why it was dropped beside that.
pub fn drop_held(sqlite: &Sqlite, run: i64, why: &Dropped) -> Result<()> {
    let row = held(sqlite, run)?;
    let ended = row.finished.unwrap_or(row.started);
    outbox::unstage(sqlite, run)?;
    if row.sealed.is_none() {
        runs::set_counts(sqlite, run, &Counts { to_send: 0, ..row.counts })?;
    }
    alerts::decided(sqlite, row.sync)?;
    let problem = row.problem.map(|problem| Problem {
        message: format!("{} {}", problem.message, why.in_words()),
        hint: "Look at what a run would send now, or run the sync again.".to_owned(),
        ..problem
    });
    runs::end(sqlite, run, &Ended { problem, ..Ended::new(RunState::Cancelled, ended) })
}

/// The run of a sync that is held.
pub fn held_of(sqlite: &Sqlite, sync: i64) -> Result<Option<i64>> {
    let sql = "select id from run where sync = ?1 and state = ?2 order by id desc limit 1";
    let run = sqlite.query_row(sql, params![sync, RunState::Held as u8], |row| row.get(0));
    Ok(run.optional()?)
}

/// Refuses what would make untrue what a held run showed and has not sent yet.
pub fn refuse_while_held(sqlite: &Sqlite, sync: i64) -> Result<()> {
    let sql = "select run from held join run on run.id = held.run where run.sync = ?1";
    let held: Option<i64> = sqlite.query_row(sql, [sync], |row| row.get(0)).optional()?;
    match held {
        Some(run) => Err(Error::new(ErrorKind::Conflict, format!("Run {run} of this sync is held."))
            .with_hint("Approve or drop it first.")),
        None => Ok(()),
    }
}

fn held(sqlite: &Sqlite, run: i64) -> Result<RunRow> {
    let row = runs::get(sqlite, run)?;
    if row.state != RunState::Held {
        return Err(Error::new(ErrorKind::Conflict, format!("Run {run} is not held."))
            .with_hint("Look at the newest run of the sync."));
    }
    Ok(row)
}
