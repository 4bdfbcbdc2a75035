//! What a run wrote although no answer said so is taken back too, and what stood there before is not lost over it.

use sluice_engine::run::Discard;
use sluice_engine::run::undo::Will;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::{Field, Removal};
use sluice_engine::testing::Reply;
use sluice_engine::{Error, ErrorKind};

use super::undo_faults::{as_record, before, bench, changed, looked, people, records, undone};
use crate::bench::{Bench, PLAIN, SYNC};

/// Four people, of whom a run that is killed has written the first two, and a third request was never made.
async fn killed() -> (Bench, i64) {
    let mut bench = bench().await;
    bench.crm.forget_ids();
    bench.table.set(people(&["Ana", "Ada", "Abe", "Al"], "1"));
    bench.run().await;
    bench.table.set(people(&["Bad"; 4], "2"));
    let sent = bench.crm.requests().len();
    bench.crm.reply(
        move |request, _| {
            if request == sent + 1 { Reply::SilentAfter } else { Reply::SilentBefore }
        },
    );
    let run = bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_silent(1).await;
    bench.crash();
    bench.crm.take_all();
    assert_eq!(records(&bench)["k1"], as_record("k1", "Bad", "2").1);
    assert_eq!(records(&bench)["k2"], as_record("k2", "Abe", "1").1);
    (bench, run)
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_run_wrote_is_taken_back_and_the_rest_does_not_go_out() {
    let (bench, run) = killed().await;
    let look = bench.engine.look_at_undo(run, &[], None, 10).await.unwrap();
    assert_eq!(
        (look.records.len(), look.waiting),
        (2, 4),
        "those that arrived; of the others nothing is to undo"
    );
    let undo = undone(&bench, run).await;
    assert_eq!((undo.state, undo.counts.delivered, undo.counts.invalid), (RunState::Completed, 2, 0));
    assert_eq!(records(&bench), before());
    let cut = bench.engine.run(run).unwrap();
    assert_eq!((cut.state, cut.next_attempt), (RunState::Cancelled, None), "it does not go on by itself");
    let next = bench.run().await;
    assert!(next.id > undo.id);
    assert_eq!((next.state, next.counts.delivered), (RunState::Completed, 4), "the rows are as they were");
    undone(&bench, next.id).await;
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn one_record_of_a_killed_run_is_a_part_of_it() {
    let (bench, run) = killed().await;
    let one = bench.engine.undo(run, vec!["k0".into()], true).await.unwrap();
    assert_eq!(bench.ended(one).await.counts.delivered, 1);
    let undone_by = |bench: &Bench| bench.engine.undone(&bench.engine.run(run).unwrap()).unwrap();
    assert_eq!((undone_by(&bench).by, undone_by(&bench).in_part), (Some(one), true));
    let rest = undone(&bench, run).await;
    assert_eq!((undone_by(&bench).by, undone_by(&bench).in_part), (Some(rest.id), false));
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_run_wrote_is_taken_back_after_its_rest_was_discarded() {
    let (bench, run) = killed().await;
    assert_eq!(bench.engine.discard(run, Vec::new(), Discard::Waiting).await.unwrap(), 4);
    assert_eq!(undone(&bench, run).await.counts.delivered, 2);
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_run_wrote_is_taken_back_where_the_next_one_does_not_name_it() {
    let (bench, run) = killed().await;
    bench
        .save(|sync| sync.fields = Some(vec![Field::column("id", "id"), Field::column("phone", "phone")]))
        .await;
    let next = bench.run().await;
    assert_eq!(next.counts.delivered, 4);
    assert_eq!(undone(&bench, next.id).await.counts.delivered, 4);
    assert_eq!(records(&bench)["k0"], as_record("k0", "Bad", "1").1, "the name is not the later run's");
    assert_eq!(undone(&bench, run).await.counts.delivered, 2);
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn two_runs_whose_answers_were_lost_do_not_hide_what_stood_there_before() {
    let (bench, _) = killed().await;
    // The second reads what stands there, and is stopped before its answer.
    let sent = bench.crm.requests().len();
    bench.crm.reply(move |request, _| if request == sent + 1 { Reply::LostBefore } else { Reply::Stop });
    let second = bench.run().await;
    assert_eq!(second.counts.delivered, 0);
    bench.crm.take_all();
    bench.table.set(people(&["Bo"; 4], "3"));
    let third = bench.run().await;
    assert_eq!(third.counts.delivered, 4);
    assert_eq!(undone(&bench, third.id).await.counts.delivered, 4);
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_between_two_lost_answers_stays() {
    let (bench, _) = killed().await;
    bench.crm.somebody_sets("k0", "phone", "9");
    let third = bench.run().await;
    assert_eq!(third.counts.delivered, 4);
    undone(&bench, third.id).await;
    assert_eq!(
        records(&bench)["k0"],
        as_record("k0", "Ana", "9").1,
        "the name was the killed run's, the phone is not"
    );
    assert_eq!(records(&bench)["k1"], as_record("k1", "Ada", "1").1);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_typed_before_a_run_that_was_cut_off_went_on_comes_back_with_its_undo() {
    let (bench, run) = killed().await;
    bench.crm.somebody_sets("k0", "name", "Eve");
    let cut = bench.engine.run(run).unwrap();
    let ended = bench.resume(&cut).await;
    assert_eq!((ended.id, ended.counts.delivered), (run, 4));
    assert_eq!(records(&bench)["k0"], as_record("k0", "Bad", "2").1, "nobody looked at this run");
    assert_eq!(undone(&bench, run).await.counts.delivered, 4);
    assert_eq!(records(&bench)["k0"], as_record("k0", "Eve", "1").1);
    assert_eq!(records(&bench)["k1"], as_record("k1", "Ada", "1").1);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_of_what_may_have_arrived_is_told_and_stays() {
    let (bench, run) = killed().await;
    // One field of a record that never came has what the run would have brought; of one that came both are another's.
    bench.crm.somebody_sets("k0", "name", "Eve");
    bench.crm.somebody_sets("k1", "name", "Ada");
    let written = records(&bench);
    let told: Vec<_> = looked(&bench, &bench.engine.run(run).unwrap()).await;
    let unclear = "No answer came to it, and what stands there does not say whether it arrived.".to_owned();
    let changed = "“name” was changed since the run.".to_owned();
    assert_eq!(
        told,
        [("k0".into(), Will::PutBack, Some(changed)), ("k1".into(), Will::LeaveAlone, Some(unclear))]
    );
    assert_eq!(undone(&bench, run).await.counts.delivered, 1);
    assert_eq!(records(&bench)["k0"], as_record("k0", "Eve", "1").1);
    assert_eq!(records(&bench)["k1"], written["k1"]);
}

#[tokio::test(start_paused = true)]
async fn removals_whose_answer_was_lost_are_taken_back_by_the_run_that_did_them_again() {
    let mut bench = bench().await;
    bench.crm.forget_ids();
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(&["Ana", "Ada", "Abe", "Al"], "1"));
    bench.run().await;
    bench.table.set(Vec::new());
    let sent = bench.crm.requests().len();
    bench
        .crm
        .reply(move |request, _| if request == sent + 1 { Reply::SilentAfter } else { Reply::SilentBefore });
    bench.engine.start(SYNC, PLAIN).await.unwrap();
    bench.crm.until_silent(1).await;
    bench.crash();
    bench.crm.take_all();
    assert_eq!(records(&bench).len(), 2);
    let again = bench.run().await;
    assert!(records(&bench).is_empty());
    undone(&bench, again.id).await;
    assert_eq!(records(&bench), before());
}

#[tokio::test(start_paused = true)]
async fn what_waits_whole_does_not_go_out_once_it_is_undone() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let written = records(&bench);
    let spent = || Error::new(ErrorKind::QuotaSpent, "The quota is spent.");
    bench.crm.read(move |number| if number < 4 { Ok(()) } else { Err(spent()) });
    let undo = undone(&bench, run.id).await;
    bench.crm.read(|_| Ok(()));
    assert_eq!((undo.state, undo.counts.delivered, undo.counts.waiting()), (RunState::Waiting, 0, 5));
    assert_eq!(bench.engine.look_at_undo(undo.id, &[], None, 1).await.unwrap().waiting, 5);
    undone(&bench, undo.id).await;
    assert_eq!(bench.engine.run(undo.id).unwrap().state, RunState::Cancelled);
    bench.run().await;
    assert_eq!(records(&bench), written);
}

#[tokio::test(start_paused = true)]
async fn an_undo_that_waits_does_not_go_on_once_it_is_undone() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let written = records(&bench);
    let spent = || Error::new(ErrorKind::QuotaSpent, "The quota is spent.");
    bench.crm.read(move |number| if number < 5 { Ok(()) } else { Err(spent()) });
    let undo = undone(&bench, run.id).await;
    bench.crm.read(|_| Ok(()));
    assert_eq!((undo.state, undo.counts.delivered, undo.counts.waiting()), (RunState::Waiting, 2, 3));
    let back = undone(&bench, undo.id).await;
    assert_eq!((back.state, back.counts.delivered), (RunState::Completed, 2));
    assert_eq!(records(&bench), written);
    assert_eq!(bench.engine.run(undo.id).unwrap().state, RunState::Cancelled);
    let next = bench.run().await;
    assert!(next.id > back.id, "the undo does not go first");
    assert_eq!(records(&bench), written);
}

/// The name is filled only where it is empty.
async fn fill_empty_names(bench: &Bench) {
    let name = Field { only_if_empty: true, ..Field::column("name", "name") };
    bench
        .save(|sync| {
            sync.fields = Some(vec![Field::column("id", "id"), name, Field::column("phone", "phone")]);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_field_that_is_filled_only_where_it_is_empty_is_put_back_too() {
    let bench = bench().await;
    let run = changed(&bench).await;
    fill_empty_names(&bench).await;
    let undo = undone(&bench, run.id).await;
    assert_eq!(undo.counts.delivered, 5);
    assert_eq!(records(&bench), before());
    bench.crm.somebody_sets("k0", "name", "");
    let filled = bench.run().await;
    assert_eq!(records(&bench)["k0"], as_record("k0", "Bo", "2").1);
    undone(&bench, filled.id).await;
    assert_eq!(records(&bench)["k0"], as_record("k0", "", "1").1);
}
