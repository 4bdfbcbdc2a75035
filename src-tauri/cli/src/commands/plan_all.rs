//! `sluice plan --all`: every record compared with what stands in the destination.

use std::path::PathBuf;

use serde::Serialize;
use sluice_api::Api;
use sluice_api::wire::{
    HeldRequest, Plan, Problem, Review, ReviewExport, ReviewField, ReviewFilter, ReviewGroups, ReviewRequest,
    Run, RunStatus, SyncNow,
};

use super::plan::{Document, document, lines, tell_price, tell_quota_left, tell_refused, would_refuse};
use super::sync::{follow, point_to, quoted, report};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::signals;
use crate::words::{count, counted, percent};

/// How every record is looked at.
pub(crate) struct Look {
    /// At most so many records are shown.
    pub(crate) limit: usize,
    /// Also records that are as they were last sent.
    pub(crate) full: bool,
    /// The file every record is written to.
    pub(crate) export: Option<PathBuf>,
}

/// Reads and compares, and then compares every record with what stands in the destination. The run is held with just what
/// is shown.
pub(crate) async fn run(api: &Api, out: Output, sync: String, look: Look) -> Result<Exit, Problem> {
    let Look { limit, full, export } = look;
    tell_price(api, &sync).await;
    let now = SyncNow { sync: sync.clone(), full, approve: false, review: true, planned: None };
    let run = follow(api, async { api.sync_now(now).await }).await?;
    if run.status == RunStatus::Completed && run.counts.waiting == 0 {
        return Ok(nothing(out, &run));
    }
    if run.status != RunStatus::Held {
        return Ok(report(out, &run));
    }
    tell_requests(&api.review(run.run).await?);
    let review = tokio::select! {
        review = api.review_all(run.run) => review?,
        () = signals::stop() => return Ok(Exit::Interrupted),
    };
    let filter = ReviewFilter::default();
    let mut plan = api.held(HeldRequest { run: run.run, limit: 0, reveal: true }).await?;
    if limit > 0 {
        let request =
            ReviewRequest { run: run.run, filter: filter.clone(), after: None, limit, reveal: true };
        plan.records = api.review_records(request).await?.records;
    }
    plan.reads = review.reads;
    plan.invalid_rows.truncate(limit);
    if let Some(path) = export {
        let is_lines = path.extension().is_some_and(|end| end == "jsonl");
        let format = if is_lines { "jsonl" } else { "csv" }.to_owned();
        let path = path.to_string_lossy().into_owned();
        let export = ReviewExport { run: run.run, filter, path: path.clone(), format, reveal: true };
        let written = api.review_export(export).await.inspect_err(|_| tell_decision(&sync))?;
        output::note(&format!("Wrote {} to {path}.", counted(written, "record")));
    }
    let would_refuse = would_refuse(api, &plan).await;
    let document = document(&plan, &would_refuse);
    let reviewed = Reviewed { document, run: run.run, groups: review.groups, fields: &review.fields };
    out.answer(&reviewed, || all_lines(&plan, &review));
    tell_refused(&would_refuse);
    tell_quota_left(plan.quota_share, plan.quota_left);
    tell_decision(&sync);
    Ok(Exit::Done)
}

/// The run is held: it is sent or dropped.
fn tell_decision(sync: &str) {
    let name = quoted(sync);
    output::note(&format!("To send just this: sluice sync {name} --approve"));
    output::note(&format!("To drop it: sluice sync {name} --drop"));
}

/// Says what comparing takes of the destination, before it is asked.
fn tell_requests(review: &Review) {
    let records = counted(review.records, "record");
    if review.requests == 0 {
        return output::note(&format!("Comparing {records}, for which no request is needed."));
    }
    let requests = counted(review.requests, "request");
    let share = review.quota_share.map(|share| format!(", {} of the daily quota", percent(share)));
    output::note(&format!("Comparing {records} takes {requests}{}.", share.unwrap_or_default()));
    tell_quota_left(review.quota_share, review.quota_left);
}

/// The plan of a run that found nothing to send, and has ended with that.
fn nothing(out: Output, run: &Run) -> Exit {
    let plan = Plan {
        sync: run.sync.clone(),
        counts: run.counts,
        records: Vec::new(),
        invalid_rows: Vec::new(),
        held: None,
        requests_needed: 0,
        sent_by: Vec::new(),
        cost: run.cost.clone(),
        quota_share: None,
        quota_left: None,
        reads: false,
        stamp: None,
        expected_seconds: None,
    };
    let document = document(&plan, &[]);
    out.answer(&Reviewed { document, run: run.run, groups: ReviewGroups::default(), fields: &[] }, || {
        let mut lines = lines(&plan);
        lines.push("Nothing would be sent.".to_owned());
        lines
    });
    if run.counts.invalid > 0 {
        point_to(run, "invalid", &format!("{} can not be sent", counted(run.counts.invalid, "row")));
    }
    Exit::Done
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
