//! `sluice plan`: what a run would do.

use serde::Serialize;
use serde_json::value::RawValue;
use sluice_api::Api;
use sluice_api::wire::{ChangeKind, Cost, InvalidRow, Plan, PlanGroup, PlanRecord, PlanRequest, Problem};

use crate::exit::Exit;
use crate::output::{self, Output};
use crate::summary::{Counts, cost_line, count_lines};
use crate::words::{bytes, count, counted, duration, percent};

/// A plan in the contract's form. What follows `records` is more than the contract asks for.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    sync: &'a str,
    #[serde(flatten)]
    counts: Counts,
    records: Vec<Record<'a>>,
    invalid_rows: &'a [InvalidRow],
    requests_needed: u64,
    sent_by: &'a [String],
    quota_share: Option<f64>,
    quota_left: Option<f64>,
    cost: Option<&'a Cost>,
    held: Option<&'a Problem>,
    would_refuse: &'a [String],
    expected_seconds: Option<f64>,
    /// What keeps a new run from beginning.
    goes_first: Option<&'a Problem>,
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
    tell_price(api, &sync).await;
    let goes_first = api.goes_first(sync.clone()).await?;
    let mut plan = api.plan(PlanRequest { sync: Some(sync), definition: None, limit, reveal: true }).await?;
    plan.records.truncate(limit);
    plan.invalid_rows.truncate(limit);
    let would_refuse = would_refuse(api, &plan).await;
    let goes_first = goes_first.as_ref();
    out.answer(&Document { goes_first, ..document(&plan, &would_refuse) }, || lines(&plan));
    tell_refused(&would_refuse);
    tell_quota_left(plan.quota_share, plan.quota_left);
    if let Some(problem) = goes_first {
        output::note("This is not what a run would do next:");
        output::problem(problem);
    }
    if let Some(problem) = &plan.held {
        output::note("A run would be held:");
        output::problem(problem);
    }
    Ok(Exit::Done)
}

/// Says what the read is billed, before it begins. What keeps it from being known is told by the plan itself.
pub(super) async fn tell_price(api: &Api, sync: &str) {
    if let Ok(Some(cost)) = api.price(sync.to_owned()).await {
        output::note(&format!("Reading the warehouse takes {}, {}.", bytes(cost.bytes), cost.price));
    }
}

/// What the destination would refuse of the records of a plan, in sentences.
pub(super) async fn would_refuse(api: &Api, plan: &Plan) -> Vec<String> {
    let after: Vec<&str> =
        plan.records.iter().filter_map(|record| Some(record.after.as_deref()?.get())).collect();
    api.would_refuse(&plan.sync, &after).await
}

pub(super) fn tell_refused(would_refuse: &[String]) {
    for refused in would_refuse {
        output::note(&format!("The destination would refuse: {refused}."));
    }
}

/// Says so where a day's quota is not enough.
pub(super) fn tell_quota_left(share: Option<f64>, left: Option<f64>) {
    if let (Some(share), Some(left)) = (share, left)
        && share > left
    {
        output::note(&format!(
            "Only {} of the daily quota is left today, and this takes {}: the rest waits, and goes on by itself.",
            percent(left),
            percent(share)
        ));
    }
}

pub(super) fn document<'a>(plan: &'a Plan, would_refuse: &'a [String]) -> Document<'a> {
    Document {
        sync: &plan.sync,
        counts: (&plan.counts).into(),
        records: plan.records.iter().map(Record::from).collect(),
        invalid_rows: &plan.invalid_rows,
        requests_needed: plan.requests_needed,
        sent_by: &plan.sent_by,
        quota_share: plan.quota_share,
        quota_left: plan.quota_left,
        cost: plan.cost.as_ref(),
        held: plan.held.as_ref(),
        would_refuse,
        expected_seconds: plan.expected_seconds,
        goes_first: None,
    }
}

pub(super) fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = vec![format!("{}: what a run would do now; nothing was sent", plan.sync)];
    // The last two lines of a summary count what was sent.
    lines.extend(count_lines(&plan.counts).into_iter().take(2));
    let share = plan.quota_share.map(|share| format!("{} of the daily quota", percent(share)));
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
        lines.extend(record_lines(record, plan.reads));
    }
    let hidden = plan.counts.waiting.saturating_sub(plan.records.len() as u64);
    if hidden > 0 {
        lines.push(String::new());
        lines.push(format!("… and {} more. Show more with --limit.", counted(hidden, "record")));
    }
    for row in &plan.invalid_rows {
        lines.push(format!("row {} can not be sent: {}", count(row.row), row.problem.message));
    }
    lines
}

fn record_lines(record: &PlanRecord, reads: bool) -> Vec<String> {
    let (sign, what) = match record.change {
        ChangeKind::Added => ('+', "added"),
        ChangeKind::Changed => ('~', "changed"),
        ChangeKind::Removed => ('-', "removed"),
    };
    let becomes = match record.group {
        Some(PlanGroup::Create) if reads => ", is not there and would be created",
        Some(PlanGroup::Same) => ", would be as it is",
        Some(PlanGroup::Fail) => ", would be refused",
        Some(PlanGroup::Create | PlanGroup::Update | PlanGroup::Remove) | None => "",
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
