//! What a saved sync that is changed sends again: all that counts as never delivered, and nothing else.

use sluice_engine::engine::Start;
use sluice_engine::schedule::Schedule;
use sluice_engine::store::connections;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::{Query, Removal, Shape, TableName};

use crate::bench::{Bench, PLAIN, connection, people};

/// A mirror that has delivered 30 people, with a second connection of each kind beside its own.
async fn mirror() -> Bench {
    let bench = Bench::new().await;
    let save = |sqlite: &rusqlite::Connection| {
        connections::save(sqlite, None, &connection("other_table", "fake_warehouse"))?;
        connections::save(sqlite, None, &connection("other_crm", "fake_destination"))
    };
    bench.engine.store().write(save).done().await.unwrap();
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(30, "Ana"));
    bench.run().await;
    bench
}

/// Rows are fewer by now: what the next run sends, and how many it removes.
async fn next(bench: &Bench) -> (u64, u64) {
    bench.table.edit(|rows| rows.truncate(20));
    let plan = bench.engine.plan(&bench.saved(), 10).await.unwrap();
    let run = bench.run().await;
    assert_eq!(plan.counts.to_send, run.counts.to_send, "as planned");
    assert_eq!(run.counts.delivered, run.counts.to_send);
    (run.counts.added, run.counts.removed)
}

#[tokio::test(start_paused = true)]
async fn another_destination_gets_every_row_and_nothing_is_removed() {
    let bench = mirror().await;
    bench.save(|sync| sync.to = Some("other_crm".into())).await;
    assert_eq!(next(&bench).await, (20, 0));
    assert_eq!(bench.run().await.counts.unchanged, 20);
}

#[tokio::test(start_paused = true)]
async fn rows_of_another_warehouse_connection_are_all_sent_and_nothing_is_removed() {
    let bench = mirror().await;
    bench.save(|sync| sync.from = "other_table".into()).await;
    assert_eq!(next(&bench).await, (20, 0));
    assert_eq!(bench.run().await.counts.unchanged, 20);
}

#[tokio::test(start_paused = true)]
async fn another_object_or_match_field_gets_every_row() {
    for (object, match_field) in [("lead", "id"), ("contact", "name")] {
        let bench = mirror().await;
        bench
            .save(|sync| {
                sync.shape = Shape::Record { object: object.into(), match_field: match_field.into() };
            })
            .await;
        let plan = bench.engine.plan(&bench.saved(), 10).await.unwrap();
        assert_eq!((plan.counts.added, plan.counts.unchanged), (30, 0), "{object} by {match_field}");
    }
}

#[tokio::test(start_paused = true)]
async fn rows_of_another_table_are_found_by_their_key_and_those_without_one_are_removed() {
    let bench = mirror().await;
    bench.save(|sync| sync.query = Query::Table(TableName::new("", "customers"))).await;
    bench.save(|sync| sync.brakes.removed = None).await;
    assert_eq!(next(&bench).await, (0, 10));
    assert_eq!(bench.run().await.counts.unchanged, 20);
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_is_taken_away_and_given_back_gets_every_row() {
    let bench = mirror().await;
    bench.save(|sync| sync.to = None).await;
    bench.save(|sync| sync.to = Some("crm".into())).await;
    assert_eq!(next(&bench).await, (20, 0));
}

#[tokio::test(start_paused = true)]
async fn schedule_and_brakes_send_nothing_and_leave_a_held_run_as_it_is() {
    let bench = mirror().await;
    bench.table.edit(|rows| rows[3][1] = "Bea".into());
    let held = bench.run_with(Start { review: true, ..PLAIN }).await;
    assert_eq!(held.state, RunState::Held);
    bench
        .save(|sync| {
            sync.schedule = Schedule::Every { minutes: 45 };
            sync.brakes.shrunk = Some(70);
        })
        .await;
    let run = bench.run_with(Start { approve: true, ..PLAIN }).await;
    assert_eq!((run.id, run.counts.delivered), (held.id, 1));
    assert_eq!(bench.run().await.counts.unchanged, 30);
}

#[tokio::test(start_paused = true)]
async fn a_held_run_of_what_the_sync_was_is_dropped() {
    let bench = mirror().await;
    bench.table.edit(|rows| rows[3][1] = "Bea".into());
    let held = bench.run_with(Start { review: true, ..PLAIN }).await;
    assert_eq!(held.state, RunState::Held);
    bench
        .save(|sync| {
            sync.to = Some("other_crm".into());
            sync.removed = Removal::Clear;
        })
        .await;
    let dropped = bench.engine.run(held.id).unwrap();
    let told = dropped.problem.unwrap().message;
    assert!(told.starts_with(&held.problem.unwrap().message), "{told}");
    assert!(told.ends_with("the sync was changed: its destination, what becomes of removed rows."), "{told}");
    let run = bench.run().await;
    assert_ne!(run.id, held.id);
    assert_eq!((run.counts.added, run.counts.delivered), (30, 30));
}
