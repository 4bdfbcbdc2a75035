//! Brakes: a run that would do more harm than usual is held, and asks.

use super::read::ReadResult;
use crate::error::{Error, ErrorKind, Result};
use crate::store::syncs::SavedSync;
use crate::store::{Store, outbox, runs};
use crate::sync::Sync;
use crate::words::count;

/// Records or rows that may go, or be emptied, without asking, whatever their share.
const FEW: u64 = 10;

/// What a read is judged by.
pub(crate) struct Before<'a> {
    store: &'a Store,
    sync: i64,
    /// Usable rows of the last sealed read of the same source.
    rows: u64,
    /// No run was ever sealed.
    first_run: bool,
}

impl<'a> Before<'a> {
    /// What there was before a run of `saved`.
    pub(crate) fn of(store: &'a Store, saved: &SavedSync) -> Result<Self> {
        let first_run = store.read(|sqlite| runs::none_sealed(sqlite, saved.id))?;
        Ok(Self { store, sync: saved.id, rows: saved.source_rows.unwrap_or(0), first_run })
    }

    /// Whether the field of a record that `is_null` looks at was null when it was last delivered; `None` where that is no
    /// longer kept.
    fn was_null(&self, key: &str, is_null: &dyn Fn(&[u8]) -> Option<bool>) -> Result<Option<bool>> {
        self.store.read(|sqlite| outbox::find_delivered(sqlite, self.sync, key, is_null))
    }
}

/// Why the run has to be held, if so; every reason there is.
pub(crate) fn holds(sync: &Sync, before: &Before<'_>, read: &ReadResult) -> Result<Option<Error>> {
    let reasons: Vec<String> = [
        first_run(sync, before, read),
        source(sync, before, read),
        removed(sync, read),
        emptied(sync, before, read)?,
    ]
    .into_iter()
    .flatten()
    .collect();
    Ok((!reasons.is_empty()).then(|| Error::new(ErrorKind::Held, reasons.join(" "))))
}

fn first_run(sync: &Sync, before: &Before<'_>, read: &ReadResult) -> Option<String> {
    (sync.brakes.first_run && before.first_run).then(|| {
        format!("The first run of “{}” would send {} records.", sync.name, count(read.counts.to_send))
    })
}

/// The source is empty, or much smaller than it was. What is read on from a cursor says nothing of that.
fn source(sync: &Sync, before: &Before<'_>, read: &ReadResult) -> Option<String> {
    if sync.cursor().is_some() {
        return None;
    }
    // Rows without a usable key are no sign that the others are gone.
    let (rows, last) = (read.usable(), before.rows);
    let removed = removals(sync, read);
    if rows == 0 {
        let message = if removed > 0 {
            format!("No row of “{}” can be used, and {} records would be removed.", sync.name, count(removed))
        } else {
            format!("No row of “{}” can be used; the last run had {}.", sync.name, count(last))
        };
        return (sync.brakes.empty && (last > 0 || removed > 0)).then_some(message);
    }
    let gone = last.saturating_sub(rows);
    let shrunk = sync.brakes.shrunk.is_some_and(|share| exceeds(gone, last, share));
    shrunk.then(|| {
        format!("“{}” has {} usable rows; the last run had {}.", sync.name, count(rows), count(last))
    })
}

fn removed(sync: &Sync, read: &ReadResult) -> Option<String> {
    let (removed, of) = (removals(sync, read), read.delivered_before);
    let share = sync.brakes.removed.is_some_and(|share| exceeds(removed, of, share));
    let many = sync.brakes.removed_records.is_some_and(|most| removed > most);
    let told = read.usable() == 0 && sync.brakes.empty;
    ((share || many) && !told)
        .then(|| format!("{} of {} records of “{}” would be removed.", count(removed), count(of), sync.name))
}

fn emptied(sync: &Sync, before: &Before<'_>, read: &ReadResult) -> Result<Option<String>> {
    let Some(share) = sync.brakes.emptied else { return Ok(None) };
    let known = read.counts.changed + read.counts.unchanged;
    let fields = read
        .emptied
        .fields(|records| exceeds(records, known, share), |key, is_null| before.was_null(key, is_null))?;
    let told = |(field, records): &(String, u64)| {
        format!("“{field}” would be emptied in about {} of {} records.", count(*records), count(known))
    };
    let told: Vec<String> = fields.iter().map(told).collect();
    Ok((!told.is_empty()).then(|| told.join(" ")))
}

/// Removals the destination would hear of.
fn removals(sync: &Sync, read: &ReadResult) -> u64 {
    if sync.sends_removals() { read.counts.removed } else { 0 }
}

/// `part` is more than a few, and more than `share` percent of `whole`.
fn exceeds(part: u64, whole: u64, share: u8) -> bool {
    part > FEW && u128::from(part) * 100 > u128::from(whole) * u128::from(share)
}
