//! Where a run's rows come from: all of them, or, where the warehouse compares by itself, those that changed.

use async_trait::async_trait;
use xxhash_rust::xxh3::xxh3_128;

use super::read::after;
use crate::differ::{Comparison, Counted, Differ, Differences, NumberedRows, Part, Since};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::store::marks::{self, Mark};
use crate::store::{Store, new_uuid, syncs::SavedSync};
use crate::sync::{Mode, Sync};
use crate::value::{Column, Columns};
use crate::warehouse::{Read, Rows, Warehouse};

/// Rows that are not delivered, at most, for a comparison to go on from; beyond, all rows are read again.
pub(crate) const MOST_UNDELIVERED: usize = 1_000_000;

/// What a run reads.
pub(crate) struct Source {
    pub(crate) differences: Box<dyn Differences>,
    /// What the warehouse goes on from next time, once what was read is sealed.
    pub(crate) mark: Option<Mark>,
}

/// What a run reads of its query: where the sync names its fields, only the columns they are made of. With `resend` no
/// row counts as known.
pub(crate) async fn wanted(saved: &SavedSync, warehouse: &dyn Warehouse, resend: bool) -> Result<Read> {
    let sync = &saved.sync;
    let read = Read { after: after(saved, resend), ..Read::all(sync.query.clone()) };
    // After a change of key, rows are found by the columns of the old one too.
    if sync.fields.is_none() || saved.keyed_by.is_some() {
        return Ok(read);
    }
    let all = warehouse.columns(&sync.query).await?;
    // What can not be mapped is told by the read itself, which sees the same columns.
    let Ok(mapping) = Mapping::compile(sync, &all) else { return Ok(read) };
    let mut columns: Vec<String> =
        mapping.used_columns().into_iter().map(|index| all[index].name.clone()).collect();
    columns.extend(sync.cursor().map(str::to_owned).filter(|cursor| !columns.contains(cursor)));
    // Two columns of one name are told apart by their place alone.
    let is_unique = |name: &String| all.iter().filter(|column| column.name == *name).count() == 1;
    Ok(if columns.iter().all(is_unique) { Read { columns, ..read } } else { read })
}

/// Begins to read for a run what is [`wanted`].
pub(crate) async fn open(
    store: &Store,
    saved: &SavedSync,
    warehouse: &dyn Warehouse,
    read: &Read,
    resend: bool,
) -> Result<Source> {
    let Some(differ) = warehouse.differ().filter(|_| compares(saved)) else {
        return whole(warehouse, read).await;
    };
    let compared = Compared::of(saved, warehouse).await?;
    let since = if resend { None } else { compared.since(store, saved)? };
    let mark = Mark { mark: new_uuid(), definition: compared.definition.clone(), refused: Vec::new() };
    let differences = compared.compare(saved, differ, since.as_ref(), Some(&mark.mark)).await?;
    Ok(Source { differences, mark: Some(mark) })
}

/// Begins to read for a plan, which leaves no trace.
pub(crate) async fn look(
    store: &Store,
    saved: &SavedSync,
    warehouse: &dyn Warehouse,
    read: &Read,
) -> Result<Box<dyn Differences>> {
    let is_known = compares(saved) && store.read(|sqlite| marks::get(sqlite, saved.id))?.is_some();
    if let Some(differ) = warehouse.differ().filter(|_| is_known) {
        let compared = Compared::of(saved, warehouse).await?;
        if let Some(since) = compared.since(store, saved)? {
            return compared.compare(saved, differ, Some(&since), None).await;
        }
    }
    Ok(whole(warehouse, read).await?.differences)
}

/// A warehouse that can compare is to do so. Not where every row is sent anyhow, where only rows beyond a cursor are
/// read, and not after a change of key, when rows are found by the old one.
fn compares(saved: &SavedSync) -> bool {
    saved.sync.mode != Mode::Full && saved.sync.cursor().is_none() && saved.keyed_by.is_none()
}

async fn whole(warehouse: &dyn Warehouse, read: &Read) -> Result<Source> {
    let rows = warehouse.read(read).await?;
    Ok(Source { differences: Box::new(Whole { rows, read: 0, ended: false }), mark: None })
}

/// What is compared, and under which definition of the sync.
struct Compared {
    columns: Vec<String>,
    key: Vec<String>,
    definition: String,
}

impl Compared {
    async fn of(saved: &SavedSync, warehouse: &dyn Warehouse) -> Result<Self> {
        let sync = &saved.sync;
        let all = warehouse.columns(&sync.query).await?;
        let mapping = Mapping::compile(sync, &all)?;
        let used: Vec<&Column> = mapping.used_columns().into_iter().map(|index| &all[index]).collect();
        Ok(Self {
            columns: used.iter().map(|column| column.name.clone()).collect(),
            key: mapping.key_columns().iter().map(|index| all[*index].name.clone()).collect(),
            definition: definition(sync, &used)?,
        })
    }

    /// The comparison to go on from, unless there is none, it was of something else, or too much of it is open.
    fn since(&self, store: &Store, saved: &SavedSync) -> Result<Option<Since>> {
        store.read(|sqlite| {
            let known = marks::get(sqlite, saved.id)?.filter(|mark| mark.definition == self.definition);
            let Some(mark) = known else { return Ok(None) };
            let undelivered = marks::undelivered(sqlite, saved.id, &mark, MOST_UNDELIVERED)?;
            Ok(undelivered.map(|undelivered| Since { mark: mark.mark, undelivered }))
        })
    }

    async fn compare(
        &self,
        saved: &SavedSync,
        differ: &dyn Differ,
        since: Option<&Since>,
        mark: Option<&str>,
    ) -> Result<Box<dyn Differences>> {
        let comparison = Comparison {
            snapshot: &saved.uuid,
            query: &saved.sync.query,
            columns: &self.columns,
            key: &self.key,
            since,
            mark,
            gone: saved.sync.mode == Mode::Mirror,
        };
        differ.compare(&comparison).await
    }
}

/// Everything that decides what a row becomes: under another definition a row that did not change may have to
/// be sent.
fn definition(sync: &Sync, columns: &[&Column]) -> Result<String> {
    let Sync { from, query, key, to, shape, mode, removed, identifiers, fields, .. } = sync;
    let parts = (from, query, key, to, shape, mode, removed, identifiers, fields, columns);
    let text = serde_json::to_vec(&parts)
        .map_err(|error| Error::new(ErrorKind::Bug, "A sync could not be written.").with_source(error))?;
    Ok(format!("{:032x}", xxh3_128(&text)))
}

/// Every row of a read, all of them changed.
struct Whole {
    rows: Box<dyn Rows>,
    read: u64,
    ended: bool,
}

#[async_trait]
impl Differences for Whole {
    fn columns(&self) -> &Columns {
        self.rows.columns()
    }

    fn is_whole(&self) -> bool {
        true
    }

    async fn next(&mut self) -> Result<Option<Part>> {
        let Some(rows) = self.rows.next().await? else {
            self.ended = true;
            return Ok(None);
        };
        let first = self.read + 1;
        self.read += rows.rows() as u64;
        Ok(Some(Part::Changed(NumberedRows { rows, numbers: (first..=self.read).collect() })))
    }

    fn counted(&self) -> Option<Counted> {
        let rows = self.rows.server_rows().filter(|_| self.ended)?;
        Some(Counted { rows, unchanged: 0 })
    }
}
