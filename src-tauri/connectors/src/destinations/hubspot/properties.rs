//! Objects and their properties, as the account has them now.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use serde::Deserialize;
use sluice_engine::destination::{Object, ObjectField, Takes};
use sluice_engine::error::{Error, ErrorKind, Result};

use super::client::{Area, HubSpot};
use super::error;
use super::values::LONGEST;

/// The objects every account has, and what people call them.
pub(super) const STANDARD: [(&str, &str); 3] =
    [("contacts", "Contacts"), ("companies", "Companies"), ("deals", "Deals")];

/// HubSpot's own number of a record. Records can be updated and deleted by it, and not created.
pub(super) const RECORD_ID: &str = "hs_object_id";

/// How long properties are believed; after that they are read again before the next request.
const FRESH_MINUTES: i64 = 10;

/// The properties of one object.
pub(super) struct Definitions {
    by_name: HashMap<String, Property>,
    seen: DateTime<Utc>,
}

impl Definitions {
    /// The property of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Property> {
        self.by_name.get(name)
    }

    /// Refuses a property by which HubSpot does not find records of `object`.
    pub(super) fn check_match(&self, object: &str, name: &str) -> Result<()> {
        let property = self.get(name).ok_or_else(|| error::no_property(&[name.to_owned()]))?;
        if property.is_matchable(object) {
            return Ok(());
        }
        let known = self.by_name.values().filter(|one| one.is_matchable(object)).map(|one| one.name.as_str());
        let mut known: Vec<_> = known.collect();
        known.sort_unstable();
        let message =
            format!("HubSpot finds no records by “{}” ({name}): it is not unique.", property.shown());
        Err(Error::new(ErrorKind::MissingObject, message).with_hint(format!(
            "Match by one of: {}; or make a property in HubSpot that requires unique values.",
            known.join(", ")
        )))
    }
}

/// A property as HubSpot describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Property {
    pub(super) name: String,
    #[serde(default)]
    pub(super) label: String,
    #[serde(rename = "type")]
    pub(super) holds: String,
    #[serde(default)]
    pub(super) field_type: String,
    #[serde(default)]
    pub(super) options: Vec<PropertyOption>,
    has_unique_value: Option<bool>,
    hidden: Option<bool>,
    calculated: Option<bool>,
    hubspot_defined: Option<bool>,
    archived: Option<bool>,
    /// Its options are kept elsewhere, such as the account's users.
    pub(super) external_options: Option<bool>,
    modification_metadata: Option<Modification>,
}

/// One value of a property that takes some values only.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct PropertyOption {
    #[serde(default)]
    pub(super) label: String,
    pub(super) value: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Modification {
    read_only_value: Option<bool>,
}

impl Property {
    /// HubSpot lets it be written.
    pub(super) fn is_writable(&self) -> bool {
        let read_only = self.modification_metadata.as_ref().and_then(|meta| meta.read_only_value);
        read_only != Some(true) && self.calculated != Some(true)
    }

    /// It takes several options at once.
    pub(super) fn takes_several(&self) -> bool {
        self.holds == "enumeration" && self.field_type == "checkbox"
    }

    /// What people read; its name where it has no label.
    pub(super) fn shown(&self) -> &str {
        if self.label.is_empty() { &self.name } else { &self.label }
    }

    fn is_matchable(&self, object: &str) -> bool {
        let is_email = self.name == "email" && matches!(object, "contacts" | "contact" | "0-1");
        self.has_unique_value == Some(true) || is_email || self.name == RECORD_ID
    }

    fn described(&self, object: &str, required: &[String]) -> ObjectField {
        let kind = if self.takes_several() { "enumeration (checkbox)" } else { &self.holds };
        ObjectField {
            name: self.name.clone(),
            label: self.shown().to_owned(),
            field_type: kind.to_owned(),
            required: required.contains(&self.name),
            writable: self.is_writable(),
            matchable: self.is_matchable(object),
            options: self.options.iter().map(|option| option.value.clone()).collect(),
            custom: self.hubspot_defined != Some(true),
            takes: self.takes(),
        }
    }

    fn takes(&self) -> Takes {
        match self.holds.as_str() {
            "enumeration" if self.takes_several() => Takes::SomeOf,
            "enumeration" if !self.options.is_empty() => Takes::OneOf,
            "number" => Takes::Number { decimals: None },
            "bool" => Takes::Boolean,
            "date" => Takes::Date { converts: true },
            "datetime" => Takes::Moment { converts: true },
            "string" if self.name == "email" => Takes::Email,
            "string" => Takes::Text { longest: Some(LONGEST) },
            _ => Takes::Anything,
        }
    }

    /// Whether people can choose it: what can be written, and what records can be found by.
    fn is_offered(&self, object: &str) -> bool {
        let useful = self.is_writable() && self.hidden != Some(true);
        self.archived != Some(true) && (useful || self.is_matchable(object))
    }
}

#[derive(Deserialize)]
struct Listed<T> {
    results: Vec<T>,
}

/// An object's description.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    fully_qualified_name: String,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    required_properties: Vec<String>,
    #[serde(default)]
    properties: Vec<Property>,
    archived: Option<bool>,
}

#[derive(Default, Deserialize)]
struct Labels {
    plural: Option<String>,
    singular: Option<String>,
}

/// The properties of `object`, read when they are not known or not fresh.
pub(super) async fn definitions(hub: &HubSpot, object: &str) -> Result<Arc<Definitions>> {
    let mut kept = hub.definitions.lock().await;
    let now = hub.clock.now();
    if let Some(known) = kept.get(object)
        && (now - known.seen).abs() < TimeDelta::minutes(FRESH_MINUTES)
    {
        return Ok(Arc::clone(known));
    }
    let by_name = list(hub, object).await?.into_iter().map(|one| (one.name.clone(), one)).collect();
    let seen = Arc::new(Definitions { by_name, seen: now });
    kept.insert(object.to_owned(), Arc::clone(&seen));
    Ok(seen)
}

/// Asks for the properties of `object`.
pub(super) async fn list(hub: &HubSpot, object: &str) -> Result<Vec<Property>> {
    if object.is_empty() {
        return Err(Error::new(ErrorKind::BadMapping, "The sync names no object of HubSpot."));
    }
    let answered = hub.get(hub.url(Area::Properties, &[object])).await;
    let answered = answered.map_err(|failure| failure.error().clone())?;
    let Listed { results } = error::read::<Listed<Property>>(&answered)?;
    Ok(results)
}

/// Everything that can be written to: the standard objects the key may see, then the account's own.
pub(super) async fn objects(hub: &HubSpot) -> Result<Vec<Object>> {
    let standard = join_all(STANDARD.map(|(name, label)| standard(hub, name, label)));
    let (standard, own) = tokio::join!(standard, own_objects(hub));
    let mut objects = Vec::new();
    let mut forbidden = None;
    for object in standard {
        match object {
            Ok(object) => objects.push(object),
            Err(error) if error::is_forbidden(&error) => forbidden = Some(error),
            Err(error) => return Err(error),
        }
    }
    match own {
        Ok(own) => objects.extend(own),
        // Accounts without custom objects refuse the question.
        Err(error) if error::is_forbidden(&error) => {}
        Err(error) => return Err(error),
    }
    match forbidden {
        Some(error) if objects.is_empty() => Err(error),
        Some(_) | None => Ok(objects),
    }
}

async fn standard(hub: &HubSpot, name: &str, label: &str) -> Result<Object> {
    let (properties, required) = tokio::join!(list(hub, name), required(hub, name));
    Ok(described(name, label, &properties?, &required))
}

/// The properties a new record needs, where the key may see them.
async fn required(hub: &HubSpot, object: &str) -> Vec<String> {
    match hub.get(hub.url(Area::Schemas, &[object])).await {
        Ok(answered) => error::read::<Schema>(&answered).map(|schema| schema.required_properties),
        Err(failure) => Err(failure.error().clone()),
    }
    .unwrap_or_default()
}

async fn own_objects(hub: &HubSpot) -> Result<Vec<Object>> {
    let answered = hub.get(hub.url(Area::Schemas, &[])).await;
    let answered = answered.map_err(|failure| failure.error().clone())?;
    let Listed { results } = error::read::<Listed<Schema>>(&answered)?;
    let kept = results.into_iter().filter(|schema| schema.archived != Some(true));
    let objects = kept.map(|schema| {
        let name = &schema.fully_qualified_name;
        let label = schema.labels.plural.as_ref().or(schema.labels.singular.as_ref()).unwrap_or(name);
        described(name, label, &schema.properties, &schema.required_properties)
    });
    Ok(objects.collect())
}

fn described(name: &str, label: &str, properties: &[Property], required: &[String]) -> Object {
    let offered = properties.iter().filter(|property| property.is_offered(name));
    let mut fields: Vec<_> = offered.map(|property| property.described(name, required)).collect();
    fields.sort_by(|a, b| a.label.cmp(&b.label));
    Object { name: name.to_owned(), label: label.to_owned(), fields }
}
