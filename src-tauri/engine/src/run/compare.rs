//! What stands in the destination now, beside what a run would send.

use tokio::sync::OnceCell;

use super::before::asked;
use super::known::Known;
use super::only_if_empty;
use super::patient::{Patience, patiently, read_by_key};
use super::plan::PlanRecord;
use crate::destination::{Destination, Found, ReadByKey, Takes};
use crate::error::Result;
use crate::fits::Misfit;
use crate::json_text::Json;
use crate::record::{Change, Operation};
use crate::same::is_same;
use crate::store::outbox::looked::{Group, Looked};
use crate::sync::{Shape, Sync};

/// Compares records of a sync with what stands in its destination.
pub(crate) struct Comparison<'a> {
    destination: &'a dyn Destination,
    shape: &'a Shape,
    /// Fields that are filled only where they are empty.
    only_if_empty: Vec<String>,
    patience: Patience,
    known: &'a OnceCell<Known>,
}

/// A record as it would be sent.
#[derive(Clone, Copy)]
pub(crate) struct ToSend<'a> {
    pub(crate) change: Change,
    pub(crate) operation: Operation,
    pub(crate) payload: &'a [u8],
}

impl<'a> Comparison<'a> {
    /// `known` are the fields of the destination's object, asked for once they are needed.
    pub(crate) fn new(
        sync: &'a Sync,
        destination: &'a dyn Destination,
        patience: Patience,
        known: &'a OnceCell<Known>,
    ) -> Self {
        let only_if_empty = only_if_empty::names(sync);
        Self { destination, shape: &sync.shape, only_if_empty, patience, known }
    }

    /// Of each record what stands in its place in the destination; no more than one request carries. `None` where the
    /// destination can not be asked.
    pub(crate) async fn live(&self, records: &[ToSend<'_>]) -> Result<Option<Vec<Looked>>> {
        let Shape::Record { object, match_field } = self.shape else { return Ok(None) };
        let (values, mut fields) = asked(records.iter().map(|record| record.payload), match_field)?;
        if records.iter().any(|record| record.operation == Operation::Delete) {
            self.known(object).await?.add_writable(&mut fields);
        }
        // It stands there too, perhaps written otherwise.
        if !fields.contains(match_field) {
            fields.push(match_field.clone());
        }
        let read = ReadByKey { object, match_field, values: &values, fields: &fields, needed: true };
        let Some(found) = read_by_key(self.destination, &read, self.patience).await else {
            return if self.only_if_empty.is_empty() { Ok(None) } else { Err(only_if_empty::not_readable()) };
        };
        let known = self.known(object).await?;
        let looked = records.iter().zip(found?).map(|(record, found)| {
            let left_alone = match &found {
                Some(found) if fills(record.operation) => only_if_empty::filled(&self.only_if_empty, found)?,
                _ => Vec::new(),
            };
            let left_alone = left_alone.into_iter().map(str::to_owned).collect();
            Ok(live(known, match_field, *record, found, left_alone))
        });
        looked.collect::<Result<_>>().map(Some)
    }

    /// The same beside what was last delivered, where the destination can not be asked.
    pub(crate) async fn delivered(&self, record: ToSend<'_>, before: Option<Vec<u8>>) -> Result<Looked> {
        let sent = parse(record.payload);
        let stands = before.map(|before| String::from_utf8_lossy(&before).into_owned());
        let known_before = stands.as_deref().and_then(Json::parse);
        let entries = entries(self.shape, sent.as_ref());
        let was = self::entries(self.shape, known_before.as_ref());
        let is_as_before = |(name, value): &&(String, Json)| {
            let before = was.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            is_same(Takes::Anything, Some(value), before)
        };
        let same: Vec<String> = entries.iter().filter(is_as_before).map(|(name, _)| name.clone()).collect();
        let is_new = stands.is_none();
        let refused = match self.shape {
            Shape::Record { object, .. } if fills(record.operation) => {
                self.known(object).await?.refusals(&entries, is_new)
            }
            Shape::Record { .. } | Shape::Identify | Shape::Track(_) => Vec::new(),
        };
        let group = match record.change {
            Change::Removed => Group::Remove,
            Change::Added | Change::Changed if !refused.is_empty() => Group::Fail,
            Change::Added => Group::Create,
            Change::Changed if same.len() == entries.len() && entries.len() == was.len() => Group::Same,
            Change::Changed => Group::Update,
        };
        Ok(Looked { same, refused, ..Looked::of(group, stands, false) })
    }

    async fn known(&self, object: &str) -> Result<&Known> {
        let read = || patiently(self.patience, || Known::read(self.destination, object));
        self.known.get_or_try_init(read).await
    }
}

fn fills(operation: Operation) -> bool {
    matches!(operation, Operation::Upsert | Operation::Update | Operation::Create)
}

pub(crate) fn parse(payload: &[u8]) -> Option<Json> {
    std::str::from_utf8(payload).ok().and_then(Json::parse)
}

/// The fields of a record's payload, or every value of an event's with its path.
pub(crate) fn entries(shape: &Shape, payload: Option<&Json>) -> Vec<(String, Json)> {
    match (shape, payload) {
        (Shape::Record { match_field, .. }, Some(Json::Object(entries))) => {
            entries.iter().filter(|(name, _)| name != match_field).cloned().collect()
        }
        (Shape::Record { .. }, _) | (Shape::Identify | Shape::Track(_), None) => Vec::new(),
        (Shape::Identify | Shape::Track(_), Some(payload)) => {
            let leaves = payload.leaves().into_iter();
            leaves.map(|(path, value)| (path, Json::Scalar(value))).collect()
        }
    }
}

fn live(
    known: &Known,
    match_field: &str,
    record: ToSend<'_>,
    found: Option<Found>,
    left_alone: Vec<String>,
) -> Looked {
    if found.as_ref().is_some_and(|found| found.is_one_of_several) {
        return Looked { several: true, ..Looked::of(Group::Fail, None, true) };
    }
    let stands = found.as_ref().and_then(|found| Json::parse(&found.fields));
    let sent = parse(record.payload);
    let entries = match &sent {
        Some(Json::Object(entries)) => entries.as_slice(),
        _ => &[],
    };
    let mut same = Vec::new();
    let mut differs = false;
    for (name, value) in entries.iter().filter(|(name, _)| name != match_field) {
        if is_same(known.takes(name), Some(value), stands.as_ref().and_then(|stands| stands.get(name))) {
            same.push(name.clone());
        } else {
            differs |= !left_alone.contains(name);
        }
    }
    let is_new = found.is_none();
    let mut refused = if fills(record.operation) { known.refusals(entries, is_new) } else { Vec::new() };
    // Records may be found by what is no field of them, such as their id.
    refused.retain(|refusal| refusal.why != Misfit::NoField || refusal.field != match_field);
    let value = |of: &Option<Json>, name: &str| of.as_ref().and_then(|fields| fields.get(name)).cloned();
    // A value that stands there letter by letter was taken before.
    let stands_there = |name: &str| !is_new && value(&stands, name) == value(&sent, name);
    refused.retain(|refusal| !left_alone.contains(&refusal.field) && !stands_there(&refusal.field));
    let group = match (record.operation, is_new) {
        (Operation::Update, true) | (Operation::Create, false) => Group::Fail,
        (Operation::Upsert | Operation::Update | Operation::Create, _) if !refused.is_empty() => Group::Fail,
        (Operation::Upsert | Operation::Create, true) => Group::Create,
        (Operation::Upsert | Operation::Update, false) if differs => Group::Update,
        (Operation::Delete, false) => Group::Remove,
        (Operation::Clear, false) if differs => Group::Remove,
        (Operation::Upsert | Operation::Update | Operation::Delete | Operation::Clear, _) => Group::Same,
    };
    let stands = if record.operation == Operation::Delete {
        found.map(|found| found.fields)
    } else {
        stands.map(|stands| of_record(stands, entries).compact())
    };
    Looked { same, left_alone, refused, ..Looked::of(group, stands, true) }
}

/// Of what stands there only what the record has too: others of its request may have more.
fn of_record(stands: Json, entries: &[(String, Json)]) -> Json {
    let Json::Object(mut fields) = stands else { return stands };
    fields.retain(|(name, _)| entries.iter().any(|(known, _)| known == name));
    Json::Object(fields)
}

/// Tells of each record what stands in its place. Answers with whether the destination can be asked. `most` records are
/// asked for at once.
pub(crate) async fn compare(
    sync: &Sync,
    destination: &dyn Destination,
    most: usize,
    records: &mut [PlanRecord],
) -> Result<bool> {
    if !matches!(sync.shape, Shape::Record { .. }) {
        return Ok(false);
    }
    let known = OnceCell::new();
    let comparison = Comparison::new(sync, destination, Patience::Turns, &known);
    for records in records.chunks_mut(most.max(1)) {
        let to_send: Vec<ToSend<'_>> = records.iter().map(PlanRecord::to_send).collect();
        let Some(looked) = comparison.live(&to_send).await? else { return Ok(false) };
        for (record, looked) in records.iter_mut().zip(looked) {
            record.looked = Some(looked);
        }
    }
    Ok(true)
}
