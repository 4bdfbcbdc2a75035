//! What the user discards is not sent again until its row changes, and stays visible.

use sluice_engine::ErrorKind;
use sluice_engine::engine::Start;
use sluice_engine::record::Operation;
use sluice_engine::run::Discard;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::Removal;
use sluice_engine::testing::Reply;

use crate::bench::{Bench, PLAIN, SYNC, payload, people, row};

#[tokio::test(start_paused = true)]
async fn a_discarded_record_is_left_alone_until_its_row_changes() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "good"), row("b", "bad"), row("c", "bad")]);
    bench.crm.reject("bad");
    let first = bench.run().await;
    let one = bench.discard(&first, &["b"], Discard::Refused).await;
    assert_eq!(one.state, RunState::CompletedWithRejections);
    assert_eq!((one.counts.rejected, one.counts.discarded), (1, 1));
    let all = bench.discard(&first, &[], Discard::All).await;
    assert_eq!((all.state, all.counts.rejected, all.counts.discarded), (RunState::Completed, 0, 2));
    let idle = bench.run().await;
    assert_eq!((idle.counts.unchanged, idle.counts.to_send), (3, 0));
    bench.table.edit(|rows| rows[1][1] = "better".into());
    let next = bench.run().await;
    assert_eq!((next.counts.added, next.counts.delivered, next.counts.unchanged), (1, 1, 2));
    bench.table.edit(|rows| rows[1][1] = "bad".into());
    bench.crm.take_all();
    assert_eq!(bench.run().await.counts.delivered, 1, "an old decision held back a new change");
}

#[tokio::test(start_paused = true)]
async fn what_waits_can_be_discarded_and_the_run_then_has_ended() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(30, "Ana"));
    bench.crm.reply(|request, _| if request > 1 { Reply::Again(None) } else { Reply::EachRecord });
    let run = bench.run().await;
    let refused = bench.engine.discard(run.id, vec![], Discard::Refused).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::UnknownName);
    let ended = bench.discard(&run, &[], Discard::Waiting).await;
    assert_eq!((ended.state, ended.next_attempt), (RunState::Completed, None));
    assert_eq!((ended.counts.delivered, ended.counts.discarded, ended.counts.waiting()), (10, 20, 0));
    bench.crm.take_all();
    assert_eq!(bench.run().await.counts.to_send, 0);
    let full = bench.run_with(Start { full: true, ..PLAIN }).await;
    assert_eq!(full.counts.delivered, 30);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_discarded_while_a_run_is_going_on() {
    let bench = Bench::new().await;
    bench.table.set(people(10, "Ana"));
    bench.crm.hold();
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_requests(1).await;
    let refused = bench.engine.discard(run, vec![], Discard::All).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyRunning);
    bench.crm.release();
    assert_eq!(bench.ended(run).await.counts.delivered, 10);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_goes_back_is_sent_over_a_discarded_record_that_may_have_arrived() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("k", "A")]);
    bench.run().await;
    bench.table.set(vec![row("k", "B")]);
    bench.crm.reply(|_, _| Reply::LostAfter);
    let lost = bench.run().await;
    bench.discard(&lost, &[], Discard::All).await;
    assert_eq!(bench.crm.kept()["k"], payload("k", "B"));
    bench.crm.take_all();
    assert_eq!(bench.run().await.counts.to_send, 0);
    bench.table.set(vec![row("k", "A")]);
    bench.run().await;
    bench.expect_kept(&[("k", "A")]);
}

#[tokio::test(start_paused = true)]
async fn a_discarded_removal_is_not_asked_for_again() {
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.run().await;
    bench.table.set(vec![row("a", "1")]);
    bench.crm.reply(|_, _| Reply::Refuse);
    let refused = bench.run().await;
    assert_eq!((refused.counts.removed, refused.counts.rejected), (1, 1));
    bench.discard(&refused, &["b"], Discard::Refused).await;
    bench.crm.take_all();
    let idle = bench.run().await;
    assert_eq!((idle.counts.removed, idle.counts.to_send), (0, 0));
    bench.expect_kept(&[("a", "1"), ("b", "1")]);
}

#[tokio::test(start_paused = true)]
async fn a_discarded_record_that_may_have_arrived_is_removed_with_its_row() {
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.crm.reply(|_, _| Reply::LostAfter);
    let lost = bench.run().await;
    bench.discard(&lost, &["b"], Discard::Waiting).await;
    bench.crm.take_all();
    bench.table.set(vec![row("a", "1")]);
    let run = bench.run_with(Start { approve: true, ..PLAIN }).await;
    assert_eq!(run.state, RunState::Completed);
    let newest = bench.crm.arrived().pop().unwrap();
    assert_eq!((newest.key.as_str(), newest.operation), ("b", Operation::Delete));
    bench.expect_kept(&[("a", "1")]);
}

#[tokio::test(start_paused = true)]
async fn a_discarded_record_whose_row_is_only_not_read_again_is_not_removed() {
    let bench = Bench::new().await;
    bench.table.compares();
    bench.mirror(Removal::Delete).await;
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.crm.reply(|_, _| Reply::LostAfter);
    let lost = bench.run().await;
    bench.discard(&lost, &["b"], Discard::Waiting).await;
    bench.crm.take_all();
    for _ in 0..3 {
        assert_eq!(bench.run().await.counts.removed, 0);
    }
    bench.expect_kept(&[("a", "1"), ("b", "1")]);
}
