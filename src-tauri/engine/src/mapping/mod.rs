//! From a row to its payload: columns to fields.
//!
//! A mapping is compiled once against the columns a read has, and then writes each row's payload by copying
//! cells. What it writes is what preview, fingerprint, request and log show.

mod address;
mod checks;
mod event;
mod hash;
mod made;
mod path;
mod person;
mod template;
mod tree;

use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Field, Identifier, Shape, Sync};
use crate::value::{Cell, Column, RowBatch};

pub use address::{address, clearing_payload, without};
use checks::{check_mask, check_only_if_empty, match_value, unusable};
pub use path::{Step, first_key, literal, parse_path};
pub use person::named_in;
pub use template::{TemplatePart, template};
use tree::Tree;

/// A mapping compiled against the columns of a read.
pub struct Mapping {
    shape: Shape,
    key: Vec<usize>,
    user_id: Option<usize>,
    anonymous_id: Option<usize>,
    email: Option<usize>,
    event_name: Option<usize>,
    match_value: Option<MatchValue>,
    fields: Tree,
    /// The fields hold the e-mail under `email` themselves.
    email_mapped: bool,
    names: Vec<String>,
}

/// Where the value comes from by which a record is found again.
#[derive(Clone, Copy)]
enum MatchValue {
    Column(usize),
    /// It is made from columns, and looked at once it is.
    Made,
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
    let own_name = |column: &Column| Field::column(column.name.clone(), path::literal(&column.name));
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
            return Err(unusable(&fields[problem.field], &problem.message, columns));
        }
        check_only_if_empty(sync)?;
        check_mask(sync, &fields, columns)?;
        let mut mapping = Self { key, ..Self::of_tree(sync.shape.clone(), tree, columns) };
        match &sync.shape {
            Shape::Identify | Shape::Track(_) => mapping.compile_event(sync, columns)?,
            Shape::Record { match_field, .. } => {
                mapping.match_value = Some(match_value(&fields, match_field, columns)?);
            }
        }
        Ok(mapping)
    }

    /// A mapping that makes records of the fields alone, to look at what becomes of each. Fields that can not be made
    /// of these columns are left out, and nothing else has to be right yet.
    pub fn of_fields(sync: &Sync, columns: &[Column]) -> Self {
        let shape = Shape::Record { object: String::new(), match_field: String::new() };
        Self::of_tree(shape, Tree::build(&fields(sync, columns), columns).0, columns)
    }

    fn of_tree(shape: Shape, tree: Tree, columns: &[Column]) -> Self {
        Self {
            shape,
            key: Vec::new(),
            user_id: None,
            anonymous_id: None,
            email: None,
            event_name: None,
            match_value: None,
            email_mapped: tree.has_top("email"),
            fields: tree,
            names: columns.iter().map(|column| column.name.clone()).collect(),
        }
    }

    /// Columns of the key, by index, in its order.
    pub fn key_columns(&self) -> &[usize] {
        &self.key
    }

    /// Columns this mapping needs, by index, ascending.
    pub fn used_columns(&self) -> Vec<usize> {
        let single = [self.user_id, self.anonymous_id, self.email, self.event_name];
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
            Shape::Record { match_field, .. } => self.write_record(match_field, batch, row, out),
        }
    }

    fn write_record(&self, match_field: &str, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        let found_again = match self.match_value {
            Some(MatchValue::Column(column)) if batch.cell(row, column) == Cell::Null => false,
            Some(MatchValue::Column(_)) | None => {
                self.fields.write(batch, row, out);
                true
            }
            Some(MatchValue::Made) => {
                self.fields.write(batch, row, out);
                address::has_match(match_field, &out[start..])
            }
        };
        if found_again {
            return Ok(());
        }
        out.truncate(start);
        let message = format!("The match field “{match_field}” has no value.");
        Err(Error::new(ErrorKind::NoIdentifier, message)
            .with_hint("Fill the column it comes from, or match by another field."))
    }

    fn unreadable(&self, column: usize, reason: &str) -> Error {
        Error::new(ErrorKind::BadValue, format!("The column “{}” {reason}.", self.names[column]))
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

#[cfg(test)]
pub(crate) mod tests;
