//! What an undo finds in the destination is not what the run left there: hidden, gone, merged, or there twice. What it
//! can not judge it leaves alone, with the reason, and everything else goes back.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use sluice_engine::run::undo::Will;
use sluice_engine::store::runs::{self, RunRow, RunState};
use sluice_engine::sync::Removal;
use sluice_engine::testing::{FakeCell, FakeDestination, FakeWarehouse, Reply};

use crate::bench::{Bench, NO_BRAKES};

/// A CRM whose records have a name and a phone, two to a request.
pub(super) async fn bench() -> Bench {
    let bench = Bench::with(FakeWarehouse::new(&["id", "name", "phone"]), FakeDestination::new(2)).await;
    bench.crm.merge(&["id", "name", "phone"]);
    bench.save(|sync| sync.brakes = NO_BRAKES).await;
    bench
}

pub(super) fn person(id: &str, name: &str, phone: &str) -> Vec<FakeCell> {
    vec![id.into(), name.into(), phone.into()]
}

/// The people `k0` … with these names.
pub(super) fn people(names: &[&str], phone: &str) -> Vec<Vec<FakeCell>> {
    names.iter().enumerate().map(|(number, name)| person(&format!("k{number}"), name, phone)).collect()
}

/// A run that changes four records and creates a fifth.
pub(super) async fn changed(bench: &Bench) -> RunRow {
    bench.table.set(people(&["Ana", "Ada", "Abe", "Al"], "1"));
    bench.run().await;
    bench.table.set(people(&["Bo"; 5], "2"));
    let run = bench.run().await;
    assert_eq!((run.counts.changed, run.counts.added, run.counts.delivered), (4, 1, 5));
    run
}

/// What stood there before that run.
pub(super) fn before() -> BTreeMap<String, Value> {
    let names = ["Ana", "Ada", "Abe", "Al"].into_iter().enumerate();
    names.map(|(number, name)| as_record(&format!("k{number}"), name, "1")).collect()
}

pub(super) fn as_record(id: &str, name: &str, phone: &str) -> (String, Value) {
    (id.to_owned(), json!({ "id": id, "name": name, "phone": phone }))
}

pub(super) fn records(bench: &Bench) -> BTreeMap<String, Value> {
    bench.crm.kept().into_iter().map(|(key, text)| (key, serde_json::from_str(&text).unwrap())).collect()
}

pub(super) async fn undone(bench: &Bench, run: i64) -> RunRow {
    let undo = bench.engine.undo(run, Vec::new(), true).await.unwrap();
    bench.ended(undo).await
}

/// What an undo says of each record, in the order sent.
pub(super) async fn looked(bench: &Bench, run: &RunRow) -> Vec<(String, Will, Option<String>)> {
    let look = bench.engine.look_at_undo(run.id, &[], None, 100).await.unwrap();
    look.records.into_iter().map(|record| (record.key, record.will, record.reason)).collect()
}

/// The records that an undo left alone, with the reasons its log keeps.
fn left_alone(bench: &Bench, undo: &RunRow) -> Vec<(String, String)> {
    let rows = bench.engine.store().read(|sqlite| runs::invalid_rows(sqlite, undo.id)).unwrap();
    rows.into_iter().map(|row| (row.key.unwrap_or_default(), row.problem.message)).collect()
}

fn alone(key: &str, reason: &str) -> (String, String) {
    (key.to_owned(), reason.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_field_that_can_not_be_read_any_more_is_not_overwritten() {
    let bench = bench().await;
    let run = changed(&bench).await;
    bench.crm.hide("phone");
    let hidden = "“phone” can not be read there now.";
    let look = looked(&bench, &run).await;
    assert_eq!(look[0], ("k0".to_owned(), Will::PutBack, Some(hidden.to_owned())));
    assert_eq!(look[4], ("k4".to_owned(), Will::LeaveAlone, Some(hidden.to_owned())));
    let sent = bench.crm.requests().len();
    let undo = undone(&bench, run.id).await;
    assert_eq!((undo.state, undo.counts.changed, undo.counts.invalid), (RunState::Completed, 4, 1));
    assert_eq!(left_alone(&bench, &undo), [alone("k4", hidden)]);
    assert!(bench.arrived_after(sent).iter().all(|record| !record.payload.contains("phone")));
    let mut wanted = before();
    for record in wanted.values_mut() {
        record["phone"] = "2".into();
    }
    wanted.extend([as_record("k4", "Bo", "2")]);
    assert_eq!(records(&bench), wanted);
}

#[tokio::test(start_paused = true)]
async fn a_field_that_was_emptied_and_can_not_be_read_any_more_is_not_filled_again() {
    let bench = bench().await;
    bench.table.set(people(&["Ana", "Ada"], "1"));
    bench.run().await;
    bench.table.edit(|rows| rows[0][2] = FakeCell::Null);
    let run = bench.run().await;
    assert_eq!(records(&bench)["k0"]["phone"], Value::Null);
    // Somebody fills it, and nobody can see that.
    bench.crm.somebody_sets("k0", "phone", "9");
    bench.crm.hide("phone");
    let undo = undone(&bench, run.id).await;
    assert_eq!((undo.counts.to_send, undo.counts.invalid), (0, 1));
    assert_eq!(left_alone(&bench, &undo), [alone("k0", "“phone” can not be read there now.")]);
    assert_eq!(records(&bench)["k0"]["phone"], "9");
}

#[tokio::test(start_paused = true)]
async fn a_field_that_is_gone_from_the_object_holds_nothing_up() {
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(&["Ana", "Ada", "Abe"], "1"));
    bench.run().await;
    // Two are changed, and the third is deleted.
    bench.table.set(people(&["Bo", "Bo"], "2"));
    let run = bench.run().await;
    bench.crm.somebody_removes_field("phone");
    let undo = undone(&bench, run.id).await;
    assert_eq!(undo.state, RunState::Completed, "{undo:?}");
    assert_eq!((undo.counts.changed, undo.counts.added, undo.counts.rejected), (2, 1, 0));
    let named = |id: &str, name: &str| (id.to_owned(), json!({ "id": id, "name": name }));
    assert_eq!(records(&bench), BTreeMap::from([named("k0", "Ana"), named("k1", "Ada"), named("k2", "Abe")]));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_deleted_there_stays_deleted() {
    let bench = bench().await;
    let run = changed(&bench).await;
    bench.crm.somebody_deletes("k1");
    bench.crm.somebody_deletes("k4");
    let undo = undone(&bench, run.id).await;
    let gone = "The record is not in the destination any more.";
    assert_eq!(left_alone(&bench, &undo), [alone("k1", gone)]);
    assert_eq!((undo.counts.changed, undo.counts.unchanged, undo.counts.delivered), (3, 1, 3));
    let mut wanted = before();
    wanted.remove("k1");
    assert_eq!(records(&bench), wanted);
}

#[tokio::test(start_paused = true)]
async fn what_happens_there_between_the_look_and_the_request_costs_only_that_record() {
    for doubled in [false, true] {
        let bench = bench().await;
        let run = changed(&bench).await;
        bench.crm.hold();
        let undo = bench.engine.undo(run.id, Vec::new(), true).await.unwrap();
        bench.crm.until_requests(bench.crm.requests().len() + 1).await;
        let mut wanted = before();
        if doubled {
            bench.crm.somebody_doubles("k1");
            wanted.extend([as_record("k1", "Bo", "2")]);
        } else {
            bench.crm.somebody_deletes("k1");
            wanted.remove("k1");
        }
        bench.crm.release();
        let ended = bench.ended(undo).await;
        assert_eq!(ended.state, RunState::CompletedWithRejections);
        assert_eq!((ended.counts.delivered, ended.counts.rejected), (4, 1));
        assert_eq!(records(&bench), wanted);
    }
}

#[tokio::test(start_paused = true)]
async fn two_records_that_were_merged_get_the_values_of_the_one_that_stayed() {
    for (gone, stayed, name) in [("k1", "k0", "Ana"), ("k0", "k1", "Ada")] {
        let bench = bench().await;
        let run = changed(&bench).await;
        bench.crm.somebody_merges(gone, stayed);
        let undo = undone(&bench, run.id).await;
        let merged = "It is one record with another of this run now, and that one is undone.";
        assert_eq!(left_alone(&bench, &undo), [alone(gone, merged)]);
        assert_eq!((undo.state, undo.counts.delivered), (RunState::Completed, 4));
        let mut wanted = before();
        wanted.remove(gone);
        assert_eq!(records(&bench), wanted, "{stayed} is {name} again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_created_record_that_is_part_of_another_now_does_not_take_that_one_with_it() {
    let bench = bench().await;
    let run = changed(&bench).await;
    // A record of their own, which looks just like the one the run made.
    bench.table.edit(|rows| rows.push(person("own", "Bo", "2")));
    bench.run().await;
    bench.crm.somebody_merges("k4", "own");
    let undo = undone(&bench, run.id).await;
    assert_eq!(left_alone(&bench, &undo), [alone("k4", "What is found by its “id” is another record now.")]);
    let mut wanted = before();
    wanted.extend([as_record("own", "Bo", "2")]);
    assert_eq!(records(&bench), wanted);
}

const ANOTHER: &str = "It is another record than the run created.";

/// A CRM that tells ids, and no times: nothing else says which record the run created.
async fn bench_with_ids() -> Bench {
    let bench = bench().await;
    bench.crm.tell_ids();
    bench.crm.tell_no_times();
    bench
}

/// Somebody deletes a record there, and makes another one just like it.
fn made_again(bench: &Bench, key: &str) {
    let record = records(bench)[key].clone();
    bench.crm.somebody_deletes(key);
    for (field, value) in record.as_object().unwrap() {
        bench.crm.somebody_sets(key, field, value.as_str().unwrap());
    }
    assert_eq!(records(bench)[key], record);
}

#[tokio::test(start_paused = true)]
async fn a_created_record_that_somebody_made_again_just_alike_is_left_alone() {
    for (by_job, again) in [(false, false), (false, true), (true, false), (true, true)] {
        let bench = bench_with_ids().await;
        if by_job {
            bench.crm.finish_jobs();
            bench.crm.reply(|_, _| Reply::Job);
        }
        let run = changed(&bench).await;
        let mut wanted = before();
        let mut left = Vec::new();
        if again {
            made_again(&bench, "k4");
            wanted.extend([as_record("k4", "Bo", "2")]);
            left.push(alone("k4", ANOTHER));
        }
        let undo = undone(&bench, run.id).await;
        assert_eq!(undo.state, RunState::Completed, "by job: {by_job}, made again: {again}");
        assert_eq!((left_alone(&bench, &undo), records(&bench)), (left, wanted));
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_made_again_after_the_look_is_left_alone_too() {
    let bench = bench_with_ids().await;
    let run = changed(&bench).await;
    bench.crm.hold();
    let undo = bench.engine.undo(run.id, Vec::new(), true).await.unwrap();
    // The last of its three requests is to delete the record.
    bench.crm.until_requests(bench.crm.requests().len() + 1).await;
    made_again(&bench, "k4");
    bench.crm.release();
    let ended = bench.ended(undo).await;
    assert_eq!(ended.state, RunState::CompletedWithRejections);
    assert_eq!((ended.counts.delivered, ended.counts.rejected), (4, 1));
    assert_eq!(bench.reasons(&ended), ["Another record is in its place now than when this was looked at."]);
    let mut wanted = before();
    wanted.extend([as_record("k4", "Bo", "2")]);
    assert_eq!(records(&bench), wanted);
}

#[tokio::test(start_paused = true)]
async fn each_request_of_a_batch_keeps_the_ids_of_what_it_created() {
    let bench = bench_with_ids().await;
    // Two are staged together, and each goes by itself.
    bench.crm.together(|_, _| 1);
    bench.table.set(people(&["Ana", "Ada", "Abe", "Al"], "1"));
    let run = bench.run().await;
    assert_eq!(bench.crm.requests().len(), 4);
    made_again(&bench, "k0");
    made_again(&bench, "k3");
    let undo = undone(&bench, run.id).await;
    assert_eq!(left_alone(&bench, &undo), [alone("k0", ANOTHER), alone("k3", ANOTHER)]);
    assert_eq!((undo.counts.removed, undo.counts.delivered), (2, 2));
    assert_eq!(records(&bench), BTreeMap::from([as_record("k0", "Ana", "1"), as_record("k3", "Al", "1")]));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_several_records_have_costs_only_those() {
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(&["Ana", "Ada", "Abe", "Al"], "1"));
    bench.run().await;
    // One is changed, one created, and two are deleted.
    bench.table.set(vec![person("k0", "Bo", "2"), person("k1", "Bo", "2"), person("k4", "Bo", "2")]);
    let run = bench.run().await;
    for key in ["k1", "k3", "k4"] {
        bench.crm.somebody_doubles(key);
    }
    let undo = undone(&bench, run.id).await;
    let several = "Several records have its key now, and nobody can say which is meant.";
    let mut left = left_alone(&bench, &undo);
    left.sort();
    assert_eq!(left, [alone("k1", several), alone("k3", several), alone("k4", several)]);
    assert_eq!((undo.state, undo.counts.delivered), (RunState::Completed, 2));
    let stays = [as_record("k1", "Bo", "2"), as_record("k4", "Bo", "2")];
    let back = [as_record("k0", "Ana", "1"), as_record("k2", "Abe", "1")];
    assert_eq!(records(&bench), stays.into_iter().chain(back).collect::<BTreeMap<_, _>>());
}

#[tokio::test(start_paused = true)]
async fn a_destination_whose_clock_is_hours_off_is_judged_by_its_own_times() {
    for hours in [-30, -5, 5, 30] {
        let bench = bench().await;
        let now = DateTime::from_timestamp_millis(1_750_000_000_000).unwrap();
        bench.crm.shows(now + TimeDelta::hours(hours));
        bench.table.set(people(&["Ana"], "1"));
        bench.run().await;
        bench.table.set(people(&["Bo", "Bo", "Bo"], "2"));
        let run = bench.run().await;
        // Somebody works with a record that the run made.
        bench.crm.somebody_sets("k2", "note", "called");
        let undo = undone(&bench, run.id).await;
        assert_eq!((undo.counts.changed, undo.counts.removed, undo.counts.invalid), (1, 1, 1), "{hours}");
        let noted = json!({ "id": "k2", "name": "Bo", "phone": "2", "note": "called" });
        let wanted = BTreeMap::from([as_record("k0", "Ana", "1"), ("k2".to_owned(), noted)]);
        assert_eq!(records(&bench), wanted, "{hours}");
    }
}
