//! Saved syncs.

use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};

use super::fingerprints;
use super::json::{read_json, write_json};
use super::seal::{self, Dropped};
use crate::error::{Error, ErrorKind, Result};
use crate::mask::{Masks, Remembered};
use crate::sync::{Shape, Sync};
use crate::value::Column;

/// A sync and what Sluice keeps of it between runs.
#[derive(Debug, Clone)]
pub struct SavedSync {
    /// Its row.
    pub id: i64,
    /// Its id for life, part of every message id.
    pub uuid: String,
    /// What the user defined.
    pub sync: Sync,
    /// Grows when everything is sent again.
    pub generation: i64,
    /// Mapped columns as the last run saw them.
    pub columns: Option<Vec<Column>>,
    /// The last fingerprint chunk of the base.
    pub base_until: i64,
    /// The schedule is paused.
    pub paused: bool,
    /// The next slot, in ms.
    pub next_due: Option<i64>,
    /// Usable rows of the last sealed read of the same source.
    pub source_rows: Option<u64>,
    /// The greatest cursor value read, as JSON.
    pub cursor: Option<String>,
    /// The key that what was delivered is kept under, where the sync has got another since.
    pub keyed_by: Option<Vec<String>>,
    /// What its earlier definitions made of personal columns.
    pub personal: Remembered,
}

/// Under this number nothing was ever delivered.
pub const NO_SYNC: i64 = -1;

impl SavedSync {
    /// What it is with another definition, once that is saved.
    pub fn with(mut self, sync: Sync) -> Self {
        self.personal.add(&self.sync);
        if reads_other_rows(&self.sync, &sync) {
            (self.source_rows, self.cursor) = (None, None);
        }
        if starts_over(&self.sync, &sync) {
            (self.id, self.keyed_by, self.base_until) = (NO_SYNC, None, 0);
        } else {
            let keyed_by = self.keyed_by.take().unwrap_or_else(|| self.sync.key.clone());
            self.keyed_by = Some(keyed_by).filter(|keyed_by| *keyed_by != sync.key);
        }
        Self { sync, columns: None, ..self }
    }

    /// How its values are masked, those of its earlier definitions too.
    pub fn masks(&self) -> Masks {
        Masks::of(&self.sync, &self.personal)
    }
}

const COLUMNS: &str =
    "id, uuid, definition, generation, columns, base_until, paused, next_due, source_rows, cursor, keyed_by,
    personal";

/// All syncs, by name.
pub fn all(sqlite: &Sqlite) -> Result<Vec<SavedSync>> {
    let mut statement = sqlite.prepare_cached(&format!("select {COLUMNS} from sync order by name"))?;
    let rows = statement.query_map([], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// Syncs whose next slot is at or before `until`, in ms, or unknown, by name.
pub fn planned_until(sqlite: &Sqlite, until: i64) -> Result<Vec<SavedSync>> {
    let sql = format!("select {COLUMNS} from sync where next_due is null or next_due <= ?1 order by name");
    let mut statement = sqlite.prepare_cached(&sql)?;
    let rows = statement.query_map([until], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// The earliest next slot of all syncs, in ms.
pub fn next_due(sqlite: &Sqlite) -> Result<Option<i64>> {
    Ok(sqlite.prepare_cached("select min(next_due) from sync")?.query_row([], |row| row.get(0))?)
}

/// The sync of this name.
pub fn get(sqlite: &Sqlite, name: &str) -> Result<SavedSync> {
    find(sqlite, name)?
        .ok_or_else(|| Error::new(ErrorKind::UnknownName, format!("There is no sync “{name}”.")))
}

/// The sync of this name, if there is one.
pub fn find(sqlite: &Sqlite, name: &str) -> Result<Option<SavedSync>> {
    sqlite
        .prepare_cached(&format!("select {COLUMNS} from sync where name = ?1"))?
        .query_row([name], |row| Ok(from_row(row)))
        .optional()?
        .transpose()
}

/// The sync with this row.
pub fn by_id(sqlite: &Sqlite, id: i64) -> Result<SavedSync> {
    sqlite
        .prepare_cached(&format!("select {COLUMNS} from sync where id = ?1"))?
        .query_row([id], |row| Ok(from_row(row)))
        .optional()?
        .ok_or_else(|| Error::new(ErrorKind::UnknownName, "The sync was deleted."))?
}

/// Creates a sync, or changes the one named `existing`.
///
/// Where records go and where they are from is part of what "delivered" means: when that changes, what was
/// delivered before counts no more. After a change of key the next read finds the rows by the old one. A held run
/// of what the sync was is dropped.
///
/// While the schedule stays as it was its next slot does too, even one that is due already; else it is `next_due`.
pub fn save(
    sqlite: &Sqlite,
    existing: Option<&str>,
    sync: &Sync,
    uuid: &str,
    next_due: Option<i64>,
) -> Result<()> {
    let definition = write_json(sync)?;
    if existing != Some(&sync.name) && find(sqlite, &sync.name)?.is_some() {
        return Err(Error::new(ErrorKind::Conflict, format!("There is already a sync “{}”.", sync.name)));
    }
    let Some(existing) = existing else {
        sqlite.execute(
            "insert into sync(uuid, name, definition, next_due) values(?1, ?2, ?3, ?4)",
            params![uuid, sync.name, definition, next_due],
        )?;
        return Ok(());
    };
    let before = get(sqlite, existing)?;
    let next_due = if before.sync.schedule == sync.schedule { before.next_due } else { next_due };
    let after = before.clone().with(sync.clone());
    sqlite.execute(
        "update sync set name = ?2, definition = ?3, next_due = ?4, columns = null, source_rows = ?5, cursor = ?6, keyed_by = ?7,
         personal = ?8 where id = ?1",
        params![
            before.id,
            sync.name,
            definition,
            next_due,
            after.source_rows,
            after.cursor,
            after.keyed_by.as_ref().map(write_json).transpose()?,
            Some(&after.personal).filter(|personal| !personal.is_empty()).map(write_json).transpose()?,
        ],
    )?;
    if starts_over(&before.sync, sync) {
        forget_delivered(sqlite, before.id)?;
    }
    let changed = before.sync.changed(sync);
    match seal::held_of(sqlite, before.id)? {
        Some(run) if !changed.is_empty() => seal::drop_held(sqlite, run, &Dropped::Changed(changed)),
        _ => Ok(()),
    }
}

fn reads_other_rows(before: &Sync, after: &Sync) -> bool {
    before.from != after.from
        || before.query != after.query
        || before.key != after.key
        || before.cursor() != after.cursor()
}

fn starts_over(before: &Sync, after: &Sync) -> bool {
    let target = |sync: &Sync| match &sync.shape {
        Shape::Identify => ("identify", String::new()),
        Shape::Track(_) => ("track", String::new()),
        Shape::Record { object, match_field } => ("record", format!("{object}\n{match_field}")),
    };
    before.to != after.to || before.from != after.from || target(before) != target(after)
}

/// Everything is sent again on the next run.
pub fn forget_delivered(sqlite: &Sqlite, id: i64) -> Result<()> {
    sqlite.execute("delete from fingerprint where sync = ?1", [id])?;
    sqlite.execute(
        "update sync set generation = generation + 1, base_until = 0, keyed_by = null where id = ?1",
        [id],
    )?;
    super::marks::forget(sqlite, id)?;
    super::outbox::discarded::forget_all(sqlite, id)?;
    super::outbox::jobs::forget_all(sqlite, id)?;
    super::outbox::supersede_open(sqlite, id)
}

/// The generation of a run that begins; a `full` one begins the next.
pub fn begin_generation(sqlite: &Sqlite, id: i64, full: bool) -> Result<i64> {
    let sql = "update sync set generation = generation + ?2 where id = ?1 returning generation";
    Ok(sqlite.prepare_cached(sql)?.query_row(params![id, full], |row| row.get(0))?)
}

/// Pauses or resumes the schedule, whose next slot is `next_due`.
pub fn pause(sqlite: &Sqlite, name: &str, paused: bool, next_due: Option<i64>) -> Result<()> {
    let sql = "update sync set paused = ?2, next_due = ?3 where name = ?1";
    match sqlite.execute(sql, params![name, paused, next_due])? {
        0 => Err(Error::new(ErrorKind::UnknownName, format!("There is no sync “{name}”."))),
        _ => Ok(()),
    }
}

/// Notes what a sealed read saw; without a `cursor` it stays where it was.
pub fn saw(sqlite: &Sqlite, id: i64, columns: &[Column], rows: u64, cursor: Option<&str>) -> Result<()> {
    sqlite.execute(
        "update sync set columns = ?2, source_rows = ?3, cursor = coalesce(?4, cursor) where id = ?1",
        params![id, write_json(&columns)?, rows, cursor],
    )?;
    Ok(())
}

/// Moves the next slot from `before`. Not where the user has changed the schedule since, and with it the slot.
pub fn set_next_due(sqlite: &Sqlite, id: i64, before: Option<i64>, next_due: Option<i64>) -> Result<()> {
    let sql = "update sync set next_due = ?3 where id = ?1 and next_due is ?2";
    sqlite.prepare_cached(sql)?.execute(params![id, before, next_due])?;
    Ok(())
}

/// Deletes a sync and its history.
pub fn delete(sqlite: &Sqlite, name: &str) -> Result<()> {
    let id = get(sqlite, name)?.id;
    fingerprints::drop_staged(sqlite, id)?;
    sqlite.execute("delete from held where run in (select id from run where sync = ?1)", [id])?;
    for table in
        ["body", "key_segment", "record_state", "exchange", "before", "amended", "looked", "made", "job"]
    {
        sqlite.execute(
            &format!("delete from {table} where batch in (select id from batch where sync = ?1)"),
            [id],
        )?;
    }
    sqlite.execute("delete from invalid_row where run in (select id from run where sync = ?1)", [id])?;
    for table in ["batch", "run", "slot", "fingerprint", "mark", "batch_rows", "discarded", "alert_told"] {
        sqlite.execute(&format!("delete from {table} where sync = ?1"), [id])?;
    }
    sqlite.execute("delete from sync where id = ?1", [id])?;
    Ok(())
}

/// Names of the syncs that use a connection.
pub fn using(sqlite: &Sqlite, connection: &str) -> Result<Vec<String>> {
    let syncs = all(sqlite)?;
    let uses = |sync: &Sync| sync.from == connection || sync.to.as_deref() == Some(connection);
    Ok(syncs.into_iter().filter(|saved| uses(&saved.sync)).map(|saved| saved.sync.name).collect())
}

pub(super) fn rename_connection(sqlite: &Sqlite, from: &str, to: &str) -> Result<()> {
    for mut saved in all(sqlite)? {
        let mut touched = false;
        if saved.sync.from == from {
            to.clone_into(&mut saved.sync.from);
            touched = true;
        }
        if saved.sync.to.as_deref() == Some(from) {
            saved.sync.to = Some(to.to_owned());
            touched = true;
        }
        if touched {
            let definition = write_json(&saved.sync)?;
            sqlite.execute("update sync set definition = ?2 where id = ?1", params![saved.id, definition])?;
        }
    }
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<SavedSync> {
    let definition: String = row.get(2)?;
    let columns: Option<String> = row.get(4)?;
    let (keyed_by, personal): (Option<String>, Option<String>) = (row.get(10)?, row.get(11)?);
    Ok(SavedSync {
        id: row.get(0)?,
        uuid: row.get(1)?,
        sync: read_json(&definition)?,
        generation: row.get(3)?,
        columns: columns.as_deref().map(read_json).transpose()?,
        base_until: row.get(5)?,
        paused: row.get(6)?,
        next_due: row.get(7)?,
        source_rows: row.get(8)?,
        cursor: row.get(9)?,
        keyed_by: keyed_by.as_deref().map(read_json).transpose()?,
        personal: personal.as_deref().map(read_json).transpose()?.unwrap_or_default(),
    })
}
