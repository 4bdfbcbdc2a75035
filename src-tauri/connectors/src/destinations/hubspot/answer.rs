//! What a batch's answer says of each record. Nothing counts as delivered that it does not name.
//!
//! Form: developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/batch/upsert-contacts, and “Multi-status
//! errors” of developers.hubspot.com/docs/api-reference/error-handling.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sluice_engine::destination::{Answer, Outcome};
use sluice_engine::error::{Error, ErrorKind};
use sluice_engine::record::Operation;

use super::error::{Said, exists, short};
use super::properties::RECORD_ID;
use super::request::{Action, Entry, Place, Ready, traced_place};
use super::values::canonical;

/// The answer to a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Batched {
    pub(super) results: Option<Vec<Named>>,
    pub(super) errors: Option<Vec<Said>>,
}

/// A record that was written or read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Named {
    pub(super) id: Option<String>,
    /// Of a record that was upserted: it was not there before.
    new: Option<bool>,
    pub(super) properties: Option<Map<String, Value>>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    object_write_trace_id: Option<String>,
}

impl Named {
    /// Its value of `property`, in the form in which match values are compared.
    pub(super) fn value(&self, property: &str) -> Option<String> {
        if property == RECORD_ID {
            return self.id.clone();
        }
        let value = self.properties.as_ref()?.get(property)?.as_str()?;
        Some(canonical(value, property))
    }
}

/// The entries of a request, to be found by what an answer names.
struct Names<'a> {
    by_trace: HashMap<&'a str, usize>,
    by_id: HashMap<&'a str, usize>,
    to: Place<'a>,
}

impl<'a> Names<'a> {
    fn of(ready: &'a Ready<'a>) -> Self {
        let entries = || ready.entries.iter().enumerate();
        Self {
            by_trace: entries().map(|(index, entry)| (entry.trace.as_str(), index)).collect(),
            by_id: entries().map(|(index, entry)| (entry.id.as_str(), index)).collect(),
            to: ready.to,
        }
    }

    /// The entry that was written. A trace id that is not of this request names none.
    fn written(&self, named: &Named) -> Option<usize> {
        match &named.object_write_trace_id {
            Some(trace) => self.by_trace.get(trace.as_str()).copied(),
            None => self.by_id.get(named.value(self.to.match_field)?.as_str()).copied(),
        }
    }

    /// The entries an error is about.
    fn refused(&self, said: &Said) -> Vec<usize> {
        let traces = said.named("objectWriteTraceId");
        let mut found: Vec<_> =
            traces.iter().filter_map(|trace| self.by_trace.get(trace.as_str()).copied()).collect();
        if traces.is_empty() {
            let mut ids = said.named("ids");
            ids.extend(said.named("id"));
            ids.extend(said.id.as_ref().and_then(Value::as_str).map(ToOwned::to_owned));
            let known = |id: &String| self.by_id.get(canonical(id, self.to.match_field).as_str()).copied();
            found.extend(ids.iter().filter_map(known));
        }
        found
    }
}

/// What is known of each entry after an answer; none for those it does not name.
pub(super) fn outcomes(ready: &Ready<'_>, batched: &Batched) -> Vec<Option<Outcome>> {
    let names = Names::of(ready);
    let mut outcomes = vec![None; ready.entries.len()];
    for named in batched.results.iter().flatten() {
        if let Some(index) = names.written(named) {
            outcomes[index] = Some(Outcome::Delivered);
        }
    }
    // Whoever is named by both was refused.
    for said in batched.errors.iter().flatten() {
        for index in names.refused(said) {
            outcomes[index] = Some(verdict(said, ready.action, &ready.entries[index]));
        }
    }
    // One record and one error that names nobody: it can be about no other.
    if let ([None], [entry], Some([said])) =
        (outcomes.as_slice(), ready.entries.as_slice(), batched.errors.as_deref())
        && names_nobody(said)
    {
        return vec![Some(verdict(said, ready.action, entry))];
    }
    outcomes
}

/// HubSpot's ids of the records that a request created, by place in the batch: an upsert says which ones are new, and
/// all that a creation names are.
pub(super) fn made(ready: &Ready<'_>, batched: &Batched) -> BTreeMap<usize, String> {
    let names = Names::of(ready);
    let is_new = |named: &&Named| match ready.action {
        Action::Create => true,
        Action::Upsert => named.new == Some(true),
        Action::Update | Action::Archive => false,
    };
    let new = batched.results.iter().flatten().filter(is_new);
    new.filter_map(|named| Some((ready.entries[names.written(named)?].place, named.id.clone()?))).collect()
}

fn names_nobody(said: &Said) -> bool {
    said.message.is_some() && ["objectWriteTraceId", "ids", "id"].iter().all(|key| said.named(key).is_empty())
}

/// The records that a refused request names as its cause: they are out, and the others go again without them.
pub(super) fn blamed(ready: &Ready<'_>, body: &str) -> Option<Vec<Option<Outcome>>> {
    let said: Said = serde_json::from_str(body).ok()?;
    let blamed = Names::of(ready).refused(&said);
    if blamed.is_empty() || ready.entries.len() < 2 {
        return None;
    }
    let again = Error::new(
        ErrorKind::RequestRefused,
        "HubSpot refused the request because of other records; this one goes again without them.",
    );
    let mut outcomes = vec![Some(Outcome::Again(again)); ready.entries.len()];
    for index in blamed {
        outcomes[index] = Some(verdict(&said, ready.action, &ready.entries[index]));
    }
    Some(outcomes)
}

/// What an error means for one record.
fn verdict(said: &Said, action: Action, entry: &Entry) -> Outcome {
    let category = said.category.as_deref().unwrap_or_default();
    match category {
        "OBJECT_NOT_FOUND" if is_removal(entry.operation) => Outcome::Delivered,
        "OBJECT_NOT_FOUND" if action == Action::Update => Outcome::Rejected(nothing_to_update()),
        "CONFLICT" if action == Action::Create => Outcome::Rejected(exists(&reason(said))),
        "RATE_LIMITS" | "RATE_LIMIT" | "INTERNAL_ERROR" | "TIMEOUT" | "LOCKED" => {
            let message = format!("HubSpot could not take this record now: {}.", reason(said));
            let kind = if category == "LOCKED" { ErrorKind::RecordLocked } else { ErrorKind::ServerFailed };
            Outcome::Again(Error::new(kind, message))
        }
        _ => Outcome::Rejected(refused(said)),
    }
}

fn refused(said: &Said) -> Error {
    let message = format!("HubSpot refused it: {}.", reason(said));
    match advice(said) {
        Some((kind, advice)) => Error::new(kind, message).with_hint(advice),
        None => Error::new(ErrorKind::RecordRejected, message),
    }
}

/// The error for a record that HubSpot refused for good with this part of its answer; `exists` where it was to be created
/// and is there.
pub(in crate::destinations) fn rejected(said: &Value, is_there: bool) -> Error {
    let said = Said::deserialize(said).unwrap_or_default();
    if is_there { exists(&reason(&said)) } else { refused(&said) }
}

/// Clearing or deleting what is not there is done already.
pub(super) fn is_removal(operation: Operation) -> bool {
    matches!(operation, Operation::Clear | Operation::Delete)
}

/// The record that was only to be updated is not there.
pub(super) fn nothing_to_update() -> Error {
    Error::new(ErrorKind::NothingToUpdate, "HubSpot has no record with this match value to update.")
        .with_hint("Create the record in HubSpot, or choose a mode that creates.")
}

/// HubSpot's own reasons: the error's, and those of its parts that say more.
fn reason(said: &Said) -> String {
    let message = said.message.as_deref().unwrap_or("no reason given");
    let (message, parts) = match message.split_once(": [{") {
        // A list of refused values, as JSON in a sentence.
        Some((start, rest)) => (start, listed_reasons(&format!("[{{{rest}"))),
        None => (message, Vec::new()),
    };
    let mut reasons = vec![message.to_owned()];
    let more = said.details().filter_map(|detail| detail.message.clone()).chain(parts);
    for one in more {
        if !reasons.contains(&one) {
            reasons.push(one);
        }
    }
    format!("“{}”", short(&reasons.join(": ")))
}

fn listed_reasons(json: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Refused {
        message: Option<String>,
    }
    let refused: Vec<Refused> = serde_json::from_str(json).unwrap_or_default();
    refused.into_iter().filter_map(|one| one.message).collect()
}

/// What it is and what to do, by HubSpot's codes.
fn advice(said: &Said) -> Option<(ErrorKind, &'static str)> {
    use ErrorKind as Kind;
    let codes: Vec<_> = said.details().filter_map(|detail| detail.code.as_deref()).collect();
    let message = said.message.as_deref().unwrap_or_default();
    let advice = [
        ("INVALID_EMAIL", Kind::RecordRejected, "Correct the e-mail address."),
        (
            "INVALID_OPTION",
            Kind::NotInList,
            "Send one of the property's options by its internal name, or add the option in HubSpot.",
        ),
        ("INVALID_INTEGER", Kind::RecordRejected, "Send a number without anything around it."),
        ("INVALID_LONG", Kind::RecordRejected, "Send a number without anything around it."),
        ("INVALID_DATE", Kind::RecordRejected, "Send a day, or a date and time."),
        (
            "READ_ONLY_VALUE",
            Kind::FieldGuarded,
            "Take this property out of the mapping: HubSpot lets nobody write it.",
        ),
        (
            "CONFLICTING_UNIQUE_VALUE",
            Kind::ValueTaken,
            "Another record has this unique value: correct one of the two.",
        ),
        ("REQUIRED_FIELD", Kind::RequiredMissing, "Map a column to this property: HubSpot needs it."),
        ("MISSING_REQUIRED", Kind::RequiredMissing, "Map a column to this property: HubSpot needs it."),
    ];
    let found = advice.iter().find(|(code, ..)| codes.contains(code) || message.contains(code));
    found.map(|(_, kind, hint)| (*kind, *hint))
}

/// The answer for the whole batch: what is known of each record, and the rest again.
pub(super) fn whole(ready: &Ready<'_>, outcomes: Vec<Option<Outcome>>) -> Answer {
    if !outcomes.is_empty() && outcomes.iter().all(Option::is_none) {
        return Answer::Unknown(Error::new(
            ErrorKind::BadAnswer,
            "HubSpot's answer names none of the records.",
        ));
    }
    let mut whole = ready.known.clone();
    for (entry, outcome) in ready.entries.iter().zip(outcomes) {
        whole[entry.place] = outcome;
    }
    let named = whole.into_iter().map(|outcome| outcome.unwrap_or_else(|| Outcome::Again(unnamed())));
    Answer::Records(named.collect())
}

fn unnamed() -> Error {
    Error::new(ErrorKind::BadAnswer, "HubSpot's answer names this record neither as written nor as refused.")
}

/// The part of an answer that speaks of the record at `place` of `of`.
pub(super) fn own(answer: &str, place: usize, of: usize) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(bound(deserialize = "'de: 'a"))]
    struct Parts<'a> {
        #[serde(borrow, default)]
        results: Vec<&'a RawValue>,
        #[serde(borrow, default)]
        errors: Vec<&'a RawValue>,
    }
    let parts: Parts<'_> = serde_json::from_str(answer).ok().filter(|_| place < of)?;
    let is_own = |trace: &String| traced_place(trace) == Some(place);
    let refused = parts.errors.iter().find(|part| {
        serde_json::from_str::<Said>(part.get())
            .is_ok_and(|said| said.named("objectWriteTraceId").iter().any(is_own))
    });
    let written = || {
        parts.results.iter().find(|part| {
            serde_json::from_str::<Named>(part.get())
                .is_ok_and(|named| named.object_write_trace_id.as_ref().is_some_and(is_own))
        })
    };
    refused.or_else(written).map(|part| part.get().to_owned())
}
