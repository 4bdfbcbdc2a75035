//! One owner at a time, also where the operating system's lock does not hold.

use sluice_engine::ErrorKind;
use sluice_engine::store::owner::Owner;
use sluice_engine::store::{Store, Usage, settings};

use crate::bench::{Bench, PLAIN, SYNC, check_requests, people};

#[test]
fn a_folder_that_is_owned_is_in_use() {
    let home = tempfile::tempdir().unwrap();
    let held = Owner::take(home.path()).unwrap();
    assert_eq!(Owner::take(home.path()).unwrap_err().kind(), ErrorKind::InUse);
    drop(held);
    Owner::take(home.path()).unwrap();
}

#[test]
fn an_owner_that_lost_the_folder_writes_nothing_more() {
    let home = tempfile::tempdir().unwrap();
    let first = Store::open(home.path(), Usage::Owner).unwrap();
    first.write(|sqlite| settings::set(sqlite, "theme", "dark")).wait().unwrap();
    first.check_owned().unwrap();
    let second = Store::open(home.path(), Usage::Owner).unwrap();
    let refused = first.write(|sqlite| settings::set(sqlite, "theme", "light")).wait().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InUse);
    assert!(first.lost().is_cancelled() && !second.lost().is_cancelled());
    assert_eq!(first.check_owned().unwrap_err().kind(), ErrorKind::InUse);
    second.write(|sqlite| settings::set(sqlite, "notify", "true")).wait().unwrap();
    assert_eq!(second.read(|sqlite| settings::get(sqlite, "theme")).unwrap().as_deref(), Some("dark"));
    // Somebody who only looks takes nothing from the owner.
    drop(Store::open(home.path(), Usage::Guest).unwrap());
    second.check_owned().unwrap();
}

#[tokio::test]
async fn a_run_of_an_owner_that_lost_the_folder_stops_and_the_new_owner_goes_on() {
    let old = Bench::with_batches_of(10).await;
    old.table.set(people(3_000, "Ana"));
    old.crm.hold();
    let run = old.engine.start(SYNC, PLAIN).await.unwrap();
    old.crm.until_requests(1).await;

    let new = Bench::over(&old.home, old.table.clone(), old.crm.clone());
    new.engine.recover().unwrap();
    old.crm.release();
    old.engine.wait(run).await.unwrap();
    let by_the_old = old.crm.requests().len();
    assert!(by_the_old < 300, "the old owner went on to the end");

    let waiting = new.engine.store().read(sluice_engine::store::runs::waiting).unwrap();
    new.resume(&waiting[0]).await;
    assert_eq!(new.crm.kept().len(), 3_000);
    assert_eq!(new.run().await.counts.to_send, 0);
    check_requests(&new.crm.requests());
    let arrived = new.crm.arrived();
    let repeats = arrived.len() - 3_000;
    assert!(repeats <= by_the_old * 10, "{repeats} repeats, and each under the id it had");
}
