//! Which fields of delivered records would be emptied.

use crate::error::Result;
use crate::mapping::{Step, fields, parse_path};
use crate::sync::{FieldValue, Shape, Sync};
use crate::value::Column;
use serde_json::Value;

/// Records looked at closely, at most.
const SAMPLE: usize = 128;

/// Counts, field by field, the changed records in which it is null now; and keeps some of them, spread over all, to
/// be looked at closely.
pub(crate) struct Emptied {
    shape: Shape,
    /// Of each field its key in the payload, the steps to it, and in how many records it is null.
    fields: Vec<(String, Vec<Step>, u64)>,
    sample: Vec<Nulls>,
    /// Records with nulls so far, and how many of them one in the sample stands for.
    records: usize,
    stride: usize,
}

/// A record and its fields that are null.
struct Nulls {
    known_as: String,
    fields: Vec<usize>,
}

impl Emptied {
    /// None yet, of the fields that come from columns.
    pub(crate) fn new(sync: &Sync, columns: &[Column]) -> Self {
        let of_column = |field: crate::sync::Field| match field.value {
            FieldValue::Column(_) | FieldValue::Template(_) => {
                parse_path(&field.key).ok().map(|steps| (field.key, steps, 0))
            }
            FieldValue::Constant(_) => None,
        };
        let fields = fields(sync, columns).into_iter().filter_map(of_column).collect();
        Self { shape: sync.shape.clone(), fields, sample: Vec::new(), records: 0, stride: 1 }
    }

    /// Counts a changed record that was delivered as `known_as` before.
    pub(crate) fn note(&mut self, known_as: &str, payload: &[u8]) {
        // Most payloads have no null, and need not be read.
        if !payload.windows(4).any(|word| word == b"null") {
            return;
        }
        let Ok(payload) = serde_json::from_slice::<Value>(payload) else { return };
        let mut nulls = Vec::new();
        for (place, (_, steps, count)) in self.fields.iter_mut().enumerate() {
            if value_at(&self.shape, &payload, steps).is_some_and(Value::is_null) {
                *count += 1;
                nulls.push(place);
            }
        }
        if nulls.is_empty() {
            return;
        }
        if self.records.is_multiple_of(self.stride) {
            self.sample.push(Nulls { known_as: known_as.to_owned(), fields: nulls });
        }
        self.records += 1;
        if self.sample.len() == SAMPLE {
            let mut place = 0;
            self.sample.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// Fields that would be emptied in about so many records, which `exceeds` a limit. Only for those are values as
    /// they were last delivered looked up: `was_null` answers for the newest delivered payload that has the field, as
    /// what an undo delivers has a few alone. What is no longer known counts as a value.
    pub(crate) fn fields(
        &self,
        exceeds: impl Fn(u64) -> bool,
        was_null: impl Fn(&str, &dyn Fn(&[u8]) -> Option<bool>) -> Result<Option<bool>>,
    ) -> Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        for (place, (key, steps, count)) in
            self.fields.iter().enumerate().filter(|(_, field)| exceeds(field.2))
        {
            let (mut had_value, mut all) = (0, 0);
            let is_null = |payload: &[u8]| {
                let payload = serde_json::from_slice::<Value>(payload).ok()?;
                value_at(&self.shape, &payload, steps).map(Value::is_null)
            };
            for nulls in self.sample.iter().filter(|nulls| nulls.fields.contains(&place)) {
                all += 1;
                had_value += u64::from(!was_null(&nulls.known_as, &is_null)?.unwrap_or(false));
            }
            let emptied = (count * had_value).checked_div(all).unwrap_or(*count);
            if exceeds(emptied) {
                found.push((key.clone(), emptied));
            }
        }
        Ok(found)
    }
}

/// A field's value in a payload.
fn value_at<'a>(shape: &Shape, payload: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    let root = match shape {
        Shape::Identify => payload.get("traits")?,
        Shape::Track(_) => payload.get("properties")?,
        Shape::Record { .. } => payload,
    };
    steps.iter().try_fold(root, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}
