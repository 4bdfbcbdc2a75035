//! A destination that is out of reach, slow to answer for a job, or whose answers are lost.

use std::time::Duration;

use sluice_engine::destination::Outcome;
use sluice_engine::store::outbox::RecordState;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::Mode;
use sluice_engine::testing::Reply;
use sluice_engine::{Error, ErrorKind};

use crate::bench::{Bench, PLAIN, SYNC, payload, people, row};

fn exists() -> Outcome {
    Outcome::Rejected(Error::new(ErrorKind::AlreadyExists, "There is a contact with this id already."))
}

/// A destination that creates, loses the answer to its first request, and refuses what it has already.
fn creates_and_forgets_once(bench: &Bench) {
    let mut had = std::collections::HashSet::new();
    bench.crm.reply(|request, _| if request == 1 { Reply::LostAfter } else { Reply::EachRecord });
    bench.crm.forget_ids();
    bench
        .crm
        .record(move |record| if had.insert(record.key.clone()) { Outcome::Delivered } else { exists() });
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_answer_was_lost_is_doubtful_and_not_rejected() {
    let bench = Bench::new().await;
    bench.save(|sync| sync.mode = Mode::Create).await;
    bench.table.set(vec![row("k", "A")]);
    creates_and_forgets_once(&bench);
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.rejected), (RunState::CompletedWithRejections, 1));
    assert_eq!(bench.states(&run), [RecordState::Doubtful]);
    let next = bench.run().await;
    assert_eq!(bench.states(&next), [RecordState::Doubtful], "a later run knows no less");
    bench.discard(&next, &["k"], sluice_engine::run::Discard::Refused).await;
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn a_create_of_what_was_there_before_is_plainly_rejected() {
    let bench = Bench::new().await;
    bench.save(|sync| sync.mode = Mode::Create).await;
    bench.table.set(vec![row("k", "A")]);
    bench.crm.record(|_| exists());
    let run = bench.run().await;
    assert_eq!(bench.states(&run), [RecordState::Rejected]);
}

#[tokio::test(start_paused = true)]
async fn without_a_network_nothing_is_tried_and_it_goes_on_when_it_is_back() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(30, "Ana"));
    let begun = tokio::time::Instant::now();
    bench.crm.reply(move |_, _| {
        let gone = begun.elapsed() < Duration::from_secs(90);
        if gone { Reply::Offline } else { Reply::EachRecord }
    });
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered, run.counts.requests), (RunState::Completed, 30, 3));
}

#[tokio::test(start_paused = true)]
async fn a_network_that_stays_away_leaves_everything_waiting_and_untried() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(30, "Ana"));
    bench.crm.reply(|_, _| Reply::Offline);
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.sent, run.counts.requests), (RunState::Waiting, 0, 0));
    assert_eq!(run.problem.as_ref().unwrap().kind, "offline");
    assert!(run.next_attempt.is_some());
    bench.crm.take_all();
    let resumed = bench.resume(&run).await;
    assert_eq!((resumed.state, resumed.counts.delivered), (RunState::Completed, 30));
}

#[tokio::test(start_paused = true)]
async fn a_restart_looks_at_a_job_instead_of_sending_again() {
    let mut bench = Bench::with_batches_of(10).await;
    bench.table.set(people(10, "Ana"));
    bench.crm.reply(|_, _| Reply::Job);
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_polls(1).await;
    bench.crash();
    bench.crm.finish_jobs();
    let run = bench.engine.store().read(|sqlite| sluice_engine::store::runs::get(sqlite, run)).unwrap();
    let ended = bench.resume(&run).await;
    assert_eq!((ended.state, ended.counts.delivered, ended.counts.sent), (RunState::Completed, 10, 10));
    assert_eq!(bench.crm.requests().len(), 1, "the records were sent twice");
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn a_newer_run_sees_an_older_jobs_end_before_it_reads() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(vec![row("k", "A")]);
    bench.crm.reply(|_, _| Reply::Job);
    let first = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_polls(1).await;
    bench.engine.cancel(first);
    assert_eq!(bench.ended(first).await.state, RunState::Cancelled);
    bench.table.set(vec![row("k", "B")]);
    bench.crm.finish_jobs();
    bench.crm.reply(|_, _| Reply::EachRecord);
    let next = bench.run().await;
    assert_eq!((next.counts.changed, next.counts.delivered), (1, 1));
    let arrived: Vec<String> = bench.crm.arrived().into_iter().map(|record| record.payload).collect();
    assert_eq!(arrived, [payload("k", "A"), payload("k", "B")]);
    bench.expect_kept(&[("k", "B")]);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_lost_is_sent_again_with_the_same_ids() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(10, "Ana"));
    let mut first = true;
    bench.crm.reply(move |_, _| if std::mem::take(&mut first) { Reply::Job } else { Reply::EachRecord });
    bench.crm.lose_jobs();
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 10));
    let requests = bench.crm.requests();
    let ids = |request: usize| requests[request].iter().map(|record| &record.id);
    assert!(ids(0).eq(ids(1)));
}

#[tokio::test(start_paused = true)]
async fn a_destination_with_a_limit_is_soon_asked_no_more_than_it_takes() {
    let bench = Bench::with_batches_of(10).await;
    bench.crm.limit(|limits| limits.in_flight = 8);
    bench.table.set(people(2_000, "Ana"));
    // Four requests a second are taken, as a token bucket counts them.
    let (mut tokens, mut last) = (4.0_f64, tokio::time::Instant::now());
    bench.crm.reply(move |_, _| {
        let now = tokio::time::Instant::now();
        tokens = (tokens + (now - last).as_secs_f64() * 4.0).min(4.0);
        last = now;
        if tokens < 1.0 {
            return Reply::Again(None);
        }
        tokens -= 1.0;
        Reply::EachRecord
    });
    let mut run = bench.run().await;
    while run.state == RunState::Waiting {
        run = bench.resume(&run).await;
    }
    assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 2_000));
    let refused = run.counts.requests - 200;
    assert!(refused < 100, "{refused} of {} requests were refused", run.counts.requests);
}

#[tokio::test(start_paused = true)]
async fn a_network_that_goes_while_answers_are_lost_ends_the_run_all_the_same() {
    let bench = Bench::with_batches_of(1).await;
    bench.crm.limit(|limits| limits.in_flight = 2);
    bench.table.set(people(2, "Ana"));
    let mut requests = 0;
    bench.crm.reply(move |_, _| {
        requests += 1;
        assert!(requests < 1_000, "it is tried for ever");
        if requests % 2 == 1 { Reply::Offline } else { Reply::LostBefore }
    });
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.waiting()), (RunState::Waiting, 2), "{run:?}");
}
