//! An undo among other runs: undone itself, after later ones, and while one is going on or held.

use std::collections::BTreeMap;

use sluice_engine::ErrorKind;
use sluice_engine::engine::Undone;
use sluice_engine::run::undo::Will;
use sluice_engine::store::runs::{FieldLeft, RunRow, RunState};
use sluice_engine::sync::Removal;

use super::undo_faults::{as_record, before, bench, changed, looked, people, person, records, undone};
use crate::bench::{Bench, PLAIN, SYNC};

#[tokio::test(start_paused = true)]
async fn an_undo_is_undone_and_that_too() {
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(&["Ana", "Ada", "Abe"], "1"));
    bench.run().await;
    let before = records(&bench);
    bench.table.set(vec![person("k0", "Bo", "2"), person("k1", "Ada", "1"), person("k3", "Di", "3")]);
    let run = bench.run().await;
    let after = records(&bench);
    assert_eq!((run.counts.changed, run.counts.added, run.counts.removed), (1, 1, 1));
    let mut last = run.id;
    for wanted in [&before, &after, &before, &after] {
        let undo = undone(&bench, last).await;
        assert_eq!((undo.state, undo.undoes, undo.counts.delivered), (RunState::Completed, Some(last), 3));
        assert_eq!(&records(&bench), wanted);
        last = undo.id;
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_with_three_later_ones_is_undone_where_none_of_them_wrote() {
    let bench = bench().await;
    bench.table.set(people(&["Ana", "Ada", "Abe", "Al"], "1"));
    bench.run().await;
    bench.table.set(people(&["Bo"; 4], "2"));
    let run = bench.run().await;
    let edits = [(0, person("k0", "Cy", "2")), (1, person("k1", "Bo", "3")), (2, person("k2", "Di", "4"))];
    let mut later = Vec::new();
    for (place, edited) in edits {
        bench.table.edit(|rows| rows[place] = edited);
        later.push(bench.run().await.id);
    }
    let again = |of: usize, what: &str| {
        Some(format!("Run {} of this sync has written {what} again since.", later[of]))
    };
    assert_eq!(
        looked(&bench, &run).await,
        [
            ("k0".to_owned(), Will::PutBack, again(0, "“name”")),
            ("k1".to_owned(), Will::PutBack, again(1, "“phone”")),
            ("k2".to_owned(), Will::LeaveAlone, again(2, "it")),
            ("k3".to_owned(), Will::PutBack, None),
        ]
    );
    let undo = undone(&bench, run.id).await;
    assert_eq!((undo.counts.changed, undo.counts.delivered, undo.counts.invalid), (3, 3, 1));
    let left = |field: &str, of: usize| FieldLeft {
        field: field.to_owned(),
        reason: again(of, "it").unwrap(),
        records: 1,
    };
    assert_eq!(undo.left_alone, [left("name", 0), left("phone", 1)]);
    let wanted = [("k0", "Cy", "1"), ("k1", "Ada", "3"), ("k2", "Di", "4"), ("k3", "Al", "1")];
    assert_eq!(records(&bench), BTreeMap::from(wanted.map(|(id, name, phone)| as_record(id, name, phone))));
}

#[tokio::test(start_paused = true)]
async fn what_later_runs_did_is_said_of_them_and_not_of_somebody() {
    let said = |run: &RunRow, did: &str| Some(format!("Run {} of this sync has {did} since.", run.id));
    let alone = |key: &str, reason: Option<String>| (key.to_owned(), Will::LeaveAlone, reason);
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    bench.crm.somebody_sets("k1", "name", "Eve");
    bench.table.set(people(&["Ana", "Ada"], "1"));
    let first = bench.run().await;
    bench.table.set(people(&["Bo"], "1"));
    let second = bench.run().await;
    let third = {
        bench.table.set(people(&["Bo"], "2"));
        bench.run().await
    };
    // The newest names the phone alone; the name is what the run before that wrote.
    let undo = undone(&bench, third.id).await;
    assert_eq!(undo.counts.delivered, 1);
    assert_eq!(
        looked(&bench, &first).await,
        [alone("k0", said(&third, "written it again")), alone("k1", said(&second, "deleted it"))]
    );
    bench.table.set(people(&["Ana", "Ada"], "1"));
    let again = bench.run().await;
    assert_eq!((again.counts.changed, again.counts.added), (1, 1));
    assert!(looked(&bench, &second).await.contains(&alone("k1", said(&again, "created it again"))));
    // It is as the first run wrote it, and was changed since.
    bench.crm.somebody_sets("k0", "name", "Ana");
    assert_eq!(looked(&bench, &first).await[0], alone("k0", said(&again, "written it again")));
}

#[tokio::test(start_paused = true)]
async fn an_undo_keeps_clear_of_other_runs_and_they_of_it() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let written = records(&bench);
    bench.save(|sync| sync.brakes.empty = true).await;
    bench.table.set(Vec::new());
    let held = bench.run().await;
    assert_eq!(held.state, RunState::Held);
    let error = bench.engine.undo(run.id, Vec::new(), true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.message(), format!("Run {} of this sync is held.", held.id));
    assert_eq!((error.hint(), records(&bench)), ("Approve or drop it first.", written));
    bench.engine.drop_held(held.id).await.unwrap();
    bench.crm.hold();
    let undo = bench.engine.undo(run.id, Vec::new(), true).await.unwrap();
    bench.crm.until_requests(bench.crm.requests().len() + 1).await;
    let second = bench.engine.undo(run.id, Vec::new(), true).await.unwrap_err();
    let other = bench.engine.start(SYNC, PLAIN).await.unwrap_err();
    for error in [second, other] {
        assert_eq!(error.kind(), ErrorKind::AlreadyRunning);
        assert_eq!(error.message(), "A run of this sync is going on.");
        assert_eq!(error.hint(), "Wait until it has ended.");
    }
    bench.crm.release();
    assert_eq!(bench.ended(undo).await.state, RunState::Completed);
    assert_eq!(records(&bench), before());
}

/// By which run this one is taken back: all of it, a part, and by one that is at it.
fn taken_back(bench: &Bench, run: i64) -> Undone {
    bench.engine.undone(&bench.engine.run(run).unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_run_is_undone_once_its_undo_has_come_to_its_end() {
    let bench = bench().await;
    let run = changed(&bench).await;
    assert_eq!(taken_back(&bench, run.id), Undone::default());
    bench.crm.hold();
    let undo = bench.engine.undo(run.id, Vec::new(), true).await.unwrap();
    bench.crm.until_requests(bench.crm.requests().len() + 1).await;
    let going_on = Undone { under_way: Some(undo), ..Undone::default() };
    assert_eq!(taken_back(&bench, run.id), going_on);
    bench.engine.cancel(undo);
    bench.crm.release();
    assert_eq!(bench.ended(undo).await.state, RunState::Cancelled);
    assert_eq!(taken_back(&bench, run.id), Undone::default(), "one can undo it again");
    let whole = undone(&bench, run.id).await;
    assert_eq!(whole.state, RunState::Completed);
    let all = Undone { by: Some(whole.id), ..Undone::default() };
    assert_eq!(taken_back(&bench, run.id), all);
    let back = undone(&bench, whole.id).await;
    assert_eq!(taken_back(&bench, whole.id).by, Some(back.id));
    assert_eq!(taken_back(&bench, run.id), Undone::default(), "what it wrote stands there again");
}

#[tokio::test(start_paused = true)]
async fn an_undo_of_some_records_takes_back_a_part() {
    let bench = bench().await;
    let run = changed(&bench).await;
    let one = bench.engine.undo(run.id, vec!["k0".into()], true).await.unwrap();
    bench.ended(one).await;
    let part = Undone { by: Some(one), in_part: true, under_way: None };
    assert_eq!(taken_back(&bench, run.id), part);
    let of_key = |key: &str| bench.engine.undone_for(run.id, key).unwrap();
    assert_eq!((of_key("k0"), of_key("k1")), (Some(one), None));
    // What it made is not to be deleted: that one is left alone.
    let kept = bench.engine.undo(run.id, Vec::new(), false).await.unwrap();
    assert_eq!(bench.ended(kept).await.counts.invalid, 1);
    assert_eq!(taken_back(&bench, run.id), Undone { by: Some(kept), ..part });
    let rest = undone(&bench, run.id).await;
    assert_eq!(rest.counts.delivered, 1);
    assert_eq!(taken_back(&bench, run.id), Undone { by: Some(rest.id), ..Undone::default() });
    assert_eq!((of_key("k0"), of_key("k1"), of_key("k4")), (Some(one), Some(kept), Some(rest.id)));
}

#[tokio::test(start_paused = true)]
async fn a_run_of_which_a_field_was_left_alone_is_undone_in_part_until_that_one_is_too() {
    let bench = bench().await;
    let run = changed(&bench).await;
    bench.crm.somebody_sets("k0", "phone", "9");
    let undo = undone(&bench, run.id).await;
    assert_eq!((undo.state, undo.counts.delivered, undo.counts.invalid), (RunState::Completed, 5, 0));
    let reason = "It was changed since the run.".to_owned();
    assert_eq!(undo.left_alone, [FieldLeft { field: "phone".into(), reason, records: 1 }]);
    assert_eq!(taken_back(&bench, run.id), Undone { by: Some(undo.id), in_part: true, under_way: None });
    // They put back what the run wrote: now an undo of that record alone takes back the rest.
    bench.crm.somebody_sets("k0", "phone", "2");
    let rest = bench.engine.undo(run.id, vec!["k0".into()], true).await.unwrap();
    let rest = bench.ended(rest).await;
    assert!(rest.left_alone.is_empty() && rest.counts.delivered == 1, "{rest:?}");
    assert_eq!(taken_back(&bench, run.id), Undone { by: Some(rest.id), ..Undone::default() });
    assert_eq!(records(&bench), before());
}

async fn undo_some(bench: &Bench, run: i64, keys: &[&str]) -> RunRow {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    let undo = bench.engine.undo(run, keys, true).await.unwrap();
    bench.ended(undo).await
}

#[tokio::test(start_paused = true)]
async fn undos_of_some_records_that_take_back_all_together_take_back_the_run() {
    let bench = bench().await;
    let run = changed(&bench).await;
    // As before already: an undo of this record has nothing to send.
    bench.crm.somebody_sets("k3", "name", "Al");
    bench.crm.somebody_sets("k3", "phone", "1");
    let first = undo_some(&bench, run.id, &["k0", "k1"]).await;
    let second = undo_some(&bench, run.id, &["k1", "k3"]).await;
    assert_eq!((first.counts.delivered, second.counts.delivered, second.counts.unchanged), (2, 0, 2));
    let third = undo_some(&bench, run.id, &["k1", "k3", "k0"]).await;
    assert_eq!(third.counts.unchanged, 3);
    let part = Undone { by: Some(first.id), in_part: true, under_way: None };
    assert_eq!(taken_back(&bench, run.id), part, "the same ones again are not the others");
    let rest = undo_some(&bench, run.id, &["k2", "k4"]).await;
    let all = Undone { by: Some(rest.id), ..Undone::default() };
    assert_eq!(taken_back(&bench, run.id), all);
    // One of them is taken back itself.
    undone(&bench, first.id).await;
    assert_eq!(taken_back(&bench, run.id), Undone { by: Some(rest.id), in_part: true, under_way: None });
}
