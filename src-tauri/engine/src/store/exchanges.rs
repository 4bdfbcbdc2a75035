//! Requests with their answers: each is a row from the moment it leaves.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

use rusqlite::{Connection as Sqlite, Row, params};

use super::packed::{pack, unpack};
use crate::destination::Exchange;
use crate::error::{Error, ErrorKind, Result};

/// One request of a batch.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// When it was answered, in ms; without an answer, when it left.
    pub at: i64,
    /// How many records it carried.
    pub records: usize,
    /// Which of them the record that was asked for is, from 0.
    pub place: usize,
    /// The request and the answer; `None` while no answer has come. What became of its records is unknown then.
    pub exchange: Option<Exchange>,
}

/// The row of a request that leaves; known once [`leave`] has run, which is before any write that is queued later.
#[derive(Debug, Clone, Default)]
pub struct Left(Arc<OnceLock<i64>>);

/// Notes that a request leaves which carries the records at these places of a batch.
pub fn leave(sqlite: &Sqlite, left: &Left, batch: i64, at: i64, places: &[usize]) -> Result<()> {
    sqlite
        .prepare_cached("insert into exchange(batch, at, records, z) values(?1, ?2, ?3, x'')")?
        .execute(params![batch, at, packed(places)?])?;
    let id = sqlite.last_insert_rowid();
    sqlite.prepare_cached("update batch set attempts = attempts + 1 where id = ?1")?.execute([batch])?;
    left.0.set(id).map_err(|_| Error::new(ErrorKind::Bug, "A request left twice."))
}

/// Takes back that a request left, which did not after all.
pub fn take_back(sqlite: &Sqlite, left: &Left, batch: i64) -> Result<()> {
    sqlite
        .prepare_cached("delete from exchange where id = ?1 and batch = ?2")?
        .execute(params![left.0.get(), batch])?;
    sqlite.prepare_cached("update batch set attempts = attempts - 1 where id = ?1")?.execute([batch])?;
    Ok(())
}

/// A request and its answer as they are stored; made off the writing thread.
pub fn stored(exchange: &Exchange) -> Result<Vec<u8>> {
    let text = serde_json::to_vec(exchange)
        .map_err(|error| Error::new(ErrorKind::Bug, "A request could not be kept.").with_source(error))?;
    pack(&text)
}

/// Keeps the answer to a request of a batch, as [`stored`] made it.
pub fn answer(sqlite: &Sqlite, left: &Left, batch: i64, at: i64, stored: &[u8]) -> Result<()> {
    // The row of a request whose note was undone may be another batch's by now.
    sqlite
        .prepare_cached("update exchange set at = ?3, z = ?4 where id = ?1 and batch = ?2")?
        .execute(params![left.0.get(), batch, at, stored])?;
    Ok(())
}

/// The requests that carried the record at `place` of `batch`, oldest first.
pub fn attempts(sqlite: &Sqlite, batch: i64, place: usize) -> Result<Vec<Attempt>> {
    let mut statement =
        sqlite.prepare_cached("select at, records, z from exchange where batch = ?1 order by id")?;
    let mut rows = statement.query([batch])?;
    let mut attempts = Vec::new();
    while let Some(row) = rows.next()? {
        let (places, attempt) = from_row(row)?;
        let is_left_out = |place: &usize| {
            attempt.exchange.as_ref().is_some_and(|exchange| exchange.left_out.contains(place))
        };
        let place = places.iter().position(|carried| *carried == place).filter(|place| !is_left_out(place));
        if let Some(place) = place {
            attempts.push(Attempt { place, ..attempt });
        }
    }
    Ok(attempts)
}

/// What came of the newest request that carried a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newest {
    /// No answer has come.
    Unanswered,
    /// The status of the answer, where it has one.
    Answered(Option<u16>),
}

/// The requests that carried a record.
#[derive(Debug, Clone, Copy)]
pub struct Requests {
    /// How many.
    pub count: u64,
    /// What came of the newest.
    pub newest: Newest,
}

/// The requests that carried each record of a batch, by its place; none where a place is absent.
pub fn by_place(sqlite: &Sqlite, batch: i64) -> Result<HashMap<usize, Requests>> {
    let mut statement =
        sqlite.prepare_cached("select records, z from exchange where batch = ?1 order by id desc")?;
    let mut rows = statement.query([batch])?;
    let mut requests = HashMap::new();
    while let Some(row) = rows.next()? {
        let (records, z) = (row.get_ref(0)?, row.get_ref(1)?);
        let (newest, left_out) = came_of(z.as_blob().map_err(rusqlite::Error::from)?)?;
        let places = carried(records.as_blob().map_err(rusqlite::Error::from)?)?;
        for (index, place) in places.into_iter().enumerate() {
            if left_out.contains(&index) {
                continue;
            }
            match requests.entry(place) {
                Entry::Occupied(mut known) => {
                    let known: &mut Requests = known.get_mut();
                    known.count += 1;
                }
                Entry::Vacant(vacant) => {
                    vacant.insert(Requests { count: 1, newest });
                }
            }
        }
    }
    Ok(requests)
}

/// What came of a request, and which of its records it left out, once that is known.
fn came_of(z: &[u8]) -> Result<(Newest, Vec<usize>)> {
    if z.is_empty() {
        return Ok((Newest::Unanswered, Vec::new()));
    }
    let Exchange { status, left_out, .. } = unpacked(z)?;
    Ok((Newest::Answered(status), left_out))
}

fn from_row(row: &Row<'_>) -> Result<(Vec<usize>, Attempt)> {
    let places = carried(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
    let z = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
    let exchange = if z.is_empty() { None } else { Some(unpacked(z)?) };
    let attempt = Attempt { at: row.get(0)?, records: places.len(), place: 0, exchange };
    Ok((places, attempt))
}

/// The places of the records a request carried, as they are kept beside it.
fn carried(z: &[u8]) -> Result<Vec<usize>> {
    let bytes = unpack(z)?;
    let (places, _) = bytes.as_chunks::<2>();
    Ok(places.iter().map(|place| usize::from(u16::from_le_bytes(*place))).collect())
}

fn packed(places: &[usize]) -> Result<Vec<u8>> {
    let records: Vec<u8> = places.iter().flat_map(|place| (*place as u16).to_le_bytes()).collect();
    pack(&records)
}

fn unpacked(z: &[u8]) -> Result<Exchange> {
    serde_json::from_slice(&unpack(z)?)
        .map_err(|error| Error::new(ErrorKind::Damaged, "A kept request can not be read.").with_source(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_did_not_carry_what_was_left_out_of_it() {
        let sqlite = Sqlite::open_in_memory().unwrap();
        let tables = "create table exchange(id integer primary key, batch, at, records, z);
                      create table batch(id integer primary key, attempts);
                      insert into batch values(1, 0);";
        sqlite.execute_batch(tables).unwrap();
        let left = Left::default();
        leave(&sqlite, &left, 1, 10, &[4, 7]).unwrap();
        assert_eq!(by_place(&sqlite, 1).unwrap().len(), 2, "nobody knows yet");
        let exchange = Exchange { status: Some(200), left_out: vec![0], ..Exchange::default() };
        answer(&sqlite, &left, 1, 11, &stored(&exchange).unwrap()).unwrap();
        let requests = by_place(&sqlite, 1).unwrap();
        assert!(!requests.contains_key(&4));
        assert_eq!(requests[&7].newest, Newest::Answered(Some(200)));
        assert!(attempts(&sqlite, 1, 4).unwrap().is_empty());
        assert_eq!(attempts(&sqlite, 1, 7).unwrap()[0].place, 1);
    }
}
