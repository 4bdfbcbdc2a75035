//! What somebody looked at is written over only while it stands in the destination as it stood then.

use std::collections::{BTreeMap, BTreeSet};

use super::before::{asked, is_one_of_several};
use super::compare::parse;
use super::deliver::Delivering;
use super::deliver::work::Work;
use super::known::Known;
use crate::clock::millis;
use crate::destination::{Found, ReadByKey, Takes};
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::record::{Operation, Record};
use crate::same::{is_same, may_be_shown_as};
use crate::store::outbox::looked::{LOOKED, Looked};
use crate::store::outbox::{self, Body, RecordState};
use crate::store::runs::{self, Counts, Problem};
use crate::sync::Shape;

/// What is to be done about a record that was left alone.
const LOOK_AGAIN: &str = "Look again at what would be sent, and approve that.";

/// Records as they were found when somebody looked at them, by place.
type ByPlace = BTreeMap<usize, Looked>;

/// As the records of a batch were found when somebody looked at them; `None` where nobody did.
pub(super) fn looked(context: &Delivering, batch: i64) -> Result<Option<ByPlace>> {
    context.store.read(|sqlite| LOOKED.of_batch(sqlite, batch))
}

/// Looks once more before records that somebody looked at go out again: meanwhile somebody may have changed them. Those
/// are left alone and taken out of `work`.
pub(super) async fn again(context: &Delivering, work: &mut Work) -> Result<()> {
    let Shape::Record { object, match_field } = &context.run.shape else { return Ok(()) };
    let Some(looked) = looked(context, work.batch.id)? else { return Ok(()) };
    let records = work.batch.records(&work.places, &context.sync_uuid, &context.run)?;
    let (values, fields) = asked(records.iter().map(|record| record.payload), match_field)?;
    let read = ReadByKey { object, match_field, values: &values, fields: &fields, needed: true };
    let Some(found) = context.destination.read_by_key(&read).await else { return Ok(()) };
    let known = context.known.get_or_try_init(|| Known::read(&*context.destination, object)).await?;
    let since = changed_since(&looked, known, &records, &work.places, &found?, true);
    if since.is_empty() {
        return Ok(());
    }
    let left_alone: BTreeSet<usize> = since.iter().map(|(place, _)| *place).collect();
    context.store.write(leaving(context, work.batch.id, since)?).done().await?;
    context.progress.add(&left(left_alone.len()));
    work.places.retain(|place| !left_alone.contains(place));
    Ok(())
}

/// So many records are left alone.
pub(super) fn left(records: usize) -> Counts {
    Counts { rejected: records as u64, ..Counts::default() }
}

/// Writes down that these records of a batch are left alone, and why.
pub(super) fn leaving(
    context: &Delivering,
    batch: i64,
    since: Vec<(usize, Problem)>,
) -> Result<impl FnOnce(&rusqlite::Connection) -> Result<()> + Send + 'static> {
    let (run, at) = (context.run.id, millis(context.clock.now()));
    // What a part of a sync leaves is nothing that the next run is to send.
    let is_part = context.run.trigger.is_partial();
    let state = if is_part { RecordState::RejectedBefore } else { RecordState::Rejected };
    let since: Vec<(usize, String)> =
        since.into_iter().map(|(place, problem)| Ok((place, problem.to_json()?))).collect::<Result<_>>()?;
    Ok(move |sqlite: &rusqlite::Connection| {
        for (place, problem) in &since {
            outbox::set_state(sqlite, batch, *place, state, at, Some(problem))?;
        }
        if since.is_empty() { Ok(()) } else { runs::add_outcomes(sqlite, run, &left(since.len()), 0) }
    })
}

/// Records that are not any more as they were when somebody looked at them, with what has changed: they are not written
/// over. What an earlier request with them may have written is no change; `sent` where there may have been one.
pub(super) fn changed_since(
    looked: &ByPlace,
    known: &Known,
    records: &[Record<'_>],
    places: &[usize],
    found: &[Option<Found>],
    sent: bool,
) -> Vec<(usize, Problem)> {
    let mut changed = Vec::new();
    for ((record, place), found) in records.iter().zip(places).zip(found) {
        let Some(looked) = looked.get(place).filter(|looked| looked.live) else { continue };
        let own = if sent { parse(record.payload) } else { None };
        let earlier = looked.wrote.iter().filter_map(|text| Json::parse(text));
        let wrote = Wrote { known, payloads: own.into_iter().chain(earlier).collect() };
        let is_gone_by_us = sent && record.operation == Operation::Delete;
        if let Some(message) = change(looked, found.as_ref(), &wrote, is_gone_by_us) {
            let error = Error::new(ErrorKind::LeftAlone, message).with_hint(LOOK_AGAIN);
            changed.push((*place, Problem::from(&error)));
        }
    }
    changed
}

/// What somebody changed of a record since it was looked at, in a sentence.
fn change(looked: &Looked, found: Option<&Found>, wrote: &Wrote<'_>, is_gone_by_us: bool) -> Option<String> {
    let message = match (&looked.stands, found) {
        _ if is_one_of_several(found) != looked.several => {
            "Several records have its match value now, or had when this was looked at."
        }
        _ if looked.several => return None,
        (None, None) => return None,
        (None, Some(found)) if wrote.is_all_of(&found.fields) => return None,
        (None, Some(_)) => "It is in the destination now, and was not when this was looked at.",
        (Some(_), None) if is_gone_by_us => return None,
        (Some(_), None) => "It is not in the destination any more, and was when this was looked at.",
        (Some(_), Some(found))
            if looked.id.as_ref().zip(found.id.as_ref()).is_some_and(|(was, is)| was != is) =>
        {
            "Another record is in its place now than when this was looked at."
        }
        (Some(stood), Some(found)) => match others(stood, &found.fields, wrote) {
            names if names.is_empty() => return None,
            names => {
                let names = names.join(", ");
                return Some(format!(
                    "Somebody changed it in the destination after this was looked at: {names}."
                ));
            }
        },
    };
    Some(message.to_owned())
}

/// Records that an earlier run left alone, and that nobody has looked at since.
pub(super) fn still_left_alone(
    looked: Option<&ByPlace>,
    places: &[usize],
    body: &Body,
) -> Vec<(usize, Problem)> {
    let is_left = |place: &usize| {
        body.past(*place).left_alone && looked.is_none_or(|looked| !looked.contains_key(place))
    };
    let message =
        "Somebody had changed it in the destination when it was to be sent, and nobody has looked since.";
    let problem = || Problem::from(&Error::new(ErrorKind::LeftAlone, message).with_hint(LOOK_AGAIN));
    places.iter().copied().filter(is_left).map(|place| (place, problem())).collect()
}

/// What requests of ours may have written of a record.
struct Wrote<'a> {
    known: &'a Known,
    payloads: Vec<Json>,
}

impl Wrote<'_> {
    /// One of them wrote just what stands there `now`.
    fn is_all_of(&self, now: &str) -> bool {
        let Some(Json::Object(now)) = Json::parse(now) else { return false };
        self.payloads.iter().any(|payload| now.iter().all(|(name, value)| self.is(payload, name, value)))
    }

    /// One of them wrote the field as it is `now`.
    fn is_in(&self, name: &str, now: &Json) -> bool {
        self.payloads.iter().any(|payload| self.is(payload, name, now))
    }

    fn is(&self, payload: &Json, name: &str, now: &Json) -> bool {
        is_same(self.known.takes(name), payload.get(name), Some(now))
    }
}

/// Names of the fields that are in both and not the same, but for those that hold what was written.
fn others(stood: &str, now: &str, wrote: &Wrote<'_>) -> Vec<String> {
    let (Some(Json::Object(stood)), Some(now)) = (Json::parse(stood), Json::parse(now)) else {
        return Vec::new();
    };
    // Both came from the destination: spaces that are gone, too, somebody took away.
    let is_one = |one: &Json, other: &Json| may_be_shown_as(Takes::Anything, one, other);
    let differs = |(name, value): &(String, Json)| {
        now.get(name)
            .is_some_and(|now| (!is_one(value, now) || !is_one(now, value)) && !wrote.is_in(name, now))
    };
    stood.into_iter().filter(differs).map(|(name, _)| name).collect()
}
