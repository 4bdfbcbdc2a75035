//! What changed since it was last delivered.
//!
//! Fingerprints are kept in the order in which they were delivered, and the warehouse mostly answers in that
//! order again: so the base is walked beside the stream, and an unchanged row costs a comparison. A row that
//! is not near its place is put aside; rows put aside are looked for together, in one pass over the base.
//! No step looks anything up by key in a tree, and memory does not grow with the table.

mod aside;
mod base;
mod new_keys;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::error::Result;
use crate::store::outbox::discarded::Discarded;
use crate::store::outbox::{OpenRecord, Past, REMOVED};

pub use aside::{Aside, Resolved, ResolvedRow};
pub use base::{Base, Looked};
pub use new_keys::{NewKeys, NewRow};

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
    /// Never delivered.
    Added(Numbered),
    /// Differs from what was delivered, or what may have been.
    Changed(Numbered),
}

/// The number of a change, and what it stands over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// This run's, or that of an open record with the same content.
    pub number: i64,
    /// What is known of earlier records of the key.
    pub past: Past,
}

/// Open and discarded records of earlier runs, taken one by one as their keys are read.
#[derive(Default)]
pub struct Open {
    records: HashMap<u64, OpenRecord>,
    discarded: HashMap<u64, Discarded>,
    run: i64,
    /// Every row is sent again, whatever was discarded.
    resend: bool,
    /// Keys whose discarded record says nothing any more.
    outdated: Vec<u64>,
}

/// What no row spoke for.
pub struct Rest {
    /// Open records, in the order of the outbox.
    pub open: Vec<OpenRecord>,
    /// Discarded records that may have arrived, with their key hashes.
    pub discarded: Vec<(u64, Discarded)>,
    /// Keys whose discarded record says nothing any more.
    pub outdated: Vec<u64>,
}

impl Open {
    /// The open and discarded records of a sync, for a read of `run`; `resend` where every row is sent again.
    pub fn new(
        records: HashMap<u64, OpenRecord>,
        discarded: HashMap<u64, Discarded>,
        run: i64,
        resend: bool,
    ) -> Self {
        Self { records, discarded, run, resend, outdated: Vec::new() }
    }

    /// Judges a row whose delivered fingerprint is known (`None`: never delivered).
    ///
    /// A record that is still open with the same content keeps its number, and so its id: the destination
    /// recognises a repeat. Where something else may have arrived although the row is as delivered before, the
    /// row is sent over it. What the user discarded is not sent again while the row stays as it is.
    pub fn judge(&mut self, hash: u64, fingerprint: u128, delivered: Option<u128>) -> Verdict {
        let Some(discarded) = self.discarded_over(hash, fingerprint) else { return Verdict::Unchanged };
        let open = taken(&mut self.records, hash);
        let delivered = delivered.filter(|print| *print != REMOVED);
        let mut numbered = self.number(open, fingerprint);
        numbered.past.doubtful |= discarded;
        match delivered {
            Some(print) if print == fingerprint => match open {
                Some(open) if open.uncertain || open.fingerprint == fingerprint => Verdict::Changed(numbered),
                Some(_) | None if discarded => Verdict::Changed(numbered),
                Some(_) | None => Verdict::Unchanged,
            },
            Some(_) => Verdict::Changed(numbered),
            None => Verdict::Added(numbered),
        }
    }

    /// There is a discarded record of this key.
    pub fn is_discarded(&self, hash: u64) -> bool {
        self.discarded.contains_key(&hash)
    }

    /// There is an open or a discarded record of this key.
    pub fn holds(&self, hash: u64) -> bool {
        self.records.contains_key(&hash) || self.discarded.contains_key(&hash)
    }

    fn number(&self, open: Option<OpenRecord>, fingerprint: u128) -> Numbered {
        let same = open.filter(|open| open.fingerprint == fingerprint);
        let past = Past {
            doubtful: open.is_some_and(|open| open.uncertain),
            refused: same.is_some_and(|open| open.refused),
            left_alone: open.is_some_and(|open| open.left_alone),
        };
        Numbered { number: same.map_or(self.run, |open| open.number), past }
    }

    /// `None` where the user discarded this very content of the key; else whether another discarded one may have
    /// arrived, and forgets that. Over what is still open nothing is discarded: that was to correct it, and was not
    /// delivered.
    fn discarded_over(&mut self, hash: u64, fingerprint: u128) -> Option<bool> {
        match taken(&mut self.discarded, hash) {
            Some(discarded)
                if discarded.fingerprint == fingerprint
                    && !self.resend
                    && !self.records.contains_key(&hash) =>
            {
                None
            }
            Some(discarded) => {
                self.outdated.push(hash);
                Some(discarded.uncertain)
            }
            None => Some(false),
        }
    }

    /// Forgets the open record of a key that was removed; `None` where the user discarded the removal. The
    /// removal has its number if it was an undelivered removal itself.
    pub fn take_removed(&mut self, hash: u64) -> Option<Numbered> {
        let doubtful = self.discarded_over(hash, REMOVED)?;
        let open = self.records.remove(&hash);
        let mut numbered = self.number(open, REMOVED);
        numbered.past.doubtful |= doubtful;
        Some(numbered)
    }

    /// What no row spoke for.
    pub fn rest(self) -> Rest {
        let mut open: Vec<OpenRecord> = self.records.into_values().collect();
        open.sort_unstable_by_key(|open| (open.batch, open.place));
        let discarded = self.discarded.into_iter();
        Rest {
            open,
            discarded: discarded
                .filter(|(_, record)| record.uncertain && record.fingerprint != REMOVED)
                .collect(),
            outdated: self.outdated,
        }
    }
}

/// Takes the entry of a hash. Mostly there is none at all, which is quicker told than looked up for every row.
fn taken<V>(of: &mut HashMap<u64, V>, hash: u64) -> Option<V> {
    if of.is_empty() { None } else { of.remove(&hash) }
}

/// A row on its way through the comparison.
pub struct Row<'a> {
    /// Which row of the read, from 1.
    pub number: u64,
    /// Its key.
    pub key: &'a str,
    /// After a change of key the one it may have been delivered under.
    pub known_as: Option<&'a str>,
    /// Payload and fingerprint, or why there is none.
    pub content: Result<(&'a [u8], u128)>,
}
