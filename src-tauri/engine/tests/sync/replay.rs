//! A refused record is corrected and sent again, also in what it is found by, and its row does not undo that.

use sluice_engine::ErrorKind;
use sluice_engine::store::events::{self, EventId, Filter};
use sluice_engine::store::runs::{RunRow, RunState};
use sluice_engine::sync::{Mode, Removal, Shape};
use sluice_engine::testing::{FakeDestination, FakeWarehouse, Reply};

use crate::bench::{Bench, row};

/// People who are found by their e-mail; “bad” ones are refused.
async fn bench() -> Bench {
    let bench = Bench::with(FakeWarehouse::new(&["id", "email"]), FakeDestination::new(10)).await;
    let shape = Shape::Record { object: "contact".into(), match_field: "email".into() };
    bench.save(|sync| sync.shape = shape).await;
    bench.crm.reject("bad");
    bench.table.set(vec![row("a", "bad@x"), row("b", "ben@x")]);
    bench
}

fn event(bench: &Bench, run: &RunRow, key: &str) -> EventId {
    let filter = Filter { run: Some(run.id), key: Some(key.into()), ..Filter::default() };
    bench.engine.store().read(|sqlite| events::page(sqlite, &filter, None, 1)).unwrap()[0].id
}

fn as_sent(key: &str, email: &str) -> String {
    format!("{{\"id\":\"{key}\",\"email\":\"{email}\"}}")
}

/// Sends what a run sent of this key with another e-mail.
async fn corrected(bench: &Bench, run: &RunRow, key: &str, email: &str) -> Result<RunRow, ErrorKind> {
    let payload = as_sent(key, email).into_bytes();
    let replay = bench.engine.replay(event(bench, run, key), Some(payload)).await;
    match replay {
        Ok(run) => Ok(bench.ended(run).await),
        Err(error) => Err(error.kind()),
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_record_is_found_by_is_corrected_where_it_never_arrived() {
    let bench = bench().await;
    let refused = bench.run().await;
    assert_eq!((refused.counts.delivered, refused.counts.rejected), (1, 1));
    let fixed = corrected(&bench, &refused, "a", "ana@x").await.unwrap();
    assert_eq!((fixed.state, fixed.counts.delivered), (RunState::Completed, 1));
    assert_eq!(bench.crm.kept()["a"], as_sent("a", "ana@x"));
    // The row still says what was refused, and is not sent to be refused again.
    let idle = bench.run().await;
    assert_eq!((idle.state, idle.counts.unchanged, idle.counts.to_send), (RunState::Completed, 2, 0));
    // Nor is it after a second correction.
    let filled = r#"{"id":"a","email":"ana@x","name":"Ana"}"#;
    let again = bench.engine.replay(event(&bench, &fixed, "a"), Some(filled.into())).await.unwrap();
    assert_eq!(bench.ended(again).await.counts.delivered, 1);
    assert_eq!((bench.run().await.counts.to_send, bench.crm.kept()["a"].as_str()), (0, filled));
    bench.table.edit(|rows| rows[0][1] = "anna@x".into());
    let changed = bench.run().await;
    assert_eq!((changed.counts.changed, changed.counts.delivered), (1, 1));
    assert_eq!(bench.crm.kept()["a"], as_sent("a", "anna@x"));
    // Now there is a record, which would stay beside another one.
    for (run, key) in [(&changed, "a"), (&refused, "a"), (&refused, "b")] {
        assert_eq!(corrected(&bench, run, key, "other@x").await.unwrap_err(), ErrorKind::BadMapping);
    }
}

#[tokio::test(start_paused = true)]
async fn a_correction_that_is_refused_too_changes_nothing() {
    let bench = bench().await;
    let refused = bench.run().await;
    let worse = corrected(&bench, &refused, "a", "bad@y").await.unwrap();
    assert_eq!((worse.state, worse.counts.rejected), (RunState::CompletedWithRejections, 1));
    let again = bench.run().await;
    assert_eq!((again.counts.added, again.counts.rejected), (1, 1));
    assert_eq!(bench.crm.arrived().last().unwrap().payload, as_sent("a", "bad@x"));
    assert_eq!(corrected(&bench, &refused, "a", " ").await.unwrap_err(), ErrorKind::BadMapping);
    assert_eq!(corrected(&bench, &again, "a", "ana@x").await.unwrap().counts.delivered, 1);
    assert_eq!(bench.run().await.counts.unchanged, 2);
    bench.table.edit(|rows| rows[0][1] = "ana@x".into());
    assert_eq!(bench.run().await.counts.unchanged, 2, "it was corrected there too");
}

#[tokio::test(start_paused = true)]
async fn a_corrected_record_goes_with_its_row() {
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    let refused = bench.run().await;
    corrected(&bench, &refused, "a", "ana@x").await.unwrap();
    assert_eq!(bench.run().await.counts.unchanged, 2, "its row is there");
    bench.table.edit(|rows| drop(rows.remove(0)));
    let gone = bench.run().await;
    assert_eq!((gone.counts.removed, gone.counts.delivered), (1, 1));
    assert_eq!(bench.crm.arrived().last().unwrap().payload, "{\"email\":\"ana@x\"}");
    assert_eq!(bench.crm.kept().keys().collect::<Vec<_>>(), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_found_by_another_value_where_a_record_may_be_left_behind() {
    let lost = bench().await;
    lost.crm.take_all();
    lost.crm.reply(|request, _| if request == 1 { Reply::LostAfter } else { Reply::Stop });
    let waits = lost.run().await;
    assert_eq!(waits.counts.waiting(), 2);
    assert_eq!(corrected(&lost, &waits, "a", "ana@x").await.unwrap_err(), ErrorKind::BadMapping);

    let by_email = bench().await;
    let mirror = |sync: &mut sluice_engine::sync::Sync| {
        (sync.mode, sync.removed, sync.key) = (Mode::Mirror, Removal::Delete, vec!["email".into()]);
    };
    by_email.save(mirror).await;
    let refused = by_email.run().await;
    let payload = as_sent("a", "ana@x").into_bytes();
    let error = by_email.engine.replay(event(&by_email, &refused, "bad@x"), Some(payload)).await.unwrap_err();
    assert_eq!((error.kind(), error.hint()), (ErrorKind::BadMapping, "Correct it in the warehouse."));
}

#[tokio::test(start_paused = true)]
async fn after_a_removal_nothing_is_found_by_another_value_while_a_record_is_left_behind() {
    // Emptied is not gone, and a deletion takes only the record that its row was found by last.
    for (removed, moved, stands) in
        [(Removal::Delete, false, false), (Removal::Clear, false, true), (Removal::Delete, true, true)]
    {
        let bench = bench().await;
        bench.mirror(removed).await;
        bench.table.set(vec![row("a", "ana@x"), row("b", "ben@x")]);
        let first = bench.run().await;
        if moved {
            bench.table.edit(|rows| rows[0][1] = "anna@x".into());
            bench.run().await;
        }
        bench.table.edit(|rows| rows[0][1] = "bad@x".into());
        let refused = bench.run().await;
        assert_eq!((refused.counts.changed, refused.counts.rejected), (1, 1));
        bench.table.edit(|rows| drop(rows.remove(0)));
        let gone = bench.run().await;
        assert_eq!((gone.counts.removed, gone.counts.delivered), (1, 1));
        let arrived = corrected(&bench, &first, "a", "other@x").await;
        assert_eq!(arrived.unwrap_err(), ErrorKind::BadMapping, "it had arrived as somebody else");
        match corrected(&bench, &refused, "a", "other@x").await {
            Ok(run) => assert!(!stands && run.counts.delivered == 1, "{removed:?}, {moved}"),
            Err(kind) => assert!(stands && kind == ErrorKind::BadMapping, "{removed:?}, {moved}"),
        }
    }
}
