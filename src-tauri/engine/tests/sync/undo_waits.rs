//! A destination that can not be read when an undo has to: nothing is decided by half, and it goes on later.

use std::time::Duration;

use sluice_engine::engine::Start;
use sluice_engine::store::runs::{RunRow, RunState};
use sluice_engine::{Error, ErrorKind};

use super::undo_faults::{before, bench, changed, records, undone};
use crate::bench::{Bench, PLAIN, SYNC};

fn not_allowed() -> Error {
    Error::new(ErrorKind::NotAllowed, "The token may not read.")
}

fn spent() -> Error {
    Error::new(ErrorKind::QuotaSpent, "The quota is spent.").with_retry_after(Duration::from_secs(3_600))
}

/// What a run says about its end: what happened, what is safe, what to do.
fn told(run: &RunRow) -> (&str, &str, &str) {
    let problem = run.problem.as_ref().unwrap();
    (problem.message.as_str(), problem.safe.as_str(), problem.hint.as_str())
}

/// Reads of an undo of five records, two at a time: three to look, then one before each of three requests.
const LOOKS: usize = 3;

/// Undoes with reads that fail from the one with this number on, and answers with what came of it.
async fn undone_reading(bench: &Bench, run: &RunRow, from: usize, error: fn() -> Error) -> RunRow {
    bench.crm.read(move |number| if number < from { Ok(()) } else { Err(error()) });
    let undo = undone(bench, run.id).await;
    bench.crm.read(|_| Ok(()));
    undo
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_read_is_not_undone_and_says_what_to_do() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let written = records(&bench);
    bench.crm.readable(Err(not_allowed()));
    let look = bench.engine.look_at_undo(run.id, &[], None, 1).await.unwrap_err();
    let undo = bench.engine.undo(run.id, Vec::new(), true).await.unwrap_err();
    for error in [look, undo] {
        assert_eq!((error.kind(), error.message()), (ErrorKind::NotAllowed, "The token may not read."));
        assert_eq!(error.hint(), "Ask an administrator for the permission.");
    }
    assert_eq!(bench.engine.runs(None, None, 10).unwrap().len(), 2, "no run began");
    assert_eq!(records(&bench), written);
}

#[tokio::test(start_paused = true)]
async fn a_permission_that_is_lost_while_looking_leaves_everything_as_it_is() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let (written, requests) = (records(&bench), bench.crm.requests().len());
    let undo = undone_reading(&bench, &run, 2, not_allowed).await;
    assert_eq!((undo.state, undo.counts.to_send), (RunState::Failed, 0));
    let hint = "Ask an administrator for the permission.";
    assert_eq!(told(&undo), ("The token may not read.", "Nothing was put back.", hint));
    assert_eq!((records(&bench), bench.crm.requests().len()), (written, requests));
    let again = undone(&bench, run.id).await;
    assert_eq!((again.state, again.counts.delivered), (RunState::Completed, 5));
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn a_permission_that_is_lost_while_sending_stops_it_and_a_second_undo_does_the_rest() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let undo = undone_reading(&bench, &run, LOOKS + 2, not_allowed).await;
    assert_eq!(undo.state, RunState::Failed);
    assert_eq!((undo.counts.to_send, undo.counts.delivered, undo.counts.waiting()), (5, 2, 3));
    let half = records(&bench);
    assert_eq!((&half["k0"]["name"], &half["k2"]["name"]), (&"Ana".into(), &"Bo".into()));
    let again = undone(&bench, run.id).await;
    assert_eq!((again.state, again.counts.delivered), (RunState::Completed, 3));
    assert_eq!((again.counts.changed, again.counts.removed, again.counts.invalid), (2, 1, 0));
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn reads_that_come_too_early_wait_for_their_turn() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let early = |number: usize| {
        let error = Error::new(ErrorKind::RateLimited, "It is too early.");
        if number.is_multiple_of(3) { Ok(()) } else { Err(error.with_turn_after(Duration::from_secs(10))) }
    };
    bench.crm.read(early);
    let look = bench.engine.look_at_undo(run.id, &[], None, 1).await.unwrap();
    assert_eq!(look.counts.values().sum::<u64>(), 5);
    bench.crm.read(early);
    let undo = undone(&bench, run.id).await;
    assert_eq!((undo.state, undo.counts.delivered, undo.counts.requests), (RunState::Completed, 5, 3));
    assert_eq!(bench.crm.reads(), 3 * (LOOKS + 3));
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_is_away_for_a_moment_is_asked_again() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let away = || Error::new(ErrorKind::ServerFailed, "The server has failed.");
    bench.crm.read(move |number| if (2..5).contains(&number) { Err(away()) } else { Ok(()) });
    let undo = undone(&bench, run.id).await;
    assert_eq!((undo.state, undo.counts.delivered), (RunState::Completed, 5));
    assert_eq!(records(&bench), before());
    // Who only looks is not kept waiting.
    bench.crm.read(move |_| Err(away()));
    let error = bench.engine.look_at_undo(run.id, &[], None, 1).await.unwrap_err();
    assert_eq!((error.kind(), bench.crm.reads()), (ErrorKind::ServerFailed, 1));
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_is_spent_while_looking_leaves_everything_as_it_is() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let written = records(&bench);
    let undo = undone_reading(&bench, &run, 2, spent).await;
    assert_eq!((undo.state, undo.counts.to_send), (RunState::Failed, 0));
    assert_eq!(told(&undo), ("The quota is spent.", "Nothing was put back.", "Undo the run again later."));
    assert_eq!(records(&bench), written);
    undone(&bench, run.id).await;
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_is_spent_while_sending_lets_the_rest_wait() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let undo = undone_reading(&bench, &run, LOOKS + 2, spent).await;
    assert_eq!((undo.state, undo.counts.delivered, undo.counts.waiting()), (RunState::Waiting, 2, 3));
    assert!(undo.next_attempt.is_some(), "it goes on by itself");
    let ended = bench.resume(&undo).await;
    assert_eq!((ended.state, ended.counts.delivered), (RunState::Completed, 5));
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_started_while_an_undo_waits_goes_on_with_the_undo() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let undo = undone_reading(&bench, &run, LOOKS + 2, spent).await;
    assert_eq!(undo.state, RunState::Waiting);
    let next = bench.run().await;
    assert_eq!((next.id, next.state, next.counts.delivered), (undo.id, RunState::Completed, 5));
    assert_eq!(records(&bench), before(), "nothing was sent over what it took back");
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_waiting_undo_goes_out_where_somebody_only_looks() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let undo = undone_reading(&bench, &run, LOOKS + 2, spent).await;
    assert_eq!(undo.state, RunState::Waiting);
    let (sent, look) = (bench.crm.requests().len(), Start { review: true, ..PLAIN });
    let error = bench.engine.start(SYNC, look).await.unwrap_err();
    assert_eq!((error.kind(), bench.crm.requests().len()), (ErrorKind::AlreadyRunning, sent), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_undo_whose_records_went_another_way_holds_nothing_up() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let undo = undone_reading(&bench, &run, LOOKS + 2, spent).await;
    assert_eq!(undo.state, RunState::Waiting);
    let again = bench.engine.undo(run.id, Vec::new(), true).await.unwrap();
    assert_eq!(bench.ended(again).await.state, RunState::Completed);
    let next = bench.run().await;
    assert!(next.id > again && next.state == RunState::Completed, "{next:?}");
}
