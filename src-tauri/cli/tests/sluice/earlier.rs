//! A data folder that an earlier version wrote.

use crate::command::{Sluice, count};

#[test]
fn what_an_earlier_version_delivered_is_not_sent_again() {
    let sluice = Sluice::new();
    std::fs::create_dir(sluice.home()).unwrap();
    let sqlite = rusqlite::Connection::open(sluice.home().join("sluice.sqlite")).unwrap();
    sqlite.execute_batch(include_str!("../../../engine/tests/store/schema-1.sql")).unwrap();
    drop(sqlite);
    // Of its six leads one has another name in a fresh sample.
    let plan = sluice.json(&["plan", "people"], 0);
    assert_eq!(
        (count(&plan, "read"), count(&plan, "changed"), count(&plan, "unchanged")),
        (6, 1, 5),
        "{plan}"
    );
    let run = sluice.json(&["sync", "people"], 0);
    assert_eq!((count(&run, "changed"), count(&run, "delivered")), (1, 1), "{run}");
    assert_eq!(sluice.events(&[]).len(), 9);
}
