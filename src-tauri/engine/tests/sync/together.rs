//! A destination may say how many records go in one request, once it is known how many there are.

use sluice_engine::destination::Outcome;
use sluice_engine::record::Operation;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::{Field, Removal};
use sluice_engine::testing::Reply;
use sluice_engine::{Error, ErrorKind};

use crate::bench::{Bench, people};

async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.crm.limit(|limits| limits.records = 1_000);
    bench.crm.together(|operation, of_run| match operation {
        Operation::Upsert if of_run >= 500 => 250,
        Operation::Upsert => 20,
        Operation::Update | Operation::Create | Operation::Clear | Operation::Delete => 7,
    });
    bench
}

fn sizes(bench: &Bench) -> Vec<usize> {
    bench.crm.requests().iter().map(Vec::len).collect()
}

#[tokio::test(start_paused = true)]
async fn the_number_of_records_of_a_run_decides_how_many_go_together() {
    let bench = bench().await;
    bench.table.set(people(90, "Ana"));
    let plan = bench.engine.plan(&bench.saved(), 1).await.unwrap();
    assert_eq!((plan.requests, plan.by), (5, vec!["fake"]));
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 90));
    assert_eq!((run.counts.sent, run.counts.requests), (90, 5));
    assert_eq!(sizes(&bench), [20, 20, 20, 20, 10]);
    bench.table.set(people(600, "Bo"));
    let run = bench.run().await;
    assert_eq!((run.counts.sent, run.counts.delivered), (600, 600));
    assert_eq!(sizes(&bench)[5..], [250, 250, 100]);
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn a_held_run_tells_how_it_would_go_and_what_it_would_leave_alone() {
    let bench = bench().await;
    bench.crm.readable(Ok(()));
    bench.table.set(people(200, "Ana"));
    bench.run().await;
    let name = Field { only_if_empty: true, ..Field::column("name", "name") };
    bench.save(|sync| sync.fields = Some(vec![Field::column("id", "id"), name])).await;
    bench.table.set(people(90, "Bo"));
    bench.table.edit(|rows| rows[80][0] = "new".into());
    let held = bench.run().await;
    assert_eq!(held.state, RunState::Held);
    let looked = bench.engine.held(held.id, 100).await.unwrap();
    assert_eq!((looked.requests, looked.by), (5, vec!["fake"]));
    let left = |key: &str| {
        looked.records.iter().find(|one| one.key == key).unwrap().looked.as_ref().unwrap().left_alone.clone()
    };
    assert_eq!((left("k0"), left("new")), (vec!["name".to_owned()], Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn such_a_request_carries_one_operation() {
    let bench = bench().await;
    bench.mirror(Removal::Delete).await;
    bench.table.set(people(200, "Ana"));
    bench.run().await;
    let before = bench.crm.requests().len();
    let mut rows = people(200, "Ana");
    rows.drain(..9);
    rows[5][1] = "Bo".into();
    bench.table.set(rows);
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 10));
    let requests = bench.crm.requests().split_off(before);
    let mut carried: Vec<_> = requests
        .iter()
        .map(|request| {
            assert!(request.iter().all(|arrived| arrived.operation == request[0].operation));
            (request[0].operation == Operation::Delete, request.len())
        })
        .collect();
    carried.sort_unstable();
    assert_eq!(carried, [(false, 1), (true, 2), (true, 7)]);
    assert_eq!(bench.crm.kept().len(), 191);
}

#[tokio::test(start_paused = true)]
async fn a_refused_part_is_halved_and_a_part_that_waits_goes_alone() {
    let bench = bench().await;
    bench.table.set(people(60, "Ana"));
    bench.crm.reply(|_, records| {
        if records.iter().any(|record| record.key == "k33") { Reply::Refuse } else { Reply::EachRecord }
    });
    let mut busy = true;
    bench.crm.record(move |arrived| {
        if arrived.key == "k5" && std::mem::take(&mut busy) {
            return Outcome::Again(Error::new(ErrorKind::ServerFailed, "The record is locked."));
        }
        Outcome::Delivered
    });
    let run = bench.run().await;
    assert_eq!((run.counts.delivered, run.counts.rejected), (59, 1));
    // Three parts, one of them halved down to one record of 20, and the record that was locked.
    assert!(run.counts.requests <= 3 + 2 * 5 + 1, "{}", run.counts.requests);
    assert_eq!(run.counts.sent, 60);
}
