//! What becomes of a row: mapped, compared with what was delivered, staged or refused.

use super::super::invalid::duplicate;
use super::super::source::MOST_UNDELIVERED;
use super::rekey::Found;
use super::{Reading, Sink, Staged};
use crate::diff::{Aside, Looked, NewRow, Numbered, Row, Verdict};
use crate::differ::NumberedRows;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::address;
use crate::record::{Change, Operation};
use crate::store::outbox::{Past, REMOVED, fingerprint, key_hash};
use crate::store::runs::{InvalidRow, Problem};
use crate::sync::Mode;
use crate::value::RowBatch;
use crate::words::count;

impl<S: Sink> Reading<'_, S> {
    pub(super) fn take(&mut self, rows: &NumberedRows, aside: &mut Aside) -> Result<()> {
        let (batch, mut key, mut payload) = (&rows.rows, String::new(), Vec::new());
        for (index, number) in (0..batch.rows()).zip(rows.numbers.iter().copied()) {
            self.counts.read += 1;
            key.clear();
            if let Err(error) = self.mapping.write_key(batch, index, &mut key) {
                self.refuse(number, None, &error)?;
                continue;
            }
            payload.clear();
            let print = self.write_content(batch, index, &mut payload);
            let found = self.rekey.as_mut().map(|rekey| rekey.find(batch, index, &key));
            let known_as = match &found {
                Some(Found::Again) => {
                    self.refuse(number, Some(&key), &duplicate(Some(&key)))?;
                    continue;
                }
                Some(Found::KnownAs(known_as)) => Some(known_as.as_str()),
                Some(Found::New) | None => None,
            };
            let hash = key_hash(known_as.unwrap_or(&key));
            let joins = aside.may_hold(hash) && !self.base.is_overridden(hash);
            let looked = match found {
                Some(Found::New) => Looked::Absent,
                _ if joins => Looked::Unknown,
                _ => self.base.look(hash)?,
            };
            if print.as_ref().is_ok_and(|print| self.is_as_delivered(hash, *print, looked)) {
                self.counts.unchanged += 1;
                continue;
            }
            let row =
                Row { number, key: &key, known_as, content: print.map(|print| (payload.as_slice(), print)) };
            match looked {
                Looked::Unknown => {
                    if aside.put(hash, row)? {
                        self.resolve(aside)?;
                    }
                }
                looked @ (Looked::Found(_) | Looked::Again | Looked::Absent) => {
                    self.settle(hash, row, looked)?;
                }
            }
        }
        Ok(())
    }

    /// Takes rows whose key an earlier row has.
    pub(super) fn repeat(&mut self, rows: &NumberedRows) -> Result<()> {
        let mut key = String::new();
        for (index, number) in (0..rows.rows.rows()).zip(rows.numbers.iter().copied()) {
            self.counts.read += 1;
            key.clear();
            match self.mapping.write_key(&rows.rows, index, &mut key) {
                Ok(()) => self.refuse(number, Some(&key), &duplicate(Some(&key)))?,
                Err(error) => self.refuse(number, None, &error)?,
            }
        }
        Ok(())
    }

    /// Takes keys that no row has any more.
    pub(super) fn miss(&mut self, keys: &NumberedRows) {
        // Where every row was read, what was not is gone anyhow.
        let Some(gone) = &mut self.gone else { return };
        for (index, number) in (0..keys.rows.rows()).zip(keys.numbers.iter().copied()) {
            let mut key = String::new();
            // A key that can not be written was never sent.
            if self.mapping.write_key(&keys.rows, index, &mut key).is_ok() {
                gone.insert(key_hash(&key), number);
            }
        }
    }

    /// Writes a row's payload, and answers with its fingerprint.
    pub(super) fn write_content(
        &self,
        batch: &RowBatch,
        index: usize,
        payload: &mut Vec<u8>,
    ) -> Result<u128> {
        self.mapping.write_payload(batch, index, payload)?;
        let limit = self.context.record_bytes;
        if payload.len() > limit {
            let (has, takes) = (count(payload.len() as u64), count(limit as u64));
            let message = format!("The record has {has} bytes, and the destination takes {takes} for one.");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        Ok(fingerprint(Change::Added, payload))
    }

    pub(super) fn resolve(&mut self, aside: &mut Aside) -> Result<()> {
        let mut resolved = aside.resolve(&mut self.base)?;
        while let Some(row) = resolved.next_row() {
            if row.print.is_some_and(|print| self.is_as_delivered(row.hash, print, row.looked)) {
                self.counts.unchanged += 1;
                resolved.skip(&row);
            } else {
                self.settle(row.hash, resolved.read(&row)?, row.looked)?;
            }
        }
        Ok(())
    }

    /// The short way for most rows: as delivered, and nothing open that speaks against it.
    pub(super) fn is_as_delivered(&self, hash: u64, print: u128, looked: Looked) -> bool {
        looked == Looked::Found(print)
            && !self.context.resend
            && self.rekey.is_none()
            && !self.open.holds(hash)
    }

    pub(super) fn settle(&mut self, hash: u64, row: Row<'_>, looked: Looked) -> Result<()> {
        let delivered = match looked {
            Looked::Found(print) => Some(print),
            // Under the old key it may be the second row; under the new one it is a row of its own.
            Looked::Absent | Looked::Unknown | Looked::Again if self.rekey.is_some() => None,
            // A first row that can not be sent leaves no other trace.
            Looked::Absent | Looked::Unknown if !self.unsendable.contains(&hash) => None,
            Looked::Absent | Looked::Unknown | Looked::Again => {
                let error = duplicate(Some(row.key));
                return self.refuse(row.number, Some(row.key), &error);
            }
        };
        let (payload, print) = match row.content {
            Ok(content) => content,
            Err(error) => {
                self.unsendable.insert(hash);
                self.keep_unsendable(row.key, row.known_as, delivered)?;
                return self.refuse(row.number, Some(row.key), &error);
            }
        };
        let known = delivered.filter(|print| *print != REMOVED);
        let known_as = row.known_as.unwrap_or(row.key);
        if let Some(known) = known.filter(|_| self.rekey.is_some()) {
            self.rekeyed(row.key, known, address(&self.context.sync.shape, payload))?;
        }
        let is_discarded = self.rekey.is_some() && self.open.is_discarded(hash);
        let (change, numbered) = match self.judge(hash, print, delivered) {
            Verdict::Unchanged => {
                self.counts.unchanged += 1;
                self.discarded.extend(is_discarded.then(|| (hash, key_hash(row.key))));
                return Ok(());
            }
            Verdict::Added(numbered) => {
                self.counts.added += 1;
                self.new_keys.add(key_hash(row.key), NewRow { ordinal: self.staged, row: row.number })?;
                (Change::Added, numbered)
            }
            Verdict::Changed(numbered) => {
                self.counts.changed += 1;
                // What an earlier run was to send was looked at then.
                if numbered.number == self.context.run && known != Some(print) {
                    self.emptied.note(known_as, payload);
                }
                (Change::Changed, numbered)
            }
        };
        let Numbered { number, past } = numbered;
        let operation = self.operation();
        self.stage(&Staged {
            key: row.key,
            known_as,
            row: row.number,
            change,
            operation,
            number,
            payload,
            past,
        })
    }

    pub(super) fn judge(&mut self, hash: u64, print: u128, delivered: Option<u128>) -> Verdict {
        let verdict = self.open.judge(hash, print, delivered);
        let past = match verdict {
            Verdict::Unchanged => Past::default(),
            Verdict::Added(numbered) | Verdict::Changed(numbered) => Past { refused: false, ..numbered.past },
        };
        let fresh = Numbered { number: self.context.run, past };
        let known = delivered.is_some_and(|print| print != REMOVED);
        match (self.context.sync.mode, verdict) {
            // Each row once, whatever becomes of it later.
            (Mode::Append | Mode::Create, Verdict::Changed(_)) if !self.context.resend => Verdict::Unchanged,
            _ if self.context.resend && known => Verdict::Changed(fresh),
            _ if self.context.resend => Verdict::Added(fresh),
            (_, verdict) => verdict,
        }
    }

    pub(super) fn operation(&self) -> Operation {
        match self.context.sync.mode {
            Mode::Update => Operation::Update,
            Mode::Create => Operation::Create,
            Mode::Upsert | Mode::Mirror | Mode::Append | Mode::Full => Operation::Upsert,
        }
    }

    pub(super) fn stage(&mut self, staged: &Staged<'_>) -> Result<()> {
        self.staged += 1;
        self.stamp.add(staged.key, staged.change, staged.operation, staged.payload);
        self.sink.stage(staged)
    }

    pub(super) fn refuse(&mut self, row: u64, key: Option<&str>, error: &Error) -> Result<()> {
        self.counts.invalid += 1;
        if self.refused.len() < MOST_UNDELIVERED {
            self.refused.push(row);
        }
        let key = key.map(str::to_owned);
        self.sink.invalid(InvalidRow { row, key, problem: Problem::from(error) })
    }
}
