//! The database file: never taken for a fresh start, never half written.

mod backups;
mod causes;
mod damage;
mod events;
mod migration;
mod owner;
mod retention;

use std::fs;
use std::path::{Path, PathBuf};

use sluice_engine::ErrorKind;
use sluice_engine::store::owner::Owner;
use sluice_engine::store::runs::{self, RunRow, RunState};
use sluice_engine::store::{Store, Usage};

use crate::bench::{Bench, people};

fn open(home: &Path) -> Result<Store, ErrorKind> {
    Store::open(home, Usage::Owner).map_err(|error| error.kind())
}

/// A data folder with a database that was not closed properly, its log written back.
fn folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("sluice.sqlite");
    drop(open(home.path()).unwrap());
    let sqlite = rusqlite::Connection::open(&file).unwrap();
    sqlite.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
    drop(sqlite);
    (home, file)
}

/// Closes a bench's data folder properly, its log written back.
fn closed(bench: &mut Bench) -> PathBuf {
    bench.engine.store().close().unwrap();
    // An engine over another folder takes its place: files are closed when the last handle is gone.
    let elsewhere = tempfile::tempdir().unwrap();
    let engine = crate::bench::open_engine(elsewhere.path(), &bench.table, &bench.crm, &bench.clock).unwrap();
    drop(std::mem::replace(&mut bench.engine, engine));
    let sqlite = rusqlite::Connection::open(bench.home.join("sluice.sqlite")).unwrap();
    sqlite.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
    bench.home.clone()
}

/// Overwrites a few pages in the middle.
fn damage_pages(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..middle + 3 * 4_096].fill(0xa5);
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_fresh_folder_becomes_a_database_and_opens_again() {
    let home = tempfile::tempdir().unwrap();
    let uuid = open(home.path()).unwrap().uuid().unwrap();
    assert_eq!(open(home.path()).unwrap().uuid().unwrap(), uuid);
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let (home, file) = folder();
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let before = fs::read(&file).unwrap();
    assert_eq!(open(home.path()).err(), Some(ErrorKind::NewerDatabase));
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_damaged_file_is_refused_and_kept() {
    let damages: [fn(&mut Vec<u8>); 4] = [
        |bytes| bytes[..16].copy_from_slice(b"not a database!!"),
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes[5_000..].fill(0xa5),
        |bytes| bytes.truncate(50),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let (home, file) = folder();
        let mut bytes = fs::read(&file).unwrap();
        damage(&mut bytes);
        fs::write(&file, &bytes).unwrap();
        assert_eq!(open(home.path()).err(), Some(ErrorKind::Damaged), "damage {number}");
        assert_eq!(fs::read(&file).unwrap(), bytes, "damage {number}");
    }
}

#[test]
fn another_programs_database_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let sqlite = rusqlite::Connection::open(home.path().join("sluice.sqlite")).unwrap();
    sqlite.execute_batch("create table theirs(a)").unwrap();
    drop(sqlite);
    assert_eq!(open(home.path()).err(), Some(ErrorKind::Damaged));
}

#[test]
fn a_folder_has_one_owner_and_who_looks_for_it_is_not_in_its_way() {
    let home = tempfile::tempdir().unwrap();
    assert!(!Owner::is_there(home.path()).unwrap());
    let owner = Owner::take(home.path()).unwrap();
    assert!(Owner::is_there(home.path()).unwrap());
    assert_eq!(Owner::take(home.path()).err().unwrap().kind(), ErrorKind::InUse);
    drop(owner);
    assert!(!Owner::is_there(home.path()).unwrap());
    let looking = fs::File::open(home.path().join("lock")).unwrap();
    looking.try_lock_shared().unwrap();
    std::thread::scope(|scope| {
        let taking = scope.spawn(|| Owner::take(home.path()).map(drop));
        // Long enough for it to be refused, if that were what happens.
        (0..10_000).take_while(|_| !taking.is_finished()).for_each(|_| std::thread::yield_now());
        drop(looking);
        assert!(taking.join().unwrap().is_ok());
    });
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_fails_the_run_and_marks_nothing_as_delivered() {
    // 0: full while what is read is written down; more: full while outcomes are.
    for (spare, takes_end) in
        [0, 4, 8, 12, 16, 20].into_iter().flat_map(|spare| [(spare, true), (spare, false)])
    {
        let bench = Bench::with_batches_of(5).await;
        bench.table.set(people(1_000, "Ana"));
        limit_pages(&bench, Some(spare)).await;
        refuse_ends(&bench, !takes_end).await;
        let run = bench.engine.start(crate::bench::SYNC, crate::bench::PLAIN).await;
        match &run {
            Err(error) => assert_eq!(error.kind(), ErrorKind::DiskFull, "{spare}"),
            Ok(run) => {
                let ended = bench.engine.wait(*run).await.unwrap();
                assert_failed_for_the_disk(&ended, spare);
                assert_failed_for_the_disk(&bench.engine.runs(None, None, 1).unwrap()[0], spare);
                if ended.sealed.is_some() {
                    assert!(bench.tally(*run).delivered <= bench.crm.kept().len() as u64);
                }
            }
        }
        limit_pages(&bench, None).await;
        refuse_ends(&bench, false).await;
        assert_eq!(bench.run().await.state, RunState::Completed);
        if let Ok(run) = run {
            assert_failed_for_the_disk(&row(&bench, run), spare);
        }
        assert_eq!(bench.crm.kept().len(), 1_000);
        assert_eq!(bench.run().await.counts.to_send, 0);
    }
}

fn assert_failed_for_the_disk(run: &RunRow, spare: u32) {
    let kind = run.problem.as_ref().map(|problem| problem.kind.as_str());
    assert_eq!((run.state, kind), (RunState::Failed, Some("disk_full")), "{spare}: {run:?}");
}

/// A run as it is on the disk.
fn row(bench: &Bench, run: i64) -> RunRow {
    bench.engine.store().read(|sqlite| runs::get(sqlite, run)).unwrap()
}

/// Lets no run be ended, as on a disk that takes no write at all.
async fn refuse_ends(bench: &Bench, refuse: bool) {
    let sql = if refuse {
        "create temp trigger full before update of state on main.run when new.state > 2
         begin select raise(abort, 'full'); end"
    } else {
        "drop trigger if exists temp.full"
    };
    let change = move |sqlite: &rusqlite::Connection| Ok(sqlite.execute_batch(sql)?);
    bench.engine.store().write(change).done().await.unwrap();
}

/// Lets the database grow by so many pages only, as a disk that fills up does.
async fn limit_pages(bench: &Bench, spare: Option<u32>) {
    let limit = move |sqlite: &rusqlite::Connection| {
        let pages: u32 = sqlite.query_row("pragma page_count", [], |row| row.get(0))?;
        let most = spare.map_or(u32::MAX - 1, |spare| pages + spare);
        Ok(sqlite.query_row(&format!("pragma max_page_count = {most}"), [], |_| Ok(()))?)
    };
    bench.engine.store().write(limit).done().await.unwrap();
}
