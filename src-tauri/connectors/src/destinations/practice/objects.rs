//! Objects of a CRM: their fields, and what each field takes.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;
use sluice_engine::destination::{Object, ObjectField, Takes};

use super::problem::{Problem, What};

/// An object.
pub(super) struct ObjectDef {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// One of them, in a sentence.
    pub(super) one: &'static str,
    pub(super) fields: &'static [FieldDef],
}

/// A field of an object.
#[derive(Clone, Copy)]
pub(super) struct FieldDef {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    holds: Holds,
    /// A new record needs it.
    pub(super) required: bool,
    /// No two records have the same value, so records are matched by it.
    pub(super) unique: bool,
    custom: bool,
}

/// What a field takes.
#[derive(Clone, Copy)]
pub(super) enum Holds {
    /// Text of at most so many characters.
    Text(usize),
    Email,
    Number,
    Boolean,
    Date,
    DateTime,
    /// A day with a time, in whatever form HubSpot's connector makes one of: a day is its midnight, a number
    /// milliseconds.
    AnyTime,
    PickList(&'static [&'static str]),
}

pub(super) const fn field(name: &'static str, label: &'static str, holds: Holds) -> FieldDef {
    FieldDef { name, label, holds, required: false, unique: false, custom: false }
}

impl FieldDef {
    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    pub(super) const fn custom(self) -> Self {
        Self { custom: true, ..self }
    }

    /// The form in which two values of this field are the same.
    pub(super) fn canonical(&self, value: &Value) -> Option<String> {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        let same = if matches!(self.holds, Holds::Email) { text.to_lowercase() } else { text };
        (!same.is_empty()).then_some(same)
    }

    /// Why the field does not take `value`, without personal data. What empties it is always taken here.
    pub(super) fn problem(&self, value: &Value) -> Option<Problem> {
        if is_empty(value) {
            return None;
        }
        let takes = match self.holds {
            Holds::Text(longest) => return self.text_problem(value, longest),
            Holds::Email if value.as_str().is_some_and(is_email) => return None,
            Holds::Email => {
                let words = format!("{} is not a valid e-mail address.", self.label);
                return Some(Problem::of(What::NotAnAddress, self.name, words));
            }
            Holds::Number if is_number(value) => return None,
            Holds::Number => "a number".to_owned(),
            Holds::Boolean if is_boolean(value) => return None,
            Holds::Boolean => "true or false".to_owned(),
            Holds::Date if value.as_str().is_some_and(is_date) => return None,
            Holds::Date => "a day such as 2026-01-31".to_owned(),
            Holds::DateTime if value.as_str().is_some_and(is_moment) => return None,
            Holds::AnyTime if is_any_time(value) => return None,
            Holds::DateTime | Holds::AnyTime => "a date and time such as 2026-01-31T08:30:00Z".to_owned(),
            Holds::PickList(options) => match value.as_str() {
                Some(text) if options.contains(&text) => return None,
                text => return Some(self.not_an_option(text, options, value)),
            },
        };
        let words = format!("{} takes {takes}, not {}.", self.label, kind_of(value));
        Some(Problem::of(What::WrongType, self.name, words))
    }

    fn not_an_option(&self, text: Option<&str>, options: &[&str], value: &Value) -> Problem {
        let is = match text {
            Some(text) if text.chars().count() <= 40 => format!("“{text}”"),
            Some(_) | None => kind_of(value).to_owned(),
        };
        let words = format!("{} takes {}, not {is}.", self.label, options.join(", "));
        Problem::of(What::NotAnOption, self.name, words)
    }

    fn text_problem(&self, value: &Value, longest: usize) -> Option<Problem> {
        let length = match value {
            Value::String(text) => text.chars().count(),
            Value::Number(_) | Value::Bool(_) | Value::Null => 0,
            Value::Array(_) | Value::Object(_) => {
                let words = format!("{} takes text, not {}.", self.label, kind_of(value));
                return Some(Problem::of(What::WrongType, self.name, words));
            }
        };
        (length > longest).then(|| {
            let words =
                format!("{} takes at most {longest} characters; this value has {length}.", self.label);
            Problem::of(What::TooLong, self.name, words)
        })
    }

    fn described(&self) -> ObjectField {
        let (field_type, takes, options): (&str, Takes, &[&str]) = match self.holds {
            Holds::Text(longest) => ("text", Takes::Text { longest: Some(longest) }, &[]),
            Holds::Email => ("email", Takes::Email, &[]),
            Holds::Number => ("number", Takes::Number { decimals: None }, &[]),
            Holds::Boolean => ("boolean", Takes::Boolean, &[]),
            Holds::Date => ("date", Takes::Date { converts: false }, &[]),
            Holds::DateTime => ("datetime", Takes::Moment { converts: false }, &[]),
            Holds::AnyTime => ("datetime", Takes::Moment { converts: true }, &[]),
            Holds::PickList(options) => ("pick list", Takes::OneOf, options),
        };
        ObjectField {
            name: self.name.to_owned(),
            label: self.label.to_owned(),
            field_type: field_type.to_owned(),
            takes,
            required: self.required,
            writable: true,
            matchable: self.unique,
            options: options.iter().map(|&option| option.to_owned()).collect(),
            custom: self.custom,
        }
    }
}

impl ObjectDef {
    /// Its field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// As the catalogue shows it.
    pub(super) fn described(&self) -> Object {
        Object {
            name: self.name.to_owned(),
            label: self.label.to_owned(),
            fields: self.fields.iter().map(FieldDef::described).collect(),
        }
    }
}

/// Whether `text` can be an e-mail address: one `@`, something before it, a domain with a dot behind it.
/// The value empties a field: no value, or text without a letter.
pub(super) fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.trim().split_once('@') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let local_fits = !local.is_empty()
        && local.chars().count() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"@,;:<>()[]\\\"".contains(c));
    local_fits && domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label)
}

/// Numbers beyond what every JSON reader keeps exact come as text.
fn is_number(value: &Value) -> bool {
    value.is_number()
        || value.as_str().is_some_and(|text| text.trim().parse::<f64>().is_ok_and(f64::is_finite))
}

fn is_boolean(value: &Value) -> bool {
    let is_word = |text: &str| ["true", "false"].iter().any(|word| text.trim().eq_ignore_ascii_case(word));
    value.is_boolean() || value.as_str().is_some_and(is_word)
}

fn is_any_time(value: &Value) -> bool {
    value.is_i64() || value.as_str().map(str::trim).is_some_and(|text| is_date(text) || is_moment(text))
}

fn is_date(text: &str) -> bool {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_moment(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").is_ok()
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "this text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a group of values",
    }
}
