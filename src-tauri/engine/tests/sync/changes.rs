//! Only what changed is sent, and each change is sent as itself.

use sluice_engine::store::runs::RunState;

use crate::bench::{Bench, PLAIN, people, row};
use sluice_engine::engine::Start;

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
