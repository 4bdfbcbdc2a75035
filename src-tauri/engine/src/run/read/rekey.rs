//! The read after a change of key: rows are found by the key they were delivered under, and what was delivered is
//! kept under the new one.

use std::collections::HashSet;

use super::{Reading, Sink};
use crate::error::{ErrorKind, Result};
use crate::mapping::Mapping;
use crate::store::fingerprints::{CHUNK, Delivered};
use crate::store::outbox::{REMOVED, key_hash};
use crate::sync::Sync;
use crate::value::{Column, RowBatch};

/// The old key, and what is kept under the new one.
pub(super) struct Rekey {
    old: Mapping,
    /// Hashes of new keys that have a row. A row each is what this one read costs in memory: the base can not tell
    /// whether a new key came before.
    taken: HashSet<u64>,
    kept: Vec<Delivered>,
}

/// How a row is found after a change of key.
pub(super) enum Found {
    /// Under the key it was delivered under, if it was.
    KnownAs(String),
    /// It had no key before.
    New,
    /// An earlier row has the new key too.
    Again,
}

impl Rekey {
    /// The old key compiled; `None` where its columns are gone, and nothing can be found by it.
    pub(super) fn new(sync: &Sync, keyed_by: &[String], columns: &[Column]) -> Result<Option<Self>> {
        let before = Sync { key: keyed_by.to_vec(), ..sync.clone() };
        let old = match Mapping::compile(&before, columns) {
            Ok(old) => old,
            Err(error) if error.kind() == ErrorKind::MissingObject => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(Self { old, taken: HashSet::new(), kept: Vec::new() }))
    }

    /// Finds the row whose new key is `key`.
    pub(super) fn find(&mut self, batch: &RowBatch, row: usize, key: &str) -> Found {
        if !self.taken.insert(key_hash(key)) {
            return Found::Again;
        }
        let mut known_as = String::new();
        match self.old.write_key(batch, row, &mut known_as) {
            Ok(()) => Found::KnownAs(known_as),
            // A row without the old key was never delivered.
            Err(_) => Found::New,
        }
    }

    /// A row has this new key.
    pub(super) fn is_taken(&self, hash: u64) -> bool {
        self.taken.contains(&hash)
    }

    /// Keeps an entry; answers with those to be staged now.
    pub(super) fn keep(&mut self, delivered: Delivered) -> Option<Vec<Delivered>> {
        self.kept.push(delivered);
        (self.kept.len() == CHUNK).then(|| std::mem::take(&mut self.kept))
    }

    /// The rest.
    pub(super) fn finish(&mut self) -> Vec<Delivered> {
        std::mem::take(&mut self.kept)
    }
}

impl<S: Sink> Reading<'_, S> {
    /// After a change of key: keeps what was delivered of a row under its new one.
    pub(super) fn rekeyed(&mut self, key: &str, fingerprint: u128, address: String) -> Result<()> {
        let Some(rekey) = &mut self.rekey else { return Ok(()) };
        let delivered = Delivered { hash: key_hash(key), fingerprint, key: key.to_owned(), address };
        rekey.keep(delivered).map_or(Ok(()), |full| self.sink.rekeyed(full))
    }

    /// The same for a row that can not be sent: what was delivered of it stays delivered.
    pub(super) fn keep_unsendable(
        &mut self,
        key: &str,
        known_as: Option<&str>,
        delivered: Option<u128>,
    ) -> Result<()> {
        let known = delivered.filter(|print| *print != REMOVED && self.rekey.is_some());
        let Some(print) = known else { return Ok(()) };
        let address = self.address_of(known_as.unwrap_or(key))?;
        self.rekeyed(key, print, address)
    }

    /// After a change of key: what no row was found for stays under its old one.
    pub(super) fn keep_unseen<'e>(&mut self, unseen: impl Iterator<Item = &'e Delivered>) -> Result<()> {
        let Some(rekey) = &mut self.rekey else { return Ok(()) };
        for entry in unseen {
            // What a test with one record delivered stands under the new key already.
            if rekey.is_taken(entry.hash) {
                continue;
            }
            if let Some(full) = rekey.keep(entry.clone()) {
                self.sink.rekeyed(full)?;
            }
        }
        self.sink.rekeyed(rekey.finish())
    }
}
