//! What a read takes is told before it begins, and stays with the run.

use sluice_engine::testing::ReadFault;
use sluice_engine::warehouse::Cost;

use crate::bench::{Bench, people};

#[tokio::test(start_paused = true)]
async fn a_run_keeps_what_the_warehouse_said_it_would_take() {
    let bench = Bench::new().await;
    bench.table.set(people(3, "Ana"));
    assert_eq!(bench.run().await.cost, None, "this warehouse does not say");
    let cost = Cost { bytes: 1_240_000_000, price: "about $0.01".to_owned() };
    bench.table.costs(cost.clone());
    let plan = bench.engine.plan(&bench.saved(), 10).await.unwrap();
    assert_eq!(plan.cost, Some(cost.clone()));
    assert_eq!(bench.run().await.cost, Some(cost.clone()));
    // It may be billed although nothing came of it.
    bench.table.fail(ReadFault::Fails(1));
    assert_eq!(bench.run().await.cost, Some(cost));
}
