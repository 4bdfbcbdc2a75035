//! What an answer means for each record, and the one transaction that writes it down.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::Connection;

use crate::destination::{Answer, Exchange, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::address;
use crate::record::Change;
use crate::store::exchanges::{self, Left};
use crate::store::fingerprints::{self, Chunk};
use crate::store::outbox::beside::{MADE, Made};
use crate::store::outbox::{self, Body, RecordState, fingerprint, key_hash};
use crate::store::runs::{self, Counts, Problem};
use crate::sync::Shape;

/// One request that was answered.
pub(crate) struct Attempt {
    pub(crate) batch: i64,
    /// It carried every record of the batch.
    pub(crate) whole: bool,
    pub(crate) places: Vec<usize>,
    /// The request; none for a look at a job.
    pub(crate) left: Option<Left>,
    pub(crate) exchange: Exchange,
    /// The destination's job that ended with it.
    pub(crate) job: Option<i64>,
}

/// A record's place, the state it ends in, and why.
type State = (usize, RecordState, Option<Arc<Problem>>);

/// The states the records of a request end in.
pub(crate) struct Settled {
    states: Vec<State>,
    /// Records to send again soon.
    pub(crate) again: Vec<(usize, Error)>,
    /// Fingerprints of the records that count as delivered.
    delivered: Option<Chunk>,
    /// The destination's own ids of those of them that it created.
    made: Made,
}

impl Settled {
    /// One outcome per place, in order, with the [`delivered`] fingerprints, and the ids of the records that were
    /// `made`, by place in the request. `may_be_there` says of which records an earlier request may have arrived.
    pub(crate) fn from_outcomes(
        places: &[usize],
        outcomes: Vec<Outcome>,
        delivered: Option<Chunk>,
        mut made: Made,
        may_be_there: impl Fn(usize) -> bool,
    ) -> Self {
        let mut settled = Self { delivered, ..Self::of(Vec::with_capacity(places.len())) };
        for (sent, (place, outcome)) in places.iter().zip(outcomes).enumerate() {
            if let (Outcome::Delivered | Outcome::Accepted, Some(id)) = (&outcome, made.remove(&sent)) {
                settled.made.insert(*place, id);
            }
            let (state, problem) = match outcome {
                Outcome::Delivered => (RecordState::Delivered, None),
                Outcome::Accepted => (RecordState::Accepted, None),
                Outcome::Rejected(error) => {
                    let (state, problem) = refused(&error, may_be_there(*place));
                    (state, Some(Arc::new(problem)))
                }
                Outcome::Again(error) => {
                    let problem = Arc::new(Problem::from(&error));
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
        Self::of(vec![(place, state, Some(Arc::new(problem)))])
    }

    /// The destination works on all of them.
    pub(crate) fn under_way(places: &[usize]) -> Self {
        Self::of(places.iter().map(|place| (*place, RecordState::InFlight, None)).collect())
    }

    fn all(places: &[usize], state: RecordState, error: &Error) -> Self {
        let problem = Arc::new(Problem::from(error));
        Self::of(places.iter().map(|place| (*place, state, Some(problem.clone()))).collect())
    }

    fn of(states: Vec<State>) -> Self {
        Self { states, again: Vec::new(), delivered: None, made: Made::new() }
    }

    /// Each record's state.
    pub(crate) fn states(&self) -> &[State] {
        &self.states
    }

    /// What the answer adds to the run's counts.
    fn counts(&self, attempt: &Attempt) -> Counts {
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

/// The fingerprints of what now counts as delivered, if anything does. Made where the request was: it takes as long
/// as sending did.
pub(crate) fn delivered(
    answer: &Answer,
    places: &[usize],
    body: &Body,
    shape: &Shape,
) -> Result<Option<Chunk>> {
    let Answer::Records(outcomes) = answer else { return Ok(None) };
    let is_delivered = |outcome: &Outcome| matches!(outcome, Outcome::Delivered | Outcome::Accepted);
    let delivered = places.iter().zip(outcomes).filter(|(_, outcome)| is_delivered(outcome));
    let count = delivered.clone().count();
    let records = delivered.map(|(place, _)| {
        let (key, change, payload) = (body.key(*place), body.change(*place)?, body.payload(*place));
        let is_gone = change == Change::Removed;
        let address = if is_gone { Cow::Borrowed("") } else { Cow::Owned(address(shape, payload)) };
        Ok((key_hash(key), fingerprint(change, payload), key, address))
    });
    if count == 0 { Ok(None) } else { Chunk::of(count, records).map(Some) }
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

/// What came of one request, ready to be written: everything is packed off the writing thread.
pub(crate) struct Settlement {
    batch: i64,
    /// The request carried every record of the batch.
    whole: bool,
    /// The destination's job that ended with this answer.
    job: Option<i64>,
    settled: Settled,
    /// Ids of the records that were created, where there are any.
    made: Option<Vec<u8>>,
    /// The request and what is kept of its answer; none for a look at a job.
    answered: Option<(Left, Vec<u8>)>,
    pub(crate) added: Counts,
}

impl Settlement {
    /// Prepares what came of `attempt`.
    pub(crate) fn of(attempt: &Attempt, settled: Settled) -> Result<Self> {
        Ok(Self {
            batch: attempt.batch,
            whole: attempt.whole,
            job: attempt.job,
            answered: match &attempt.left {
                Some(left) => Some((left.clone(), exchanges::stored(&attempt.exchange)?)),
                None => None,
            },
            made: if settled.made.is_empty() { None } else { Some(MADE.packed(&settled.made)?) },
            added: settled.counts(attempt),
            settled,
        })
    }

    /// Writes outcome, fingerprints, ids, counters and event. Runs inside one transaction of the writer.
    pub(crate) fn write(&self, sqlite: &Connection, sync: i64, run: i64, at: i64) -> Result<()> {
        failpoint!(Settling);
        let majority = self.settled.plain_majority().filter(|_| self.whole);
        if let Some(state) = majority {
            // An earlier attempt may have left records with states of their own.
            sqlite.prepare_cached("delete from record_state where batch = ?1")?.execute([self.batch])?;
            outbox::set_batch_state(sqlite, self.batch, state, at)?;
        }
        for (place, state, problem) in &self.settled.states {
            if majority != Some(*state) {
                let problem = problem.as_ref().map(|problem| problem.to_json()).transpose()?;
                outbox::set_state(sqlite, self.batch, *place, *state, at, problem.as_deref())?;
            }
        }
        if let Some(delivered) = &self.settled.delivered {
            fingerprints::append(sqlite, sync, self.batch, delivered)?;
        }
        if let Some(made) = &self.made {
            MADE.add(sqlite, self.batch, made)?;
        }
        if let Some(job) = self.job {
            outbox::jobs::ended(sqlite, job)?;
        }
        runs::add_outcomes(sqlite, run, &self.added, 0)?;
        if let Some((left, stored)) = &self.answered {
            exchanges::answer(sqlite, left, self.batch, at, stored)?;
        }
        failpoint!(Settled);
        Ok(())
    }
}
