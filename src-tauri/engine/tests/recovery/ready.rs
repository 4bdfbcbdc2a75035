//! A million records wait when the power goes: the next start sends, and does not read or build anything first.

use std::time::Instant;

use sluice_engine::record::{Change, Operation};
use sluice_engine::store::outbox::{self, Body};
use sluice_engine::store::runs::{self, Counts, RunState, Trigger};

use crate::bench::{Bench, payload};

const BATCHES: usize = 2_000;
const BATCH: usize = 500;

/// A run that was sending so many records.
async fn sending(bench: &Bench) {
    let saved = bench.saved();
    for first in (0..BATCHES).step_by(100) {
        let bodies: Vec<_> =
            (first..first + 100).map(|batch| outbox::compress(&body(batch)).unwrap()).collect();
        let (sync, shape) = (saved.id, saved.sync.shape.clone());
        let stage = move |sqlite: &rusqlite::Connection| {
            let run = if first == 0 { runs::begin(sqlite, sync, Trigger::Manual, 1, 1, &shape)? } else { 1 };
            bodies.iter().try_for_each(|body| outbox::stage(sqlite, sync, run, 1, body).map(drop))
        };
        bench.engine.store().write(stage).done().await.unwrap();
    }
    let seal = |sqlite: &rusqlite::Connection| {
        let count = (BATCHES * BATCH) as u64;
        let counts = Counts { read: count, added: count, to_send: count, ..Counts::default() };
        outbox::release(sqlite, 1)?;
        runs::set_counts(sqlite, 1, &counts)?;
        runs::seal(sqlite, 1, 1, Some(count), 1)?;
        // Who reads more than the first batches before sending fails.
        Ok(sqlite.execute("update body set z = x'00' where batch > 20", [])?)
    };
    bench.engine.store().write(seal).done().await.unwrap();
}

fn body(batch: usize) -> Body {
    let mut body = Body::default();
    for place in 0..BATCH {
        let key = format!("k{}", batch * BATCH + place);
        let payload = payload(&key, "Ana Example, 12 Some Street, Somewhere");
        body.push(&key, Change::Added, Operation::Upsert, 1, payload.as_bytes());
    }
    body
}

#[tokio::test]
async fn a_million_waiting_records_are_seen_and_go_out_at_once() {
    let mut bench = Bench::with_batches_of(BATCH).await;
    sending(&bench).await;
    bench.crm.hold();
    let begun = Instant::now();
    bench.crash();
    let waiting = bench.engine.store().read(runs::waiting).unwrap();
    let run = waiting.first().unwrap();
    assert_eq!((run.state, run.counts.waiting()), (RunState::Waiting, 1_000_000));
    let seen = begun.elapsed();
    bench.crm.hold();
    bench.engine.resume(run).await.unwrap();
    tokio::select! {
        () = bench.crm.until_requests(1) => {}
        ended = bench.engine.wait(run.id) => panic!("it ended before it sent anything: {ended:?}"),
    }
    println!("1,000,000 waiting: seen after {seen:?}, the first request after {:?}", begun.elapsed());
    bench.engine.cancel(run.id);
    bench.crm.release();
    assert_eq!(bench.engine.wait(run.id).await.unwrap().counts.delivered, BATCH as u64);
}
