//! The brake while sending: a destination that refuses most of what it gets is not asked for the rest.

use super::outcome::Settled;
use crate::error::{Error, ErrorKind};
use crate::store::outbox::{Body, RecordState};

/// Records by which a destination is judged.
const SAMPLE: u64 = 500;
/// Records after which a destination that took none is judged.
const NONE_TAKEN: u64 = 100;

/// What became of the first records of a run that had not been refused before.
pub(super) struct Refusals {
    /// The share in percent that may be refused; `None` where nobody asks.
    share: Option<u8>,
    taken: u64,
    refused: u64,
    /// What the destination said last.
    reason: Option<String>,
}

impl Refusals {
    /// Judges by `share` percent.
    pub(super) fn new(share: Option<u8>) -> Self {
        Self { share, taken: 0, refused: 0, reason: None }
    }

    /// Takes note of outcomes of records of `body`.
    pub(super) fn note(&mut self, settled: &Settled, body: &Body) {
        for (place, state, problem) in settled.states() {
            if self.taken + self.refused == SAMPLE {
                return;
            }
            match state {
                RecordState::Delivered | RecordState::Accepted => self.taken += 1,
                // Refused before: it says nothing of the others.
                RecordState::Rejected if body.past(*place).refused => {}
                RecordState::Rejected => {
                    self.refused += 1;
                    self.reason = problem.as_ref().map(|problem| problem.message.clone());
                }
                RecordState::Staged
                | RecordState::Pending
                | RecordState::InFlight
                | RecordState::Superseded
                | RecordState::Discarded
                | RecordState::Retry
                | RecordState::Invalid
                | RecordState::RejectedBefore
                | RecordState::Doubtful => {}
            }
        }
    }

    /// Why the rest is held back, if so.
    pub(super) fn hold(&self) -> Option<Error> {
        let (share, judged) = (self.share?, self.taken + self.refused);
        let none_taken = self.taken == 0 && self.refused >= NONE_TAKEN;
        let too_many = judged == SAMPLE && self.refused * 100 > SAMPLE * u64::from(share);
        let reason = self.reason.as_deref().filter(|_| none_taken || too_many)?;
        let message =
            format!("The destination refused {} of the first {judged} records: {reason}", self.refused);
        Some(
            Error::new(ErrorKind::Held, message)
                .with_safe("What it took stays delivered; what was not sent is kept and waits.")
                .with_hint("Correct the records or the mapping and run again, or approve to send the rest."),
        )
    }
}
