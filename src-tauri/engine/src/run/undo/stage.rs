//! Stages an undo: what is put back becomes records of a run like any other.

use std::collections::BTreeMap;

use super::judge::{FieldUndo, Will};
use super::look::{Look, UndoRecord};
use crate::clock::millis;
use crate::destination::Limits;
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::record::{Change, Operation};
use crate::run::execute::Execution;
use crate::run::invalid;
use crate::run::part;
use crate::run::patient::Patience;
use crate::run::read::unless_cancelled;
use crate::store::Store;
use crate::store::outbox::looked::{Group, LOOKED, Looked};
use crate::store::outbox::{self, Body, key_hash};
use crate::store::runs::{self, Counts, FieldLeft, InvalidRow, Problem};
use crate::value::write_string;

const NOT_TO_DELETE: &str = "The run created it, and it was not to be deleted.";

/// What is undone.
#[derive(Debug, Clone)]
pub(crate) struct Undo {
    /// The run.
    pub(crate) of: i64,
    /// Only these keys; empty for all.
    pub(crate) keys: Vec<String>,
    /// Also deletes what the run created.
    pub(crate) deletes: bool,
}

/// Fills batches with what is put back.
struct Taken<'a> {
    store: &'a Store,
    sync: i64,
    run: i64,
    at: i64,
    limits: Limits,
    body: Body,
    /// What stood there when it was looked at, by place: what has changed by the time it is sent is left alone.
    looked: BTreeMap<usize, Looked>,
    bytes: usize,
    hashes: Vec<u64>,
    last_batch: i64,
    counts: Counts,
    /// In how many records each field is left alone while others are put back, by why.
    left: BTreeMap<(String, String), u64>,
    /// Only some records are taken back: these of them are as they were before.
    as_before: Option<Vec<u64>>,
}

impl Execution {
    /// Looks at what the run to undo wrote, stages what is put back, and seals the run with it.
    pub(in crate::run) async fn stage_undo(&self, undo: &Undo) -> Result<()> {
        failpoint!(Begun);
        let of = self.store.read(|sqlite| runs::get(sqlite, undo.of))?;
        self.progress.expect(Some(of.counts.delivered));
        let mut taken = Taken {
            store: &self.store,
            sync: self.saved.id,
            run: self.run,
            at: millis(self.clock.now()),
            limits: self.destination.limits(&of.shape),
            body: Body::default(),
            looked: BTreeMap::new(),
            bytes: 0,
            hashes: Vec::new(),
            last_batch: 0,
            counts: Counts::default(),
            left: BTreeMap::new(),
            as_before: (!undo.keys.is_empty()).then(Vec::new),
        };
        let patience = Patience::Failures;
        let look = Look::begin(&self.store, &*self.destination, &of, &undo.keys, patience);
        let mut look = unless_cancelled(&self.cancel, look).await.map_err(looking)?;
        while let Some(records) = unless_cancelled(&self.cancel, look.next()).await.map_err(looking)? {
            failpoint!(Rows);
            for record in records {
                taken.take(look.match_field(), record, undo.deletes);
                if taken.is_full() {
                    taken.hand_on().await?;
                }
            }
            self.progress.read(&taken.counts);
        }
        failpoint!(Whole);
        taken.hand_on().await?;
        failpoint!(Sealing);
        let left = taken.left.into_iter();
        let left = left.map(|((field, reason), records)| FieldLeft { field, reason, records }).collect();
        self.seal_undo(taken.hashes, taken.counts, taken.last_batch, left, taken.as_before).await
    }

    async fn seal_undo(
        &self,
        hashes: Vec<u64>,
        counts: Counts,
        last_batch: i64,
        left: Vec<FieldLeft>,
        as_before: Option<Vec<u64>>,
    ) -> Result<()> {
        let (sync, run, at) = (self.saved.id, self.run, millis(self.clock.now()));
        let job = move |sqlite: &rusqlite::Connection| {
            part::seal(sqlite, (sync, run), at, &hashes, &counts, last_batch)?;
            runs::set_undone(sqlite, run, &left, as_before.as_deref())?;
            failpoint!(Sealed);
            Ok(())
        };
        self.store.write(job).done().await
    }
}

impl Taken<'_> {
    fn take(&mut self, match_field: &str, record: UndoRecord, deletes: bool) {
        self.counts.read += 1;
        let (change, operation) = match record.will {
            Will::PutBack => (Change::Changed, Operation::Update),
            Will::CreateAgain => (Change::Added, Operation::Upsert),
            Will::Delete if deletes => (Change::Removed, Operation::Delete),
            Will::Delete => return self.leave_alone(record, Some(NOT_TO_DELETE)),
            Will::LeaveAlone => return self.leave_alone(record, None),
            Will::Nothing => {
                self.counts.unchanged += 1;
                if let Some(as_before) = &mut self.as_before {
                    as_before.push(key_hash(&record.key));
                }
                return;
            }
        };
        match change {
            Change::Added => self.counts.added += 1,
            Change::Changed => self.counts.changed += 1,
            Change::Removed => {
                self.counts.removed += 1;
                // What was read counts as something: it stands there as the run left it.
                self.counts.unchanged += 1;
            }
        }
        self.counts.to_send += 1;
        let payload = payload(match_field, &record, change != Change::Removed);
        self.bytes += payload.len() + self.limits.envelope_bytes;
        self.hashes.push(key_hash(&record.key));
        let reason = self.count_left(&record.fields).then_some(record.reason).flatten();
        let looked = Looked { id: record.id, reason, ..looked(change, record.stands) };
        self.looked.insert(self.body.len(), looked);
        self.body.push(&record.key, change, operation, self.run, &payload);
    }

    /// Counts the fields that are left alone in a record that gets others back; whether there are any.
    fn count_left(&mut self, fields: &[FieldUndo]) -> bool {
        let mut any = false;
        for field in fields {
            let Some(reason) = &field.left_alone else { continue };
            *self.left.entry((field.name.clone(), reason.clone())).or_default() += 1;
            any = true;
        }
        any
    }

    /// The batch is to be written before another record comes.
    fn is_full(&self) -> bool {
        let most = self.limits.records.min(outbox::MOST_RECORDS);
        // The next record may be as long as any.
        self.body.len() >= most || self.bytes + self.limits.record_bytes > self.limits.bytes
    }

    fn leave_alone(&mut self, record: UndoRecord, reason: Option<&str>) {
        self.counts.invalid += 1;
        if self.counts.invalid <= invalid::KEPT {
            let reason = reason.map(str::to_owned).or(record.reason).unwrap_or_default();
            let error = Error::new(ErrorKind::LeftAlone, reason);
            let problem = Problem::from(&error);
            let row = self.counts.read;
            invalid::keep(self.store, self.run, InvalidRow { row, key: Some(record.key), problem });
        }
    }

    /// Writes the batch that is being filled.
    async fn hand_on(&mut self) -> Result<()> {
        if self.body.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let sealed = outbox::compress(&std::mem::take(&mut self.body))?;
        let looked = LOOKED.packed(&std::mem::take(&mut self.looked))?;
        let (sync, run, at) = (self.sync, self.run, self.at);
        let stage = move |sqlite: &rusqlite::Connection| {
            failpoint!(Staging);
            let batch = outbox::stage(sqlite, sync, run, at, &sealed)?;
            LOOKED.keep(sqlite, batch, &looked)?;
            Ok(batch)
        };
        self.last_batch = self.store.write_soon(stage).done().await?;
        Ok(())
    }
}

/// A record that is put back, as it was found.
fn looked(change: Change, stands: Option<String>) -> Looked {
    let group = match change {
        Change::Added => Group::Create,
        Change::Changed => Group::Update,
        Change::Removed => Group::Remove,
    };
    Looked::of(group, stands, true)
}

/// Nothing is decided by half: where not everything could be looked at, nothing is put back.
fn looking(error: Error) -> Error {
    let error = error.with_safe("Nothing was put back.");
    match error.kind().retry() {
        Retry::Backoff => error.with_hint("Undo the run again later."),
        Retry::AfterUserAction | Retry::Never => error,
    }
}

/// The match value, and with `fields` what is put back.
fn payload(match_field: &str, record: &UndoRecord, fields: bool) -> Vec<u8> {
    let mut out = vec![b'{'];
    let mut member = |name: &str, value: &str| {
        out.extend_from_slice(if out.len() > 1 { b"," } else { b"" });
        write_string(&mut out, name);
        out.push(b':');
        out.extend_from_slice(value.as_bytes());
    };
    let is_put_back = |field: &&FieldUndo| fields && field.left_alone.is_none();
    let respelled = record.fields.iter().filter(is_put_back).find(|field| field.name == match_field);
    member(match_field, respelled.and_then(|field| field.then.as_deref()).unwrap_or(&record.matched));
    for field in record.fields.iter().filter(is_put_back).filter(|field| field.name != match_field) {
        if let Some(then) = &field.then {
            member(&field.name, then);
        }
    }
    out.push(b'}');
    out
}
