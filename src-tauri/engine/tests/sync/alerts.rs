//! Who is told of what, once.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::Duration;
use sluice_engine::alert::{self, Messenger, Notice, Receiver, Rules};
use sluice_engine::engine::Start;
use sluice_engine::secrets::Secret;
use sluice_engine::store::alerts;
use sluice_engine::store::runs::{RunRow, RunState, Trigger};
use sluice_engine::store::syncs;
use sluice_engine::testing::Reply;
use sluice_engine::{Error, ErrorKind, Result};

use crate::bench::{Bench, NO_BRAKES, PLAIN, SYNC, people};

const OPS: &str = "ops";

const RULES: Rules =
    Rules { failed: true, held: true, rejected: Some(0), rejected_percent: None, silent_hours: Some(24) };

/// Keeps what it is to send, or fails.
#[derive(Default)]
struct Told {
    sent: Mutex<Vec<Notice>>,
    failure: Mutex<Option<Error>>,
    attempts: Mutex<usize>,
}

#[async_trait]
impl Messenger for Told {
    async fn send(&self, _: &Receiver, _: Option<&Secret>, notice: &Notice) -> Result<()> {
        *self.attempts.lock().unwrap() += 1;
        if let Some(error) = self.failure.lock().unwrap().clone() {
            return Err(error);
        }
        self.sent.lock().unwrap().push(notice.clone());
        Ok(())
    }
}

impl Told {
    fn fails(&self, kind: Option<ErrorKind>) {
        *self.failure.lock().unwrap() = kind.map(|kind| Error::new(kind, "The hook is away."));
    }

    fn attempts(&self) -> usize {
        *self.attempts.lock().unwrap()
    }

    /// What was sent since the last look.
    async fn news(&self, bench: &Bench) -> Vec<String> {
        alert::pass(&bench.engine, self).await.unwrap();
        self.sent.lock().unwrap().drain(..).map(|notice| notice.event).collect()
    }
}

async fn bench(rules: Rules, syncs: Option<Vec<String>>) -> Bench {
    let bench = Bench::new().await;
    let receiver = Receiver {
        name: "Operations".to_owned(),
        kind: "test".to_owned(),
        settings: BTreeMap::new(),
        syncs,
        rules,
    };
    let save = move |sqlite: &rusqlite::Connection| alerts::save(sqlite, OPS, &receiver, 0);
    bench.engine.store().write(save).done().await.unwrap();
    bench.save(|sync| sync.brakes = NO_BRAKES).await;
    bench.table.set(people(3, "Ana"));
    bench
}

fn problem(bench: &Bench) -> Option<String> {
    let saved = bench.engine.store().read(|sqlite| alerts::get(sqlite, OPS)).unwrap();
    saved.problem.map(|problem| problem.kind)
}

/// What the window's notifications tell of a run.
async fn notified(bench: &Bench, run: &RunRow) -> Option<String> {
    let id = run.id;
    let news = bench.engine.store().write(move |sqlite| alert::news(sqlite, id)).done().await.unwrap();
    news.map(|notice| notice.event)
}

/// The destination refuses the sign-in, and something has to be sent.
async fn refused(bench: &Bench, name: &str) -> RunRow {
    bench.crm.reply(|_, _| Reply::Stop);
    bench.table.set(people(3, name));
    let run = bench.run().await;
    assert_eq!(run.state, RunState::Failed);
    run
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_once_and_its_recovery_once() {
    let bench = bench(RULES, None).await;
    let told = Told::default();
    refused(&bench, "Bo").await;
    assert_eq!(told.news(&bench).await, ["failed"]);
    refused(&bench, "Cy").await;
    assert!(told.news(&bench).await.is_empty(), "the same cause was told");
    bench.crm.take_all();
    assert_eq!(bench.run().await.state, RunState::Completed);
    assert_eq!(told.news(&bench).await, ["recovered"]);
    bench.run().await;
    assert!(told.news(&bench).await.is_empty(), "the recovery was told");
    refused(&bench, "Di").await;
    assert_eq!(told.news(&bench).await, ["failed"], "it recovered in between");
}

#[tokio::test(start_paused = true)]
async fn what_was_told_is_known_after_a_restart() {
    let mut bench = bench(RULES, None).await;
    let told = Told::default();
    let run = refused(&bench, "Bo").await;
    assert_eq!(notified(&bench, &run).await.as_deref(), Some("failed"));
    bench.reopen();
    assert_eq!(told.news(&bench).await, ["failed"], "what was not sent before the restart is sent");
    let run = refused(&bench, "Cy").await;
    assert!(told.news(&bench).await.is_empty());
    assert_eq!(notified(&bench, &run).await, None);
}

#[tokio::test(start_paused = true)]
async fn an_alert_says_nothing_of_anybody() {
    let bench = bench(RULES, None).await;
    let told = Told::default();
    refused(&bench, "Wilhelmina").await;
    alert::pass(&bench.engine, &told).await.unwrap();
    let sent = told.sent.lock().unwrap();
    let notice = &sent[0];
    assert!(!format!("{notice:?}").contains("Wilhelmina"));
    assert_eq!(notice.code.as_deref(), Some("SLU-2004"));
    assert_eq!(notice.title, "people needs you");
    assert!(notice.text.contains(ErrorKind::SignInFailed.hint()), "{}", notice.text);
}

#[tokio::test(start_paused = true)]
async fn rejected_records_are_told_until_fewer_are() {
    let bench = bench(RULES, None).await;
    let told = Told::default();
    bench.crm.reject("k1");
    assert_eq!(bench.run().await.state, RunState::CompletedWithRejections);
    assert_eq!(told.news(&bench).await, ["rejected"]);
    bench.run().await;
    assert!(told.news(&bench).await.is_empty());
    bench.crm.take_all();
    bench.run().await;
    assert_eq!(told.news(&bench).await, ["recovered"]);
}

#[tokio::test(start_paused = true)]
async fn a_held_run_is_told_and_another_one_after_a_decision() {
    let bench = bench(RULES, None).await;
    let told = Told::default();
    let looked = bench.run_with(Start { review: true, ..PLAIN }).await;
    assert_eq!(looked.state, RunState::Held);
    assert!(told.news(&bench).await.is_empty(), "who asked to look first is there");
    bench.save(|sync| sync.brakes.first_run = true).await;
    let held = bench.run().await;
    assert_eq!(held.state, RunState::Held);
    assert_eq!(told.news(&bench).await, ["held"]);
    assert_eq!(notified(&bench, &held).await.as_deref(), Some("held"));
    assert_eq!(notified(&bench, &held).await, None, "a second push of the same run tells nothing");
    bench.engine.drop_held(held.id).await.unwrap();
    assert!(told.news(&bench).await.is_empty());
    let held = bench.run().await;
    assert_eq!(told.news(&bench).await, ["held"]);
    assert_eq!(notified(&bench, &held).await.as_deref(), Some("held"));
}

#[tokio::test(start_paused = true)]
async fn a_sync_without_success_is_told_after_the_time_and_recovers() {
    let bench = bench(RULES, None).await;
    let told = Told::default();
    bench.run().await;
    bench.clock.advance(Duration::hours(24));
    assert!(told.news(&bench).await.is_empty());
    bench.clock.advance(Duration::minutes(1));
    assert_eq!(told.news(&bench).await, ["silent"]);
    bench.clock.advance(Duration::hours(24));
    assert!(told.news(&bench).await.is_empty());
    bench.run().await;
    assert_eq!(told.news(&bench).await, ["recovered"]);
}

#[tokio::test(start_paused = true)]
async fn a_paused_sync_may_be_silent() {
    let bench = bench(RULES, None).await;
    bench.run().await;
    let pause = |sqlite: &rusqlite::Connection| syncs::pause(sqlite, SYNC, true, None);
    bench.engine.store().write(pause).done().await.unwrap();
    bench.clock.advance(Duration::days(30));
    assert!(Told::default().news(&bench).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_asked_for_other_syncs_hears_nothing_of_this_one() {
    let told = Told::default();
    let other = bench(RULES, Some(vec!["another-sync".to_owned()])).await;
    refused(&other, "Bo").await;
    assert!(told.news(&other).await.is_empty());
    let this = bench(RULES, Some(vec!["a-sync".to_owned()])).await;
    refused(&this, "Bo").await;
    assert_eq!(told.news(&this).await, ["failed"]);
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_can_not_be_sent_is_tried_again_and_then_given_up() {
    let bench = bench(RULES, None).await;
    let told = Told::default();
    told.fails(Some(ErrorKind::Unreachable));
    refused(&bench, "Bo").await;
    assert!(told.news(&bench).await.is_empty());
    assert!(told.news(&bench).await.is_empty());
    assert_eq!(told.attempts(), 1, "it waits before it is tried again");
    assert_eq!(problem(&bench), None, "nobody is bothered while it is tried again");
    for _ in 0..20 {
        bench.clock.advance(Duration::hours(5));
        assert!(told.news(&bench).await.iter().all(|event| event != "failed"));
    }
    assert_eq!(problem(&bench).as_deref(), Some("unreachable"));
    assert_eq!(bench.engine.store().read(|sqlite| alerts::waiting(sqlite, OPS)).unwrap(), 0);
    told.fails(None);
    alert::test(&bench.engine, &told, OPS.to_owned()).await.unwrap();
    assert_eq!(problem(&bench), None);
}

#[tokio::test(start_paused = true)]
async fn an_alert_arrives_when_its_receiver_is_back() {
    let bench = bench(RULES, None).await;
    let told = Told::default();
    told.fails(Some(ErrorKind::SignInFailed));
    refused(&bench, "Bo").await;
    assert!(told.news(&bench).await.is_empty());
    assert_eq!(problem(&bench).as_deref(), Some("sign_in_failed"), "only the user can mend that");
    told.fails(None);
    bench.clock.advance(Duration::minutes(2));
    assert_eq!(told.news(&bench).await, ["failed"]);
    assert_eq!(problem(&bench), None);
}

#[tokio::test(start_paused = true)]
async fn the_first_success_is_notified_once_and_never_again() {
    let bench = bench(RULES, None).await;
    let test = bench.run_with(Start::of(Trigger::Test)).await;
    assert_eq!(notified(&bench, &test).await, None, "who tests looks at what becomes of it");
    refused(&bench, "Bo").await;
    bench.crm.take_all();
    let first = bench.run().await;
    assert_eq!(notified(&bench, &first).await.as_deref(), Some("first_success"));
    assert_eq!(notified(&bench, &first).await, None);
    let second = bench.run().await;
    assert_eq!(notified(&bench, &second).await, None);
}

#[tokio::test(start_paused = true)]
async fn rejected_records_alone_are_no_notification() {
    let bench = bench(RULES, None).await;
    let first = bench.run().await;
    assert_eq!(notified(&bench, &first).await.as_deref(), Some("first_success"));
    bench.crm.reject("Bo");
    bench.table.set(people(3, "Bo"));
    let run = bench.run().await;
    assert_eq!(run.state, RunState::CompletedWithRejections);
    assert_eq!(notified(&bench, &run).await, None);
}

#[tokio::test(start_paused = true)]
async fn an_older_run_tells_nothing_any_more() {
    let bench = bench(RULES, None).await;
    let failed = refused(&bench, "Bo").await;
    bench.crm.take_all();
    bench.run().await;
    assert_eq!(notified(&bench, &failed).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_receiver_and_a_deleted_sync_leave_nothing_behind() {
    let bench = bench(RULES, None).await;
    refused(&bench, "Bo").await;
    bench.engine.store().write(|sqlite| syncs::delete(sqlite, SYNC)).done().await.unwrap();
    assert_eq!(bench.count("select count(*) from alert_told where sync = ?1", 1), 0);
    bench.engine.store().write(|sqlite| alerts::delete(sqlite, OPS)).done().await.unwrap();
    let waiting = bench.engine.store().read(|sqlite| alerts::waiting(sqlite, OPS)).unwrap();
    assert_eq!(waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn two_receivers_of_one_name_are_refused() {
    let bench = bench(RULES, None).await;
    let saved = bench.engine.store().read(|sqlite| alerts::get(sqlite, OPS)).unwrap();
    let save = move |sqlite: &rusqlite::Connection| alerts::save(sqlite, "second", &saved.receiver, 1);
    let refused = bench.engine.store().write(save).done().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
}
