//! Rows that can not be sent are counted with their reason, and hold no other row up.

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
    let kinds: Vec<&str> = reasons.iter().map(|(_, kind)| kind.as_str()).collect();
    assert_eq!(kinds, ["null_key", "bad_value", "too_large", "duplicate_key"]);
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
