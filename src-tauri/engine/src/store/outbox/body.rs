//! The records of a batch as stored, and what identifies them.

use chrono::{DateTime, Utc};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::damaged;
use crate::error::Result;
use crate::record::{Change, MessageId, Operation, Record};
use crate::store::packed::pack;

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

/// What a record is told by among others, whichever run it is of.
pub fn stamp(key: &str, change: Change, operation: Operation, payload: &[u8]) -> u128 {
    let mut bytes = [0; 25];
    let (hash, rest) = bytes.split_at_mut(8);
    hash.copy_from_slice(&key_hash(key).to_le_bytes());
    let (print, code) = rest.split_at_mut(16);
    print.copy_from_slice(&fingerprint(change, payload).to_le_bytes());
    code.copy_from_slice(&[operation as u8]);
    xxh3_128(&bytes)
}

/// Set in a stored change where an earlier record of the key may have arrived.
const DOUBTFUL: u8 = 0x80;
/// Set in a stored change where this very change was refused before.
const REFUSED: u8 = 0x40;
/// Set in a stored change where the record was left alone and nobody has looked since.
const LEFT_ALONE: u8 = 0x20;

/// What is known of earlier records of a record's key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// One may have arrived although nobody knows.
    pub doubtful: bool,
    /// The destination refused this very change before.
    pub refused: bool,
    /// Somebody changed the record in the destination after it was looked at, so it was left alone; nobody has looked
    /// since.
    pub left_alone: bool,
}

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
        self.push_over(key, change, operation, number, payload, Past::default());
    }

    /// Adds a record over earlier ones of its key.
    pub fn push_over(
        &mut self,
        key: &str,
        change: Change,
        operation: Operation,
        number: i64,
        payload: &[u8],
        past: Past,
    ) {
        self.keys.push_str(key);
        self.payloads.extend_from_slice(payload);
        self.key_ends.push(self.keys.len() as u32);
        self.payload_ends.push(self.payloads.len() as u32);
        self.numbers.push(number);
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        let past =
            flag(past.doubtful, DOUBTFUL) | flag(past.refused, REFUSED) | flag(past.left_alone, LEFT_ALONE);
        self.changes.push(change as u8 | past);
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

    /// All keys, one behind the other.
    pub(in crate::store) fn keys(&self) -> &str {
        &self.keys
    }

    /// All payloads, one behind the other.
    pub(in crate::store) fn payloads(&self) -> &[u8] {
        &self.payloads
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

    /// The change numbers in the order of places, each with how many records in a row have it.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (i64, usize)> {
        self.numbers.chunk_by(|one, next| one == next).map(|same| (same[0], same.len()))
    }

    /// What happened to the row of the record at `place`.
    pub fn change(&self, place: usize) -> Result<Change> {
        Change::from_code(self.changes[place] & !(DOUBTFUL | REFUSED | LEFT_ALONE))
    }

    /// What is known of earlier records of the key of the record at `place`.
    pub fn past(&self, place: usize) -> Past {
        let has = |flag: u8| self.changes[place] & flag != 0;
        Past { doubtful: has(DOUBTFUL), refused: has(REFUSED), left_alone: has(LEFT_ALONE) }
    }

    /// What is to be done with the record at `place`.
    pub fn operation(&self, place: usize) -> Result<Operation> {
        Operation::from_code(self.operations[place])
    }

    /// The record at `place`, ready to send.
    pub fn record(
        &self,
        place: usize,
        sync: &str,
        generation: i64,
        changed_at: DateTime<Utc>,
    ) -> Result<Record<'_>> {
        let (key, payload) = (self.key(place), self.payload(place));
        let (change, operation) = (self.change(place)?, self.operation(place)?);
        let print = fingerprint(change, payload);
        let message_id = message_id(sync, generation, self.number(place), operation, key_hash(key), print);
        Ok(Record { key, change, operation, payload, message_id, changed_at })
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

    /// The key segment: the top 32 bits of each key's hash, sorted.
    pub fn key_segment(&self) -> Vec<u8> {
        let mut tops: Vec<u32> = (0..self.len()).map(|place| top(key_hash(self.key(place)))).collect();
        tops.sort_unstable();
        tops.iter().flat_map(|top| top.to_be_bytes()).collect()
    }

    /// Places of the records with this key.
    pub(super) fn places_of(&self, key: &str) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(move |place| self.key(*place) == key)
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

/// Records of one batch at most.
pub const MOST_RECORDS: usize = u16::MAX as usize;

/// False only where no record of the segment's batch has a key with this hash.
pub(super) fn may_have(segment: &[u8], hash: u64) -> bool {
    let (tops, _) = segment.as_chunks();
    tops.binary_search_by_key(&top(hash), |bytes| u32::from_be_bytes(*bytes)).is_ok()
}

fn top(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// A batch ready to be written: compressed off the writing thread.
pub struct Sealed {
    pub(super) n: usize,
    pub(super) raw: usize,
    pub(super) z: Vec<u8>,
    pub(super) segment: Vec<u8>,
}

/// Compresses a body for [`super::stage`].
pub fn compress(body: &Body) -> Result<Sealed> {
    let bytes = body.to_bytes();
    Ok(Sealed { n: body.len(), raw: body.payload_bytes(), z: pack(&bytes)?, segment: body.key_segment() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::packed::unpack;

    proptest! {
        #[test]
        fn a_body_reads_back(records in prop::collection::vec((".{0,12}", prop::collection::vec(any::<u8>(), 0..40), 0..9_i64), 0..60)) {
            let mut body = Body::default();
            for (key, payload, number) in &records {
                body.push(key, Change::Changed, Operation::Upsert, *number, payload);
            }
            let back = Body::from_bytes(&unpack(&compress(&body).unwrap().z).unwrap()).unwrap();
            prop_assert_eq!(&back, &body);
            let segment = body.key_segment();
            for (place, (key, ..)) in records.iter().enumerate() {
                prop_assert_eq!(back.key(place), key);
                prop_assert!(may_have(&segment, key_hash(key)));
                prop_assert!(back.places_of(key).any(|found| found == place));
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
