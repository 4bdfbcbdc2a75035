//! How the destination answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use sluice_engine::destination::Outcome;
use sluice_engine::testing::Reply;
use sluice_engine::{Error, ErrorKind};

/// How a request is answered, or a record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    Take,
    LostBefore,
    LostAfter,
    Again,
    Offline,
    Stop,
    Refuse,
    RejectSome,
    PutOffSome,
}

pub(super) fn answers() -> impl Strategy<Value = Vec<Answer>> {
    use Answer::{Again, LostAfter, LostBefore, Offline, PutOffSome, Refuse, RejectSome, Stop, Take};
    let one = prop::sample::select(vec![
        Take, Take, Take, LostBefore, LostAfter, LostAfter, Again, Offline, Stop, Refuse, RejectSome,
        PutOffSome,
    ]);
    prop::collection::vec(one, 1..6)
}

/// Requests of one step, at most: far more than the few records of a course can need.
pub(super) const MOST: usize = 1_000;

/// The replies to requests, over and over, and an end of it where nothing else ends it. Counts them.
pub(super) fn replies(
    answers: &[Answer],
    requests: &Arc<AtomicUsize>,
) -> impl FnMut() -> Reply + Send + use<> {
    let (answers, requests) = (answers.to_vec(), requests.clone());
    let mut turn = answers.into_iter().cycle();
    move || match turn.next() {
        _ if requests.fetch_add(1, Ordering::SeqCst) >= MOST => Reply::Stop,
        Some(Answer::LostBefore) => Reply::LostBefore,
        Some(Answer::LostAfter) => Reply::LostAfter,
        Some(Answer::Again) => Reply::Again(None),
        Some(Answer::Offline) => Reply::Offline,
        Some(Answer::Stop) => Reply::Stop,
        Some(Answer::Refuse) => Reply::Refuse,
        Some(Answer::Take | Answer::RejectSome | Answer::PutOffSome) | None => Reply::EachRecord,
    }
}

/// What becomes of records where a request is answered one by one, over and over.
pub(super) fn outcomes(answers: &[Answer]) -> impl FnMut() -> Outcome + Send + use<> {
    let answers = answers.to_vec();
    let mut turn = answers.into_iter().cycle();
    move || match turn.next() {
        Some(Answer::RejectSome) => Outcome::Rejected(Error::new(ErrorKind::RecordRejected, "Not allowed.")),
        Some(Answer::PutOffSome) => Outcome::Again(Error::new(ErrorKind::ServerFailed, "Locked.")),
        _ => Outcome::Delivered,
    }
}
