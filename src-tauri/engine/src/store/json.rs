//! Entries stored as JSON, each with its checksum: SQLite itself would not notice a byte that changed.

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, ErrorKind, Result};

/// The stored form of `value`: JSON on one line, and its checksum on the next.
pub(super) fn write_json<T: serde::Serialize>(value: &T) -> Result<String> {
    let json = serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Bug, "An entry could not be stored.").with_source(error))?;
    Ok(format!("{json}\n{:016x}", xxh3_64(json.as_bytes())))
}

/// Reads the stored form; what Sluice wrote itself and can not read is damage. Schema 1 kept no checksums.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    let unreadable = || Error::new(ErrorKind::Damaged, "A stored entry can not be read.");
    let json = match text.split_once('\n') {
        None => text,
        Some((json, sum)) if sum == format!("{:016x}", xxh3_64(json.as_bytes())) => json,
        Some(_) => return Err(unreadable()),
    };
    serde_json::from_str(json).map_err(|error| unreadable().with_source(error))
}

/// The JSON of a stored entry, to look for something in it.
pub(super) fn stored_json(text: &str) -> &str {
    text.split_once('\n').map_or(text, |(json, _)| json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_changed_is_not_believed() {
        let stored = write_json(&["company", "lead score"]).unwrap();
        assert_eq!(read_json::<Vec<String>>(&stored).unwrap(), ["company", "lead score"]);
        assert_eq!(read_json::<Vec<String>>(stored_json(&stored)).unwrap().len(), 2, "as schema 1 had it");
        let changed = stored.replace("company", "compaoy");
        assert_eq!(read_json::<Vec<String>>(&changed).unwrap_err().kind(), ErrorKind::Damaged);
    }
}
