//! What comparing every record of a run says of its groups and of each field.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::destination::Takes;
use crate::fits::Misfit;
use crate::json_text::Json;
use crate::same::is_same;
use crate::store::outbox::looked::{Group, Looked};

/// Different values of one field that are counted; later ones are not.
const COUNTED: usize = 1_000;
/// Values of one field that are kept on disk.
const KEPT: usize = 20;
/// Longer values are not counted, in bytes.
const LONGEST: usize = 120;

/// What came of comparing so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// Batches up to this one are compared.
    pub until: i64,
    /// Records compared.
    pub compared: u64,
    /// The destination said what stands there.
    pub live: bool,
    /// Records by what would become of them.
    pub groups: BTreeMap<Group, u64>,
    /// Of each field, in the order first met.
    pub fields: Vec<FieldReport>,
    #[serde(skip)]
    places: HashMap<String, usize>,
}

/// What would become of one field.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FieldReport {
    /// Its name in the destination, or its path in an event.
    pub path: String,
    /// Records that carry it.
    pub records: u64,
    /// Records in which it would get another value.
    pub changed: u64,
    /// Records in which it has a value before.
    pub filled_before: u64,
    /// Records in which it has a value after.
    pub filled_after: u64,
    /// Records in which it has a value before, and none after.
    pub blanked: u64,
    /// Records in which it is left alone, because it has a value there.
    pub left_alone: u64,
    /// Values the destination would not take.
    pub misfits: BTreeMap<Misfit, Misfits>,
    /// How many records have a value before and after, by the value as JSON text; of the values met first.
    pub values: BTreeMap<String, (u64, u64)>,
}

/// Values of a field that the destination would not take for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfits {
    /// Records with one.
    pub records: u64,
    /// The first such value, as JSON text; `None` where the field is not there.
    pub example: Option<String>,
}

impl Report {
    /// Counts one record, whose payload has these `entries` and in whose place `stands` what was found. Of a record that
    /// would fail nothing becomes: it stays as it stands.
    pub(super) fn note(&mut self, looked: &Looked, entries: &[(String, Json)], stands: &[(String, Json)]) {
        self.compared += 1;
        self.live |= looked.live;
        *self.groups.entry(looked.group).or_default() += 1;
        let fails = looked.group == Group::Fail;
        for refusal in
            looked.refused.iter().filter(|refusal| !entries.iter().any(|(name, _)| *name == refusal.field))
        {
            self.field(&refusal.field).misfits.entry(refusal.why).or_default().records += 1;
        }
        for (path, value) in entries {
            let before = stands.iter().find(|(known, _)| known == path).map(|(_, value)| value);
            let left_alone = looked.left_alone.contains(path);
            let stays = left_alone || fails;
            let after = if stays { before } else { Some(value) };
            let differs = !stays && !looked.same.contains(path);
            let misfit = looked.refused.iter().find(|refusal| refusal.field == *path);
            let field = self.field(path);
            let (was, is) = (is_filled(before), is_filled(after));
            field.records += 1;
            field.changed += u64::from(differs);
            field.filled_before += u64::from(was);
            field.filled_after += u64::from(is);
            field.blanked += u64::from(was && !is);
            field.left_alone += u64::from(left_alone);
            if let Some(misfit) = misfit {
                let misfits = field.misfits.entry(misfit.why).or_default();
                misfits.records += 1;
                misfits.example.get_or_insert_with(|| shortened(&value.compact()));
            }
            field.count(before.filter(|_| was), |counts| counts.0 += 1);
            field.count(after.filter(|_| is), |counts| counts.1 += 1);
        }
    }

    fn field(&mut self, path: &str) -> &mut FieldReport {
        if self.places.len() != self.fields.len() {
            let places = self.fields.iter().enumerate().map(|(place, field)| (field.path.clone(), place));
            self.places = places.collect();
        }
        let next = self.fields.len();
        let place = *self.places.entry(path.to_owned()).or_insert(next);
        if place == next {
            self.fields.push(FieldReport { path: path.to_owned(), ..FieldReport::default() });
        }
        &mut self.fields[place]
    }

    /// As it is kept: only the most frequent values of each field.
    pub(crate) fn to_keep(&self) -> Self {
        let (groups, fields) = (self.groups.clone(), self.fields.iter().map(FieldReport::to_keep).collect());
        Self { groups, fields, places: HashMap::new(), ..*self }
    }
}

impl FieldReport {
    fn count(&mut self, value: Option<&Json>, add: impl FnOnce(&mut (u64, u64))) {
        let Some(text) = value.map(Json::compact).filter(|text| text.len() <= LONGEST) else { return };
        if self.values.len() < COUNTED {
            add(self.values.entry(text).or_default());
        } else if let Some(counts) = self.values.get_mut(&text) {
            add(counts);
        }
    }

    fn to_keep(&self) -> Self {
        let values = self.top(KEPT).into_iter().map(|(value, counts)| (value.to_owned(), counts)).collect();
        Self { path: self.path.clone(), misfits: self.misfits.clone(), values, ..*self }
    }

    /// The most frequent values after, with how many records have each before and after.
    pub fn top(&self, most: usize) -> Vec<(&str, (u64, u64))> {
        let mut values: Vec<(&str, (u64, u64))> =
            self.values.iter().map(|(value, counts)| (value.as_str(), *counts)).collect();
        values.sort_by_key(|(_, (before, after))| std::cmp::Reverse((*after, *before)));
        values.truncate(most);
        values
    }
}

fn is_filled(value: Option<&Json>) -> bool {
    !is_same(Takes::Anything, value, None)
}

fn shortened(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::outbox::looked::Refusal;

    fn fields(text: &str) -> Vec<(String, Json)> {
        match Json::parse(text) {
            Some(Json::Object(fields)) => fields,
            other => panic!("{other:?}"),
        }
    }

    fn looked(group: Group) -> Looked {
        Looked::of(group, None, true)
    }

    #[test]
    fn each_field_says_what_becomes_of_it() {
        let mut report = Report::default();
        let tier = Refusal { field: "tier".into(), label: "Tier".into(), why: Misfit::NotInList };
        let mut one = looked(Group::Fail);
        one.refused = vec![tier];
        report.note(&one, &fields(r#"{"name":"Bo","tier":"Z"}"#), &fields(r#"{"name":"Al","tier":null}"#));
        let mut two = looked(Group::Update);
        two.left_alone = vec!["tier".into()];
        report.note(&two, &fields(r#"{"name":null,"tier":"B"}"#), &fields(r#"{"name":"Cy","tier":"A"}"#));
        let mut three = looked(Group::Same);
        three.same = vec!["name".into()];
        report.note(&three, &fields(r#"{"name":" Bo "}"#), &fields(r#"{"name":"Bo"}"#));
        assert_eq!(report.compared, 3);
        assert_eq!(report.groups.values().sum::<u64>(), 3);
        let [name, tier] = report.fields.as_slice() else { panic!("{:?}", report.fields) };
        assert_eq!((name.records, name.changed, name.blanked), (3, 1, 1));
        assert_eq!((name.filled_before, name.filled_after), (3, 2));
        assert_eq!((tier.records, tier.changed, tier.left_alone), (2, 0, 1));
        assert_eq!((tier.filled_before, tier.filled_after), (1, 1), "what would fail stays as it stands");
        let misfits = &tier.misfits[&Misfit::NotInList];
        assert_eq!((misfits.records, misfits.example.as_deref()), (1, Some("\"Z\"")));
        assert_eq!(name.top(1), [("\"Al\"", (1, 1))]);
    }

    #[test]
    fn what_is_kept_goes_on_as_if_it_had_never_been_away() {
        let mut report = Report::default();
        report.note(&looked(Group::Create), &fields(r#"{"a":1,"b":2}"#), &[]);
        let text = serde_json::to_string(&report.to_keep()).unwrap();
        let mut back: Report = serde_json::from_str(&text).unwrap();
        back.note(&looked(Group::Create), &fields(r#"{"b":2,"c":3}"#), &[]);
        let paths: Vec<_> = back.fields.iter().map(|field| (field.path.as_str(), field.records)).collect();
        assert_eq!(paths, [("a", 1), ("b", 2), ("c", 1)]);
    }
}
