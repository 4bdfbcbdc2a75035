//! Read, map, compare: from the warehouse's stream to what is to be sent.

use std::collections::HashSet;
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::invalid::duplicate;
use super::source::MOST_UNDELIVERED;
use crate::diff::{Aside, Base, ByHash, Looked, NewKeys, NewRow, Numbered, Open, Row, Verdict};
use crate::differ::{Differences, NumberedRows, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Mapping, address, clearing_payload};
use crate::record::{Change, Operation};
use crate::store::Store;
use crate::store::fingerprints::Delivered;
use crate::store::outbox::{self, REMOVED, fingerprint, key_hash};
use crate::store::runs::{Counts, InvalidRow, Problem};
use crate::sync::{Mode, Removal, Sync};
use crate::value::{Column, RowBatch};

/// A record the run is to send.
pub(crate) struct Staged<'a> {
    pub(crate) key: &'a str,
    /// The number of the row it was made from; 0 where it was made from none.
    pub(crate) row: u64,
    pub(crate) change: Change,
    pub(crate) operation: Operation,
    pub(crate) number: i64,
    pub(crate) payload: &'a [u8],
    /// An earlier record of the key may have arrived although nobody knows.
    pub(crate) doubtful: bool,
}

/// Where a read puts what it finds: into the outbox, or into a plan.
pub(crate) trait Sink {
    /// Takes a record. Ordinals count from 0 in the order of the calls.
    fn stage(&mut self, staged: &Staged<'_>) -> Result<()>;
    /// Takes a row that can not be sent.
    fn invalid(&mut self, invalid: InvalidRow) -> Result<()>;
    /// The read goes on; called after every batch of rows.
    fn progress(&mut self, counts: &Counts);
}

/// What a read has to know.
pub(crate) struct ReadContext<'a> {
    pub(crate) store: &'a Store,
    pub(crate) home: &'a Path,
    pub(crate) sync: &'a Sync,
    /// The sync's row, or -1 for one that is not saved.
    pub(crate) sync_id: i64,
    pub(crate) base_until: i64,
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
    /// Removed records that are only to be forgotten.
    pub(crate) forgotten: Vec<Delivered>,
    /// Hashes of keys whose discarded record says nothing any more.
    pub(crate) outdated: Vec<u64>,
    /// Records that counted as delivered before this read; known where removals are looked for.
    pub(crate) delivered_before: u64,
    /// Numbers of the rows that can not be sent; there may be more where it has [`MOST_UNDELIVERED`].
    pub(crate) refused: Vec<u64>,
}

struct Reading<'a, S: Sink> {
    context: &'a ReadContext<'a>,
    mapping: Mapping,
    base: Base,
    open: Open,
    new_keys: NewKeys,
    sink: &'a mut S,
    counts: Counts,
    staged: u64,
    /// Keys whose rows are there, but can not be sent.
    unsendable: HashSet<u64>,
    refused: Vec<u64>,
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
    let base = Base::open(context.store.reader()?, context.sync_id, context.base_until)?;
    let (open, discarded) = context.store.read(|sqlite| {
        let open = outbox::open_records(sqlite, context.sync_id)?;
        Ok((open, outbox::discarded::of_sync(sqlite, context.sync_id)?))
    })?;
    let mut reading = Reading {
        context,
        mapping,
        base,
        open: Open::new(open, discarded, context.run, context.resend),
        new_keys: NewKeys::new(context.home),
        sink,
        counts: Counts::default(),
        staged: 0,
        unsendable: HashSet::new(),
        refused: Vec::new(),
        gone: (!source.is_whole()).then(ByHash::default),
    };
    let mut aside = Aside::new(context.home);
    while let Some(part) = unless_cancelled(context.cancel, source.next()).await? {
        failpoint!(Rows);
        match part {
            Part::Changed(rows) => reading.take(&rows, &mut aside)?,
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
    let (mut counts, refused) = (reading.counts, reading.refused);
    counts.to_send = reading.staged - duplicates.len() as u64;
    counts.added -= duplicates.len() as u64;
    counts.invalid += duplicates.len() as u64;
    let columns = used;
    Ok(ReadResult {
        counts,
        server_rows,
        columns,
        duplicates,
        forgotten,
        outdated,
        delivered_before,
        refused,
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
            let hash = key_hash(&key);
            let joins = aside.may_hold(hash) && !self.base.is_overridden(hash);
            let looked = if joins { Looked::Unknown } else { self.base.look(hash)? };
            if print.as_ref().is_ok_and(|print| self.is_as_delivered(hash, *print, looked)) {
                self.counts.unchanged += 1;
                continue;
            }
            let row = Row { number, key: &key, content: print.map(|print| (payload.as_slice(), print)) };
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
        looked == Looked::Found(print) && !self.context.resend && !self.open.holds(hash)
    }

    fn settle(&mut self, hash: u64, row: Row<'_>, looked: Looked) -> Result<()> {
        let delivered = match looked {
            Looked::Found(print) => Some(print),
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
                return self.refuse(row.number, Some(row.key), &error);
            }
        };
        match self.judge(hash, print, delivered) {
            Verdict::Unchanged => self.counts.unchanged += 1,
            Verdict::Added(numbered) => {
                self.counts.added += 1;
                self.new_keys.add(hash, NewRow { ordinal: self.staged, row: row.number })?;
                self.stage(row.key, row.number, Change::Added, self.operation(), numbered, payload)?;
            }
            Verdict::Changed(numbered) => {
                self.counts.changed += 1;
                self.stage(row.key, row.number, Change::Changed, self.operation(), numbered, payload)?;
            }
        }
        Ok(())
    }

    fn judge(&mut self, hash: u64, print: u128, delivered: Option<u128>) -> Verdict {
        let verdict = self.open.judge(hash, print, delivered);
        let doubtful = match verdict {
            Verdict::Unchanged => false,
            Verdict::Added(numbered) | Verdict::Changed(numbered) => numbered.doubtful,
        };
        let fresh = Numbered { number: self.context.run, doubtful };
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

    fn stage(
        &mut self,
        key: &str,
        row: u64,
        change: Change,
        operation: Operation,
        numbered: Numbered,
        payload: &[u8],
    ) -> Result<()> {
        self.staged += 1;
        let Numbered { number, doubtful } = numbered;
        self.sink.stage(&Staged { key, row, change, operation, number, payload, doubtful })
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
    fn find_removed(&mut self, columns: &[Column]) -> Result<(Vec<Delivered>, u64)> {
        let mut forgotten = Vec::new();
        if self.context.sync.mode != Mode::Mirror {
            return Ok((forgotten, 0));
        }
        let mut gone = Vec::new();
        let missed = self.gone.as_ref();
        let delivered_before = self.base.unseen(|hash, key, address| {
            let number = missed.map_or(Some(0), |missed| missed.get(&hash).copied());
            gone.extend(number.map(|number| (hash, number, key.to_owned(), address.to_owned())));
            Ok(())
        })?;
        for (hash, number, key, known) in gone {
            let Some(numbered) = self.open.take_removed(hash) else { continue };
            self.counts.removed += 1;
            if self.context.sync.removed == Removal::Nothing {
                forgotten.push(Delivered { hash, fingerprint: REMOVED, key, address: String::new() });
                continue;
            }
            let known = if known.is_empty() { self.address_of(&key)? } else { known };
            self.stage_removal(&key, number, numbered, &known, columns)?;
        }
        Ok((forgotten, delivered_before))
    }

    fn stage_removal(
        &mut self,
        key: &str,
        number: u64,
        numbered: Numbered,
        known: &str,
        columns: &[Column],
    ) -> Result<()> {
        match self.context.sync.removed {
            Removal::Delete => {
                self.stage(key, number, Change::Removed, Operation::Delete, numbered, known.as_bytes())
            }
            Removal::Clear => {
                let payload = clearing_payload(self.context.sync, columns, known)?;
                self.stage(key, number, Change::Removed, Operation::Clear, numbered, &payload)
            }
            Removal::Nothing => Ok(()),
        }
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
                let numbered = Numbered { number: record.number, doubtful: record.uncertain };
                self.stage(&key, 0, record.change, record.operation, numbered, &payload)?;
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
    fn remove_uncertain(&mut self, key: &str, payload: &[u8], columns: &[Column]) -> Result<()> {
        self.counts.removed += 1;
        let known = address(&self.context.sync.shape, payload);
        let numbered = Numbered { number: self.context.run, doubtful: true };
        self.stage_removal(key, 0, numbered, &known, columns)
    }
}
