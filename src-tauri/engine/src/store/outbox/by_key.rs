//! Finding records by their key, through the key segments.

use std::collections::HashMap;

use rusqlite::{Connection as Sqlite, params};

use super::body::may_have;
use super::{RecordState, body, key_hash};
use crate::error::Result;
use crate::record::Change;

/// The newest batches first, places of a sync's records with this key; at most `limit`.
pub fn find_key(sqlite: &Sqlite, sync: Option<i64>, key: &str, limit: usize) -> Result<Vec<(i64, usize)>> {
    let hash = key_hash(key);
    let mut statement = sqlite.prepare_cached(
        "select k.batch, k.d from key_segment k where ?1 is null or k.batch in (select id from batch where sync = ?1)
         order by k.batch desc",
    )?;
    let mut rows = statement.query([sync])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if !may_have(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?, hash) {
            continue;
        }
        let batch: i64 = row.get(0)?;
        let Some(body) = body(sqlite, batch)? else { continue };
        found.extend(body.places_of(key).map(|place| (batch, place)));
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// The payload of a sync's record as last delivered, with what happened to it; `None` where never or no longer kept.
pub fn last_delivered(sqlite: &Sqlite, sync: i64, key: &str) -> Result<Option<(Change, Vec<u8>)>> {
    for (batch, place) in find_key(sqlite, Some(sync), key, usize::MAX)? {
        let state = state_of(sqlite, batch, place)?;
        if state.has_arrived() {
            let Some(body) = body(sqlite, batch)? else { return Ok(None) };
            return Ok(Some((body.change(place)?, body.payload(place).to_vec())));
        }
    }
    Ok(None)
}

/// What `wanted` finds in the payloads of a sync's record as they were delivered: in the newest in which it finds anything.
/// An undo or a replay may have delivered a part of the record, and what it did not name stayed as it was.
pub fn find_delivered<T>(
    sqlite: &Sqlite,
    sync: i64,
    key: &str,
    wanted: impl Fn(&[u8]) -> Option<T>,
) -> Result<Option<T>> {
    for (batch, place) in find_key(sqlite, Some(sync), key, usize::MAX)? {
        if !state_of(sqlite, batch, place)?.has_arrived() {
            continue;
        }
        if let Some(body) = body(sqlite, batch)?
            && let Some(found) = wanted(body.payload(place))
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The same as [`last_delivered`] of many keys at once: batches are walked from the newest, and each is unpacked once.
pub fn all_last_delivered(
    sqlite: &Sqlite,
    sync: i64,
    keys: &[&str],
) -> Result<HashMap<String, (Change, Vec<u8>)>> {
    let mut wanted: HashMap<&str, u64> = keys.iter().map(|key| (*key, key_hash(key))).collect();
    let mut statement = sqlite.prepare_cached(
        "select k.batch, k.d from key_segment k join batch b on b.id = k.batch
         where b.sync = ?1 and b.state <> ?2 order by k.batch desc",
    )?;
    let mut rows = statement.query(params![sync, RecordState::Staged as u8])?;
    let mut found = HashMap::new();
    while let Some(row) = rows.next()?
        && !wanted.is_empty()
    {
        let segment = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        if !wanted.values().any(|hash| may_have(segment, *hash)) {
            continue;
        }
        let batch: i64 = row.get(0)?;
        let Some(body) = body(sqlite, batch)? else { continue };
        for place in (0..body.len()).filter(|place| wanted.contains_key(body.key(*place))).collect::<Vec<_>>()
        {
            if state_of(sqlite, batch, place)?.has_arrived() {
                let key = body.key(place);
                wanted.remove(key);
                found.insert(key.to_owned(), (body.change(place)?, body.payload(place).to_vec()));
            }
        }
    }
    Ok(found)
}

/// One record's state.
pub fn state_of(sqlite: &Sqlite, batch: i64, place: usize) -> Result<RecordState> {
    let code: u8 = sqlite
        .prepare_cached(
            "select coalesce((select state from record_state where batch = ?1 and place = ?2),
                             (select state from batch where id = ?1))",
        )?
        .query_row(params![batch, place as i64], |row| row.get(0))?;
    RecordState::from_code(code)
}
