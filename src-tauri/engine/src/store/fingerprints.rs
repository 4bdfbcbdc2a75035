//! Fingerprints of what was delivered, in the order it was delivered.
//!
//! Chunks up to the sync's `base_until` are the base, walked beside the next read; later ones override it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use rusqlite::{Connection as Sqlite, params};

use super::outbox::{REMOVED, key_hash};
use super::packed::{pack, unpack};
use super::syncs;
use crate::error::{Error, ErrorKind, Result};

/// Entries of one chunk, at most, when the base is rewritten.
pub const CHUNK: usize = 500;
/// Chunks of one batch have ids from `batch * PARTS`.
const PARTS: i64 = 1 << 24;

/// One delivered record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Its key's hash.
    pub hash: u64,
    /// Its fingerprint; [`REMOVED`] once its deletion was delivered.
    pub fingerprint: u128,
    /// Its key.
    pub key: String,
    /// What a removal of it has to say to the destination: a JSON object; empty once it is removed.
    pub address: String,
}

/// Delivered records as they are stored, made off the writing thread.
pub struct Chunk {
    prints: Vec<u8>,
    texts: Vec<u8>,
}

impl Chunk {
    /// The chunk of these records, each with key hash, fingerprint, key and address.
    pub fn of<'a>(
        count: usize,
        records: impl Iterator<Item = Result<(u64, u128, &'a str, Cow<'a, str>)>>,
    ) -> Result<Self> {
        let (mut hashes, mut prints) = (Vec::with_capacity(count * 24), Vec::with_capacity(count * 16));
        let mut texts = Vec::new();
        for record in records {
            let (hash, print, key, address) = record?;
            hashes.extend_from_slice(&hash.to_le_bytes());
            prints.extend_from_slice(&print.to_le_bytes());
            for text in [key, &address] {
                texts.extend_from_slice(&(text.len() as u32).to_le_bytes());
                texts.extend_from_slice(text.as_bytes());
            }
        }
        hashes.extend_from_slice(&prints);
        Ok(Self { prints: hashes, texts: pack(&texts)? })
    }

    fn of_delivered(delivered: &[Delivered]) -> Result<Self> {
        let records = delivered.iter().map(|record| {
            Ok((record.hash, record.fingerprint, record.key.as_str(), Cow::Borrowed(record.address.as_str())))
        });
        Self::of(delivered.len(), records)
    }
}

/// Appends what a batch delivered. May be called several times for one batch.
///
/// Chunks stand in the order of their batches. A batch older than the base, as a run that waited has, comes
/// after everything else: what was delivered last has to override the base.
pub fn append(sqlite: &Sqlite, sync: i64, batch: i64, chunk: &Chunk) -> Result<()> {
    let first = batch * PARTS;
    let base_until: i64 = sqlite
        .prepare_cached("select base_until from sync where id = ?1")?
        .query_row([sync], |row| row.get(0))?;
    if first <= base_until {
        return insert_last(sqlite, sync, base_until, chunk);
    }
    let id: i64 = sqlite
        .prepare_cached("select coalesce(max(id) + 1, ?1) from fingerprint where id >= ?1 and id < ?2")?
        .query_row(params![first, first + PARTS], |row| row.get(0))?;
    insert(sqlite, sync, id, chunk)
}

/// Appends entries that belong to no batch, after everything else of the sync.
pub fn append_last(sqlite: &Sqlite, sync: i64, base_until: i64, delivered: &[Delivered]) -> Result<()> {
    insert_last(sqlite, sync, base_until, &Chunk::of_delivered(delivered)?)
}

fn insert_last(sqlite: &Sqlite, sync: i64, base_until: i64, chunk: &Chunk) -> Result<()> {
    let last: i64 =
        sqlite.query_row("select coalesce(max(id), 0) from fingerprint where sync = ?1", [sync], |row| {
            row.get(0)
        })?;
    insert(sqlite, sync, last.max(base_until) + 1, chunk)
}

fn insert(sqlite: &Sqlite, sync: i64, id: i64, chunk: &Chunk) -> Result<()> {
    sqlite.prepare_cached("insert into fingerprint values(?1, ?2, ?3, ?4)")?.execute(params![
        id,
        sync,
        chunk.prints,
        chunk.texts
    ])?;
    Ok(())
}

/// Hands on every hash and fingerprint of the chunks after `after` and up to `until`, in order.
pub fn walk(sqlite: &Sqlite, sync: i64, after: i64, until: i64, entry: impl FnMut(u64, u128)) -> Result<()> {
    walk_some(sqlite, sync, after, until, usize::MAX >> 1, entry).map(drop)
}

/// The same for `count` chunks at most; answers with the last chunk's id, `None` where there was none.
pub fn walk_some(
    sqlite: &Sqlite,
    sync: i64,
    after: i64,
    until: i64,
    count: usize,
    mut entry: impl FnMut(u64, u128),
) -> Result<Option<i64>> {
    let mut statement = sqlite.prepare_cached(
        "select id, d from fingerprint where sync = ?1 and id > ?2 and id <= ?3 order by id limit ?4",
    )?;
    let mut rows = statement.query(params![sync, after, until, count as i64])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        last = Some(row.get(0)?);
        for (hash, print) in prints(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)? {
            entry(hash, print);
        }
    }
    Ok(last)
}

fn prints(chunk: &[u8]) -> Result<impl Iterator<Item = (u64, u128)>> {
    let count = chunk.len() / 24;
    let (hashes, fingerprints) = chunk.split_at(count * 8);
    let ((hashes, _), (fingerprints, rest)) = (hashes.as_chunks::<8>(), fingerprints.as_chunks::<16>());
    if !rest.is_empty() || fingerprints.len() != hashes.len() {
        return Err(damaged());
    }
    let pairs = hashes.iter().zip(fingerprints);
    Ok(pairs.map(|(hash, print)| (u64::from_le_bytes(*hash), u128::from_le_bytes(*print))))
}

/// The ids of a sync's chunks, oldest first.
pub fn chunks(sqlite: &Sqlite, sync: i64) -> Result<Vec<i64>> {
    let mut statement = sqlite.prepare_cached("select id from fingerprint where sync = ?1 order by id")?;
    let ids = statement.query_map([sync], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// The whole entries of one chunk.
pub fn entries(sqlite: &Sqlite, id: i64) -> Result<Vec<Delivered>> {
    let (chunk, z): (Vec<u8>, Vec<u8>) = sqlite
        .prepare_cached("select d, z from fingerprint where id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let texts = unpack(&z)?;
    let mut rest = texts.as_slice();
    let mut text = || -> Result<String> {
        let length = rest.split_off(..4).and_then(|length| length.first_chunk()).ok_or_else(damaged)?;
        let bytes = rest.split_off(..u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| damaged())
    };
    let entry = |(hash, fingerprint)| {
        let entry = Delivered { hash, fingerprint, key: text()?, address: text()? };
        // Under a hash that changed, the record would seem to be gone, and a mirror would remove it.
        if key_hash(&entry.key) == hash { Ok(entry) } else { Err(damaged()) }
    };
    prints(&chunk)?.map(entry).collect()
}

/// Everything so far becomes the base. Only where no key is there twice: when one run delivered it all, or the
/// base was just rewritten.
fn make_base(sqlite: &Sqlite, sync: i64) -> Result<()> {
    sqlite.execute(
        "update sync set base_until = coalesce((select max(id) from fingerprint where sync = ?1), 0) where id = ?1",
        [sync],
    )?;
    Ok(())
}

/// Makes the first base of a sync, after `run`.
pub fn first_base(sqlite: &Sqlite, sync: i64, run: i64) -> Result<()> {
    let own = sqlite.query_row(
        "select coalesce(min(id), 0) * ?2, (coalesce(max(id), 0) + 1) * ?2 from batch where run = ?1",
        params![run, PARTS],
        |row| Ok(row.get(0)?..row.get(1)?),
    )?;
    if no_key_is_there_twice(sqlite, sync, &own)? {
        make_base(sqlite, sync)
    } else {
        rewrite_base(sqlite, sync, 0)
    }
}

/// The chunks outside `own`, which are of one run, are few, as those of tests with one record are, and share no key
/// with the others. A run that waited may have some on both sides.
fn no_key_is_there_twice(sqlite: &Sqlite, sync: i64, own: &Range<i64>) -> Result<bool> {
    let (mut others, mut is_plain) = (HashSet::new(), true);
    for (mut after, until) in [(0, own.start - 1), (own.end - 1, i64::MAX)] {
        while let Some(last) = walk_some(sqlite, sync, after, until, 64, |hash, print| {
            is_plain &= print != REMOVED && others.insert(hash);
        })? {
            if !is_plain || others.len() > CHUNK {
                return Ok(false);
            }
            after = last;
        }
    }
    let mut is_shared = false;
    if !others.is_empty() {
        walk(sqlite, sync, own.start - 1, own.end - 1, |hash, _| is_shared |= others.contains(&hash))?;
    }
    Ok(!is_shared)
}

/// Writes base and overrides into a new base, in the order in which keys were first delivered. Removed records
/// leave.
pub fn rewrite_base(sqlite: &Sqlite, sync: i64, base_until: i64) -> Result<()> {
    let ids = chunks(sqlite, sync)?;
    let mut newest = std::collections::HashMap::new();
    for id in ids.iter().filter(|id| **id > base_until) {
        for entry in entries(sqlite, *id)? {
            newest.insert(entry.hash, entry);
        }
    }
    let mut next = ids.last().copied().unwrap_or(0) + 1;
    let mut pending = Vec::with_capacity(CHUNK);
    let mut keep = |entry: Delivered, last: bool| -> Result<()> {
        if entry.fingerprint != REMOVED {
            pending.push(entry);
        }
        if pending.len() == CHUNK || (last && !pending.is_empty()) {
            insert(sqlite, sync, next, &Chunk::of_delivered(&pending)?)?;
            next += 1;
            pending.clear();
        }
        Ok(())
    };
    for id in &ids {
        for entry in entries(sqlite, *id)? {
            match newest.remove(&entry.hash) {
                Some(newer) => keep(newer, false)?,
                None if *id <= base_until => keep(entry, false)?,
                None => {}
            }
        }
    }
    keep(Delivered { hash: 0, fingerprint: REMOVED, key: String::new(), address: String::new() }, true)?;
    if let Some(last_old) = ids.last() {
        sqlite.execute("delete from fingerprint where sync = ?1 and id <= ?2", params![sync, last_old])?;
    }
    make_base(sqlite, sync)
}

/// The sync number under which what was delivered is staged anew for `sync`.
fn staged(sync: i64) -> i64 {
    syncs::NO_SYNC - sync
}

/// Stages entries of a new base of `sync`, in order.
pub fn stage(sqlite: &Sqlite, sync: i64, delivered: &[Delivered]) -> Result<()> {
    let last: i64 = sqlite
        .prepare_cached("select coalesce(max(id), 0) from fingerprint where sync in (?1, ?2)")?
        .query_row([sync, staged(sync)], |row| row.get(0))?;
    insert(sqlite, staged(sync), last + 1, &Chunk::of_delivered(delivered)?)
}

/// The staged entries become the base, and what was there before goes.
pub fn replace_by_staged(sqlite: &Sqlite, sync: i64) -> Result<()> {
    sqlite.execute("delete from fingerprint where sync = ?1", [sync])?;
    sqlite.execute("update fingerprint set sync = ?1 where sync = ?2", [sync, staged(sync)])?;
    sqlite.execute("update sync set keyed_by = null where id = ?1", [sync])?;
    make_base(sqlite, sync)
}

/// Removes staged entries.
pub fn drop_staged(sqlite: &Sqlite, sync: i64) -> Result<()> {
    sqlite.execute("delete from fingerprint where sync = ?1", [staged(sync)])?;
    Ok(())
}

/// How many bytes of fingerprints the base and the overrides have: `(base, overrides)` in entries.
pub fn sizes(sqlite: &Sqlite, sync: i64, base_until: i64) -> Result<(u64, u64)> {
    let count = |sql: &str| -> Result<u64> {
        Ok(sqlite.query_row(sql, params![sync, base_until], |row| row.get::<_, Option<u64>>(0))?.unwrap_or(0)
            / 24)
    };
    Ok((
        count("select sum(length(d)) from fingerprint where sync = ?1 and id <= ?2")?,
        count("select sum(length(d)) from fingerprint where sync = ?1 and id > ?2")?,
    ))
}

fn damaged() -> Error {
    Error::new(ErrorKind::Damaged, "Stored fingerprints can not be read.")
}
