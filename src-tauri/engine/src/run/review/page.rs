//! Compared records of a held run, page by page.

use super::walk::batches_after;
use crate::error::Result;
use crate::json_text::Json;
use crate::record::Change;
use crate::run::compare::{entries, parse};
use crate::run::plan::PlanRecord;
use crate::store::Sqlite;
use crate::store::outbox::looked::{Group, LOOKED, Looked};
use crate::store::outbox::{self, Body};
use crate::store::runs::RunRow;
use crate::store::search::Search;

/// Which compared records are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this group.
    pub group: Option<Group>,
    /// Only records in which this field would get another value, or one the destination would not take.
    pub field: Option<String>,
    /// Only records whose key or a value of which contains this, in any case.
    pub search: Option<String>,
}

impl Filter {
    /// Every record is wanted.
    pub fn is_all(&self) -> bool {
        self.group.is_none() && self.field.is_none() && self.search.is_none()
    }
}

/// A record's batch and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The batch.
    pub batch: i64,
    /// The place in it.
    pub place: usize,
}

/// Up to `limit` records of a run behind `after`, in the order they would be sent, and where the next page goes on.
pub(crate) fn page(
    sqlite: &Sqlite,
    run: &RunRow,
    filter: &Filter,
    after: Option<Place>,
    limit: usize,
) -> Result<(Vec<PlanRecord>, Option<Place>)> {
    let (mut records, next) = found(sqlite, run, filter, after, limit)?;
    let is_open = |record: &&mut PlanRecord| record.before.is_none() && record.change != Change::Added;
    let open: Vec<&mut PlanRecord> = records.iter_mut().filter(is_open).collect();
    let keys: Vec<&str> = open.iter().map(|record| record.key.as_str()).collect();
    let mut delivered = outbox::all_last_delivered(sqlite, run.sync, &keys)?;
    for record in open {
        let last = delivered.remove(&record.key).filter(|(change, _)| *change != Change::Removed);
        record.before = last.map(|(_, payload)| payload);
    }
    Ok((records, next))
}

/// The page without what was last delivered of records that were compared with the destination.
fn found(
    sqlite: &Sqlite,
    run: &RunRow,
    filter: &Filter,
    after: Option<Place>,
    limit: usize,
) -> Result<(Vec<PlanRecord>, Option<Place>)> {
    let search = filter.search.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(Search::new);
    let mut records = Vec::new();
    for batch in batches_after(sqlite, run.id, after.map_or(0, |after| after.batch - 1))? {
        let Some(mut looked) = LOOKED.of_batch(sqlite, batch.id)? else { continue };
        if !looked.values().any(|looked| is_of_group(filter, looked)) {
            continue;
        }
        let Some((body, places)) = outbox::to_send(sqlite, &batch)? else { continue };
        for place in places {
            let at = Place { batch: batch.id, place };
            if after.is_some_and(|after| at <= after) {
                continue;
            }
            let Some(looked) = looked.remove(&place).filter(|looked| is_of_group(filter, looked)) else {
                continue;
            };
            let has_text = search.as_ref().is_none_or(|search| contains(&body, place, &looked, search));
            let has_field =
                filter.field.as_deref().is_none_or(|field| is_about(run, &body, place, &looked, field));
            if has_text && has_field {
                records.push(record(&body, place, looked)?);
                if records.len() == limit {
                    return Ok((records, Some(at)));
                }
            }
        }
    }
    Ok((records, None))
}

fn is_of_group(filter: &Filter, looked: &Looked) -> bool {
    filter.group.is_none_or(|group| group == looked.group)
}

fn contains(body: &Body, place: usize, looked: &Looked, search: &Search) -> bool {
    let payload = String::from_utf8_lossy(body.payload(place));
    let texts = [body.key(place), &*payload, looked.stands.as_deref().unwrap_or_default()];
    texts.iter().any(|text| search.is_in_text(text))
}

fn is_about(run: &RunRow, body: &Body, place: usize, looked: &Looked, field: &str) -> bool {
    let is_refused = looked.refused.iter().any(|refusal| refusal.field == field);
    let has = |(name, _): &(String, Json)| name == field;
    let is_as_before = |name: &str| looked.same.iter().chain(&looked.left_alone).any(|known| known == name);
    is_refused
        || (!is_as_before(field) && entries(&run.shape, parse(body.payload(place)).as_ref()).iter().any(has))
}

fn record(body: &Body, place: usize, looked: Looked) -> Result<PlanRecord> {
    let before = looked.stands.as_ref().filter(|_| !looked.live).map(|stands| stands.clone().into_bytes());
    Ok(PlanRecord {
        key: body.key(place).to_owned(),
        change: body.change(place)?,
        before,
        operation: body.operation(place)?,
        sent: body.payload(place).to_vec(),
        looked: Some(looked),
        left_alone: false,
    })
}
