//! A batch as HubSpot's batch requests carry it: one action a request, all values as text, an id for every record.

use std::collections::{BTreeMap, HashMap};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use sluice_engine::destination::{Batch, IN_KEYCHAIN, Limits, Outcome, Request};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::record::{Operation, Record};
use sluice_engine::sync::Shape;

use super::client::{Api, Area};
use super::error::no_property;
use super::properties::{Definitions, RECORD_ID};
use super::values::{canonical, plain, text};

/// What an input holds beside its properties: match value, trace id and their names.
const ENVELOPE_BYTES: usize = 512;

/// A hundred records a request (developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide). HubSpot
/// names no size in bytes; these are far below what its servers take. So many batches at once fill the limit of requests
/// where answers take half a second; how fast they go out is the window's matter.
pub(in crate::destinations) const LIMITS: Limits = Limits {
    records: 100,
    bytes: 2 << 20,
    record_bytes: 512 << 10,
    envelope_bytes: ENVELOPE_BYTES,
    in_flight: 10,
};

/// What one request does with all its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Upsert,
    Update,
    Create,
    Archive,
}

impl Action {
    fn of(operation: Operation) -> Self {
        match operation {
            Operation::Upsert => Self::Upsert,
            Operation::Update | Operation::Clear => Self::Update,
            Operation::Create => Self::Create,
            Operation::Delete => Self::Archive,
        }
    }

    /// Its name in the path.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Update => "update",
            Self::Create => "create",
            Self::Archive => "archive",
        }
    }
}

/// Where a batch goes, and by which property its records are found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) object: &'a str,
    pub(super) match_field: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(shape: &'a Shape) -> Result<Self> {
        match shape {
            Shape::Record { object, match_field } => Ok(Self { object, match_field }),
            Shape::Identify | Shape::Track(_) => Err(Error::new(
                ErrorKind::BadMapping,
                "HubSpot takes records of an object, and no identify or track events.",
            )),
        }
    }

    /// The property for `idProperty`; none where records go by HubSpot's own number.
    pub(super) fn id_property(self) -> Option<&'a str> {
        (self.match_field != RECORD_ID).then_some(self.match_field)
    }
}

/// One record of a request.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its place in the batch.
    pub(super) place: usize,
    pub(super) operation: Operation,
    /// Its match value.
    pub(super) id: String,
    /// What HubSpot answers for it by.
    pub(super) trace: String,
    properties: Vec<(String, String)>,
}

impl Entry {
    /// The same record, found by another match value.
    pub(super) fn known_as(&self, id: &str) -> Self {
        Self { id: id.to_owned(), trace: self.trace.clone(), properties: Vec::new(), ..*self }
    }
}

/// A batch made ready: what one request carries, and what is known of the others already.
#[derive(Debug)]
pub(super) struct Ready<'a> {
    pub(super) to: Place<'a>,
    pub(super) action: Action,
    pub(super) entries: Vec<Entry>,
    /// One outcome per record of the batch; none for those in `entries`.
    pub(super) known: Vec<Option<Outcome>>,
}

impl Ready<'_> {
    /// Places in the batch of records that the request does not carry.
    pub(super) fn left_out(&self) -> Vec<usize> {
        (0..self.known.len()).filter(|place| self.known[*place].is_some()).collect()
    }
}

/// Makes a batch ready; of records with the same match value the last is sent. The error is for all its records.
pub(super) fn ready<'a>(batch: &Batch<'a>, definitions: Option<&Definitions>) -> Result<Ready<'a>> {
    let to = Place::of(batch.shape)?;
    let action = batch.records.first().map_or(Action::Upsert, |record| Action::of(record.operation));
    if to.id_property().is_none() && matches!(action, Action::Upsert | Action::Create) {
        let message = "HubSpot gives a new record its number by itself, so none can be created by it.";
        return Err(Error::new(ErrorKind::BadMapping, message)
            .with_hint("Match by a unique property, or only update records that exist."));
    }
    let mut ready = Ready { to, action, entries: Vec::new(), known: Vec::with_capacity(batch.records.len()) };
    let mut last = HashMap::new();
    for (place, record) in batch.records.iter().enumerate() {
        if Action::of(record.operation) != action {
            ready.known.push(Some(Outcome::Again(in_the_next())));
            continue;
        }
        let known = match entry(to, place, record, definitions)? {
            Ok(entry) => {
                if let Some(earlier) = last.insert(entry.id.clone(), place) {
                    ready.known[earlier] = Some(Outcome::Rejected(twice(to.match_field)));
                }
                ready.entries.push(entry);
                None
            }
            Err(reason) => Some(Outcome::Rejected(Error::new(ErrorKind::RecordRejected, reason))),
        };
        ready.known.push(known);
    }
    let Ready { entries, known, .. } = &mut ready;
    entries.retain(|entry| known[entry.place].is_none());
    Ok(ready)
}

/// One record, or why HubSpot would refuse it. The outer error is for the mapping, and so for all records.
fn entry(
    to: Place<'_>,
    place: usize,
    record: &Record<'_>,
    definitions: Option<&Definitions>,
) -> Result<Result<Entry, String>> {
    let Ok(members) = serde_json::from_slice::<BTreeMap<String, &RawValue>>(record.payload) else {
        return Ok(Err("The record is not a JSON object.".to_owned()));
    };
    let id = members.get(to.match_field).map(|raw| canonical(&plain(raw), to.match_field));
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        return Ok(Err(format!("“{}” is empty, so no record can be found by it.", to.match_field)));
    };
    let mut properties = Vec::with_capacity(members.len());
    let mut reasons = Vec::new();
    for (name, raw) in members.into_iter().filter(|(name, _)| goes_out(name, to, record.operation)) {
        match value(&name, raw, definitions)? {
            Ok(text) => properties.push((name, text)),
            Err(reason) => reasons.push(reason),
        }
    }
    if !reasons.is_empty() {
        return Ok(Err(reasons.join(" ")));
    }
    let trace = trace(place, record);
    Ok(Ok(Entry { place, operation: record.operation, id, trace, properties }))
}

/// Whether a member of the payload is written. The match value is repeated among the properties, as HubSpot wants it
/// for a record it creates; its own number can not be written.
fn goes_out(name: &str, to: Place<'_>, operation: Operation) -> bool {
    match operation {
        Operation::Delete => false,
        Operation::Clear => name != to.match_field,
        Operation::Upsert | Operation::Update | Operation::Create => {
            name != to.match_field || to.id_property().is_some()
        }
    }
}

fn value(name: &str, raw: &RawValue, definitions: Option<&Definitions>) -> Result<Result<String, String>> {
    let Some(definitions) = definitions else { return Ok(Ok(plain(raw))) };
    let property = definitions.get(name).ok_or_else(|| no_property(&[name.to_owned()]))?;
    if !property.is_writable() {
        let message = format!("HubSpot lets nobody write “{}” ({name}).", property.shown());
        return Err(Error::new(ErrorKind::BadMapping, message)
            .with_hint("Take the property out of the mapping, or map the column to another one."));
    }
    Ok(text(raw, property))
}

/// The id of a record in HubSpot's answer: that of the change, and its place in the request.
fn trace(place: usize, record: &Record<'_>) -> String {
    format!("{}.{place}", record.message_id)
}

/// The place in the request that a trace id names.
pub(super) fn traced_place(trace: &str) -> Option<usize> {
    trace.rsplit_once('.')?.1.parse().ok()
}

fn in_the_next() -> Error {
    Error::new(
        ErrorKind::Interrupted,
        "HubSpot takes writes of one kind in a request; this record goes with the next one.",
    )
    .with_hint("Nothing to do: it goes out in this run.")
}

fn twice(match_field: &str) -> Error {
    let message = format!("A later row of this sync has the same “{match_field}”: that one was sent.");
    Error::new(ErrorKind::DuplicateKey, message)
        .with_safe("This row was not sent; the other one was.")
        .with_hint("Two rows lead to one record in HubSpot: make the match value unique, or choose another.")
}

/// The body of a request to create, update or upsert.
pub(super) fn body(ready: &Ready<'_>) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Inputs<'a> {
        inputs: Vec<Input<'a>>,
    }
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Input<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        id_property: Option<&'a str>,
        object_write_trace_id: &'a str,
        properties: Pairs<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        associations: Option<[(); 0]>,
    }
    let creates = ready.action == Action::Create;
    let inputs = ready.entries.iter().map(|entry| Input {
        id: (!creates).then_some(entry.id.as_str()),
        id_property: ready.to.id_property().filter(|_| !creates),
        object_write_trace_id: &entry.trace,
        properties: Pairs(&entry.properties),
        associations: creates.then_some([]),
    });
    // Text in lists and maps: nothing in it can fail.
    serde_json::to_vec(&Inputs { inputs: inputs.collect() }).unwrap_or_default()
}

struct Pairs<'a>(&'a [(String, String)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A batch's request, to be written by hand. Values are as JSON has them: the properties' types are not known here.
pub(super) fn by_hand(settings: &BTreeMap<String, String>, batch: &Batch<'_>) -> Result<Request> {
    let setting = |key| settings.get(key).map(String::as_str);
    let api = Api::new(setting("url"), setting("api_version"))?;
    let ready = ready(batch, None)?;
    Ok(Request {
        method: "POST",
        url: api.url(Area::Objects, &[ready.to.object, "batch", ready.action.name()]).into(),
        secret_is_user: false,
        headers: vec![
            ("Authorization".to_owned(), format!("Bearer {IN_KEYCHAIN}")),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ],
        body: body(&ready),
    })
}
