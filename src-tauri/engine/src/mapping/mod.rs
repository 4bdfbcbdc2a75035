//! From a row to its payload: columns to fields.
//!
//! A mapping is compiled once against the columns a read has, and then writes each row's payload by copying
//! cells. What it writes is what preview, fingerprint, request and log show.

mod address;
mod path;
mod person;
mod tree;

use crate::error::{Error, ErrorKind, Result};
use crate::sync::{EventName, Field, FieldValue, Identifier, NullRule, Shape, Sync};
use crate::value::{Cell, Column, RowBatch, write_string};

pub use address::{address, clearing_payload};
pub use path::{Step, literal, parse_path};
pub use person::named_in;
use tree::Tree;

/// A mapping compiled against the columns of a read.
pub struct Mapping {
    shape: Shape,
    key: Vec<usize>,
    user_id: Option<usize>,
    anonymous_id: Option<usize>,
    email: Option<usize>,
    event_name: Option<usize>,
    match_column: Option<usize>,
    fields: Tree,
    /// The fields hold the e-mail under `email` themselves.
    email_mapped: bool,
    names: Vec<String>,
}

/// What is wrong with one field of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Its index in the sync's fields.
    pub field: usize,
    /// What is wrong.
    pub message: String,
}

/// The identifiers of a sync: as it says, or found by the columns' names, any case.
pub fn identifiers(sync: &Sync, columns: &[Column]) -> Vec<(Identifier, String)> {
    if !sync.identifiers.is_empty() {
        return sync.identifiers.iter().map(|(identifier, column)| (*identifier, column.clone())).collect();
    }
    let named = |identifier: Identifier| {
        let column = columns.iter().find(|column| column.name.eq_ignore_ascii_case(identifier.name()))?;
        Some((identifier, column.name.clone()))
    };
    Identifier::ALL.into_iter().filter_map(named).collect()
}

/// The fields of a sync: as it says, or every column under its own name.
pub fn fields(sync: &Sync, columns: &[Column]) -> Vec<Field> {
    let own_name = |column: &Column| Field {
        value: FieldValue::Column(column.name.clone()),
        key: path::literal(&column.name),
        null: NullRule::Send,
    };
    sync.fields.clone().unwrap_or_else(|| columns.iter().map(own_name).collect())
}

/// Every problem of the fields: bad paths, collisions, reserved names.
pub fn field_problems(sync: &Sync, columns: &[Column]) -> Vec<FieldProblem> {
    Tree::build(&fields(sync, columns), columns).1
}

impl Mapping {
    /// Compiles a sync's mapping. A column that is gone is [`ErrorKind::MissingObject`]; a mapping that can not
    /// make payloads is [`ErrorKind::BadMapping`]; none of the identifiers is [`ErrorKind::NoIdentifier`].
    pub fn compile(sync: &Sync, columns: &[Column]) -> Result<Self> {
        if sync.key.is_empty() {
            return Err(Error::new(ErrorKind::BadMapping, "The sync has no key.")
                .with_hint("Choose the column that identifies a row."));
        }
        let key = sync.key.iter().map(|name| find(columns, name)).collect::<Result<_>>()?;
        let fields = fields(sync, columns);
        let (tree, problems) = Tree::build(&fields, columns);
        if let Some(problem) = problems.first() {
            let name = &fields[problem.field].key;
            let kind = match &fields[problem.field].value {
                FieldValue::Column(column) if find(columns, column).is_err() => ErrorKind::MissingObject,
                FieldValue::Column(_) | FieldValue::Constant(_) => ErrorKind::BadMapping,
            };
            let there = if kind == ErrorKind::MissingObject { those_there(columns) } else { String::new() };
            let message = format!("The field “{name}”: {}. {there}", problem.message);
            return Err(Error::new(kind, message.trim_end()));
        }
        let mut mapping = Self {
            shape: sync.shape.clone(),
            key,
            user_id: None,
            anonymous_id: None,
            email: None,
            event_name: None,
            match_column: None,
            email_mapped: tree.has_top("email"),
            fields: tree,
            names: columns.iter().map(|column| column.name.clone()).collect(),
        };
        match &sync.shape {
            Shape::Identify | Shape::Track(_) => mapping.compile_event(sync, columns)?,
            Shape::Record { match_field, .. } => {
                mapping.match_column = Some(match_column(&fields, match_field, columns)?);
            }
        }
        Ok(mapping)
    }

    fn compile_event(&mut self, sync: &Sync, columns: &[Column]) -> Result<()> {
        for (identifier, column) in identifiers(sync, columns) {
            let column = Some(find(columns, &column)?);
            match identifier {
                Identifier::UserId => self.user_id = column,
                Identifier::Email => self.email = column,
                Identifier::AnonymousId => self.anonymous_id = column,
            }
        }
        if self.user_id.or(self.email).or(self.anonymous_id).is_none() {
            return Err(Error::new(
                ErrorKind::NoIdentifier,
                "The rows have no email, user_id or anonymous_id column.",
            )
            .with_safe("Nothing was sent.")
            .with_hint("Say which column plays one of these parts."));
        }
        if let Shape::Track(EventName::Column(column)) = &sync.shape {
            self.event_name = Some(find(columns, column)?);
        }
        Ok(())
    }

    /// Columns of the key, by index, in its order.
    pub fn key_columns(&self) -> &[usize] {
        &self.key
    }

    /// Columns this mapping needs, by index, ascending.
    pub fn used_columns(&self) -> Vec<usize> {
        let single = [self.user_id, self.anonymous_id, self.email, self.event_name, self.match_column];
        let mut used: Vec<usize> = self.fields.columns();
        used.extend(self.key.iter().copied().chain(single.into_iter().flatten()));
        used.sort_unstable();
        used.dedup();
        used
    }

    /// Writes a row's key: the value of a single column as text, or a JSON list of several.
    pub fn write_key(&self, batch: &RowBatch, row: usize, out: &mut String) -> Result<()> {
        let single = self.key.len() == 1;
        if !single {
            out.push('[');
        }
        for (index, column) in self.key.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            match batch.cell(row, *column) {
                Cell::Json(json) if single => push_text(json, out),
                Cell::Json(json) => out.push_str(std::str::from_utf8(json).unwrap_or("")),
                Cell::Null => {
                    let message = format!("The key column “{}” is null.", self.names[*column]);
                    return Err(Error::new(ErrorKind::NullKey, message));
                }
                Cell::Unreadable(reason) => return Err(self.unreadable(*column, reason)),
            }
        }
        if !single {
            out.push(']');
        }
        Ok(())
    }

    /// Writes a row's payload.
    pub fn write_payload(&self, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> Result<()> {
        for column in self.fields.columns_once() {
            if let Cell::Unreadable(reason) = batch.cell(row, *column) {
                return Err(self.unreadable(*column, reason));
            }
        }
        match &self.shape {
            Shape::Identify => self.write_identify(batch, row, out),
            Shape::Track(name) => self.write_track(name, batch, row, out),
            Shape::Record { match_field, .. } => {
                if let Some(column) = self.match_column
                    && batch.cell(row, column) == Cell::Null
                {
                    let message = format!("The match field “{match_field}” has no value.");
                    return Err(Error::new(ErrorKind::NoIdentifier, message)
                        .with_hint("Fill the column it comes from, or match by another field."));
                }
                self.fields.write(batch, row, out);
                Ok(())
            }
        }
    }

    fn write_identify(&self, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(b"{\"type\":\"identify\"");
        self.write_who(batch, row, out)?;
        out.extend_from_slice(b",\"traits\":");
        let start = out.len();
        self.fields.write(batch, row, out);
        if let Some(email) = self.email_to_add(batch, row) {
            let comma = if out.len() - start > 2 { "," } else { "" };
            let mut entry = b"\"email\":".to_vec();
            entry.extend_from_slice(email);
            entry.extend_from_slice(comma.as_bytes());
            out.splice(start + 1..=start, entry);
        }
        out.push(b'}');
        Ok(())
    }

    fn write_track(&self, name: &EventName, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(b"{\"type\":\"track\",\"event\":");
        match (name, self.event_name) {
            (EventName::Fixed(name), _) => write_string(out, name),
            (EventName::Column(_), Some(column)) => match batch.cell(row, column) {
                Cell::Json(json) => write_as_string(json, out),
                Cell::Null => {
                    let message = format!("The event name column “{}” is null.", self.names[column]);
                    return Err(Error::new(ErrorKind::NoIdentifier, message)
                        .with_hint("Fill the column, or choose a fixed event name."));
                }
                Cell::Unreadable(reason) => return Err(self.unreadable(column, reason)),
            },
            (EventName::Column(name), None) => {
                let message = format!("The column “{name}” is not in the rows.");
                return Err(Error::new(ErrorKind::MissingObject, message));
            }
        }
        self.write_who(batch, row, out)?;
        if let Some(email) = self.email_to_add(batch, row) {
            out.extend_from_slice(b",\"context\":{\"traits\":{\"email\":");
            out.extend_from_slice(email);
            out.extend_from_slice(b"}}");
        }
        out.extend_from_slice(b",\"properties\":");
        self.fields.write(batch, row, out);
        out.push(b'}');
        Ok(())
    }

    /// Writes `userId` and `anonymousId`. Somebody known only by e-mail has it as their `userId`: the vendors'
    /// APIs refuse an event that has neither.
    fn write_who(&self, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> Result<()> {
        let value = |column: Option<usize>| -> Result<Option<&[u8]>> {
            match column.map(|column| (column, batch.cell(row, column))) {
                Some((_, Cell::Json(json))) if json != b"\"\"" => Ok(Some(json)),
                Some((column, Cell::Unreadable(reason))) => Err(self.unreadable(column, reason)),
                Some((_, Cell::Json(_) | Cell::Null)) | None => Ok(None),
            }
        };
        let (user, anonymous, email) = (value(self.user_id)?, value(self.anonymous_id)?, value(self.email)?);
        let user = user.or(if anonymous.is_none() { email } else { None });
        if user.or(anonymous).is_none() {
            return Err(Error::new(
                ErrorKind::NoIdentifier,
                "The row has no email, user id or anonymous id.",
            ));
        }
        for (key, value) in [(",\"userId\":", user), (",\"anonymousId\":", anonymous)] {
            if let Some(value) = value {
                out.extend_from_slice(key.as_bytes());
                write_as_string(value, out);
            }
        }
        Ok(())
    }

    /// The e-mail, where the fields do not hold it already.
    fn email_to_add<'a>(&self, batch: &'a RowBatch, row: usize) -> Option<&'a [u8]> {
        match batch.cell(row, self.email.filter(|_| !self.email_mapped)?) {
            Cell::Json(json) => Some(json),
            Cell::Null | Cell::Unreadable(_) => None,
        }
    }

    fn unreadable(&self, column: usize, reason: &str) -> Error {
        Error::new(ErrorKind::BadValue, format!("The column “{}” {reason}.", self.names[column]))
    }
}

fn match_column(fields: &[Field], match_field: &str, columns: &[Column]) -> Result<usize> {
    let mapped = fields.iter().find(|field| field.key == *match_field).map(|field| &field.value);
    match mapped {
        Some(FieldValue::Column(column)) => find(columns, column),
        Some(FieldValue::Constant(_)) | None => {
            let message = format!("No column is mapped to the match field “{match_field}”.");
            Err(Error::new(ErrorKind::BadMapping, message)
                .with_hint("Map the column that finds the record again, or match by a mapped field."))
        }
    }
}

fn find(columns: &[Column], name: &str) -> Result<usize> {
    column_named(columns, name).ok_or_else(|| no_column(columns, "column", name))
}

/// The index of the column of this name; where there is none, of one that differs in case alone.
pub fn column_named(columns: &[Column], name: &str) -> Option<usize> {
    let exact = columns.iter().position(|column| column.name == name);
    exact.or_else(|| columns.iter().position(|column| column.name.eq_ignore_ascii_case(name)))
}

/// The rows have no such column; names those they have. `what` it is to the sync ends "The …".
pub(crate) fn no_column(columns: &[Column], what: &str, name: &str) -> Error {
    let message = format!("The {what} “{name}” is not in the rows. {}", those_there(columns));
    Error::new(ErrorKind::MissingObject, message)
}

/// The first columns there are, as a sentence.
fn those_there(columns: &[Column]) -> String {
    const NAMED: usize = 10;
    let names: Vec<_> = columns.iter().take(NAMED).map(|column| column.name.as_str()).collect();
    match columns.len().saturating_sub(NAMED) {
        0 if names.is_empty() => "They have none.".to_owned(),
        0 => format!("They have: {}.", names.join(", ")),
        more => format!("They have: {} and {more} more.", names.join(", ")),
    }
}

/// Appends a JSON scalar as text: a string's content, anything else as it stands.
fn push_text(json: &[u8], out: &mut String) {
    let plain = match json {
        [b'"', text @ .., b'"'] if !text.contains(&b'\\') => text,
        [b'"', ..] => return push_escaped(json, out),
        scalar => scalar,
    };
    out.push_str(std::str::from_utf8(plain).unwrap_or(""));
}

fn push_escaped(json: &[u8], out: &mut String) {
    match serde_json::from_slice::<std::borrow::Cow<'_, str>>(json) {
        Ok(text) => out.push_str(&text),
        Err(_) => out.push_str(std::str::from_utf8(json).unwrap_or("")),
    }
}

/// Appends a JSON scalar as a JSON string.
fn write_as_string(json: &[u8], out: &mut Vec<u8>) {
    if json.first() == Some(&b'"') {
        out.extend_from_slice(json);
    } else {
        write_string(out, std::str::from_utf8(json).unwrap_or(""));
    }
}

#[cfg(test)]
mod tests;
