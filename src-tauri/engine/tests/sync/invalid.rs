//! Rows that can not be sent are counted with their reason, and hold no other row up.

use sluice_engine::store::events::{self, EventId, Filter};
use sluice_engine::testing::FakeCell;

use crate::bench::{Bench, people, row};

#[tokio::test(start_paused = true)]
async fn each_bad_row_has_its_reason() {
    let bench = Bench::new().await;
    bench.table.set(vec![
        row("a", "good"),
        vec![FakeCell::Null, "no key".into()],
        vec!["b".into(), FakeCell::Unreadable],
        row("c", &"long".repeat(5_000)),
        row("a", "again"),
        row("d", "good"),
    ]);
    let run = bench.run().await;
    assert_eq!((run.counts.read, run.counts.invalid, run.counts.delivered), (6, 4, 2));
    let reasons = bench.invalid(&run);
    let wanted = [(2, "null_key"), (3, "bad_value"), (4, "too_large"), (5, "duplicate_key")];
    assert_eq!(reasons, wanted.map(|(row, kind)| (row, kind.to_owned())), "with the row's own number");
    bench.expect_kept(&[("a", "good"), ("d", "good")]);
    let again = bench.run().await;
    assert_eq!((again.counts.invalid, again.counts.unchanged, again.counts.to_send), (4, 2, 0));
}

#[tokio::test(start_paused = true)]
async fn the_first_row_of_a_key_counts_also_where_rows_moved() {
    let bench = Bench::new().await;
    bench.table.set(people(500, "Ana"));
    bench.run().await;
    // The last row comes first, with a second one of its key at its old place.
    bench.table.edit(|rows| rows.insert(0, row("k499", "Bea")));
    let run = bench.run().await;
    assert_eq!((run.counts.changed, run.counts.invalid, run.counts.unchanged), (1, 1, 499));
    assert!(bench.crm.kept()["k499"].contains("Bea"));
}

#[tokio::test(start_paused = true)]
async fn an_invalid_row_does_not_count_as_gone() {
    use sluice_engine::sync::Removal;
    let bench = Bench::new().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.run().await;
    bench.table.set(vec![row("a", "1"), vec!["b".into(), FakeCell::Unreadable]]);
    let run = bench.run().await;
    assert_eq!((run.counts.removed, run.counts.invalid), (0, 1));
    bench.expect_kept(&[("a", "1"), ("b", "1")]);
}

#[tokio::test(start_paused = true)]
async fn a_plan_has_the_invalid_rows_of_the_run_in_the_order_read() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("z", "last run"), row("y", "last run")]);
    bench.run().await;
    bench.table.set(vec![
        row("a", "good"),
        row("b", &"long".repeat(5_000)),
        vec![FakeCell::Null, "no key".into()],
        vec!["c".into(), FakeCell::Unreadable],
        row("a", "again"),
        row("z", "good"),
        row("z", "again"),
    ]);
    let rows = |limit| {
        let bench = &bench;
        async move {
            let plan = bench.engine.plan(&bench.saved(), limit).await.unwrap();
            assert_eq!(plan.counts.invalid, 5);
            plan.invalid.into_iter().map(|invalid| (invalid.row, invalid.problem.kind)).collect::<Vec<_>>()
        }
    };
    let planned = rows(100).await;
    let numbers: Vec<u64> = planned.iter().map(|(row, _)| *row).collect();
    assert_eq!(numbers, [2, 3, 4, 5, 7]);
    assert_eq!(rows(2).await, planned[..2], "the first ones");
    assert_eq!(bench.invalid(&bench.run().await), planned, "as in the run");
}

#[tokio::test(start_paused = true)]
async fn the_log_of_a_run_is_newest_first_across_its_invalid_rows_and_its_records() {
    let bench = Bench::with_batches_of(2).await;
    bench.table.set(vec![
        row("a", "good"),
        vec![FakeCell::Null, "no key".into()],
        row("b", "good"),
        vec!["c".into(), FakeCell::Unreadable],
        row("d", "good"),
        row("a", "again"),
    ]);
    let clock = bench.clock.clone();
    bench.crm.reply(move |_, _| {
        // What is sent is answered after it was read.
        clock.advance(chrono::Duration::seconds(1));
        sluice_engine::testing::Reply::EachRecord
    });
    let run = bench.run().await;
    let filter = Filter { run: Some(run.id), ..Filter::default() };
    let page = |cursor, limit| {
        bench.engine.store().read(|sqlite| events::page(sqlite, &filter, cursor, limit)).unwrap()
    };
    let whole = page(None, usize::MAX);
    assert!(whole.is_sorted_by(|newer, older| newer.at >= older.at), "{whole:?}");
    let invalid: Vec<_> = whole.iter().filter(|event| event.change.is_none()).map(|event| event.id).collect();
    let of_row = |row| EventId::Invalid { run: run.id, row };
    assert_eq!(invalid, [of_row(6), of_row(4), of_row(2)]);
    assert_eq!(whole.len(), 6);
    for size in 1..=6 {
        let (mut paged, mut cursor) = (Vec::new(), None);
        loop {
            let next = page(cursor, size);
            paged.extend(next.iter().map(|event| event.id));
            cursor = next.last().map(|event| event.id);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(paged, whole.iter().map(|event| event.id).collect::<Vec<_>>(), "pages of {size}");
    }
}
