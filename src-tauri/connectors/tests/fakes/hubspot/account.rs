//! The account of the stand-in: its objects, their properties and records, and what each property takes.

use std::collections::{BTreeMap, HashMap};

use axum::http::Uri;
use serde_json::{Value, json};

use super::batch::{self, Action};
use super::{Answer, error};

const NOW: &str = "2026-11-22T12:00:00.000Z";

/// A record's values.
pub(crate) type Values = BTreeMap<String, String>;

/// A record.
pub(super) struct Kept {
    pub(super) id: u64,
    pub(super) values: Values,
}

impl Kept {
    /// As HubSpot shows it.
    pub(super) fn shown(&self) -> Value {
        let mut values = self.values.clone();
        values.insert("hs_object_id".to_owned(), self.id.to_string());
        json!({ "id": self.id.to_string(), "properties": values, "createdAt": NOW, "updatedAt": NOW, "archived": false })
    }
}

/// A property.
pub(super) struct Property {
    name: &'static str,
    holds: &'static str,
    field_type: &'static str,
    options: &'static [&'static str],
    pub(super) unique: bool,
    read_only: bool,
}

const fn property(name: &'static str, holds: &'static str, field_type: &'static str) -> Property {
    Property { name, holds, field_type, options: &[], unique: false, read_only: false }
}

const EMAIL: Property = property("email", "string", "text");
const NUMBER: Property =
    Property { unique: true, read_only: true, ..property("hs_object_id", "number", "number") };

static CONTACTS: &[Property] = &[
    EMAIL,
    NUMBER,
    property("firstname", "string", "text"),
    property("lastname", "string", "text"),
    property("company", "string", "text"),
    property("country", "string", "text"),
    property("lead_score", "number", "number"),
    property("workspace_created_at", "datetime", "date"),
    property("born_on", "date", "date"),
    property("newsletter", "bool", "booleancheckbox"),
    Property {
        options: &["subscriber", "lead", "customer"],
        ..property("lifecyclestage", "enumeration", "radio")
    },
    Property { options: &["A", "B", "C", "D"], ..property("score_grade", "enumeration", "select") },
    Property { options: &["ios", "web", "android"], ..property("platforms", "enumeration", "checkbox") },
    Property { unique: true, ..property("lead_id", "string", "text") },
];
static COMPANIES: &[Property] = &[
    NUMBER,
    property("name", "string", "text"),
    property("domain", "string", "text"),
    Property { unique: true, ..property("account_id", "string", "text") },
];
static DEALS: &[Property] = &[
    NUMBER,
    property("dealname", "string", "text"),
    property("amount", "number", "number"),
    Property { unique: true, ..property("deal_key", "string", "text") },
];
static CARS: &[Property] = &[
    NUMBER,
    property("colour", "string", "text"),
    Property { unique: true, ..property("plate", "string", "text") },
];

/// An object.
pub(super) struct Object {
    pub(super) names: &'static [&'static str],
    properties: &'static [Property],
    pub(super) kept: BTreeMap<u64, Kept>,
    /// Records by a unique property and its value.
    index: HashMap<(&'static str, String), u64>,
}

impl Object {
    pub(super) fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// Whether records can be found by `name`.
    pub(super) fn is_id(&self, name: &str) -> bool {
        self.property(name).is_some_and(|property| property.unique)
            || (self.names[0] == "contacts" && name == "email")
    }

    /// The record with this value.
    pub(super) fn find(&self, name: &str, value: &str) -> Option<u64> {
        if name == "hs_object_id" {
            return value.parse().ok().filter(|id| self.kept.contains_key(id));
        }
        let name = self.unique().find(|one| *one == name)?;
        let value = if name == "email" { value.trim().to_lowercase() } else { value.to_owned() };
        self.index.get(&(name, value)).copied()
    }

    /// Keeps a record as it is now.
    pub(super) fn keep(&mut self, kept: Kept) {
        self.remove(kept.id);
        let names: Vec<_> = self.unique().collect();
        for name in names {
            if let Some(value) = kept.values.get(name) {
                self.index.insert((name, value.clone()), kept.id);
            }
        }
        self.kept.insert(kept.id, kept);
    }

    /// Takes a record away.
    pub(super) fn remove(&mut self, id: u64) -> Option<Kept> {
        let kept = self.kept.remove(&id)?;
        let names: Vec<_> = self.unique().collect();
        for name in names {
            if let Some(value) = kept.values.get(name) {
                self.index.remove(&(name, value.clone()));
            }
        }
        Some(kept)
    }

    /// Properties of which no two records may have the same value.
    pub(super) fn unique(&self) -> impl Iterator<Item = &'static str> {
        let names = self.properties.iter().map(|property| property.name);
        names.filter(|name| self.is_id(name) && *name != "hs_object_id")
    }
}

/// The account.
pub(crate) struct Account {
    pub(super) objects: Vec<Object>,
    pub(super) next: u64,
    pub(super) missing_scopes: Vec<&'static str>,
    pub(super) used: usize,
    pub(super) daily: usize,
}

impl Default for Account {
    fn default() -> Self {
        let object =
            |names, properties| Object { names, properties, kept: BTreeMap::new(), index: HashMap::new() };
        Self {
            objects: vec![
                object(&["contacts", "0-1"], CONTACTS),
                object(&["companies", "0-2"], COMPANIES),
                object(&["deals", "0-3"], DEALS),
                object(&["p4711_cars", "2-100", "cars"], CARS),
            ],
            next: 100,
            missing_scopes: Vec::new(),
            used: 0,
            daily: 0,
        }
    }
}

impl Account {
    pub(super) fn records(&self, object: &str) -> Vec<Values> {
        let found = self.objects.iter().find(|one| one.names.contains(&object));
        found.map(|one| one.kept.values().map(|kept| kept.values.clone()).collect()).unwrap_or_default()
    }

    /// The answer to a request that is allowed. Versions with a date stand behind the area's name, `v3` before it.
    pub(super) fn answer(&mut self, method: &str, uri: &Uri, body: &Value) -> Answer {
        let mut parts: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
        parts.retain(|part| *part != "v3" && !part.starts_with("20"));
        match (method, parts.as_slice()) {
            ("GET", ["account-info", "details"]) => details(),
            ("GET", ["account-info", "api-usage", "daily", "private-apps"]) => self.usage(),
            ("GET", ["crm", "properties", object]) => self.properties(object),
            ("GET", ["crm-object-schemas", "schemas"]) => {
                Answer::new(200, json!({ "results": [schema(&self.objects[3])] }))
            }
            ("GET", ["crm-object-schemas", "schemas", name]) => match self.object(name) {
                Ok(place) => Answer::new(200, schema(&self.objects[place])),
                Err(refusal) => refusal,
            },
            ("GET", ["crm", "objects", name]) => match self.allowed(name, "read") {
                Ok(place) => {
                    let first: Vec<_> = self.objects[place].kept.values().take(1).map(Kept::shown).collect();
                    Answer::new(200, json!({ "results": first }))
                }
                Err(refusal) => refusal,
            },
            ("POST", ["crm", "objects", name, "batch", action]) => match Action::named(action) {
                Some(action) => match self.allowed(name, action.permission()) {
                    Ok(place) => batch::answer(self, place, action, body),
                    Err(refusal) => refusal,
                },
                None => error(404, "NOT_FOUND", "resource not found"),
            },
            _ => Answer::new(
                404,
                json!({ "status": "error", "message": "resource not found", "correlationId": "c" }),
            ),
        }
    }

    fn object(&self, name: &str) -> Result<usize, Answer> {
        let place = self.objects.iter().position(|object| object.names.contains(&name));
        place.ok_or_else(|| {
            error(400, "VALIDATION_ERROR", format!("Unable to infer object type from: {name}"))
        })
    }

    fn allowed(&self, name: &str, what: &str) -> Result<usize, Answer> {
        let place = self.object(name)?;
        let scope = format!("crm.objects.{}.{what}", self.objects[place].names[0]);
        if !self.missing_scopes.contains(&scope.as_str()) {
            return Ok(place);
        }
        let mut refusal = error(
            403,
            "MISSING_SCOPES",
            "This app hasn't been granted all required scopes to make this call.",
        );
        refusal.body["errors"] = json!([{ "message": "One or more of the following scopes are required.",
            "context": { "requiredGranularScopes": [scope] } }]);
        Err(refusal)
    }

    fn properties(&self, name: &str) -> Answer {
        match self.allowed(name, "read") {
            Ok(place) => {
                let list: Vec<_> = self.objects[place].properties.iter().map(Property::shown).collect();
                Answer::new(200, json!({ "results": list }))
            }
            Err(refusal) => refusal,
        }
    }

    fn usage(&self) -> Answer {
        let limit = self.daily.min(1_000_000);
        Answer::new(
            200,
            json!({ "results": [{ "name": "private-apps-api-calls-daily", "usageLimit": limit, "currentUsage": self.used,
                "collectedAt": NOW, "fetchStatus": "SUCCESS", "resetsAt": "2026-11-23T05:00:00Z" }] }),
        )
    }
}

fn details() -> Answer {
    Answer::new(
        200,
        json!({ "portalId": 4711, "accountType": "STANDARD", "timeZone": "US/Eastern", "companyCurrency": "EUR",
            "additionalCurrencies": [], "utcOffset": "-05:00", "utcOffsetMilliseconds": -18_000_000,
            "uiDomain": "app-eu1.hubspot.com", "dataHostingLocation": "eu1" }),
    )
}

fn schema(object: &Object) -> Value {
    let properties: Vec<_> = object.properties.iter().map(Property::shown).collect();
    let name = object.names.last().copied().unwrap_or_default();
    let required: &[&str] = if name == "cars" { &["plate"] } else { &[] };
    json!({ "id": object.names[1], "objectTypeId": object.names[1], "name": name, "fullyQualifiedName": object.names[0],
        "labels": { "singular": "Car", "plural": "Cars" }, "requiredProperties": required,
        "searchableProperties": [], "secondaryDisplayProperties": [], "primaryDisplayProperty": "plate",
        "properties": properties, "associations": [], "archived": false, "allowsSensitiveProperties": false })
}

impl Property {
    fn shown(&self) -> Value {
        let options: Vec<_> =
            self.options.iter().map(|one| json!({ "label": one, "value": one, "hidden": false })).collect();
        json!({ "name": self.name, "label": self.name, "type": self.holds, "fieldType": self.field_type,
            "description": "", "groupName": "information", "options": options, "hasUniqueValue": self.unique,
            "hidden": false, "calculated": false, "hubspotDefined": !self.name.contains('_'),
            "modificationMetadata": { "archivable": true, "readOnlyDefinition": true, "readOnlyValue": self.read_only } })
    }

    /// Why it does not take `value`: HubSpot's code and words.
    pub(super) fn problem(&self, value: &str) -> Option<(&'static str, String)> {
        let name = self.name;
        if self.read_only {
            return Some(("READ_ONLY_VALUE", format!("\"{name}\" is a read only property")));
        }
        if value.is_empty() {
            return None;
        }
        let is_moment =
            || value.parse::<i64>().is_ok() || chrono::DateTime::parse_from_rfc3339(value).is_ok();
        let is_day = || match value.parse::<i64>() {
            Ok(millis) => millis % 86_400_000 == 0,
            Err(_) => value.parse::<chrono::NaiveDate>().is_ok(),
        };
        let known = |one: &str| self.options.contains(&one);
        let fits = match (self.holds, self.field_type) {
            ("number", _) => value.parse::<f64>().is_ok(),
            ("bool", _) => matches!(value, "true" | "false"),
            ("date", _) => is_day(),
            ("datetime", _) => is_moment(),
            ("enumeration", "checkbox") => value.trim_start_matches(';').split(';').all(known),
            ("enumeration", _) => known(value),
            _ if name == "email" => value.contains('@') && !value.contains(".."),
            _ => value.chars().count() <= 65_536,
        };
        if fits {
            return None;
        }
        Some(match self.holds {
            "number" => ("INVALID_LONG", format!("{value} was not a valid number")),
            "date" | "datetime" => {
                ("INVALID_DATE", format!("{value} was not a valid {} (or is not at midnight)", self.holds))
            }
            "bool" | "enumeration" => {
                ("INVALID_OPTION", format!("{value} was not one of the allowed options: {:?}", self.options))
            }
            _ => ("INVALID_EMAIL", format!("Email address {value} is invalid")),
        })
    }
}
