//! Only what changed is sent, and each change is sent as itself.

use std::collections::HashSet;

use sluice_engine::engine::Start;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::Mode;
use sluice_engine::testing::Reply;

use crate::bench::{Bench, PLAIN, payload, people, row};

#[tokio::test(start_paused = true)]
async fn the_first_run_adds_every_row_and_the_second_sends_nothing() {
    let bench = Bench::new().await;
    bench.table.set(people(2_500, "Ana"));
    let first = bench.run().await;
    assert_eq!(first.state, RunState::Completed);
    assert_eq!((first.counts.added, first.counts.delivered), (2_500, 2_500));
    assert_eq!(bench.crm.kept().len(), 2_500);
    let second = bench.run().await;
    assert_eq!((second.counts.unchanged, second.counts.to_send, second.counts.requests), (2_500, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn three_changed_rows_are_three_records() {
    let bench = Bench::new().await;
    bench.table.set(people(1_000, "Ana"));
    bench.run().await;
    let before = bench.crm.requests().len();
    bench.table.edit(|rows| {
        for place in [3, 400, 999] {
            rows[place][1] = "Bea".into();
        }
    });
    let run = bench.run().await;
    assert_eq!((run.counts.changed, run.counts.sent, run.counts.unchanged), (3, 3, 997));
    let keys: Vec<String> = bench.arrived_after(before).into_iter().map(|record| record.key).collect();
    assert_eq!(keys, ["k3", "k400", "k999"]);
}

#[tokio::test(start_paused = true)]
async fn a_value_that_goes_back_arrives_again_under_another_id() {
    let bench = Bench::new().await;
    for name in ["A", "B", "A"] {
        bench.table.set(vec![row("k", name)]);
        bench.run().await;
    }
    let arrived = bench.crm.arrived();
    let payloads: Vec<&str> = arrived.iter().map(|record| record.payload.as_str()).collect();
    assert_eq!(payloads, [payload("k", "A"), payload("k", "B"), payload("k", "A")]);
    assert_eq!(arrived.iter().map(|record| &record.id).collect::<HashSet<_>>().len(), 3);
    bench.expect_kept(&[("k", "A")]);
}

#[tokio::test(start_paused = true)]
async fn a_full_run_sends_everything_again_under_new_ids() {
    let bench = Bench::new().await;
    bench.table.set(people(250, "Ana"));
    bench.run().await;
    let run = bench.run_with(Start { full: true, ..PLAIN }).await;
    assert_eq!((run.counts.changed, run.counts.delivered), (250, 250));
    let ids: HashSet<String> = bench.crm.arrived().into_iter().map(|record| record.id).collect();
    assert_eq!(ids.len(), 500);
}

#[tokio::test(start_paused = true)]
async fn a_full_run_that_was_cut_off_is_finished_by_the_next_run() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(30, "Ana"));
    bench.run().await;
    bench.crm.reply(|request, _| if request == 5 { Reply::Stop } else { Reply::EachRecord });
    bench.run_with(Start { full: true, ..PLAIN }).await;
    let run = bench.run().await;
    assert_eq!((run.counts.delivered, run.counts.unchanged), (20, 10));
}

#[tokio::test(start_paused = true)]
async fn append_sends_each_row_once_whatever_becomes_of_it() {
    let bench = Bench::new().await;
    bench.save(|sync| sync.mode = Mode::Append).await;
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.run().await;
    bench.table.set(vec![row("a", "2"), row("c", "1")]);
    let run = bench.run().await;
    assert_eq!((run.counts.added, run.counts.unchanged, run.counts.delivered), (1, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_plan_says_what_the_run_then_does_and_sends_nothing() {
    let bench = Bench::new().await;
    bench.table.set(people(300, "Ana"));
    bench.run().await;
    let before = bench.crm.requests().len();
    bench.table.edit(|rows| {
        rows[7][1] = "Bea".into();
        rows.push(row("new", "Cleo"));
    });
    let plan = bench.engine.plan(&bench.saved(), 10).await.unwrap();
    assert_eq!(bench.crm.requests().len(), before);
    let changed = plan.records.iter().find(|record| record.key == "k7").unwrap();
    assert_eq!(changed.before.as_deref(), Some(payload("k7", "Ana").as_bytes()));
    assert_eq!(changed.after(), Some(payload("k7", "Bea").as_bytes()));
    let run = bench.run().await;
    assert_eq!((plan.counts.added, plan.counts.changed, plan.counts.to_send), (1, 1, 2));
    assert_eq!((run.counts.added, run.counts.changed, run.counts.delivered), (1, 1, 2));
}
