//! Why records are in their state, told apart by the kind of problem and by its words without values.
//!
//! A record with a problem knows its cause by number, and for each batch it is kept how many of its records have which
//! cause: what went wrong for the same reason is found and counted without a look at the records. Triggers of the database
//! keep those counts, whatever changes a record. No words are kept here: what a cause says, its newest record says.

mod groups;

use std::borrow::Cow;
use std::collections::HashSet;

use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

pub(super) use groups::count;
pub use groups::{Group, groups};

use super::json::stored_json;
use crate::error::{Error, ErrorKind, Result};

/// Wordings told apart of one kind of problem; all further ones are one cause.
const MOST_WORDINGS: i64 = 64;
/// The shape of the cause for all further wordings.
const OTHERS: i64 = 0;
/// Characters of a message that tell its cause.
const TELLING: usize = 400;
/// Problems given a cause in one write, about: other writes wait no longer than that takes.
const FILLED: usize = 1_000;

#[derive(Deserialize)]
struct Words<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
}

/// The cause of a stored problem; a new one where nothing went wrong like this before.
pub(super) fn of(sqlite: &Sqlite, problem: &str) -> Result<i64> {
    let Words { kind, message } = serde_json::from_str(stored_json(problem)).map_err(|error| {
        Error::new(ErrorKind::Damaged, "A stored reason can not be read.").with_source(error)
    })?;
    let shape = shape(&message);
    if let Some(known) = find(sqlite, &kind, shape)? {
        return Ok(known);
    }
    let wordings: i64 = sqlite
        .prepare_cached("select count(*) from cause where kind = ?1 and shape <> 0")?
        .query_row([&kind], |row| row.get(0))?;
    let shape = if wordings < MOST_WORDINGS { shape } else { OTHERS };
    if let Some(known) = find(sqlite, &kind, shape)? {
        return Ok(known);
    }
    sqlite.prepare_cached("insert into cause(kind, shape) values(?1, ?2)")?.execute(params![kind, shape])?;
    Ok(sqlite.last_insert_rowid())
}

fn find(sqlite: &Sqlite, kind: &str, shape: i64) -> Result<Option<i64>> {
    let mut statement = sqlite.prepare_cached("select id from cause where kind = ?1 and shape = ?2")?;
    Ok(statement.query_row(params![kind, shape], |row| row.get(0)).optional()?)
}

/// Messages that differ only in values have one shape. Never [`OTHERS`].
fn shape(message: &str) -> i64 {
    xxh3_64(pattern(message).as_bytes()).max(1).cast_signed()
}

/// A message without what stands for one row alone: what is quoted, unless it reads as a field's name, and words with a
/// digit or an @.
fn pattern(message: &str) -> String {
    let even = |letter: char| if matches!(letter, '“' | '”' | '«' | '»') { '"' } else { letter };
    let message: String = message.chars().take(TELLING).map(even).collect();
    let mut pattern = String::with_capacity(message.len());
    for (index, part) in message.split('"').enumerate() {
        if index % 2 == 1 {
            pattern.push_str(if is_name(part) { part } else { "…" });
            continue;
        }
        for word in part.split_inclusive(char::is_whitespace) {
            let is_value = word.contains(|letter: char| letter.is_numeric() || letter == '@');
            pattern.push_str(if is_value { "… " } else { word });
        }
    }
    pattern
}

fn is_name(quoted: &str) -> bool {
    let is_lower = quoted.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_' || letter == '.');
    let is_long_name = quoted.contains('_')
        && quoted.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_' || letter == '.');
    !quoted.is_empty() && (is_lower || is_long_name)
}

/// The causes of problems of these kinds.
pub fn of_kinds(sqlite: &Sqlite, kinds: &[ErrorKind]) -> Result<Vec<i64>> {
    let mut statement = sqlite.prepare_cached("select id from cause where kind = ?1")?;
    let mut causes = Vec::new();
    for kind in kinds {
        let of_kind = statement.query_map([kind.name()], |row| row.get::<_, i64>(0))?;
        for cause in of_kind {
            causes.push(cause?);
        }
    }
    Ok(causes)
}

/// A list of numbers as a statement takes it.
fn listed(numbers: &[i64]) -> String {
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", texts.join(","))
}

/// Whether a batch, or below zero a run's rows that could not become records, has one of these causes.
fn has_any(sqlite: &Sqlite, causes: &[i64], batch: i64) -> Result<bool> {
    let mut statement = sqlite.prepare_cached(
        "select exists(select 1 from caused where batch = ?2 and cause in (select value from json_each(?1)))",
    )?;
    Ok(statement.query_row(params![listed(causes), batch], |row| row.get(0))?)
}

/// Places of the records of a batch that have one of these causes.
pub(super) fn places(sqlite: &Sqlite, causes: &[i64], batch: i64) -> Result<HashSet<usize>> {
    let mut places = HashSet::new();
    if !has_any(sqlite, causes, batch)? {
        return Ok(places);
    }
    let mut statement = sqlite.prepare_cached(
        "select place from record_state where batch = ?2 and cause in (select value from json_each(?1))",
    )?;
    let mut rows = statement.query(params![listed(causes), batch])?;
    while let Some(row) = rows.next()? {
        places.insert(row.get::<_, i64>(0)? as usize);
    }
    Ok(places)
}

/// Rows of a run that could not become records for one of these causes.
pub(super) fn rows(sqlite: &Sqlite, causes: &[i64], run: i64) -> Result<HashSet<u64>> {
    let mut found = HashSet::new();
    if !has_any(sqlite, causes, -run)? {
        return Ok(found);
    }
    let mut statement = sqlite.prepare_cached(
        "select row from invalid_row where run = ?2 and cause in (select value from json_each(?1))",
    )?;
    let mut rows = statement.query(params![listed(causes), run])?;
    while let Some(row) = rows.next()? {
        found.insert(row.get(0)?);
    }
    Ok(found)
}

/// Gives some of the problems that were kept before there were causes theirs, those of the newest batches first; answers
/// whether there may be more.
pub fn fill(sqlite: &Sqlite) -> Result<bool> {
    let mut filled = 0;
    while filled < FILLED {
        let newest: Option<i64> =
            sqlite.prepare_cached("select max(batch) from uncaused")?.query_row([], |row| row.get(0))?;
        let Some(batch) = newest else { return Ok(false) };
        filled += 1 + if batch < 0 { fill_rows(sqlite, -batch)? } else { fill_records(sqlite, batch)? };
        sqlite.prepare_cached("delete from uncaused where batch = ?1")?.execute([batch])?;
    }
    Ok(true)
}

fn fill_records(sqlite: &Sqlite, batch: i64) -> Result<usize> {
    let uncaused: Vec<(i64, String)> = sqlite
        .prepare_cached(
            "select place, problem from record_state where batch = ?1 and problem is not null and cause is null",
        )?
        .query_map([batch], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut set =
        sqlite.prepare_cached("update record_state set cause = ?3 where batch = ?1 and place = ?2")?;
    for (place, problem) in &uncaused {
        set.execute([batch, *place, of(sqlite, problem)?])?;
    }
    Ok(uncaused.len())
}

fn fill_rows(sqlite: &Sqlite, run: i64) -> Result<usize> {
    let uncaused: Vec<(i64, String)> = sqlite
        .prepare_cached("select row, problem from invalid_row where run = ?1 and cause is null")?
        .query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut set = sqlite.prepare_cached("update invalid_row set cause = ?3 where run = ?1 and row = ?2")?;
    for (row, problem) in &uncaused {
        set.execute([run, *row, of(sqlite, problem)?])?;
    }
    Ok(uncaused.len())
}

/// Forgets causes that no event has any more.
pub(super) fn forget_unused(sqlite: &Sqlite) -> Result<()> {
    sqlite
        .prepare_cached(
            "delete from cause where not exists(select 1 from caused c where c.cause = cause.id)",
        )?
        .execute([])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        shape(one) == shape(other)
    }

    #[test]
    fn messages_that_differ_in_values_are_one_cause() {
        assert!(same("“Blazing” is not a value of Rating.", "“Luke warm” is not a value of Rating."));
        assert!(same("E-mail ann@example.com is taken by 4711.", "E-mail bo@example.org is taken by 12."));
        assert!(same("No \"003xx\" there", "No “004yy” there"));
        assert!(same("Unclosed “One", "Unclosed “Two 2"));
    }

    #[test]
    fn messages_about_other_fields_are_other_causes() {
        assert!(!same("The column “lead_score” has no exact form.", "The column “plan” has no exact form."));
        assert!(!same("The field “External_Id__c” is required.", "The field “Last_Name__c” is required."));
        assert!(!same("The value is not allowed.", "The record is locked."));
        assert!(!pattern("“Ann Example” and ann@example.com, 4711").contains("nn"));
    }
}
