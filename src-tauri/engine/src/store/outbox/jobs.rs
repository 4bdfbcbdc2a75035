//! Jobs a destination works on. A job is a row before it is first polled, so that a restart polls it instead of
//! sending its records again.

use rusqlite::{Connection as Sqlite, params};

use crate::destination::JobToken;
use crate::error::Result;

/// A job that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its id.
    pub id: i64,
    /// The batch its records are of.
    pub batch: i64,
    /// Their places.
    pub places: Vec<usize>,
    /// What the destination calls it.
    pub token: JobToken,
}

/// Writes a job down, and answers with its id.
pub fn keep(sqlite: &Sqlite, batch: i64, places: &[usize], token: &JobToken, at: i64) -> Result<i64> {
    let records: Vec<u8> = places.iter().flat_map(|place| (*place as u16).to_le_bytes()).collect();
    sqlite
        .prepare_cached("insert into job(batch, records, token, at) values(?1, ?2, ?3, ?4)")?
        .execute(params![batch, records, token.0, at])?;
    Ok(sqlite.last_insert_rowid())
}

/// A job ended.
pub fn ended(sqlite: &Sqlite, id: i64) -> Result<()> {
    sqlite.prepare_cached("delete from job where id = ?1")?.execute([id])?;
    Ok(())
}

/// Forgets the jobs of a sync: what they bring counts no more.
pub fn forget_all(sqlite: &Sqlite, sync: i64) -> Result<()> {
    sqlite.execute("delete from job where batch in (select id from batch where sync = ?1)", [sync])?;
    Ok(())
}

/// The jobs of a run that have not ended, oldest first.
pub fn of_run(sqlite: &Sqlite, run: i64) -> Result<Vec<JobRow>> {
    let mut statement = sqlite.prepare_cached(
        "select id, batch, records, token from job where batch in (select id from batch where run = ?1) order by id",
    )?;
    let mut rows = statement.query([run])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (places, _) = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?.as_chunks::<2>();
        found.push(JobRow {
            id: row.get(0)?,
            batch: row.get(1)?,
            places: places.iter().map(|place| usize::from(u16::from_le_bytes(*place))).collect(),
            token: JobToken(row.get(3)?),
        });
    }
    Ok(found)
}

/// Runs of a sync with jobs that have not ended, oldest first.
pub fn runs_of(sqlite: &Sqlite, sync: i64) -> Result<Vec<i64>> {
    let mut statement = sqlite.prepare_cached(
        "select distinct run from batch where sync = ?1 and id in (select batch from job) order by run",
    )?;
    let runs = statement.query_map([sync], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(runs)
}
