//! A test with one record is a run like any other: it counts, its record counts as delivered, and nothing else moves.

use sluice_engine::engine::Start;
use sluice_engine::run::Discard;
use sluice_engine::store::outbox::key_hash;
use sluice_engine::store::runs::{self, RunRow, RunState, Trigger};
use sluice_engine::sync::Removal;
use sluice_engine::testing::Reply;

use crate::bench::{Bench, PLAIN, SYNC, people, row};

const TEST: Start = Start { trigger: Trigger::Test, ..PLAIN };

#[tokio::test(start_paused = true)]
async fn a_test_sends_the_first_record_and_the_next_run_the_others() {
    let bench = Bench::new().await;
    bench.table.set(people(50, "Ana"));
    let test = bench.run_with(TEST).await;
    assert_eq!(test.state, RunState::Completed);
    assert_eq!((test.counts.read, test.counts.to_send, test.counts.delivered), (1, 1, 1));
    bench.expect_kept(&[("k0", "Ana")]);
    let run = bench.run().await;
    assert_eq!((run.counts.unchanged, run.counts.added, run.counts.delivered), (1, 49, 49));
    assert_eq!(bench.run().await.counts.unchanged, 50);
}

#[tokio::test(start_paused = true)]
async fn a_test_after_a_test_sends_the_next_record() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.run_with(TEST).await;
    bench.run_with(TEST).await;
    bench.expect_kept(&[("a", "1"), ("b", "1")]);
    let third = bench.run_with(TEST).await;
    assert_eq!((third.state, third.problem.unwrap().kind.as_str()), (RunState::Failed, "nothing_to_send"));
}

#[tokio::test(start_paused = true)]
async fn a_test_sends_the_record_that_is_asked_for() {
    let bench = Bench::new().await;
    let mut rows = people(50, "Ana");
    rows[30][1] = "x".repeat(20_000).as_str().into();
    bench.table.set(rows);
    let of_key = |key: &str| Start { record: Some(key_hash(key)), ..TEST };
    let test = bench.run_with(of_key("k20")).await;
    assert_eq!((test.state, test.counts.to_send, test.counts.delivered), (RunState::Completed, 1, 1));
    bench.expect_kept(&[("k20", "Ana")]);
    let why = |run: RunRow| {
        let problem = run.problem.unwrap();
        assert_eq!((run.state, problem.kind.as_str()), (RunState::Failed, "nothing_to_send"));
        problem.message
    };
    for key in ["k20", "k99"] {
        let message = why(bench.run_with(of_key(key)).await);
        assert!(message.starts_with("There is nothing to send of this record"), "{message}");
    }
    let message = why(bench.run_with(of_key("k30")).await);
    assert!(message.starts_with("Its row can not become a record. The record has"), "{message}");
    assert_eq!(bench.crm.kept().len(), 1);
    assert_eq!(bench.run().await.counts.delivered, 48);
}

#[tokio::test(start_paused = true)]
async fn a_refused_test_is_sent_again_once_mended() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "bad"), row("b", "good")]);
    bench.crm.reject("bad");
    let refused = bench.run_with(TEST).await;
    assert_eq!((refused.state, refused.counts.rejected), (RunState::CompletedWithRejections, 1));
    bench.table.edit(|rows| rows[0][1] = "better".into());
    let mended = bench.run_with(TEST).await;
    assert_eq!((mended.state, mended.counts.delivered), (RunState::Completed, 1));
    assert_eq!(bench.run().await.counts.delivered, 1);
    bench.expect_kept(&[("a", "better"), ("b", "good")]);
}

#[tokio::test(start_paused = true)]
async fn a_test_takes_nothing_from_records_that_wait() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(30, "Ana"));
    bench.crm.reply(|request, _| if request > 1 { Reply::Stop } else { Reply::EachRecord });
    assert_eq!(bench.run().await.counts.waiting(), 20);
    bench.crm.take_all();
    let test = bench.run_with(TEST).await;
    assert_eq!((test.counts.delivered, bench.crm.kept().len()), (1, 11));
    let rest = bench.run().await;
    assert_eq!((rest.counts.unchanged, rest.counts.delivered), (11, 19));
}

#[tokio::test(start_paused = true)]
async fn a_test_removes_nothing() {
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(20, "Ana"));
    bench.run().await;
    bench.table.set(vec![row("k3", "Bo")]);
    let test = bench.run_with(TEST).await;
    assert_eq!((test.counts.changed, test.counts.removed, bench.crm.kept().len()), (1, 0, 20));
    bench.table.set(Vec::new());
    assert_eq!(bench.run_with(TEST).await.state, RunState::Failed);
    assert_eq!(bench.crm.kept().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_test_without_a_usable_row_says_why() {
    let bench = Bench::new().await;
    bench.table.set(vec![vec![sluice_engine::testing::FakeCell::Null, "Ana".into()]]);
    let problem = bench.run_with(TEST).await.problem.unwrap();
    assert_eq!(problem.kind, "nothing_to_send");
    assert!(problem.message.contains("No row could become a record"), "{}", problem.message);
}

#[tokio::test(start_paused = true)]
async fn after_a_test_the_first_whole_run_is_the_base_without_being_written_again() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(100, "Ana"));
    bench.run_with(TEST).await;
    bench.run().await;
    let chunks = "select count(*) from fingerprint where sync = ?1";
    assert_eq!(bench.count(chunks, bench.saved().id), 11, "one chunk of the test and ten of the run");
    assert!(bench.saved().base_until > 0);
    bench.table.edit(|rows| rows[0][1] = "Bo".into());
    let run = bench.run().await;
    assert_eq!((run.counts.unchanged, run.counts.changed), (99, 1));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_changed_since_its_test_is_in_the_base_once() {
    let bench = Bench::new().await;
    bench.table.set(people(5, "Ana"));
    bench.run_with(TEST).await;
    bench.table.edit(|rows| rows[0][1] = "Bo".into());
    bench.run().await;
    assert_eq!(bench.run().await.counts.unchanged, 5);
    bench.table.edit(|rows| rows[0][1] = "Ana".into());
    let back = bench.run().await;
    assert_eq!((back.counts.unchanged, back.counts.changed), (4, 1));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_goes_back_is_sent_over_what_a_test_delivered_although_it_was_discarded_before() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("k", "A")]);
    bench.crm.reject("A");
    let refused = bench.run().await;
    bench.discard(&refused, &[], Discard::All).await;
    bench.crm.take_all();
    bench.table.set(vec![row("k", "B")]);
    assert_eq!(bench.run_with(TEST).await.counts.delivered, 1);
    bench.table.set(vec![row("k", "A")]);
    bench.run().await;
    bench.expect_kept(&[("k", "A")]);
}

#[tokio::test(start_paused = true)]
async fn what_a_test_left_waiting_removes_no_row_that_went_back_to_what_was_discarded() {
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(vec![row("k", "A"), row("l", "A")]);
    bench.crm.reply(|_, _| Reply::LostAfter);
    let lost = bench.run().await;
    bench.discard(&lost, &[], Discard::All).await;
    bench.table.set(vec![row("k", "B"), row("l", "A")]);
    bench.crm.reply(|_, _| Reply::LostAfter);
    assert_eq!(bench.run_with(TEST).await.counts.waiting(), 1);
    bench.crm.take_all();
    bench.table.set(vec![row("k", "A"), row("l", "A")]);
    assert_eq!(bench.run().await.counts.removed, 0);
    bench.expect_kept(&[("k", "A"), ("l", "A")]);
}

#[tokio::test(start_paused = true)]
async fn a_row_tested_while_the_first_run_waits_is_in_the_base_once() {
    let mut bench = Bench::with_batches_of(2).await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(4, "Ana"));
    let mut left = 1;
    bench.crm.reply(move |_, _| {
        left -= 1;
        if left < 0 { Reply::SilentBefore } else { Reply::EachRecord }
    });
    let silent = bench.crm.until_silent(1);
    let first = bench.engine.start(SYNC, PLAIN).await.unwrap();
    silent.await;
    // The writer takes one job after the other: the first answer is on disk.
    bench.engine.store().write(|_| Ok(())).done().await.unwrap();
    bench.crash();
    bench.crm.take_all();
    bench.table.edit(|rows| rows[0][1] = "Bo".into());
    assert_eq!(bench.run_with(TEST).await.counts.delivered, 1);
    let waiting = bench.engine.store().read(runs::waiting).unwrap();
    assert_eq!(waiting.iter().map(|run| run.id).collect::<Vec<_>>(), [first]);
    bench.resume(&waiting[0]).await;
    let idle = bench.run().await;
    assert_eq!((idle.counts.unchanged, idle.counts.to_send, idle.counts.removed), (4, 0, 0));
    bench.table.edit(|rows| rows[0][1] = "Ana".into());
    assert_eq!(bench.run().await.counts.changed, 1);
}
