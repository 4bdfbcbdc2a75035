//! Read, map, compare: from the warehouse's stream to what is to be sent.

use std::collections::HashSet;
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::cursor::Cursor;
use super::emptied::Emptied;
use super::invalid::duplicate;
use super::rekey::{Found, Rekey};
use super::source::MOST_UNDELIVERED;
use crate::diff::{Aside, Base, ByHash, Looked, NewKeys, NewRow, Numbered, Open, Row, Verdict};
use crate::differ::{Differences, NumberedRows, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Mapping, address, clearing_payload};
use crate::record::{Change, Operation};
use crate::store::Store;
use crate::store::fingerprints::Delivered;
use crate::store::outbox::{self, OpenRecord, Past, REMOVED, fingerprint, key_hash};
use crate::store::runs::{Counts, InvalidRow, Problem};
use crate::store::syncs::NO_SYNC;
use crate::sync::{Mode, Removal, Sync};
use crate::value::{Column, RowBatch};

/// A record the run is to send.
pub(crate) struct Staged<'a> {
    pub(crate) key: &'a str,
    /// The key it was delivered under before, if it was.
    pub(crate) known_as: &'a str,
    /// The number of the row it was made from; 0 where it was made from none.
    pub(crate) row: u64,
    pub(crate) change: Change,
    pub(crate) operation: Operation,
    pub(crate) number: i64,
    pub(crate) payload: &'a [u8],
    pub(crate) past: Past,
}

/// Where a read puts what it finds: into the outbox, or into a plan.
pub(crate) trait Sink {
    /// Takes a record. Ordinals count from 0 in the order of the calls.
    fn stage(&mut self, staged: &Staged<'_>) -> Result<()>;
    /// Takes a row that can not be sent.
    fn invalid(&mut self, invalid: InvalidRow) -> Result<()>;
    /// The read goes on; called after every batch of rows.
    fn progress(&mut self, counts: &Counts);
    /// Takes what was delivered under another key before, as it is kept from now on.
    fn rekeyed(&mut self, delivered: Vec<Delivered>) -> Result<()>;
}

/// What a read has to know.
pub(crate) struct ReadContext<'a> {
    pub(crate) store: &'a Store,
    pub(crate) home: &'a Path,
    pub(crate) sync: &'a Sync,
    /// The sync's row, or -1 for one that is not saved.
    pub(crate) sync_id: i64,
    pub(crate) base_until: i64,
    /// The key that what was delivered is kept under, where the sync has got another since.
    pub(crate) keyed_by: Option<&'a [String]>,
    /// The run, or the number a plan uses in its place.
    pub(crate) run: i64,
    /// Send every row again.
    pub(crate) resend: bool,
    /// Bytes of one payload the destination takes.
    pub(crate) record_bytes: usize,
    pub(crate) cancel: &'a CancellationToken,
}

/// What a whole read found.
pub(crate) struct ReadResult {
    pub(crate) counts: Counts,
    pub(crate) server_rows: Option<u64>,
    /// The mapped columns, to compare with the next run's.
    pub(crate) columns: Vec<Column>,
    /// Staged records whose key an earlier one has, in the order they were staged.
    pub(crate) duplicates: Vec<NewRow>,
    /// Keys of removed records that are only to be forgotten.
    pub(crate) forgotten: Vec<String>,
    /// Hashes of keys whose discarded record says nothing any more.
    pub(crate) outdated: Vec<u64>,
    /// After a change of key: hashes of keys whose discarded record still says something, and of the new keys.
    pub(crate) discarded: Vec<(u64, u64)>,
    /// Records that counted as delivered before this read; known where removals are looked for.
    pub(crate) delivered_before: u64,
    /// Numbers of the rows that can not be sent; there may be more where it has [`MOST_UNDELIVERED`].
    pub(crate) refused: Vec<u64>,
    /// Fields of records delivered before that are null now.
    pub(crate) emptied: Emptied,
    /// The greatest cursor value, as JSON.
    pub(crate) cursor: Option<String>,
    /// What was delivered is to be kept under another key from now on.
    pub(crate) rekeyed: bool,
}

impl ReadResult {
    /// Rows that can be sent.
    pub(crate) fn usable(&self) -> u64 {
        self.counts.read - self.counts.invalid
    }
}

struct Reading<'a, S: Sink> {
    context: &'a ReadContext<'a>,
    mapping: Mapping,
    emptied: Emptied,
    rekey: Option<Rekey>,
    base: Base,
    open: Open,
    new_keys: NewKeys,
    sink: &'a mut S,
    counts: Counts,
    staged: u64,
    /// Keys whose rows are there, but can not be sent.
    unsendable: HashSet<u64>,
    refused: Vec<u64>,
    discarded: Vec<(u64, u64)>,
    /// Keys without a row, with their numbers; `None` where every row was read, and what was not is gone.
    gone: Option<ByHash<u64>>,
}

/// Reads a stream to its end. Nothing it stages may be sent unless this succeeds.
pub(crate) async fn read_all<S: Sink>(
    context: &ReadContext<'_>,
    source: &mut dyn Differences,
    sink: &mut S,
) -> Result<ReadResult> {
    let columns = source.columns().clone();
    let mapping = Mapping::compile(context.sync, &columns)?;
    let used: Vec<Column> = mapping.used_columns().into_iter().map(|index| columns[index].clone()).collect();
    let rekey = match context.keyed_by {
        Some(keyed_by) => Rekey::new(context.sync, keyed_by, &columns)?,
        None => None,
    };
    // What was delivered under a key that is gone can not be found by it: everything is new.
    let lost = context.keyed_by.is_some() && rekey.is_none();
    let sync_id = if lost { NO_SYNC } else { context.sync_id };
    let base = Base::open(context.store.reader()?, sync_id, context.base_until)?;
    let (open, discarded) = context.store.read(|sqlite| {
        let open = outbox::open_records(sqlite, sync_id)?;
        Ok((open, outbox::discarded::of_sync(sqlite, sync_id)?))
    })?;
    let mut cursor = Cursor::new(context.sync, &columns)?;
    let mut reading = Reading {
        context,
        mapping,
        emptied: Emptied::new(context.sync, &columns),
        rekey,
        base,
        open: Open::new(open, discarded, context.run, context.resend),
        new_keys: NewKeys::new(context.home),
        sink,
        counts: Counts::default(),
        staged: 0,
        unsendable: HashSet::new(),
        refused: Vec::new(),
        discarded: Vec::new(),
        gone: (!source.is_whole()).then(ByHash::default),
    };
    let mut aside = Aside::new(context.home);
    while let Some(part) = unless_cancelled(context.cancel, source.next()).await? {
        failpoint!(Rows);
        match part {
            Part::Changed(rows) => {
                reading.take(&rows, &mut aside)?;
                cursor.pass(&rows.rows);
            }
            Part::Repeated(rows) => reading.repeat(&rows)?,
            Part::Gone(rows) => reading.miss(&rows),
        }
        reading.sink.progress(&reading.counts);
    }
    reading.resolve(&mut aside)?;
    let counted = source.counted();
    let unchanged = counted.map_or(0, |counted| counted.unchanged);
    reading.counts.read += unchanged;
    reading.counts.unchanged += unchanged;
    let server_rows = counted.map(|counted| counted.rows);
    check_whole(reading.counts.read, server_rows)?;
    let (forgotten, delivered_before) = reading.find_removed(&columns)?;
    let outdated = reading.carry(&columns)?;
    let duplicates = std::mem::replace(&mut reading.new_keys, NewKeys::new(context.home)).duplicates()?;
    let Reading { mut counts, refused, emptied, discarded, staged, .. } = reading;
    counts.to_send = staged - duplicates.len() as u64;
    counts.added -= duplicates.len() as u64;
    counts.invalid += duplicates.len() as u64;
    Ok(ReadResult {
        counts,
        server_rows,
        columns: used,
        duplicates,
        forgotten,
        outdated,
        discarded,
        delivered_before,
        refused,
        emptied,
        cursor: cursor.reached,
        rekeyed: context.keyed_by.is_some(),
    })
}

/// Waits for the warehouse, or for the user to have enough of that.
pub(crate) async fn unless_cancelled<T>(
    cancel: &CancellationToken,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => {
            let error = Error::new(ErrorKind::Cancelled, "The run was cancelled while it was reading.");
            Err(error.with_safe("Nothing was sent."))
        }
        done = work => done,
    }
}

/// A read counts only when it has as many rows as the server itself says there are.
fn check_whole(read: u64, server_rows: Option<u64>) -> Result<()> {
    match server_rows {
        Some(rows) if rows == read => Ok(()),
        Some(rows) => {
            let message = format!("The warehouse reported {rows} rows, and {read} arrived.");
            Err(Error::new(ErrorKind::IncompleteRead, message))
        }
        None => {
            Err(Error::new(ErrorKind::IncompleteRead, "The read ended without the warehouse's row count."))
        }
    }
}

impl<S: Sink> Reading<'_, S> {
    fn take(&mut self, rows: &NumberedRows, aside: &mut Aside) -> Result<()> {
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
    fn repeat(&mut self, rows: &NumberedRows) -> Result<()> {
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
    fn miss(&mut self, keys: &NumberedRows) {
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
    fn write_content(&self, batch: &RowBatch, index: usize, payload: &mut Vec<u8>) -> Result<u128> {
        self.mapping.write_payload(batch, index, payload)?;
        let limit = self.context.record_bytes;
        if payload.len() > limit {
            let message =
                format!("The record has {} bytes, and the destination takes {limit} for one.", payload.len());
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        Ok(fingerprint(Change::Added, payload))
    }

    fn resolve(&mut self, aside: &mut Aside) -> Result<()> {
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
    fn is_as_delivered(&self, hash: u64, print: u128, looked: Looked) -> bool {
        looked == Looked::Found(print)
            && !self.context.resend
            && self.rekey.is_none()
            && !self.open.holds(hash)
    }

    fn settle(&mut self, hash: u64, row: Row<'_>, looked: Looked) -> Result<()> {
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

    fn judge(&mut self, hash: u64, print: u128, delivered: Option<u128>) -> Verdict {
        let verdict = self.open.judge(hash, print, delivered);
        let doubtful = match verdict {
            Verdict::Unchanged => false,
            Verdict::Added(numbered) | Verdict::Changed(numbered) => numbered.past.doubtful,
        };
        let past = Past { doubtful, refused: false };
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

    fn operation(&self) -> Operation {
        match self.context.sync.mode {
            Mode::Update => Operation::Update,
            Mode::Create => Operation::Create,
            Mode::Upsert | Mode::Mirror | Mode::Append | Mode::Full => Operation::Upsert,
        }
    }

    fn stage(&mut self, staged: &Staged<'_>) -> Result<()> {
        self.staged += 1;
        self.sink.stage(staged)
    }

    fn refuse(&mut self, row: u64, key: Option<&str>, error: &Error) -> Result<()> {
        self.counts.invalid += 1;
        if self.refused.len() < MOST_UNDELIVERED {
            self.refused.push(row);
        }
        let key = key.map(str::to_owned);
        self.sink.invalid(InvalidRow { row, key, problem: Problem::from(error) })
    }

    /// With mirror: stages the removal of every delivered record without a row. Answers with those that are only
    /// to be forgotten, and with how many counted as delivered before.
    fn find_removed(&mut self, columns: &[Column]) -> Result<(Vec<String>, u64)> {
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

    fn stage_removal(
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

    /// After a change of key: keeps what was delivered of a row under its new one.
    fn rekeyed(&mut self, key: &str, fingerprint: u128, address: String) -> Result<()> {
        let Some(rekey) = &mut self.rekey else { return Ok(()) };
        let delivered = Delivered { hash: key_hash(key), fingerprint, key: key.to_owned(), address };
        rekey.keep(delivered).map_or(Ok(()), |full| self.sink.rekeyed(full))
    }

    /// The same for a row that can not be sent: what was delivered of it stays delivered.
    fn keep_unsendable(&mut self, key: &str, known_as: Option<&str>, delivered: Option<u128>) -> Result<()> {
        let known = delivered.filter(|print| *print != REMOVED && self.rekey.is_some());
        let Some(print) = known else { return Ok(()) };
        let address = self.address_of(known_as.unwrap_or(key))?;
        self.rekeyed(key, print, address)
    }

    /// After a change of key: what no row was found for stays under its old one.
    fn keep_unseen<'e>(&mut self, unseen: impl Iterator<Item = &'e Delivered>) -> Result<()> {
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

    /// The address of a record delivered before removals were asked for, from what was sent.
    fn address_of(&self, key: &str) -> Result<String> {
        let context = self.context;
        let sent = context.store.read(|sqlite| outbox::last_delivered(sqlite, context.sync_id, key))?;
        Ok(sent.map_or_else(|| "{}".to_owned(), |(_, payload)| address(&context.sync.shape, &payload)))
    }

    /// Carries what earlier runs did not get delivered and no row spoke for. Answers with the keys whose
    /// discarded record says nothing any more.
    fn carry(&mut self, columns: &[Column]) -> Result<Vec<u64>> {
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
                let past = Past { doubtful: record.uncertain, refused: record.refused };
                let OpenRecord { change, operation, number, .. } = record;
                let (key, known_as, payload) = (key.as_str(), key.as_str(), payload.as_slice());
                self.stage(&Staged { key, known_as, row: 0, change, operation, number, payload, past })?;
            } else if record.uncertain {
                self.remove_uncertain(&key, &payload, columns)?;
            }
        }
        for (hash, record) in rest.discarded {
            if context.sync.mode != Mode::Mirror || self.unsendable.contains(&hash) {
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
    fn remove_uncertain(&mut self, key: &str, payload: &[u8], columns: &[Column]) -> Result<()> {
        self.counts.removed += 1;
        let known = address(&self.context.sync.shape, payload);
        let past = Past { doubtful: true, refused: false };
        let numbered = Numbered { number: self.context.run, past };
        self.stage_removal(key, 0, numbered, &known, columns)
    }
}
