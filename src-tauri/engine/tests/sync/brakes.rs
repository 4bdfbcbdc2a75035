//! A run that would do more harm than usual is held, and does what it showed once it is approved.

use sluice_engine::ErrorKind;
use sluice_engine::engine::Start;
use sluice_engine::run::Discard;
use sluice_engine::store::runs::{RunRow, RunState, Trigger};
use sluice_engine::sync::{Brakes, Mode, Removal};
use sluice_engine::testing::{FakeCell, FakeDestination, FakeWarehouse, Reply};

use crate::bench::{Bench, NO_BRAKES, PLAIN, SYNC, payload, people, row};

const APPROVE: Start = Start { approve: true, ..PLAIN };

/// A bench that has delivered so many people.
async fn delivered(count: usize) -> Bench {
    let bench = Bench::new().await;
    bench.table.set(people(count, "Ana"));
    bench.run().await;
    bench
}

fn told(run: &RunRow) -> &str {
    run.problem.as_ref().map_or("", |problem| &problem.message)
}

/// Sets the name of the first `count` people to null.
fn blank(bench: &Bench, count: usize) {
    bench.table.edit(|rows| rows.iter_mut().take(count).for_each(|row| row[1] = FakeCell::Null));
}

#[tokio::test(start_paused = true)]
async fn an_empty_source_is_held_in_every_mode_with_a_history() {
    for mode in [Mode::Upsert, Mode::Update, Mode::Create, Mode::Mirror, Mode::Append, Mode::Full] {
        let bench = Bench::new().await;
        bench.save(|sync| sync.mode = mode).await;
        bench.table.set(vec![]);
        assert_eq!(bench.run().await.state, RunState::Completed, "nothing was there before");
        bench.table.set(people(3, "Ana"));
        bench.run().await;
        bench.table.set(vec![]);
        assert_eq!(bench.run().await.state, RunState::Held, "{mode:?}");
        assert_eq!(bench.run_with(APPROVE).await.state, RunState::Completed, "{mode:?}");
        // What was approved once is no news.
        assert_eq!(bench.run().await.state, RunState::Completed, "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_shrank_by_more_than_half_is_held() {
    for (left, state) in [(50, RunState::Completed), (49, RunState::Held)] {
        let bench = delivered(100).await;
        bench.table.set(people(left, "Ana"));
        let run = bench.run().await;
        assert_eq!(run.state, state, "{left}: {}", told(&run));
    }
    let bench = delivered(100).await;
    bench.table.set(people(49, "Ana"));
    assert!(told(&bench.run().await).contains("49 usable rows; the last run had 100"));
}

#[tokio::test(start_paused = true)]
async fn another_query_is_not_taken_for_a_source_that_shrank() {
    let bench = delivered(100).await;
    bench
        .save(|sync| sync.query = sluice_engine::sync::Query::Sql("select * from people limit 20".into()))
        .await;
    bench.table.set(people(20, "Ana"));
    assert_eq!(bench.run().await.state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_field_that_would_be_emptied_in_many_records_is_held() {
    for (blanked, state) in [(30, RunState::Completed), (31, RunState::Held)] {
        let bench = delivered(100).await;
        blank(&bench, blanked);
        let run = bench.run().await;
        assert_eq!(run.state, state, "{blanked}: {}", told(&run));
    }
    let bench = delivered(100).await;
    blank(&bench, 31);
    assert!(told(&bench.run().await).contains("“name” would be emptied in about 31 of 100 records"));
    bench.run_with(APPROVE).await;
    assert_eq!(bench.run().await.state, RunState::Completed, "what was approved is no news");
}

#[tokio::test(start_paused = true)]
async fn nulls_of_new_rows_and_nulls_that_were_there_empty_nothing() {
    let bench = Bench::new().await;
    bench.table.set(people(100, "Ana"));
    blank(&bench, 60);
    bench.run().await;
    bench.table.edit(|rows| {
        rows.extend(
            (0..90).map(|number| vec![FakeCell::from(format!("n{number}").as_str()), FakeCell::Null]),
        );
        rows[99][1] = "Bea".into();
    });
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.added, run.counts.changed), (RunState::Completed, 90, 1));
}

#[tokio::test(start_paused = true)]
async fn a_null_that_was_delivered_before_empties_nothing_when_another_field_changes() {
    let bench = Bench::with(FakeWarehouse::new(&["id", "name", "city"]), FakeDestination::new(100)).await;
    let rows = |city: &str, nulls: usize| {
        let name = |n: usize| if n < nulls { FakeCell::Null } else { "Ana".into() };
        (0..400).map(|n| vec![format!("k{n}").as_str().into(), name(n), city.into()]).collect()
    };
    bench.table.set(rows("Rome", 350));
    bench.run().await;
    bench.table.set(rows("Oslo", 350));
    assert_eq!(bench.run().await.state, RunState::Completed);
    bench.table.set(rows("Rome", 400));
    assert_eq!(bench.run().await.state, RunState::Completed, "50 of 400 are not many");
    bench.table.set(rows("Oslo", 0));
    bench.run().await;
    bench.table.set(rows("Rome", 200));
    assert!(told(&bench.run().await).contains("in about 200 of 400"));
}

#[tokio::test(start_paused = true)]
async fn a_null_from_the_first_run_empties_nothing_after_an_undo_of_an_undo() {
    let bench = Bench::with(FakeWarehouse::new(&["id", "name", "city"]), FakeDestination::new(100)).await;
    bench.crm.merge(&["id", "name", "city"]);
    // The first half was there before, and gets values back; the other half is deleted and created again.
    for number in 0..50 {
        bench.crm.somebody_sets(&format!("k{number}"), "city", "Bari");
    }
    let name = |n: usize| if n.is_multiple_of(2) { FakeCell::Null } else { "Ana".into() };
    let rows = (0..100).map(|n| vec![format!("k{n}").as_str().into(), name(n), "Rome".into()]);
    bench.table.set(rows.collect());
    let mut last = bench.run().await.id;
    for _ in 0..2 {
        let undo = bench.engine.undo(last, Vec::new(), true).await.unwrap();
        let undo = bench.ended(undo).await;
        assert_eq!((undo.state, undo.counts.delivered), (RunState::Completed, 100), "{}", told(&undo));
        last = undo.id;
    }
    let again = bench.run().await;
    assert_eq!(again.state, RunState::Completed, "{}", told(&again));
    assert!(again.counts.changed >= 50, "what an undo puts back is not all of a record: {again:?}");
    // What had a value still counts as one.
    bench.table.edit(|rows| rows.iter_mut().for_each(|row| row[1] = FakeCell::Null));
    assert!(told(&bench.run().await).contains("“name” would be emptied in about 50 of 100"));
}

#[tokio::test(start_paused = true)]
async fn a_null_that_is_left_out_empties_nothing_until_it_is_sent() {
    use sluice_engine::sync::{Field, NullRule};
    let field = |name: &str, null| Field { null, ..Field::column(name, name) };
    let bench = Bench::new().await;
    let fields = move |null| Some(vec![field("id", NullRule::Send), field("name", null)]);
    bench.save(|sync| sync.fields = fields(NullRule::LeaveOut)).await;
    bench.table.set(people(100, "Ana"));
    bench.run().await;
    blank(&bench, 60);
    assert_eq!(bench.run().await.state, RunState::Completed);
    bench.save(|sync| sync.fields = fields(NullRule::Clear)).await;
    assert_eq!(bench.run().await.state, RunState::Held);
}

#[tokio::test(start_paused = true)]
async fn a_first_run_is_held_where_the_sync_says_so() {
    let bench = Bench::new().await;
    bench.save(|sync| sync.brakes.first_run = true).await;
    bench.table.set(people(5, "Ana"));
    let held = bench.run().await;
    assert_eq!((held.state, bench.crm.requests().len()), (RunState::Held, 0));
    assert_eq!(bench.run_with(APPROVE).await.counts.delivered, 5);
    bench.table.set(people(6, "Ana"));
    assert_eq!(bench.run().await.state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_brake_that_is_off_holds_nothing() {
    let bench = delivered(2_000).await;
    bench.mirror(Removal::Delete).await;
    bench.save(|sync| sync.brakes = NO_BRAKES).await;
    blank(&bench, 2_000);
    assert_eq!(bench.run().await.state, RunState::Completed);
    bench.table.set(people(20, "Ana"));
    assert_eq!(bench.run().await.counts.removed, 1_980);
    bench.table.set(vec![]);
    assert_eq!(bench.run().await.state, RunState::Completed);
    bench.table.set(people(200, "bad"));
    bench.crm.reject("bad");
    assert_eq!(bench.run().await.state, RunState::CompletedWithRejections);
}

#[tokio::test(start_paused = true)]
async fn what_is_approved_is_exactly_what_was_looked_at() {
    let bench = delivered(100).await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(80, "Ana"));
    bench.table.edit(|rows| rows[3][1] = "Bea".into());
    let held = bench.run().await;
    let looked = bench.engine.held(held.id, 50).await.unwrap();
    assert_eq!((looked.counts.removed, looked.counts.changed, looked.records.len()), (20, 1, 21));
    let changed = looked.records.iter().find(|record| record.key == "k3").unwrap();
    assert_eq!(changed.before.as_deref(), Some(payload("k3", "Ana").as_bytes()));
    assert_eq!(changed.after(), Some(payload("k3", "Bea").as_bytes()));
    // The table goes on meanwhile.
    bench.table.edit(|rows| rows[3][1] = "Cleo".into());
    let run = bench.run_with(APPROVE).await;
    assert_eq!((run.id, run.state, run.counts.delivered), (held.id, RunState::Completed, 21));
    assert_eq!(bench.crm.kept()["k3"], payload("k3", "Bea"));
    assert_eq!(bench.run().await.counts.changed, 1);
    assert_eq!(bench.crm.kept()["k3"], payload("k3", "Cleo"));
}

#[tokio::test(start_paused = true)]
async fn a_held_run_survives_a_restart() {
    let mut bench = delivered(100).await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(80, "Ana"));
    let held = bench.run().await;
    bench.reopen();
    assert_eq!(bench.engine.held(held.id, 5).await.unwrap().records.len(), 5);
    assert_eq!(bench.run_with(APPROVE).await.counts.delivered, 20);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_run_sends_nothing_and_the_next_one_reads_afresh() {
    let bench = delivered(100).await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(20, "Ana"));
    let held = bench.run().await;
    bench.engine.drop_held(held.id).await.unwrap();
    let dropped = bench.ended(held.id).await;
    let why = format!("{} You dropped it.", told(&held));
    assert_eq!((dropped.state, told(&dropped)), (RunState::Cancelled, why.as_str()));
    assert_eq!(
        (held.counts.waiting(), dropped.counts.waiting()),
        (80, 0),
        "what will never be sent waits for nothing"
    );
    assert_eq!(dropped.counts.removed, 80, "what was read stays told");
    assert_eq!(bench.crm.kept().len(), 100);
    assert_eq!(bench.engine.approve(held.id).await.unwrap_err().kind(), ErrorKind::Conflict);
    bench.table.set(people(100, "Ana"));
    assert_eq!((bench.run().await.counts.unchanged, bench.crm.kept().len()), (100, 100));
}

#[tokio::test(start_paused = true)]
async fn a_newer_run_takes_the_place_of_one_that_is_held() {
    let bench = delivered(100).await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(20, "Ana"));
    let held = bench.run().await;
    bench.table.set(people(99, "Ana"));
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.removed), (RunState::Completed, 1));
    assert_eq!(bench.ended(held.id).await.state, RunState::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_held_run_of_what_the_sync_was_is_dropped_when_the_sync_changes() {
    let bench = delivered(100).await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(20, "Ana"));
    let held = bench.run().await;
    bench.save(|sync| sync.brakes.shrunk = Some(90)).await;
    assert_eq!(bench.ended(held.id).await.state, RunState::Held, "brakes send nothing else");
    bench.save(|sync| sync.removed = Removal::Clear).await;
    assert_eq!(bench.ended(held.id).await.state, RunState::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_in_a_held_run_is_not_sent_when_it_is_approved() {
    let bench = delivered(100).await;
    bench.table.set(people(10, "Ana"));
    bench.table.edit(|rows| rows.extend([row("new", "1"), row("new", "2")]));
    let held = bench.run().await;
    assert_eq!((held.state, held.counts.added, held.counts.invalid), (RunState::Held, 1, 1));
    let run = bench.run_with(APPROVE).await;
    assert_eq!((run.counts.delivered, bench.crm.kept()["new"].clone()), (1, payload("new", "1")));
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_refuses_everything_is_not_asked_for_every_record() {
    let bench = Bench::new().await;
    bench.table.set(people(5_000, "Ana"));
    bench.crm.reply(|_, _| Reply::Refuse);
    let held = bench.run().await;
    assert_eq!(held.state, RunState::Held);
    assert!(held.counts.requests < 210, "{} requests", held.counts.requests);
    assert_eq!(held.counts.waiting() + held.counts.rejected, 5_000);
    assert!(told(&held).contains("refused 100 of the first 100 records"), "{}", told(&held));
    // The next run tries the others, and soon stops again: it does not work its way through the table.
    let again = bench.run().await;
    assert_eq!(again.state, RunState::Held);
    assert!(again.counts.requests < 500, "{} requests", again.counts.requests);
    bench.crm.take_all();
    let last = bench.run().await;
    assert_eq!((last.state, last.counts.delivered), (RunState::Completed, 5_000));
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_refuses_a_fifth_of_the_first_records_holds_the_rest() {
    for (every, state) in [(5, RunState::CompletedWithRejections), (4, RunState::Held)] {
        let bench = Bench::new().await;
        bench.table.set(people(1_000, "Ana"));
        bench.table.edit(|rows| rows.iter_mut().step_by(every).for_each(|row| row[1] = "bad".into()));
        bench.crm.reject("bad");
        let run = bench.run().await;
        assert_eq!(run.state, state, "every {every}th");
        if run.state == RunState::Held {
            assert_eq!((run.counts.delivered, run.counts.rejected, run.counts.waiting()), (375, 125, 500));
            let looked = bench.engine.held(run.id, 1_000).await.unwrap();
            assert_eq!(looked.records.len(), 500, "what would go out is what waits");
            let approved = bench.run_with(APPROVE).await;
            assert_eq!((approved.id, approved.state), (run.id, RunState::CompletedWithRejections));
            assert_eq!((approved.counts.delivered, approved.counts.rejected), (750, 250));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn refused_records_that_are_sent_again_leave_the_rest_held() {
    let bench = Bench::new().await;
    bench.table.set(people(1_000, "Ana"));
    bench.table.edit(|rows| rows.iter_mut().step_by(4).for_each(|row| row[1] = "bad".into()));
    bench.crm.reject("bad");
    let held = bench.run().await;
    assert_eq!((held.state, held.counts.rejected, held.counts.waiting()), (RunState::Held, 125, 500));
    bench.crm.take_all();
    let retry = bench.engine.retry(held.id, Vec::new()).await.unwrap();
    assert_eq!(bench.ended(retry).await.counts.delivered, 125);
    assert_eq!(bench.engine.run(held.id).unwrap().state, RunState::Held);
    let approved = bench.run_with(APPROVE).await;
    assert_eq!((approved.id, approved.state), (held.id, RunState::CompletedWithRejections));
    assert_eq!(bench.crm.kept().len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn records_that_were_refused_before_hold_no_others_back() {
    let bench = Bench::new().await;
    bench.save(|sync| sync.brakes.refused = None).await;
    bench.table.set(people(700, "bad"));
    bench.crm.reject("bad");
    bench.run().await;
    bench.save(|sync| sync.brakes = Brakes::default()).await;
    bench.table.edit(|rows| rows.extend((0..600).map(|number| row(&format!("n{number}"), "Ana"))));
    let run = bench.run().await;
    assert_eq!(run.state, RunState::CompletedWithRejections, "{}", told(&run));
    assert_eq!((run.counts.delivered, run.counts.rejected), (600, 700));
}

#[tokio::test(start_paused = true)]
async fn an_approval_holds_over_an_outage() {
    let bench = Bench::new().await;
    bench.table.set(people(600, "bad"));
    bench.crm.reject("bad");
    let held = bench.run().await;
    assert_eq!(held.state, RunState::Held);
    bench.crm.reply(|_, _| Reply::Again(None));
    let waiting = bench.run_with(APPROVE).await;
    assert_eq!(waiting.state, RunState::Waiting);
    bench.crm.reply(|_, _| Reply::EachRecord);
    assert_eq!(bench.resume(&waiting).await.state, RunState::CompletedWithRejections);
}

#[tokio::test(start_paused = true)]
async fn a_plan_says_that_a_run_would_be_held() {
    let bench = delivered(100).await;
    blank(&bench, 50);
    let plan = bench.engine.plan(&bench.saved(), 5).await.unwrap();
    assert!(plan.held.unwrap().message.contains("emptied in about 50"));
    assert_eq!(bench.engine.held_of(SYNC).unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_tested_or_discarded_behind_the_back_of_a_held_run() {
    let bench = delivered(100).await;
    bench.crm.reject("bad");
    bench.table.edit(|rows| rows[0][1] = "bad".into());
    let refused = bench.run().await;
    bench.mirror(Removal::Delete).await;
    bench.table.edit(|rows| rows.truncate(80));
    let held = bench.run().await;
    assert_eq!((held.state, held.counts.to_send), (RunState::Held, 21));
    // The held run shows the refused record too: it would send what the user gave up, or an older row than the test.
    let discarded = bench.engine.discard(refused.id, vec![], Discard::All).await;
    assert_eq!(discarded.unwrap_err().kind(), ErrorKind::Conflict);
    let test = bench.engine.start(SYNC, Start { trigger: Trigger::Test, ..PLAIN }).await;
    assert_eq!(test.unwrap_err().kind(), ErrorKind::Conflict);
    let approved = bench.run_with(APPROVE).await;
    assert_eq!((approved.counts.delivered, approved.counts.rejected), (20, 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_held_for_refusals_ends_when_what_it_kept_back_is_discarded() {
    let bench = Bench::new().await;
    bench.table.set(people(600, "bad"));
    bench.crm.reject("bad");
    let held = bench.run().await;
    assert_eq!(held.state, RunState::Held);
    let ended = bench.discard(&held, &[], Discard::Waiting).await;
    assert_eq!((ended.state, ended.counts.waiting()), (RunState::CompletedWithRejections, 0));
    let ended = bench.discard(&held, &[], Discard::All).await;
    assert_eq!((ended.state, ended.counts.discarded), (RunState::Completed, 600));
}
