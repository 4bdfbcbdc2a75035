//! How rows suit the object of a record destination, before anything is sent.

mod convert;
mod fits;
mod mismatches;
mod suggest;
mod synonyms;
#[cfg(test)]
mod tests;

use sluice_engine::sync::Sync;

use crate::Api;
use crate::wire::{MappingCheck, MappingCheckRequest, Problem};

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
}
