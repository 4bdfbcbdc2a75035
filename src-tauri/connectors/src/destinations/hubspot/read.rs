//! Records as they are in HubSpot now, by the property they are matched by.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sluice_engine::destination::{Found, ReadByKey};
use sluice_engine::error::{Error, ErrorKind, Result};

use super::answer::{Batched, Named};
use super::client::{Area, HubSpot};
use super::error::{self, Said};
use super::properties::{Definitions, definitions};
use super::request::{LIMITS, Place};
use super::values::canonical;
use super::window::Turn;
use crate::http::Answered;

/// A contact's other addresses, which it is found by too.
const OTHER_ADDRESSES: &str = "hs_additional_emails";

/// What a look for one match value came to.
#[derive(Debug)]
pub(super) enum Look {
    /// The record.
    There(Named),
    /// HubSpot says that there is none.
    Missing,
    /// The answer does not speak of it.
    Unnamed,
}

/// Looks for the records with these match values, at most a hundred, and answers for each in order.
pub(super) async fn look(
    hub: &HubSpot,
    to: Place<'_>,
    ids: &[&str],
    properties: &[&str],
    turn: Turn,
) -> Result<Vec<Look>> {
    let url = hub.url(Area::Objects, &[to.object, "batch", "read"]);
    let answered = hub.post(url, body(to, ids, properties), turn).await;
    let answered = answered.map_err(|failure| failure.error().clone())?;
    let is_missing = |said: &Said| said.is("OBJECT_NOT_FOUND");
    if answered.status == 404 && serde_json::from_str(&answered.body).is_ok_and(|said| is_missing(&said)) {
        return Ok(ids.iter().map(|_| Look::Missing).collect());
    }
    let batched = batched(&answered)?;
    let mut looks = HashMap::new();
    for said in batched.errors.iter().flatten().filter(|said| is_missing(said)) {
        for id in said.named("ids") {
            looks.insert(canonical(&id, to.match_field), Look::Missing);
        }
    }
    for named in batched.results.into_iter().flatten() {
        for id in found_by(&named, to, ids) {
            looks.insert(id, Look::There(named.clone()));
        }
    }
    if looks.is_empty() && !ids.is_empty() {
        return Err(Error::new(
            ErrorKind::BadAnswer,
            "HubSpot's answer names none of the records asked for.",
        ));
    }
    let taken = ids.iter().map(|id| looks.remove(&canonical(id, to.match_field)).unwrap_or(Look::Unnamed));
    Ok(taken.collect())
}

fn body(to: Place<'_>, ids: &[&str], properties: &[&str]) -> Vec<u8> {
    let inputs: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    let mut wanted = properties.to_vec();
    if to.match_field == "email" {
        wanted.push(OTHER_ADDRESSES);
    }
    wanted.extend(to.id_property());
    wanted.sort_unstable();
    wanted.dedup();
    let mut body = json!({ "inputs": inputs, "properties": wanted, "propertiesWithHistory": [] });
    if let Some(property) = to.id_property() {
        body["idProperty"] = json!(property);
    }
    body.to_string().into_bytes()
}

fn batched(answered: &Answered) -> Result<Batched> {
    error::read(answered)
}

/// The match values among `ids` that a record was found by: its own, and a contact's other addresses.
fn found_by(named: &Named, to: Place<'_>, ids: &[&str]) -> Vec<String> {
    let mut values: Vec<_> = named.value(to.match_field).into_iter().collect();
    if to.match_field == "email" {
        let others =
            named.properties.as_ref().and_then(|properties| properties.get(OTHER_ADDRESSES)?.as_str());
        values.extend(
            others.into_iter().flat_map(|all| all.split(';')).map(|one| canonical(one, to.match_field)),
        );
    }
    values.retain(|value| ids.iter().any(|id| canonical(id, to.match_field) == *value));
    values
}

/// The records with these match values, a hundred a request. A property without a value is null; one that the object
/// does not have is left out.
pub(super) async fn read_by_key(hub: &HubSpot, read: &ReadByKey<'_>) -> Result<Vec<Option<Found>>> {
    let to = Place { object: read.object, match_field: read.match_field };
    let definitions = definitions(hub, read.object).await?;
    let known: Vec<&str> =
        read.fields.iter().map(String::as_str).filter(|name| definitions.get(name).is_some()).collect();
    let mut found = Vec::with_capacity(read.values.len());
    for values in read.values.chunks(LIMITS.records) {
        let mut ids: Vec<_> = values.iter().map(|value| canonical(value, to.match_field)).collect();
        ids.sort();
        ids.dedup();
        ids.retain(|id| !id.is_empty());
        let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
        let looks =
            if asked.is_empty() { Vec::new() } else { look(hub, to, &asked, &known, Turn::Alone).await? };
        let looks: HashMap<_, _> = asked.into_iter().zip(looks).collect();
        found.extend(values.iter().map(|value| match looks.get(canonical(value, to.match_field).as_str()) {
            Some(Look::There(named)) => Some(shown(named, &known, &definitions)),
            Some(Look::Missing | Look::Unnamed) | None => None,
        }));
    }
    Ok(found)
}

fn shown(named: &Named, wanted: &[&str], definitions: &Definitions) -> Found {
    let none = Map::new();
    let properties = named.properties.as_ref().unwrap_or(&none);
    let member = |name: &&str| {
        let text = properties.get(*name).and_then(Value::as_str).unwrap_or_default();
        let holds = definitions.get(name).map_or("", |property| property.holds.as_str());
        format!("{}:{}", Value::String((*name).to_owned()), as_json(text, holds))
    };
    let members: Vec<_> = wanted.iter().map(member).collect();
    Found {
        fields: format!("{{{}}}", members.join(",")),
        id: named.id.clone(),
        made_at: named.created_at,
        changed_at: named.updated_at,
        ..Found::default()
    }
}

/// A value in the form in which a row has it: numbers and booleans as such.
fn as_json(text: &str, holds: &str) -> String {
    let is_bare = match holds {
        "number" => serde_json::from_str::<&RawValue>(text).is_ok() && text.parse::<f64>().is_ok(),
        "bool" => matches!(text, "true" | "false"),
        _ => false,
    };
    match text {
        "" => "null".to_owned(),
        bare if is_bare => bare.to_owned(),
        text => Value::String(text.to_owned()).to_string(),
    }
}
