//! Random damage to the database (300 times; 5,000 with `SLUICE_SOAK=1`): it is told, or it does no harm. Never is
//! a damaged database taken for a fresh one, and never does damage remove a record from the destination.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sluice_engine::store::events::{self, EventId, Filter};
use sluice_engine::store::owner::Owner;
use sluice_engine::store::{Store, Usage, connections, exchanges, fingerprints, runs, syncs};
use sluice_engine::sync::Removal;
use sluice_engine::testing::{Dice, FakeDestination, FakeWarehouse, soak};
use sluice_engine::{ErrorKind, Result};

use super::closed;
use crate::bench::{Bench, PLAIN, SYNC, people, row};

const FILES: [&str; 3] = ["sluice.sqlite", "sluice.sqlite-wal", "sluice.sqlite-shm"];

/// A data folder with a history, and what the destination has.
struct Healthy {
    home: PathBuf,
    properly_closed: bool,
    _folder: tempfile::TempDir,
    kept: BTreeMap<String, String>,
    whole: Vec<String>,
}

/// `closed`: properly, its log written back; else as a crash leaves it.
async fn healthy(properly: bool) -> Healthy {
    let mut bench = Bench::with_batches_of(20).await;
    bench.mirror(Removal::Delete).await;
    bench.crm.reject("bad");
    bench.table.set(people(400, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| rows[17] = row("k17", "bad"));
    bench.run().await;
    if !properly {
        // Part of it is in the file, and the newest in the log alone.
        let sqlite = rusqlite::Connection::open(bench.home.join(FILES[0])).unwrap();
        sqlite.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
        bench.table.edit(|rows| rows[18] = row("k18", "Bo"));
        bench.run().await;
    }
    let (kept, folder) = (bench.crm.kept(), bench.folder.take().unwrap());
    let whole = everything(bench.engine.store()).unwrap();
    let home = if properly { closed(&mut bench) } else { as_after_a_crash(&bench, folder.path()) };
    Healthy { home, properly_closed: properly, _folder: folder, kept, whole }
}

/// A copy of the files while they are open.
fn as_after_a_crash(bench: &Bench, folder: &Path) -> PathBuf {
    let home = folder.join("crashed");
    fs::create_dir(&home).unwrap();
    for file in FILES.iter().take(2).chain(&["in-use.txt"]) {
        fs::copy(bench.home.join(file), home.join(file)).unwrap();
    }
    home
}

/// All that is kept, read the way the product reads it.
fn everything(store: &Store) -> Result<Vec<String>> {
    store.read(|sqlite| {
        let mut all = Vec::new();
        all.extend(connections::all(sqlite)?.iter().map(|saved| format!("{:?}", saved.connection)));
        for sync in syncs::all(sqlite)? {
            all.push(format!("{:?} {} {}", sync.sync, sync.uuid, sync.generation));
            for id in fingerprints::chunks(sqlite, sync.id)? {
                for entry in fingerprints::entries(sqlite, id)? {
                    all.push(format!("{} {}", entry.key, entry.address));
                }
            }
        }
        all.extend(
            runs::list(sqlite, None, None, 1_000)?.iter().map(|run| format!("{} {:?}", run.id, run.state)),
        );
        for event in events::page(sqlite, &Filter::default(), None, 10_000)? {
            all.push(format!("{} {:?} {:?} {:?}", event.id, event.key, event.payload, event.problem));
            if let EventId::Record { batch, place, .. } = event.id {
                all.push(format!("{:?}", exchanges::attempts(sqlite, batch, place)?));
            }
        }
        Ok(all)
    })
}

/// Changes a file as disks and crashes do. Says what was done.
fn damage(file: &Path, dice: &mut Dice) -> String {
    let mut bytes = fs::read(file).unwrap();
    let length = bytes.len() as u64;
    let sector = |dice: &mut Dice| (dice.below(length.div_ceil(512)) * 512) as usize;
    let what = match dice.below(8) {
        0 => {
            let at = dice.below(length) as usize;
            bytes[at] ^= 1 << dice.below(8);
            format!("a bit of byte {at}")
        }
        1 => {
            let at = dice.below(length) as usize;
            bytes[at] = dice.below(256) as u8;
            format!("byte {at}")
        }
        2 => {
            let at = sector(dice);
            let end = (at + 512).min(bytes.len());
            bytes[at..end].fill(0);
            format!("sector at {at} empty")
        }
        3 => {
            let at = sector(dice);
            let end = (at + 512).min(bytes.len());
            bytes[at..end].iter_mut().for_each(|byte| *byte = dice.below(256) as u8);
            format!("sector at {at} of other data")
        }
        4 => {
            let at = sector(dice) / 4_096 * 4_096;
            let end = (at + 4_096).min(bytes.len());
            bytes[at..end].fill(0);
            format!("page at {at} empty")
        }
        5 => {
            let (from, to) = (sector(dice) / 4_096 * 4_096, sector(dice) / 4_096 * 4_096);
            let page = bytes[from..(from + 4_096).min(bytes.len())].to_vec();
            let end = (to + page.len()).min(bytes.len());
            bytes[to..end].copy_from_slice(&page[..end - to]);
            format!("page {from} over page {to}")
        }
        6 => {
            let at = dice.below(length) as usize;
            bytes.truncate(at);
            format!("cut at {at}")
        }
        _ => {
            let at = sector(dice);
            bytes.truncate(at);
            bytes.resize(length as usize, 0);
            format!("empty from {at}")
        }
    };
    fs::write(file, bytes).unwrap();
    what
}

fn copy_of(healthy: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    for entry in fs::read_dir(healthy).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    folder
}

/// SQLite itself finds nothing wrong with a copy of the database.
fn is_sound(home: &Path) -> bool {
    let copy = copy_of(home);
    let checked = rusqlite::Connection::open(copy.path().join(FILES[0]))
        .and_then(|sqlite| sqlite.query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0)));
    checked.is_ok_and(|found| found == "ok")
}

/// How a damaged database came out.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    told_at_the_start: usize,
    told_later: usize,
    unharmed: usize,
    /// Something differs, as after an earlier crash or in a number, and nothing is lost or removed by it.
    differs: usize,
}

async fn try_out(healthy: &Healthy, file: &str, dice: &mut Dice, tally: &mut Tally) {
    let folder = copy_of(&healthy.home);
    let what = format!("{file}: {}", damage(&folder.path().join(file), dice));
    let told = |error: &sluice_engine::Error| {
        let kinds = [ErrorKind::Damaged, ErrorKind::Storage, ErrorKind::NewerDatabase];
        assert!(kinds.contains(&error.kind()), "{what}: {error:?}");
        assert!(!error.message().is_empty() && !error.hint().is_empty());
    };
    let sound = healthy.properly_closed || is_sound(folder.path());
    let store = match Store::open(folder.path(), Usage::Owner) {
        Ok(store) => {
            assert!(sound, "{what}: opened after a crash without a look through the file");
            store
        }
        Err(error) => {
            told(&error);
            tally.told_at_the_start += 1;
            return;
        }
    };
    let read = everything(&store);
    drop(store);
    match read {
        Err(error) => {
            told(&error);
            tally.told_later += 1;
        }
        Ok(all) if all == healthy.whole => tally.unharmed += 1,
        Ok(all) => {
            assert!(all.len() >= 3, "{what}: taken for a fresh start");
            tally.differs += 1;
        }
    }
    sync_on(healthy, folder.path(), &what).await;
}

/// A run on what is left: whether it succeeds or not, the destination loses nothing, and gets nothing but the rows.
async fn sync_on(healthy: &Healthy, home: &Path, what: &str) {
    let (table, crm) = (FakeWarehouse::new(&["id", "name"]), FakeDestination::new(20));
    let Ok(engine) = crate::bench::open_engine(
        home,
        &table,
        &crm,
        &sluice_engine::testing::SteeredClock::at(1_760_000_000_000),
    ) else {
        return;
    };
    let mut rows = people(400, "Ana");
    rows[17] = row("k17", "Bo");
    rows[18] = row("k18", "Bo");
    table.set(rows);
    let ended = async {
        engine.recover()?;
        let run = engine.start(SYNC, PLAIN).await?;
        engine.wait(run).await
    };
    drop(ended.await);
    for arrived in crm.arrived() {
        assert!(healthy.kept.contains_key(&arrived.key), "{what}: {arrived:?} is no row");
        assert_ne!(arrived.operation, sluice_engine::record::Operation::Delete, "{what}: {arrived:?}");
    }
}

#[tokio::test]
async fn damage_is_told_and_never_taken_for_a_fresh_start() {
    let rounds = soak(300, 5_000);
    let (closed, crashed) = (healthy(true).await, healthy(false).await);
    let mut dice = Dice::new(2_026);
    let mut tally = [Tally::default(); 3];
    for round in 0..rounds {
        let (healthy, file, tally) = match round % 4 {
            0 | 1 => (&closed, FILES[0], &mut tally[0]),
            2 => (&crashed, FILES[0], &mut tally[1]),
            _ => (&crashed, FILES[1], &mut tally[2]),
        };
        try_out(healthy, file, &mut dice, tally).await;
    }
    println!("closed: {:?}\ncrashed: {:?}\nits log: {:?}", tally[0], tally[1], tally[2]);
}

#[test]
fn a_database_that_vanished_is_missed() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("sluice.sqlite");
    drop(Store::open(home.path(), Usage::Owner).unwrap());
    for usage in [Usage::Owner, Usage::Guest] {
        for log in FILES {
            drop(fs::remove_file(home.path().join(log)));
        }
        let error = Store::open(home.path(), usage).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Damaged);
        assert!(!file.exists(), "nothing is made in its place");
        fs::write(&file, "").unwrap();
        assert_eq!(
            Store::open(home.path(), usage).err().unwrap().kind(),
            ErrorKind::Damaged,
            "an empty one is none"
        );
    }
}

#[test]
fn a_start_that_was_cut_short_is_a_fresh_start() {
    let home = tempfile::tempdir().unwrap();
    drop(Owner::take(home.path()).unwrap());
    fs::write(home.path().join("sluice.sqlite"), "").unwrap();
    drop(Store::open(home.path(), Usage::Owner).unwrap());
}

#[test]
fn a_database_that_can_not_be_written_says_so() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("sluice.sqlite")).unwrap();
    assert_eq!(Store::open(home.path(), Usage::Owner).err().unwrap().kind(), ErrorKind::Storage);
}
