//! A read that is not whole changes nothing; a run that is stopped keeps what it did.

use sluice_engine::ErrorKind;
use sluice_engine::engine::Start;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::{Field, Removal};
use sluice_engine::testing::ReadFault;

use crate::bench::{Bench, PLAIN, SYNC, people};

#[tokio::test(start_paused = true)]
async fn a_read_that_is_not_whole_sends_and_removes_nothing() {
    let faults = [
        ReadFault::Truncated(0),
        ReadFault::Truncated(2_500),
        ReadFault::Reports(2_999),
        ReadFault::Reports(3_001),
        ReadFault::ReportsNothing,
        ReadFault::Fails(0),
        ReadFault::Fails(2_500),
    ];
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(3_000, "Ana"));
    bench.run().await;
    let before = bench.crm.requests().len();
    bench.table.set(people(3_000, "Bea"));
    for fault in faults {
        bench.table.fail(fault.clone());
        let run = bench.run().await;
        assert_eq!(run.state, RunState::Failed, "{fault:?}");
        assert!(run.problem.is_some());
        assert_eq!(bench.crm.requests().len(), before, "{fault:?}");
    }
    bench.table.fail(ReadFault::None);
    assert_eq!(bench.run().await.counts.changed, 3_000);
}

#[tokio::test(start_paused = true)]
async fn a_changed_column_type_sends_nothing_until_it_is_approved() {
    let bench = Bench::new().await;
    bench.table.set(people(10, "Ana"));
    bench.run().await;
    bench.table.retype("name", "integer");
    bench.table.set(people(10, "1"));
    let planned = bench.engine.plan(&bench.saved(), 10).await.unwrap();
    let before = bench.crm.requests().len();
    let run = bench.run().await;
    assert_eq!((run.state, run.problem.unwrap().kind.as_str()), (RunState::Held, "schema_changed"));
    assert_eq!(run.counts, planned.counts, "held as planned");
    assert_eq!(planned.held.unwrap().kind, "schema_changed");
    assert_eq!(bench.crm.requests().len(), before);
    let approved = bench.run_with(Start { approve: true, ..PLAIN }).await;
    assert_eq!((approved.state, approved.counts.changed), (RunState::Completed, 10));
    assert_eq!(bench.run().await.counts.unchanged, 10);
}

#[tokio::test(start_paused = true)]
async fn a_column_that_is_gone_sends_nothing_until_it_is_approved() {
    let bench = Bench::new().await;
    bench.save(|sync| sync.fields = None).await;
    bench.table.set(people(10, "Ana"));
    bench.run().await;
    bench.table.rename("name", "full_name");
    let planned = bench.engine.plan(&bench.saved(), 10).await.unwrap();
    let before = bench.crm.requests().len();
    let run = bench.run().await;
    let problem = run.problem.unwrap();
    assert_eq!((run.state, problem.kind.as_str()), (RunState::Held, "schema_changed"));
    assert!(problem.message.contains("“name”") && problem.message.contains("gone"), "{problem:?}");
    assert_eq!(planned.held.unwrap().message, problem.message, "held as planned");
    assert_eq!(bench.crm.requests().len(), before);
    let approved = bench.run_with(Start { approve: true, ..PLAIN }).await;
    assert_eq!((approved.state, approved.counts.changed), (RunState::Completed, 10));
    assert_eq!(bench.run().await.counts.unchanged, 10);
}

#[tokio::test(start_paused = true)]
async fn a_column_that_is_gone_fails_the_run_that_names_it() {
    let bench = Bench::new().await;
    let field = |name: &str| Field::column(name, name);
    bench.save(|sync| sync.fields = Some(vec![field("id"), field("name")])).await;
    bench.table.set(people(10, "Ana"));
    bench.run().await;
    bench.table.rename("name", "full_name");
    for approve in [false, true] {
        let run = bench.run_with(Start { approve, ..PLAIN }).await;
        let problem = run.problem.unwrap();
        assert_eq!((run.state, problem.kind.as_str()), (RunState::Failed, "missing_object"));
        assert!(problem.message.ends_with("They have: id, full_name."), "{problem:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_runs_of_one_sync_are_refused() {
    let bench = Bench::new().await;
    bench.table.set(people(10, "Ana"));
    bench.crm.hold();
    let first = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_requests(1).await;
    let second = bench.engine.start(SYNC, PLAIN).await.unwrap_err();
    assert_eq!(second.kind(), ErrorKind::AlreadyRunning);
    bench.crm.release();
    assert_eq!(bench.ended(first).await.state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_run_is_not_gone_on_with_beside_a_newer_one() {
    let bench = Bench::new().await;
    bench.table.set(people(10, "Ana"));
    bench.crm.reply(|_, _| sluice_engine::testing::Reply::Again(None));
    let waiting = bench.run().await;
    bench.crm.take_all();
    bench.crm.hold();
    let newer = bench.engine.start(SYNC, PLAIN).await.unwrap();
    let refused = bench.engine.resume(&waiting).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyRunning);
    bench.crm.release();
    assert_eq!(bench.ended(newer).await.counts.delivered, 10);
}

#[tokio::test(start_paused = true)]
async fn cancelling_keeps_what_was_sent_and_the_next_run_sends_the_rest() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(100, "Ana"));
    bench.crm.hold();
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_requests(1).await;
    bench.engine.cancel(run);
    bench.crm.release();
    let cancelled = bench.ended(run).await;
    assert_eq!((cancelled.state, cancelled.counts.delivered), (RunState::Cancelled, 10));
    let next = bench.run().await;
    assert_eq!((next.counts.unchanged, next.counts.delivered), (10, 90));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_stands_still_can_be_cancelled() {
    let bench = Bench::new().await;
    bench.table.set(people(5_000, "Ana"));
    bench.table.fail(ReadFault::Holds(3_000));
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.table.until_held().await;
    bench.engine.cancel(run);
    assert_eq!(bench.ended(run).await.state, RunState::Cancelled);
    assert!(bench.crm.requests().is_empty());
}
