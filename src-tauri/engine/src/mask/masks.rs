//! How the values of one sync are masked.

use std::collections::HashMap;

use super::sources::{below, constants, last_step, normal, outside, personal_paths};
use super::{Personal, Remembered, by_name, free_text, text};
use crate::json_text::Json;
use crate::sync::Sync;
use crate::value::write_string;

/// How the values of one sync are masked: a value is personal where the name of its key says so, of a key around it, or
/// of a column it was ever made of; and an e-mail address is wherever it stands. A constant of the sync never is.
///
/// Keys are known at the end of any path: a payload, a request around several and the answer are masked alike. Without
/// a sync ([`Masks::default`]) names alone decide.
#[derive(Debug, Clone, Default)]
pub struct Masks {
    /// By the last step of their place.
    rules: HashMap<String, Vec<Rule>>,
    /// The columns of the row's key.
    key: Vec<Option<Personal>>,
    /// What was in the row's key before.
    earlier_key: Option<Personal>,
}

#[derive(Debug, Clone)]
struct Rule {
    place: String,
    says: Says,
}

#[derive(Debug, Clone)]
enum Says {
    /// What stands there and below comes from columns with such names.
    Personal(Personal),
    /// Something below does: where a destination has one value in place of the whole, it is in that.
    Around(Personal),
    /// This text is a constant.
    Constant(String),
}

impl Masks {
    /// Masks of a sync as it is defined, with what it was before.
    pub fn of(sync: &Sync, earlier: &Remembered) -> Self {
        let key = sync.key.iter().map(|column| by_name(column)).collect();
        let mut masks = Self { rules: HashMap::new(), key, earlier_key: earlier.key };
        let remembered = earlier.paths.iter().map(|(place, personal)| (place.clone(), *personal));
        for (place, personal) in personal_paths(sync).into_iter().chain(remembered) {
            for around in outside(&place) {
                masks.add(around.to_owned(), Says::Around(personal));
            }
            masks.add(place, Says::Personal(personal));
        }
        for (place, text) in constants(sync) {
            masks.add(place, Says::Constant(text));
        }
        masks
    }

    fn add(&mut self, place: String, says: Says) {
        self.rules.entry(last_step(&place).to_owned()).or_default().push(Rule { place, says });
    }

    /// Masks a document in place; true where something was masked.
    pub fn mask(&self, document: &mut Json) -> bool {
        self.walk("", None, document)
    }

    /// The same of what stands at a path.
    pub fn mask_at(&self, path: &str, document: &mut Json) -> bool {
        let place = normal(path);
        let around = outside(&place).fold(by_name(path), |around, place| self.personal_at(place).or(around));
        self.walk(&place, around, document)
    }

    /// A JSON document as text, masked, and whether something was. A text that is no JSON is masked as
    /// [free text](free_text).
    pub fn json(&self, text: &str) -> (String, bool) {
        let Some(mut document) = Json::parse(text) else { return (free_text(text), true) };
        let touched = self.mask(&mut document);
        (document.compact(), touched)
    }

    /// The texts of a JSON document that are personal, each with what is shown in its place.
    pub fn hidden_in(&self, text: &str) -> Vec<(String, String)> {
        let Some(document) = Json::parse(text) else { return Vec::new() };
        let mut masked = document.clone();
        self.mask(&mut masked);
        let texts = document.leaves().into_iter().zip(masked.leaves());
        let texts = texts.filter(|((_, own), (_, masked))| own.starts_with('"') && own != masked);
        let plain = |text: &str| Json::parse(text)?.text();
        texts.filter_map(|((_, own), (_, masked))| Some((plain(&own)?, plain(&masked)?))).collect()
    }

    /// What a request or an answer carried: JSON, lines of it, or words. Of JSON that was cut only whole values are
    /// shown: what stands under which key is not known of the last.
    pub fn body(&self, text: &str) -> String {
        let whole = |text: &str| Json::parse(text).map(|document| (document, ""));
        let cut = |text: &str| Json::beginning(text).map(|document| (document, "…"));
        let shown = |(mut document, end): (Json, &str)| {
            self.mask(&mut document);
            format!("{}{end}", document.compact())
        };
        if let Some(found) = whole(text).or_else(|| cut(text)) {
            return shown(found);
        }
        let line = |line| whole(line).or_else(|| cut(line)).map_or_else(|| free_text(line), shown);
        text.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }

    /// A value as JSON text, masked, also where it was cut.
    pub fn json_at(&self, path: &str, json: &str) -> String {
        if let Some(mut document) = Json::parse(json).or_else(|| Json::beginning(json)) {
            self.mask_at(path, &mut document);
            return document.compact();
        }
        match json.strip_prefix('"') {
            Some(text) => self.value(path, text).map_or_else(|| json.to_owned(), |masked| quoted(&masked)),
            None => json.to_owned(),
        }
    }

    /// Masks one value as people read it; `None` where it is not personal.
    pub fn value(&self, path: &str, text: &str) -> Option<String> {
        let nested = if text.starts_with(['{', '[']) { Json::parse(text) } else { None };
        let is_nested = nested.is_some();
        let mut document = nested.unwrap_or_else(|| Json::Scalar(quoted(text)));
        if !self.mask_at(path, &mut document) {
            return None;
        }
        if is_nested { Some(document.compact()) } else { document.text() }
    }

    /// Masks the key of a row: of several columns it is a list. `None` where it is not personal.
    pub fn key(&self, key: &str) -> Option<String> {
        let parts = if key.starts_with('[') { Json::parse(key) } else { None };
        let Some(Json::List(mut parts)) = parts else {
            let own = if let [own] = self.key.as_slice() { *own } else { None };
            return text(own.or(self.earlier_key), key);
        };
        // A key of other columns was made before the sync got those it has.
        let known = parts.len() == self.key.len();
        let any = self.key.iter().find_map(|own| *own);
        let mut touched = false;
        for (place, part) in parts.iter_mut().enumerate() {
            let own = if known { self.key.get(place).copied().flatten() } else { any };
            touched |= self.walk("", own.or(self.earlier_key), part);
        }
        touched.then(|| Json::List(parts).compact())
    }

    /// Masks what stands at `place`, inside something that is personal in the way of `around`.
    fn walk(&self, place: &str, around: Option<Personal>, document: &mut Json) -> bool {
        let personal = self.personal_at(place).or(around);
        match document {
            Json::Object(entries) => entries.iter_mut().fold(false, |touched, (key, value)| {
                self.walk(&below(place, key), personal, value) | touched
            }),
            Json::List(items) => items.iter_mut().enumerate().fold(false, |touched, (index, item)| {
                self.walk(&format!("{place}[{index}]"), personal, item) | touched
            }),
            Json::Scalar(scalar) => {
                let Some(plain) = Json::Scalar(scalar.clone()).text() else { return false };
                if self.is_constant(place, &plain) {
                    return false;
                }
                let Some(masked) = text(personal.or_else(|| self.within(place)), &plain) else {
                    return false;
                };
                *scalar = quoted(&masked);
                true
            }
        }
    }

    /// What is at a place by its columns, else by its name.
    fn personal_at(&self, place: &str) -> Option<Personal> {
        let own = self.rules_at(place).find_map(|says| match says {
            Says::Personal(personal) => Some(*personal),
            Says::Around(_) | Says::Constant(_) => None,
        });
        own.or_else(|| by_name(last_step(place)))
    }

    /// What is below a place.
    fn within(&self, place: &str) -> Option<Personal> {
        self.rules_at(place).find_map(|says| match says {
            Says::Around(personal) => Some(*personal),
            Says::Personal(_) | Says::Constant(_) => None,
        })
    }

    fn is_constant(&self, place: &str, text: &str) -> bool {
        self.rules_at(place).any(|says| matches!(says, Says::Constant(constant) if constant == text))
    }

    /// What is said of a place, and of the end of its path.
    fn rules_at(&self, place: &str) -> impl Iterator<Item = &Says> {
        let ends_here = move |rule: &&Rule| {
            place.strip_suffix(rule.place.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.rules.get(last_step(place)).into_iter().flatten().filter(ends_here).map(|rule| &rule.says)
    }
}

fn quoted(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    write_string(&mut out, text);
    String::from_utf8(out).unwrap_or_default()
}
