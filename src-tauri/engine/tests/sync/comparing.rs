//! A warehouse that compares by itself: what is sent is the same, and less leaves it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sluice_engine::connection::Connection;
use sluice_engine::engine::Start;
use sluice_engine::store::runs::Trigger;
use sluice_engine::sync::{Query, TableName};
use sluice_engine::testing::{FakeCell, FakeWarehouse, ReadFault};
use sluice_engine::warehouse::WarehouseKind;

use crate::bench::{Bench, PLAIN, row};
use crate::twins::{Answer, Row, Twin, Twins, UNREADABLE, steps};

fn twin(compares: bool) -> (Twin, std::sync::Arc<FakeWarehouse>) {
    let table = FakeWarehouse::new(&["id", "name"]);
    if compares {
        table.compares();
    }
    let kind: &'static dyn WarehouseKind = Box::leak(Box::new(table.clone()));
    let from = Connection { name: "table".into(), kind: "fake_warehouse".into(), settings: BTreeMap::new() };
    (Twin::new(kind, from, None, Query::Table(TableName::new("", "people"))), table)
}

fn cells(row: Row) -> Vec<FakeCell> {
    let key = row.0.map_or(FakeCell::Null, |key| FakeCell::Text(key.to_string()));
    let value = if row.1 == UNREADABLE { FakeCell::Unreadable } else { FakeCell::Text(row.1.to_string()) };
    vec![key, value]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_makes_no_difference_who_compares(
        steps in steps(&[Answer::Stop, Answer::LostAfter, Answer::LostBefore])
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let ((here, here_table), (there, there_table)) = (twin(false), twin(true));
            let set = async move |rows: &[Row], broken: bool| {
                for table in [&here_table, &there_table] {
                    table.set(rows.iter().copied().map(cells).collect());
                    table.fail(if broken { ReadFault::Fails(rows.len().min(1)) } else { ReadFault::None });
                }
            };
            Twins::new([here, there], set).live(steps).await;
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_test_with_one_record_is_not_taken_for_what_the_warehouse_knows() {
    let bench = Bench::new().await;
    bench.table.compares();
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.run().await;
    bench.table.set(vec![row("a", "2"), row("b", "1")]);
    bench.run_with(Start { trigger: Trigger::Test, ..PLAIN }).await;
    bench.expect_kept(&[("a", "2"), ("b", "1")]);
    // Back to what the warehouse saw last, and not what the destination has.
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.run().await;
    bench.expect_kept(&[("a", "1"), ("b", "1")]);
}

#[tokio::test(start_paused = true)]
async fn brakes_hold_what_the_warehouse_compared_and_a_decision_goes_on_from_there() {
    use sluice_engine::store::runs::RunState;
    let rows = |count: usize, nulls: usize| -> Vec<Vec<FakeCell>> {
        let name = |n: usize| if n < nulls { FakeCell::Null } else { "Ana".into() };
        (0..count).map(|n| vec![FakeCell::from(format!("k{n}").as_str()), name(n)]).collect()
    };
    for approve in [true, false] {
        let bench = Bench::new().await;
        bench.table.compares();
        bench.table.set(rows(100, 0));
        bench.run().await;
        bench.table.set(rows(100, 40));
        let held = bench.run().await;
        assert_eq!((held.state, held.counts.changed, held.counts.unchanged), (RunState::Held, 40, 60));
        let delivered = if approve {
            bench.run_with(Start { approve: true, ..PLAIN }).await.counts.delivered
        } else {
            bench.engine.drop_held(held.id).await.unwrap();
            bench.table.set(rows(100, 20));
            bench.run().await.counts.delivered
        };
        assert_eq!(delivered, if approve { 40 } else { 20 });
        let idle = bench.run().await;
        assert_eq!((idle.state, idle.counts.unchanged), (RunState::Completed, 100));
        bench.table.set(rows(49, 0));
        assert_eq!(bench.run().await.state, RunState::Held, "the source shrank");
    }
}

#[tokio::test(start_paused = true)]
async fn another_key_sends_only_what_changed_where_the_warehouse_compares() {
    let bench = Bench::new().await;
    bench.table.compares();
    bench.table.set((0..100).map(|n| row(&format!("k{n}"), &format!("n{n}"))).collect());
    bench.run().await;
    bench.save(|sync| sync.key = vec!["name".into()]).await;
    for _ in 0..3 {
        assert_eq!(bench.run().await.counts.unchanged, 100);
    }
    bench.table.edit(|rows| rows[3][0] = "other".into());
    assert_eq!(bench.run().await.counts.changed, 1);
}
