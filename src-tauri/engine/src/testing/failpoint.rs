//! Steps of a run at which a test lets its process fail. Without the feature `testing` there are none.
//!
//! A process fails once, as its environment says: `SLUICE_FAIL="sealing panic 2"` panics when the step is reached
//! for the second time.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// The variable that says where and how.
pub const VARIABLE: &str = "SLUICE_FAIL";

macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// A step of a run.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Step { $($(#[doc = $doc])+ $name),+ }

        impl Step {
            /// Every step, in the order of a run.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in the environment.
            pub fn name(self) -> &'static str { match self { $(Self::$name => $text),+ } }
        }
    };
}

impl Step {
    /// A run reaches it more than once.
    pub fn is_repeated(self) -> bool {
        match self {
            Self::Staging | Self::Sending | Self::Answered | Self::Settling | Self::Settled => true,
            Self::Begun
            | Self::Rows
            | Self::Whole
            | Self::Sealing
            | Self::Sealed
            | Self::Claiming
            | Self::Finishing
            | Self::Tidying
            | Self::Ending => false,
        }
    }
}

steps! {
    /// The run is written down.
    Begun = "begun",
    /// Rows came from the warehouse.
    Rows = "rows",
    /// A batch is about to be written to the outbox.
    Staging = "staging",
    /// The read was whole.
    Whole = "whole",
    /// Everything is staged and nothing is sealed.
    Sealing = "sealing",
    /// In the transaction that seals, before its end.
    Sealed = "sealed",
    /// The claim on the next batches is about to be written.
    Claiming = "claiming",
    /// A request is about to leave.
    Sending = "sending",
    /// The answer is there, and not written down.
    Answered = "answered",
    /// In the transaction of outcomes, before its first statement.
    Settling = "settling",
    /// In the transaction of outcomes, before its end.
    Settled = "settled",
    /// Everything was sent, and the destination is told so.
    Finishing = "finishing",
    /// Fingerprints are about to become the base.
    Tidying = "tidying",
    /// The run's end is about to be written.
    Ending = "ending",
}

/// What happens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The step fails with an error.
    Error,
    /// It panics.
    Panic,
    /// The process dies.
    Abort,
    /// The step takes long.
    Delay,
}

impl Failure {
    /// Every failure.
    pub const ALL: &'static [Self] = &[Self::Error, Self::Panic, Self::Abort, Self::Delay];

    /// Its name in the environment.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Panic => "panic",
            Self::Abort => "abort",
            Self::Delay => "delay",
        }
    }
}

struct Plan {
    step: Step,
    failure: Failure,
    /// Times the step is still to be reached before it fails.
    left: AtomicUsize,
}

fn plan() -> Option<&'static Plan> {
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    let read = || {
        let text = std::env::var(VARIABLE).ok()?;
        let mut words = text.split(' ');
        let (step, failure, count) = (words.next()?, words.next()?, words.next()?.parse().ok()?);
        Some(Plan {
            step: *Step::ALL.iter().find(|known| known.name() == step)?,
            failure: *Failure::ALL.iter().find(|known| known.name() == failure)?,
            left: AtomicUsize::new(count),
        })
    };
    PLAN.get_or_init(read).as_ref()
}

/// A run reaches a step.
#[expect(clippy::panic, reason = "a test asked for it")]
///
/// # Panics
/// Where the test asked for that.
#[allow(clippy::disallowed_methods, reason = "a slow step is one of the failures; nobody waits for it")]
pub fn reach(step: Step) -> Result<()> {
    let Some(plan) = plan().filter(|plan| plan.step == step) else { return Ok(()) };
    if plan.left.fetch_sub(1, Ordering::SeqCst) != 1 {
        return Ok(());
    }
    match plan.failure {
        Failure::Error => Err(Error::new(ErrorKind::Storage, "A test let this step fail.")),
        Failure::Panic => panic!("a test let this step panic"),
        Failure::Abort => std::process::abort(),
        Failure::Delay => {
            std::thread::sleep(Duration::from_millis(200));
            Ok(())
        }
    }
}
