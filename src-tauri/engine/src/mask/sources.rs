//! Where a sync's payloads have what its columns hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Personal, by_name};
use crate::json_text::Json;
use crate::mapping::{Step, parse_path};
use crate::sync::{EventName, FieldValue, Identifier, Shape, Sync};

/// The ids of people in events.
const IDS: [&str; 2] = ["userId", "anonymousId"];

/// What earlier definitions of a sync made of columns whose names sound personal. Payloads, and values in a
/// destination, outlive the mapping that made them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Places in payloads, and what was there.
    pub(super) paths: BTreeMap<String, Personal>,
    /// What was in the key of its rows.
    pub(super) key: Option<Personal>,
}

impl Remembered {
    /// Adds what this definition makes.
    pub fn add(&mut self, sync: &Sync) {
        // An e-mail address is masked wherever it is, and the ids that come after one are to be told apart.
        let is_id = |place: &str| IDS.iter().any(|id| plain(id) == place);
        let kept = personal_paths(sync).into_iter();
        self.paths.extend(kept.filter(|(place, personal)| *personal != Personal::Email || !is_id(place)));
        let key = together(&sync.key).filter(|personal| *personal != Personal::Email);
        self.key = key.or(self.key);
    }

    /// Nothing is remembered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Places that are made of columns whose names sound personal. Where every column is sent, the names are those of the
/// keys, and nobody has to say so.
pub(super) fn personal_paths(sync: &Sync) -> Vec<(String, Personal)> {
    let mut places = match sync.shape {
        Shape::Identify | Shape::Track(_) => who(sync),
        Shape::Record { .. } => Vec::new(),
    };
    for field in sync.fields.iter().flatten() {
        let columns = field.value.columns();
        places.extend(places_of(&field.key).into_iter().map(|place| (place, columns.clone())));
    }
    if let Shape::Track(EventName::Column(column)) = &sync.shape {
        places.push(("event".to_owned(), vec![column.clone()]));
    }
    places.into_iter().filter_map(|(place, columns)| Some((place, together(&columns)?))).collect()
}

/// The identifiers of events that are given by name. Without a user id the e-mail is in its place.
fn who(sync: &Sync) -> Vec<(String, Vec<String>)> {
    let column = |identifier: Identifier| sync.identifiers.get(&identifier).cloned();
    let user = column(Identifier::UserId).or_else(|| column(Identifier::Email));
    let columns = [user, column(Identifier::AnonymousId)];
    IDS.into_iter().zip(columns).filter_map(|(key, column)| Some((plain(key), vec![column?]))).collect()
}

/// Constants, each scalar at its place.
pub(super) fn constants(sync: &Sync) -> Vec<(String, String)> {
    let mut constants = Vec::new();
    for field in sync.fields.iter().flatten() {
        let FieldValue::Constant(constant) = &field.value else { continue };
        let leaves = Json::parse(&constant.to_string()).map(|constant| constant.leaves());
        for (below, value) in leaves.unwrap_or_default() {
            let Some(text) = Json::parse(&value).and_then(|value| value.text()) else { continue };
            let below = normal(&below);
            let dot = if below.is_empty() || below.starts_with('[') { "" } else { "." };
            let places = places_of(&field.key).into_iter();
            constants.extend(places.map(|at| (format!("{at}{dot}{below}"), text.clone())));
        }
    }
    constants
}

/// What these columns hold together, by their names.
fn together(columns: &[String]) -> Option<Personal> {
    let mut kinds = columns.iter().filter_map(|column| by_name(column));
    let first = kinds.next()?;
    Some(if kinds.all(|kind| kind == first) { first } else { Personal::Other })
}

/// The place of a field's key. Where a part of it has a dot, also as if that were one of the path: that is how a
/// document's paths are written.
fn places_of(key: &str) -> Vec<String> {
    let (mut place, mut written) = (String::new(), String::new());
    for step in parse_path(key).unwrap_or_default() {
        match step {
            Step::Key(name) => {
                place = below(&place, &name);
                written = if written.is_empty() { name } else { format!("{written}.{name}") };
            }
            Step::Index(index) => {
                place = format!("{place}[{index}]");
                written = format!("{written}[{index}]");
            }
        }
    }
    let written = normal(&written);
    let mut places = vec![place, written];
    places.dedup();
    places.retain(|place| !place.is_empty());
    places
}

/// The place of a key in an object.
pub(super) fn below(place: &str, key: &str) -> String {
    let key = plain(key);
    if place.is_empty() { key } else { format!("{place}.{key}") }
}

/// A path, such as [`Json::leaves`] writes, as a place.
pub(super) fn normal(path: &str) -> String {
    let part = |part: &str| {
        let (name, index) = part.find('[').and_then(|at| part.split_at_checked(at)).unwrap_or((part, ""));
        format!("{}{index}", if name.is_empty() { String::new() } else { plain(name) })
    };
    path.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// A key without what destinations write in their own ways: `full_name`, `fullName` and `Full Name` are one.
fn plain(key: &str) -> String {
    let letters: String = key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if letters.is_empty() { key.to_owned() } else { letters }
}

/// The last step of a place: a name, or `[n]`.
pub(super) fn last_step(place: &str) -> &str {
    match place.rfind(['.', '[']).and_then(|at| place.split_at_checked(at)) {
        None => place,
        Some((_, rest)) => rest.strip_prefix('.').unwrap_or(rest),
    }
}

/// The places a place is inside of, outermost first.
pub(super) fn outside(place: &str) -> impl Iterator<Item = &str> {
    let ends = place.match_indices(['.', '[']).map(|(at, _)| at).filter(|at| *at > 0);
    ends.filter_map(move |at| place.get(..at))
}
