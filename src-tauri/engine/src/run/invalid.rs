//! Rows that can not become records: which of them keep their reason.

use super::stage::{Placed, locate};
use crate::diff::NewRow;
use crate::error::{Error, ErrorKind, Result};
use crate::store::Store;
use crate::store::outbox;
use crate::store::runs::{self, InvalidRow, Problem};

/// Kept reasons of a run's invalid rows, at most; the count is always whole.
pub(super) const KEPT: u64 = 1_000;

/// The reason given to a row whose key, where it is known, stands on an earlier row.
pub(super) fn duplicate(key: Option<&str>) -> Error {
    let message = match key {
        Some(key) => format!("An earlier row has the key “{key}” too."),
        None => "An earlier row has the same key.".to_owned(),
    };
    Error::new(ErrorKind::DuplicateKey, message)
}

/// Keeps the reason of an invalid row.
pub(super) fn keep(store: &Store, run: i64, invalid: InvalidRow) {
    // Written in order with everything else; a failure shows in the writes that are waited for.
    drop(store.write(move |sqlite| runs::add_invalid(sqlite, run, &invalid)));
}

/// Keeps the reasons of rows that were staged before an earlier row with their key was found, `room` of them at most.
pub(super) fn keep_duplicates(
    store: &Store,
    run: i64,
    placed: &Placed,
    duplicates: &[NewRow],
    room: u64,
) -> Result<()> {
    let mut loaded = None;
    for NewRow { ordinal, row } in duplicates.iter().take(room as usize) {
        let Some((batch, place)) = locate(placed, *ordinal) else { continue };
        if loaded.as_ref().is_none_or(|(known, _)| *known != batch) {
            loaded = store.read(|sqlite| outbox::body(sqlite, batch))?.map(|body| (batch, body));
        }
        let Some((_, body)) = &loaded else { continue };
        let key = body.key(place);
        let problem = Problem::from(&duplicate(Some(key)));
        keep(store, run, InvalidRow { row: *row, key: Some(key.to_owned()), problem });
    }
    Ok(())
}
