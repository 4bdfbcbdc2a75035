//! Records that no row was read for: removed, or carried on from earlier runs.

use super::{Reading, Sink, Staged};
use crate::diff::Numbered;
use crate::error::Result;
use crate::mapping::{address, clearing_payload};
use crate::record::{Change, Operation};
use crate::store::fingerprints::Delivered;
use crate::store::outbox::{self, OpenRecord, Past, key_hash};
use crate::sync::{Mode, Removal};
use crate::value::Column;

impl<S: Sink> Reading<'_, S> {
    /// With mirror: stages the removal of every delivered record without a row. Answers with those that are only
    /// to be forgotten, and with how many counted as delivered before.
    pub(super) fn find_removed(&mut self, columns: &[Column]) -> Result<(Vec<String>, u64)> {
        let mut forgotten = Vec::new();
        let is_mirror = self.context.sync.mode == Mode::Mirror;
        if !is_mirror && self.rekey.is_none() {
            return Ok((forgotten, 0));
        }
        let mut gone = Vec::new();
        let missed = self.gone.as_ref();
        let delivered_before = self.base.unseen(|entry| {
            let number = missed.map_or(Some(0), |missed| missed.get(&entry.hash).copied());
            gone.extend(number.map(|number| (number, entry)));
            Ok(())
        })?;
        self.keep_unseen(gone.iter().map(|(_, entry)| entry))?;
        if !is_mirror {
            return Ok((forgotten, 0));
        }
        for (row, Delivered { hash, key, address: known, .. }) in gone {
            let Some(numbered) = self.open.take_removed(hash) else { continue };
            self.counts.removed += 1;
            if self.context.sync.removed == Removal::Nothing {
                forgotten.push(key);
                continue;
            }
            let known = if known.is_empty() { self.address_of(&key)? } else { known };
            self.stage_removal(&key, row, numbered, &known, columns)?;
        }
        Ok((forgotten, delivered_before))
    }

    pub(super) fn stage_removal(
        &mut self,
        key: &str,
        row: u64,
        numbered: Numbered,
        known: &str,
        columns: &[Column],
    ) -> Result<()> {
        let (operation, payload) = match self.context.sync.removed {
            Removal::Delete => (Operation::Delete, known.as_bytes().to_vec()),
            Removal::Clear => (Operation::Clear, clearing_payload(self.context.sync, columns, known)?),
            Removal::Nothing => return Ok(()),
        };
        let Numbered { number, past } = numbered;
        let (known_as, change, payload) = (key, Change::Removed, payload.as_slice());
        self.stage(&Staged { key, known_as, row, change, operation, number, payload, past })
    }

    /// The address of a record delivered before removals were asked for, from what was sent.
    pub(super) fn address_of(&self, key: &str) -> Result<String> {
        let context = self.context;
        let sent = context.store.read(|sqlite| outbox::last_delivered(sqlite, context.sync_id, key))?;
        Ok(sent.map_or_else(|| "{}".to_owned(), |(_, payload)| address(&context.sync.shape, &payload)))
    }

    /// Carries what earlier runs did not get delivered and no row spoke for. Answers with the keys whose
    /// discarded record says nothing any more.
    pub(super) fn carry(&mut self, columns: &[Column]) -> Result<Vec<u64>> {
        let context = self.context;
        let mut rest = std::mem::take(&mut self.open).rest();
        let mut loaded: Option<(i64, outbox::Body)> = None;
        for record in rest.open {
            if loaded.as_ref().is_none_or(|(batch, _)| *batch != record.batch) {
                let body = context.store.read(|sqlite| outbox::body(sqlite, record.batch))?;
                loaded = body.map(|body| (record.batch, body));
            }
            let Some((_, body)) = &loaded else { continue };
            let (key, payload) = (body.key(record.place).to_owned(), body.payload(record.place).to_vec());
            let is_gone = context.sync.mode == Mode::Mirror && !self.unsendable.contains(&key_hash(&key));
            // A removal that is left here is of a record that may have been created, but never counted as delivered.
            if !is_gone || (record.uncertain && record.change == Change::Removed) {
                self.counts.carried += 1;
                let OpenRecord {
                    change, operation, number, uncertain: doubtful, refused, left_alone, ..
                } = record;
                let past = Past { doubtful, refused, left_alone };
                let (key, known_as, payload) = (key.as_str(), key.as_str(), payload.as_slice());
                self.stage(&Staged { key, known_as, row: 0, change, operation, number, payload, past })?;
            } else if record.uncertain {
                self.remove_uncertain(&key, &payload, columns)?;
            }
        }
        for (hash, record) in rest.discarded {
            // A row that was not read because it is unchanged is not gone.
            let is_gone = self.gone.as_ref().is_none_or(|gone| gone.contains_key(&hash));
            if context.sync.mode != Mode::Mirror || !is_gone || self.unsendable.contains(&hash) {
                continue;
            }
            let body = context.store.read(|sqlite| outbox::body(sqlite, record.batch))?;
            let Some(body) = body else { continue };
            self.remove_uncertain(body.key(record.place), body.payload(record.place), columns)?;
            rest.outdated.push(hash);
        }
        Ok(rest.outdated)
    }

    /// Stages the removal of a record that may have been created, and whose row is gone since.
    pub(super) fn remove_uncertain(&mut self, key: &str, payload: &[u8], columns: &[Column]) -> Result<()> {
        self.counts.removed += 1;
        let known = address(&self.context.sync.shape, payload);
        let past = Past { doubtful: true, ..Past::default() };
        let numbered = Numbered { number: self.context.run, past };
        self.stage_removal(key, 0, numbered, &known, columns)
    }
}
