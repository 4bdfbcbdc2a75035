//! Databases of earlier versions: brought up to date whole, with a backup from before, or left as they are.

use std::path::Path;

use sluice_engine::ErrorKind;
use sluice_engine::store::events::{self, Filter};
use sluice_engine::store::outbox::RecordState;
use sluice_engine::store::owner::Owner;
use sluice_engine::store::{
    Store, Usage, causes, connections, exchanges, fingerprints, runs, settings, syncs,
};

/// A data folder as each earlier version wrote it.
const EARLIER: [(u32, &str); 1] = [(1, include_str!("schema-1.sql"))];

fn folder_of(sql: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let sqlite = rusqlite::Connection::open(home.path().join("sluice.sqlite")).unwrap();
    sqlite.execute_batch(sql).unwrap();
    home
}

fn version(file: &Path) -> u32 {
    let sqlite = rusqlite::Connection::open(file).unwrap();
    sqlite.query_row("pragma user_version", [], |row| row.get(0)).unwrap()
}

#[test]
fn every_earlier_database_opens_with_all_that_is_in_it() {
    for (number, sql) in EARLIER {
        let home = folder_of(sql);
        let store = Store::open(home.path(), Usage::Owner).unwrap();
        assert_eq!(store.uuid().unwrap(), "d88d7bc9af5d0fa87199d83fcfc0b142");
        let found = store.read(|sqlite| {
            let people = syncs::get(sqlite, "people")?;
            assert_eq!(connections::all(sqlite)?.len(), 3);
            assert_eq!(syncs::all(sqlite)?.len(), 2);
            assert_eq!(people.sync.key, ["lead_id"]);
            assert_eq!(settings::get(sqlite, "theme")?.as_deref(), Some("dark"));
            assert_eq!(runs::get(sqlite, 2)?.counts.rejected, 1);
            let mut delivered = 0;
            for id in fingerprints::chunks(sqlite, people.id)? {
                delivered += fingerprints::entries(sqlite, id)?.len();
            }
            assert_eq!(delivered, 7, "six were delivered first, and one again");
            assert_eq!(exchanges::attempts(sqlite, 2, 1)?.len(), 1);
            let found = events::page(sqlite, &Filter::default(), None, 100)?;
            for event in &found {
                let of_key =
                    events::page(sqlite, &Filter { key: event.key.clone(), ..Filter::default() }, None, 100)?;
                assert!(of_key.iter().any(|one| one.id == event.id), "{:?} is found by its key", event.key);
            }
            Ok(found)
        });
        while store.write(causes::fill).wait().unwrap() {}
        let groups = store.read(|sqlite| causes::groups(sqlite, &Filter::default())).unwrap();
        let told: Vec<_> =
            groups.iter().map(|group| (group.kind.as_str(), group.mixed, group.count)).collect();
        assert_eq!(told, [("record_rejected", false, 1)], "what went wrong before has its cause");
        let found = found.unwrap();
        assert_eq!(found.len(), 8);
        assert_eq!(found[0].state, RecordState::Rejected);
        assert!(found[0].problem.as_deref().unwrap().contains("not a valid e-mail"));

        let before = home.path().join(format!("backups/before-version-{}.sqlite", number + 1));
        assert_eq!(version(&before), number);
        let sqlite = rusqlite::Connection::open(&before).unwrap();
        let records: u32 = sqlite.query_row("select sum(n) from batch", [], |row| row.get(0)).unwrap();
        assert_eq!(records, 8);
    }
}

#[test]
fn a_database_that_can_not_be_brought_up_to_date_is_left_as_it_was() {
    let home = folder_of(EARLIER[0].1);
    let file = home.path().join("sluice.sqlite");
    let sqlite = rusqlite::Connection::open(&file).unwrap();
    sqlite.execute_batch("alter table workspace add column epoch text").unwrap();
    drop(sqlite);
    assert!(Store::open(home.path(), Usage::Owner).is_err());
    assert_eq!(version(&file), 1);
    assert!(home.path().join("backups/before-version-2.sqlite").exists());
}

#[test]
fn somebody_who_only_looks_changes_nothing_under_an_owner_of_an_earlier_version() {
    let home = folder_of(EARLIER[0].1);
    let file = home.path().join("sluice.sqlite");
    let held = Owner::take(home.path()).unwrap();
    assert_eq!(Store::open(home.path(), Usage::Guest).err().unwrap().kind(), ErrorKind::InUse);
    assert_eq!(version(&file), 1);
    drop(held);
    drop(Store::open(home.path(), Usage::Guest).unwrap());
    assert!(version(&file) > 1);
}
