//! What still has to be dealt with: the open records of a sync.

use std::collections::HashMap;

use rusqlite::{Connection as Sqlite, params};

use super::{
    BATCH_COLUMNS, BatchRow, Body, RecordState, batch_from_row, body, fingerprint, key_hash, own_states,
};
use crate::error::{ErrorKind, Result};
use crate::record::{Change, Operation};
use crate::store::runs::Problem;

/// Batches with open records: of one run, or of a whole sync.
pub fn open_batches(sqlite: &Sqlite, sync: i64, run: Option<i64>) -> Result<Vec<BatchRow>> {
    let sql = format!(
        "select {BATCH_COLUMNS} from batch where sync = ?1 and state in (3, 4, 9, 10, 13) and (?2 is null or run = ?2)
         union
         select {BATCH_COLUMNS} from batch where sync = ?1 and (?2 is null or run = ?2)
           and id in (select batch from record_state where state in (3, 4, 9, 10, 13))
         order by id"
    );
    let mut statement = sqlite.prepare_cached(&sql)?;
    let rows = statement.query_map(params![sync, run], |row| Ok(batch_from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// An open record, as the next read has to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRecord {
    /// Its batch.
    pub batch: i64,
    /// Its place in the batch.
    pub place: usize,
    /// What happened to its row.
    pub change: Change,
    /// What is to be done with it.
    pub operation: Operation,
    /// Its change number.
    pub number: i64,
    /// Its fingerprint.
    pub fingerprint: u128,
    /// It, or an earlier record of its key, may have reached the destination although nobody knows.
    pub uncertain: bool,
    /// The destination refused it.
    pub refused: bool,
    /// It was left alone, because somebody had changed it in the destination after it was looked at.
    pub left_alone: bool,
}

/// An open record where it is kept.
pub struct Found<'a> {
    /// Its batch's row.
    pub batch: &'a BatchRow,
    /// The records of its batch.
    pub body: &'a Body,
    /// Its place in the batch.
    pub place: usize,
    /// Its state.
    pub state: RecordState,
    /// Why, as JSON.
    pub problem: Option<&'a str>,
    /// It, or an earlier record of its key, may have reached the destination although nobody knows.
    pub uncertain: bool,
}

/// Hands on every open record of one run, or of a whole sync, in the order of the outbox.
pub fn each_open(
    sqlite: &Sqlite,
    sync: i64,
    run: Option<i64>,
    mut found: impl FnMut(&Found<'_>) -> Result<()>,
) -> Result<()> {
    for batch in open_batches(sqlite, sync, run)? {
        let claimed: i64 = sqlite
            .prepare_cached("select claimed from run where id = ?1")?
            .query_row([batch.run], |row| row.get(0))?;
        let own = own_states(sqlite, batch.id)?;
        let Some(body) = body(sqlite, batch.id)? else { continue };
        for place in 0..body.len() {
            let own = own.get(&place);
            let state = own.map_or(batch.state, |own| own.state);
            if !state.is_open() {
                continue;
            }
            let uncertain = body.past(place).doubtful
                || state == RecordState::Doubtful
                || (state.is_waiting() && batch.id <= claimed);
            let problem = own.and_then(|own| own.problem.as_deref());
            found(&Found { batch: &batch, body: &body, place, state, problem, uncertain })?;
        }
    }
    Ok(())
}

/// The open records of a sync by key hash. Only the newest sealed run of a sync has open records, so no key is
/// there twice.
pub fn open_records(sqlite: &Sqlite, sync: i64) -> Result<HashMap<u64, OpenRecord>> {
    let mut open = HashMap::new();
    each_open(sqlite, sync, None, |found| {
        let Found { body, place, .. } = *found;
        let change = body.change(place)?;
        let record = OpenRecord {
            batch: found.batch.id,
            place,
            change,
            operation: body.operation(place)?,
            number: body.number(place),
            fingerprint: fingerprint(change, body.payload(place)),
            uncertain: found.uncertain,
            refused: body.past(place).refused || found.state.is_refused(),
            left_alone: was_left_alone(found),
        };
        open.insert(key_hash(body.key(place)), record);
        Ok(())
    })?;
    Ok(open)
}

/// A record that was left alone stays so until somebody looks, also where a later run did not come to it.
fn was_left_alone(found: &Found<'_>) -> bool {
    let is_waiting = found.state.is_waiting() && found.body.past(found.place).left_alone;
    let is_about = |problem: &&str| problem.contains(ErrorKind::LeftAlone.name());
    let problem = found.problem.filter(is_about).and_then(|problem| Problem::from_json(problem).ok());
    is_waiting || problem.is_some_and(|problem| problem.kind == ErrorKind::LeftAlone.name())
}

/// How many records of one run, or of a whole sync, wait, and how many are refused and not dealt with:
/// `(waiting, rejected)`.
pub fn open_counts(sqlite: &Sqlite, sync: i64, run: Option<i64>) -> Result<(u64, u64)> {
    let (mut waiting, mut rejected) = (0, 0);
    for batch in open_batches(sqlite, sync, run)? {
        let own = own_states(sqlite, batch.id)?;
        let mut count = |state: RecordState, n: u64| {
            waiting += if state.is_waiting() { n } else { 0 };
            rejected += if state.is_refused() { n } else { 0 };
        };
        count(batch.state, (batch.n - own.len().min(batch.n)) as u64);
        for own in own.values() {
            count(own.state, 1);
        }
    }
    Ok((waiting, rejected))
}

/// The body of a batch, and the places of its records that are still to be sent; `None` where none is.
pub fn to_send(sqlite: &Sqlite, batch: &BatchRow) -> Result<Option<(Body, Vec<usize>)>> {
    let own = own_states(sqlite, batch.id)?;
    if !batch.state.is_to_send() && !own.values().any(|own| own.state.is_to_send()) {
        return Ok(None);
    }
    let Some(body) = body(sqlite, batch.id)? else { return Ok(None) };
    let is_to_send = |place: &usize| own.get(place).map_or(batch.state, |own| own.state).is_to_send();
    let places: Vec<usize> = (0..body.len()).filter(is_to_send).collect();
    Ok(if places.is_empty() { None } else { Some((body, places)) })
}
