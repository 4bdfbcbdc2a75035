//! Several rows of one run write the same record of the destination: an undo puts back what stood there before the first.

use serde_json::json;
use sluice_engine::engine::Undone;
use sluice_engine::run::undo::Will;
use sluice_engine::store::runs::RunState;
use sluice_engine::testing::{FakeDestination, FakeWarehouse};

use super::undo_faults::{looked, person, records, undone};
use crate::bench::{Bench, NO_BRAKES};

const SHARED: &str = "Another row of the run wrote the same record, and that one stands for both.";

/// Rows that are known by their number, and name a person by an id: two of them the same. So many records to a request.
async fn bench(together: usize) -> Bench {
    let bench = Bench::with(FakeWarehouse::new(&["row", "id", "name"]), FakeDestination::new(together)).await;
    bench.crm.merge(&["id", "name", "phone"]);
    bench.crm.tell_ids();
    bench
        .save(|sync| {
            sync.brakes = NO_BRAKES;
            sync.key = vec!["row".into()];
        })
        .await;
    // This CRM keeps records by the keys of their rows.
    bench.crm.somebody_merges("again", "k0");
    let rows = [("k0", "k0", "Bo"), ("again", "k0", "Cy"), ("k1", "k1", "Di")];
    bench.table.set(rows.map(|(row, id, name)| person(row, id, name)).to_vec());
    bench
}

#[tokio::test(start_paused = true)]
async fn a_record_that_two_rows_wrote_gets_the_values_from_before_the_first() {
    for together in [1, 10] {
        let bench = bench(together).await;
        bench.crm.somebody_sets("k0", "name", "Ana");
        let run = bench.run().await;
        assert_eq!((run.counts.delivered, records(&bench)["k0"]["name"].as_str()), (3, Some("Cy")));
        let own =
            |key: &str, will: Will, reason: Option<&str>| (key.to_owned(), will, reason.map(str::to_owned));
        assert_eq!(
            looked(&bench, &run).await,
            [
                own("k0", Will::Nothing, Some(SHARED)),
                own("again", Will::PutBack, None),
                own("k1", Will::Delete, None)
            ]
        );
        let undo = undone(&bench, run.id).await;
        assert_eq!((undo.state, undo.counts.delivered, undo.counts.invalid), (RunState::Completed, 2, 0));
        let ana = json!({ "id": "k0", "row": null, "name": "Ana" });
        assert_eq!(serde_json::to_value(records(&bench)).unwrap(), json!({ "k0": ana }), "{together}");
        let whole = Undone { by: Some(undo.id), ..Undone::default() };
        assert_eq!(bench.engine.undone(&run).unwrap(), whole);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_two_rows_created_is_deleted_once() {
    for together in [1, 10] {
        let bench = bench(together).await;
        let run = bench.run().await;
        let undo = undone(&bench, run.id).await;
        assert_eq!((undo.counts.removed, undo.counts.delivered, undo.counts.invalid), (2, 2, 0));
        assert!(records(&bench).is_empty(), "{together}: {:?}", records(&bench));
    }
}

#[tokio::test(start_paused = true)]
async fn one_of_the_rows_alone_takes_its_record_back() {
    let bench = bench(10).await;
    bench.crm.somebody_sets("k0", "name", "Ana");
    let run = bench.run().await;
    let one = bench.engine.undo(run.id, vec!["k0".into()], true).await.unwrap();
    assert_eq!(bench.ended(one).await.counts.changed, 1);
    assert_eq!(records(&bench)["k0"]["name"], "Ana");
    let rest = undone(&bench, run.id).await;
    assert_eq!((rest.counts.delivered, rest.counts.invalid), (1, 0));
    assert_eq!(records(&bench)["k0"]["name"], "Ana");
    // What somebody has changed since stays, whoever of them is asked.
    bench.crm.somebody_sets("k0", "name", "Eve");
    for key in ["k0", "again"] {
        let look = bench.engine.look_at_undo(run.id, &[key.to_owned()], None, 10).await.unwrap();
        assert_eq!((look.records.len(), look.records[0].will), (1, Will::LeaveAlone), "{key}");
    }
}
