//! A read that is cut anywhere, or lies about its length, sends and removes nothing.

use sluice_engine::store::runs::{RunRow, RunState};
use sluice_engine::sync::Removal;
use sluice_engine::testing::{FakeCell, ReadFault, soak};

use crate::bench::{Bench, row};

/// Rows of a page, and pages.
const PAGE: usize = 20;

fn pages() -> usize {
    soak(50, 500)
}

/// A table that was delivered once; a whole read of what it has now would remove rows and change the others.
async fn delivered_once() -> (Bench, Vec<Vec<FakeCell>>) {
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.pages_of(PAGE);
    let rows = |name: &str, count: usize| (0..count).map(|id| row(&format!("k{id}"), name)).collect();
    bench.table.set(rows("old", PAGE * pages() + 5));
    assert_eq!(bench.run().await.state, RunState::Completed);
    (bench, rows("new", PAGE * pages()))
}

async fn changes_nothing(bench: &Bench, fault: ReadFault, before: usize) -> RunRow {
    bench.table.fail(fault.clone());
    let run = bench.run().await;
    assert_eq!(run.state, RunState::Failed, "{fault:?}");
    assert!(run.problem.is_some(), "{fault:?} is not told");
    assert_eq!(bench.crm.requests().len(), before, "{fault:?} sent something");
    run
}

#[tokio::test(start_paused = true)]
async fn a_read_cut_at_any_page_sends_and_removes_nothing() {
    let (bench, rows) = delivered_once().await;
    let (before, kept) = (bench.crm.requests().len(), bench.crm.kept());
    bench.table.set(rows);
    for page in 0..pages() {
        for rows in [page * PAGE, page * PAGE + PAGE / 2] {
            changes_nothing(&bench, ReadFault::Fails(rows), before).await;
            changes_nothing(&bench, ReadFault::Truncated(rows), before).await;
        }
    }
    assert_eq!(bench.crm.kept(), kept);
    bench.table.fail(ReadFault::None);
    let whole = bench.run().await;
    assert_eq!((whole.counts.removed, whole.counts.changed), (5, (PAGE * pages()) as u64));
}

#[tokio::test(start_paused = true)]
async fn a_count_that_is_not_that_of_the_rows_is_not_believed() {
    let (bench, rows) = delivered_once().await;
    let (before, all) = (bench.crm.requests().len(), rows.len() as u64);
    bench.table.set(rows);
    for reported in [0, 1, all / 2, all - 1, all + 1, all + PAGE as u64, u64::MAX] {
        let run = changes_nothing(&bench, ReadFault::Reports(reported), before).await;
        assert_eq!(run.problem.unwrap().kind, "incomplete_read", "{reported} of {all}");
    }
    changes_nothing(&bench, ReadFault::ReportsNothing, before).await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_removes_nothing_by_itself() {
    let (bench, rows) = delivered_once().await;
    let before = bench.crm.requests().len();
    bench.table.set(rows);
    // Empty although the server counts rows: not whole. Empty, and the server says so: held.
    changes_nothing(&bench, ReadFault::Truncated(0), before).await;
    bench.table.fail(ReadFault::None);
    bench.table.set(Vec::new());
    assert_eq!(bench.run().await.state, RunState::Held);
    assert_eq!(bench.crm.requests().len(), before);
}
