//! Values as they were in the destination before a batch was first sent.

use std::collections::BTreeMap;

use rusqlite::{Connection as Sqlite, params};

use crate::error::{Error, ErrorKind, Result};
use crate::store::packed::pack;

/// The fields of each record as they were, as the text of one JSON object, by the record's place in its batch; `None` for a
/// record that was not there. Of places that are not here nobody asked.
pub type Before = BTreeMap<usize, Option<String>>;

/// The stored form.
pub fn packed(before: &Before) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(before).map_err(|error| {
        Error::new(ErrorKind::Bug, "Present values could not be stored.").with_source(error)
    })?;
    pack(&json)
}

/// Keeps what is [`packed`]. What was kept of the batch before stays.
pub fn keep(sqlite: &Sqlite, batch: i64, packed: &[u8]) -> Result<()> {
    sqlite.prepare_cached("insert or ignore into before values(?1, ?2)")?.execute(params![batch, packed])?;
    Ok(())
}
