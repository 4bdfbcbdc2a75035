//! What an answer means for each record, and the one transaction that writes it down.

use rusqlite::Connection;

use crate::destination::{Exchange, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::address;
use crate::record::Change;
use crate::store::exchanges;
use crate::store::fingerprints::{self, Delivered};
use crate::store::outbox::{self, Body, RecordState, fingerprint, key_hash};
use crate::store::runs::{self, Counts, Problem};
use crate::sync::Shape;

/// One request that was answered.
pub(crate) struct Attempt {
    pub(crate) batch: i64,
    /// It carried every record of the batch.
    pub(crate) whole: bool,
    pub(crate) places: Vec<usize>,
    pub(crate) exchange: Exchange,
    /// The destination's job that ended with it.
    pub(crate) job: Option<i64>,
}

/// The states the records of a request end in.
pub(crate) struct Settled {
    states: Vec<(usize, RecordState, Option<Problem>)>,
    /// Records to send again soon.
    pub(crate) again: Vec<(usize, Error)>,
}

impl Settled {
    /// One outcome per place, in order. `may_be_there` says of which records an earlier request may have arrived.
    pub(crate) fn from_outcomes(
        places: &[usize],
        outcomes: Vec<Outcome>,
        may_be_there: impl Fn(usize) -> bool,
    ) -> Self {
        let mut settled = Self { states: Vec::with_capacity(places.len()), again: Vec::new() };
        for (place, outcome) in places.iter().zip(outcomes) {
            let (state, problem) = match outcome {
                Outcome::Delivered => (RecordState::Delivered, None),
                Outcome::Accepted => (RecordState::Accepted, None),
                Outcome::Rejected(error) => {
                    let (state, problem) = refused(&error, may_be_there(*place));
                    (state, Some(problem))
                }
                Outcome::Again(error) => {
                    let problem = Problem::from(&error);
                    settled.again.push((*place, error));
                    (RecordState::Retry, Some(problem))
                }
            };
            settled.states.push((*place, state, problem));
        }
        settled
    }

    /// All wait, because of `error`.
    pub(crate) fn waiting(places: &[usize], error: &Error) -> Self {
        Self::all(places, RecordState::Retry, error)
    }

    /// The one record at `place` is refused, because of `error`.
    pub(crate) fn rejected(place: usize, error: &Error, may_be_there: bool) -> Self {
        let (state, problem) = refused(error, may_be_there);
        Self { states: vec![(place, state, Some(problem))], again: Vec::new() }
    }

    /// The destination works on all of them.
    pub(crate) fn under_way(places: &[usize]) -> Self {
        let states = places.iter().map(|place| (*place, RecordState::InFlight, None)).collect();
        Self { states, again: Vec::new() }
    }

    fn all(places: &[usize], state: RecordState, error: &Error) -> Self {
        let problem = Problem::from(error);
        let states = places.iter().map(|place| (*place, state, Some(problem.clone()))).collect();
        Self { states, again: Vec::new() }
    }

    /// What the answer adds to the run's counts.
    pub(crate) fn counts(&self, attempt: &Attempt) -> Counts {
        let count = |wanted: &[RecordState]| {
            self.states.iter().filter(|(_, state, _)| wanted.contains(state)).count() as u64
        };
        Counts {
            delivered: count(&[RecordState::Delivered, RecordState::Accepted]),
            rejected: count(&[RecordState::Rejected, RecordState::Doubtful]),
            bytes_sent: attempt.exchange.bytes,
            ..Counts::default()
        }
    }

    /// What now counts as delivered.
    pub(crate) fn fingerprints(&self, body: &Body, shape: &Shape, addresses: bool) -> Result<Vec<Delivered>> {
        let delivered = |state: &RecordState| matches!(state, RecordState::Delivered | RecordState::Accepted);
        self.states
            .iter()
            .filter(|(_, state, _)| delivered(state))
            .map(|(place, ..)| {
                let (key, change, payload) = (body.key(*place), body.change(*place)?, body.payload(*place));
                let keep = addresses && change != Change::Removed;
                Ok(Delivered {
                    hash: key_hash(key),
                    fingerprint: fingerprint(change, payload),
                    key: key.to_owned(),
                    address: if keep { address(shape, payload) } else { String::new() },
                })
            })
            .collect()
    }

    /// The state most records are in, when it needs no reason.
    fn plain_majority(&self) -> Option<RecordState> {
        let count = |wanted| self.states.iter().filter(|(_, state, _)| *state == wanted).count();
        let candidates = [RecordState::Delivered, RecordState::Accepted, RecordState::InFlight];
        candidates
            .into_iter()
            .max_by_key(|state| count(*state))
            .filter(|state| count(*state) * 2 > self.states.len())
    }
}

/// A refusal. Where the record is there already, and an earlier request with it may have arrived, nobody knows
/// whether that was this very record.
fn refused(error: &Error, may_be_there: bool) -> (RecordState, Problem) {
    if error.kind() != ErrorKind::AlreadyExists || !may_be_there {
        return (RecordState::Rejected, Problem::from(error));
    }
    let message = "The answer to an earlier request was lost, and now the record is there already.";
    let mut problem = Problem::from(&Error::new(ErrorKind::Doubtful, message));
    problem.details = vec![error.message().to_owned()];
    (RecordState::Doubtful, problem)
}

/// Writes outcome, fingerprints, counters and event. Runs inside one transaction of the writer.
#[allow(clippy::too_many_arguments, reason = "one transaction needs all of it, and nothing else does")]
pub(crate) fn settle(
    sqlite: &Connection,
    sync: i64,
    run: i64,
    at: i64,
    attempt: &Attempt,
    settled: &Settled,
    delivered: &[Delivered],
    added: &Counts,
) -> Result<()> {
    failpoint!(Settling);
    let majority = settled.plain_majority().filter(|_| attempt.whole);
    if let Some(state) = majority {
        // An earlier attempt may have left records with states of their own.
        sqlite.prepare_cached("delete from record_state where batch = ?1")?.execute([attempt.batch])?;
        outbox::set_batch_state(sqlite, attempt.batch, state, at)?;
    }
    for (place, state, problem) in &settled.states {
        if majority != Some(*state) {
            let problem = problem.as_ref().map(Problem::to_json).transpose()?;
            outbox::set_state(sqlite, attempt.batch, *place, *state, at, problem.as_deref())?;
        }
    }
    if !delivered.is_empty() {
        fingerprints::append(sqlite, sync, attempt.batch, delivered)?;
    }
    if let Some(job) = attempt.job {
        outbox::jobs::ended(sqlite, job)?;
    }
    runs::add_outcomes(sqlite, run, added, 0)?;
    exchanges::answer(sqlite, attempt.batch, at, &attempt.places, &attempt.exchange)?;
    failpoint!(Settled);
    Ok(())
}
