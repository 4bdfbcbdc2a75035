//! How much of the event log is kept.
//!
//! What is forgotten goes batch by batch: its records, requests and earlier values. Fingerprints stay; what waits
//! or is refused stays as long as that lasts.

use rusqlite::{Connection as Sqlite, params};

use super::causes;
use crate::error::Result;

/// Bytes one row of its own of a record takes, about.
const OWN_STATE: i64 = 64;

/// How much is kept. `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Only events whose state changed at or after this time, in ms.
    pub since: Option<i64>,
    /// Only the newest so many bytes, as stored.
    pub bytes: Option<u64>,
}

/// Nothing of the batch waits, is refused or may still be sent, and its run has ended. The newest batch stays:
/// SQLite would give its number again.
const CLOSED: &str = "b.state not in (2, 3, 4, 9, 10, 13)
    and not exists(select 1 from record_state s where s.batch = b.id and s.state in (3, 4, 9, 10, 13))
    and (select state from run where id = b.run) not in (1, 2)
    and b.id < (select max(id) from batch)";

/// Batches that are kept no longer, oldest first.
pub fn surplus(sqlite: &Sqlite, kept: Kept) -> Result<Vec<i64>> {
    let sql = format!(
        "select b.id, b.at, {CLOSED},
            coalesce((select length(z) from body where batch = b.id), 0)
            + coalesce((select length(d) from key_segment where batch = b.id), 0)
            + coalesce((select sum(length(z) + length(records)) from exchange where batch = b.id), 0)
            + coalesce((select length(z) from before where batch = b.id), 0)
            + coalesce((select length(z) from amended where batch = b.id), 0)
            + coalesce((select length(z) from looked where batch = b.id), 0)
            + coalesce((select length(z) from made where batch = b.id), 0)
            + (select count(*) from record_state where batch = b.id) * {OWN_STATE}
         from batch b order by b.id"
    );
    let mut statement = sqlite.prepare(&sql)?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, bool>(2)?, row.get::<_, u64>(3)?))
    })?;
    let batches = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut stored: u64 = batches.iter().map(|(.., bytes)| bytes).sum();
    let mut surplus = Vec::new();
    for (batch, at, closed, bytes) in batches {
        let old = kept.since.is_some_and(|since| at < since);
        let too_much = kept.bytes.is_some_and(|most| stored > most);
        if closed && (old || too_much) {
            surplus.push(batch);
            stored -= bytes;
        }
    }
    Ok(surplus)
}

/// Forgets those of `batches` of which nothing is open. Answers with how many.
pub fn forget(sqlite: &Sqlite, batches: &[i64]) -> Result<usize> {
    let mut forgotten = 0;
    for batch in batches {
        let sql = format!("delete from batch as b where id = ?1 and {CLOSED}");
        if sqlite.prepare_cached(&sql)?.execute([batch])? == 1 {
            for table in
                ["body", "key_segment", "record_state", "exchange", "before", "amended", "looked", "made"]
            {
                let sql = format!("delete from {table} where batch = ?1");
                sqlite.prepare_cached(&sql)?.execute([batch])?;
            }
            forgotten += 1;
        }
    }
    causes::forget_unused(sqlite)?;
    Ok(forgotten)
}

/// Forgets at most `most` runs that ended before `before`, in ms, and have no records: runs that found nothing
/// to send, slots that were missed, and runs whose events are forgotten already. The newest of each sync stays.
/// Answers with how many.
pub fn forget_runs(sqlite: &Sqlite, before: i64, most: usize) -> Result<usize> {
    let runs: Vec<i64> = sqlite
        .prepare_cached(
            "select id from run r where state not in (1, 2, 5, 8) and coalesce(finished, started) < ?1
             and not exists(select 1 from batch where run = r.id)
             and id < (select max(id) from run where sync = r.sync)
             and id < (select max(id) from run) order by id limit ?2",
        )?
        .query_map(params![before, most as i64], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for run in &runs {
        sqlite.prepare_cached("delete from invalid_row where run = ?1")?.execute([run])?;
        sqlite.prepare_cached("delete from run where id = ?1")?.execute([run])?;
    }
    Ok(runs.len())
}

/// Forgets at most `most` slots from before `before`, in ms: no clock is set back that far. Answers with how many.
pub fn forget_slots(sqlite: &Sqlite, before: i64, most: usize) -> Result<usize> {
    let sql = "delete from slot where (sync, at) in (select sync, at from slot where at < ?1 limit ?2)";
    Ok(sqlite.prepare_cached(sql)?.execute(params![before, most as i64])?)
}
