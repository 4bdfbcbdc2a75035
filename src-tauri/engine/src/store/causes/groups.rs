//! Events counted by their cause.

use rusqlite::{Connection as Sqlite, params};

use super::listed;
use crate::error::Result;
use crate::store::events::{EventId, Filter};
use crate::store::outbox;

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
    /// When the first was, in ms. An attempt of a record that has failed again since may count too.
    pub first: i64,
    /// When the last was, in ms.
    pub last: i64,
    /// The syncs they are of.
    pub syncs: Vec<i64>,
    /// One of the newest.
    pub newest: EventId,
}

/// What one sync adds to a group, in records or in rows that could not become records.
struct Part {
    cause: i64,
    kind: String,
    mixed: bool,
    sync: i64,
    count: u64,
    refused: u64,
    first: i64,
    last: i64,
    /// The newest batch; of rows the newest run, below zero.
    newest: i64,
}

/// Where events with a cause stand, read through once, and the filter by all but time: sync, run, and lists of states and
/// causes.
const OF_FILTER: &str = "from caused c not indexed left join batch b on b.id = c.batch
     join run on run.id = coalesce(b.run, -c.batch)
     where coalesce(b.state, 0) <> 2 and (?1 is null or run.sync = ?1) and (?2 is null or run.id = ?2)
       and (?3 is null or c.state in (select value from json_each(?3)))
       and (?4 is null or c.cause in (select value from json_each(?4)))";

/// The events that match in groups of one cause, the group with the newest event first. Of the filter count sync, run,
/// causes, states and times; key, person and text would need a look into every body.
pub fn groups(sqlite: &Sqlite, filter: &Filter) -> Result<Vec<Group>> {
    // All is read from one state of the database: an event that was counted is still there when it is looked for.
    let snapshot = sqlite.unchecked_transaction()?;
    let mut parts = found(&snapshot, &whole(), filter)?;
    if filter.since.is_some() || filter.before.is_some() {
        parts.extend(found(&snapshot, &halved(), filter)?);
    }
    parts.sort_by_key(|part| (part.cause, part.sync));
    let mut groups = Vec::new();
    for same in parts.chunk_by(|one, next| one.cause == next.cause) {
        if let [first, ..] = same {
            groups.push(group(&snapshot, first, same)?);
        }
    }
    groups.sort_by_key(|group: &Group| std::cmp::Reverse(group.last));
    Ok(groups)
}

/// The parts of one cause, of which `first` is one, together.
fn group(sqlite: &Sqlite, first: &Part, parts: &[Part]) -> Result<Group> {
    let newest = parts.iter().max_by_key(|part| part.last).unwrap_or(first);
    let mut syncs: Vec<i64> = parts.iter().map(|part| part.sync).collect();
    syncs.dedup();
    Ok(Group {
        cause: first.cause,
        kind: first.kind.clone(),
        mixed: first.mixed,
        count: parts.iter().map(|part| part.count).sum(),
        refused: parts.iter().map(|part| part.refused).sum(),
        first: parts.iter().map(|part| part.first).fold(newest.first, i64::min),
        last: newest.last,
        syncs,
        newest: event(sqlite, newest.cause, newest.newest)?,
    })
}

/// Batches whose events lie all in the time asked for, together by cause and sync.
fn whole() -> String {
    format!(
        "select g.cause, k.kind, k.shape = 0, g.sync, g.n, g.refused, g.first_at, g.last_at,
           case when g.of_rows then -g.newest else g.newest end
         from (select c.cause as cause, run.sync as sync, sum(c.n) as n,
                 sum(case when c.state in (9, 13) then c.n else 0 end) as refused, min(c.first_at) as first_at,
                 max(c.last_at) as last_at, max(abs(c.batch)) as newest, c.batch < 0 as of_rows
               {OF_FILTER} and (?5 is null or c.first_at >= ?5) and (?6 is null or c.last_at < ?6)
               group by c.cause, run.sync, c.batch < 0) g
         join cause k on k.id = g.cause"
    )
}

/// Batches of whose events some lie in the time asked for, each alone: their records are counted one by one.
fn halved() -> String {
    format!(
        "select g.cause, k.kind, k.shape = 0, g.sync, count(*), count(*) * g.is_refused, min(r.at), max(r.at), g.batch
         from (select c.cause as cause, run.sync as sync, c.state in (9, 13) as is_refused, c.batch as batch,
                 c.state as state
               {OF_FILTER} and (?5 is null or c.last_at >= ?5) and (?6 is null or c.first_at < ?6)
                 and not ((?5 is null or c.first_at >= ?5) and (?6 is null or c.last_at < ?6))) g
         join cause k on k.id = g.cause
         join record_state r on r.batch = g.batch and r.cause = g.cause and r.state = g.state
           and (?5 is null or r.at >= ?5) and (?6 is null or r.at < ?6)
         group by g.cause, g.sync, g.batch, g.state"
    )
}

fn found(sqlite: &Sqlite, sql: &str, filter: &Filter) -> Result<Vec<Part>> {
    let states: Vec<i64> = filter.states.iter().map(|state| *state as i64).collect();
    let states = (!states.is_empty()).then(|| listed(&states));
    let causes = filter.causes.as_deref().map(listed);
    let mut statement = sqlite.prepare_cached(sql)?;
    let mut rows =
        statement.query(params![filter.sync, filter.run, states, causes, filter.since, filter.before])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        parts.push(Part {
            cause: row.get(0)?,
            kind: row.get(1)?,
            mixed: row.get(2)?,
            sync: row.get(3)?,
            count: row.get(4)?,
            refused: row.get(5)?,
            first: row.get(6)?,
            last: row.get(7)?,
            newest: row.get(8)?,
        });
    }
    Ok(parts)
}

/// An event of this cause: of a batch, or one of the rows of a run that could not become records.
fn event(sqlite: &Sqlite, cause: i64, batch: i64) -> Result<EventId> {
    if batch < 0 {
        let run = -batch;
        let mut statement = sqlite.prepare_cached(
            "select row from invalid_row where cause = ?1 and run = ?2 order by row desc limit 1",
        )?;
        return Ok(EventId::Invalid { run, row: statement.query_row([cause, run], |row| row.get(0))? });
    }
    let mut statement = sqlite.prepare_cached(
        "select place from record_state where cause = ?1 and batch = ?2 order by place desc limit 1",
    )?;
    let place: i64 = statement.query_row([cause, batch], |row| row.get(0))?;
    Ok(EventId::Record { run: outbox::run_of(sqlite, batch)?, batch, place: place as usize })
}

/// How many events of these causes are in each state, as `(state code, count)`; of the filter count sync and run.
pub(in crate::store) fn count(sqlite: &Sqlite, causes: &[i64], filter: &Filter) -> Result<Vec<(u8, u64)>> {
    let mut statement =
        sqlite.prepare_cached(&format!("select c.state, sum(c.n) {OF_FILTER} group by c.state"))?;
    let mut rows = statement.query(params![filter.sync, filter.run, None::<String>, listed(causes)])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        counts.push((row.get(0)?, row.get(1)?));
    }
    Ok(counts)
}
