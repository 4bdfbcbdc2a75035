//! Held runs, with every record compared.

use std::io::Write;

use sluice_engine::engine;
use sluice_engine::json_text::Json;
use sluice_engine::mask::Masks;
use sluice_engine::run::review::{self, FieldReport, Place, Report};
use sluice_engine::store::outbox::looked::Group;
use sluice_engine::store::{runs, syncs};
use sluice_engine::{Error, ErrorKind, Result};

use crate::Api;
use crate::csv;
use crate::masked::shown_key;
use crate::plan::{QuotaShare, invalid_on_wire, record_on_wire};
use crate::wire::{
    InvalidRow, PlanGroup, PlanRecord, Problem, Review, ReviewExport, ReviewField, ReviewFilter,
    ReviewGroups, ReviewMisfit, ReviewPage, ReviewRequest, ReviewValue, Since, SinceRequest,
};

/// Values told of each field.
const TOP: usize = 5;
/// Records read at once for a file.
const PAGE: usize = 1_000;

impl Api {
    /// How far the records of a held run are compared with the destination, and what came of it.
    pub async fn review(&self, run: i64) -> Result<Review, Problem> {
        let review = self.engine().review(run).await?;
        let quota = if review.requests == 0 {
            None
        } else {
            let records = review.run.counts.waiting() - review.report.compared;
            self.quota(&review.saved.sync, records, review.requests).await
        };
        Ok(on_wire(&review, quota))
    }

    /// Compares every record of a held run; answers at once, and goes on by itself.
    pub async fn review_start(&self, run: i64) -> Result<Review, Problem> {
        self.engine().start_review(run).await?;
        self.review(run).await
    }

    /// Compares every record of a held run, and answers when that is done.
    pub async fn review_all(&self, run: i64) -> Result<Review, Problem> {
        self.engine().review_all(run).await?;
        self.review(run).await
    }

    /// How many records of a run are compared. The destination is asked for nothing.
    pub async fn compared(&self, run: i64) -> Result<u64, Problem> {
        self.blocking(move |engine| engine.compared(run)).await
    }

    /// A page of the compared records of a held run.
    pub async fn review_records(&self, input: ReviewRequest) -> Result<ReviewPage, Problem> {
        let after = input.after.as_deref().map(place).transpose()?;
        let filter = review::Filter::from(input.filter);
        let (masks, (records, next)) = self
            .blocking(move |engine| {
                let masks = if input.reveal { None } else { Some(masks_of(engine, input.run)?) };
                Ok((masks, engine.reviewed(input.run, &filter, after, input.limit)?))
            })
            .await?;
        let records = records.iter().map(|record| record_on_wire(record, masks.as_ref())).collect();
        let next = next.map(|Place { batch, place }| format!("{batch}-{place}"));
        Ok(ReviewPage { records, next })
    }

    /// Writes the compared records of a held run to a file; answers with how many.
    pub async fn review_export(&self, input: ReviewExport) -> Result<u64, Problem> {
        self.blocking(move |engine| export(engine, input)).await
    }

    /// Whether the warehouse has changed since a held run read it.
    pub async fn held_since(&self, input: SinceRequest) -> Result<Since, Problem> {
        let since = self.engine().since(input.run, input.pay).await?;
        let masks = self.blocking(move |engine| masks_of(engine, input.run)).await?;
        Ok(Since {
            looked: since.looked,
            cost: since.cost.as_ref().map(Into::into),
            added: since.added,
            changed: since.changed,
            gone: since.gone,
            keys: since.keys.iter().map(|key| shown_key(key, Some(&masks))).collect(),
        })
    }
}

/// How values of a run are masked.
fn masks_of(engine: &engine::Engine, run: i64) -> Result<Masks> {
    let store = engine.store();
    Ok(store.read(|sqlite| syncs::by_id(sqlite, runs::get(sqlite, run)?.sync))?.masks())
}

fn on_wire(review: &engine::Review, quota: Option<QuotaShare>) -> Review {
    let (report, masks) = (&review.report, review.saved.masks());
    let count = |group| report.groups.get(&group).copied().unwrap_or(0);
    let last = review.last.as_ref();
    Review {
        run: review.run.id,
        reads: review.live,
        records: review.run.counts.waiting(),
        compared: report.compared,
        going: review.going,
        requests: review.requests,
        quota_share: quota.map(|quota| quota.spent),
        quota_left: quota.map(|quota| quota.left),
        groups: ReviewGroups {
            create: count(Group::Create),
            update: count(Group::Update),
            same: count(Group::Same),
            remove: count(Group::Remove),
            fail: count(Group::Fail),
        },
        fields: report.fields.iter().map(|field| field_on_wire(field, last, &masks)).collect(),
        records_last: last.map(|last| last.compared),
        problem: review.problem.clone().map(Into::into),
    }
}

fn field_on_wire(field: &FieldReport, last: Option<&Report>, masks: &Masks) -> ReviewField {
    let before = last.map(|last| {
        let known = last.fields.iter().find(|known| known.path == field.path);
        known.map_or(0, |known| known.changed)
    });
    let misfit = |(why, misfits): (&sluice_engine::fits::Misfit, &review::Misfits)| ReviewMisfit {
        kind: (*why).into(),
        records: misfits.records,
        example: misfits.example.as_deref().map(|example| masks.json_at(&field.path, example)),
    };
    let top = field.top(TOP).into_iter().map(|(value, (before, after))| ReviewValue {
        value: masks.json_at(&field.path, value),
        before,
        after,
    });
    ReviewField {
        path: field.path.clone(),
        records: field.records,
        changed: field.changed,
        changed_last: before,
        filled_before: field.filled_before,
        filled_after: field.filled_after,
        blanked: field.blanked,
        left_alone: field.left_alone,
        misfits: field.misfits.iter().map(misfit).collect(),
        top: top.collect(),
    }
}

impl From<ReviewFilter> for review::Filter {
    fn from(filter: ReviewFilter) -> Self {
        let group = filter.group.map(Into::into);
        Self { group, field: filter.field, search: filter.search }
    }
}

/// Where a page ended.
fn place(text: &str) -> Result<Place> {
    let read = || {
        let (batch, place) = text.split_once('-')?;
        Some(Place { batch: batch.parse().ok()?, place: place.parse().ok()? })
    };
    read().ok_or_else(|| Error::new(ErrorKind::UnknownName, "There is no such page."))
}

fn export(engine: &engine::Engine, input: ReviewExport) -> Result<u64> {
    let filter = review::Filter::from(input.filter);
    let masks = if input.reveal { None } else { Some(masks_of(engine, input.run)?) };
    let mut out = csv::create(&input.path)?;
    let is_csv = input.format == "csv";
    if is_csv {
        writeln!(out, "key,becomes,field,before,after,why not")?;
    }
    let (mut written, mut after) = (0, None);
    loop {
        let (records, next) = engine.reviewed(input.run, &filter, after, PAGE)?;
        written += records.len() as u64;
        for record in &records {
            write_record(&mut out, is_csv, &record_on_wire(record, masks.as_ref()))?;
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    if filter.is_all() {
        for row in engine.store().read(|sqlite| runs::invalid_rows(sqlite, input.run))? {
            write_invalid(&mut out, is_csv, &invalid_on_wire(&row, masks.as_ref()))?;
        }
    }
    out.flush()?;
    Ok(written)
}

/// A row that can not be sent.
fn write_invalid(out: &mut impl Write, is_csv: bool, row: &InvalidRow) -> Result<()> {
    if !is_csv {
        return write_line(out, row);
    }
    let key = row.key.as_deref().unwrap_or_default();
    csv::write(out, &[key, "can not be sent", "", "", "", &row.problem.message])?;
    Ok(())
}

fn write_line(out: &mut impl Write, line: &impl serde::Serialize) -> Result<()> {
    let unwritable = |error| Error::new(ErrorKind::Bug, "A record could not be written.").with_source(error);
    writeln!(out, "{}", serde_json::to_string(line).map_err(unwritable)?)?;
    Ok(())
}

/// As CSV a line for each field that would change, as JSON a line for each record.
fn write_record(out: &mut impl Write, is_csv: bool, record: &PlanRecord) -> Result<()> {
    if !is_csv {
        return write_line(out, record);
    }
    let becomes = record.group.map_or("", becomes);
    let refused = record.refused.join(" ");
    let changed: Vec<_> = record.fields.iter().filter(|field| field.changed && !field.left_alone).collect();
    if changed.is_empty() {
        csv::write(out, &[&record.key, becomes, "", "", "", &refused])?;
    }
    for field in changed {
        let text = |value: &Option<String>| value.as_deref().map(plain).unwrap_or_default();
        let (before, after) = (text(&field.before), text(&field.after));
        csv::write(out, &[&record.key, becomes, &field.path, &before, &after, &refused])?;
    }
    Ok(())
}

/// A group as the file names it.
pub fn becomes(group: PlanGroup) -> &'static str {
    match group {
        PlanGroup::Create => "create",
        PlanGroup::Update => "update",
        PlanGroup::Same => "same",
        PlanGroup::Remove => "remove",
        PlanGroup::Fail => "would fail",
    }
}

/// A text's content; anything else, null among it, as it stands.
fn plain(value: &str) -> String {
    Json::parse(value).and_then(|value| value.text()).unwrap_or_else(|| value.to_owned())
}
