//! When something is told: what the end of a run begins, and what it ends.

use super::Rules;
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::store::runs::{RunRow, RunState, Trigger};

/// What is tried again by itself is told when it has failed so often in a row.
const TRIES: u32 = 3;
/// Where nothing is tried again within this time, in ms, a failure is told at once.
const SOON: i64 = 60 * 60 * 1_000;

/// Why somebody is told something about a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It failed, with an error of the kind of this name.
    Failed(String),
    /// A run is held.
    Held,
    /// Too many rows were rejected.
    Rejected,
    /// It has not succeeded for too long.
    Silent,
    /// It succeeded for the first time. This one never recovers.
    FirstSuccess,
}

impl Cause {
    /// The cause as it is stored.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Failed(kind) => format!("failed {kind}"),
            Self::Held => "held".to_owned(),
            Self::Rejected => "rejected".to_owned(),
            Self::Silent => "silent".to_owned(),
            Self::FirstSuccess => "first_success".to_owned(),
        }
    }

    /// The cause that is stored as `key`.
    pub(crate) fn of_key(key: &str) -> Result<Self> {
        match (key, key.strip_prefix("failed ")) {
            (_, Some(kind)) => Ok(Self::Failed(kind.to_owned())),
            ("held", None) => Ok(Self::Held),
            ("rejected", None) => Ok(Self::Rejected),
            ("silent", None) => Ok(Self::Silent),
            ("first_success", None) => Ok(Self::FirstSuccess),
            (_, None) => Err(Error::new(ErrorKind::Damaged, "What was told can not be read.")),
        }
    }
}

/// A run that ended, and what is known of its sync then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course<'a> {
    pub(crate) run: &'a RunRow,
    /// Ends in a row without success, this one counted.
    pub(crate) failures: u32,
    /// When it is tried again by itself, in ms.
    pub(crate) again: Option<i64>,
}

impl Course<'_> {
    /// What this end begins under these rules.
    pub(crate) fn begins(&self, rules: Rules) -> Option<Cause> {
        if matches!(self.run.trigger, Trigger::Test | Trigger::Replay) {
            // Who sends one record looks at what becomes of it.
            return None;
        }
        match self.run.state {
            // Who asked to look first is there to look.
            RunState::Held => (rules.held && !self.is_asked_for()).then_some(Cause::Held),
            RunState::Failed | RunState::Waiting => {
                self.given_up().filter(|_| rules.failed).map(|kind| Cause::Failed(kind.to_owned()))
            }
            RunState::Completed | RunState::CompletedWithRejections => {
                (self.run.trigger.is_whole() && is_too_many(self.run, rules)).then_some(Cause::Rejected)
            }
            RunState::Reading | RunState::Sending | RunState::Cancelled | RunState::Missed => None,
        }
    }

    /// Whether what was told because of `cause` has recovered with this end.
    pub(crate) fn recovers(&self, cause: &Cause, rules: Rules) -> bool {
        match cause {
            Cause::Failed(_) | Cause::Held | Cause::Silent => is_success(self.run),
            Cause::Rejected => is_success(self.run) && !is_too_many(self.run, rules),
            Cause::FirstSuccess => false,
        }
    }

    /// Held because somebody asked to look before anything is sent.
    fn is_asked_for(&self) -> bool {
        self.run.problem.as_ref().is_some_and(|problem| problem.kind == ErrorKind::ToReview.name())
    }

    /// The kind of error that it failed with, where nothing mends that soon without somebody.
    fn given_up(&self) -> Option<&str> {
        let kind = self.run.problem.as_ref()?.kind.as_str();
        let mends_itself = ErrorKind::from_name(kind).is_some_and(|kind| kind.retry() == Retry::Backoff);
        let ended = self.run.finished.unwrap_or(self.run.started);
        let is_soon = self.again.is_some_and(|again| again - ended <= SOON);
        (!mends_itself || !is_soon || self.failures >= TRIES).then_some(kind)
    }
}

/// The run read all of its sync and came to its end.
pub(crate) fn is_success(run: &RunRow) -> bool {
    run.trigger.is_whole() && matches!(run.state, RunState::Completed | RunState::CompletedWithRejections)
}

/// The run counts among the failures in a row.
pub(crate) fn is_failure(run: &RunRow) -> bool {
    matches!(run.state, RunState::Failed | RunState::Waiting) && run.problem.is_some()
}

fn is_too_many(run: &RunRow, rules: Rules) -> bool {
    let bad = run.counts.rejected + run.counts.invalid;
    let all = run.counts.to_send + run.counts.invalid;
    let is_more = rules.rejected.is_some_and(|most| bad > u64::from(most));
    let is_share = rules.rejected_percent.is_some_and(|percent| bad * 100 >= u64::from(percent) * all);
    bad > 0 && (is_more || is_share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::runs::{Counts, Problem};
    use crate::sync::Shape;

    const ALL: Rules = Rules {
        failed: true,
        held: true,
        rejected: Some(10),
        rejected_percent: Some(50),
        silent_hours: None,
    };

    fn run(state: RunState, kind: Option<ErrorKind>) -> RunRow {
        RunRow {
            id: 7,
            sync: 1,
            trigger: Trigger::Schedule,
            state,
            started: 0,
            sealed: None,
            finished: Some(1_000),
            generation: 1,
            shape: Shape::Identify,
            claimed: 0,
            held_for: 0,
            left_alone: Vec::new(),
            approved: false,
            counts: Counts::default(),
            cost: None,
            destination: None,
            undoes: None,
            sent_by: Vec::new(),
            next_attempt: None,
            problem: kind.map(|kind| Problem::from(&Error::new(kind, "It went wrong."))),
        }
    }

    fn rejecting(rejected: u64, invalid: u64, to_send: u64) -> RunRow {
        let counts = Counts { invalid, to_send, rejected, ..Counts::default() };
        RunRow { counts, ..run(RunState::CompletedWithRejections, None) }
    }

    fn begins(run: &RunRow, failures: u32, again: Option<i64>) -> Option<Cause> {
        Course { run, failures, again }.begins(ALL)
    }

    #[test]
    fn what_only_somebody_can_mend_is_told_at_once() {
        let refused = run(RunState::Failed, Some(ErrorKind::SignInFailed));
        let cause = Cause::Failed("sign_in_failed".to_owned());
        assert_eq!(begins(&refused, 1, Some(2_000)), Some(cause));
        assert_eq!(begins(&run(RunState::Held, Some(ErrorKind::Held)), 0, None), Some(Cause::Held));
    }

    #[test]
    fn who_asked_to_look_first_is_not_told_that_there_is_something_to_look_at() {
        assert_eq!(begins(&run(RunState::Held, Some(ErrorKind::ToReview)), 0, None), None);
    }

    #[test]
    fn what_mends_itself_is_told_after_the_retries() {
        for state in [RunState::Failed, RunState::Waiting] {
            let away = run(state, Some(ErrorKind::Unreachable));
            let soon = Some(1_000 + SOON);
            assert_eq!(begins(&away, 1, soon), None);
            assert_eq!(begins(&away, 2, soon), None);
            assert!(begins(&away, 3, soon).is_some());
            assert!(begins(&away, 1, Some(1_001 + SOON)).is_some(), "nobody tries it again before tomorrow");
            assert!(begins(&away, 1, None).is_some(), "nobody tries it again");
        }
    }

    #[test]
    fn rejected_rows_are_told_beyond_the_number_or_from_the_share_on() {
        assert_eq!(begins(&rejecting(10, 0, 100), 0, None), None);
        assert_eq!(begins(&rejecting(11, 0, 100), 0, None), Some(Cause::Rejected));
        assert_eq!(
            begins(&rejecting(5, 6, 100), 0, None),
            Some(Cause::Rejected),
            "rows without a record count"
        );
        assert_eq!(begins(&rejecting(1, 0, 2), 0, None), Some(Cause::Rejected));
        assert_eq!(begins(&rejecting(1, 0, 3), 0, None), None);
        assert_eq!(begins(&rejecting(0, 0, 0), 0, None), None, "nothing of nothing is no share");
    }

    #[test]
    fn a_cause_that_nobody_asked_for_is_not_told() {
        let nothing =
            Rules { failed: false, held: false, rejected: None, rejected_percent: None, silent_hours: None };
        let ends = [
            run(RunState::Failed, Some(ErrorKind::SignInFailed)),
            run(RunState::Held, Some(ErrorKind::Held)),
            rejecting(100, 0, 100),
        ];
        for run in &ends {
            assert_eq!(Course { run, failures: 9, again: None }.begins(nothing), None);
        }
    }

    #[test]
    fn only_a_whole_run_that_succeeds_recovers() {
        let completed = run(RunState::Completed, None);
        let failed = Cause::Failed("unreachable".to_owned());
        let recovers =
            |run: &RunRow, cause: &Cause| Course { run, failures: 0, again: None }.recovers(cause, ALL);
        for cause in [&failed, &Cause::Held, &Cause::Silent, &Cause::Rejected] {
            assert!(recovers(&completed, cause), "{cause:?}");
            for state in [RunState::Cancelled, RunState::Failed, RunState::Held, RunState::Missed] {
                assert!(!recovers(&run(state, None), cause), "{cause:?} {state:?}");
            }
            for trigger in [Trigger::Test, Trigger::Retry, Trigger::Undo, Trigger::Replay] {
                let part = RunRow { trigger, ..completed.clone() };
                assert!(!recovers(&part, cause), "{cause:?} {trigger:?}");
            }
        }
        assert!(recovers(&rejecting(11, 0, 100), &failed), "the run came to its end");
        assert!(!recovers(&rejecting(11, 0, 100), &Cause::Rejected));
        assert!(!recovers(&completed, &Cause::FirstSuccess));
    }

    #[test]
    fn a_cause_reads_back_as_it_was_stored() {
        let failed = Cause::Failed("unreachable".to_owned());
        for cause in [failed, Cause::Held, Cause::Rejected, Cause::Silent, Cause::FirstSuccess] {
            assert_eq!(Cause::of_key(&cause.key()).unwrap(), cause);
        }
        assert_eq!(Cause::of_key("of a newer version").unwrap_err().kind(), ErrorKind::Damaged);
    }
}
