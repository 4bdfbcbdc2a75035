//! What is kept beside a batch, by the record's place in it.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Error, ErrorKind, Result};
use crate::store::packed::{pack, unpack};

/// The fields of each record as they were in the destination before the batch was first sent, as the text of one JSON
/// object; `None` for a record that was not there. Of places that are not here nobody asked.
pub type Before = BTreeMap<usize, Option<String>>;

/// Payloads as they are sent, where that is not as the body has them.
pub type Amended = BTreeMap<usize, String>;

/// The destination's own ids of the records that it created.
pub type Made = BTreeMap<usize, String>;

/// Where the values before the first send are kept.
pub const BEFORE: Beside<Option<String>> = Beside { table: "before", kept: PhantomData };

/// Where payloads are kept that are sent otherwise than the body has them.
pub const AMENDED: Beside<String> = Beside { table: "amended", kept: PhantomData };

/// Where the ids of created records are kept.
pub const MADE: Beside<String> = Beside { table: "made", kept: PhantomData };

/// One sort of what is kept.
pub struct Beside<T> {
    pub(super) table: &'static str,
    pub(super) kept: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Beside<T> {
    /// The stored form: made off the writing thread.
    pub fn packed(&self, by_place: &BTreeMap<usize, T>) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(by_place)
            .map_err(|error| Error::new(ErrorKind::Bug, "Records could not be stored.").with_source(error))?;
        pack(&json)
    }

    /// Keeps what is [`packed`](Self::packed). What was kept of the batch before stays.
    pub fn keep(&self, sqlite: &Sqlite, batch: i64, packed: &[u8]) -> Result<()> {
        let sql = format!("insert or ignore into {} values(?1, ?2)", self.table);
        sqlite.prepare_cached(&sql)?.execute(params![batch, packed])?;
        Ok(())
    }

    /// Keeps what is [`packed`](Self::packed), beside what was kept of other places of the batch.
    pub fn add(&self, sqlite: &Sqlite, batch: i64, packed: &[u8]) -> Result<()> {
        let Some(mut kept) = self.of_batch(sqlite, batch)? else { return self.keep(sqlite, batch, packed) };
        kept.extend(Self::unpacked(packed)?);
        let sql = format!("update {} set z = ?2 where batch = ?1", self.table);
        sqlite.prepare_cached(&sql)?.execute(params![batch, self.packed(&kept)?])?;
        Ok(())
    }

    /// Something is kept of a batch.
    pub fn has(&self, sqlite: &Sqlite, batch: i64) -> Result<bool> {
        let sql = format!("select exists(select 1 from {} where batch = ?1)", self.table);
        Ok(sqlite.prepare_cached(&sql)?.query_row([batch], |row| row.get(0))?)
    }

    /// What was kept of a batch; `None` where nothing was.
    pub fn of_batch(&self, sqlite: &Sqlite, batch: i64) -> Result<Option<BTreeMap<usize, T>>> {
        let sql = format!("select z from {} where batch = ?1", self.table);
        let z: Option<Vec<u8>> =
            sqlite.prepare_cached(&sql)?.query_row([batch], |row| row.get(0)).optional()?;
        z.map(|z| Self::unpacked(&z)).transpose()
    }

    fn unpacked(z: &[u8]) -> Result<BTreeMap<usize, T>> {
        serde_json::from_slice(&unpack(z)?).map_err(|error| {
            Error::new(ErrorKind::Damaged, "A stored record can not be read.").with_source(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_one_batch_each_add_what_they_brought() {
        let sqlite = Sqlite::open_in_memory().unwrap();
        sqlite.execute_batch("create table made(batch integer primary key, z blob not null)").unwrap();
        let made = |ids: &[(usize, &str)]| -> Made {
            ids.iter().map(|(place, id)| (*place, (*id).to_owned())).collect()
        };
        for (batch, ids) in [(1, made(&[(0, "a"), (2, "c")])), (2, made(&[(1, "z")])), (1, made(&[(1, "b")]))]
        {
            MADE.add(&sqlite, batch, &MADE.packed(&ids).unwrap()).unwrap();
        }
        assert_eq!(MADE.of_batch(&sqlite, 1).unwrap(), Some(made(&[(0, "a"), (1, "b"), (2, "c")])));
        assert_eq!(MADE.of_batch(&sqlite, 2).unwrap(), Some(made(&[(1, "z")])));
        assert_eq!(MADE.of_batch(&sqlite, 3).unwrap(), None);
    }
}
