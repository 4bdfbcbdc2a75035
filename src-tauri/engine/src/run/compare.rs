//! What stands in the destination now, beside what a run would send.

use super::before::asked;
use super::only_if_empty;
use super::plan::PlanRecord;
use super::undo::Known;
use tokio::sync::OnceCell;

use crate::destination::{Destination, Found, ReadByKey};
use crate::error::Result;
use crate::json_text::Json;
use crate::record::Operation;
use crate::same::is_same;
use crate::sync::{Shape, Sync};

/// What would become of a record in the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// It is not there, and would be created.
    Create,
    /// At least one field would get another value.
    Update,
    /// It would be as it is.
    Same,
    /// It would be deleted, or its fields emptied.
    Remove,
    /// The destination would refuse it: it is not there and is only to be updated, is there and only to be created, or
    /// several records have its match value.
    Fail,
}

/// A record as it stands in the destination now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Now {
    /// Its fields, as the text of one JSON object; `None` where there is no such record.
    pub fields: Option<String>,
    /// What would become of it.
    pub group: Group,
    /// Names of fields whose values say the same before and after, however they are written.
    pub same: Vec<String>,
}

/// Tells of each record what stands in its place, and which of its fields a run would leave out because they have a
/// value there. Answers with whether the destination can be asked. `most` records are asked for at once.
pub(crate) async fn compare(
    sync: &Sync,
    destination: &dyn Destination,
    most: usize,
    records: &mut [PlanRecord],
) -> Result<bool> {
    let Shape::Record { object, match_field } = &sync.shape else { return Ok(false) };
    let names = only_if_empty::names(sync);
    let known = OnceCell::new();
    for records in records.chunks_mut(most.max(1)) {
        let (values, mut fields) = asked(records.iter().map(|record| record.sent.as_slice()), match_field)?;
        if records.iter().any(|record| record.operation == Operation::Delete) {
            let known: &Known = known.get_or_try_init(|| Known::read(destination, object)).await?;
            known.add_writable(&mut fields);
        }
        // It stands there too, perhaps written otherwise.
        fields.push(match_field.clone());
        let read = ReadByKey { object, match_field, values: &values, fields: &fields, needed: true };
        let Some(found) = destination.read_by_key(&read).await else {
            return if names.is_empty() { Ok(false) } else { Err(only_if_empty::not_readable()) };
        };
        let known = known.get_or_try_init(|| Known::read(destination, object)).await?;
        for (record, found) in records.iter_mut().zip(found?) {
            if let Some(found) = &found {
                let fills =
                    matches!(record.operation, Operation::Upsert | Operation::Update | Operation::Create);
                let filled = if fills { only_if_empty::filled(&names, found)? } else { Vec::new() };
                record.left_alone = filled.into_iter().map(str::to_owned).collect();
            }
            record.now = Some(now(known, match_field, record, found));
        }
    }
    Ok(true)
}

fn now(known: &Known, match_field: &str, record: &PlanRecord, found: Option<Found>) -> Now {
    let stands = found.as_ref().and_then(|found| Json::parse(&found.fields));
    let sent = std::str::from_utf8(&record.sent).ok().and_then(Json::parse);
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
            differs |= !record.left_alone.contains(name);
        }
    }
    let several = found.as_ref().is_some_and(|found| found.is_one_of_several);
    let found = found.filter(|_| !several);
    let group = group(record.operation, found.is_some(), differs);
    let group = if several { Group::Fail } else { group };
    Now { fields: found.map(|found| found.fields), group, same }
}

fn group(operation: Operation, is_there: bool, differs: bool) -> Group {
    match (operation, is_there) {
        (Operation::Update, false) | (Operation::Create, true) => Group::Fail,
        (Operation::Upsert | Operation::Create, false) => Group::Create,
        (Operation::Upsert | Operation::Update, true) if differs => Group::Update,
        (Operation::Delete, true) => Group::Remove,
        (Operation::Clear, true) if differs => Group::Remove,
        (Operation::Upsert | Operation::Update | Operation::Delete | Operation::Clear, _) => Group::Same,
    }
}
