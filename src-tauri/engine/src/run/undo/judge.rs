//! What an undo does with one record: said by three values of each field, what stood there before, what the run wrote,
//! and what stands there now.
//!
//! What stands there now is the run's own where the destination may show what it was sent like that (`may_be_shown_as`).
//! What differs from that in spaces or capitals somebody has typed, and it stays. A number, a moment or a choice that says the same
//! in another form may be either's, for destinations write those in forms of their own: it counts as the run's. What stood
//! there before and what stands there now both came from the destination, and of what the run wrote they are compared
//! byte by byte: a form that the run has changed goes back too.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::destination::Found;
use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Json;
use crate::record::Operation;
use crate::run::known::Known;
use crate::same::{is_same, may_be_shown_as};

/// What an undo does with a record of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Will {
    /// Fields get the values back that they had.
    PutBack,
    /// The run deleted the record; it is created again from what it had.
    CreateAgain,
    /// The run created the record; it is deleted.
    Delete,
    /// Nothing of it differs from before the run.
    Nothing,
    /// It is not touched, for the reason given.
    LeaveAlone,
}

/// A field of a record that is undone. Values are JSON texts; `None` where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldUndo {
    /// Its name in the destination.
    pub name: String,
    /// What stands there now.
    pub now: Option<String>,
    /// What stood there before the run, and what an undo puts back.
    pub then: Option<String>,
    /// What the run wrote.
    pub wrote: Option<String>,
    /// Why it is not touched, in a sentence of its own; `None` where it is.
    pub left_alone: Option<String>,
}

/// What stood in a record's place before the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stood {
    /// Nobody knows: nobody asked, or it is not kept any more.
    Unknown,
    /// No record.
    Nothing,
    /// Its fields, as the text of one JSON object.
    Fields(String),
}

impl From<Option<String>> for Stood {
    fn from(fields: Option<String>) -> Self {
        fields.map_or(Self::Nothing, Self::Fields)
    }
}

/// A record as an undo sees it.
pub(super) struct Was<'a> {
    pub(super) operation: Operation,
    /// What the run sent.
    pub(super) payload: &'a [u8],
    /// What stood there before that.
    pub(super) before: &'a Stood,
    /// The record now; `None` where there is none.
    pub(super) now: Option<&'a Found>,
    /// The destination's own id of the record that the run created, where that is known.
    pub(super) made: Option<&'a str>,
    /// When the run began.
    pub(super) began: DateTime<Utc>,
}

/// How far the destination's clock may be from this computer's. It only decides where the destination's own times do not.
pub(super) const SKEW: TimeDelta = TimeDelta::hours(1);
/// Changes so soon after a record was made are what the destination itself does with a new record. Nobody types as fast;
/// a destination that takes longer makes a record stay that could have gone, and never the other way round.
const SETTLES: TimeDelta = TimeDelta::seconds(10);
const ANOTHER: &str = "It is another record than the run created.";

/// What is to be done, and with which fields.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) will: Will,
    pub(super) fields: Vec<FieldUndo>,
    /// Why it is left alone, or why there is nothing to do.
    pub(super) reason: Option<String>,
}

/// Whether what the run wrote is what stands in a record: every field of `payload` but `match_field`.
pub(super) fn is_there(known: &Known, match_field: &str, payload: &[u8], now: &str) -> Result<bool> {
    let (wrote, now) = (document(payload)?, document(now.as_bytes())?);
    Ok(members(&wrote)
        .all(|(name, value)| name == match_field || is_same(known.takes(name), Some(value), now.get(name))))
}

/// Whether a record arrived to whose request no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrived {
    No,
    Yes,
    /// Of what was to change some stands there, and some is as before: a request brings all of a record or nothing.
    Unclear,
}

/// Told by the fields that the record was to change: of one that arrived none is as before, unless somebody put it back.
/// Fields that are `written` by a later run tell nothing.
pub(super) fn arrived(
    known: &Known,
    match_field: &str,
    was: &Was<'_>,
    written: &HashSet<String>,
) -> Result<Arrived> {
    let (before, now) = match (was.before, was.now) {
        (Stood::Fields(before), Some(now)) if was.operation != Operation::Delete => (before, now),
        // What was to be deleted is there, and what was to be created is not.
        (_, Some(_)) if was.operation == Operation::Delete => return Ok(Arrived::No),
        (Stood::Nothing | Stood::Unknown, None) => return Ok(Arrived::No),
        _ => return Ok(Arrived::Yes),
    };
    let (wrote, then) = (document(was.payload)?, document(before.as_bytes())?);
    let now = document(now.fields.as_bytes())?;
    let (mut any, mut any_own, mut any_as_before) = (false, false, false);
    for (name, wrote) in members(&wrote).filter(|(name, _)| *name != match_field) {
        let (takes, stands, stood) = (known.takes(name), now.get(name), then.get(name));
        if is_same(takes, Some(wrote), stood) {
            continue;
        }
        any = true;
        any_own |= stands.is_some_and(|now| may_be_shown_as(takes, wrote, now));
        any_as_before |= is_same(takes, stands, stood) && !written.contains(name);
    }
    Ok(match (any_own, any_as_before) {
        _ if !any => Arrived::No,
        (true, true) => Arrived::Unclear,
        (false, true) => Arrived::No,
        (_, false) => Arrived::Yes,
    })
}

pub(super) fn judge(known: &Known, match_field: &str, was: &Was<'_>) -> Result<Judged> {
    match (was.operation, was.before, was.now) {
        (_, Stood::Unknown, _) => Ok(left(Will::LeaveAlone, "What stood there before is not kept any more.")),
        (Operation::Delete, Stood::Nothing, _) => {
            Ok(left(Will::Nothing, "It was not there before the run either."))
        }
        (_, _, Some(now)) if now.is_one_of_several => {
            Ok(left(Will::LeaveAlone, "Several records have its key now, and nobody can say which is meant."))
        }
        (Operation::Delete, Stood::Fields(_), Some(_)) => {
            Ok(left(Will::LeaveAlone, "Somebody has created the record again since."))
        }
        (Operation::Delete, Stood::Fields(before), None) => created_again(known, match_field, before),
        (_, Stood::Nothing, None) => Ok(left(Will::Nothing, "The record is gone already.")),
        (_, Stood::Fields(_), None) => {
            Ok(left(Will::LeaveAlone, "The record is not in the destination any more."))
        }
        (_, Stood::Nothing, Some(now)) => deleted(known, match_field, was, now),
        (_, Stood::Fields(before), Some(now)) => {
            put_back(known, match_field, was.payload, before, &now.fields)
        }
    }
}

fn created_again(known: &Known, match_field: &str, before: &str) -> Result<Judged> {
    let then = document(before.as_bytes())?;
    let had = members(&then).filter(|(name, value)| *name != match_field && value.text().is_some());
    let fields = had.filter(|(name, _)| known.is_writable(name)).map(|(name, value)| FieldUndo {
        name: name.to_owned(),
        now: None,
        then: Some(value.compact()),
        wrote: None,
        left_alone: None,
    });
    Ok(Judged { will: Will::CreateAgain, fields: fields.collect(), reason: None })
}

/// A record that the run made: unless its id says otherwise, or where no id is known its own times do, or somebody has
/// changed it since.
fn deleted(known: &Known, match_field: &str, was: &Was<'_>, found: &Found) -> Result<Judged> {
    let (wrote, now) = (document(was.payload)?, document(found.fields.as_bytes())?);
    let is_own = was.made.zip(found.id.as_deref()).map(|(made, id)| made == id);
    let (mut fields, mut because) = (Vec::new(), Because::default());
    for (name, wrote) in members(&wrote).filter(|(name, _)| *name != match_field) {
        let stands = now.get(name);
        let is_ours = stands.is_some_and(|now| may_be_shown_as(known.takes(name), wrote, now));
        let changed = (!is_ours).then(|| because.add(name, Why::of(stands)));
        let another = (is_own == Some(false)).then(|| ANOTHER.to_owned());
        fields.push(FieldUndo {
            name: name.to_owned(),
            now: stands.map(Json::compact),
            then: None,
            wrote: Some(wrote.compact()),
            left_alone: another.or(changed),
        });
    }
    let another = (is_own == Some(false)).then(|| ANOTHER.to_owned());
    let touched = found.made_at.zip(found.changed_at).map(|(made, changed)| changed - made > SETTLES);
    // Both of the destination's own times decide, whatever its clock shows: a record that was there was changed by the run.
    let is_older = is_own.is_none()
        && touched.unwrap_or(true)
        && found.made_at.is_some_and(|made| made < was.began - SKEW);
    let older = is_older.then(|| "The record was made before the run.".to_owned());
    let touched =
        touched.unwrap_or(false).then(|| "The record was changed since the run created it.".to_owned());
    Ok(match another.or(older).or(because.said()).or(touched) {
        Some(reason) => Judged { will: Will::LeaveAlone, fields, reason: Some(reason) },
        None => Judged { will: Will::Delete, fields, reason: None },
    })
}

fn put_back(known: &Known, match_field: &str, payload: &[u8], before: &str, now: &str) -> Result<Judged> {
    let (wrote, then, now) = (document(payload)?, document(before.as_bytes())?, document(now.as_bytes())?);
    let (mut fields, mut because, mut any) = (Vec::new(), Because::default(), false);
    for (name, wrote) in members(&wrote).filter(|(name, _)| *name != match_field) {
        let (takes, stands, stood) = (known.takes(name), now.get(name), then.get(name));
        let is_known = stands.is_some() && stood.is_some();
        let is_ours = stands.is_some_and(|now| may_be_shown_as(takes, wrote, now));
        let is_as_before = if is_ours { stands == stood } else { is_same(takes, stands, stood) };
        if is_known && is_as_before {
            continue;
        }
        let left_alone = match (is_ours, is_known) {
            (true, true) => {
                any = true;
                None
            }
            (true, false) => Some(because.add(name, Why::Unknown)),
            (false, _) => Some(because.add(name, Why::of(stands))),
        };
        fields.push(FieldUndo {
            name: name.to_owned(),
            now: stands.map(Json::compact),
            then: stood.map(Json::compact),
            wrote: Some(wrote.compact()),
            left_alone,
        });
    }
    if let Some(field) = respelled(known, match_field, &wrote, &then, &now) {
        fields.insert(0, field);
        any = true;
    }
    let reason = because.said();
    Ok(if any {
        Judged { will: Will::PutBack, fields, reason }
    } else if reason.is_some() {
        Judged { will: Will::LeaveAlone, fields, reason }
    } else {
        left(Will::Nothing, "It is as it was before the run.")
    })
}

/// The match value, where the run found its record by the same in other letters, and wrote its own.
fn respelled(known: &Known, match_field: &str, wrote: &Json, then: &Json, now: &Json) -> Option<FieldUndo> {
    let (wrote, stood, stands) = (wrote.get(match_field)?, then.get(match_field)?, now.get(match_field)?);
    let takes = known.takes(match_field);
    let folded = |value: &Json| value.text().map(|text| text.trim().to_lowercase());
    let is_same_record = folded(stood).is_some() && folded(stood) == folded(wrote);
    let is_undone = stands != stood && is_same_record && may_be_shown_as(takes, wrote, stands);
    is_undone.then(|| FieldUndo {
        name: match_field.to_owned(),
        now: Some(stands.compact()),
        then: Some(stood.compact()),
        wrote: Some(wrote.compact()),
        left_alone: None,
    })
}

/// Fields that are left alone, by why.
#[derive(Default)]
struct Because<'n> {
    /// Somebody has changed them.
    changed: Vec<&'n str>,
    /// The destination does not say what is in them: they are gone, or hidden.
    unread: Vec<&'n str>,
    /// It did not say so before the run.
    unknown: Vec<&'n str>,
}

/// Why one of them is.
#[derive(Clone, Copy)]
enum Why {
    Changed,
    Unread,
    Unknown,
}

impl Why {
    /// Of a field where this stands, which is not what was written.
    fn of(stands: Option<&Json>) -> Self {
        if stands.is_some() { Self::Changed } else { Self::Unread }
    }
}

impl<'n> Because<'n> {
    /// Adds a field, and says of it alone why it is left alone.
    fn add(&mut self, name: &'n str, why: Why) -> String {
        let (names, said) = match why {
            Why::Changed => (&mut self.changed, "It was changed since the run."),
            Why::Unread => (&mut self.unread, "It can not be read there now."),
            Why::Unknown => (&mut self.unknown, "It could not be read before the run."),
        };
        names.push(name);
        said.to_owned()
    }

    /// Says all of it; `None` where nothing is left alone.
    fn said(&self) -> Option<String> {
        let said = [
            sentence(&self.changed, "was changed since the run.", "were changed since the run."),
            sentence(&self.unread, "can not be read there now.", "can not be read there now."),
            sentence(&self.unknown, "could not be read before the run.", "could not be read before the run."),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        if said.is_empty() { None } else { Some(said.join(" ")) }
    }
}

fn sentence(names: &[&str], one: &str, several: &str) -> Option<String> {
    let verb = if names.len() == 1 { one } else { several };
    listed(names).map(|names| format!("{names} {verb}"))
}

/// Names in a sentence; `None` where there are none.
pub(super) fn listed(names: &[&str]) -> Option<String> {
    let names: Vec<_> = names.iter().map(|name| format!("“{name}”")).collect();
    match names.as_slice() {
        [] => None,
        [name] => Some(name.clone()),
        [rest @ .., last] => Some(format!("{} and {last}", rest.join(", "))),
    }
}

fn left(will: Will, reason: &str) -> Judged {
    Judged { will, fields: Vec::new(), reason: Some(reason.to_owned()) }
}

pub(in crate::run) fn members(document: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let entries = match document {
        Json::Object(entries) => entries.as_slice(),
        Json::List(_) | Json::Scalar(_) => &[],
    };
    entries.iter().map(|(name, value)| (name.as_str(), value))
}

pub(in crate::run) fn document(text: &[u8]) -> Result<Json> {
    std::str::from_utf8(text)
        .ok()
        .and_then(Json::parse)
        .ok_or_else(|| Error::new(ErrorKind::Damaged, "A stored record can not be read."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(operation: Operation, before: Option<&str>, now: Option<&str>) -> (Will, Vec<(String, bool)>) {
        let before = Stood::from(before.map(str::to_owned));
        let payload = br#"{"id":"k","name":"Bo","score":7}"#;
        let now = now.map(|fields| Found { fields: fields.to_owned(), ..Found::default() });
        let began = DateTime::UNIX_EPOCH;
        let was = Was { operation, payload, before: &before, now: now.as_ref(), made: None, began };
        let judged = judge(&Known::default(), "id", &was).unwrap();
        (
            judged.will,
            judged.fields.into_iter().map(|field| (field.name, field.left_alone.is_some())).collect(),
        )
    }

    fn field(name: &str, left_alone: bool) -> (String, bool) {
        (name.to_owned(), left_alone)
    }

    #[test]
    fn three_values_say_what_is_done() {
        let (before, written) = (r#"{"name":"Ana","score":1}"#, r#"{"name":"Bo","score":"7.0"}"#);
        let upsert = Operation::Upsert;
        assert_eq!(
            judged(upsert, Some(before), Some(written)),
            (Will::PutBack, vec![field("name", false), field("score", false)])
        );
        assert_eq!(
            judged(upsert, Some(before), Some(r#"{"name":"Cy","score":7}"#)),
            (Will::PutBack, vec![field("name", true), field("score", false)])
        );
        assert_eq!(
            judged(upsert, Some(before), Some(r#"{"name":"Cy","score":8}"#)),
            (Will::LeaveAlone, vec![field("name", true), field("score", true)])
        );
        assert_eq!(judged(upsert, Some(before), Some(before)).0, Will::Nothing);
        assert_eq!(judged(upsert, Some(before), None).0, Will::LeaveAlone);
        assert_eq!(judged(upsert, None, Some(written)).0, Will::Delete);
        assert_eq!(judged(upsert, None, Some(r#"{"name":"Bo","score":8}"#)).0, Will::LeaveAlone);
        assert_eq!(judged(upsert, None, None).0, Will::Nothing);
        assert_eq!(judged(Operation::Delete, Some(before), None).0, Will::CreateAgain);
        assert_eq!(judged(Operation::Delete, Some(before), Some(before)).0, Will::LeaveAlone);
        assert_eq!(judged(Operation::Delete, None, None).0, Will::Nothing);
        // A field that could not be read before is not put back to nothing, and one that can not be read now to anything.
        let half = r#"{"name":"Ana"}"#;
        assert_eq!(
            judged(upsert, Some(half), Some(written)).1,
            vec![field("name", false), field("score", true)]
        );
        assert_eq!(
            judged(upsert, Some(before), Some(r#"{"name":"Bo"}"#)),
            (Will::PutBack, vec![field("name", false), field("score", true)])
        );
        assert_eq!(
            judged(upsert, Some(r#"{"name":"Bo","score":null}"#), Some(r#"{"name":"Bo"}"#)).0,
            Will::LeaveAlone
        );
        assert_eq!(judged(upsert, None, Some(r#"{"name":"Bo"}"#)).0, Will::LeaveAlone);
    }

    #[test]
    fn a_record_is_deleted_only_where_its_times_say_that_it_is_the_runs_own() {
        let began = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let will = |made: i64, changed: Option<i64>| {
            let at = |seconds| Some(began + TimeDelta::seconds(seconds));
            let fields = r#"{"name":"Bo"}"#.to_owned();
            let changed_at = changed.and_then(at);
            let now = Found { fields, made_at: at(made), changed_at, ..Found::default() };
            let payload = br#"{"id":"k","name":"Bo"}"#;
            let was = Was {
                operation: Operation::Upsert,
                payload,
                before: &Stood::Nothing,
                now: Some(&now),
                made: None,
                began,
            };
            judge(&Known::default(), "id", &was).unwrap().will
        };
        assert_eq!(will(5, Some(6)), Will::Delete);
        assert_eq!(will(-18_000, Some(-18_000)), Will::Delete, "the clocks are not the same");
        assert_eq!(will(-18_000, Some(5)), Will::LeaveAlone, "it was there before, and the run changed it");
        assert_eq!(will(5, Some(500)), Will::LeaveAlone, "somebody changed it");
        assert_eq!(
            (will(-1_800, None), will(-7_200, None)),
            (Will::Delete, Will::LeaveAlone),
            "this clock alone"
        );
    }

    #[test]
    fn an_id_decides_whether_it_is_the_runs_own_and_the_times_only_whether_it_was_changed() {
        let began = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let judged = |made: Option<&str>, id: Option<&str>, times: Option<(i64, Option<i64>)>| {
            let at = |seconds| began + TimeDelta::seconds(seconds);
            let now = Found {
                fields: r#"{"name":"Bo"}"#.to_owned(),
                id: id.map(str::to_owned),
                made_at: times.map(|(made, _)| at(made)),
                changed_at: times.and_then(|(_, changed)| changed).map(at),
                ..Found::default()
            };
            let was = Was {
                operation: Operation::Upsert,
                payload: br#"{"id":"k","name":"Bo"}"#,
                before: &Stood::Nothing,
                now: Some(&now),
                made,
                began,
            };
            let judged = judge(&Known::default(), "id", &was).unwrap();
            (judged.will, judged.reason, judged.fields[0].left_alone.is_some())
        };
        let delete = (Will::Delete, None, false);
        let alone = |reason: &str, field: bool| (Will::LeaveAlone, Some(reason.to_owned()), field);
        let (long_ago, another) = (Some((-7_200, None)), "It is another record than the run created.");
        assert_eq!(judged(Some("7"), Some("7"), None), delete);
        assert_eq!(judged(Some("7"), Some("7"), long_ago), delete, "its clock does not matter");
        assert_eq!(judged(Some("7"), Some("8"), None), alone(another, true));
        assert_eq!(judged(Some("7"), Some("8"), Some((5, Some(6)))), alone(another, true));
        let changed = "The record was changed since the run created it.";
        assert_eq!(judged(Some("7"), Some("7"), Some((5, Some(500)))), alone(changed, false));
        for (made, id) in [(None, Some("7")), (Some("7"), None), (None, None)] {
            assert_eq!(judged(made, id, None), delete);
            assert_eq!(judged(made, id, long_ago), alone("The record was made before the run.", false));
        }
    }

    #[test]
    fn what_is_not_kept_is_left_alone() {
        let now = Found { fields: "{}".to_owned(), ..Found::default() };
        let began = DateTime::UNIX_EPOCH;
        let was = Was {
            operation: Operation::Upsert,
            payload: b"{}",
            before: &Stood::Unknown,
            now: Some(&now),
            made: None,
            began,
        };
        assert_eq!(judge(&Known::default(), "id", &was).unwrap().will, Will::LeaveAlone);
    }
}
