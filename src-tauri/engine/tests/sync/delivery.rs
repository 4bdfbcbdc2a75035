//! What was refused, lost or put off is sent again until it is delivered, and holds nothing else up.

use std::collections::BTreeMap;
use std::time::Duration;

use sluice_engine::destination::Outcome;
use sluice_engine::store::runs::RunState;
use sluice_engine::sync::{Field, Sync};
use sluice_engine::testing::Reply;
use sluice_engine::{Error, ErrorKind};

use crate::bench::{Bench, payload, people, row};

#[tokio::test(start_paused = true)]
async fn a_repeat_after_a_lost_answer_has_the_same_id_and_bytes() {
    for lost in [Reply::LostBefore, Reply::LostAfter] {
        let bench = Bench::new().await;
        bench.table.set(people(50, "Ana"));
        bench.crm.reply(move |request, _| if request == 1 { lost.clone() } else { Reply::EachRecord });
        let run = bench.run().await;
        assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 50));
        assert_eq!((run.counts.sent, run.counts.requests), (50, 2), "each record once, each request");
        let requests = bench.crm.requests();
        let ids = |request: usize| {
            requests[request].iter().map(|record| (record.id.clone(), record.payload.clone()))
        };
        assert!(ids(0).eq(ids(1)));
        let next = bench.run().await;
        assert_eq!(next.counts.to_send, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_newer_run_sends_again_has_the_same_id_and_bytes() {
    let bench = Bench::new().await;
    bench.table.set(people(50, "Ana"));
    bench.crm.reply(|_, _| Reply::LostAfter);
    assert_eq!(bench.run().await.state, RunState::Waiting);
    bench.clock.advance(chrono::Duration::hours(1));
    bench.crm.take_all();
    bench.table.edit(|rows| rows[7] = row("k7", "Bo"));
    assert_eq!(bench.run().await.counts.delivered, 50);
    let mut sent = BTreeMap::new();
    for arrived in bench.crm.arrived().into_iter().filter(|arrived| arrived.key != "k7") {
        let bytes = (arrived.id, arrived.payload, arrived.changed_at);
        let first = sent.entry(arrived.key).or_insert_with(|| bytes.clone());
        assert_eq!(*first, bytes);
    }
    assert_eq!(sent.len(), 49);
}

#[tokio::test(start_paused = true)]
async fn a_refused_record_is_sent_again_on_each_run_until_it_is_taken() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "good"), row("b", "bad")]);
    bench.crm.reject("bad");
    let first = bench.run().await;
    assert_eq!(first.state, RunState::CompletedWithRejections);
    assert_eq!((first.counts.delivered, first.counts.rejected), (1, 1));
    let second = bench.run().await;
    assert_eq!((second.counts.unchanged, second.counts.added, second.counts.rejected), (1, 1, 1));
    bench.table.edit(|rows| rows[1][1] = "better".into());
    let third = bench.run().await;
    assert_eq!((third.state, third.counts.delivered), (RunState::Completed, 1));
    bench.expect_kept(&[("a", "good"), ("b", "better")]);
}

#[tokio::test(start_paused = true)]
async fn refused_records_can_be_retried_alone() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "bad"), row("b", "bad"), row("c", "good")]);
    bench.crm.reject("bad");
    let first = bench.run().await;
    bench.crm.take_all();
    let nobody = bench.engine.retry(first.id, vec!["nobody".into()]).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::UnknownName);
    let one = bench.engine.retry(first.id, vec!["a".into()]).await.unwrap();
    assert_eq!(bench.ended(one).await.counts.delivered, 1);
    let rest = bench.engine.retry(first.id, vec![]).await.unwrap();
    assert_eq!(bench.ended(rest).await.counts.delivered, 1);
    let none = bench.engine.retry(first.id, vec![]).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Conflict);
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn bad_records_of_a_refused_batch_are_found_by_halving() {
    for bad in [vec![0], vec![99], vec![17, 18], vec![3, 50, 51, 98]] {
        let bench = Bench::new().await;
        bench.table.set(people(100, "Ana"));
        bench.table.edit(|rows| bad.iter().for_each(|place: &usize| rows[*place][1] = "bad".into()));
        bench.crm.reply(|_, records| {
            let is_bad = records.iter().any(|record| record.payload.contains("bad"));
            if is_bad { Reply::Refuse } else { Reply::EachRecord }
        });
        let run = bench.run().await;
        let k = bad.len() as u64;
        assert_eq!((run.counts.delivered, run.counts.rejected), (100 - k, k));
        assert!(run.counts.requests <= 2 * k * 7 + 1, "{} requests for {k} bad records", run.counts.requests);
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_leaves_the_rest_waiting_and_it_goes_out_later() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(100, "Ana"));
    bench.crm.reply(|request, _| if request > 3 { Reply::Again(None) } else { Reply::EachRecord });
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered, run.counts.waiting()), (RunState::Waiting, 30, 70));
    assert!(run.next_attempt.is_some_and(|next| next > run.started));
    bench.crm.take_all();
    let resumed = bench.resume(&run).await;
    assert_eq!(
        (resumed.state, resumed.counts.delivered, resumed.counts.sent),
        (RunState::Completed, 100, 100)
    );
    assert_eq!(bench.run().await.counts.to_send, 0);
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_asks_to_wait_is_left_alone_that_long() {
    let bench = Bench::with_batches_of(10).await;
    bench.crm.limit(|limits| limits.in_flight = 4);
    bench.table.set(people(100, "Ana"));
    let begun = tokio::time::Instant::now();
    let times = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = times.clone();
    bench.crm.reply(move |request, _| {
        seen.lock().unwrap().push(begun.elapsed());
        if request == 2 { Reply::Again(Some(Duration::from_secs(40))) } else { Reply::EachRecord }
    });
    let run = bench.run().await;
    assert_eq!(run.state, RunState::Completed);
    let after = times.lock().unwrap().iter().filter(|at| **at >= Duration::from_secs(40)).count();
    // At most what was under way already came in between.
    assert!(after >= 6, "{:?}", times.lock().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_too_early_waits_for_its_turn_however_often() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(20, "Ana"));
    let mut tries = 0;
    bench.crm.reply(move |_, _| {
        tries += 1;
        if tries < 30 { Reply::Early(Duration::from_secs(9)) } else { Reply::EachRecord }
    });
    let begun = tokio::time::Instant::now();
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered, run.counts.requests), (RunState::Completed, 20, 2));
    assert_eq!(begun.elapsed().as_secs(), 29 * 9);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_put_off_for_ever_holds_no_other_up() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(100, "Ana"));
    bench.crm.record(|record| {
        if record.key == "k5" {
            Outcome::Again(Error::new(ErrorKind::ServerFailed, "The record is locked."))
        } else {
            Outcome::Delivered
        }
    });
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered, run.counts.waiting()), (RunState::Waiting, 99, 1));
    bench.crm.take_all();
    let resumed = bench.resume(&run).await;
    assert_eq!((resumed.state, resumed.counts.delivered), (RunState::Completed, 100));
}

#[tokio::test(start_paused = true)]
async fn a_refused_sign_in_fails_the_run_and_keeps_everything() {
    let bench = Bench::with_batches_of(10).await;
    bench.table.set(people(50, "Ana"));
    bench.crm.reply(|request, _| if request > 2 { Reply::Stop } else { Reply::EachRecord });
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered, run.counts.waiting()), (RunState::Failed, 20, 30));
    assert_eq!(run.problem.unwrap().kind, "sign_in_failed");
    bench.crm.take_all();
    let next = bench.run().await;
    assert_eq!((next.state, next.counts.delivered, next.counts.unchanged), (RunState::Completed, 30, 20));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_waited_goes_out_although_its_row_is_gone() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("a", "1"), row("b", "1")]);
    bench.crm.reply(|_, _| Reply::Stop);
    bench.run().await;
    bench.crm.take_all();
    bench.table.set(vec![row("b", "1")]);
    let run = bench.run().await;
    assert_eq!((run.counts.carried, run.counts.added, run.counts.delivered), (1, 1, 2));
    bench.expect_kept(&[("a", "1"), ("b", "1")]);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_goes_back_after_an_uncertain_send_is_sent_over_it() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("k", "A")]);
    bench.run().await;
    bench.table.set(vec![row("k", "B")]);
    bench.crm.reply(|_, _| Reply::LostAfter);
    bench.run().await;
    bench.table.set(vec![row("k", "A")]);
    bench.crm.take_all();
    let run = bench.run().await;
    assert_eq!((run.counts.changed, run.counts.delivered), (1, 1));
    bench.expect_kept(&[("k", "A")]);
}

#[tokio::test(start_paused = true)]
async fn an_uncertain_send_is_remembered_across_a_newer_change_that_never_went_out() {
    let bench = Bench::new().await;
    let reply = |reply: Reply| bench.crm.reply(move |_, _| reply.clone());
    bench.table.set(vec![row("k", "A")]);
    bench.run().await;
    for (name, answer) in [("B", Reply::LostAfter), ("C", Reply::Refuse), ("A", Reply::Stop)] {
        bench.table.set(vec![row("k", name)]);
        reply(answer);
        bench.run().await;
    }
    assert_eq!(bench.crm.kept()["k"], payload("k", "B"));
    bench.crm.take_all();
    bench.run().await;
    bench.expect_kept(&[("k", "A")]);
}

#[tokio::test(start_paused = true)]
async fn values_are_kept_before_they_are_written_over_even_if_the_first_look_fails() {
    let bench = Bench::new().await;
    bench.table.set(vec![row("k", "A")]);
    bench.run().await;
    bench.table.set(vec![row("k", "B")]);
    bench.crm.readable(Err(Error::new(ErrorKind::ServerFailed, "The destination failed.")));
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.sent, run.counts.requests), (RunState::Waiting, 0, 0));
    assert_eq!(bench.crm.kept()["k"], payload("k", "A"));
    bench.crm.readable(Ok(()));
    let resumed = bench.resume(&run).await;
    assert_eq!((resumed.state, resumed.counts.sent), (RunState::Completed, 1));
    let sql = "select count(*) from before where batch in (select id from batch where run = ?1)";
    assert_eq!(bench.count(sql, run.id), 1);
}

fn only_if_empty(sync: &mut Sync) {
    let name = Field { only_if_empty: true, ..Field::column("name", "name") };
    sync.fields = Some(vec![Field::column("id", "id"), name]);
}

#[tokio::test(start_paused = true)]
async fn a_field_is_filled_only_where_it_is_empty_and_a_repeat_has_the_same_bytes() {
    let bench = Bench::new().await;
    bench.save(only_if_empty).await;
    bench.crm.readable(Ok(()));
    bench.table.set(vec![row("k", "A"), row("l", "")]);
    bench.run().await;
    assert_eq!(bench.crm.kept()["k"], payload("k", "A"), "it is new there");
    bench.crm.reply(|request, _| if request == 2 { Reply::LostBefore } else { Reply::EachRecord });
    bench.table.set(vec![row("k", "B"), row("l", "B"), row("m", "B")]);
    let plan = bench.engine.plan(&bench.saved(), 10).await.unwrap();
    let left: Vec<_> = plan
        .records
        .iter()
        .map(|one| (one.key.as_str(), one.looked.as_ref().unwrap().left_alone.join(" ")))
        .collect();
    let told = [("k", "name"), ("l", ""), ("m", "")].map(|(key, left)| (key, left.to_owned()));
    assert_eq!(left, told, "a plan tells what is left alone");
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered, run.counts.requests), (RunState::Completed, 3, 2));
    let sent = |request: usize| {
        let records = bench.crm.requests()[request].clone();
        records.into_iter().map(|record| (record.id, record.payload)).collect::<Vec<_>>()
    };
    assert_eq!(sent(1), sent(2));
    let payloads: Vec<_> = sent(1).into_iter().map(|(_, payload)| payload).collect();
    assert_eq!(payloads, [r#"{"id":"k"}"#.to_owned(), payload("l", "B"), payload("m", "B")]);
    assert_eq!(bench.run().await.counts.to_send, 0, "what was left out is no change");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_where_nobody_says_what_is_empty() {
    let bench = Bench::new().await;
    bench.save(only_if_empty).await;
    bench.table.set(vec![row("k", "A")]);
    let run = bench.run().await;
    assert_eq!((run.counts.requests, run.counts.sent, run.counts.waiting()), (0, 0, 1));
    assert!(run.problem.is_some_and(|problem| problem.message.contains("filled only where it is empty")));
}

#[tokio::test(start_paused = true)]
async fn the_last_of_a_quota_is_read_on_only_for_what_nothing_is_sent_without() {
    let bench = Bench::new().await;
    bench.crm.spare();
    bench.table.set(vec![row("k", "A")]);
    assert_eq!(bench.run().await.counts.delivered, 1);
    assert_eq!(
        bench.count("select count(*) from before where batch > ?1", 0),
        0,
        "that is good to know, no more"
    );
    bench.save(only_if_empty).await;
    bench.table.set(vec![row("k", "B"), row("l", "B")]);
    let run = bench.run().await;
    assert_eq!((run.state, run.counts.delivered), (RunState::Completed, 2));
    assert_eq!(bench.crm.kept()["k"], r#"{"id":"k"}"#, "there is a name already");
    assert_eq!(bench.crm.kept()["l"], payload("l", "B"));
}
