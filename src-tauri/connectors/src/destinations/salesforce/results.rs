//! The three files of a job's results, and what they say of each record.

use std::collections::{BTreeMap, HashMap};

use sluice_engine::destination::Outcome;
use sluice_engine::error::{Error, ErrorKind};

use super::error::{Trouble, unreadable};
use super::rejection::{RowError, outcome};
use super::rows::Rows;

/// The files as they came.
pub(super) struct Files {
    pub(super) successful: String,
    pub(super) failed: String,
    pub(super) unprocessed: String,
}

/// One outcome for each record: records are found by the value they are matched by, since the order is not that of the
/// request. A record in none of the files is sent again. Writes down in `made` the ids of those that the job created.
pub(super) fn outcomes(
    mut rows: Rows<'_>,
    match_field: &str,
    files: &Files,
    unprocessed: &Error,
    made: &mut BTreeMap<usize, String>,
) -> Result<Vec<Outcome>, Trouble> {
    let places: HashMap<String, usize> = rows.sent.iter().map(|row| (row.value.clone(), row.place)).collect();
    let mut told = HashMap::with_capacity(places.len());
    each(&files.successful, match_field, Some("sf__Id"), |value, id, is_new| {
        if let Some(place) = places.get(value).filter(|_| !id.is_empty()) {
            told.insert(*place, Outcome::Delivered);
            if is_new {
                made.insert(*place, id.to_owned());
            }
        }
    })?;
    each(&files.failed, match_field, Some("sf__Error"), |value, said, _| {
        if let Some(place) = places.get(value) {
            told.insert(*place, outcome(&[RowError::of_a_job(said)]));
        }
    })?;
    each(&files.unprocessed, match_field, None, |value, _, _| {
        if let Some(place) = places.get(value) {
            told.entry(*place).or_insert_with(|| left(unprocessed));
        }
    })?;
    for (place, outcome) in told {
        rows.outcomes[place] = Some(outcome);
    }
    Ok(rows.finish(&unreadable("what became of this record: none of the job's results names it")))
}

fn left(reason: &Error) -> Outcome {
    if reason.kind() == ErrorKind::RecordRejected {
        Outcome::Rejected(reason.clone())
    } else {
        Outcome::Again(reason.clone())
    }
}

/// Reads a file row by row: the match value, the column asked for, and whether it says that the record was created.
fn each(
    file: &str,
    match_field: &str,
    wanted: Option<&str>,
    mut row: impl FnMut(&str, &str, bool),
) -> Result<(), Trouble> {
    let unread = || Trouble::Again(unreadable("what became of the job's records"));
    let mut reader = csv::ReaderBuilder::new().from_reader(file.as_bytes());
    let headers = reader.headers().map_err(|_| unread())?.clone();
    // A file with nothing in it names no record.
    if headers.is_empty() {
        return Ok(());
    }
    let column = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let (value, created) = (column(match_field), column("sf__Created"));
    let wanted = wanted.map(|name| column(name).ok_or_else(unread)).transpose()?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| unread())? {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        if value.is_none() {
            return Err(unread());
        }
        row(cell(value), cell(wanted), cell(created).eq_ignore_ascii_case("true"));
    }
    Ok(())
}
