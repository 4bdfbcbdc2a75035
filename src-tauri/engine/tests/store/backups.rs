//! Backups: one a day, looked through before an older one goes, and good to start from.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use sluice_engine::ErrorKind;
use sluice_engine::store::backup;

use super::{closed, damage_pages};
use crate::bench::{Bench, people};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Names of the backups, ascending.
fn backups(home: &Path) -> Vec<String> {
    let entries = fs::read_dir(home.join("backups")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn one_a_day_is_made_and_three_are_kept() {
    let bench = Bench::new().await;
    assert!(backup::daily(&bench.home, day("2026-11-20")).unwrap());
    assert!(!backup::daily(&bench.home, day("2026-11-20")).unwrap(), "there is one of that day");
    for today in ["2026-11-21", "2026-11-23", "2026-11-24"] {
        assert!(backup::daily(&bench.home, day(today)).unwrap());
    }
    assert_eq!(backups(&bench.home), ["2026-11-21.sqlite", "2026-11-23.sqlite", "2026-11-24.sqlite"]);
}

#[tokio::test]
async fn a_backup_from_a_wrong_clocks_future_goes_first() {
    let bench = Bench::new().await;
    for today in ["2027-11-20", "2026-11-21", "2026-11-22", "2026-11-23"] {
        assert!(backup::daily(&bench.home, day(today)).unwrap());
    }
    assert_eq!(backups(&bench.home), ["2026-11-21.sqlite", "2026-11-22.sqlite", "2026-11-23.sqlite"]);
}

#[tokio::test]
async fn a_restored_backup_sends_what_came_after_it_again_and_loses_nothing() {
    let mut bench = Bench::new().await;
    bench.table.set(people(50, "Ana"));
    bench.run().await;
    backup::daily(&bench.home, day("2026-11-20")).unwrap();
    bench.table.set(people(50, "Bo"));
    bench.run().await;

    let home = closed(&mut bench);
    let file = home.join("sluice.sqlite");
    fs::remove_file(&file).unwrap();
    for log in ["sluice.sqlite-wal", "sluice.sqlite-shm"] {
        drop(fs::remove_file(home.join(log)));
    }
    fs::copy(home.join("backups/2026-11-20.sqlite"), &file).unwrap();
    bench.reopen();
    assert_eq!(bench.run().await.counts.changed, 50, "what the backup does not know is sent again");
    assert_eq!(bench.run().await.counts.to_send, 0);
    assert_eq!(bench.crm.kept().len(), 50);
    assert!(bench.crm.kept().values().all(|kept| kept.contains("Bo")));
}

#[tokio::test]
async fn of_a_damaged_database_no_backup_is_made_and_none_goes() {
    let mut bench = Bench::new().await;
    bench.table.set(people(2_000, "Ana"));
    bench.run().await;
    for today in ["2026-11-20", "2026-11-21", "2026-11-22"] {
        backup::daily(&bench.home, day(today)).unwrap();
    }
    let home = closed(&mut bench);
    damage_pages(&home.join("sluice.sqlite"));
    let error = backup::daily(&home, day("2026-11-23")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert_eq!(backups(&home), ["2026-11-20.sqlite", "2026-11-21.sqlite", "2026-11-22.sqlite"]);
}

#[tokio::test]
async fn a_fault_that_copying_does_not_stumble_over_is_found() {
    let mut bench = Bench::new().await;
    bench.table.set(people(5, "Ana"));
    bench.run().await;
    let home = closed(&mut bench);
    // A null where there may be none: a table is copied without a look at its values.
    let sqlite = rusqlite::Connection::open(home.join("sluice.sqlite")).unwrap();
    sqlite
        .execute_batch(
            "pragma writable_schema = on;
             update sqlite_schema set sql = replace(sql, 'problem text', 'problem text not null') where name = 'run'",
        )
        .unwrap();
    drop(sqlite);
    assert_eq!(backup::daily(&home, day("2026-11-20")).unwrap_err().kind(), ErrorKind::Damaged);
    assert!(backups(&home).is_empty());
}

#[tokio::test]
async fn a_backup_that_can_not_be_written_costs_none_of_the_others() {
    let bench = Bench::new().await;
    for today in ["2026-11-20", "2026-11-21", "2026-11-22"] {
        backup::daily(&bench.home, day(today)).unwrap();
    }
    // Nothing can be written where a folder is in the way.
    fs::create_dir(bench.home.join("backups/unfinished.sqlite")).unwrap();
    assert_eq!(backup::daily(&bench.home, day("2026-11-23")).unwrap_err().kind(), ErrorKind::Storage);
    assert_eq!(backups(&bench.home).len(), 4, "three backups and what is in the way");
}
