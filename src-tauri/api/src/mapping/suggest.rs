//! Which columns could fill the fields of an object that nothing fills yet.

use sluice_engine::mapping::{Step, fields, parse_path};
use sluice_engine::sync::{FieldValue, Sync};
use sluice_engine::value::Column;

use super::synonyms::{Near, is_known, near};
use crate::wire::{DestinationField, DestinationObject, Likeness, Suggestion};

/// Something that could fill a field: a column, or a field of the sync that is no plain column.
struct Source {
    column: Option<String>,
    sent: Option<usize>,
    /// What it is called: by the warehouse, and by the user.
    names: Vec<String>,
}

/// At most one suggestion for each open field, in the order of the object's fields. The likest come first, so that
/// no column is given to a field it is less like than to another.
pub(super) fn suggestions(sync: &Sync, columns: &[Column], object: &DestinationObject) -> Vec<Suggestion> {
    let mut sources = sources(sync, columns, object);
    let filled = fields(sync, columns);
    let mut open: Vec<(usize, &DestinationField)> = object
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.writable && filled.iter().all(|filled| filled.key != field.name))
        .collect();
    let mut found: Vec<(usize, Suggestion)> = Vec::new();
    for level in [Level::Exact, Level::Spelling, Level::Synonym(Near::Same), Level::Synonym(Near::Akin)] {
        open.retain(|(place, field)| {
            let Some(at) = sources.iter().position(|source| source.is_like(field, level)) else {
                return true;
            };
            let Source { column, sent, .. } = sources.remove(at);
            let likeness = level.likeness();
            found.push((*place, Suggestion { field: field.name.clone(), column, sent, likeness }));
            false
        });
    }
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, suggestion)| suggestion).collect()
}

/// What fills no field of the object yet.
fn sources(sync: &Sync, columns: &[Column], object: &DestinationObject) -> Vec<Source> {
    let is_known = |key: &str| object.fields.iter().any(|field| field.name == key);
    let mut sources: Vec<Source> = columns
        .iter()
        .map(|column| Source {
            column: Some(column.name.clone()),
            sent: None,
            names: vec![column.name.clone()],
        })
        .collect();
    for (index, field) in fields(sync, columns).into_iter().enumerate() {
        let plain = match &field.value {
            FieldValue::Column(column) => {
                sources.iter().position(|source| source.column.as_ref() == Some(column))
            }
            FieldValue::Template(_) | FieldValue::Constant(_) => None,
        };
        match (plain, is_known(&field.key)) {
            (Some(at), true) => drop(sources.remove(at)),
            (Some(at), false) => sources[at].names.extend(names_of(&field.key)),
            (None, true) => {}
            (None, false) => {
                sources.push(Source { column: None, sent: Some(index), names: names_of(&field.key) });
            }
        }
    }
    sources
}

/// A key as it is written, and its last part: `company.name`, `name`.
fn names_of(key: &str) -> Vec<String> {
    let last = parse_path(key).unwrap_or_default().into_iter().rev().find_map(|step| match step {
        Step::Key(name) => Some(name),
        Step::Index(_) => None,
    });
    std::iter::once(key.to_owned()).chain(last.filter(|last| last != key)).collect()
}

#[derive(Clone, Copy)]
enum Level {
    Exact,
    Spelling,
    Synonym(Near),
}

impl Level {
    fn likeness(self) -> Likeness {
        match self {
            Self::Exact => Likeness::Exact,
            Self::Spelling => Likeness::Spelling,
            Self::Synonym(_) => Likeness::Synonym,
        }
    }

    fn alike(self, name: &str, word: &str) -> bool {
        match self {
            Self::Exact => name == word,
            Self::Spelling => !bare(name).is_empty() && bare(name) == bare(word),
            Self::Synonym(wanted) => near(&bare(name), &bare(word)).is_some_and(|near| near <= wanted),
        }
    }
}

impl Source {
    fn is_like(&self, field: &DestinationField, level: Level) -> bool {
        let words = match level {
            // A name such as `name` says less than its label, "Account name".
            Level::Synonym(_) if is_known(&bare(&field.label)) => vec![field.label.as_str()],
            Level::Exact | Level::Spelling | Level::Synonym(_) => {
                vec![field.name.as_str(), field.label.as_str()]
            }
        };
        self.names.iter().any(|name| words.iter().any(|word| level.alike(name, word)))
    }
}

/// A name's letters and digits, without the mark custom fields have in some CRMs.
fn bare(name: &str) -> String {
    let own = name.strip_suffix("__c").unwrap_or(name);
    own.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
