//! After a change of the sync only records whose payload really changes are sent.

use sluice_engine::record::Operation;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::{Field, Mode, NullRule, Removal};
use sluice_engine::testing::{FakeCell, FakeDestination, FakeWarehouse};

use crate::bench::{Bench, row};

/// A third column that can be the key, too.
fn with_mail(id: &str, name: &str, mail: &str) -> Vec<FakeCell> {
    vec![id.into(), name.into(), mail.into()]
}

/// 100 people with an e-mail, delivered by their id; the e-mail is not sent.
async fn by_id() -> Bench {
    let bench = Bench::with(FakeWarehouse::new(&["id", "name", "mail"]), FakeDestination::new(100)).await;
    let field = |name: &str| Field::column(name, name);
    bench.save(|sync| sync.fields = Some(vec![field("id"), field("name")])).await;
    let person = |n: usize| with_mail(&format!("k{n}"), "Ana", &format!("p{n}@x"));
    bench.table.set((0..100).map(person).collect());
    bench.run().await;
    bench
}

async fn by_mail(bench: &Bench) {
    bench.save(|sync| sync.key = vec!["mail".into()]).await;
}

#[tokio::test(start_paused = true)]
async fn another_key_sends_only_what_changed() {
    let bench = by_id().await;
    by_mail(&bench).await;
    bench.table.edit(|rows| rows[7][1] = "Bea".into());
    let plan = bench.engine.plan(&bench.saved(), 10).await.unwrap();
    assert_eq!((plan.counts.changed, plan.counts.to_send), (1, 1));
    assert!(plan.records[0].before.is_some(), "found by the key it was delivered under");
    let run = bench.run().await;
    assert_eq!((run.counts.unchanged, run.counts.changed, run.counts.delivered), (99, 1, 1));
    assert_eq!(bench.run().await.counts.unchanged, 100);
    bench.table.edit(|rows| rows[8][1] = "Bea".into());
    assert_eq!(bench.run().await.counts.changed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_goes_back_before_a_run_changes_nothing() {
    let bench = by_id().await;
    by_mail(&bench).await;
    bench.save(|sync| sync.key = vec!["id".into()]).await;
    assert_eq!(bench.saved().keyed_by, None);
    assert_eq!(bench.run().await.counts.unchanged, 100);
}

#[tokio::test(start_paused = true)]
async fn keys_that_change_places_are_not_mixed_up() {
    let bench = by_id().await;
    bench.table.edit(|rows| {
        rows[0] = with_mail("k0", "Ana", "k1");
        rows[1] = with_mail("k1", "Ana", "k0");
    });
    by_mail(&bench).await;
    assert_eq!(bench.run().await.counts.to_send, 0);
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn two_rows_of_one_new_key_are_told() {
    let bench = by_id().await;
    bench.table.edit(|rows| rows[1][2] = "p0@x".into());
    by_mail(&bench).await;
    let run = bench.run().await;
    assert_eq!((run.counts.unchanged, run.counts.invalid, run.counts.to_send), (99, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_gone_with_the_old_key_is_removed_until_that_is_delivered() {
    let bench = by_id().await;
    bench.mirror(Removal::Delete).await;
    by_mail(&bench).await;
    bench.table.edit(|rows| drop(rows.remove(5)));
    bench.crm.record(|_| {
        use sluice_engine::{Error, ErrorKind, destination::Outcome};
        Outcome::Rejected(Error::new(ErrorKind::RecordRejected, "Locked."))
    });
    let run = bench.run().await;
    assert_eq!((run.counts.removed, run.counts.rejected), (1, 1));
    bench.crm.take_all();
    let run = bench.run().await;
    assert_eq!((run.counts.removed, run.counts.delivered, run.counts.unchanged), (1, 1, 99));
    let last = bench.crm.arrived().pop().unwrap();
    assert_eq!((last.operation, last.payload.as_str()), (Operation::Delete, "{\"id\":\"k5\"}"));
    bench.table.edit(|rows| drop(rows.remove(5)));
    bench.run().await;
    let last = bench.crm.arrived().pop().unwrap();
    assert_eq!(last.payload.as_str(), "{\"id\":\"k6\"}", "addressed under the new key as well");
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_can_not_be_sent_stays_delivered_under_the_new_key() {
    let bench = by_id().await;
    bench.mirror(Removal::Delete).await;
    by_mail(&bench).await;
    bench.table.edit(|rows| rows[3][1] = FakeCell::Unreadable);
    let run = bench.run().await;
    assert_eq!((run.counts.invalid, run.counts.removed, run.counts.to_send), (1, 0, 0));
    bench.table.edit(|rows| rows[3][1] = "Ana".into());
    assert_eq!(bench.run().await.counts.unchanged, 100);
    bench.table.edit(|rows| drop(rows.remove(3)));
    bench.run().await;
    assert_eq!(bench.crm.arrived().pop().unwrap().payload, "{\"id\":\"k3\"}");
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_under_the_old_key_goes_out_under_the_new_one() {
    let bench = by_id().await;
    bench.table.edit(|rows| rows.push(with_mail("new", "bad", "new@x")));
    bench.crm.reject("bad");
    bench.run().await;
    bench.crm.take_all();
    by_mail(&bench).await;
    let run = bench.run().await;
    assert_eq!((run.counts.added, run.counts.delivered, run.counts.carried), (1, 1, 0));
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn a_run_under_a_new_key_that_is_held_and_dropped_changes_nothing() {
    let bench = by_id().await;
    bench.mirror(Removal::Delete).await;
    by_mail(&bench).await;
    let whole = bench.table.rows();
    bench.table.edit(|rows| rows.truncate(20));
    let held = bench.run().await;
    assert_eq!((held.state, held.counts.removed), (RunState::Held, 80));
    bench.engine.drop_held(held.id).await.unwrap();
    bench.table.set(whole);
    assert_eq!(bench.run().await.counts.unchanged, 100);
    assert_eq!(bench.run().await.counts.unchanged, 100);
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_column_is_gone_sends_everything() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "x"), row("b", "y")]);
    bench.save(|sync| sync.key = vec!["name".into()]).await;
    bench.run().await;
    bench.table.rename("name", "label");
    bench.save(|sync| sync.key = vec!["id".into()]).await;
    let run = bench.run().await;
    assert_eq!((run.counts.added, run.counts.delivered), (2, 2));
    assert_eq!(bench.run().await.counts.unchanged, 2);
}

#[tokio::test(start_paused = true)]
async fn another_mapping_or_mode_sends_only_records_it_makes_different() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "1"), vec!["b".into(), FakeCell::Null]]);
    bench.run().await;
    for mode in [Mode::Update, Mode::Mirror, Mode::Append, Mode::Upsert] {
        bench.save(|sync| sync.mode = mode).await;
        assert_eq!(bench.run().await.counts.to_send, 0, "{mode:?}");
    }
    let field = |name: &str, null| Field { null, ..Field::column(name, name) };
    bench
        .save(|sync| {
            sync.fields = Some(vec![field("id", NullRule::Send), field("name", NullRule::LeaveOut)]);
        })
        .await;
    let run = bench.run().await;
    assert_eq!((run.counts.changed, run.counts.unchanged), (1, 1));
}
