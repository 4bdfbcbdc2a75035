//! Events in the practice CRM: kept word for word, and `identify` also changes a contact.

use rusqlite::{Connection, params};

use super::deliver::Incoming;
use super::error::{Fault, refused};
use super::objects::{FieldDef, ObjectDef};
use super::plays::Play;
use super::problem::What;
use super::records::{self, Done, Edit, Fields, Rules, value_of};

/// Who an event is about: the contact, if it is known, and the field it is matched by.
struct Person {
    user_id: Option<String>,
    contact: Option<i64>,
    match_field: &'static FieldDef,
}

fn person(db: &Connection, contacts: &ObjectDef, event: &Fields, traits: &Fields) -> Result<Person, Fault> {
    let field = |name: &str| {
        contacts
            .field(name)
            .ok_or_else(|| refused(What::NoField, format!("Contacts have no field “{name}”.")))
    };
    let (by_id, by_email) = (field("user_id")?, field("email")?);
    let id = event.get("userId").and_then(|raw| by_id.canonical(&value_of(raw)));
    let email = traits.get("email").and_then(|raw| by_email.canonical(&value_of(raw)));
    if id.is_none() && event.get("anonymousId").is_none_or(|raw| raw.get() == "null") {
        return Err(refused(What::Unusable, "The event has neither a userId nor an anonymousId."));
    }
    if let Some(id) = &id
        && let Some(contact) = records::find(db, contacts, by_id, id)?
    {
        return Ok(Person { user_id: Some(id.clone()), contact: Some(contact), match_field: by_id });
    }
    let contact = match &email {
        Some(email) => records::find(db, contacts, by_email, email)?,
        None => None,
    };
    Ok(Person { user_id: id, contact, match_field: if contact.is_some() { by_email } else { by_id } })
}

fn contacts(play: &Play) -> Result<&'static ObjectDef, Fault> {
    play.object("contacts").ok_or_else(|| refused(What::Unusable, "The practice CRM has no contacts."))
}

/// An `identify` event writes its traits to a contact, whichever they are, and is kept.
pub(super) fn identify(db: &Connection, play: &Play, record: &Incoming, at: &str) -> Result<Done, Fault> {
    let object = contacts(play)?;
    let event = records::members(&record.body)?;
    let mut fields = match event.get("traits") {
        Some(raw) => records::members(raw.get().as_bytes())?,
        None => Fields::new(),
    };
    let person = person(db, object, &event, &fields)?;
    if person.user_id.is_some()
        && let Some(raw) = event.get("userId")
    {
        fields.insert("user_id".to_owned(), raw.clone());
    }
    let edit = Edit {
        object,
        operation: record.operation,
        match_field: person.match_field,
        fields,
        rules: Rules::Lenient,
        at,
    };
    let done = if person.user_id.is_none() && person.contact.is_none() && !edit.fields.contains_key("email") {
        Done { what: "stored", record: None }
    } else {
        records::apply(db, &edit, person.contact)?
    };
    keep_event(db, record, done.record)?;
    Ok(done)
}

/// A `track` event is kept, beside the contact it is about if there is one.
pub(super) fn track(db: &Connection, play: &Play, record: &Incoming) -> Result<Done, Fault> {
    let event = records::members(&record.body)?;
    let named = event
        .get("event")
        .is_some_and(|raw| value_of(raw).as_str().is_some_and(|name| !name.trim().is_empty()));
    if !named {
        return Err(refused(What::Unusable, "The event has no name."));
    }
    let person = person(db, contacts(play)?, &event, &Fields::new())?;
    keep_event(db, record, person.contact)?;
    Ok(Done { what: "stored", record: person.contact })
}

fn keep_event(db: &Connection, record: &Incoming, contact: Option<i64>) -> Result<(), Fault> {
    let body = String::from_utf8_lossy(&record.body);
    db.prepare_cached("INSERT INTO event (message_id, contact, body) VALUES (?1, ?2, ?3)")?
        .execute(params![record.message_id, contact, body])?;
    Ok(())
}
