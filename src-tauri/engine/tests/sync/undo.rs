//! An undo puts back what a run changed, and touches nothing that somebody has changed since.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use sluice_engine::ErrorKind;
use sluice_engine::run::undo::Will;
use sluice_engine::store::events;
use sluice_engine::store::runs::{RunRow, RunState};
use sluice_engine::sync::{Field, Removal, Shape};
use sluice_engine::testing::{FakeDestination, FakeWarehouse, Reply, soak};

use crate::bench::{Bench, NO_BRAKES, SYNC, row};

/// A CRM whose records keep what a payload does not name.
async fn bench() -> Bench {
    let bench = Bench::with(FakeWarehouse::new(&["id", "name"]), FakeDestination::new(10)).await;
    bench.crm.merge(&["id", "name", "phone"]);
    bench
}

async fn undo(bench: &Bench, of: &RunRow, deletes: bool) -> RunRow {
    let run = bench.engine.undo(of.id, Vec::new(), deletes).await.unwrap();
    bench.ended(run).await
}

fn records(bench: &Bench) -> BTreeMap<String, Map<String, Value>> {
    bench.crm.kept().into_iter().map(|(key, text)| (key, serde_json::from_str(&text).unwrap())).collect()
}

fn value(bench: &Bench, key: &str, field: &str) -> Value {
    records(bench).get(key).and_then(|record| record.get(field)).cloned().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn fields_get_their_values_back_and_what_was_created_goes_when_asked() {
    let bench = bench().await;
    bench.crm.somebody_sets("a", "name", "Ana");
    bench.crm.somebody_sets("a", "phone", "1");
    bench.table.set(vec![row("a", "Bo"), row("b", "Cy")]);
    let run = bench.run().await;
    let look = bench.engine.look_at_undo(run.id, &[], None, 10).await.unwrap();
    assert_eq!(look.counts, BTreeMap::from([(Will::PutBack, 1), (Will::Delete, 1)]));
    assert_eq!(look.records[0].fields[0].then.as_deref(), Some("\"Ana\""));
    let kept = undo(&bench, &run, false).await;
    assert_eq!((kept.state, kept.undoes, kept.counts.delivered), (RunState::Completed, Some(run.id), 1));
    assert_eq!(value(&bench, "a", "name"), "Ana");
    assert_eq!(value(&bench, "b", "name"), "Cy", "nothing is deleted unasked");
    assert_eq!(bench.invalid(&kept), [(2, "left_alone".to_owned())]);
    let rest = undo(&bench, &run, true).await;
    assert_eq!((rest.counts.removed, rest.counts.delivered), (1, 1));
    assert_eq!(Value::from_iter(records(&bench)), json!({"a": {"name": "Ana", "phone": "1", "id": "a"}}));
}

#[tokio::test(start_paused = true)]
async fn a_look_counts_values_and_finds_records_by_what_they_have() {
    let bench = bench().await;
    bench.crm.somebody_sets("a", "name", "Ana");
    bench.crm.somebody_sets("b", "name", "Ben");
    bench.table.set(vec![row("a", "Bo"), row("b", "CY"), row("c", "Di")]);
    let run = bench.run().await;
    let all = bench.engine.look_at_undo(run.id, &[], None, 10).await.unwrap();
    assert_eq!((all.values, all.fields), (2, BTreeSet::from(["name".to_owned()])));
    let found = bench.engine.look_at_undo(run.id, &[], Some("cy"), 10).await.unwrap();
    assert_eq!(found.counts, BTreeMap::from([(Will::PutBack, 1)]));
    let event = found.records[0].event;
    let event = bench.engine.store().read(|sqlite| events::get(sqlite, event)).unwrap();
    assert_eq!(event.key.as_deref(), Some("b"));
    let nothing = bench.engine.look_at_undo(run.id, &[], Some("nobody"), 10).await.unwrap();
    assert!(nothing.records.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_since_is_left_alone_with_the_reason() {
    let bench = bench().await;
    bench.table.set(vec![row("a", "Ana"), row("b", "Ana"), row("c", "Ana")]);
    bench.run().await;
    bench.table.set(vec![row("a", "Bo"), row("b", "Bo"), row("c", "Bo")]);
    let run = bench.run().await;
    bench.crm.somebody_sets("a", "name", "Dora");
    bench.crm.somebody_deletes("b");
    let look = bench.engine.look_at_undo(run.id, &[], None, 10).await.unwrap();
    assert_eq!(look.counts, BTreeMap::from([(Will::PutBack, 1), (Will::LeaveAlone, 2)]));
    assert_eq!(look.records[0].reason.as_deref(), Some("“name” was changed since the run."));
    assert_eq!(look.records[0].fields[0].left_alone.as_deref(), Some("It was changed since the run."));
    let reasons: Vec<_> = look.reasons.iter().map(|(reason, records)| (reason.as_str(), *records)).collect();
    assert_eq!(
        reasons,
        [("The record is not in the destination any more.", 1), ("“name” was changed since the run.", 1)]
    );
    let undone = undo(&bench, &run, true).await;
    assert_eq!((undone.counts.changed, undone.counts.invalid), (1, 2));
    assert_eq!(value(&bench, "a", "name"), "Dora");
    assert_eq!(value(&bench, "c", "name"), "Ana");
    assert!(!records(&bench).contains_key("b"));
}

#[tokio::test(start_paused = true)]
async fn a_masked_field_changes_with_its_mask_and_gets_its_value_back() {
    let bench = bench().await;
    let name = Field { mask: true, ..Field::column("name", "name") };
    bench.save(|sync| sync.fields = Some(vec![Field::column("id", "id"), name])).await;
    bench.crm.somebody_sets("a", "name", "Ana");
    bench.table.set(vec![row("a", "Bo")]);
    let run = bench.run().await;
    assert_eq!(value(&bench, "a", "name"), "B•••");
    bench.table.set(vec![row("a", "Bea")]);
    assert_eq!(bench.run().await.counts.to_send, 0, "the mask is the same");
    undo(&bench, &run, false).await;
    assert_eq!(value(&bench, "a", "name"), "Ana");
}

#[tokio::test(start_paused = true)]
async fn what_somebody_typed_stays_although_it_says_the_same() {
    let bench = bench().await;
    for (key, name) in [("a", "Ana"), ("b", "Ana "), ("c", "Ana")] {
        bench.crm.somebody_sets(key, "name", name);
    }
    bench.table.set(vec![row("a", "Bo"), row("b", "Ana"), row("c", "Bo ")]);
    let run = bench.run().await;
    bench.crm.somebody_sets("a", "name", "Bo ");
    // As a destination shows it that leaves out spaces.
    bench.crm.somebody_sets("c", "name", "Bo");
    let look = bench.engine.look_at_undo(run.id, &[], None, 10).await.unwrap();
    assert_eq!(look.counts, BTreeMap::from([(Will::PutBack, 2), (Will::LeaveAlone, 1)]));
    undo(&bench, &run, true).await;
    let names = ["a", "b", "c"].map(|key| value(&bench, key, "name"));
    assert_eq!(names, ["Bo ", "Ana ", "Ana"]);
}

#[tokio::test(start_paused = true)]
async fn one_record_is_undone_alone_and_an_undo_is_undone_too() {
    let bench = bench().await;
    bench.table.set(vec![row("a", "Ana"), row("b", "Ana")]);
    bench.run().await;
    bench.table.set(vec![row("a", "Bo"), row("b", "Bo")]);
    let run = bench.run().await;
    let one = bench.engine.undo(run.id, vec!["a".into()], true).await.unwrap();
    let one = bench.ended(one).await;
    assert_eq!((value(&bench, "a", "name"), value(&bench, "b", "name")), ("Ana".into(), "Bo".into()));
    undo(&bench, &one, true).await;
    assert_eq!((value(&bench, "a", "name"), value(&bench, "b", "name")), ("Bo".into(), "Bo".into()));
    let error = bench.engine.undo(run.id, vec!["nobody".into()], true).await;
    let ended = bench.ended(error.unwrap()).await;
    assert_eq!(ended.counts.to_send, 0);
    let error = bench.engine.look_at_undo(run.id, &["nobody".into()], None, 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownName);
}

#[tokio::test(start_paused = true)]
async fn after_an_undo_the_next_run_sends_the_rows_again() {
    let bench = bench().await;
    bench.table.set(vec![row("a", "Ana"), row("b", "Ana")]);
    bench.run().await;
    bench.table.edit(|rows| rows[0][1] = "Bo".into());
    let run = bench.run().await;
    undo(&bench, &run, true).await;
    let again = bench.run().await;
    assert_eq!((again.counts.changed, again.counts.unchanged), (1, 1));
    assert_eq!(value(&bench, "a", "name"), "Bo");
}

#[tokio::test(start_paused = true)]
async fn what_a_run_deleted_or_emptied_comes_back_whole() {
    for removed in [Removal::Delete, Removal::Clear] {
        let bench = bench().await;
        bench.mirror(removed).await;
        bench.table.set((0..20).map(|i| row(&format!("k{i}"), "Ana")).collect());
        bench.run().await;
        bench.crm.somebody_sets("k3", "phone", "1");
        let before = records(&bench);
        bench.table.edit(|rows| drop(rows.remove(3)));
        let run = bench.run().await;
        assert_ne!(records(&bench), before);
        let undone = undo(&bench, &run, true).await;
        assert_eq!((undone.counts.delivered, records(&bench)), (1, before), "{removed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn events_and_what_can_not_be_read_are_not_undone() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "Ana")]);
    let run = bench.run().await;
    let error = bench.engine.undo(run.id, Vec::new(), true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CanNotUndo);
    assert!(error.hint().contains("sluice replay"), "{error}");
    bench.save(|sync| sync.shape = Shape::Identify).await;
    bench
        .save(|sync| {
            sync.identifiers = BTreeMap::from([(sluice_engine::sync::Identifier::UserId, "id".to_owned())]);
        })
        .await;
    bench.crm.merge(&["id", "name"]);
    let run = bench.run().await;
    let error = bench.engine.undo(run.id, Vec::new(), true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CanNotUndo);
    assert!(error.message().contains("events") && error.hint().contains("sluice replay"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn no_undo_while_a_run_is_on_or_after_another_destination() {
    let bench = bench().await;
    bench.table.set(vec![row("a", "Ana")]);
    let run = bench.run().await;
    bench.table.set(vec![row("a", "Bo")]);
    bench.crm.hold();
    let going = bench.engine.start(SYNC, crate::bench::PLAIN).await.unwrap();
    bench.crm.until_requests(2).await;
    let error = bench.engine.undo(run.id, Vec::new(), true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyRunning);
    bench.crm.release();
    bench.ended(going).await;
    let other = crate::bench::connection("other", "fake_destination");
    let save =
        move |sqlite: &rusqlite::Connection| sluice_engine::store::connections::save(sqlite, None, &other);
    bench.engine.store().write(save).done().await.unwrap();
    bench.save(|sync| sync.to = Some("other".into())).await;
    let error = bench.engine.undo(run.id, Vec::new(), true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_does_not_hide_what_stood_there_before() {
    let bench = bench().await;
    bench.crm.somebody_sets("a", "name", "Ana");
    bench.crm.forget_ids();
    bench.table.set(vec![row("a", "Bo")]);
    // It arrives, and nobody knows; then the destination is away until the run gives up.
    bench.crm.reply(|request, _| if request == 1 { Reply::LostAfter } else { Reply::Stop });
    assert_eq!(bench.run().await.counts.waiting(), 1);
    assert_eq!(value(&bench, "a", "name"), "Bo");
    bench.crm.take_all();
    let run = bench.run().await;
    assert_eq!(run.counts.delivered, 1);
    undo(&bench, &run, true).await;
    assert_eq!(value(&bench, "a", "name"), "Ana");
}

#[tokio::test(start_paused = true)]
async fn an_undo_that_is_cut_off_goes_on_where_it_was() {
    let mut bench = bench().await;
    bench.table.set((0..35).map(|i| row(&format!("k{i}"), "Ana")).collect());
    bench.run().await;
    let before = records(&bench);
    bench.table.set((0..35).map(|i| row(&format!("k{i}"), "Bo")).collect());
    let run = bench.run().await;
    // One request of the undo is answered, and the next one is not.
    let sent = bench.crm.requests().len();
    bench
        .crm
        .reply(move |request, _| if request == sent + 2 { Reply::SilentAfter } else { Reply::EachRecord });
    let undo = bench.engine.undo(run.id, Vec::new(), true).await.unwrap();
    bench.crm.until_silent(1).await;
    bench.crash();
    bench.crm.take_all();
    let cut = bench.engine.run(undo).unwrap();
    assert_eq!((cut.state, cut.undoes), (RunState::Waiting, Some(run.id)));
    let ended = bench.resume(&cut).await;
    assert_eq!((ended.state, ended.counts.delivered), (RunState::Completed, 35));
    assert_eq!(records(&bench), before);
}

#[tokio::test(start_paused = true)]
async fn an_undo_that_may_not_look_and_one_that_comes_too_late_change_nothing() {
    let mut bench = bench().await;
    bench.table.set(vec![row("a", "Ana")]);
    bench.run().await;
    bench.table.set(vec![row("a", "Bo")]);
    let run = bench.run().await;
    bench.crm.readable(Err(sluice_engine::Error::new(ErrorKind::NotAllowed, "The token may not read.")));
    let error = bench.engine.undo(run.id, Vec::new(), true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert_eq!(value(&bench, "a", "name"), "Bo");
    bench.crm.readable(Ok(()));
    undo(&bench, &run, true).await;
    assert_eq!(value(&bench, "a", "name"), "Ana");
    bench.reopen();
    // After three more runs there is nothing of the first left to take back.
    for name in ["Cy", "Di", "Ed"] {
        bench.table.set(vec![row("a", name)]);
        bench.run().await;
    }
    let look = bench.engine.look_at_undo(run.id, &[], None, 1).await.unwrap();
    assert_eq!(look.counts, BTreeMap::from([(Will::LeaveAlone, 1)]));
    let last = bench.engine.runs(None, None, 1).unwrap().remove(0).id;
    assert_eq!(look.records[0].reason, Some(format!("Run {last} of this sync has written it again since.")));
}

#[tokio::test(start_paused = true)]
async fn a_replay_sends_the_earlier_bytes_or_corrected_ones() {
    let bench = bench().await;
    bench.table.set(vec![row("a", "Ana")]);
    bench.run().await;
    bench.table.set(vec![row("a", "bad")]);
    bench.crm.reject("bad");
    let refused = bench.run().await;
    assert_eq!(refused.counts.rejected, 1);
    let event = |run: &RunRow| {
        let filter = sluice_engine::store::events::Filter { run: Some(run.id), ..Default::default() };
        bench
            .engine
            .store()
            .read(|sqlite| sluice_engine::store::events::page(sqlite, &filter, None, 1))
            .unwrap()[0]
            .id
    };
    let wrong = bench.engine.replay(event(&refused), Some(br#"{"id":"b","name":"good"}"#.to_vec())).await;
    assert_eq!(wrong.unwrap_err().kind(), ErrorKind::BadMapping, "it would be another record");
    let fixed = br#"{ "id": "a", "name": "good" }"#.to_vec();
    let fixed = bench.engine.replay(event(&refused), Some(fixed)).await.unwrap();
    let fixed = bench.ended(fixed).await;
    assert_eq!((fixed.state, value(&bench, "a", "name")), (RunState::Completed, "good".into()));
    assert_eq!(bench.crm.arrived().last().unwrap().payload, r#"{"id":"a","name":"good"}"#);
    bench.crm.take_all();
    let first = bench.engine.runs(None, None, 10).unwrap().pop().unwrap();
    let again = bench.engine.replay(event(&first), None).await.unwrap();
    bench.ended(again).await;
    assert_eq!(value(&bench, "a", "name"), "Ana");
    // The row says something else, so the next run sends it.
    assert_eq!(bench.run().await.counts.changed, 1);
}

/// What happened to each field, for the property: who wrote it last.
mod property {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        /// Somebody sets a field in the destination.
        Somebody(u8, bool, u8),
        /// Somebody deletes a record there.
        Deletes(u8),
        /// Rows get other names.
        Rows(Vec<u8>),
    }

    fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
        prop::collection::vec(
            prop_oneof![
                3 => (0..8_u8, any::<bool>(), 0..4_u8).prop_map(|(key, phone, value)| Step::Somebody(key, phone, value)),
                1 => (0..8_u8).prop_map(Step::Deletes),
                2 => prop::collection::vec(0..4_u8, 0..8).prop_map(Step::Rows),
            ],
            0..most,
        )
    }

    fn take(bench: &Bench, step: &Step) {
        match step {
            Step::Somebody(key, phone, value) => {
                let field = if *phone { "phone" } else { "name" };
                // One writes what rows say, in another form.
                let typed = if *value == 3 { "name1 ".to_owned() } else { format!("somebody{value}") };
                bench.crm.somebody_sets(&format!("k{key}"), field, &typed);
            }
            Step::Deletes(key) => bench.crm.somebody_deletes(&format!("k{key}")),
            Step::Rows(names) => {
                let rows = names.iter().enumerate().filter(|(_, name)| **name > 0);
                bench
                    .table
                    .set(rows.map(|(key, name)| row(&format!("k{key}"), &format!("name{name}"))).collect());
            }
        }
    }

    async fn undone(before: &[Step], rows: &[u8], after: &[Step], removed: Removal, lost: bool) {
        let bench = bench().await;
        bench.mirror(removed).await;
        bench.save(|sync| sync.brakes = NO_BRAKES).await;
        for step in before {
            take(&bench, step);
        }
        bench.run().await;
        take(&bench, &Step::Rows(rows.to_vec()));
        let start = records(&bench);
        if lost {
            let mut first = true;
            bench.crm.reply(
                move |_, _| if std::mem::take(&mut first) { Reply::LostAfter } else { Reply::EachRecord },
            );
        }
        let run = bench.run().await;
        bench.crm.take_all();
        let written = records(&bench);
        let edits: Vec<_> = after.iter().filter(|step| !matches!(step, Step::Rows(_))).collect();
        for step in edits {
            take(&bench, step);
        }
        let touched = records(&bench);
        undo(&bench, &run, true).await;
        let end = records(&bench);
        for key in (0..8).map(|key| format!("k{key}")) {
            let (start, written, touched, end) =
                (start.get(&key), written.get(&key), touched.get(&key), end.get(&key));
            if touched == written {
                assert_eq!(without_id(end), without_id(start), "{key}: nobody else touched it");
                continue;
            }
            for field in ["name", "phone"] {
                let of = |record: Option<&Map<String, Value>>| {
                    record.and_then(|record| record.get(field)).cloned().unwrap_or_default()
                };
                if of(touched) != of(written) || touched.is_none() || start.is_none() || written.is_none() {
                    assert_eq!(
                        of(end),
                        of(touched),
                        "{key}.{field} was touched, or its record is somebody else's"
                    );
                } else {
                    assert_eq!(of(end), of(start), "{key}.{field}: nobody else touched it");
                }
            }
        }
    }

    /// The match value stays with a record that is put back.
    fn without_id(record: Option<&Map<String, Value>>) -> Option<Vec<(&String, &Value)>> {
        let fields = record?.iter().filter(|(name, value)| *name != "id" && !value.is_null());
        let mut fields: Vec<_> = fields.collect();
        fields.sort_by_key(|(name, _)| *name);
        Some(fields)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(soak(60, 5_000) as u32))]

        #[test]
        fn nothing_but_what_the_run_wrote_is_put_back(
            before in steps(8),
            rows in prop::collection::vec(0..4_u8, 0..8),
            after in steps(6),
            removed in prop_oneof![Just(Removal::Nothing), Just(Removal::Clear), Just(Removal::Delete)],
            lost: bool,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            runtime.block_on(undone(&before, &rows, &after, removed, lost));
        }
    }
}
