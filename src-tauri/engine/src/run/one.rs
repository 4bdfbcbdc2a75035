//! A test with one record: the one that is asked for, or the first a run would send, in a run of its own.

use super::execute::Execution;
use super::part;
use super::read::{Sink, Staged, read_all, unless_cancelled};
use super::source;
use crate::clock::millis;
use crate::error::{Error, ErrorKind, Result};
use crate::record::Change;
use crate::store::fingerprints::Delivered;
use crate::store::outbox::{self, Body, key_hash};
use crate::store::runs::{Counts, InvalidRow, Problem};
use crate::sync::Mode;
use crate::warehouse::Warehouse;

/// Takes the first record a read finds to send, of those that are wanted, and ends the read there.
#[derive(Default)]
struct First {
    body: Body,
    /// The hash of the record's key; any record where there is none.
    wanted: Option<u64>,
    /// Why the first row that could not become a record could not.
    refused: Option<Problem>,
}

impl First {
    fn is_wanted(&self, key: Option<&str>) -> bool {
        self.wanted.is_none_or(|wanted| key.is_some_and(|key| key_hash(key) == wanted))
    }
}

impl Sink for First {
    fn stage(&mut self, staged: &Staged<'_>) -> Result<()> {
        let Staged { key, change, operation, number, payload, past, .. } = *staged;
        match change {
            Change::Added | Change::Changed if !self.is_wanted(Some(key)) => Ok(()),
            Change::Added | Change::Changed => {
                self.body.push_over(key, change, operation, number, payload, past);
                Err(Error::new(ErrorKind::Cancelled, "The first record is found."))
            }
            // A removal shows nothing of the mapping, and is sent only after a whole read.
            Change::Removed => Ok(()),
        }
    }

    fn invalid(&mut self, invalid: InvalidRow) -> Result<()> {
        if self.is_wanted(invalid.key.as_deref()) {
            self.refused.get_or_insert(invalid.problem);
        }
        Ok(())
    }

    fn progress(&mut self, _: &Counts) {}

    fn rekeyed(&mut self, _: Vec<Delivered>) -> Result<()> {
        Ok(())
    }
}

impl Execution {
    /// Stages the record whose key has the hash `wanted`, else the first a run would send, and seals the run with it alone.
    /// Nothing else that is open changes, and no row counts as removed: the read is not whole.
    pub(super) async fn stage_one(&self, warehouse: &dyn Warehouse, wanted: Option<u64>) -> Result<()> {
        let sync = &self.saved.sync;
        let looking = async {
            let read = source::wanted(&self.saved, warehouse, sync.mode == Mode::Full).await?;
            source::look(&self.store, &self.saved, warehouse, &read).await
        };
        let mut rows = unless_cancelled(&self.cancel, looking).await?;
        let limits = self.destination.limits(&sync.shape);
        let context = self.reading(sync.mode == Mode::Full, limits.record_bytes);
        let mut first = First { wanted, ..First::default() };
        let read = read_all(&context, &mut *rows, &mut first).await;
        if first.body.is_empty() {
            read?;
            return Err(nothing(first.refused, wanted.is_some()));
        }
        self.seal_one(first.body).await
    }

    async fn seal_one(&self, body: Body) -> Result<()> {
        let (sync, run, at) = (self.saved.id, self.run, millis(self.clock.now()));
        let counts = match body.change(0)? {
            Change::Added => Counts { read: 1, added: 1, to_send: 1, ..Counts::default() },
            Change::Changed | Change::Removed => {
                Counts { read: 1, changed: 1, to_send: 1, ..Counts::default() }
            }
        };
        let hash = key_hash(body.key(0));
        let sealed = outbox::compress(&body)?;
        let job = move |sqlite: &rusqlite::Connection| {
            let batch = outbox::stage(sqlite, sync, run, at, &sealed)?;
            part::seal(sqlite, (sync, run), at, &[hash], &counts, batch)
        };
        self.store.write(job).done().await
    }
}

fn nothing(refused: Option<Problem>, one: bool) -> Error {
    match refused {
        Some(problem) if one => {
            let message = format!("Its row can not become a record. {}", problem.message);
            Error::new(ErrorKind::NothingToSend, message).with_hint(problem.hint)
        }
        None if one => {
            let message = "There is nothing to send of this record: its row is gone, or as it was delivered.";
            Error::new(ErrorKind::NothingToSend, message).with_hint("Compare again, and choose another one.")
        }
        Some(problem) => {
            let message = format!("No row could become a record. The first one: {}", problem.message);
            Error::new(ErrorKind::NothingToSend, message).with_hint(problem.hint)
        }
        None => {
            Error::new(ErrorKind::NothingToSend, "There is no record to test with: nothing would be sent.")
        }
    }
}
