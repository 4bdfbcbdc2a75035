//! Runs undone, and single records sent once more.

use sluice_engine::engine;
use sluice_engine::json_text::Json;
use sluice_engine::mask::Masks;
use sluice_engine::run::undo;
use sluice_engine::store::syncs;

use crate::Api;
use crate::masked::shown_key;
use crate::wire::{FieldUndo, Problem, Replay, Run, Undo, UndoLook, UndoLookRequest, UndoReason, UndoRecord};

/// Reasons that are told; the records of the others are counted with all that are left alone.
const REASONS: usize = 20;

impl Api {
    /// What undoing a run would do. Nothing is written anywhere.
    pub async fn undo_look(&self, input: UndoLookRequest) -> Result<UndoLook, Problem> {
        let keys = self.keys_of(input.keys, input.events).await?;
        let text = input.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let look = self.engine().look_at_undo(input.run, &keys, text, input.limit).await?;
        let sync = look.of.sync;
        let saved =
            self.blocking(move |engine| engine.store().read(|sqlite| syncs::by_id(sqlite, sync))).await?;
        let masks = (!input.reveal).then(|| saved.masks());
        Ok(on_wire(&look, saved.sync.name, masks.as_ref()))
    }

    /// Takes back what a run wrote, in a run of its own.
    pub async fn undo(&self, input: Undo) -> Result<Run, Problem> {
        let keys = self.keys_of(input.keys, input.events).await?;
        let run = self.engine().undo(input.run, keys, input.delete_created).await?;
        self.run(run).await
    }

    /// Sends the record of one event once more, as it was or corrected.
    pub async fn replay(&self, input: Replay) -> Result<Run, Problem> {
        let event = input.event.parse()?;
        let run = self.engine().replay(event, input.payload.map(String::into_bytes)).await?;
        self.run(run).await
    }
}

fn on_wire(look: &engine::UndoLook, sync: String, masks: Option<&Masks>) -> UndoLook {
    let count = |will| look.counts.get(&will).copied().unwrap_or(0);
    UndoLook {
        run: look.of.id,
        sync,
        put_back: count(undo::Will::PutBack),
        values: look.values,
        fields: look.fields.len() as u64,
        create_again: count(undo::Will::CreateAgain),
        delete: count(undo::Will::Delete),
        nothing: count(undo::Will::Nothing),
        leave_alone: count(undo::Will::LeaveAlone),
        reasons: reasons(look),
        waiting: look.waiting,
        records: look.records.iter().map(|record| record_on_wire(record, masks)).collect(),
    }
}

/// Why records are left alone, the most frequent reasons first.
fn reasons(look: &engine::UndoLook) -> Vec<UndoReason> {
    let told = look.reasons.iter();
    let mut told: Vec<UndoReason> =
        told.map(|(reason, records)| UndoReason { reason: reason.clone(), records: *records }).collect();
    told.sort_by_key(|reason| std::cmp::Reverse(reason.records));
    told.truncate(REASONS);
    told
}

fn record_on_wire(record: &undo::UndoRecord, masks: Option<&Masks>) -> UndoRecord {
    let shown = |name: &str, value: &Option<String>| {
        let mut document = Json::parse(value.as_deref()?)?;
        if let Some(masks) = masks {
            masks.mask_at(name, &mut document);
        }
        Some(document.compact())
    };
    // Nothing becomes of the fields of a record that is left alone for what it is.
    let told = record
        .fields
        .iter()
        .filter(|field| record.will != undo::Will::LeaveAlone || field.left_alone.is_some());
    let fields = told.map(|field| FieldUndo {
        name: field.name.clone(),
        now: shown(&field.name, &field.now),
        then: shown(&field.name, &field.then),
        wrote: shown(&field.name, &field.wrote),
        left_alone: field.left_alone.is_some(),
        reason: field.left_alone.clone(),
    });
    let who = record.named.as_ref().map(|(identifier, value)| {
        let masked = masks.and_then(|masks| masks.value(identifier.name(), value));
        masked.unwrap_or_else(|| value.clone())
    });
    UndoRecord {
        event: record.event.to_string(),
        key: shown_key(&record.key, masks),
        who,
        will: record.will.into(),
        fields: fields.collect(),
        reason: record.reason.clone(),
    }
}
