//! The fields of the destination's object, as far as a run has to know them.

use std::collections::HashMap;

use crate::destination::{Destination, ObjectField, Takes};
use crate::error::Result;
use crate::fits::{Misfit, misfit};
use crate::json_text::Json;
use crate::same::is_same;
use crate::store::outbox::looked::Refusal;

/// The fields by their names.
#[derive(Default)]
pub(crate) struct Known {
    fields: HashMap<String, ObjectField>,
}

impl Known {
    /// The fields of `object` in the destination.
    pub(in crate::run) async fn read(destination: &dyn Destination, object: &str) -> Result<Self> {
        let objects = destination.objects().await?;
        let fields = objects.into_iter().filter(|known| known.name == object).flat_map(|known| known.fields);
        Ok(Self { fields: fields.map(|field| (field.name.clone(), field)).collect() })
    }

    pub(in crate::run) fn takes(&self, name: &str) -> Takes {
        self.fields.get(name).map_or(Takes::Anything, |field| field.takes)
    }

    /// Whether a new record can be given the field. Of a destination that names no fields every one can.
    pub(in crate::run) fn is_writable(&self, name: &str) -> bool {
        self.fields.is_empty() || self.fields.get(name).is_some_and(|field| field.writable)
    }

    /// The destination may have the field, perhaps in letters of another case. One that names no fields has every one.
    fn has(&self, name: &str) -> bool {
        self.fields.is_empty() || self.fields.keys().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Adds to `fields` all that a record can be given: a record that is deleted is created again from them.
    pub(in crate::run) fn add_writable(&self, fields: &mut Vec<String>) {
        let writable = self.fields.values().filter(|field| field.writable).map(|field| &field.name);
        let mut more: Vec<String> = writable.filter(|name| !fields.contains(name)).cloned().collect();
        more.sort_unstable();
        fields.extend(more);
    }

    /// Fields of a record to be sent, its `entries`, whose values the destination would not take. A new record needs
    /// every required field; an older one only must not lose them.
    pub(in crate::run) fn refusals(&self, entries: &[(String, Json)], is_new: bool) -> Vec<Refusal> {
        let refusal =
            |field: &ObjectField, why| Refusal { field: field.name.clone(), label: field.label.clone(), why };
        let mut refusals = Vec::new();
        for (name, value) in entries {
            let Some(field) = self.fields.get(name) else {
                if !self.has(name) {
                    let (field, label) = (name.clone(), name.clone());
                    refusals.push(Refusal { field, label, why: Misfit::NoField });
                }
                continue;
            };
            let why = if is_same(Takes::Anything, Some(value), None) {
                field.required.then_some(Misfit::Empty)
            } else {
                misfit(field.takes, &field.options, value)
            };
            refusals.extend(why.map(|why| refusal(field, why)));
        }
        if is_new {
            let is_open = |field: &&ObjectField| {
                field.required
                    && field.writable
                    && !entries.iter().any(|(name, _)| name.eq_ignore_ascii_case(&field.name))
            };
            let mut open: Vec<&ObjectField> = self.fields.values().filter(is_open).collect();
            open.sort_by(|one, other| one.name.cmp(&other.name));
            refusals.extend(open.into_iter().map(|field| refusal(field, Misfit::Empty)));
        }
        refusals
    }
}
