//! An undo is killed at every step that it passes, each time it passes: what goes on after that ends as one that nobody
//! disturbed, and can be undone itself.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use sluice_engine::store::runs::{RunRow, RunState};
use sluice_engine::sync::Removal;
use sluice_engine::testing::failpoint::{Failure, Step, VARIABLE};
use sluice_engine::testing::{FakeCell, FakeDestination, FakeWarehouse};

use super::{HOME, process};
use crate::bench::{Bench, NO_BRAKES};

/// The run that the child undoes.
const RUN: &str = "SLUICE_TEST_UNDO";
/// What is in the folder of a bench, and survives a process.
const FILES: [&str; 3] = ["sluice.sqlite", "sluice.sqlite-wal", "journal"];
/// Records that the run wrote: updated, created and deleted ones, in three requests.
const WROTE: u64 = 6;

fn fakes() -> (Arc<FakeWarehouse>, Arc<FakeDestination>) {
    let crm = FakeDestination::new(2);
    crm.merge(&["id", "name", "phone"]);
    (FakeWarehouse::new(&["id", "name", "phone"]), crm)
}

fn bench_over(home: &Path) -> Bench {
    let (table, crm) = fakes();
    crm.journal(&home.join("journal")).unwrap();
    let bench = Bench::over(home, table, crm);
    bench.engine.recover().unwrap();
    bench
}

fn rows(people: &[(&str, &str)]) -> Vec<Vec<FakeCell>> {
    people.iter().map(|(id, name)| vec![(*id).into(), (*name).into(), "1".into()]).collect()
}

/// A bench with a run that updated, created and deleted.
async fn wrote() -> (Bench, RunRow) {
    let (table, crm) = fakes();
    let bench = Bench::with(table, crm).await;
    bench.crm.journal(&bench.home.join("journal")).unwrap();
    bench.mirror(Removal::Delete).await;
    bench.save(|sync| sync.brakes = NO_BRAKES).await;
    bench.table.set(rows(&[("k0", "Ana"), ("k1", "Ada"), ("k2", "Abe"), ("k3", "Al"), ("k4", "Amy")]));
    bench.run().await;
    bench.table.set(rows(&[
        ("k0", "Bo"),
        ("k1", "Bo"),
        ("k2", "Bo"),
        ("k3", "Al"),
        ("k5", "Cy"),
        ("k6", "Cy"),
    ]));
    let run = bench.run().await;
    assert_eq!((run.counts.changed, run.counts.added, run.counts.removed), (3, 2, 1));
    (bench, run)
}

/// The folder as it is now, in another place.
fn copied(home: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in FILES.map(|name| home.join(name)).iter().filter(|file| file.exists()) {
        std::fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    folder
}

fn read(kept: &BTreeMap<String, String>) -> BTreeMap<String, Value> {
    kept.iter().map(|(key, text)| (key.clone(), serde_json::from_str(text).unwrap())).collect()
}

async fn undone(bench: &Bench, run: i64) -> RunRow {
    let undo = bench.engine.undo(run, Vec::new(), true).await.unwrap();
    let ended = bench.ended(undo).await;
    assert_eq!((ended.state, ended.counts.delivered), (RunState::Completed, WROTE));
    ended
}

/// Not a test by itself: the process that is killed. Without its environment it has nothing to do.
#[test]
fn child() {
    let (Ok(home), Ok(run)) = (std::env::var(HOME), std::env::var(RUN)) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let bench = bench_over(Path::new(&home));
        undone(&bench, run.parse().unwrap()).await;
    });
}

/// Undoes in a process that is to die when it passes `step` for the time `count`; whether it did.
fn dies(home: &Path, run: i64, step: Step, count: usize) -> bool {
    let fails = format!("{} {} {count}", step.name(), Failure::Abort.name());
    let mut child = process("recovery::undo::child");
    let ended = child.env(HOME, home).env(RUN, run.to_string()).env(VARIABLE, fails).status().unwrap();
    assert!(ended.code().is_none_or(|code| code == 0), "it failed by itself");
    ended.code().is_none()
}

/// Goes on after that, as Sluice or its user would, and answers with the undo that came to its end.
async fn goes_on(bench: &Bench, run: i64, written: &BTreeMap<String, String>) -> RunRow {
    let newest = bench.engine.runs(None, None, 1).unwrap().remove(0);
    assert_eq!(newest.undoes, Some(run), "it is written down before anything else");
    if newest.state == RunState::Failed {
        assert_eq!((&bench.crm.kept(), newest.counts.to_send), (written, 0), "nothing is decided by half");
        assert_eq!(newest.problem.unwrap().hint, "Undo the run again.");
        return undone(bench, run).await;
    }
    if newest.state == RunState::Completed {
        return newest;
    }
    assert_eq!((newest.state, newest.counts.to_send), (RunState::Waiting, WROTE));
    bench.resume(&newest).await
}

#[tokio::test]
async fn an_undo_that_is_killed_at_any_step_ends_as_if_nobody_had() {
    let (bench, run) = wrote().await;
    let written = bench.crm.kept();
    let calm = copied(&bench.home);
    let calm = bench_over(calm.path());
    undone(&calm, run.id).await;
    let wanted = calm.crm.kept();
    assert_ne!(wanted, written);
    for step in Step::ALL {
        let mut deaths = 0;
        loop {
            let at = format!("{step:?}, time {}", deaths + 1);
            let home = copied(&bench.home);
            let died = dies(home.path(), run.id, *step, deaths + 1);
            let after = bench_over(home.path());
            let undo = goes_on(&after, run.id, &written).await;
            assert_eq!((undo.state, undo.counts.delivered), (RunState::Completed, WROTE), "{at}");
            assert_eq!(after.crm.kept(), wanted, "{at}");
            let taken = after.crm.taken();
            let ids: HashSet<_> = taken.iter().map(|taken| &taken.id).collect();
            assert_eq!(ids.len(), taken.len(), "{at}: a record was taken twice");
            undone(&after, undo.id).await;
            assert_eq!(read(&after.crm.kept()), read(&written), "{at}: the undo undone");
            if !died {
                break;
            }
            deaths += 1;
        }
        // Its few requests are claimed when it is sealed, and what it delivers stays beside the base.
        let is_passed = !matches!(step, Step::Claiming | Step::Tidying);
        assert_eq!(deaths > 0, is_passed, "{step:?}");
    }
}
