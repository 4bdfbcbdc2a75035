//! How rows suit the object of a record destination, before anything is sent.

mod convert;
mod mismatches;
mod suggest;
mod synonyms;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use sluice_engine::mapping::first_key;
use sluice_engine::store::syncs;
use sluice_engine::sync::{Field, Mode, Shape, Sync};

use crate::Api;
use crate::wire::{DestinationField, MappingCheck, MappingCheckRequest, Problem};

impl Api {
    /// What could fill the object's open fields, and which values of the sample rows it would not take. The
    /// destination is not asked.
    pub async fn mapping_check(&self, input: MappingCheckRequest) -> Result<MappingCheck, Problem> {
        let MappingCheckRequest { definition, object } = input;
        let sync = Sync::try_from(definition)?;
        let sample = self.0.samples.get(self.engine(), &sync.from, &sync.query, false).await?;
        Ok(MappingCheck {
            rows: sample.rows(),
            suggestions: suggest::suggestions(&sync, &sample.columns, &object),
            mismatches: mismatches::mismatches(&sync, &sample, &object),
        })
    }

    /// What the destination of a saved sync would refuse of the first records of its plan, and needed fields that nothing
    /// fills, in sentences; nothing where the destination can not be asked. `records` are payloads as they would be sent.
    pub async fn would_refuse(&self, name: &str, records: &[&str]) -> Vec<String> {
        let name = name.to_owned();
        let saved =
            self.blocking(move |engine| engine.store().read(|sqlite| syncs::get(sqlite, &name))).await;
        let Ok(sync) = saved.map(|saved| saved.sync) else { return Vec::new() };
        let (Some(to), Shape::Record { object, .. }) = (&sync.to, &sync.shape) else { return Vec::new() };
        let Ok(objects) = self.objects(to.clone()).await else { return Vec::new() };
        let Some(object) = objects.iter().find(|one| one.name == *object) else { return Vec::new() };
        let records: Vec<serde_json::Map<String, serde_json::Value>> =
            records.iter().filter_map(|record| serde_json::from_str(record).ok()).collect();
        let keys = records.iter().flat_map(serde_json::Map::keys).collect::<BTreeSet<_>>().into_iter();
        let fields = sync.fields.clone().unwrap_or_else(|| keys.map(|key| Field::column(key, key)).collect());
        let is_open = |field: &&DestinationField| {
            let filled = fields.iter().any(|one| one.key == field.name);
            field.required && field.writable && !filled && sync.mode != Mode::Update && !records.is_empty()
        };
        let open = object.fields.iter().filter(is_open);
        let open = open.map(|field| format!("{} is needed, and nothing fills it", field.label));
        let name_of = |field: &Field| first_key(&field.key).unwrap_or_else(|| field.key.clone());
        let names: Vec<String> = fields.iter().map(name_of).collect();
        let is_known = |name: &str| object.fields.iter().any(|field| field.name.eq_ignore_ascii_case(name));
        let unknown = names.iter().filter(|name| !is_known(name) && !object.fields.is_empty());
        let unknown = unknown.map(|name| format!("“{name}” is no field of {}", object.label));
        let is_twice = |(place, name): &(usize, &String)| {
            let earlier = names.get(..*place).unwrap_or_default();
            earlier.iter().any(|earlier| earlier != *name && earlier.eq_ignore_ascii_case(name))
        };
        let twice = names.iter().enumerate().filter(is_twice);
        let twice = twice.map(|(_, name)| format!("“{name}” is filled twice, in letters of another case"));
        let of_values = mismatches::of_records(&sync, &fields, &records, object, "records shown");
        open.chain(unknown)
            .chain(twice)
            .chain(of_values.into_iter().map(|mismatch| mismatch.message))
            .collect()
    }
}
