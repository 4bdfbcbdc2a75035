//! Read, map, compare: from the warehouse's stream to what is to be sent.

mod cursor;
mod emptied;
mod rekey;
mod rows;
mod without_row;

use std::collections::HashSet;
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::stamp::Stamp;
use crate::diff::{Aside, Base, ByHash, NewKeys, NewRow, Open};
use crate::differ::{Differences, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::record::{Change, Operation};
use crate::store::Store;
use crate::store::fingerprints::Delivered;
use crate::store::outbox::{self, Past};
use crate::store::runs::{Counts, InvalidRow};
use crate::store::syncs::NO_SYNC;
use crate::sync::Sync;
use crate::value::Column;
use crate::words::count;
use cursor::Cursor;
pub(crate) use cursor::after;
use emptied::Emptied;
use rekey::Rekey;

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
    /// Stands for just the records that were staged.
    pub(crate) stamp: Stamp,
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
    stamp: Stamp,
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
        stamp: Stamp::default(),
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
    let Reading { mut counts, refused, emptied, discarded, staged, stamp, .. } = reading;
    counts.to_send = staged - duplicates.len() as u64;
    counts.added -= duplicates.len() as u64;
    counts.invalid += duplicates.len() as u64;
    let stamp = stamp.of(counts.to_send);
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
        stamp,
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
            let message =
                format!("The warehouse reported {} rows, and {} arrived.", count(rows), count(read));
            Err(Error::new(ErrorKind::IncompleteRead, message))
        }
        None => {
            Err(Error::new(ErrorKind::IncompleteRead, "The read ended without the warehouse's row count."))
        }
    }
}
