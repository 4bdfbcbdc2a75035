//! Many rows, in any order.

use sluice_engine::testing::FakeCell;

use crate::bench::{Bench, people, row};

/// Fisher and Yates' shuffle, by a fixed sequence, so that a failure repeats.
fn shuffle<T>(items: &mut [T]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for last in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(last, (state >> 33) as usize % (last + 1));
    }
}

#[tokio::test(start_paused = true)]
async fn rows_in_another_order_are_the_same_rows() {
    let bench = Bench::with_batches_of(1_000).await;
    bench.table.set(people(50_000, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| {
        shuffle(rows);
        rows[20_000][1] = "Bea".into();
        rows.insert(30_000, row("new", "Cleo"));
    });
    let run = bench.run().await;
    assert_eq!((run.counts.added, run.counts.changed, run.counts.unchanged), (1, 1, 49_999));
    let again = bench.run().await;
    assert_eq!((again.counts.unchanged, again.counts.to_send), (50_001, 0));
}

#[tokio::test(start_paused = true)]
async fn any_number_of_rows_may_come_in_another_order() {
    let bench = Bench::with_batches_of(1_000).await;
    bench.table.set(people(300_000, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| {
        shuffle(rows);
        for index in [5, 150_000, 270_000, 299_990] {
            rows[index][1] = "Bea".into();
        }
        // The earlier of two rows counts, also where it could not be told at once that it is the same row.
        let (early, late) = (rows[5].clone(), rows[290_000].clone());
        rows.insert(10, row(text(&late[0]), "Cleo"));
        rows.push(early);
        rows.insert(280_000, row("new", "Dora"));
        rows.insert(100, vec!["bad".into(), FakeCell::Unreadable]);
    });
    let run = bench.run().await;
    assert_eq!((run.counts.added, run.counts.changed, run.counts.invalid), (1, 5, 3));
    assert_eq!(run.counts.unchanged, 299_995);
    let kept = bench.crm.kept();
    assert_eq!(kept.values().filter(|payload| payload.contains("Bea")).count(), 4);
    assert_eq!(kept.values().filter(|payload| payload.contains("Cleo")).count(), 1);
    assert_eq!(bench.run().await.counts.to_send, 0);
}

fn text(cell: &FakeCell) -> &str {
    let FakeCell::Text(text) = cell else { panic!("{cell:?}") };
    text
}

#[tokio::test(start_paused = true)]
async fn duplicate_keys_are_found_however_far_apart() {
    let bench = Bench::with_batches_of(1_000).await;
    let mut rows = people(300_000, "first");
    rows.extend(people(5, "later"));
    bench.table.set(rows);
    let run = bench.run().await;
    assert_eq!((run.counts.added, run.counts.invalid, run.counts.delivered), (300_000, 5, 300_000));
    assert!(bench.invalid(&run).iter().all(|(_, kind)| kind == "duplicate_key"));
    assert!(bench.crm.kept().values().all(|payload| payload.contains("first")));
}

#[tokio::test(start_paused = true)]
async fn many_changes_in_many_runs_are_remembered() {
    let bench = Bench::with_batches_of(500).await;
    bench.table.set(people(20_000, "0"));
    bench.run().await;
    for round in 1..=3 {
        // Far more than a twentieth, so that the fingerprints are written anew.
        bench.table.edit(|rows| {
            rows[..20_000].iter_mut().step_by(3).for_each(|row| row[1] = round.to_string().as_str().into());
            rows.insert(10_000, row(&format!("new{round}"), "0"));
        });
        let run = bench.run().await;
        assert_eq!((run.counts.added, run.counts.changed), (1, 6_667));
        assert_eq!(bench.run().await.counts.to_send, 0);
    }
}
