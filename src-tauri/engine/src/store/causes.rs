//! Why records are in their state, told apart by the kind of problem and by its words without values.
//!
//! A record with a problem knows its cause by number, so that one look into an index finds or counts what went wrong for
//! the same reason. No words are kept here: what a cause says, its newest record says.

use std::borrow::Cow;
use std::collections::HashSet;

use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::events::{EventId, Filter};
use super::json::stored_json;
use super::outbox;
use crate::error::{Error, ErrorKind, Result};

/// Wordings told apart of one kind of problem; all further ones are one cause.
const MOST_WORDINGS: i64 = 64;
/// The shape of the cause for all further wordings, and for what was kept before there were causes.
const OTHERS: i64 = 0;
/// Characters of a message that tell its cause.
const TELLING: usize = 400;

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

/// Places of the records of a batch that have one of these causes.
pub(super) fn places(sqlite: &Sqlite, causes: &[i64], batch: i64) -> Result<HashSet<usize>> {
    let mut statement = sqlite.prepare_cached(
        "select place from record_state
         where cause is not null and cause in (select value from json_each(?1)) and batch = ?2",
    )?;
    let mut rows = statement.query(params![listed(causes), batch])?;
    let mut places = HashSet::new();
    while let Some(row) = rows.next()? {
        places.insert(row.get::<_, i64>(0)? as usize);
    }
    Ok(places)
}

/// Rows of a run that could not become records for one of these causes.
pub(super) fn rows(sqlite: &Sqlite, causes: &[i64], run: i64) -> Result<HashSet<u64>> {
    let mut statement = sqlite.prepare_cached(
        "select row from invalid_row
         where cause is not null and cause in (select value from json_each(?1)) and run = ?2",
    )?;
    let mut rows = statement.query(params![listed(causes), run])?;
    let mut found = HashSet::new();
    while let Some(row) = rows.next()? {
        found.insert(row.get(0)?);
    }
    Ok(found)
}

/// Events that are in their state for the same reason.
#[derive(Debug, Clone)]
pub struct Group {
    /// The cause.
    pub cause: i64,
    /// The kind's name.
    pub kind: String,
    /// Not all say it in the same words.
    pub mixed: bool,
    /// How many.
    pub count: u64,
    /// How many of them can be sent again: refused, and not taken over by a later run.
    pub refused: u64,
    /// When the first was, in ms.
    pub first: i64,
    /// When the last was, in ms.
    pub last: i64,
    /// The syncs they are of.
    pub syncs: Vec<i64>,
    /// One of the newest.
    pub newest: EventId,
}

/// What one sync adds to a group.
struct Part {
    group: Group,
    batch: Option<i64>,
    run: i64,
}

/// The events that match in groups of one cause, the group with the newest event first. Of the filter count sync, run,
/// causes, states and times; key, person and text would need a look into every body.
pub fn groups(sqlite: &Sqlite, filter: &Filter) -> Result<Vec<Group>> {
    let mut statement =
        sqlite.prepare_cached(&grouping(filter.since.is_some() || filter.before.is_some()))?;
    let states: Vec<i64> = filter.states.iter().map(|state| *state as i64).collect();
    let states = (!states.is_empty()).then(|| listed(&states));
    let causes = filter.causes.as_deref().map(listed);
    let mut rows =
        statement.query(params![filter.sync, filter.run, states, filter.since, filter.before, causes])?;
    let mut groups: Vec<Group> = Vec::new();
    while let Some(row) = rows.next()? {
        let Part { mut group, batch, run } = part(row)?;
        match groups.last_mut().filter(|last| last.cause == group.cause) {
            Some(known) if known.last >= group.last => add(known, &group),
            Some(known) => {
                group.newest = newest(sqlite, group.cause, batch, run)?;
                add(&mut group, known);
                *known = group;
            }
            None => {
                group.newest = newest(sqlite, group.cause, batch, run)?;
                groups.push(group);
            }
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.last));
    Ok(groups)
}

fn add(group: &mut Group, more: &Group) {
    group.count += more.count;
    group.refused += more.refused;
    group.first = group.first.min(more.first);
    group.syncs.extend(&more.syncs);
}

fn part(row: &rusqlite::Row<'_>) -> Result<Part> {
    let (batch, run): (Option<i64>, i64) = (row.get(8)?, row.get(9)?);
    let group = Group {
        cause: row.get(0)?,
        kind: row.get(1)?,
        mixed: row.get(2)?,
        syncs: vec![row.get(3)?],
        count: row.get(4)?,
        refused: row.get(5)?,
        first: row.get(6)?,
        last: row.get(7)?,
        newest: EventId::Invalid { run, row: 0 },
    };
    Ok(Part { group, batch, run })
}

/// An event of this cause: of a batch, or one of the rows of a run that could not become records.
fn newest(sqlite: &Sqlite, cause: i64, batch: Option<i64>, run: i64) -> Result<EventId> {
    let Some(batch) = batch else {
        let mut statement =
            sqlite.prepare_cached("select max(row) from invalid_row where cause = ?1 and run = ?2")?;
        return Ok(EventId::Invalid { run, row: statement.query_row([cause, run], |row| row.get(0))? });
    };
    let mut statement =
        sqlite.prepare_cached("select max(place) from record_state where cause = ?1 and batch = ?2")?;
    let place: i64 = statement.query_row([cause, batch], |row| row.get(0))?;
    Ok(EventId::Record { run: outbox::run_of(sqlite, batch)?, batch, place: place as usize })
}

/// One statement counts all: it walks the index by cause once. Records of one cause, batch and state stand there by their
/// times, so that the first and the last of them are looked up.
fn grouping(is_by_time: bool) -> String {
    let of_time = if is_by_time { "and (?4 is null or at >= ?4) and (?5 is null or at < ?5)" } else { "" };
    let same = format!(
        "from record_state r where r.cause = g.cause and r.batch = g.batch and r.state = g.state {of_time}"
    );
    format!(
        "with found(cause, sync, n, refused, first, last, batch, run) as (
           select g.cause, b.sync, g.n, case when g.state in (9, 13) then g.n else 0 end,
             (select at {same} order by at limit 1), (select at {same} order by at desc limit 1), g.batch, b.run
           from (select cause, batch, state, count(*) as n from record_state
                 where cause is not null {of_time} group by cause, batch, state) g
           join batch b on b.id = g.batch
           where b.state <> 2 and (?1 is null or b.sync = ?1) and (?2 is null or b.run = ?2)
             and (?3 is null or g.state in (select value from json_each(?3)))
             and (?6 is null or g.cause in (select value from json_each(?6)))
           union all
           select i.cause, run.sync, count(*), 0, run.started, run.started, null, run.id
           from invalid_row i join run on run.id = i.run
           where i.cause is not null and (?1 is null or run.sync = ?1) and (?2 is null or run.id = ?2)
             and (?3 is null or 11 in (select value from json_each(?3)))
             and (?4 is null or run.started >= ?4) and (?5 is null or run.started < ?5)
             and (?6 is null or i.cause in (select value from json_each(?6)))
           group by i.cause, i.run)
         select f.cause, c.kind, c.shape = 0, f.sync, sum(f.n), sum(f.refused), min(f.first), max(f.last), max(f.batch),
           max(f.run)
         from found f join cause c on c.id = f.cause group by f.cause, f.sync order by f.cause, f.sync"
    )
}

/// How many events of these causes are in each state, as `(state code, count)`.
pub(super) fn count(sqlite: &Sqlite, causes: &[i64], filter: &Filter) -> Result<Vec<(u8, u64)>> {
    let mut statement = sqlite.prepare_cached(
        "select g.state, sum(g.n) from (
           select batch, state, count(*) as n from record_state
           where cause is not null and cause in (select value from json_each(?3)) group by cause, batch, state) g
         join batch b on b.id = g.batch
         where b.state <> 2 and (?1 is null or b.sync = ?1) and (?2 is null or b.run = ?2) group by g.state
         union all
         select 11, count(*) from invalid_row i join run on run.id = i.run
         where i.cause is not null and i.cause in (select value from json_each(?3))
           and (?1 is null or run.sync = ?1) and (?2 is null or run.id = ?2)",
    )?;
    let mut rows = statement.query(params![filter.sync, filter.run, listed(causes)])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        counts.push((row.get(0)?, row.get(1)?));
    }
    Ok(counts)
}

/// Forgets causes that no event has any more.
pub(super) fn forget_unused(sqlite: &Sqlite) -> Result<()> {
    sqlite
        .prepare_cached(
            "delete from cause where not exists(select 1 from record_state s where s.cause = cause.id)
             and not exists(select 1 from invalid_row i where i.cause = cause.id)",
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
