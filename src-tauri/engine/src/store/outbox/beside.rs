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

/// Where the values before the first send are kept.
pub const BEFORE: Beside<Option<String>> = Beside { table: "before", kept: PhantomData };

/// Where payloads are kept that are sent otherwise than the body has them.
pub const AMENDED: Beside<String> = Beside { table: "amended", kept: PhantomData };

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
        z.map(|z| {
            serde_json::from_slice(&unpack(&z)?).map_err(|error| {
                Error::new(ErrorKind::Damaged, "A stored record can not be read.").with_source(error)
            })
        })
        .transpose()
    }
}
