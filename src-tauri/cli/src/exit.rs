//! Exit statuses.

use std::process::ExitCode;

use sluice_api::wire::{Problem, RunStatus};

/// How a command ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it should.
    Done = 0,
    /// It could not.
    Failed = 1,
    /// What it was told is not possible: an unknown name, a file that can not be taken.
    Misused = 2,
    /// Done, but some records were rejected or are still waiting.
    Incomplete = 3,
    /// The run is held and wants a decision.
    Held = 4,
    /// Somebody stopped it, as shells tell of an interrupt.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<RunStatus> for Exit {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Completed => Self::Done,
            RunStatus::CompletedWithRejections | RunStatus::Waiting => Self::Incomplete,
            RunStatus::Held => Self::Held,
            RunStatus::Cancelled | RunStatus::Failed | RunStatus::Missed | RunStatus::Running => Self::Failed,
        }
    }
}

impl From<&Problem> for Exit {
    fn from(problem: &Problem) -> Self {
        match problem.kind.as_str() {
            "unknown_name" | "bad_file" => Self::Misused,
            "held" | "to_review" => Self::Held,
            _ => Self::Failed,
        }
    }
}
