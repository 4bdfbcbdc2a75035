//! A process that is killed at any point loses nothing, and sends nothing twice under two ids.

mod killed;
mod ready;
mod receiver;
mod steps;
mod undo;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::{Command, Stdio};

use sluice_engine::store::runs::RunState;
use sluice_engine::sync::Removal;
use sluice_engine::testing::{FakeCell, FakeDestination, FakeWarehouse, ReadFault, Reply};

use crate::bench::{Bench, row};

/// Names the data folder, and so makes a test process a child that runs a sync and dies.
const HOME: &str = "SLUICE_TEST_HOME";
/// Where the child dies, and which rows its table has.
const POINT: &str = "SLUICE_TEST_POINT";

/// Records of a request of the child, where it is not ten.
const RECORDS: &str = "SLUICE_TEST_RECORDS";

/// Where a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    /// After so many rows were read.
    Rows(usize),
    /// When a request begins.
    Before(usize),
    /// When the destination has taken a request, and before it answers.
    After(usize),
    /// Killed from outside once so many requests were taken.
    Killed(usize),
}

/// The rows of each round: some change, some go, some come.
fn rows(round: usize) -> Vec<Vec<FakeCell>> {
    (0..300)
        .filter(|id| id % 40 != round)
        .map(|id| row(&format!("k{id}"), &((id % 3) * round).to_string()))
        .collect()
}

fn bench_over(home: &Path, round: usize) -> Bench {
    let bench = Bench::over(home, FakeWarehouse::new(&["id", "name"]), FakeDestination::new(10));
    bench.crm.journal(&home.join("journal")).unwrap();
    bench.table.set(rows(round));
    bench.engine.recover().unwrap();
    bench
}

/// Goes on with what waits, or starts a run.
async fn go_on(bench: &Bench) -> sluice_engine::store::runs::RunRow {
    let waiting = bench.engine.store().read(sluice_engine::store::runs::waiting).unwrap();
    match waiting.first() {
        Some(run) => bench.resume(run).await,
        None => bench.run().await,
    }
}

/// Not a test by itself: the process that dies. Without its environment it has nothing to do.
#[test]
fn child() {
    let (Ok(home), Ok(point)) = (std::env::var(HOME), std::env::var(POINT)) else { return };
    let (round, point) = point.split_once(' ').unwrap();
    let (name, count) = point.split_once(' ').unwrap();
    let (round, count): (usize, usize) = (round.parse().unwrap(), count.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let bench = bench_over(Path::new(&home), round);
        if let Some(records) = std::env::var(RECORDS).ok().and_then(|text| text.parse().ok()) {
            bench.crm.limit(|limits| limits.records = records);
        }
        let reply = match name {
            "before" => Reply::Abort,
            "after" => Reply::AbortAfter,
            _ => Reply::EachRecord,
        };
        bench.crm.reply(move |request, _| if request == count { reply.clone() } else { Reply::EachRecord });
        if name == "rows" {
            bench.table.fail(ReadFault::Aborts(count));
        }
        while go_on(&bench).await.state == RunState::Waiting {}
        go_on(&bench).await;
    });
}

/// A process of its own that runs the test `name` of this program.
fn process(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn run_child(home: &Path, round: usize, point: Point) {
    let text = match point {
        Point::Rows(count) => format!("{round} rows {count}"),
        Point::Before(count) => format!("{round} before {count}"),
        Point::After(count) => format!("{round} after {count}"),
        Point::Killed(_) => format!("{round} none 0"),
    };
    let mut child = process("recovery::child").env(HOME, home).env(POINT, text).spawn().unwrap();
    if let Point::Killed(lines) = point {
        let taken = || std::fs::read_to_string(home.join("journal")).unwrap_or_default().lines().count();
        while taken() < lines && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
    }
    let ended = child.wait().unwrap();
    assert_eq!(ended.code(), None, "the process was to die: {point:?}");
}

/// An id means the same bytes for ever, across processes, and no older version of a key comes after a newer one.
fn check_journal(home: &Path) {
    let text = std::fs::read_to_string(home.join("journal")).unwrap_or_default();
    let (mut meaning, mut versions) = (HashMap::new(), HashMap::new());
    for line in text.lines() {
        let (id, record) = line.split_once('\t').unwrap();
        assert!(meaning.insert(id, record).is_none(), "a repeat that was taken twice");
        let mut parts = record.split('\t').skip(1);
        let (key, payload) = (parts.next().unwrap(), parts.next().unwrap());
        let newer = versions.insert(key, version(key, payload)).unwrap_or_default();
        assert!(newer <= version(key, payload), "{key} went back: {record}");
    }
}

/// Which round a payload is of; 0 where both rounds have it.
fn version(key: &str, payload: &str) -> usize {
    let id: usize = key.trim_start_matches('k').parse().unwrap();
    let of = |round: usize| crate::bench::payload(key, &((id % 3) * round).to_string());
    // Only the second round removes rows that were sent.
    if !payload.contains("name") {
        return 2;
    }
    if id.is_multiple_of(3) {
        return 0;
    }
    [1, 2].into_iter().find(|round| of(*round) == payload).unwrap()
}

async fn survives(first: Point, second: Point) {
    let mut bench = Bench::with_batches_of(10).await;
    bench.mirror(Removal::Delete).await;
    let (home, _folder) = (bench.home.clone(), bench.folder.take());
    drop(bench);
    run_child(&home, 1, first);
    run_child(&home, 2, second);
    reaches_the_end(&home, &format!("{first:?}, {second:?}")).await;
}

/// Whatever happened to the processes before: this one brings the destination to what the table says.
async fn reaches_the_end(home: &Path, after: &str) {
    let bench = bench_over(home, 2);
    go_on(&bench).await;
    // What went on may have been the first round's run.
    bench.run().await;
    let wanted: BTreeMap<String, String> = rows(2)
        .into_iter()
        .map(|row| match row.as_slice() {
            [FakeCell::Text(id), FakeCell::Text(name)] => (id.clone(), crate::bench::payload(id, name)),
            _ => unreachable!("rows are text"),
        })
        .collect();
    assert_eq!(bench.crm.kept(), wanted, "{after}");
    assert_eq!(bench.run().await.counts.to_send, 0, "{after}");
    check_journal(home);
}

#[tokio::test]
async fn a_process_that_dies_loses_nothing() {
    let points = [
        (Point::Rows(0), Point::Rows(250)),
        (Point::Before(1), Point::Before(1)),
        (Point::After(1), Point::After(1)),
        (Point::Before(12), Point::After(3)),
        (Point::After(20), Point::Before(7)),
        (Point::After(29), Point::Rows(100)),
        (Point::Rows(200), Point::After(10)),
    ];
    for (first, second) in points {
        survives(first, second).await;
    }
}

#[tokio::test]
async fn a_process_that_is_killed_loses_nothing() {
    for lines in [1, 35, 110, 180, 260] {
        survives(Point::Killed(lines), Point::Killed(293 + lines / 4)).await;
    }
}
