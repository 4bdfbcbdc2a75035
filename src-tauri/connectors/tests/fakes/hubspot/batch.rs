//! Batches: create, read, update, upsert and archive, with HubSpot's refusals.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::account::{Account, Kept, Object, Values};
use super::{Answer, error};

const NOW: &str = "2026-11-22T12:00:00.000Z";

/// What a batch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Read,
    Update,
    Upsert,
    Archive,
}

impl Action {
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = [
            ("create", Self::Create),
            ("read", Self::Read),
            ("update", Self::Update),
            ("upsert", Self::Upsert),
            ("archive", Self::Archive),
        ];
        known.iter().find(|(one, _)| *one == name).map(|(_, action)| *action)
    }

    pub(super) fn permission(self) -> &'static str {
        if self == Self::Read { "read" } else { "write" }
    }
}

struct Input<'a> {
    id: &'a str,
    by: &'a str,
    trace: Option<&'a str>,
    values: Values,
}

/// Answers a batch over the object at `place`.
pub(super) fn answer(account: &mut Account, place: usize, action: Action, body: &Value) -> Answer {
    let Some(inputs) = body["inputs"].as_array() else {
        return error(400, "VALIDATION_ERROR", "Invalid input JSON on line 1, column 1: inputs is missing");
    };
    if inputs.len() > 100 {
        return error(400, "VALIDATION_ERROR", "The batch size is limited to 100 inputs.");
    }
    let mut read = Vec::with_capacity(inputs.len());
    for input in inputs {
        match self::input(&account.objects[place], action, body, input) {
            Ok(input) => read.push(input),
            Err(refusal) => return refusal,
        }
    }
    if let Some(refusal) = twice(action, &read) {
        return refusal;
    }
    match action {
        Action::Read => read_all(&account.objects[place], &read),
        Action::Archive => {
            for input in &read {
                input.id.parse().ok().and_then(|id| account.objects[place].remove(id));
            }
            Answer::new(204, Value::Null)
        }
        Action::Create | Action::Update | Action::Upsert => write_all(account, place, action, &read),
    }
}

/// One input, or a refusal of the whole request: malformed, or about properties that are not there.
fn input<'a>(
    object: &Object,
    action: Action,
    body: &'a Value,
    input: &'a Value,
) -> Result<Input<'a>, Answer> {
    let malformed = |what: &str| {
        error(400, "VALIDATION_ERROR", format!("Invalid input JSON on line 1, column 20: {what}"))
    };
    let id = input["id"].as_str();
    if id.is_none() && action != Action::Create {
        return Err(malformed("Some required fields were not set: [id]"));
    }
    let none = Map::new();
    let properties = match input.get("properties") {
        Some(Value::Object(properties)) => properties,
        None if matches!(action, Action::Read | Action::Archive) => &none,
        Some(_) | None => return Err(malformed("Some required fields were not set: [properties]")),
    };
    let by = input["idProperty"].as_str().or(body["idProperty"].as_str());
    if action == Action::Upsert && by.is_none_or(|by| by == "hs_object_id") {
        return Err(error(400, "VALIDATION_ERROR", "idProperty has to be a property with unique values"));
    }
    let by = by.unwrap_or("hs_object_id");
    if !object.is_id(by) {
        return Err(error(400, "VALIDATION_ERROR", format!("Property {by} is not a unique property")));
    }
    let mut values = Values::new();
    for (name, value) in properties {
        let Some(text) = value.as_str() else {
            return Err(malformed("Cannot deserialize value of type String"));
        };
        if object.property(name).is_none() {
            return Err(unknown_property(name));
        }
        // HubSpot keeps addresses in lower case.
        let text = if name == "email" { text.trim().to_lowercase() } else { text.to_owned() };
        values.insert(name.clone(), text);
    }
    Ok(Input { id: id.unwrap_or_default(), by, trace: input["objectWriteTraceId"].as_str(), values })
}

fn unknown_property(name: &str) -> Answer {
    let message = format!("Property \"{name}\" does not exist");
    let mut refusal = error(400, "VALIDATION_ERROR", message.as_str());
    refusal.body["errors"] = json!([{ "message": message, "code": "PROPERTY_DOESNT_EXIST", "context": { "propertyName": [name] } }]);
    refusal
}

fn twice(action: Action, inputs: &[Input<'_>]) -> Option<Answer> {
    let mut seen = HashSet::new();
    let twice: Vec<_> = inputs
        .iter()
        .filter(|input| action != Action::Create && !seen.insert(input.id.trim().to_lowercase()))
        .map(|input| input.id)
        .collect();
    (!twice.is_empty()).then(|| {
        let message =
            format!("Duplicate IDs found in batch input: [{}]. IDs must be unique", twice.join(", "));
        let mut refusal = error(400, "VALIDATION_ERROR", message);
        refusal.body["context"] = json!({ "ids": twice });
        refusal
    })
}

fn read_all(object: &Object, inputs: &[Input<'_>]) -> Answer {
    let mut results = Vec::new();
    let mut missing = Vec::new();
    for input in inputs {
        match object.find(input.by, input.id) {
            Some(id) => results.push(object.kept[&id].shown()),
            None => missing.push(input.id),
        }
    }
    let errors = if missing.is_empty() { Vec::new() } else { vec![not_found(&missing)] };
    multi(&results, &errors)
}

fn not_found(ids: &[&str]) -> Value {
    json!({ "status": "error", "category": "OBJECT_NOT_FOUND", "links": {}, "errors": [],
        "message": "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
        "context": { "ids": ids } })
}

fn multi(results: &[Value], errors: &[Value]) -> Answer {
    let mut body = json!({ "status": "COMPLETE", "results": results, "startedAt": NOW, "completedAt": NOW });
    if errors.is_empty() {
        return Answer::new(200, body);
    }
    body["numErrors"] = json!(errors.len());
    body["errors"] = json!(errors);
    Answer::new(207, body)
}

/// Trace ids on all inputs switch single answers on; without them the first bad record refuses all.
fn write_all(account: &mut Account, place: usize, action: Action, inputs: &[Input<'_>]) -> Answer {
    let traces: HashSet<_> = inputs.iter().filter_map(|input| input.trace).collect();
    let single = traces.len() == inputs.len();
    let verdicts: Vec<_> =
        inputs.iter().map(|input| problem(&account.objects[place], action, input)).collect();
    if !single && let Some(refusal) = verdicts.iter().flatten().next() {
        return Answer::new(if refusal["category"] == "CONFLICT" { 409 } else { 400 }, refusal.clone());
    }
    let mut results = Vec::new();
    let mut errors: Vec<Value> = Vec::new();
    for (input, verdict) in inputs.iter().zip(verdicts) {
        match verdict {
            Some(mut refusal) => {
                if refusal["category"] != "OBJECT_NOT_FOUND" {
                    refusal["context"]["objectWriteTraceId"] = json!([input.trace]);
                }
                // One error may speak of several records.
                let same = errors.iter_mut().find(|one| one["message"] == refusal["message"]);
                match same.and_then(|one| one["context"]["objectWriteTraceId"].as_array_mut()) {
                    Some(traces) => traces.push(json!(input.trace)),
                    None => errors.push(refusal),
                }
            }
            None => results.push(write(account, place, action, input)),
        }
    }
    let created = action == Action::Create && errors.is_empty();
    let answer = multi(&results, &errors);
    if created { Answer::new(201, answer.body) } else { answer }
}

/// Why a record is refused.
fn problem(object: &Object, action: Action, input: &Input<'_>) -> Option<Value> {
    let existing = if action == Action::Create { None } else { object.find(input.by, input.id) };
    if action == Action::Update && existing.is_none() {
        return Some(not_found(&[input.id]));
    }
    let problems: Vec<_> = input
        .values
        .iter()
        .filter_map(|(name, value)| object.property(name)?.problem(value).map(|(code, message)| (name, code, message)))
        .map(|(name, code, message)| {
            json!({ "isValid": false, "message": message, "error": code, "name": name })
        })
        .collect();
    if !problems.is_empty() {
        let message = format!("Property values were not valid: {}", Value::Array(problems));
        return Some(
            json!({ "status": "error", "category": "VALIDATION_ERROR", "message": message, "context": {}, "links": {}, "errors": [] }),
        );
    }
    for name in object.unique() {
        let Some(value) = input.values.get(name).filter(|value| !value.is_empty()) else { continue };
        if let Some(other) = object.find(name, value).filter(|other| Some(*other) != existing) {
            let message = format!("Contact already exists. Existing ID: {other}");
            return Some(
                json!({ "status": "error", "category": "CONFLICT", "message": message, "context": {}, "links": {}, "errors": [] }),
            );
        }
    }
    None
}

fn write(account: &mut Account, place: usize, action: Action, input: &Input<'_>) -> Value {
    let object = &mut account.objects[place];
    let existing = if action == Action::Create { None } else { object.find(input.by, input.id) };
    let mut kept = existing.and_then(|id| object.remove(id)).unwrap_or_else(|| {
        account.next += 1;
        let mut values = Values::new();
        if input.by != "hs_object_id" {
            values.insert(input.by.to_owned(), input.id.to_owned());
        }
        Kept { id: account.next, values }
    });
    for (name, value) in &input.values {
        if value.is_empty() {
            kept.values.remove(name);
        } else {
            kept.values.insert(name.clone(), value.clone());
        }
    }
    let mut shown = kept.shown();
    shown["new"] = json!(existing.is_none());
    if let Some(trace) = input.trace {
        shown["objectWriteTraceId"] = json!(trace);
    }
    object.keep(kept);
    shown
}
