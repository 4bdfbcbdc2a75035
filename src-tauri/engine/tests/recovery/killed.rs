//! A sync of many rows, killed again and again at moments nobody chose, against a receiver that fails too.

use std::path::Path;
use std::time::{Duration, Instant};

use sluice_engine::engine::Engine;
use sluice_engine::store::runs::RunState;
use sluice_engine::testing::{FakeCell, FakeWarehouse, SteeredClock, soak};

use super::receiver::{BATCH, IN_FLIGHT, Receiver, Sends};
use super::{HOME, process};
use crate::bench::{Bench, PLAIN, SYNC, open_engine_to, payload, row};

/// Which version of the table the process sees, how many rows it has, where the receiver is, and how many processes
/// were killed before. Every other process reads anew although a run waits.
const TABLE: &str = "SLUICE_TEST_TABLE";

/// A version of the table: each row says which it is.
fn rows(version: usize, count: usize) -> Vec<Vec<FakeCell>> {
    (0..count).map(|id| row(&format!("k{id}"), &version.to_string())).collect()
}

fn open(home: &Path, version: usize, count: usize, port: u16, killed: usize) -> std::sync::Arc<Engine> {
    // The engine only borrows its table; here it is there for as long as the process.
    let table = Box::leak(Box::new(FakeWarehouse::new(&["id", "name"])));
    table.set(rows(version, count));
    let to = Box::leak(Box::new(Sends::to(port)));
    // The time goes on from process to process, and stands still in each.
    let clock = SteeredClock::at(1_750_000_000_000 + killed as i64 * 1_000);
    let engine = open_engine_to(home, table, to, &clock).unwrap();
    engine.recover().unwrap();
    engine
}

/// Goes on with the run that waits, or starts one, until one has completed. With `anew` the first is started in any case.
async fn complete(engine: &std::sync::Arc<Engine>, mut anew: bool) -> sluice_engine::store::runs::RunRow {
    loop {
        let waiting = engine.store().read(sluice_engine::store::runs::waiting).unwrap();
        let run = match waiting.first().filter(|_| !std::mem::take(&mut anew)) {
            Some(run) => {
                engine.resume(run).await.unwrap();
                run.id
            }
            None => engine.start(SYNC, PLAIN).await.unwrap(),
        };
        let ended = engine.wait(run).await.unwrap();
        assert_ne!(ended.state, RunState::Failed, "{ended:?}");
        if ended.state == RunState::Completed {
            return ended;
        }
    }
}

/// Not a test by itself: the process that is killed. Without its environment it has nothing to do.
#[test]
fn child() {
    let (Ok(home), Ok(table)) = (std::env::var(HOME), std::env::var(TABLE)) else { return };
    let numbers: Vec<usize> = table.split(' ').map(|number| number.parse().unwrap()).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let engine = open(Path::new(&home), numbers[0], numbers[1], numbers[2] as u16, numbers[3]);
        // What went on may have been the run of an earlier version.
        complete(&engine, numbers[3] % 2 == 1).await;
        complete(&engine, false).await;
    });
}

/// Moments nobody chose, the same for the same seed.
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        below.mul_f64((self.0 >> 33) as f64 / f64::from(1_u32 << 31))
    }
}

#[tokio::test]
async fn a_sync_that_is_killed_again_and_again_loses_nothing() {
    let (kills, count) = (soak(100, 2_000), 100_000);
    let mut bench = Bench::with_batches_of(BATCH).await;
    let (home, _folder) = (bench.home.clone(), bench.folder.take());
    drop(bench);
    let receiver = Receiver::start();
    let (mut version, mut killed, mut moments) = (1, 0, Moments(0x5eed));
    let mut longest = Duration::from_millis(400);
    while killed < kills {
        let table = format!("{version} {count} {} {}", receiver.port, killed);
        let begun = Instant::now();
        let mut child =
            process("recovery::killed::child").env(HOME, &home).env(TABLE, table).spawn().unwrap();
        let until = begun + moments.next(longest);
        while Instant::now() < until && child.try_wait().unwrap().is_none() {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
            // Until one gets to its end, so that kills fall on every part of the way.
            longest += Duration::from_millis(60);
        } else {
            assert!(child.wait().unwrap().success(), "the process failed by itself");
            version += 1;
            longest = begun.elapsed().mul_f64(1.1);
        }
    }
    let engine = open(&home, version, count, receiver.port, killed);
    complete(&engine, false).await;
    complete(&engine, false).await;
    let idle = complete(&engine, false).await;
    assert_eq!((idle.counts.to_send, idle.counts.unchanged), (0, count as u64));
    let seen = receiver.seen();
    assert!(seen.broken.is_empty(), "{:?}", seen.broken);
    assert_eq!(seen.kept.len(), count);
    for (key, (kept, bytes)) in &seen.kept {
        assert_eq!((*kept, bytes), (version, &payload(key, &version.to_string())), "{key}");
    }
    let most = (killed + seen.faults) * IN_FLIGHT * BATCH;
    assert!(seen.repeats <= most, "{} repeats after {killed} kills and {} faults", seen.repeats, seen.faults);
    println!("{killed} kills, {version} versions, {} faults, {} repeats", seen.faults, seen.repeats);
}
