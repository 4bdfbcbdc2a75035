//! Records that are sent without some of their fields, because the destination has values there.

use std::collections::BTreeMap;

use rusqlite::{Connection as Sqlite, OptionalExtension, params};

use crate::error::{Error, ErrorKind, Result};
use crate::store::packed::{pack, unpack};

/// Payloads as they are sent, by the record's place in its batch. Of places that are not here the body has them.
pub type Amended = BTreeMap<usize, String>;

/// The stored form.
pub fn packed(amended: &Amended) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(amended)
        .map_err(|error| Error::new(ErrorKind::Bug, "Records could not be stored.").with_source(error))?;
    pack(&json)
}

/// Keeps what is [`packed`], before the batch is first sent.
pub fn keep(sqlite: &Sqlite, batch: i64, packed: &[u8]) -> Result<()> {
    sqlite.prepare_cached("insert or ignore into amended values(?1, ?2)")?.execute(params![batch, packed])?;
    Ok(())
}

/// What was kept of a batch; `None` where nothing was, because all of it is sent as its body has it.
pub fn of_batch(sqlite: &Sqlite, batch: i64) -> Result<Option<Amended>> {
    let z: Option<Vec<u8>> = sqlite
        .prepare_cached("select z from amended where batch = ?1")?
        .query_row([batch], |row| row.get(0))
        .optional()?;
    z.map(|z| {
        serde_json::from_slice(&unpack(&z)?).map_err(|error| {
            Error::new(ErrorKind::Damaged, "A stored record can not be read.").with_source(error)
        })
    })
    .transpose()
}
