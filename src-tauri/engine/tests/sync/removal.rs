//! Mirror acts on rows that are gone, and asks before it acts on many.

use sluice_engine::engine::Start;
use sluice_engine::record::Operation;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::Removal;
use sluice_engine::testing::Reply;

use crate::bench::{Bench, PLAIN, payload, people, row};

#[tokio::test(start_paused = true)]
async fn a_row_that_is_gone_is_left_cleared_or_deleted() {
    for removed in [Removal::Nothing, Removal::Clear, Removal::Delete] {
        let bench = Bench::new().await;
        bench.mirror(removed).await;
        bench.table.set(vec![row("a", "1"), row("b", "1")]);
        bench.run().await;
        bench.table.set(vec![row("a", "1")]);
        let run = bench.run().await;
        assert_eq!(run.counts.removed, 1);
        assert_eq!(run.counts.delivered, u64::from(removed != Removal::Nothing));
        let kept = bench.crm.kept().get("b").cloned();
        match removed {
            Removal::Nothing => assert_eq!(kept, Some(payload("b", "1"))),
            Removal::Clear => assert_eq!(kept.unwrap(), "{\"id\":\"b\",\"name\":null}"),
            Removal::Delete => assert_eq!(kept, None),
        }
        let again = bench.run().await;
        assert_eq!((again.counts.removed, again.counts.to_send), (0, 0));
        bench.table.set(vec![row("a", "1"), row("b", "1")]);
        assert_eq!(bench.run().await.counts.added, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_names_only_the_match_field() {
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(3, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| drop(rows.remove(1)));
    bench.run().await;
    let last = bench.crm.arrived().pop().unwrap();
    assert_eq!((last.operation, last.payload.as_str()), (Operation::Delete, "{\"id\":\"k1\"}"));
}

#[tokio::test(start_paused = true)]
async fn an_empty_source_and_a_mass_removal_are_held_until_approved() {
    for left in [0, 80] {
        let bench = Bench::new().await;
        bench.mirror(Removal::Delete).await;
        bench.table.set(people(100, "Ana"));
        bench.run().await;
        let before = bench.crm.requests().len();
        bench.table.set(people(left, "Ana"));
        let held = bench.run().await;
        assert_eq!(held.state, RunState::Held);
        assert_eq!(held.problem.unwrap().kind, "held");
        assert_eq!((bench.crm.requests().len(), bench.crm.kept().len()), (before, 100));
        let run = bench.run_with(Start { approve: true, ..PLAIN }).await;
        assert_eq!((run.state, run.counts.removed), (RunState::Completed, 100 - left as u64));
        assert_eq!(bench.crm.kept().len(), left);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_may_have_arrived_is_removed_when_its_row_is_gone() {
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.crm.reply(|_, _| Reply::LostAfter);
    bench.run().await;
    bench.crm.take_all();
    bench.table.set(vec![row("a", "1")]);
    bench.run().await;
    bench.expect_kept(&[("a", "1")]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_delivered_late_is_not_taken_for_an_old_one() {
    let bench = Bench::with_batches_of(10).await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(40, "Ana"));
    bench.run().await;
    bench.table.set(people(40, "Bea"));
    // The second batch waits, the later ones are delivered.
    bench.crm.record(|record| {
        use sluice_engine::destination::Outcome;
        use sluice_engine::{Error, ErrorKind};
        match record.key.as_str() {
            "k10" => Outcome::Again(Error::new(ErrorKind::ServerFailed, "The record is locked.")),
            _ => Outcome::Delivered,
        }
    });
    let waiting = bench.run().await;
    assert_eq!(waiting.counts.waiting(), 1);
    bench.rewrite_base().await;
    bench.crm.take_all();
    bench.resume(&waiting).await;
    let run = bench.run().await;
    assert_eq!((run.counts.unchanged, run.counts.removed, run.counts.to_send), (40, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_removal_that_is_the_first_thing_delivered_is_not_repeated() {
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(vec![row("a", "1")]);
    bench.crm.reply(|_, _| Reply::LostAfter);
    bench.run().await;
    bench.crm.take_all();
    bench.table.set(vec![]);
    let run = bench.run_with(Start { approve: true, ..PLAIN }).await;
    assert_eq!((run.counts.removed, run.counts.delivered), (1, 1));
    assert_eq!(bench.run().await.counts.to_send, 0);
}
