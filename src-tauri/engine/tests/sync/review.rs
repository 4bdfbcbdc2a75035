//! Every record of a held run is compared before anything is sent; what was looked at is what is sent.

use std::collections::BTreeMap;

use sluice_engine::engine::Start;
use sluice_engine::fits::Misfit;
use sluice_engine::run::review::Filter;
use sluice_engine::store::outbox::looked::Group;
use sluice_engine::store::runs::{self, RunRow, RunState};
use sluice_engine::sync::{Identifier, Removal, Shape};
use sluice_engine::testing::{Arrived, FakeDestination, FakeWarehouse, Reply};
use sluice_engine::{Error, ErrorKind};

use crate::bench::{Bench, PLAIN, people, row};

const REVIEW: Start = Start { review: true, ..PLAIN };

/// A CRM that can be read, ten records a request.
async fn bench() -> Bench {
    let bench = Bench::with(FakeWarehouse::new(&["id", "name"]), FakeDestination::new(10)).await;
    bench.crm.merge(&["id", "name", "phone"]);
    bench
}

/// A held run with every record compared.
async fn reviewed(bench: &Bench) -> RunRow {
    let held = bench.run_with(REVIEW).await;
    assert_eq!((held.state, held.counts.sent), (RunState::Held, 0));
    bench.engine.review_all(held.id).await.unwrap();
    held
}

fn keys(bench: &Bench, run: &RunRow, filter: &Filter) -> Vec<String> {
    let (records, next) = bench.engine.reviewed(run.id, filter, None, 1_000).unwrap();
    assert!(next.is_none());
    records.into_iter().map(|record| record.key).collect()
}

#[tokio::test(start_paused = true)]
async fn every_record_is_compared_with_what_stands_there() {
    let bench = bench().await;
    bench.crm.somebody_sets("k3", "name", "Bo");
    bench.crm.somebody_sets("k4", "name", " Ana ");
    bench.table.set(people(25, "Ana"));
    let held = reviewed(&bench).await;
    let review = bench.engine.review(held.id).await.unwrap();
    assert!(review.live && !review.going && review.problem.is_none());
    let groups = BTreeMap::from([(Group::Create, 23), (Group::Update, 1), (Group::Same, 1)]);
    assert_eq!((review.report.compared, &review.report.groups), (25, &groups));
    let [name] = review.report.fields.as_slice() else { panic!("{:?}", review.report.fields) };
    assert_eq!((name.path.as_str(), name.records, name.changed), ("name", 25, 24));
    assert_eq!((name.filled_before, name.filled_after, name.blanked), (2, 25, 0));
    assert_eq!(name.top(1), [("\"Ana\"", (0, 25))]);
    let update = Filter { group: Some(Group::Update), ..Filter::default() };
    assert_eq!(keys(&bench, &held, &update), ["k3"]);
    let found = Filter { search: Some(" BO".into()), ..Filter::default() };
    assert_eq!(keys(&bench, &held, &found), ["k3"], "by what stands there");
    let changed = Filter { field: Some("name".into()), ..Filter::default() };
    assert_eq!(keys(&bench, &held, &changed).len(), 24);
    let (first, next) = bench.engine.reviewed(held.id, &Filter::default(), None, 15).unwrap();
    let (rest, end) = bench.engine.reviewed(held.id, &Filter::default(), next, 15).unwrap();
    assert_eq!((first.len(), rest.len(), end), (15, 10, None));
    assert_eq!((first[0].key.as_str(), rest[0].key.as_str()), ("k0", "k15"));
    assert!(bench.crm.requests().is_empty(), "nothing was sent");
}

#[tokio::test(start_paused = true)]
async fn only_what_the_record_has_is_told_of_what_stands_there() {
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(vec![row("a", "Ana"), row("b", "Bo"), row("c", "Cy")]);
    bench.run().await;
    bench.crm.somebody_sets("a", "phone", "1");
    bench.table.set(vec![row("a", "Abe"), row("c", "Cy")]);
    let held = reviewed(&bench).await;
    let (records, _) = bench.engine.reviewed(held.id, &Filter::default(), None, 10).unwrap();
    let stands = |key: &str| {
        let record = records.iter().find(|record| record.key == key).unwrap();
        record.looked.as_ref().unwrap().stands.clone().unwrap()
    };
    assert_eq!(stands("a"), r#"{"name":"Ana","id":"a"}"#, "the phone stays as it is");
    assert!(stands("b").contains("phone"), "what is deleted goes whole");
    assert_eq!(stands("b").matches("\"id\"").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_approved_is_sent_but_for_what_somebody_changed_since() {
    let bench = bench().await;
    for key in ["k1", "k2"] {
        bench.crm.somebody_sets(key, "name", "Bo");
    }
    bench.table.set(people(25, "Ana"));
    let held = reviewed(&bench).await;
    bench.table.set(people(25, "Cy"));
    bench.crm.somebody_sets("k1", "name", "Dora");
    bench.crm.somebody_sets("k2", "phone", "1");
    bench.crm.somebody_sets("k20", "name", "New");
    bench.engine.approve(held.id).await.unwrap();
    let run = bench.ended(held.id).await;
    assert_eq!(run.state, RunState::CompletedWithRejections);
    assert_eq!((run.counts.delivered, run.counts.rejected), (23, 2));
    let kept = bench.crm.kept();
    assert!(kept["k1"].contains("Dora") && kept["k20"].contains("New"), "they are not written over");
    assert!(kept["k2"].contains("Ana"), "another field than was sent has changed");
    assert!(kept.values().all(|record| !record.contains("Cy")), "what was looked at is sent");
    let told: Vec<String> = bench.reasons(&run);
    assert_eq!(told.len(), 2);
    assert!(told[0].ends_with("after this was looked at: name."), "{told:?}");
    assert_eq!(told[1], "It is in the destination now, and was not when this was looked at.");
    bench.table.set(people(25, "Eve"));
    for (run, delivered) in [(1, 23), (2, 0)] {
        let next = bench.run().await;
        assert_eq!((next.counts.delivered, next.counts.rejected), (delivered, 2), "later run {run}");
        assert!(
            bench.reasons(&next)[0].ends_with("and nobody has looked since."),
            "{:?}",
            bench.reasons(&next)
        );
        assert!(bench.crm.kept()["k1"].contains("Dora"), "nobody has decided that it may be written over");
    }
    let held = reviewed(&bench).await;
    assert_eq!(held.counts.to_send, 2);
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.ended(held.id).await.counts.delivered, 2);
    assert!(bench.crm.kept()["k1"].contains("Eve"), "now somebody has");
    assert_eq!(bench.run().await.counts.to_send, 0);
}

/// What was approved waits, somebody changes it in the destination meanwhile, and a new run takes it over.
#[tokio::test(start_paused = true)]
async fn what_was_approved_and_waits_is_not_written_over_by_the_run_that_takes_it_over() {
    let bench = bench().await;
    bench.table.set(people(5, "Ana"));
    bench.run().await;
    bench.table.set(people(5, "Bo"));
    let held = reviewed(&bench).await;
    bench.crm.reply(|_, _| Reply::Stop);
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.ended(held.id).await.state, RunState::Failed);
    bench.crm.somebody_sets("k1", "name", "Dora");
    bench.crm.somebody_deletes("k2");
    bench.crm.reply(|_, _| Reply::EachRecord);
    let next = bench.run().await;
    assert_eq!((next.counts.delivered, next.counts.rejected), (3, 2), "{:?}", bench.reasons(&next));
    let kept = bench.crm.kept();
    assert!(kept["k1"].contains("Dora") && !kept.contains_key("k2") && kept["k3"].contains("Bo"), "{kept:?}");
}

/// An approved removal arrived although its answer was lost, and the run ended before it could know.
#[tokio::test(start_paused = true)]
async fn what_sluice_itself_removed_is_nobody_elses_change() {
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(10, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| drop(rows.pop()));
    let held = reviewed(&bench).await;
    let before = bench.crm.requests().len();
    bench.crm.reply(move |number, _| if number == before + 1 { Reply::LostAfter } else { Reply::Stop });
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.ended(held.id).await.state, RunState::Failed);
    assert_eq!(bench.crm.kept().len(), 9, "it arrived");
    bench.crm.reply(|_, _| Reply::EachRecord);
    let next = bench.run().await;
    assert_eq!((next.counts.rejected, next.counts.waiting()), (0, 0), "{:?}", bench.reasons(&next));
}

/// An answer is lost. Whether the request arrived or not, only what somebody else changed meanwhile is left alone.
#[tokio::test(start_paused = true)]
async fn what_goes_out_again_is_looked_at_again() {
    for arrives in [false, true] {
        let bench = bench().await;
        bench.table.set(people(5, "Ana"));
        bench.run().await;
        bench.table.set(people(5, "Bo"));
        let held = reviewed(&bench).await;
        let before = bench.crm.requests().len();
        let lost = move |number: usize, _: &[Arrived]| match (number == before + 1, arrives) {
            (true, true) => Reply::LostAfter,
            (true, false) => Reply::LostBefore,
            (false, _) => Reply::EachRecord,
        };
        bench.crm.reply(lost);
        bench.crm.hold();
        bench.engine.approve(held.id).await.unwrap();
        bench.crm.until_requests(before + 1).await;
        if !arrives {
            bench.crm.somebody_sets("k1", "name", "Dora");
        }
        bench.crm.release();
        let run = bench.ended(held.id).await;
        let expected = if arrives { (5, 0) } else { (4, 1) };
        assert_eq!((run.counts.delivered, run.counts.rejected), expected, "{:?}", bench.reasons(&run));
        assert_eq!(bench.crm.kept()["k1"].contains("Dora"), !arrives);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_left_alone_is_sent_where_somebody_retries_it() {
    let bench = bench().await;
    bench.table.set(people(3, "Ana"));
    let held = reviewed(&bench).await;
    bench.crm.somebody_sets("k1", "name", "Dora");
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.ended(held.id).await.counts.rejected, 1);
    let retry = bench.engine.retry(held.id, Vec::new()).await.unwrap();
    assert_eq!(bench.ended(retry).await.counts.delivered, 1);
    assert!(bench.crm.kept()["k1"].contains("Ana"));
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_destination_has_no_field_for_would_fail() {
    let bench = bench().await;
    bench.crm.merge(&["id", "phone"]);
    bench.table.set(people(3, "Ana"));
    let held = reviewed(&bench).await;
    let report = bench.engine.review(held.id).await.unwrap().report;
    assert_eq!(report.groups, BTreeMap::from([(Group::Fail, 3)]));
    let [name] = report.fields.as_slice() else { panic!("{:?}", report.fields) };
    assert_eq!(name.misfits[&Misfit::NoField].records, 3);
    assert_eq!((name.changed, name.filled_after), (0, 0), "nothing becomes of it");
}

#[tokio::test(start_paused = true)]
async fn the_last_run_is_what_a_review_is_measured_by_also_where_nobody_reviewed_it() {
    let bench = bench().await;
    bench.table.set(people(25, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| rows.iter_mut().take(5).for_each(|row| row[1] = "Bo".into()));
    assert_eq!(bench.run().await.counts.delivered, 5);
    bench.table.edit(|rows| rows[7][1] = "Cy".into());
    let held = reviewed(&bench).await;
    let last = bench.engine.review(held.id).await.unwrap().last.unwrap();
    let [name] = last.fields.as_slice() else { panic!("{:?}", last.fields) };
    assert_eq!((last.compared, name.changed, name.filled_before), (5, 5, 5));
    assert_eq!(name.top(1), [("\"Bo\"", (0, 5))]);
}

#[tokio::test(start_paused = true)]
async fn the_time_a_run_is_held_counts_as_no_work() {
    let bench = bench().await;
    bench.table.set(people(25, "Ana"));
    let held = reviewed(&bench).await;
    bench.clock.advance(chrono::Duration::hours(1));
    bench.engine.approve(held.id).await.unwrap();
    let run = bench.ended(held.id).await;
    assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 25));
    assert_eq!(run.held_for, 3_600_000);
    let store = bench.engine.store();
    let next = store.read(|sqlite| runs::expected(sqlite, run.sync, &run.counts)).unwrap().unwrap();
    assert!(next < std::time::Duration::from_secs(60), "{next:?}");
}

#[tokio::test(start_paused = true)]
async fn what_the_warehouse_says_since_is_told() {
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(25, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| rows.iter_mut().take(5).for_each(|row| row[1] = "Bo".into()));
    let held = reviewed(&bench).await;
    let since = bench.engine.since(held.id, false).await.unwrap();
    assert!(since.looked);
    assert_eq!((since.added, since.changed, since.gone), (0, 0, 0));
    bench.table.edit(|rows| {
        rows[0][1] = "Ana".into();
        rows[1][1] = "Cy".into();
        rows.pop();
        rows.push(row("new", "Ana"));
    });
    let since = bench.engine.since(held.id, false).await.unwrap();
    assert_eq!((since.added, since.changed, since.gone), (2, 1, 1), "one new, and one to be deleted");
    assert_eq!(since.keys, ["k0", "k1", "k24", "new"]);
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.ended(held.id).await.counts.delivered, 5);
}

#[tokio::test(start_paused = true)]
async fn a_run_of_a_plan_is_held_where_it_finds_anything_else() {
    let bench = bench().await;
    bench.table.set(people(25, "Ana"));
    let plan = bench.engine.plan(&bench.saved(), 5).await.unwrap();
    let planned = Start { approve: true, planned: plan.stamp, ..PLAIN };
    bench.table.edit(|rows| rows[7][1] = "Bo".into());
    let held = bench.run_with(planned).await;
    assert_eq!((held.state, held.counts.sent), (RunState::Held, 0));
    assert!(held.problem.unwrap().message.contains("have changed since you looked"));
    bench.table.edit(|rows| {
        rows.pop();
    });
    let held = bench.run_with(planned).await;
    assert!(held.problem.unwrap().message.contains("25 records then, and 24 now"));
    bench.table.set(people(25, "Ana").into_iter().rev().collect());
    let run = bench.run_with(planned).await;
    assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 25), "the order is no change");
    let idle = bench.run_with(REVIEW).await;
    assert_eq!(idle.state, RunState::Completed, "nothing is held where nothing would be sent");
}

#[tokio::test(start_paused = true)]
async fn events_are_compared_with_what_was_last_delivered() {
    let bench = bench().await;
    bench.save(|sync| sync.shape = Shape::Identify).await;
    bench.save(|sync| drop(sync.identifiers.insert(Identifier::UserId, "id".into()))).await;
    bench.table.set(people(25, "Ana"));
    bench.run().await;
    bench.table.edit(|rows| {
        rows[12][1] = "Bo".into();
        rows.push(row("new", "Cy"));
    });
    let held = reviewed(&bench).await;
    let review = bench.engine.review(held.id).await.unwrap();
    assert!(!review.live);
    assert_eq!(review.requests, 0);
    assert_eq!(review.report.groups, BTreeMap::from([(Group::Create, 1), (Group::Update, 1)]));
    let (records, _) = bench.engine.reviewed(held.id, &Filter::default(), None, 10).unwrap();
    let before = String::from_utf8(records[0].before.clone().unwrap()).unwrap();
    assert!(before.contains("Ana") && records[1].before.is_none());
    let field = review.report.fields.iter().find(|field| field.path.ends_with("name")).unwrap();
    assert_eq!((field.records, field.changed, field.filled_before), (2, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn comparing_that_was_cut_off_goes_on_where_it_was() {
    let mut bench = bench().await;
    bench.table.set(people(95, "Ana"));
    let held = bench.run_with(REVIEW).await;
    bench.crm.readable(Err(Error::new(ErrorKind::NotAllowed, "The login may not read contacts.")));
    let error = bench.engine.review_all(held.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert_eq!(bench.engine.review(held.id).await.unwrap_err().kind(), ErrorKind::NotAllowed);
    bench.crm.readable(Ok(()));
    bench.engine.review_all(held.id).await.unwrap();
    bench.reopen();
    let review = bench.engine.review(held.id).await.unwrap();
    assert_eq!((review.report.compared, review.requests), (95, 0));
    bench.engine.review_all(held.id).await.unwrap();
    assert_eq!(bench.engine.review(held.id).await.unwrap().report.compared, 95, "nothing counts twice");
    bench.engine.drop_held(held.id).await.unwrap();
    assert_eq!(bench.count("select count(*) from looked where batch > ?1", 0), 0);
    let error = bench.engine.review_all(held.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn an_undo_leaves_alone_what_somebody_changes_while_it_is_under_way() {
    let bench = bench().await;
    bench.table.set(people(20, "Ana"));
    bench.run().await;
    bench.table.set(people(20, "Bo"));
    let run = bench.run().await;
    let before = bench.crm.requests().len();
    bench.crm.hold();
    let undo = bench.engine.undo(run.id, Vec::new(), true).await.unwrap();
    bench.crm.until_requests(before + 1).await;
    // The first ten are on their way; the others were looked at, and wait.
    bench.crm.somebody_sets("k15", "name", "Dora");
    bench.crm.somebody_deletes("k16");
    bench.crm.release();
    let undo = bench.ended(undo).await;
    assert_eq!((undo.counts.delivered, undo.counts.rejected, undo.counts.to_send), (18, 2, 20));
    let kept = bench.crm.kept();
    assert!(kept["k15"].contains("Dora") && !kept.contains_key("k16") && kept["k17"].contains("Ana"));
    bench.crm.reply(|_, _| Reply::EachRecord);
    let next = bench.run().await;
    assert_eq!(
        (next.counts.changed, next.counts.unchanged),
        (18, 2),
        "what was left alone is as the run left it"
    );
}
