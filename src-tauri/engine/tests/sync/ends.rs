//! How runs end, and what is told of one that nobody ended.

use std::sync::Arc;

use sluice_engine::ErrorKind;
use sluice_engine::engine::Engine;
use sluice_engine::secrets::MemorySecrets;
use sluice_engine::store::owner::Owner;
use sluice_engine::store::runs::{self, RunRow, RunState};
use sluice_engine::store::{Store, Usage, events, exchanges};
use sluice_engine::testing::{ReadFault, Reply};

use crate::bench::{Bench, PLAIN, SYNC, people};

/// The engine of another process, which only looks at the data folder.
async fn guest(bench: &Bench) -> Arc<Engine> {
    // Writes are made in their order: what was noted before is on the disk with this one.
    bench.engine.store().write(|_| Ok(())).done().await.unwrap();
    let store = Arc::new(Store::open(&bench.home, Usage::Guest).unwrap());
    let secrets = Arc::new(MemorySecrets::default());
    let catalogue = bench.engine.catalogue();
    Engine::over(store, &bench.home, catalogue, secrets, bench.clock.shared(), Arc::new(|_| {}))
}

/// What somebody sees of a run who looks at the data folder from another process.
async fn from_outside(bench: &Bench, run: i64) -> RunRow {
    let guest = guest(bench).await;
    let told = guest.run(run).unwrap();
    assert_eq!(guest.runs(None, None, 10).unwrap()[0].state, told.state);
    told
}

/// The kind of what is said about a run.
fn kind(run: &RunRow) -> &str {
    run.problem.as_ref().map_or("", |problem| &problem.kind)
}

#[tokio::test(start_paused = true)]
async fn a_run_that_sends_goes_on_only_while_the_folder_has_an_owner() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(100, "Ana"));
    bench.crm.hold();
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_requests(1).await;
    let owner = Owner::take(&bench.home).unwrap();
    assert_eq!(from_outside(&bench, run).await.state, RunState::Sending);
    drop(owner);
    let told = from_outside(&bench, run).await;
    assert_eq!((told.state, kind(&told)), (RunState::Waiting, "interrupted"));
    assert!(told.finished.is_some() && told.next_attempt.is_some());
    assert_eq!(bench.engine.run(run).unwrap().state, RunState::Sending, "who works on it knows better");
    bench.crm.release();
    assert_eq!(bench.ended(run).await.state, RunState::Completed);
    assert_eq!(from_outside(&bench, run).await.state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_reads_goes_on_only_while_the_folder_has_an_owner() {
    let bench = Bench::new().await;
    bench.table.set(people(5_000, "Ana"));
    bench.table.fail(ReadFault::Holds(3_000));
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.table.until_held().await;
    let owner = Owner::take(&bench.home).unwrap();
    assert_eq!(from_outside(&bench, run).await.state, RunState::Reading);
    drop(owner);
    let told = from_outside(&bench, run).await;
    assert_eq!((told.state, kind(&told)), (RunState::Failed, "interrupted"));
    bench.engine.cancel(run);
    bench.ended(run).await;
}

#[tokio::test(start_paused = true)]
async fn a_run_that_nobody_works_on_is_in_nobodys_way_who_looks_at_an_undo() {
    let bench = Bench::with_batches_of(10).await;
    bench.crm.merge(&["id", "name"]);
    bench.table.set(people(20, "Ana"));
    let run = bench.run().await.id;
    bench.table.set(people(20, "Bo"));
    bench.crm.hold();
    let begun = bench.crm.requests().len();
    let later = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_requests(begun + 1).await;
    let (owner, guest) = (Owner::take(&bench.home).unwrap(), guest(&bench).await);
    let refused = guest.look_at_undo(run, &[], None, 1).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyRunning);
    drop(owner);
    let look = guest.look_at_undo(run, &[], None, 1).await.unwrap();
    assert_eq!(look.counts.values().sum::<u64>(), 20);
    let refused = bench.engine.look_at_undo(run, &[], None, 1).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyRunning, "who works on it knows better");
    bench.crm.release();
    bench.ended(later).await;
}

#[tokio::test(start_paused = true)]
async fn the_next_start_writes_down_what_was_told_from_outside() {
    let mut bench = Bench::with_batches_of(10).await;
    bench.table.set(people(100, "Ana"));
    bench.crm.hold();
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_requests(1).await;
    let told = from_outside(&bench, run).await;
    bench.reopen();
    let written = bench.engine.run(run).unwrap();
    assert_eq!(
        (written.state, written.finished, written.problem, written.counts),
        (told.state, told.finished, told.problem, told.counts)
    );
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_taken_over_by_the_first_later_run_that_has_read_everything() {
    let bench = Bench::with_batches_of(10).await;
    let taken_over_by =
        |run: &RunRow| bench.engine.store().read(|sqlite| runs::taken_over_by(sqlite, run)).unwrap();
    bench.table.set(people(30, "Ana"));
    bench.crm.reply(|request, _| if request > 1 { Reply::Again(None) } else { Reply::EachRecord });
    let first = bench.run().await;
    assert_eq!((first.state, first.counts.waiting()), (RunState::Waiting, 20));
    bench.table.fail(ReadFault::Fails(5));
    assert_eq!(bench.run().await.state, RunState::Failed);
    assert_eq!(taken_over_by(&first), None, "what has not read everything takes nothing over");
    bench.table.fail(ReadFault::None);
    bench.crm.reply(|_, _| Reply::EachRecord);
    let next = bench.run().await;
    bench.run().await;
    assert_eq!((taken_over_by(&first), taken_over_by(&next)), (Some(next.id), None));
    assert_eq!(bench.engine.run(first.id).unwrap().counts.waiting(), 20, "its counts stay what they were");
}

#[tokio::test(start_paused = true)]
async fn a_request_counts_when_it_leaves_and_an_answer_that_never_came_is_unknown() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(100, "Ana"));
    bench.crm.hold();
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_requests(1).await;
    bench.engine.cancel(run);
    let cancelled = bench.ended(run).await;
    assert_eq!(cancelled.state, RunState::Cancelled);
    assert_eq!((cancelled.counts.sent, cancelled.counts.requests), (10, 1));
    assert_eq!((cancelled.counts.delivered, cancelled.counts.waiting()), (0, 100));
    assert_eq!(answers(&bench, run), [false]);

    // The next start of a process that was killed goes on like this.
    let waits = move |sqlite: &rusqlite::Connection| {
        Ok(sqlite.execute("update run set state = 8, next_attempt = 1 where id = ?1", [run])?)
    };
    bench.engine.store().write(waits).done().await.unwrap();
    bench.crm.release();
    let resumed = bench.resume(&bench.engine.run(run).unwrap()).await;
    assert_eq!((resumed.state, resumed.counts.delivered), (RunState::Completed, 100));
    assert_eq!((resumed.counts.sent, resumed.counts.requests), (100, 11), "each record once, each request");
    assert_eq!(answers(&bench, run), [false, true]);
}

/// Whether the requests that carried the first record of a run were answered, oldest first.
fn answers(bench: &Bench, run: i64) -> Vec<bool> {
    let look = |sqlite: &rusqlite::Connection| {
        let filter = events::Filter { run: Some(run), ..events::Filter::default() };
        let first = events::page(sqlite, &filter, None, usize::MAX)?.pop();
        let Some(events::EventId::Record { batch, place, .. }) = first.map(|event| event.id) else {
            return Ok(Vec::new());
        };
        let attempts = exchanges::attempts(sqlite, batch, place)?;
        Ok(attempts.iter().map(|attempt| attempt.exchange.is_some()).collect())
    };
    bench.engine.store().read(look).unwrap()
}
