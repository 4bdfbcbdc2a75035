//! `sluice plan --all`: every record compared with what stands in the destination.

use std::path::PathBuf;

use serde::Serialize;
use sluice_api::Api;
use sluice_api::wire::{
    HeldRequest, Plan, Problem, Review, ReviewField, ReviewFilter, ReviewGroups, ReviewRequest, Run,
    RunStatus, SyncNow,
};

use super::plan::{Document, document, lines, tell_price, tell_quota_left, tell_refused, would_refuse};
use super::plan_export::Export;
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
/// is shown; where not all of it could be looked at, it is dropped again.
pub(crate) async fn run(api: &Api, out: Output, sync: String, look: Look) -> Result<Exit, Problem> {
    let Look { limit, full, export } = look;
    let export = export.map(Export::to).transpose()?;
    tell_price(api, &sync).await;
    let now = SyncNow { sync: sync.clone(), full, approve: false, review: true, planned: None };
    let run = follow(api, async { api.sync_now(now).await }).await?;
    if run.status == RunStatus::Completed && run.counts.waiting == 0 {
        return Ok(nothing(out, &run));
    }
    if run.status != RunStatus::Held {
        return Ok(report(out, &run));
    }
    let looked = tokio::select! {
        looked = look_at_all(api, run.run, limit) => looked,
        () = signals::stop() => {
            tell_unlooked(&run);
            return Ok(Exit::Interrupted);
        }
    };
    let (plan, review) = match looked {
        Ok(looked) => looked,
        Err(problem) => return Err(dropped(api, run.run, problem).await),
    };
    if let Some(export) = &export {
        let written = export.write(api, run.run).await.inspect_err(|_| tell_held(&run, &review))?;
        output::note(&format!("Wrote {} to {}.", counted(written, "record"), export.path().display()));
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

/// Compares every record of a held run, and says first what that takes. Answers with the first `limit` of them too.
async fn look_at_all(api: &Api, run: i64, limit: usize) -> Result<(Plan, Review), Problem> {
    tell_requests(&api.review(run).await?);
    let review = api.review_all(run).await?;
    let mut plan = api.held(HeldRequest { run, limit: 0, reveal: true }).await?;
    if limit > 0 {
        let filter = ReviewFilter::default();
        let request = ReviewRequest { run, filter, after: None, limit, reveal: true };
        plan.records = api.review_records(request).await?.records;
    }
    plan.reads = review.reads;
    plan.invalid_rows.truncate(limit);
    Ok((plan, review))
}

/// Drops a run that could not be looked at because of `problem`, which says so then: nobody is to approve it.
async fn dropped(api: &Api, run: i64, problem: Problem) -> Problem {
    if let Err(undropped) = api.run_drop_unlooked(run).await {
        output::problem(&undropped);
        return problem;
    }
    let safe = format!("Nothing was sent. Run {run} was dropped, because it could not be looked at.");
    Problem { safe, ..problem }
}

/// The run is held, and its records are compared: what is in it, and how it goes on.
fn tell_held(run: &Run, review: &Review) {
    output::note(&format!("Run {} is held. {}.", run.run, groups_line(review)));
    tell_decision(&run.sync);
}

/// The run is held, and somebody stopped the look at it.
fn tell_unlooked(run: &Run) {
    let name = quoted(&run.sync);
    output::note(&format!("Run {} is held, and not all of it was looked at.", run.run));
    output::note(&format!("To look at all of it: sluice plan {name} --all"));
    output::note(&format!("To drop it: sluice sync {name} --drop"));
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
    let width = review.fields.iter().map(|field| field.path.chars().count()).max().unwrap_or(0);
    lines.extend([String::new(), groups_line(review)]);
    lines.extend(review.fields.iter().map(|field| field_line(field, width)));
    lines
}

/// What becomes of the records, by group.
fn groups_line(review: &Review) -> String {
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
    format!("Of {}: {}", counted(review.compared, "record"), told.join(", "))
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
