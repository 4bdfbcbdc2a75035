//! Marks: which comparison a warehouse that compares by itself is to go on from, and what of it was not
//! delivered; see [`Differ`](crate::differ::Differ).

use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::packed::{pack, unpack};
use crate::error::{Error, ErrorKind, Result};

/// The last sealed comparison of a sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The warehouse's name for it.
    pub mark: String,
    /// What the sync was then; under another definition the comparison says nothing.
    pub definition: String,
    /// Numbers of rows that could not become records.
    pub refused: Vec<u64>,
}

/// The mark of a sync.
pub fn get(sqlite: &Sqlite, sync: i64) -> Result<Option<Mark>> {
    let row: Option<(String, String, Vec<u8>)> = sqlite
        .prepare_cached("select mark, definition, refused from mark where sync = ?1")?
        .query_row([sync], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    row.map(|(mark, definition, refused)| Ok(Mark { mark, definition, refused: numbers(&refused)? }))
        .transpose()
}

/// The rows of `run`, which is being sealed, are the sync's last comparison.
pub fn set(sqlite: &Sqlite, sync: i64, run: i64, mark: &Mark) -> Result<()> {
    sqlite.execute(
        "insert into mark values(?1, ?2, ?3, ?4)
         on conflict(sync) do update set mark = ?2, definition = ?3, refused = ?4",
        params![sync, mark.mark, mark.definition, packed(&mark.refused)?],
    )?;
    forget_rows(sqlite, sync, run)
}

/// The next comparison has to begin anew. Whatever changes fingerprints other than by delivery calls this.
pub fn forget(sqlite: &Sqlite, sync: i64) -> Result<()> {
    sqlite.execute("delete from mark where sync = ?1", [sync])?;
    forget_rows(sqlite, sync, 0)
}

fn forget_rows(sqlite: &Sqlite, sync: i64, except_run: i64) -> Result<()> {
    sqlite.execute(
        "delete from batch_rows where sync = ?1
         and batch not in (select id from batch where sync = ?1 and run = ?2)",
        params![sync, except_run],
    )?;
    Ok(())
}

/// Keeps which row each record of a batch was made from; 0 where from none.
pub fn keep_rows(sqlite: &Sqlite, sync: i64, batch: i64, rows: &[u64]) -> Result<()> {
    sqlite.prepare_cached("insert into batch_rows values(?1, ?2, ?3)")?.execute(params![
        batch,
        sync,
        packed(rows)?
    ])?;
    Ok(())
}

/// Numbers of the last comparison's rows that are not delivered, ascending; `None` where there are more than
/// `most`.
pub fn undelivered(sqlite: &Sqlite, sync: i64, mark: &Mark, most: usize) -> Result<Option<Vec<u64>>> {
    let mut open = mark.refused.clone();
    let mut batches = sqlite.prepare_cached(
        "select r.batch, r.d, coalesce(b.state in (5, 6), 0) from batch_rows r left join batch b on b.id = r.batch
         where r.sync = ?1 and coalesce(b.state, 0) <> 2",
    )?;
    let mut own =
        sqlite.prepare_cached("select place, state in (5, 6) from record_state where batch = ?1")?;
    let mut rows = batches.query([sync])?;
    while let Some(row) = rows.next()? {
        let (batch, d, delivered): (i64, Vec<u8>, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let numbers = numbers(&d)?;
        let mut states = vec![delivered; numbers.len()];
        let mut others = own.query([batch])?;
        while let Some(other) = others.next()? {
            if let Some(state) = states.get_mut(other.get::<_, usize>(0)?) {
                *state = other.get(1)?;
            }
        }
        let left = numbers.into_iter().zip(states).filter(|(number, delivered)| *number > 0 && !delivered);
        open.extend(left.map(|(number, _)| number));
        if open.len() > most {
            return Ok(None);
        }
    }
    open.sort_unstable();
    Ok(Some(open))
}

fn packed(numbers: &[u64]) -> Result<Vec<u8>> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    pack(&bytes)
}

fn numbers(z: &[u8]) -> Result<Vec<u64>> {
    let bytes = unpack(z)?;
    let (words, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(Error::new(ErrorKind::Damaged, "Stored row numbers can not be read."));
    }
    Ok(words.iter().map(|word| u64::from_le_bytes(*word)).collect())
}
