//! The outbox: every record with its exact bytes, written before it is first sent.
//!
//! Records are kept in batches: a compressed body that never changes, one state for the whole batch, and a
//! row of its own only for a record whose state differs.

use std::collections::HashMap;

use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::error::{Error, ErrorKind, Result};
use crate::record::{Change, MessageId, Operation, Record};

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
            _ => return Err(damaged()),
        })
    }

    /// The record still has to be dealt with.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::InFlight | Self::Rejected | Self::Retry)
    }

    /// The record is to be sent by itself, without a decision of the user.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Pending | Self::InFlight | Self::Retry)
    }
}

/// The 64-bit hash a key is found by.
pub fn key_hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes())
}

/// What a removed record counts as.
pub const REMOVED: u128 = 0;

/// The fingerprint of a record: of its payload bytes, or [`REMOVED`].
pub fn fingerprint(change: Change, payload: &[u8]) -> u128 {
    // Zero is taken; a payload that hashes to it becomes one.
    if change == Change::Removed { REMOVED } else { xxh3_128(payload).max(1) }
}

/// The id of one change of one record; see [`MessageId`].
pub fn message_id(
    sync: &str,
    generation: i64,
    number: i64,
    operation: Operation,
    key: u64,
    print: u128,
) -> MessageId {
    let mut bytes = Vec::with_capacity(96);
    bytes.extend_from_slice(sync.as_bytes());
    bytes.extend_from_slice(&generation.to_le_bytes());
    bytes.extend_from_slice(&key.to_le_bytes());
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes.push(operation as u8);
    bytes.extend_from_slice(&print.to_le_bytes());
    MessageId(xxh3_128(&bytes))
}

/// Set in a stored change where an earlier record of the key may have arrived.
const DOUBTFUL: u8 = 0x80;

/// The records of a batch, as written.
///
/// Layout: `n`, then `n` each of payload length, key length (u32), change number (i64), change and operation
/// (u8), then the keys, then the payloads. All little-endian.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    numbers: Vec<i64>,
    changes: Vec<u8>,
    operations: Vec<u8>,
    key_ends: Vec<u32>,
    payload_ends: Vec<u32>,
    keys: String,
    payloads: Vec<u8>,
}

impl Body {
    /// Adds a record. `number` is the change number: the run that first staged this very change.
    pub fn push(&mut self, key: &str, change: Change, operation: Operation, number: i64, payload: &[u8]) {
        self.push_over(key, change, operation, number, payload, false);
    }

    /// Adds a record; `doubtful` where an earlier one of the key may have arrived although nobody knows.
    pub fn push_over(
        &mut self,
        key: &str,
        change: Change,
        operation: Operation,
        number: i64,
        payload: &[u8],
        doubtful: bool,
    ) {
        self.keys.push_str(key);
        self.payloads.extend_from_slice(payload);
        self.key_ends.push(self.keys.len() as u32);
        self.payload_ends.push(self.payloads.len() as u32);
        self.numbers.push(number);
        self.changes.push(change as u8 | if doubtful { DOUBTFUL } else { 0 });
        self.operations.push(operation as u8);
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Bytes of all payloads.
    pub fn payload_bytes(&self) -> usize {
        self.payloads.len()
    }

    /// The key of the record at `place`.
    pub fn key(&self, place: usize) -> &str {
        let start = if place == 0 { 0 } else { self.key_ends[place - 1] as usize };
        self.keys.get(start..self.key_ends[place] as usize).unwrap_or("")
    }

    /// The payload of the record at `place`.
    pub fn payload(&self, place: usize) -> &[u8] {
        let start = if place == 0 { 0 } else { self.payload_ends[place - 1] as usize };
        &self.payloads[start..self.payload_ends[place] as usize]
    }

    /// The change number of the record at `place`.
    pub fn number(&self, place: usize) -> i64 {
        self.numbers[place]
    }

    /// What happened to the row of the record at `place`.
    pub fn change(&self, place: usize) -> Result<Change> {
        Change::from_code(self.changes[place] & !DOUBTFUL)
    }

    /// An earlier record of the same key as the one at `place` may have arrived although nobody knows.
    pub fn is_doubtful(&self, place: usize) -> bool {
        self.changes[place] & DOUBTFUL != 0
    }

    /// What is to be done with the record at `place`.
    pub fn operation(&self, place: usize) -> Result<Operation> {
        Operation::from_code(self.operations[place])
    }

    /// The record at `place`, ready to send.
    pub fn record(&self, place: usize, sync: &str, generation: i64) -> Result<Record<'_>> {
        let (key, payload) = (self.key(place), self.payload(place));
        let (change, operation) = (self.change(place)?, self.operation(place)?);
        let print = fingerprint(change, payload);
        let message_id = message_id(sync, generation, self.number(place), operation, key_hash(key), print);
        Ok(Record { key, change, operation, payload, message_id })
    }

    /// The stored form, before compression.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(4 + self.len() * 18 + self.keys.len() + self.payloads.len());
        out.extend_from_slice(&(self.len() as u32).to_le_bytes());
        for ends in [&self.payload_ends, &self.key_ends] {
            let mut last = 0;
            for end in ends {
                out.extend_from_slice(&(end - last).to_le_bytes());
                last = *end;
            }
        }
        for number in &self.numbers {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.changes);
        out.extend_from_slice(&self.operations);
        out.extend_from_slice(self.keys.as_bytes());
        out.extend_from_slice(&self.payloads);
        out
    }

    /// Reads the stored form; anything else is [`ErrorKind::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::parse(bytes).ok_or_else(damaged)
    }

    fn parse(mut bytes: &[u8]) -> Option<Self> {
        let count = u32::from_le_bytes(*bytes.split_off(..4)?.first_chunk()?) as usize;
        let payload_ends = running_ends(bytes.split_off(..count * 4)?);
        let key_ends = running_ends(bytes.split_off(..count * 4)?);
        let (numbers, _) = bytes.split_off(..count * 8)?.as_chunks::<8>();
        let numbers = numbers.iter().map(|number| i64::from_le_bytes(*number)).collect();
        let changes = bytes.split_off(..count)?.to_vec();
        let operations = bytes.split_off(..count)?.to_vec();
        let keys =
            String::from_utf8(bytes.split_off(..key_ends.last().copied().unwrap_or(0) as usize)?.to_vec())
                .ok()?;
        let whole = bytes.len() == payload_ends.last().copied().unwrap_or(0) as usize;
        whole.then(|| Self {
            numbers,
            changes,
            operations,
            key_ends,
            payload_ends,
            keys,
            payloads: bytes.to_vec(),
        })
    }

    /// The key segment: for each record the top 40 bits of its key's hash and its place, sorted.
    pub fn key_segment(&self) -> Vec<u8> {
        let mut entries: Vec<(u64, u16)> =
            (0..self.len()).map(|place| (key_hash(self.key(place)) >> 24, place as u16)).collect();
        entries.sort_unstable();
        let mut out = Vec::with_capacity(entries.len() * SEGMENT_ENTRY);
        for (hash, place) in entries {
            out.extend_from_slice(&hash.to_be_bytes()[3..]);
            out.extend_from_slice(&place.to_le_bytes());
        }
        out
    }
}

fn running_ends(lengths: &[u8]) -> Vec<u32> {
    let mut end = 0_u32;
    let (lengths, _) = lengths.as_chunks::<4>();
    lengths
        .iter()
        .map(|length| {
            end = end.saturating_add(u32::from_le_bytes(*length));
            end
        })
        .collect()
}

/// Records of one batch at most: places are kept in 16 bits.
pub const MOST_RECORDS: usize = u16::MAX as usize;

/// Bytes of one entry of a key segment.
const SEGMENT_ENTRY: usize = 7;

/// Places in a key segment that may have this key hash. 40 bits: the caller compares the key itself.
fn places_in_segment(segment: &[u8], hash: u64) -> impl Iterator<Item = usize> + '_ {
    let wanted = hash >> 24;
    let (entries, _) = segment.as_chunks::<SEGMENT_ENTRY>();
    let hash_of = |entry: &[u8; SEGMENT_ENTRY]| {
        let mut wide = [0; 8];
        wide[3..].copy_from_slice(&entry[..5]);
        u64::from_be_bytes(wide)
    };
    let first = entries.partition_point(|entry| hash_of(entry) < wanted);
    entries[first..]
        .iter()
        .take_while(move |entry| hash_of(entry) == wanted)
        .map(|entry| usize::from(u16::from_le_bytes([entry[5], entry[6]])))
}

/// A batch ready to be written: compressed off the writing thread.
pub struct Sealed {
    n: usize,
    raw: usize,
    z: Vec<u8>,
    segment: Vec<u8>,
}

/// Compresses a body for [`stage`].
pub fn compress(body: &Body) -> Result<Sealed> {
    let bytes = body.to_bytes();
    Ok(Sealed {
        n: body.len(),
        raw: body.payload_bytes(),
        z: zstd::bulk::compress(&bytes, 1)?,
        segment: body.key_segment(),
    })
}

/// Reads a compressed body.
pub fn decompress(z: &[u8]) -> Result<Body> {
    Body::from_bytes(&zstd::stream::decode_all(z)?)
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
    for table in ["body", "key_segment", "record_state"] {
        sqlite.execute(
            &format!(
                "delete from {table} where batch in (select id from batch where run = ?1 and state = 2)"
            ),
            [run],
        )?;
    }
    sqlite.execute("delete from batch where run = ?1 and state = 2", [run])?;
    Ok(())
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
        "update record_state set state = case state when 9 then 12 else 7 end
         where state in (3, 4, 9, 10) and batch in (select id from batch where sync = ?1 and run <> ?2)",
        params![sync, except_run],
    )?;
    sqlite.execute(
        "update batch set state = case state when 9 then 12 else 7 end
         where sync = ?1 and run <> ?2 and state in (3, 4, 9, 10)",
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
    sqlite
        .prepare_cached(
            "insert into record_state values(?1, ?2, ?3, ?4, ?5)
             on conflict(batch, place) do update set state = ?3, at = ?4, problem = ?5",
        )?
        .execute(params![batch, place as i64, state as u8, at, problem])?;
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

pub(super) const BATCH_COLUMNS: &str = "id, run, n, state, attempts, at";

pub(super) fn batch_from_row(row: &rusqlite::Row<'_>) -> Result<BatchRow> {
    Ok(BatchRow {
        id: row.get(0)?,
        run: row.get(1)?,
        n: row.get::<_, i64>(2)? as usize,
        state: RecordState::from_code(row.get(3)?)?,
        attempts: row.get(4)?,
        at: row.get(5)?,
    })
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
    let z: Option<Vec<u8>> = sqlite
        .prepare_cached("select z from body where batch = ?1")?
        .query_row([batch], |row| row.get(0))
        .optional()?;
    z.as_deref().map(decompress).transpose()
}

/// Batches with open records: of one run, or of a whole sync.
pub fn open_batches(sqlite: &Sqlite, sync: i64, run: Option<i64>) -> Result<Vec<BatchRow>> {
    let sql = format!(
        "select {BATCH_COLUMNS} from batch where sync = ?1 and state in (3, 4, 9, 10) and (?2 is null or run = ?2)
         union
         select {BATCH_COLUMNS} from batch where sync = ?1 and (?2 is null or run = ?2)
           and id in (select batch from record_state where state in (3, 4, 9, 10))
         order by id"
    );
    let mut statement = sqlite.prepare_cached(&sql)?;
    let rows = statement.query_map(params![sync, run], |row| Ok(batch_from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// An open record, as the next read has to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRecord {
    /// Its batch.
    pub batch: i64,
    /// Its place in the batch.
    pub place: usize,
    /// What happened to its row.
    pub change: Change,
    /// What is to be done with it.
    pub operation: Operation,
    /// Its change number.
    pub number: i64,
    /// Its fingerprint.
    pub fingerprint: u128,
    /// It, or an earlier record of its key, may have reached the destination although nobody knows.
    pub uncertain: bool,
}

/// The open records of a sync by key hash. Only the newest sealed run of a sync has open records, so no key is
/// there twice.
pub fn open_records(sqlite: &Sqlite, sync: i64) -> Result<HashMap<u64, OpenRecord>> {
    let mut open = HashMap::new();
    for batch in open_batches(sqlite, sync, None)? {
        let claimed: i64 = sqlite
            .prepare_cached("select claimed from run where id = ?1")?
            .query_row([batch.run], |row| row.get(0))?;
        let own = own_states(sqlite, batch.id)?;
        let Some(body) = body(sqlite, batch.id)? else { continue };
        for place in 0..body.len() {
            let state = own.get(&place).map_or(batch.state, |own| own.state);
            if !state.is_open() {
                continue;
            }
            let change = body.change(place)?;
            let record = OpenRecord {
                batch: batch.id,
                place,
                change,
                operation: body.operation(place)?,
                number: body.number(place),
                fingerprint: fingerprint(change, body.payload(place)),
                uncertain: body.is_doubtful(place) || (state.is_waiting() && batch.id <= claimed),
            };
            open.insert(key_hash(body.key(place)), record);
        }
    }
    Ok(open)
}

/// How many records of a sync wait, and how many are refused and not dealt with: `(waiting, rejected)`.
pub fn open_counts(sqlite: &Sqlite, sync: i64) -> Result<(u64, u64)> {
    let (mut waiting, mut rejected) = (0, 0);
    for batch in open_batches(sqlite, sync, None)? {
        let own = own_states(sqlite, batch.id)?;
        let mut count = |state: RecordState, n: u64| {
            waiting += if state.is_waiting() { n } else { 0 };
            rejected += if state == RecordState::Rejected { n } else { 0 };
        };
        count(batch.state, (batch.n - own.len().min(batch.n)) as u64);
        for own in own.values() {
            count(own.state, 1);
        }
    }
    Ok((waiting, rejected))
}

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
        let batch: i64 = row.get(0)?;
        let places: Vec<usize> =
            places_in_segment(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?, hash).collect();
        if places.is_empty() {
            continue;
        }
        let Some(body) = body(sqlite, batch)? else { continue };
        found.extend(places.into_iter().filter(|place| body.key(*place) == key).map(|place| (batch, place)));
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
        if matches!(state, RecordState::Delivered | RecordState::Accepted) {
            let Some(body) = body(sqlite, batch)? else { return Ok(None) };
            return Ok(Some((body.change(place)?, body.payload(place).to_vec())));
        }
    }
    Ok(None)
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

fn damaged() -> Error {
    Error::new(ErrorKind::Damaged, "Stored records can not be read.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_body_reads_back(records in prop::collection::vec((".{0,12}", prop::collection::vec(any::<u8>(), 0..40), 0..9_i64), 0..60)) {
            let mut body = Body::default();
            for (key, payload, number) in &records {
                body.push(key, Change::Changed, Operation::Upsert, *number, payload);
            }
            let back = decompress(&compress(&body).unwrap().z).unwrap();
            prop_assert_eq!(&back, &body);
            let segment = body.key_segment();
            for (place, (key, ..)) in records.iter().enumerate() {
                prop_assert_eq!(back.key(place), key);
                prop_assert!(places_in_segment(&segment, key_hash(key)).any(|found| found == place));
            }
        }

        #[test]
        fn what_is_no_body_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            drop(Body::from_bytes(&bytes));
        }
    }

    #[test]
    fn going_back_to_an_earlier_value_sends_another_id() {
        let id = |number, payload: &[u8]| {
            message_id(
                "s",
                1,
                number,
                Operation::Upsert,
                key_hash("k"),
                fingerprint(Change::Changed, payload),
            )
        };
        assert_ne!(id(1, b"A"), id(3, b"A"));
        assert_eq!(id(1, b"A"), id(1, b"A"));
        assert_eq!(id(1, b"A").to_string().len(), 36);
    }
}
