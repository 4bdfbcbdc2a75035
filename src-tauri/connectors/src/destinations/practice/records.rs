//! Records in the practice CRM's file: finding, checking and changing one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use serde_json::value::RawValue;
use sluice_engine::record::Operation;

use super::error::{Fault, refused};
use super::objects::{FieldDef, ObjectDef, is_empty};
use super::problem::{Problem, What};

/// A record's values in their exact bytes.
pub(super) type Fields = BTreeMap<String, Box<RawValue>>;

/// What was done with a record.
pub(super) struct Done {
    pub(super) what: &'static str,
    pub(super) record: Option<i64>,
}

impl Done {
    /// The id of the record, where it is a new one.
    pub(super) fn made(&self) -> Option<String> {
        self.record.filter(|_| self.what == "created").map(|record| record.to_string())
    }
}

/// How strictly a record is held to its object's fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Required, known and well-formed: records.
    Strict,
    /// Any traits; only the match values and the e-mail rule count: events.
    Lenient,
}

/// A change of one record.
pub(super) struct Edit<'a> {
    pub(super) object: &'static ObjectDef,
    pub(super) operation: Operation,
    /// The field the record is matched by; it is not emptied by [`Operation::Clear`].
    pub(super) match_field: &'static FieldDef,
    pub(super) fields: Fields,
    pub(super) rules: Rules,
    pub(super) at: &'a str,
}

/// Reads a payload's members.
pub(super) fn members(payload: &[u8]) -> Result<Fields, Fault> {
    serde_json::from_slice(payload).map_err(|_| refused(What::Unusable, "The record is not a JSON object."))
}

/// The value of `raw`.
pub(super) fn value_of(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or(Value::Null)
}

/// The record with this value.
pub(super) fn find(
    db: &Connection,
    object: &ObjectDef,
    field: &FieldDef,
    same: &str,
) -> rusqlite::Result<Option<i64>> {
    let mut query =
        db.prepare_cached("SELECT record FROM match_value WHERE object = ?1 AND field = ?2 AND value = ?3")?;
    query.query_row(params![object.name, field.name, same], |row| row.get(0)).optional()
}

/// A record's values.
pub(super) fn load(db: &Connection, record: i64) -> rusqlite::Result<Fields> {
    let mut query = db.prepare_cached("SELECT fields FROM record WHERE id = ?1")?;
    let text: String = query.query_row([record], |row| row.get(0))?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// When a record was made, where that is known, and last changed.
pub(super) type Times = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// A record's times.
pub(super) fn times(db: &Connection, record: i64) -> rusqlite::Result<Times> {
    let mut query = db.prepare_cached("SELECT made_at, changed_at FROM record WHERE id = ?1")?;
    let (made, changed): (Option<String>, String) =
        query.query_row([record], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let at = |text: &str| DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    Ok((made.as_deref().and_then(at), at(&changed)))
}

/// Applies `edit` to the record `existing`, or makes a new one. Changes nothing where it refuses.
pub(super) fn apply(db: &Connection, edit: &Edit<'_>, existing: Option<i64>) -> Result<Done, Fault> {
    let one = edit.object.one;
    let by = edit.match_field.label;
    match (edit.operation, existing) {
        (Operation::Delete, None) => Ok(Done { what: "already gone", record: None }),
        (Operation::Clear, None) => Ok(Done { what: "nothing to clear", record: None }),
        (Operation::Delete, Some(record)) => {
            delete(db, record)?;
            Ok(Done { what: "deleted", record: Some(record) })
        }
        (Operation::Update, None) => {
            let words = format!("There is no {one} with this {by} to update.");
            Err(refused(What::NothingToUpdate, words))
        }
        (Operation::Create, Some(_)) => {
            let words = format!("There is a {one} with this {by} already.");
            Err(Fault::Refused(vec![Problem::of(What::Exists, edit.match_field.name, words)]))
        }
        (Operation::Clear, Some(record)) => {
            let mut after = load(db, record)?;
            after.retain(|name, _| name == edit.match_field.name || !edit.fields.contains_key(name));
            save(db, edit, Some(record), &after)?;
            Ok(Done { what: "cleared", record: Some(record) })
        }
        (Operation::Upsert | Operation::Update | Operation::Create, _) => write(db, edit, existing),
    }
}

fn write(db: &Connection, edit: &Edit<'_>, existing: Option<i64>) -> Result<Done, Fault> {
    let problems = problems(edit, existing.is_none());
    if !problems.is_empty() {
        return Err(Fault::Refused(problems));
    }
    let mut after = match existing {
        Some(record) => load(db, record)?,
        None => Fields::new(),
    };
    for (name, value) in &edit.fields {
        if value.get() == "null" {
            after.remove(name);
        } else {
            after.insert(name.clone(), value.clone());
        }
    }
    let record = save(db, edit, existing, &after)?;
    Ok(Done { what: if existing.is_some() { "updated" } else { "created" }, record: Some(record) })
}

/// Everything wrong with the record.
fn problems(edit: &Edit<'_>, new: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, raw) in &edit.fields {
        match edit.object.field(name) {
            Some(field) if edit.rules == Rules::Strict || field.unique => {
                let value = value_of(raw);
                problems.extend(field.problem(&value));
                if field.required && is_empty(&value) && edit.rules == Rules::Strict {
                    let words = format!("{} is required and can not be empty.", field.label);
                    problems.push(Problem::of(What::Required, field.name, words));
                }
            }
            None if edit.rules == Rules::Strict => {
                let words = format!("{} have no field “{name}”.", edit.object.label);
                problems.push(Problem::of(What::NoField, name, words));
            }
            Some(_) | None => {}
        }
    }
    if new && edit.rules == Rules::Strict {
        let missing =
            edit.object.fields.iter().filter(|field| field.required && !edit.fields.contains_key(field.name));
        problems.extend(missing.map(|field| {
            let words = format!("{} is required for a new {}.", field.label, edit.object.one);
            Problem::of(What::Required, field.name, words)
        }));
    }
    problems
}

/// Writes a record and its match values, unless one of these belongs to another record.
fn save(db: &Connection, edit: &Edit<'_>, existing: Option<i64>, after: &Fields) -> Result<i64, Fault> {
    let mut matches = Vec::new();
    for field in edit.object.fields.iter().filter(|field| field.unique) {
        let Some(same) = after.get(field.name).and_then(|raw| field.canonical(&value_of(raw))) else {
            continue;
        };
        if find(db, edit.object, field, &same)?.is_some_and(|other| Some(other) != existing) {
            let words = format!("Another {} has the same {} already.", edit.object.one, field.label);
            return Err(Fault::Refused(vec![Problem::of(What::Taken, field.name, words)]));
        }
        matches.push((field.name, same));
    }
    let text = serde_json::to_string(after)
        .map_err(|_| refused(What::Unusable, "The record is not a JSON object."))?;
    let record = if let Some(record) = existing {
        db.prepare_cached("UPDATE record SET fields = ?2, changed_at = ?3 WHERE id = ?1")?
            .execute(params![record, text, edit.at])?;
        db.prepare_cached("DELETE FROM match_value WHERE record = ?1")?.execute([record])?;
        record
    } else {
        db.prepare_cached(
            "INSERT INTO record (object, fields, changed_at, made_at) VALUES (?1, ?2, ?3, ?3)",
        )?
        .execute(params![edit.object.name, text, edit.at])?;
        db.last_insert_rowid()
    };
    let mut insert =
        db.prepare_cached("INSERT INTO match_value (object, field, value, record) VALUES (?1, ?2, ?3, ?4)")?;
    for (field, same) in matches {
        insert.execute(params![edit.object.name, field, same, record])?;
    }
    Ok(record)
}

fn delete(db: &Connection, record: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM match_value WHERE record = ?1")?.execute([record])?;
    db.prepare_cached("DELETE FROM record WHERE id = ?1")?.execute([record])?;
    Ok(())
}
