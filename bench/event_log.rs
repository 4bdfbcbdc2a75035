//! How fast the event log answers, over a data folder there is: `event_log HOME`. Prints milliseconds as JSON; the
//! connection is fresh for the first look, and the median of seven counts.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails by panicking, and prints")]

use std::path::Path;
use std::time::Instant;

use sluice_engine::store::events::{self, Filter};
use sluice_engine::store::outbox::RecordState;
use sluice_engine::store::{Store, Usage};

const PAGE: usize = 100;

fn main() {
    let home = std::env::args().nth(1).unwrap();
    let store = Store::open(Path::new(&home), Usage::Guest).unwrap();
    let newest = page(&store, &Filter::default());
    let key = newest[newest.len() / 2].0.clone().unwrap();
    // Batches are answered out of order: the newest event is not always the one that changed last.
    let since = newest.iter().map(|(_, at)| at).max().unwrap() + 60_000;
    let looks = [
        ("by key", Filter { key: Some(key), ..Filter::default() }, 1),
        ("newest page", Filter::default(), PAGE),
        ("by state", Filter { states: vec![RecordState::Rejected], ..Filter::default() }, 0),
        ("by cause", Filter { causes: Some(vec![i64::MAX]), ..Filter::default() }, 0),
        ("by time", Filter { since: Some(since), ..Filter::default() }, 0),
        ("free text", Filter { search: Some("nobody at all".into()), ..Filter::default() }, 0),
    ];
    let timed: Vec<String> = looks
        .into_iter()
        .map(|(name, filter, expected)| {
            let mut times: Vec<f64> = (0..7)
                .map(|_| {
                    let store = Store::open(Path::new(&home), Usage::Guest).unwrap();
                    let started = Instant::now();
                    assert_eq!(page(&store, &filter).len(), expected, "{name}");
                    started.elapsed().as_secs_f64() * 1_000.0
                })
                .collect();
            times.sort_by(f64::total_cmp);
            format!("\"{name}\": {:.2}", times[times.len() / 2])
        })
        .collect();
    println!("{{{}}}", timed.join(", "));
}

fn page(store: &Store, filter: &Filter) -> Vec<(Option<String>, i64)> {
    let found = store.read(|sqlite| events::page(sqlite, filter, None, PAGE)).unwrap();
    found.into_iter().map(|event| (event.key, event.at)).collect()
}
