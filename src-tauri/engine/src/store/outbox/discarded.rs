//! What the user discarded: the same change of a row is not sent again until the row changes.

use std::collections::HashMap;

use rusqlite::{Connection as Sqlite, params};

use super::damaged;
use crate::error::Result;

/// The newest discarded record of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discarded {
    /// Its batch.
    pub batch: i64,
    /// Its place in the batch.
    pub place: usize,
    /// Its fingerprint.
    pub fingerprint: u128,
    /// It may have reached the destination although nobody knows.
    pub uncertain: bool,
}

/// Remembers that the record of this key was discarded.
pub fn keep(sqlite: &Sqlite, sync: i64, hash: u64, record: &Discarded) -> Result<()> {
    sqlite.prepare_cached("insert or replace into discarded values(?1, ?2, ?3, ?4, ?5, ?6)")?.execute(
        params![
            sync,
            hash.cast_signed(),
            record.fingerprint.to_le_bytes(),
            record.batch,
            record.place as i64,
            record.uncertain
        ],
    )?;
    Ok(())
}

/// What a sync's user discarded, by key hash.
pub fn of_sync(sqlite: &Sqlite, sync: i64) -> Result<HashMap<u64, Discarded>> {
    let mut statement = sqlite
        .prepare_cached("select hash, fingerprint, batch, place, uncertain from discarded where sync = ?1")?;
    let mut rows = statement.query([sync])?;
    let mut found = HashMap::new();
    while let Some(row) = rows.next()? {
        let print = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let record = Discarded {
            fingerprint: u128::from_le_bytes(print.try_into().map_err(|_| damaged())?),
            batch: row.get(2)?,
            place: row.get::<_, i64>(3)? as usize,
            uncertain: row.get(4)?,
        };
        found.insert(row.get::<_, i64>(0)?.cast_unsigned(), record);
    }
    Ok(found)
}

/// Forgets these: their rows have changed since.
pub fn forget(sqlite: &Sqlite, sync: i64, hashes: &[u64]) -> Result<()> {
    let mut statement = sqlite.prepare_cached("delete from discarded where sync = ?1 and hash = ?2")?;
    for hash in hashes {
        statement.execute(params![sync, hash.cast_signed()])?;
    }
    Ok(())
}

/// Keeps these under other keys, each with the hash it had and the one it gets.
pub fn rekey(sqlite: &Sqlite, sync: i64, moved: &[(u64, u64)]) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    let known = of_sync(sqlite, sync)?;
    let before: Vec<u64> = moved.iter().map(|(before, _)| *before).collect();
    forget(sqlite, sync, &before)?;
    for (before, after) in moved {
        if let Some(record) = known.get(before) {
            keep(sqlite, sync, *after, record)?;
        }
    }
    Ok(())
}

/// Forgets all of a sync.
pub fn forget_all(sqlite: &Sqlite, sync: i64) -> Result<()> {
    sqlite.execute("delete from discarded where sync = ?1", [sync])?;
    Ok(())
}
