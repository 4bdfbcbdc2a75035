//! Slots of schedules. A slot is (sync, instant) and is taken once.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use rusqlite::{Connection as Sqlite, params};

use crate::error::Result;

/// Takes the slot for `run`; false where it was taken before.
pub fn take(sqlite: &Sqlite, sync: i64, at: i64, run: i64) -> Result<bool> {
    let mut statement = sqlite.prepare_cached("insert or ignore into slot values(?1, ?2, ?3)")?;
    Ok(statement.execute(params![sync, at, run])? == 1)
}

/// The slot was taken before.
pub fn is_taken(sqlite: &Sqlite, sync: i64, at: i64) -> Result<bool> {
    let mut statement =
        sqlite.prepare_cached("select exists(select 1 from slot where sync = ?1 and at = ?2)")?;
    Ok(statement.query_row(params![sync, at], |row| row.get(0))?)
}

/// Slots of which something is said already.
pub struct Told {
    taken: HashSet<i64>,
    /// The lines of the history that speak for more than one slot.
    lines: Vec<RangeInclusive<i64>>,
}

impl Told {
    /// What is said of the slots of a sync from `from` to `until`, in ms.
    pub fn between(sqlite: &Sqlite, sync: i64, from: i64, until: i64) -> Result<Self> {
        let mut statement = sqlite.prepare_cached(
            "select at, started from slot left join run on run.id = slot.run and state = 9
             where slot.sync = ?1 and at between ?2 and ?3",
        )?;
        let mut rows = statement.query(params![sync, from, until])?;
        let mut told = Self { taken: HashSet::new(), lines: Vec::new() };
        while let Some(row) = rows.next()? {
            let (at, first): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
            told.taken.insert(at);
            told.lines.extend(first.filter(|first| *first < at).map(|first| first..=at));
        }
        Ok(told)
    }

    /// The slot was taken, or a line that was written for several speaks for it.
    pub fn contains(&self, slot: i64) -> bool {
        self.taken.contains(&slot) || self.lines.iter().any(|line| line.contains(&slot))
    }
}

/// The first slot, in ms, that a line of missed slots speaks for which takes one later than `now`; it may itself be
/// earlier than `now`.
pub fn first_given_back(sqlite: &Sqlite, sync: i64, now: i64) -> Result<Option<i64>> {
    let mut statement = sqlite.prepare_cached(
        "select min(started) from slot join run on run.id = slot.run and state = 9 where slot.sync = ?1 and at > ?2",
    )?;
    Ok(statement.query_row(params![sync, now], |row| row.get(0))?)
}

/// Gives back slots later than `now` that were listed as missed, as if nothing had been said of them.
pub fn give_back(sqlite: &Sqlite, sync: i64, now: i64) -> Result<()> {
    sqlite.execute(
        "delete from slot where sync = ?1 and at > ?2 and run in (select id from run where sync = ?1 and state = 9)",
        params![sync, now],
    )?;
    sqlite.execute("delete from run where sync = ?1 and state = 9 and slot > ?2", params![sync, now])?;
    Ok(())
}
