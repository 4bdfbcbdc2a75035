//! The outbox: every record with its exact bytes, written before it is first sent.
//!
//! Records are kept in batches: a compressed body that never changes, one state for the whole batch, and a
//! row of its own only for a record whose state differs.

pub mod beside;
mod body;
mod by_key;
pub mod discarded;
pub mod jobs;
pub mod looked;
mod open;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::iter;

use chrono::{DateTime, Utc};
use rusqlite::{Connection as Sqlite, params};

pub use body::{
    Body, MOST_RECORDS, Past, REMOVED, Sealed, compress, fingerprint, key_hash, message_id, stamp,
};
pub use by_key::{all_last_delivered, find_delivered, find_key, last_delivered, state_of};
pub use open::{Found, OpenRecord, each_open, open_batches, open_counts, open_records, to_send};

use super::{causes, fingerprints};
use crate::clock::from_millis;
use crate::error::{Error, ErrorKind, Result};

/// A record's state, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RecordState {
    /// Written by a read that is not sealed.
    Staged = 2,
    /// To be sent.
    Pending = 3,
    /// On its way; after a crash it counts as pending.
    InFlight = 4,
    /// Confirmed by the destination.
    Delivered = 5,
    /// Taken by a destination that confirms no single record.
    Accepted = 6,
    /// A newer change took its place, or a later run carries it.
    Superseded = 7,
    /// Discarded by the user.
    Discarded = 8,
    /// Refused; the next run sends it again.
    Rejected = 9,
    /// To be sent again after a failure.
    Retry = 10,
    /// Found to share its key with another row; never sent.
    Invalid = 11,
    /// Was refused; a later run took it over.
    RejectedBefore = 12,
    /// Refused because it exists already, after a request with it whose answer was lost: it may have been ours.
    Doubtful = 13,
}

impl RecordState {
    /// The state stored as `code`.
    pub fn from_code(code: u8) -> Result<Self> {
        Ok(match code {
            2 => Self::Staged,
            3 => Self::Pending,
            4 => Self::InFlight,
            5 => Self::Delivered,
            6 => Self::Accepted,
            7 => Self::Superseded,
            8 => Self::Discarded,
            9 => Self::Rejected,
            10 => Self::Retry,
            11 => Self::Invalid,
            12 => Self::RejectedBefore,
            13 => Self::Doubtful,
            _ => return Err(damaged()),
        })
    }

    /// The record still has to be dealt with.
    pub fn is_open(self) -> bool {
        self.is_waiting() || self.is_refused()
    }

    /// The destination refused the record, and no later run has taken it over.
    pub fn is_refused(self) -> bool {
        matches!(self, Self::Rejected | Self::Doubtful)
    }

    /// The destination took the record.
    pub fn has_arrived(self) -> bool {
        matches!(self, Self::Delivered | Self::Accepted)
    }

    /// Where a request with the record was on its way, it may have reached the destination although no answer says so.
    pub fn may_have_arrived(self) -> bool {
        self.is_waiting() || matches!(self, Self::Superseded | Self::Discarded | Self::Doubtful)
    }

    /// The record is to be sent once its run goes on.
    pub fn is_to_send(self) -> bool {
        self == Self::Staged || self.is_waiting()
    }

    /// The record is to be sent by itself, without a decision of the user.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Pending | Self::InFlight | Self::Retry)
    }
}

/// Writes a batch of a read that is not sealed, and answers with its id.
pub fn stage(sqlite: &Sqlite, sync: i64, run: i64, at: i64, sealed: &Sealed) -> Result<i64> {
    sqlite
        .prepare_cached(
            "insert into batch(sync, run, n, raw, state, attempts, at) values(?1, ?2, ?3, ?4, 2, 0, ?5)",
        )?
        .execute(params![sync, run, sealed.n, sealed.raw, at])?;
    let batch = sqlite.last_insert_rowid();
    sqlite.prepare_cached("insert into body values(?1, ?2)")?.execute(params![batch, sealed.z])?;
    sqlite
        .prepare_cached("insert into key_segment values(?1, ?2)")?
        .execute(params![batch, sealed.segment])?;
    Ok(batch)
}

/// Removes what a read that failed had written.
pub fn unstage(sqlite: &Sqlite, run: i64) -> Result<()> {
    for table in ["body", "key_segment", "record_state", "batch_rows", "looked", "made"] {
        let sql =
            format!("delete from {table} where batch in (select id from batch where run = ?1 and state = 2)");
        sqlite.prepare_cached(&sql)?.execute([run])?;
    }
    sqlite.prepare_cached("delete from batch where run = ?1 and state = 2")?.execute([run])?;
    sqlite.execute("delete from held where run = ?1", [run])?;
    let sync = sqlite.query_row("select sync from run where id = ?1", [run], |row| row.get(0))?;
    fingerprints::drop_staged(sqlite, sync)
}

/// Closes every open record of earlier runs: the run being sealed has taken over what still counts.
pub fn take_over(sqlite: &Sqlite, sync: i64, run: i64) -> Result<()> {
    close_open(sqlite, sync, run)
}

/// Closes every open record of a sync.
pub fn supersede_open(sqlite: &Sqlite, sync: i64) -> Result<()> {
    close_open(sqlite, sync, 0)
}

fn close_open(sqlite: &Sqlite, sync: i64, except_run: i64) -> Result<()> {
    sqlite.execute(
        "update record_state set state = case when state in (9, 13) then 12 else 7 end
         where state in (3, 4, 9, 10, 13) and batch in (select id from batch where sync = ?1 and run <> ?2)",
        params![sync, except_run],
    )?;
    sqlite.execute(
        "update batch set state = case when state in (9, 13) then 12 else 7 end
         where sync = ?1 and run <> ?2 and state in (3, 4, 9, 10, 13)",
        params![sync, except_run],
    )?;
    Ok(())
}

/// Makes the staged batches of a run ready to send.
pub fn release(sqlite: &Sqlite, run: i64) -> Result<()> {
    sqlite.execute("update batch set state = 3 where run = ?1 and state = 2", [run])?;
    Ok(())
}

/// Sets one record's state apart from its batch's.
pub fn set_state(
    sqlite: &Sqlite,
    batch: i64,
    place: usize,
    state: RecordState,
    at: i64,
    problem: Option<&str>,
) -> Result<()> {
    let cause = problem.map(|problem| causes::of(sqlite, problem)).transpose()?;
    sqlite
        .prepare_cached(
            "insert into record_state(batch, place, state, at, problem, cause) values(?1, ?2, ?3, ?4, ?5, ?6)
             on conflict(batch, place) do update set state = ?3, at = ?4, problem = ?5, cause = ?6",
        )?
        .execute(params![batch, place as i64, state as u8, at, problem, cause])?;
    Ok(())
}

/// Closes one open record that a later run carries. Why it was refused stays, and so does when: what becomes of it later
/// is an event of that run.
pub fn close(sqlite: &Sqlite, batch: i64, place: usize, state: RecordState) -> Result<()> {
    sqlite
        .prepare_cached(
            "insert into record_state(batch, place, state, at, problem)
             select ?1, ?2, ?3, at, null from batch where id = ?1
             on conflict(batch, place) do update set state = ?3",
        )?
        .execute(params![batch, place as i64, state as u8])?;
    Ok(())
}

/// Sets the state of every record of a batch without a row of its own.
pub fn set_batch_state(sqlite: &Sqlite, batch: i64, state: RecordState, at: i64) -> Result<()> {
    sqlite.prepare_cached("update batch set state = ?2, at = ?3 where id = ?1")?.execute(params![
        batch,
        state as u8,
        at
    ])?;
    Ok(())
}

/// A batch's row.
#[derive(Debug, Clone, Copy)]
pub struct BatchRow {
    /// Its id.
    pub id: i64,
    /// Its run.
    pub run: i64,
    /// How many records it has.
    pub n: usize,
    /// The state of records without a row of their own.
    pub state: RecordState,
    /// How often it was tried.
    pub attempts: i64,
    /// When its state last changed, in ms.
    pub at: i64,
}

pub(in crate::store) const BATCH_COLUMNS: &str = "id, run, n, state, attempts, at";

pub(in crate::store) fn batch_from_row(row: &rusqlite::Row<'_>) -> Result<BatchRow> {
    Ok(BatchRow {
        id: row.get(0)?,
        run: row.get(1)?,
        n: row.get::<_, i64>(2)? as usize,
        state: RecordState::from_code(row.get(3)?)?,
        attempts: row.get(4)?,
        at: row.get(5)?,
    })
}

/// The run of a batch.
pub fn run_of(sqlite: &Sqlite, batch: i64) -> Result<i64> {
    let sql = "select run from batch where id = ?1";
    Ok(sqlite.prepare_cached(sql)?.query_row([batch], |row| row.get(0))?)
}

/// Every batch of a run, in order.
pub fn batches_of(sqlite: &Sqlite, run: i64) -> Result<Vec<BatchRow>> {
    let sql = format!("select {BATCH_COLUMNS} from batch where run = ?1 order by id");
    let mut statement = sqlite.prepare_cached(&sql)?;
    let rows = statement.query_map([run], |row| Ok(batch_from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// A record's own state, where it differs from its batch's.
#[derive(Debug, Clone)]
pub struct OwnState {
    /// The state.
    pub state: RecordState,
    /// Since when, in ms.
    pub at: i64,
    /// Why, as JSON.
    pub problem: Option<String>,
}

/// The records of a batch with states of their own, by place.
pub fn own_states(sqlite: &Sqlite, batch: i64) -> Result<HashMap<usize, OwnState>> {
    let mut statement =
        sqlite.prepare_cached("select place, state, at, problem from record_state where batch = ?1")?;
    let mut rows = statement.query([batch])?;
    let mut states = HashMap::new();
    while let Some(row) = rows.next()? {
        let state =
            OwnState { state: RecordState::from_code(row.get(1)?)?, at: row.get(2)?, problem: row.get(3)? };
        states.insert(row.get::<_, i64>(0)? as usize, state);
    }
    Ok(states)
}

/// A batch's body; `None` where it is no longer kept.
pub fn body(sqlite: &Sqlite, batch: i64) -> Result<Option<Body>> {
    body_bytes(sqlite, batch)?.map(|bytes| Body::from_bytes(&bytes)).transpose()
}

/// When the change of each record of a body was found, by place: when the read of its run was sealed. A change whose
/// run is no longer kept counts as found by `run`.
pub fn changed_at(sqlite: &Sqlite, body: &Body, run: i64) -> Result<Vec<DateTime<Utc>>> {
    let mut statement = sqlite
        .prepare_cached("select coalesce(sealed, started) from run where id in (?1, ?2) order by id = ?2")?;
    let mut found = HashMap::new();
    let mut by_place = Vec::with_capacity(body.len());
    for (number, count) in body.numbers() {
        let at = match found.entry(number) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                *vacant.insert(from_millis(statement.query_row([number, run], |row| row.get(0))?))
            }
        };
        by_place.extend(iter::repeat_n(at, count));
    }
    Ok(by_place)
}

/// The bytes of a batch's keys and payloads, in the form of a [`Body`]; `None` where it is no longer kept.
fn body_bytes(sqlite: &Sqlite, batch: i64) -> Result<Option<Vec<u8>>> {
    let mut statement = sqlite.prepare_cached("select z from body where batch = ?1")?;
    let mut rows = statement.query([batch])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    super::packed::unpack(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?).map(Some)
}

fn damaged() -> Error {
    Error::new(ErrorKind::Damaged, "Stored records can not be read.")
}
