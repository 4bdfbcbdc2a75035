//! A run's summary, in the contract's form and for people.

use serde::Serialize;
use sluice_api::wire::{Cost, FieldLeft, Problem, Run, RunCounts, RunStatus, Since, Trigger};

use crate::words::{bytes, count, counted, duration};

/// The counts of a run or plan, as the contract names them.
#[derive(Debug, Serialize)]
pub(crate) struct Counts {
    pub(crate) read: u64,
    pub(crate) invalid: u64,
    pub(crate) added: u64,
    pub(crate) changed: u64,
    pub(crate) removed: u64,
    pub(crate) unchanged: u64,
    pub(crate) sent: u64,
    pub(crate) delivered: u64,
    pub(crate) rejected: u64,
    pub(crate) waiting: u64,
    pub(crate) requests: u64,
    pub(crate) bytes_sent: u64,
    pub(crate) seconds: f64,
}

impl From<&RunCounts> for Counts {
    fn from(counts: &RunCounts) -> Self {
        Self {
            read: counts.read,
            invalid: counts.invalid,
            added: counts.added,
            changed: counts.changed,
            removed: counts.removed,
            unchanged: counts.unchanged,
            sent: counts.sent,
            delivered: counts.delivered,
            rejected: counts.rejected,
            waiting: counts.waiting,
            requests: counts.requests,
            bytes_sent: counts.bytes_sent,
            seconds: counts.seconds,
        }
    }
}

/// The summary of a run. What follows `seconds` is more than the contract asks for.
#[derive(Debug, Serialize)]
pub(crate) struct Summary<'a> {
    pub(crate) run: i64,
    pub(crate) sync: &'a str,
    pub(crate) status: RunStatus,
    #[serde(flatten)]
    pub(crate) counts: Counts,
    pub(crate) carried: u64,
    pub(crate) discarded: u64,
    pub(crate) trigger: Trigger,
    pub(crate) started_at: &'a str,
    pub(crate) finished_at: Option<&'a str>,
    /// The run it takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) undoes: Option<i64>,
    /// Fields it left alone in records of which it put back others.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) left_alone: &'a [FieldLeft],
    /// The newest run that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) undone_by: Option<i64>,
    /// A part of it alone was taken back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) undone_in_part: bool,
    /// The run that is taking it back now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) undoing: Option<i64>,
    /// The later run that took over what was still waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) taken_over_by: Option<i64>,
    /// By which of the destination's ways records went, where it has several.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) sent_by: &'a [String],
    pub(crate) problem: Option<&'a Problem>,
    /// What the warehouse said the read takes, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<&'a Cost>,
    /// Why a slot was missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
    /// What the warehouse says now, where it was asked and says something else than the run has ready to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<&'a Since>,
}

impl<'a> From<&'a Run> for Summary<'a> {
    fn from(run: &'a Run) -> Self {
        Self {
            run: run.run,
            sync: &run.sync,
            status: run.status,
            counts: (&run.counts).into(),
            carried: run.counts.carried,
            discarded: run.counts.discarded,
            trigger: run.trigger,
            started_at: &run.started_at,
            finished_at: run.finished_at.as_deref(),
            undoes: run.undoes,
            left_alone: &run.left_alone,
            undone_by: run.undone_by,
            undone_in_part: run.undone_in_part,
            undoing: run.undoing,
            taken_over_by: run.taken_over_by,
            sent_by: &run.sent_by,
            problem: run.problem.as_ref(),
            cost: run.cost.as_ref(),
            reason: run.reason.as_deref(),
            since: None,
        }
    }
}

/// A status in words.
pub(crate) fn status(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "running",
        RunStatus::Completed => "completed",
        RunStatus::CompletedWithRejections => "completed, with rejections",
        RunStatus::Held => "held for review",
        RunStatus::Cancelled => "cancelled",
        RunStatus::Failed => "failed",
        RunStatus::Waiting => "waiting",
        RunStatus::Missed => "missed",
    }
}

/// The summary of a run, for people.
pub(crate) fn lines(run: &Run) -> Vec<String> {
    let head =
        format!("{}: {} in {} (run {})", run.sync, status(run.status), duration(run.counts.seconds), run.run);
    let mut lines = vec![head];
    lines.extend(count_lines(&run.counts));
    lines.extend(run.cost.as_ref().map(cost_line));
    lines.extend((!run.sent_by.is_empty()).then(|| format!("  sent by {}", run.sent_by.join(" and "))));
    lines.extend(run.undoes.map(|of| format!("  takes back run {of}")));
    lines.extend(run.left_alone.iter().map(left_line));
    let part = if run.undone_in_part { " in part" } else { "" };
    lines.extend(run.undone_by.map(|by| format!("  taken back{part} by run {by}")));
    lines.extend(run.reason.as_ref().map(|reason| format!("  {reason}")));
    lines.extend(run.undoing.map(|by| format!("  being taken back by run {by}")));
    lines
}

/// A field that was left alone, for people.
fn left_line(left: &FieldLeft) -> String {
    format!("  left alone: “{}” of {}. {}", left.field, counted(left.records, "record"), left.reason)
}

/// What a read takes, for people.
pub(crate) fn cost_line(cost: &Cost) -> String {
    format!("  {:<9}{:>11}   {}", "reading", bytes(cost.bytes), cost.price)
}

/// The counts of a run, for people.
pub(crate) fn count_lines(counts: &RunCounts) -> Vec<String> {
    let to_send = counts.added + counts.changed + counts.removed + counts.carried;
    let carried = if counts.carried > 0 {
        format!(" · {} from earlier runs", count(counts.carried))
    } else {
        String::new()
    };
    let discarded = if counts.discarded > 0 {
        format!(" · {} discarded", count(counts.discarded))
    } else {
        String::new()
    };
    let rows = [
        (
            "read",
            counts.read,
            format!("{} unchanged · {} invalid", count(counts.unchanged), count(counts.invalid)),
        ),
        (
            "to send",
            to_send,
            format!(
                "{} added · {} changed · {} removed{carried}",
                count(counts.added),
                count(counts.changed),
                count(counts.removed)
            ),
        ),
        (
            "sent",
            counts.sent,
            format!(
                "{} delivered · {} rejected · {} waiting{discarded}",
                count(counts.delivered),
                count(counts.rejected),
                count(counts.waiting)
            ),
        ),
        ("requests", counts.requests, bytes(counts.bytes_sent)),
    ];
    rows.into_iter()
        .map(|(name, number, rest)| format!("  {name:<9}{:>11}   {rest}", count(number)))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn a_run(status: RunStatus) -> Run {
        Run {
            run: 3,
            sync: "lead-scores".into(),
            status,
            trigger: Trigger::Manual,
            undoes: None,
            left_alone: Vec::new(),
            undone_by: None,
            undone_in_part: false,
            undoing: None,
            taken_over_by: None,
            sent_by: Vec::new(),
            started_at: "2026-11-22T17:00:00.000Z".into(),
            finished_at: Some("2026-11-22T17:00:01.500Z".into()),
            counts: RunCounts {
                read: 5000,
                invalid: 12,
                added: 4000,
                changed: 8,
                unchanged: 980,
                sent: 4008,
                delivered: 4000,
                rejected: 8,
                requests: 41,
                bytes_sent: 123_456,
                seconds: 1.5,
                ..RunCounts::default()
            },
            held_seconds: 0.0,
            cost: None,
            progress: None,
            problem: None,
            reason: None,
        }
    }

    #[test]
    fn the_json_begins_with_the_keys_of_the_contract_in_their_order() {
        let text = serde_json::to_string(&Summary::from(&a_run(RunStatus::CompletedWithRejections))).unwrap();
        assert!(
            text.starts_with(concat!(
                r#"{"run":3,"sync":"lead-scores","status":"completed_with_rejections","read":5000,"invalid":12,"#,
                r#""added":4000,"changed":8,"removed":0,"unchanged":980,"sent":4008,"delivered":4000,"#,
                r#""rejected":8,"waiting":0,"requests":41,"bytes_sent":123456,"seconds":1.5"#
            )),
            "{text}"
        );
    }

    #[test]
    fn people_see_every_count() {
        assert_eq!(
            lines(&a_run(RunStatus::CompletedWithRejections)),
            [
                "lead-scores: completed, with rejections in 1.5 s (run 3)",
                "  read           5,000   980 unchanged · 12 invalid",
                "  to send        4,008   4,000 added · 8 changed · 0 removed",
                "  sent           4,008   4,000 delivered · 8 rejected · 0 waiting",
                "  requests          41   123.5 kB",
            ]
        );
    }
}
