//! What went wrong for the same reason is found and counted together.

use chrono::Duration;
use sluice_engine::clock::{Clock, millis};
use sluice_engine::destination::Outcome;
use sluice_engine::store::causes::{self, Group};
use sluice_engine::store::events::{self, EventId, Filter};
use sluice_engine::store::outbox::{self, RecordState};
use sluice_engine::store::retention;
use sluice_engine::store::runs::Problem;
use sluice_engine::testing::{FakeCell, FakeDestination};
use sluice_engine::{Error, ErrorKind};

use crate::bench::{Bench, NO_BRAKES, people, row};

impl Bench {
    fn causes(&self, filter: &Filter) -> Vec<Group> {
        self.engine.store().read(|sqlite| causes::groups(sqlite, filter)).unwrap()
    }

    /// Keys of the events that match, newest first, and how many the log counts.
    fn found(&self, filter: &Filter) -> (Vec<String>, Option<u64>) {
        let read = |sqlite: &rusqlite::Connection| {
            Ok((events::page(sqlite, filter, None, 1_000)?, events::count(sqlite, filter)?))
        };
        let (found, counted) = self.engine.store().read(read).unwrap();
        (found.into_iter().map(|event| event.key.unwrap_or_default()).collect(), counted)
    }

    fn of_kind(&self, kind: ErrorKind) -> Filter {
        let causes = self.engine.store().read(|sqlite| causes::of_kinds(sqlite, &[kind])).unwrap();
        Filter { causes: Some(causes), ..Filter::default() }
    }
}

/// Refuses what is called “long …” for its size, and what is called “no …” with the name in the reason.
fn refuses(crm: &FakeDestination) {
    crm.record(|arrived| {
        let name = arrived.payload.split('"').nth(7).unwrap_or_default().to_owned();
        if name.starts_with("long") {
            Outcome::Rejected(Error::new(ErrorKind::TooLarge, "The record is too long."))
        } else if name.starts_with("no") {
            let message = format!("“{name}” is not a value of Rating.");
            Outcome::Rejected(Error::new(ErrorKind::RecordRejected, message))
        } else {
            Outcome::Delivered
        }
    });
}

#[tokio::test(start_paused = true)]
async fn events_are_grouped_by_what_went_wrong_whatever_the_values_were() {
    let bench = Bench::with_batches_of(10).await;
    bench.save(|sync| sync.brakes = NO_BRAKES).await;
    let mut rows = people(40, "Ana");
    for (at, name) in [(3, "no Hot 1"), (14, "no Cold 2"), (25, "no Warm 3"), (26, "long")] {
        rows[at][1] = name.into();
    }
    rows.push(vec![FakeCell::Null, "nobody".into()]);
    bench.table.set(rows);
    refuses(&bench.crm);
    bench.run().await;
    bench.clock.advance(Duration::hours(1));
    bench.table.edit(|rows| rows[30][1] = "long again".into());
    bench.run().await;

    let groups = bench.causes(&Filter::default());
    let told = |kind: &str| groups.iter().find(|group| group.kind == kind).unwrap();
    assert_eq!(groups.len(), 3, "{groups:?}");
    let long = told("too_large");
    // What the first run was refused is sent again by the second.
    assert_eq!((long.count, long.refused), (3, 2));
    assert_eq!(long.last - long.first, Duration::hours(1).num_milliseconds());
    let value = told("record_rejected");
    assert_eq!((value.count, value.refused, value.mixed), (6, 3, false));
    let invalid = told("null_key");
    assert_eq!((invalid.count, invalid.refused), (2, 0));
    assert!(matches!(invalid.newest, EventId::Invalid { row: 41, .. }), "{invalid:?}");
    for group in &groups {
        assert_eq!(group.syncs.len(), 1);
        let newest = bench.engine.store().read(|sqlite| events::get(sqlite, group.newest)).unwrap();
        assert!(newest.problem.unwrap().contains(&group.kind));
    }

    let by_cause = Filter { causes: Some(vec![value.cause]), ..Filter::default() };
    assert_eq!(bench.found(&by_cause).1, Some(6));
    let open = Filter { states: vec![RecordState::Rejected], ..by_cause.clone() };
    let (mut keys, counted) = bench.found(&open);
    keys.sort();
    assert_eq!((keys, counted), (vec!["k14".into(), "k25".into(), "k3".into()], Some(3)));
    assert_eq!(bench.causes(&open).iter().map(|group| group.count).collect::<Vec<_>>(), [3]);
    let one = Filter { key: Some("k14".into()), ..by_cause };
    assert_eq!(bench.found(&one).0, ["k14", "k14"]);
}

#[tokio::test(start_paused = true)]
async fn events_are_found_by_the_kind_of_their_error_and_by_time() {
    let bench = Bench::with_batches_of(10).await;
    bench.save(|sync| sync.brakes = NO_BRAKES).await;
    bench.table.set(vec![row("a", "long"), row("b", "no 1"), row("c", "Ana"), row("a", "twice")]);
    refuses(&bench.crm);
    let first = bench.run().await;
    bench.clock.advance(Duration::hours(1));
    let later = millis(bench.clock.now());
    bench.run().await;

    let of_run = Filter { run: Some(first.id), ..bench.of_kind(ErrorKind::TooLarge) };
    assert_eq!(bench.found(&of_run), (vec!["a".into()], Some(1)));
    assert_eq!(bench.found(&bench.of_kind(ErrorKind::DuplicateKey)).1, Some(2));
    assert_eq!(bench.found(&bench.of_kind(ErrorKind::RateLimited)), (vec![], Some(0)));
    let before = Filter { before: Some(later), ..bench.of_kind(ErrorKind::RecordRejected) };
    assert_eq!(bench.found(&before), (vec!["b".into()], None));
    let since = Filter { since: Some(later), ..Filter::default() };
    assert_eq!(bench.causes(&since).iter().map(|group| group.count).sum::<u64>(), 3);
    let neither = Filter { since: Some(later), before: Some(later), ..Filter::default() };
    assert!(bench.causes(&neither).is_empty() && bench.found(&neither).0.is_empty());
}

#[tokio::test(start_paused = true)]
async fn records_of_one_batch_are_counted_by_when_each_failed() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(10, "Ana"));
    bench.run().await;
    let set = |place: usize, state: RecordState, at: i64, message: Option<&str>| {
        let problem = message.map(|message| Problem::from(&Error::new(ErrorKind::TooLarge, message)));
        let problem = problem.map(|problem| problem.to_json().unwrap());
        let write = move |sqlite: &rusqlite::Connection| {
            outbox::set_state(sqlite, 1, place, state, at, problem.as_deref())
        };
        bench.engine.store().write(write).wait().unwrap();
    };
    let told = |since: Option<i64>, before: Option<i64>| -> Vec<(u64, u64, i64, i64)> {
        let groups = bench.causes(&Filter { since, before, ..Filter::default() });
        groups.iter().map(|group| (group.count, group.refused, group.first, group.last)).collect()
    };
    for (place, at) in [(0, 1_000), (1, 2_000), (2, 3_000)] {
        set(place, RecordState::Rejected, at, Some("The record is too long."));
    }
    assert_eq!(told(None, None), [(3, 3, 1_000, 3_000)]);
    assert_eq!(told(Some(1_000), Some(3_001)), [(3, 3, 1_000, 3_000)]);
    assert_eq!(told(Some(1_001), None), [(2, 2, 2_000, 3_000)]);
    assert_eq!(told(None, Some(3_000)), [(2, 2, 1_000, 2_000)]);
    assert_eq!(told(Some(1_500), Some(2_500)), [(1, 1, 2_000, 2_000)]);
    assert!(told(Some(2_001), Some(2_999)).is_empty());
    assert!(told(Some(3_001), None).is_empty());

    set(1, RecordState::Rejected, 4_000, Some("The record is too long."));
    set(2, RecordState::RejectedBefore, 3_000, Some("The record is too long."));
    assert_eq!(told(None, None), [(3, 2, 1_000, 4_000)]);
    set(0, RecordState::Rejected, 5_000, Some("Some other words."));
    let mut counts: Vec<u64> = told(None, None).iter().map(|(count, ..)| *count).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 2]);
    for place in 0..3 {
        set(place, RecordState::Delivered, 6_000, None);
    }
    assert!(told(None, None).is_empty());
    assert_eq!(bench.count("select count(*) from caused where batch >= ?1", 0), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_delivered_at_last_has_no_cause_any_more() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "no 1"), row("b", "Ana")]);
    refuses(&bench.crm);
    let first = bench.run().await;
    bench.crm.take_all();
    let retry = bench.engine.retry(first.id, Vec::new()).await.unwrap();
    bench.ended(retry).await;
    let groups = bench.causes(&Filter::default());
    assert_eq!(groups.iter().map(|group| (group.count, group.refused)).collect::<Vec<_>>(), [(1, 0)]);
    assert!(bench.causes(&Filter { run: Some(retry), ..Filter::default() }).is_empty());
}

#[tokio::test(start_paused = true)]
async fn however_many_wordings_there_are_the_causes_stay_few() {
    let bench = Bench::new().await;
    bench.save(|sync| sync.brakes = NO_BRAKES).await;
    bench.table.set(people(300, "Ana"));
    bench.crm.record(|arrived| {
        let letter = |digit: char| char::from(b'a' + digit.to_digit(10).unwrap_or(0) as u8);
        let words: String = arrived.key.chars().map(letter).collect();
        Outcome::Rejected(Error::new(ErrorKind::RecordRejected, format!("It is {words}.")))
    });
    bench.run().await;
    let groups = bench.causes(&Filter::default());
    assert_eq!(groups.len(), 65);
    assert_eq!(groups.iter().map(|group| group.count).sum::<u64>(), 300);
    let mixed: Vec<_> = groups.iter().filter(|group| group.mixed).collect();
    assert!(matches!(mixed.as_slice(), [others] if others.count > 200), "{mixed:?}");
}

#[tokio::test(start_paused = true)]
async fn causes_are_forgotten_with_their_last_event() {
    let bench = Bench::with_batches_of(1).await;
    bench.table.set(vec![row("a", "no 1"), row("b", "Ana")]);
    refuses(&bench.crm);
    bench.run().await;
    assert_eq!(bench.count("select count(*) from cause where id > ?1", 0), 1);
    bench.crm.take_all();
    bench.run().await;
    let forget = |sqlite: &rusqlite::Connection| {
        let batches: Vec<i64> = (1..10).collect();
        retention::forget(sqlite, &batches)
    };
    bench.engine.store().write(forget).done().await.unwrap();
    assert_eq!(bench.count("select count(*) from cause where id > ?1", 0), 0);
}

#[tokio::test(start_paused = true)]
async fn keys_of_events_are_told_in_the_order_asked_for() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(25, "Ana"));
    bench.run().await;
    let read = |sqlite: &rusqlite::Connection| {
        let page = events::page(sqlite, &Filter::default(), None, 100)?;
        let (ids, keys): (Vec<_>, Vec<_>) = page.into_iter().map(|event| (event.id, event.key)).unzip();
        Ok((events::keys(sqlite, &ids)?, keys))
    };
    let (named, keys) = bench.engine.store().read(read).unwrap();
    assert_eq!(named.len(), 25);
    assert_eq!(named, keys);
    let none = EventId::Record { run: 1, batch: 1, place: 10_000 };
    let refused = bench.engine.store().read(|sqlite| events::keys(sqlite, &[none]));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::UnknownName);
}
