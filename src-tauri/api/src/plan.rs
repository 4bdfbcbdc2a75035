//! What a run would do.

use sluice_engine::destination::{Counted, Quota};
use sluice_engine::engine::unsaved;
use sluice_engine::fits::Misfit;
use sluice_engine::json_text::Json;
use sluice_engine::mapping::first_key;
use sluice_engine::mask::Masks;
use sluice_engine::record::Operation;
use sluice_engine::run::plan;
use sluice_engine::store::outbox::key_hash;
use sluice_engine::store::outbox::looked::{Group, Looked, Refusal};
use sluice_engine::store::{runs, syncs};
use sluice_engine::sync::Sync;
use sluice_engine::{Error, ErrorKind, Result};

use crate::Api;
use crate::masked::{AboutRow, shown_key};
use crate::runs::counts_on_wire;
use crate::source::shorten;
use crate::wire::{
    Cost, FieldChange, HeldRequest, InvalidRow, Plan, PlanGroup, PlanRecord, PlanRequest, Problem,
};

impl Api {
    /// What a run would do now. Nothing is sent and nothing is kept.
    pub async fn plan(&self, input: PlanRequest) -> Result<Plan, Problem> {
        let started = std::time::Instant::now();
        let (name, definition) = (input.sync, input.definition);
        let saved = self
            .blocking(move |engine| {
                let stored = match &name {
                    Some(name) => Some(engine.store().read(|sqlite| syncs::get(sqlite, name))?),
                    None => None,
                };
                match (definition, stored) {
                    (Some(definition), Some(stored)) => Ok(stored.with(Sync::try_from(definition)?)),
                    (Some(definition), None) => Ok(unsaved(Sync::try_from(definition)?)),
                    (None, Some(stored)) => Ok(stored),
                    (None, None) => Err(Error::new(ErrorKind::UnknownName, "There is nothing to plan.")),
                }
            })
            .await?;
        let plan = self.engine().plan(&saved, input.limit).await?;
        let quota = self.quota(&saved.sync, plan.counts.to_send, plan.requests).await;
        let seconds = started.elapsed().as_secs_f64();
        let masks = (!input.reveal).then(|| saved.masks());
        Ok(plan_on_wire(saved.sync.name, &plan, seconds, masks.as_ref(), quota))
    }

    /// What a held run would do.
    pub async fn held(&self, input: HeldRequest) -> Result<Plan, Problem> {
        let HeldRequest { run, limit, reveal } = input;
        let (saved, seconds) = self
            .blocking(move |engine| {
                let row = engine.store().read(|sqlite| runs::get(sqlite, run))?;
                let saved = engine.store().read(|sqlite| syncs::by_id(sqlite, row.sync))?;
                let took = row.finished.unwrap_or(row.started) - row.started - row.held_for;
                Ok((saved, took.max(0) as f64 / 1_000.0))
            })
            .await?;
        let plan = self.engine().held(run, limit).await?;
        let quota = self.quota(&saved.sync, plan.counts.waiting(), plan.requests).await;
        let masks = (!reveal).then(|| saved.masks());
        Ok(plan_on_wire(saved.sync.name, &plan, seconds, masks.as_ref(), quota))
    }

    /// What keeps a new run of a saved sync from beginning, where an earlier one waits and goes first.
    pub async fn goes_first(&self, sync: String) -> Result<Option<Problem>, Problem> {
        let first = self.blocking(move |engine| engine.goes_first(&sync)).await?;
        Ok(first.map(Into::into))
    }

    /// What the warehouse says the read of a plan of a saved sync takes, before it is read; `None` where it does not say.
    pub async fn price(&self, sync: String) -> Result<Option<Cost>, Problem> {
        let saved =
            self.blocking(move |engine| engine.store().read(|sqlite| syncs::get(sqlite, &sync))).await?;
        Ok(self.engine().price(&saved).await?.as_ref().map(Into::into))
    }

    /// How much of the destination's daily quota so many records, or the requests for them, are; `None` where it has none
    /// or does not say.
    pub(crate) async fn quota(&self, sync: &Sync, records: u64, requests: u64) -> Option<QuotaShare> {
        let to = sync.to.clone()?;
        let destination = self.blocking(move |engine| engine.destination(&to)).await.ok()?;
        let Quota { of, left, counts } = destination.quota().await.ok()??;
        let spent = match counts {
            Counted::Requests => requests,
            Counted::Records => records,
        };
        (of > 0).then(|| QuotaShare { spent: spent as f64 / of as f64, left: left as f64 / of as f64 })
    }
}

/// Shares of a daily quota, 0 to 1.
#[derive(Clone, Copy)]
pub(crate) struct QuotaShare {
    /// What something takes.
    pub(crate) spent: f64,
    /// What is left today.
    pub(crate) left: f64,
}

fn plan_on_wire(
    sync: String,
    plan: &plan::Plan,
    seconds: f64,
    masks: Option<&Masks>,
    quota: Option<QuotaShare>,
) -> Plan {
    Plan {
        sync,
        counts: counts_on_wire(&plan.counts, seconds),
        records: plan.records.iter().map(|record| record_on_wire(record, masks)).collect(),
        invalid_rows: plan.invalid.iter().map(|row| invalid_on_wire(row, masks)).collect(),
        held: plan.held.as_ref().map(Into::into),
        requests_needed: plan.requests,
        sent_by: plan.by.iter().map(|by| (*by).to_owned()).collect(),
        cost: plan.cost.as_ref().map(Into::into),
        quota_share: quota.map(|quota| quota.spent),
        quota_left: quota.map(|quota| quota.left),
        reads: plan.reads,
        stamp: plan.stamp.map(|stamp| stamp.to_string()),
        expected_seconds: plan.expected.map(|expected| expected.as_secs_f64()),
    }
}

/// A row that can not be sent, with what is personal masked; without masks as it is.
pub(crate) fn invalid_on_wire(invalid: &runs::InvalidRow, masks: Option<&Masks>) -> InvalidRow {
    InvalidRow {
        row: invalid.row,
        key: invalid.key.as_deref().map(|key| shown_key(key, masks)),
        problem: AboutRow::of(masks, invalid.key.as_deref(), "").problem((&invalid.problem).into()),
    }
}

/// What a record is named by in a plan, whatever its key is shown as.
fn name_of_record(key: &str) -> String {
    format!("{:016x}", key_hash(key))
}

/// The hash of the key of a record a plan named so.
pub(crate) fn named_record(name: &str) -> Result<u64> {
    u64::from_str_radix(name, 16).map_err(|error| {
        Error::new(ErrorKind::UnknownName, format!("There is no record “{name}”.")).with_source(error)
    })
}

/// Why a run would not send a record that an earlier one left alone.
const LEFT_ALONE: &str = "Somebody changed it in the destination after it was looked at, so it is left alone until every record is \
    looked at again.";

/// A record of a plan, with what is personal masked; without masks as it is.
pub(crate) fn record_on_wire(record: &plan::PlanRecord, masks: Option<&Masks>) -> PlanRecord {
    let document = |bytes: Option<&[u8]>| Json::parse(std::str::from_utf8(bytes?).ok()?);
    let looked = record.looked.as_ref();
    let live = looked.filter(|looked| looked.live);
    let (mut before, mut after) = (document(record.before.as_deref()), document(record.after()));
    let mut now = live.and_then(|looked| Json::parse(looked.stands.as_deref()?));
    // What changed is judged on the values themselves; only then are they masked.
    let earlier =
        |before: &Option<Json>, now: &Option<Json>| if live.is_some() { now.clone() } else { before.clone() };
    // Where fields are emptied, the record stays.
    let emptied = if record.operation == Operation::Clear { document(Some(&record.sent)) } else { None };
    let exact = changes(earlier(&before, &now).as_ref(), emptied.as_ref().or(after.as_ref()));
    let mut refused = looked.map(|looked| refused(record, looked, after.as_ref(), masks)).unwrap_or_default();
    if record.left_alone {
        refused.insert(0, LEFT_ALONE.to_owned());
    }
    if let Some(masks) = masks {
        for document in [&mut before, &mut after, &mut now].into_iter().flatten() {
            masks.mask(document);
        }
    }
    let raw =
        |document: &Option<Json>| serde_json::value::RawValue::from_string(document.as_ref()?.compact()).ok();
    let (same, left_alone) =
        looked.map_or((&[][..], &[][..]), |looked| (looked.same.as_slice(), looked.left_alone.as_slice()));
    let fields = changes(earlier(&before, &now).as_ref(), emptied.as_ref().or(after.as_ref()))
        .into_iter()
        .zip(exact)
        .map(|(shown, exact)| FieldChange {
            changed: exact.changed && !holds_nothing(&exact) && !is_in(&shown.path, same),
            left_alone: is_in(&shown.path, left_alone),
            ..shown
        })
        .collect();
    PlanRecord {
        record: name_of_record(&record.key),
        key: shown_key(&record.key, masks),
        change: record.change.into(),
        group: if record.left_alone {
            Some(PlanGroup::Fail)
        } else {
            looked.map(|looked| looked.group.into())
        },
        now: raw(&now),
        before: raw(&before),
        after: raw(&after),
        fields,
        refused,
    }
}

/// Why the destination would refuse a record, a sentence for each reason.
fn refused(
    record: &plan::PlanRecord,
    looked: &Looked,
    after: Option<&Json>,
    masks: Option<&Masks>,
) -> Vec<String> {
    if looked.several {
        return vec!["Several records have its match value, and nobody can say which is meant.".to_owned()];
    }
    if looked.group == Group::Fail && looked.refused.is_empty() {
        return vec![match record.operation {
            Operation::Create => "It is there already, and is only to be created.".to_owned(),
            Operation::Upsert | Operation::Update | Operation::Clear | Operation::Delete => {
                "It is not there, and is only to be updated.".to_owned()
            }
        }];
    }
    let sentence = |refusal: &Refusal| {
        let text = after.and_then(|after| after.get(&refusal.field)).and_then(Json::text).unwrap_or_default();
        let masked = masks.and_then(|masks| masks.value(&refusal.field, &text));
        let (label, value) = (&refusal.label, shorten(masked.as_deref().unwrap_or(&text)));
        match refusal.why {
            Misfit::Empty => format!("{label} is needed, and empty."),
            Misfit::NotInList => format!("“{value}” is not in the list of {label}."),
            Misfit::OtherType => format!("{label} does not take “{value}”."),
            Misfit::Decimals => format!("“{value}” has more decimals than {label} keeps."),
            Misfit::TooLong => format!("“{value}” is longer than {label} takes."),
            Misfit::NoEmail => format!("“{value}” is no e-mail address, and {label} takes nothing else."),
            Misfit::NoField => format!("The destination has no field “{label}”."),
        }
    };
    looked.refused.iter().map(sentence).collect()
}

/// A field that is empty now, and of which the record says nothing, stays as it is.
fn holds_nothing(field: &FieldChange) -> bool {
    field.after.is_none() && field.before.as_deref() == Some("null")
}

/// Whether a path is one of the destination's fields `names`, or inside one.
fn is_in(path: &str, names: &[String]) -> bool {
    names.iter().any(|name| name == path) || first_key(path).is_some_and(|name| names.contains(&name))
}

/// Every field of either document, in order.
pub(crate) fn changes(before: Option<&Json>, after: Option<&Json>) -> Vec<FieldChange> {
    let (before, after) =
        (before.map(Json::leaves).unwrap_or_default(), after.map(Json::leaves).unwrap_or_default());
    let value = |leaves: &[(String, String)], path: &str| {
        leaves.iter().find(|(known, _)| known == path).map(|(_, value)| value.clone())
    };
    let mut paths: Vec<&String> = after.iter().map(|(path, _)| path).collect();
    paths.extend(
        before.iter().map(|(path, _)| path).filter(|path| !after.iter().any(|(known, _)| known == *path)),
    );
    paths
        .into_iter()
        .map(|path| {
            let (before, after) = (value(&before, path), value(&after, path));
            FieldChange { path: path.clone(), changed: before != after, before, after, left_alone: false }
        })
        .collect()
}
