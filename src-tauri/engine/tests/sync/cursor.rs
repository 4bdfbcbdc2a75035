//! Append by a cursor reads only rows beyond the last one.

use sluice_engine::engine::Start;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::Mode;
use sluice_engine::testing::{FakeCell, Reply};

use crate::bench::{Bench, PLAIN, row};

async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.save(|sync| (sync.mode, sync.cursor) = (Mode::Append, Some("name".into()))).await;
    bench.table.set(vec![row("b", "2"), row("a", "1")]);
    bench
}

#[tokio::test(start_paused = true)]
async fn only_rows_beyond_the_last_one_are_read() {
    let bench = bench().await;
    assert_eq!(bench.run().await.counts.delivered, 2);
    bench
        .table
        .edit(|rows| rows.extend([row("c", "3"), row("tie", "2"), vec!["none".into(), FakeCell::Null]]));
    let run = bench.run().await;
    assert_eq!((run.counts.read, run.counts.added, run.counts.delivered), (1, 1, 1));
    let idle = bench.run().await;
    assert_eq!((idle.state, idle.counts.read, idle.counts.requests), (RunState::Completed, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_cursor_stays_where_it_was_until_what_was_read_is_to_be_sent() {
    let bench = bench().await;
    bench.save(|sync| sync.brakes.first_run = true).await;
    let held = bench.run().await;
    assert_eq!(held.state, RunState::Held);
    assert_eq!(bench.saved().cursor, None);
    bench.engine.drop_held(held.id).await.unwrap();
    assert_eq!(bench.run_with(Start { approve: true, ..PLAIN }).await.counts.delivered, 2);
    assert_eq!(bench.saved().cursor.as_deref(), Some("\"2\""));
    bench.table.edit(|rows| rows.push(row("c", "3")));
    bench.table.fail(sluice_engine::testing::ReadFault::Reports(7));
    assert_eq!(bench.run().await.state, RunState::Failed);
    assert_eq!(bench.saved().cursor.as_deref(), Some("\"2\""));
}

#[tokio::test(start_paused = true)]
async fn what_was_read_and_not_delivered_goes_out_although_it_is_not_read_again() {
    let bench = bench().await;
    bench.crm.reply(|_, _| Reply::Stop);
    assert_eq!(bench.run().await.state, RunState::Failed);
    bench.crm.take_all();
    let run = bench.run().await;
    assert_eq!((run.counts.read, run.counts.carried, run.counts.delivered), (0, 2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_full_run_reads_from_the_beginning() {
    let bench = bench().await;
    bench.run().await;
    let run = bench.run_with(Start { full: true, ..PLAIN }).await;
    assert_eq!((run.counts.read, run.counts.delivered), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn another_cursor_begins_anew_and_sends_nothing_twice() {
    let bench = bench().await;
    bench.run().await;
    bench.save(|sync| sync.cursor = Some("id".into())).await;
    let run = bench.run().await;
    assert_eq!((run.counts.read, run.counts.unchanged, run.counts.to_send), (2, 2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_cursor_column_that_is_gone_fails_the_run() {
    let bench = bench().await;
    bench.save(|sync| sync.cursor = Some("gone".into())).await;
    let run = bench.run().await;
    assert_eq!((run.state, run.problem.unwrap().kind.as_str()), (RunState::Failed, "missing_object"));
}
