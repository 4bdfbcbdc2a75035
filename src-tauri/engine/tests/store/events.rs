//! The event log: what is looked for is found, however it is spelt.

use std::collections::BTreeSet;

use chrono::Duration;
use sluice_engine::clock::{Clock, millis};
use sluice_engine::store::Sqlite;
use sluice_engine::store::events::{self, Filter, Later};
use sluice_engine::store::outbox::RecordState;
use sluice_engine::store::runs::RunRow;

use crate::bench::{Bench, people, row};

/// Keys of the events that match, newest first.
fn keys(bench: &Bench, filter: &Filter) -> Vec<String> {
    let found = bench.engine.store().read(|sqlite| events::page(sqlite, filter, None, 1_000)).unwrap();
    found.into_iter().filter_map(|event| event.key).collect()
}

fn searched(bench: &Bench, text: &str) -> Vec<String> {
    keys(bench, &Filter { search: Some(text.into()), ..Filter::default() })
}

#[tokio::test(start_paused = true)]
async fn text_is_found_in_any_case_in_keys_payloads_and_reasons() {
    let bench = Bench::with_batches_of(10).await;
    let mut rows = people(45, "Ana");
    rows[12][1] = "Jürgen MÜLLER".into();
    rows[33][1] = "jÜRGEN müller".into();
    rows[40][1] = "0 \u{212a} İzmir".into();
    bench.table.set(rows);
    bench.crm.reject("MÜLLER");
    bench.run().await;
    assert_eq!(searched(&bench, "Müller"), ["k33", "k12"]);
    assert_eq!(searched(&bench, "RGEN M"), ["k33", "k12"]);
    assert_eq!(searched(&bench, "0 k i"), ["k40"]);
    assert_eq!(searched(&bench, "K12"), ["k12"]);
    assert_eq!(searched(&bench, "is not ALLOWED"), ["k12"]);
    assert_eq!(searched(&bench, "bea"), Vec::<String>::new());
    assert_eq!(searched(&bench, "ana").len(), 42);
}

#[tokio::test(start_paused = true)]
async fn only_what_changed_since_then_is_shown() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(30, "Ana"));
    bench.run().await;
    bench.clock.advance(Duration::hours(1));
    let since = Some(millis(bench.clock.now()));
    bench.table.edit(|rows| {
        rows[7] = row("k7", "Bea");
        rows[8] = row("k8", "refused");
    });
    bench.crm.reject("refused");
    bench.run().await;
    assert_eq!(keys(&bench, &Filter { since, ..Filter::default() }), ["k8", "k7"]);
    let states = vec![RecordState::Rejected];
    assert_eq!(keys(&bench, &Filter { since, states, ..Filter::default() }), ["k8"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_later_run_takes_over_stays_when_it_was_and_says_who_has_it() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "refused"), row("b", "Ana")]);
    bench.crm.reject("refused");
    let first = bench.run().await;
    let event = |run: &RunRow| {
        let filter = Filter { run: Some(run.id), key: Some("a".into()), ..Filter::default() };
        let read = |sqlite: &Sqlite| {
            let event = events::page(sqlite, &filter, None, 1)?.remove(0);
            let later = events::later(sqlite, &event)?;
            Ok((event, later))
        };
        bench.engine.store().read(read).unwrap()
    };
    let (before, later) = event(&first);
    assert_eq!((before.state, later), (RecordState::Rejected, None));
    bench.clock.advance(Duration::hours(1));
    let retry = bench.engine.retry(first.id, Vec::new()).await.unwrap();
    let retry = bench.ended(retry).await;
    let (taken, later) = event(&first);
    assert_eq!((taken.state, taken.at), (RecordState::RejectedBefore, before.at));
    assert_eq!(taken.problem, before.problem, "why it was refused is still known");
    let refused = Later { by: retry.id, newest: retry.id, state: RecordState::Rejected };
    assert_eq!(later, Some(refused));
    bench.clock.advance(Duration::hours(1));
    let replay = bench.engine.replay(event(&retry).0.id, None).await.unwrap();
    let replay = bench.ended(replay).await;
    let (again, later) = event(&retry);
    assert_eq!((again.state, later.unwrap().by), (RecordState::RejectedBefore, replay.id));
    assert!(again.at > taken.at && again.at < event(&replay).0.at);
    assert_eq!(event(&first).1, Some(Later { newest: replay.id, ..refused }));
    assert_eq!(event(&first).0.at, before.at);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_to_one_person_is_counted_beyond_the_page() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(30, "Ana"));
    bench.crm.reject("refused");
    bench.run().await;
    for name in ["Bea", "refused", "Cleo"] {
        bench.clock.advance(Duration::hours(1));
        bench.table.edit(|rows| rows[7][1] = name.into());
        bench.run().await;
    }
    let about = Filter { about: Some(" k7 ".into()), ..Filter::default() };
    let read = |limit| bench.engine.store().read(|sqlite| events::page_and_totals(sqlite, &about, limit));
    let (found, totals) = read(2).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(totals.by_state.values().sum::<u64>(), 4);
    assert_eq!(totals.by_state.get(&RecordState::Delivered), Some(&3));
    assert_eq!(totals.by_sync.into_values().collect::<Vec<_>>(), [4]);
    let (first, last) = totals.taken.unwrap();
    assert_eq!(totals.since, Some(first));
    assert!(last - first >= Duration::hours(3).num_milliseconds());
    let (found, _) = read(100).unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!(
        found.iter().filter_map(|event| event.key.as_deref()).collect::<BTreeSet<_>>(),
        BTreeSet::from(["k7"])
    );
    let paged = keys(&bench, &about);
    assert_eq!(paged.len(), 4, "{paged:?}");
}
