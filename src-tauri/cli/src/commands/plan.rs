//! `sluice plan`: what a run would do.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::value::RawValue;
use sluice_api::Api;
use sluice_api::wire::{
    ChangeKind, Cost, HeldRequest, InvalidRow, Plan, PlanGroup, PlanRecord, PlanRequest, Problem, Review,
    ReviewExport, ReviewField, ReviewFilter, ReviewGroups, ReviewRequest, RunStatus, SyncNow,
};

use super::sync::{follow, quoted, report};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::signals;
use crate::summary::{Counts, cost_line, count_lines};
use crate::words::{count, counted, duration};

/// A plan in the contract's form. What follows `records` is more than the contract asks for.
#[derive(Serialize)]
struct Document<'a> {
    sync: &'a str,
    #[serde(flatten)]
    counts: Counts,
    records: Vec<Record<'a>>,
    invalid_rows: &'a [InvalidRow],
    requests_needed: u64,
    sent_by: &'a [String],
    quota_share: Option<f64>,
    cost: Option<&'a Cost>,
    held: Option<&'a Problem>,
    would_refuse: &'a [String],
    expected_seconds: Option<f64>,
}

#[derive(Serialize)]
struct Record<'a> {
    key: &'a str,
    change: ChangeKind,
    before: Option<&'a RawValue>,
    after: Option<&'a RawValue>,
    group: Option<PlanGroup>,
    now: Option<&'a RawValue>,
    left_alone: Vec<&'a str>,
    refused: &'a [String],
}

impl<'a> From<&'a PlanRecord> for Record<'a> {
    fn from(record: &'a PlanRecord) -> Self {
        let (before, after) = (record.before.as_deref(), record.after.as_deref());
        let left_alone = record.fields.iter().filter(|field| field.left_alone);
        let left_alone = left_alone.map(|field| field.path.as_str()).collect();
        let (group, now) = (record.group, record.now.as_deref());
        Self {
            key: &record.key,
            change: record.change,
            before,
            after,
            group,
            now,
            left_alone,
            refused: &record.refused,
        }
    }
}

/// Prints what a run of `sync` would do, with at most `limit` records.
pub(crate) async fn run(api: &Api, out: Output, sync: String, limit: usize) -> Result<Exit, Problem> {
    let mut plan = api.plan(PlanRequest { sync: Some(sync), definition: None, limit, reveal: true }).await?;
    plan.records.truncate(limit);
    plan.invalid_rows.truncate(limit);
    let after: Vec<&str> =
        plan.records.iter().filter_map(|record| Some(record.after.as_deref()?.get())).collect();
    let would_refuse = api.would_refuse(&plan.sync, &after).await;
    out.answer(&document(&plan, &would_refuse), || lines(&plan));
    for refused in &would_refuse {
        output::note(&format!("The destination would refuse: {refused}."));
    }
    if let Some(problem) = &plan.held {
        output::note("A run would be held:");
        output::problem(problem);
    }
    Ok(Exit::Done)
}

/// Reads and compares, and then compares every record with what stands in the destination. The run is held with just what
/// is shown.
pub(crate) async fn all(
    api: &Api,
    out: Output,
    sync: String,
    limit: usize,
    export: Option<PathBuf>,
) -> Result<Exit, Problem> {
    let now = SyncNow { sync: sync.clone(), full: false, approve: false, review: true, planned: None };
    let run = follow(api, async { api.sync_now(now).await }).await?;
    if run.status != RunStatus::Held {
        return Ok(report(out, &run));
    }
    let first = api.review(run.run).await?;
    let share = first.quota_share.map(|share| format!(", {:.1} % of the daily quota", share * 100.0));
    output::note(&format!(
        "Comparing {} takes {}{}.",
        counted(first.records, "record"),
        counted(first.requests, "request"),
        share.unwrap_or_default()
    ));
    let review = tokio::select! {
        review = api.review_all(run.run) => review?,
        () = signals::stop() => return Ok(Exit::Interrupted),
    };
    let request = HeldRequest { run: run.run, limit: 0, reveal: true };
    let mut plan = api.held(request).await?;
    let filter = ReviewFilter::default();
    let request = ReviewRequest { run: run.run, filter: filter.clone(), after: None, limit, reveal: true };
    plan.records = if limit > 0 { api.review_records(request).await?.records } else { Vec::new() };
    let reviewed = Reviewed {
        document: document(&plan, &[]),
        run: run.run,
        groups: review.groups,
        fields: &review.fields,
    };
    out.answer(&reviewed, || all_lines(&plan, &review));
    if let Some(path) = export {
        let format =
            if path.extension().is_some_and(|end| end == "jsonl") { "jsonl" } else { "csv" }.to_owned();
        let path = path.to_string_lossy().into_owned();
        let written = api
            .review_export(ReviewExport { run: run.run, filter, path: path.clone(), format, reveal: true })
            .await?;
        output::note(&format!("Wrote {} to {path}.", counted(written, "record")));
    }
    let name = quoted(&sync);
    output::note(&format!("To send just this: sluice sync {name} --approve"));
    output::note(&format!("To drop it: sluice sync {name} --drop"));
    Ok(Exit::Done)
}

/// A plan of which every record was compared.
#[derive(Serialize)]
struct Reviewed<'a> {
    #[serde(flatten)]
    document: Document<'a>,
    run: i64,
    groups: ReviewGroups,
    fields: &'a [ReviewField],
}

fn all_lines(plan: &Plan, review: &Review) -> Vec<String> {
    let mut lines = lines(plan);
    let ReviewGroups { create, update, same, remove, fail } = review.groups;
    let groups = [
        (create, "to create"),
        (update, "to update"),
        (same, "already so"),
        (remove, "to remove"),
        (fail, "would be refused"),
    ];
    let told = groups.iter().filter(|(records, _)| *records > 0);
    let told: Vec<String> = told.map(|(records, what)| format!("{} {what}", count(*records))).collect();
    let heading = format!("Of {}: {}", counted(review.compared, "record"), told.join(", "));
    let width = review.fields.iter().map(|field| field.path.chars().count()).max().unwrap_or(0);
    lines.extend([String::new(), heading]);
    lines.extend(review.fields.iter().map(|field| field_line(field, width)));
    lines
}

/// What becomes of one field.
fn field_line(field: &ReviewField, width: usize) -> String {
    let filled = format!("{} → {} filled", count(field.filled_before), count(field.filled_after));
    let mut told = vec![format!("{} changed", count(field.changed)), filled];
    let some = |records: u64, what: &str| (records > 0).then(|| format!("{} {what}", count(records)));
    told.extend(some(field.blanked, "emptied"));
    told.extend(some(field.left_alone, "left alone"));
    told.extend(some(field.misfits.iter().map(|misfit| misfit.records).sum(), "would be refused"));
    format!("  {:<width$}  {}", field.path, told.join(", "))
}

fn document<'a>(plan: &'a Plan, would_refuse: &'a [String]) -> Document<'a> {
    Document {
        sync: &plan.sync,
        counts: (&plan.counts).into(),
        records: plan.records.iter().map(Record::from).collect(),
        invalid_rows: &plan.invalid_rows,
        requests_needed: plan.requests_needed,
        sent_by: &plan.sent_by,
        quota_share: plan.quota_share,
        cost: plan.cost.as_ref(),
        held: plan.held.as_ref(),
        would_refuse,
        expected_seconds: plan.expected_seconds,
    }
}

fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = vec![format!("{}: what a run would do now; nothing was sent", plan.sync)];
    // The last two lines of a summary count what was sent.
    lines.extend(count_lines(&plan.counts).into_iter().take(2));
    let share = plan.quota_share.map(|share| format!("{:.1} % of the daily quota", share * 100.0));
    let by = (!plan.sent_by.is_empty()).then(|| format!("by {}", plan.sent_by.join(" and ")));
    let about: Vec<_> = by.into_iter().chain(share).collect();
    lines.push(
        format!("  {:<9}{:>11}   {}", "requests", count(plan.requests_needed), about.join(", "))
            .trim_end()
            .to_owned(),
    );
    lines.extend(plan.cost.as_ref().map(cost_line));
    lines.extend(
        plan.expected_seconds
            .map(|seconds| format!("  {:<9}{:>11}   by the last runs", "takes", duration(seconds))),
    );
    for record in &plan.records {
        lines.push(String::new());
        lines.extend(record_lines(record));
    }
    let all = plan.counts.added + plan.counts.changed + plan.counts.removed;
    let hidden = all.saturating_sub(plan.records.len() as u64);
    if hidden > 0 {
        lines.push(String::new());
        lines.push(format!("… and {} more. Show more with --limit.", counted(hidden, "record")));
    }
    for row in &plan.invalid_rows {
        lines.push(format!("row {} can not be sent: {}", count(row.row), row.problem.message));
    }
    lines
}

fn record_lines(record: &PlanRecord) -> Vec<String> {
    let (sign, what) = match record.change {
        ChangeKind::Added => ('+', "added"),
        ChangeKind::Changed => ('~', "changed"),
        ChangeKind::Removed => ('-', "removed"),
    };
    let becomes = match record.group {
        Some(PlanGroup::Create) => ", is not there and would be created",
        Some(PlanGroup::Same) => ", would be as it is",
        Some(PlanGroup::Fail) => ", would be refused",
        Some(PlanGroup::Update | PlanGroup::Remove) | None => "",
    };
    let mut lines = vec![format!("{sign} {} ({what}{becomes})", record.key)];
    for field in record.fields.iter().filter(|field| field.changed) {
        let values = match (&field.before, &field.after) {
            (Some(before), Some(after)) => format!("{before} → {after}"),
            (None, Some(after)) => after.clone(),
            (Some(before), None) => format!("{before} → (gone)"),
            (None, None) => continue,
        };
        let left = if field.left_alone { " (left alone: it has a value there)" } else { "" };
        lines.push(format!("    {}: {values}{left}", field.path));
    }
    lines.extend(record.refused.iter().map(|refused| format!("    {refused}")));
    lines
}
