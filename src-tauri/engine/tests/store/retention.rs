//! What is kept of the history, and what is not.

use std::sync::Arc;

use chrono::Duration;
use sluice_engine::record::Operation;
use sluice_engine::store::events::{self, Filter};
use sluice_engine::store::outbox::RecordState;
use sluice_engine::store::retention::{self, Kept};
use sluice_engine::store::{settings, syncs};
use sluice_engine::sync::Removal;
use sluice_engine::upkeep::{HISTORY_DAYS, HISTORY_MEGABYTES, Upkeep};

use crate::bench::{Bench, people, row};

impl Bench {
    /// A round of the upkeep; nothing may go wrong.
    async fn upkeep(&self) {
        let upkeep = Upkeep::of(Arc::clone(self.engine.store()), &self.home, self.engine.clock().clone());
        upkeep.round().await;
        assert!(upkeep.trouble().is_none(), "{:?}", upkeep.trouble());
    }

    /// Keys and states of the events that are kept, oldest first.
    fn kept_events(&self) -> Vec<(String, RecordState)> {
        let filter = Filter::default();
        let (counted, page) = self
            .engine
            .store()
            .read(|sqlite| {
                Ok((events::count(sqlite, &filter)?, events::page(sqlite, &filter, None, 100_000)?))
            })
            .unwrap();
        assert_eq!(counted, Some(page.len() as u64), "the log counts what it shows");
        page.into_iter().rev().map(|event| (event.key.unwrap(), event.state)).collect()
    }

    /// How many batches have ids of created records kept beside them.
    fn batches_with_ids(&self) -> i64 {
        let count = "select count(*) from made";
        self.engine.store().read(|sqlite| Ok(sqlite.query_row(count, [], |row| row.get(0))?)).unwrap()
    }

    async fn set(&self, key: &'static str, value: &'static str) {
        self.engine.store().write(move |sqlite| settings::set(sqlite, key, value)).done().await.unwrap();
    }
}

fn keys(events: &[(String, RecordState)]) -> Vec<&str> {
    events.iter().map(|(key, _)| key.as_str()).collect()
}

#[tokio::test]
async fn events_older_than_ninety_days_go_and_what_was_delivered_stays_known() {
    let bench = Bench::new().await;
    bench.table.set(people(5, "Ana"));
    bench.run().await;
    bench.clock.advance(Duration::days(80));
    bench.table.edit(|rows| rows[2] = row("k2", "Bo"));
    bench.run().await;
    bench.upkeep().await;
    assert_eq!(bench.kept_events().len(), 6, "nothing is old yet");

    bench.clock.advance(Duration::days(11));
    bench.upkeep().await;
    assert_eq!(keys(&bench.kept_events()), ["k2"]);
    assert_eq!(bench.count("select count(*) from run where id = ?1", 1), 0, "its run goes with it");
    assert_eq!(bench.run().await.counts.to_send, 0, "nothing is sent again");
    // What comes next overrides what was delivered, in the right order.
    for name in ["Cy", "Ana", "Bo"] {
        bench.table.set(people(5, name));
        assert!(bench.run().await.counts.changed > 0);
        assert_eq!(bench.run().await.counts.to_send, 0);
        bench.clock.advance(Duration::days(91));
        bench.upkeep().await;
    }
}

#[tokio::test]
async fn what_waits_or_is_refused_is_kept_for_ever() {
    let bench = Bench::with_batches_of(1).await;
    bench.table.set(vec![row("k0", "Ana"), row("k1", "bad"), row("k2", "Bo")]);
    bench.crm.reject("bad");
    let refused = bench.run().await;
    bench.clock.advance(Duration::days(5_000));
    bench.upkeep().await;
    assert_eq!(
        bench.kept_events(),
        [("k1".to_owned(), RecordState::Rejected), ("k2".into(), RecordState::Delivered)]
    );
    assert_eq!(bench.run().await.counts.rejected, 1, "it is sent again by every run");
    bench.clock.advance(Duration::days(5_000));
    bench.upkeep().await;
    assert_eq!(bench.kept_events(), [("k1".to_owned(), RecordState::Rejected)], "the newest try is kept");
    assert_eq!(bench.count("select count(*) from run where id = ?1", refused.id), 0);
}

#[tokio::test]
async fn the_oldest_go_first_where_there_are_too_many() {
    let bench = Bench::with_batches_of(10).await;
    for name in ["Ana", "Bo", "Cy"] {
        bench.table.set(people(100, name));
        bench.run().await;
    }
    let all = |kept: Kept| bench.engine.store().read(|sqlite| retention::surplus(sqlite, kept)).unwrap();
    let of_bytes = |bytes| all(Kept { since: None, bytes: Some(bytes) });
    assert_eq!(all(Kept::default()), Vec::<i64>::new(), "without limits everything is kept");
    assert_eq!(of_bytes(u64::MAX), Vec::<i64>::new());
    assert_eq!(of_bytes(0), (1..30).collect::<Vec<i64>>(), "the newest is always kept");
    let some = (1..10_000).map(|step| of_bytes(step * 500)).find(|surplus| surplus.len() < 20).unwrap();
    assert_eq!(some, (1..=some.len() as i64).collect::<Vec<i64>>());
    assert!(some.len() > 10);
    let forgotten = some.clone();
    let forget = move |sqlite: &rusqlite::Connection| retention::forget(sqlite, &forgotten);
    assert_eq!(bench.engine.store().write(forget).done().await.unwrap(), some.len());
    assert_eq!(bench.kept_events().len(), 300 - some.len() * 10);
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test]
async fn the_ids_of_created_records_go_with_their_batch_and_their_sync() {
    let bench = Bench::with_batches_of(10).await;
    bench.crm.tell_ids();
    bench.table.set(people(30, "Ana"));
    bench.run().await;
    let store = bench.engine.store();
    assert_eq!(bench.batches_with_ids(), 3);
    let nothing = Kept { since: None, bytes: Some(0) };
    let surplus = store.read(|sqlite| retention::surplus(sqlite, nothing)).unwrap();
    store.write(move |sqlite| retention::forget(sqlite, &surplus)).done().await.unwrap();
    assert_eq!(bench.batches_with_ids(), 1, "the newest batch is always kept");
    store.write(|sqlite| syncs::delete(sqlite, crate::bench::SYNC)).done().await.unwrap();
    assert_eq!(bench.batches_with_ids(), 0);
}

#[tokio::test]
async fn a_run_that_goes_on_keeps_its_events() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(30, "Ana"));
    bench.crm.hold();
    let run = bench.engine.start(crate::bench::SYNC, crate::bench::PLAIN).await.unwrap();
    bench.crm.until_requests(1).await;
    bench.clock.advance(Duration::days(500));
    bench.upkeep().await;
    assert_eq!(bench.kept_events().len(), 30);
    bench.crm.release();
    bench.ended(run).await;
}

#[tokio::test]
async fn the_user_says_how_much_is_kept() {
    let bench = Bench::new().await;
    bench.table.set(people(5, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| rows[0] = row("k0", "Bo"));
    bench.run().await;
    bench.clock.advance(Duration::days(400));
    bench.set(HISTORY_DAYS, "0").await;
    bench.set(HISTORY_MEGABYTES, "0").await;
    bench.upkeep().await;
    assert_eq!(bench.kept_events().len(), 6, "0 is without limit");
    bench.set(HISTORY_DAYS, "30").await;
    bench.upkeep().await;
    assert_eq!(keys(&bench.kept_events()), ["k0"]);
}

#[tokio::test]
async fn a_record_whose_events_are_gone_can_still_be_removed() {
    let bench = Bench::new().await;
    bench.table.set(people(20, "Ana"));
    bench.run().await;
    bench.clock.advance(Duration::days(91));
    bench.table.edit(|rows| rows[1] = row("k1", "Bo"));
    bench.run().await;
    bench.upkeep().await;
    assert_eq!(keys(&bench.kept_events()), ["k1"]);
    bench.mirror(Removal::Delete).await;
    bench.table.edit(|rows| drop(rows.remove(0)));
    let before = bench.crm.requests().len();
    bench.run().await;
    let removed = bench.arrived_after(before);
    assert_eq!(removed.len(), 1);
    assert_eq!((removed[0].operation, removed[0].payload.as_str()), (Operation::Delete, r#"{"id":"k0"}"#));
}
