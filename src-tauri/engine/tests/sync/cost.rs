//! What a read takes is told before it begins, and stays with the run.

use sluice_engine::sync::{Field, Mode};
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
    // What never began is not.
    bench.table.refuses();
    assert_eq!(bench.run().await.cost, None);
}

#[tokio::test(start_paused = true)]
async fn only_the_columns_that_are_sent_are_read() {
    let bench = Bench::new().await;
    bench.table.set(people(3, "Ana"));
    let named = || Some(vec![Field::column("id", "id")]);
    bench.save(|sync| sync.fields = named()).await;
    assert_eq!(bench.run().await.counts.delivered, 3);
    assert_eq!(bench.table.asked(), ["id"]);
    bench.engine.plan(&bench.saved(), 10).await.unwrap();
    assert_eq!(bench.table.asked(), ["id"]);
    // Where a read goes on from is a column too.
    bench.save(|sync| (sync.mode, sync.cursor) = (Mode::Append, Some("name".into()))).await;
    bench.run().await;
    assert_eq!(bench.table.asked(), ["id", "name"]);
    // Every column is asked for as such: one that is new comes too.
    bench.save(|sync| sync.fields = None).await;
    bench.run().await;
    assert!(bench.table.asked().is_empty());
}
