//! What changed since it was last delivered.
//!
//! Fingerprints are kept in the order in which they were delivered, and the warehouse mostly answers in that
//! order again: so the base is walked beside the stream, and an unchanged row costs a comparison. A row that
//! is not near its place is put aside; rows put aside are looked for together, in one pass over the base.
//! No step looks anything up by key in a tree, and memory does not grow with the table.

mod base;
mod new_keys;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::error::Result;
use crate::store::outbox::{OpenRecord, REMOVED};

pub use base::{Base, Looked};
pub use new_keys::NewKeys;

/// A map by key hash: the hash is its own hash.
pub type ByHash<V> = HashMap<u64, V, BuildHasherDefault<SameHash>>;

/// Hashes a `u64` that is a hash already.
#[derive(Default)]
pub struct SameHash(u64);

impl Hasher for SameHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// What a read row is, against what was delivered and what is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As delivered.
    Unchanged,
    /// Never delivered. The number is the change's: this run's, or that of an open record with the same content.
    Added(i64),
    /// Differs from what was delivered.
    Changed(i64),
    /// An earlier row of this read has the same key.
    Duplicate,
}

/// Open records of earlier runs, taken one by one as their keys are read.
pub struct Open {
    records: HashMap<u64, OpenRecord>,
    run: i64,
}

impl Open {
    /// The open records of a sync, for a read of `run`.
    pub fn new(records: HashMap<u64, OpenRecord>, run: i64) -> Self {
        Self { records, run }
    }

    /// Judges a row whose delivered fingerprint is known (`None`: never delivered).
    ///
    /// A record that is still open with the same content keeps its number, and so its id: the destination
    /// recognises a repeat. One that may have arrived although the row is as delivered before is sent over it.
    pub fn judge(&mut self, hash: u64, fingerprint: u128, delivered: Option<u128>) -> Verdict {
        let open = self.records.remove(&hash);
        let delivered = delivered.filter(|print| *print != REMOVED);
        let number = open.filter(|open| open.fingerprint == fingerprint).map_or(self.run, |open| open.number);
        match delivered {
            Some(print) if print == fingerprint => match open {
                Some(open) if open.uncertain && open.fingerprint != fingerprint => Verdict::Changed(self.run),
                _ => Verdict::Unchanged,
            },
            Some(_) => Verdict::Changed(number),
            None => Verdict::Added(number),
        }
    }

    /// Forgets the open record of a key that was removed, and answers with its change number if it was an
    /// undelivered removal itself.
    pub fn take_removed(&mut self, hash: u64) -> i64 {
        let open = self.records.remove(&hash);
        open.filter(|open| open.fingerprint == REMOVED).map_or(self.run, |open| open.number)
    }

    /// What no row spoke for, in the order of the outbox.
    pub fn rest(self) -> Vec<OpenRecord> {
        let mut rest: Vec<OpenRecord> = self.records.into_values().collect();
        rest.sort_unstable_by_key(|open| (open.batch, open.place));
        rest
    }
}

/// Rows put aside until the base is passed over; see [`Base`].
pub struct Aside<R> {
    rows: Vec<(u64, R)>,
    bytes: usize,
}

/// Rows put aside at most.
const ASIDE_ROWS: usize = 100_000;
/// Bytes of rows put aside at most.
const ASIDE_BYTES: usize = 32 << 20;

impl<R> Default for Aside<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), bytes: 0 }
    }
}

impl<R> Aside<R> {
    /// Puts a row aside; true when it is time to [`resolve`](Self::resolve).
    pub fn put(&mut self, hash: u64, row: R, bytes: usize) -> bool {
        self.rows.push((hash, row));
        self.bytes += bytes;
        self.rows.len() >= ASIDE_ROWS || self.bytes >= ASIDE_BYTES
    }

    /// Looks for all rows put aside in one pass over the base, and hands them on in the order they came.
    pub fn resolve(&mut self, base: &mut Base, mut found: impl FnMut(u64, R, Looked) -> Result<()>) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut wanted: ByHash<Vec<usize>> = ByHash::default();
        for (index, (hash, _)) in self.rows.iter().enumerate() {
            wanted.entry(*hash).or_default().push(index);
        }
        let mut answers = vec![Looked::Absent; self.rows.len()];
        base.pass(|hash, print, seen| {
            let Some(indexes) = wanted.get(&hash) else { return };
            for index in indexes {
                answers[*index] = if *seen { Looked::Again } else { Looked::Found(print) };
                *seen = true;
            }
        })?;
        self.bytes = 0;
        for ((hash, row), answer) in std::mem::take(&mut self.rows).into_iter().zip(answers) {
            found(hash, row, answer)?;
        }
        Ok(())
    }
}
