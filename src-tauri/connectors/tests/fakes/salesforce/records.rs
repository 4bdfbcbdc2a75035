//! Leads: what is taken and what is refused.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use super::{Ask, Said, World, not_found, ok, refused};

/// Name, type, longest text.
const FIELDS: &[(&str, &str, usize)] = &[
    ("Id", "id", 18),
    ("FirstName", "string", 40),
    ("LastName", "string", 80),
    ("Title", "string", 128),
    ("Company", "string", 255),
    ("Email", "email", 80),
    ("Ext__c", "string", 50),
    ("Score__c", "double", 0),
    ("Rating", "picklist", 40),
    ("Note__c", "textarea", 255),
];

/// What became of one record.
pub(crate) struct Done {
    pub(crate) id: Option<String>,
    pub(crate) created: bool,
    /// Code, words, fields.
    pub(crate) error: Option<(&'static str, String, Vec<&'static str>)>,
}

impl Done {
    fn json(&self) -> Value {
        match &self.error {
            None => json!({ "id": self.id, "success": true, "created": self.created, "errors": [] }),
            Some((code, message, fields)) => json!({ "success": false, "created": false,
                "errors": [{ "statusCode": code, "message": message, "fields": fields }] }),
        }
    }

    fn refused(code: &'static str, message: impl Into<String>, fields: Vec<&'static str>) -> Self {
        Self { id: None, created: false, error: Some((code, message.into(), fields)) }
    }
}

pub(crate) fn is_field(name: &str) -> bool {
    FIELDS.iter().any(|(field, ..)| field.eq_ignore_ascii_case(name))
}

/// What people read.
fn label(name: &str) -> &str {
    match name {
        "Id" => "Record ID",
        "FirstName" => "First Name",
        "LastName" => "Last Name",
        "Ext__c" => "Lead ID",
        "Score__c" => "Lead Score",
        _ => name.trim_end_matches("__c"),
    }
}

fn describe() -> Value {
    let fields: Vec<_> = FIELDS
        .iter()
        .map(|&(name, kind, length)| {
            json!({ "name": name, "label": label(name), "type": kind, "length": length, "nillable": name != "LastName" && name != "Id",
                    "createable": name != "Id", "updateable": name != "Id", "defaultedOnCreate": name == "Id",
                    "externalId": name == "Ext__c", "unique": name == "Ext__c", "caseSensitive": false,
                    "idLookup": matches!(name, "Id" | "Email" | "Ext__c"), "custom": name.ends_with("__c"),
                    "restrictedPicklist": kind == "picklist",
                    "picklistValues": if kind == "picklist" { json!([{ "value": "Hot", "label": "Hot", "active": true }, { "value": "Cold", "label": "Cold", "active": true }]) } else { json!([]) } })
        })
        .collect();
    json!({ "name": "Lead", "label": "Lead", "queryable": true, "createable": true, "updateable": true, "fields": fields })
}

impl World {
    pub(super) fn records(&mut self, ask: &Ask, path: &[&str]) -> Said {
        match (ask.method.as_str(), path) {
            ("GET", ["sobjects"]) => ok(
                &json!({ "sobjects": [{ "name": "Lead", "label": "Lead", "createable": true, "updateable": true, "custom": false }] }),
            ),
            ("GET", ["sobjects", "Lead", "describe"]) => ok(&describe()),
            ("GET", ["query"]) => self.query(ask.query.get("q").map(String::as_str).unwrap_or_default()),
            ("PATCH", ["sobjects", "Lead", by, value]) => {
                let Some(Value::Object(mut fields)) = ask.json() else {
                    return refused(400, "JSON_PARSER_ERROR", "no object");
                };
                fields.insert((*by).to_owned(), json!(value));
                let done = self.upsert(by, &fields);
                match &done.error {
                    None => {
                        (if done.created { 201 } else { 200 }, "application/json", done.json().to_string())
                    }
                    Some((code, words, _)) => refused(400, code, words),
                }
            }
            (method, ["composite", "sobjects", rest @ ..]) => self.collection(method, rest, ask),
            _ => not_found(),
        }
    }

    fn collection(&mut self, method: &str, rest: &[&str], ask: &Ask) -> Said {
        if method == "DELETE" {
            let ids = ask.query.get("ids").cloned().unwrap_or_default();
            let results: Vec<_> = ids.split(',').map(|id| self.delete(id).json()).collect();
            return if results.len() > 200 { too_many() } else { ok(&json!(results)) };
        }
        let Some(body) = ask.json() else { return refused(400, "JSON_PARSER_ERROR", "no JSON") };
        let records = body["records"].as_array().cloned().unwrap_or_default();
        if records.len() > 200 {
            return too_many();
        }
        let mut seen = HashSet::new();
        let mut results = Vec::new();
        for record in &records {
            let Value::Object(fields) = record else { return refused(400, "JSON_PARSER_ERROR", "no object") };
            if fields["attributes"]["type"] != "Lead" {
                return refused(400, "INVALID_TYPE", "attributes.type is not Lead");
            }
            let mut fields = fields.clone();
            fields.remove("attributes");
            if let Some(name) = fields.keys().find(|name| !is_field(name)) {
                let words = format!("No such column '{name}' on sobject of type Lead");
                return refused(400, "INVALID_FIELD", &words);
            }
            if fields.get("Score__c").is_some_and(|score| !(score.is_number() || score.is_null())) {
                return refused(
                    400,
                    "JSON_PARSER_ERROR",
                    "Cannot deserialize instance of double from VALUE_STRING",
                );
            }
            let done = match (method, rest) {
                ("PATCH", ["Lead", by]) => {
                    if seen.insert(text(fields.get(*by)).to_lowercase()) {
                        self.upsert(by, &fields)
                    } else {
                        Done::refused("DUPLICATE_VALUE", "Duplicate external id specified", vec![])
                    }
                }
                ("PATCH", []) => self.update(&fields),
                ("POST", []) => self.create(&fields),
                _ => return not_found(),
            };
            results.push(done.json());
        }
        ok(&json!(results))
    }

    /// Salesforce's own matching: text without regard to case.
    pub(crate) fn upsert(&mut self, by: &str, fields: &Map<String, Value>) -> Done {
        let wanted = text(fields.get(by)).to_lowercase();
        if wanted.is_empty() {
            return Done::refused("MISSING_ARGUMENT", format!("{by} not specified"), vec![]);
        }
        let same = |lead: &BTreeMap<String, Value>| text(lead.get(by)).to_lowercase() == wanted;
        let found: Vec<_> = if by == "Ext__c" {
            self.by_ext.get(&wanted).cloned().into_iter().collect()
        } else {
            self.leads.iter().filter(|(_, lead)| same(lead)).map(|(id, _)| id.clone()).collect()
        };
        match &*found {
            [] => self.create(fields),
            [id] => {
                let mut fields = fields.clone();
                fields.insert("Id".to_owned(), json!(id));
                self.update(&fields)
            }
            _ => Done::refused("DUPLICATE_EXTERNAL_ID", format!("{by}: more than one record found"), vec![]),
        }
    }

    fn create(&mut self, fields: &Map<String, Value>) -> Done {
        if text(fields.get("LastName")).is_empty() {
            return Done::refused(
                "REQUIRED_FIELD_MISSING",
                "Required fields are missing: [LastName]",
                vec!["LastName"],
            );
        }
        if let Some(id) = self.by_ext.get(&text(fields.get("Ext__c")).to_lowercase()) {
            let words = format!("duplicate value found: Ext__c duplicates value on record with id: {id}");
            return Done::refused("DUPLICATE_VALUE", words, vec![]);
        }
        let id = self.new_id("00Q");
        self.write(&id, fields, true)
    }

    fn update(&mut self, fields: &Map<String, Value>) -> Done {
        let id = text(fields.get("Id"));
        if !self.leads.contains_key(&id) {
            return Done::refused("ENTITY_IS_DELETED", "entity is deleted", vec![]);
        }
        if fields.get("LastName").is_some_and(|name| text(Some(name)).is_empty()) {
            return Done::refused(
                "REQUIRED_FIELD_MISSING",
                "Required fields are missing: [LastName]",
                vec!["LastName"],
            );
        }
        self.write(&id, fields, false)
    }

    fn write(&mut self, id: &str, fields: &Map<String, Value>, created: bool) -> Done {
        if self.locked.remove(&text(fields.get("Ext__c"))) {
            return Done::refused(
                "UNABLE_TO_LOCK_ROW",
                "unable to obtain exclusive access to this record",
                vec![],
            );
        }
        if !matches!(text(fields.get("Rating")).as_str(), "" | "Hot" | "Cold") {
            let words =
                format!("Rating: bad value for restricted picklist field: {}", text(fields.get("Rating")));
            return Done::refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, vec!["Rating"]);
        }
        for (name, kind, longest) in FIELDS {
            let value = text(fields.get(*name));
            if *longest > 0 && value.chars().count() > *longest {
                let words = format!("{name}: data value too large: {value} (max length={longest})");
                return Done::refused("STRING_TOO_LONG", words, vec![name]);
            }
            if *kind == "email" && !value.is_empty() && !value.contains('@') {
                return Done::refused(
                    "INVALID_EMAIL_ADDRESS",
                    format!("{name}: invalid email address: {value}"),
                    vec![name],
                );
            }
        }
        let ext = text(fields.get("Ext__c")).to_lowercase();
        if !ext.is_empty() {
            self.by_ext.insert(ext, id.to_owned());
        }
        let lead = self.leads.entry(id.to_owned()).or_default();
        for (name, value) in fields.iter().filter(|(name, _)| *name != "Id") {
            // Salesforce has no empty text.
            let emptied = value.is_null() || value == "";
            lead.insert(name.clone(), if emptied { Value::Null } else { value.clone() });
        }
        Done { id: Some(id.to_owned()), created, error: None }
    }

    fn delete(&mut self, id: &str) -> Done {
        self.by_ext.retain(|_, known| known != id);
        match self.leads.remove(id) {
            Some(_) => Done { id: Some(id.to_owned()), created: false, error: None },
            None => Done::refused("ENTITY_IS_DELETED", "entity is deleted", vec![]),
        }
    }

    /// `SELECT a,b FROM Lead WHERE f IN ('x','y')`, or without the condition.
    fn query(&mut self, soql: &str) -> Said {
        let rest = soql.strip_prefix("SELECT ").unwrap_or(soql);
        let Some((fields, rest)) = rest.split_once(" FROM Lead") else {
            return refused(400, "INVALID_TYPE", soql);
        };
        let fields: Vec<_> = fields.split(',').map(str::trim).collect();
        if let Some(name) = fields.iter().find(|name| !is_field(name)) {
            return refused(400, "INVALID_FIELD", &format!("No such column '{name}' on entity 'Lead'."));
        }
        let condition = rest.trim().strip_prefix("WHERE ").map(|rest| {
            let (field, values) = rest.split_once(" IN (").expect("IN");
            let values = values.trim_end_matches(')').split(',');
            let values: HashSet<_> =
                values.map(|value| value.trim_matches('\'').replace('\\', "").to_lowercase()).collect();
            (field.to_owned(), values)
        });
        let with_id = |id: &String| {
            let mut lead = self.leads.get(id)?.clone();
            lead.insert("Id".to_owned(), json!(id));
            Some(lead)
        };
        // By external id they are found without a look at all others.
        let ids: BTreeSet<_> = match &condition {
            Some((field, values)) if field == "Ext__c" => {
                values.iter().filter_map(|value| self.by_ext.get(value)).collect()
            }
            _ => self.leads.keys().collect(),
        };
        let records: Vec<_> = ids
            .into_iter()
            .filter_map(with_id)
            .filter(|lead| {
                condition
                    .as_ref()
                    .is_none_or(|(field, values)| values.contains(&text(lead.get(field)).to_lowercase()))
            })
            .map(|lead| {
                let mut record = json!({ "attributes": { "type": "Lead", "url": "/x" } });
                for field in &fields {
                    record[*field] = lead.get(*field).cloned().unwrap_or(Value::Null);
                }
                record
            })
            .collect();
        ok(&json!({ "totalSize": records.len(), "done": true, "records": records }))
    }
}

fn too_many() -> Said {
    refused(
        400,
        "EXCEEDED_ID_LIMIT",
        "record limit reached. cannot submit more than 200 records in this call",
    )
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
