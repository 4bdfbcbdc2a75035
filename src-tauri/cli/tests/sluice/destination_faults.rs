//! What a destination can answer instead of yes: what the user is told, and that every row arrives in the end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use crate::command::{Said, Sluice, count, signal, wait};
use crate::main_job::assert_sums;
use crate::server::{Got, Reply, Server, text};

const OK: Reply = text(200, "ok");
/// After so long a request that has not come never comes.
const LIMIT: Duration = Duration::from_secs(60);

/// A sync of two people to a data plane that answers so: one reply per request, the last one from then on.
struct Two {
    sluice: Sluice,
    server: Server,
    runtime: Runtime,
}

fn two(replies: &[Reply]) -> Two {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(replies.to_vec()));
    let mut sluice = Sluice::with(&format!(
        "version: 1
connections:
  sample: {{ kind: sample }}
  events: {{ kind: rudderstack, settings: {{ data_plane_url: \"{}\" }} }}
syncs:
  people:
    from: sample
    sql: select user_id, email, company from leads where user_id is not null order by lead_id limit 2
    key: user_id
    to: events
    event: identify
",
        server.url
    ));
    sluice.set("SLUICE_SECRET_EVENTS_WRITE_KEY", "w-key-of-the-test");
    Two { sluice, server, runtime }
}

impl Two {
    fn sync(&self, code: i32) -> Value {
        let said = self.sluice.run(&["sync", "people", "--json"]);
        ended(&said, code)
    }

    fn has_got(&self, requests: usize) {
        let got = async { tokio::time::timeout(LIMIT, self.server.has_got(requests)).await };
        assert!(self.runtime.block_on(got).is_ok(), "no request {requests} came");
    }

    /// Nothing is lost: the next sync sends both, or what is left of them, and after it there is nothing to send.
    fn the_rest_arrives(&self, records: u64) {
        let next = self.sync(0);
        assert_eq!((count(&next, "delivered"), count(&next, "waiting")), (records, 0), "{next}");
        let last = self.sync(0);
        assert_eq!((count(&last, "sent"), count(&last, "unchanged")), (0, 2), "{last}");
    }
}

/// A sync's summary, and what holds of all of them and of every word on the way.
fn ended(said: &Said, code: i32) -> Value {
    assert_eq!(said.code, code, "{said:?}");
    let summary: Value = serde_json::from_str(&said.out).unwrap();
    assert_sums(&summary);
    if !summary["problem"].is_null() {
        let told = told(&summary["problem"]);
        assert!(said.err.contains(&told), "{told} is not in {said:?}");
    }
    assert!(!said.err.contains("w-key-of-the-test"), "{said:?}");
    summary
}

/// A problem as people read it; all three parts are whole sentences.
fn told(problem: &Value) -> String {
    let part = |name: &str| problem[name].as_str().unwrap().to_owned();
    for name in ["message", "safe", "hint"] {
        assert!(part(name).ends_with('.'), "{name}: {problem}");
    }
    format!("{} · {} · {} ({})", part("message"), part("safe"), part("hint"), part("code"))
}

fn message_ids(request: &Got) -> BTreeSet<String> {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let events = body["batch"].as_array().unwrap();
    events.iter().map(|event| event["messageId"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_400_is_halved_down_to_the_record_it_is_about() {
    let bad = text(400, "request neither has anonymousId nor userId");
    let two = two(&[bad.clone(), bad, OK]);
    let run = two.sync(3);
    assert_eq!(run["status"], "completed_with_rejections");
    assert_eq!((count(&run, "rejected"), count(&run, "delivered"), count(&run, "requests")), (1, 1, 3));
    let rejected = two.sluice.events(&["--status", "rejected"]);
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0]["reason"]["code"], "SLU-2010");
    assert_eq!(rejected[0]["attempts"], 2, "with the other one, then alone");
    assert_eq!(rejected[0]["answer"], "400, request refused");
    let delivered = two.sluice.events(&["--status", "delivered"]);
    assert_eq!(delivered[0]["answer"], "200", "each record has its own answer, whichever came last");
    told(&rejected[0]["reason"]);
    two.the_rest_arrives(1);
}

#[test]
fn a_401_stops_the_run_until_the_key_is_right() {
    let two = two(&[text(401, "invalid write key"), OK]);
    let run = two.sync(1);
    assert_eq!((run["status"].as_str(), count(&run, "waiting")), (Some("failed"), 2));
    assert_eq!(run["problem"]["code"], "SLU-2004");
    assert_eq!(two.server.got().len(), 1, "a refused key is not tried again by itself");
    two.the_rest_arrives(2);
}

#[test]
fn a_413_makes_smaller_requests_and_names_a_record_that_is_too_large_alone() {
    let large = text(413, "request size exceeds max limit");
    let halved = two(&[large.clone(), OK]);
    let run = halved.sync(0);
    assert_eq!((count(&run, "delivered"), count(&run, "requests")), (2, 3));

    let alone = two(&[large.clone(), large, OK]);
    let run = alone.sync(3);
    assert_eq!((count(&run, "rejected"), count(&run, "delivered")), (1, 1));
    let reason = alone.sluice.events(&["--status", "rejected"])[0]["reason"].clone();
    assert_eq!(reason["code"], "SLU-3005");
    told(&reason);
    alone.the_rest_arrives(1);
}

#[test]
fn a_429_or_500_that_asks_for_long_leaves_the_rest_to_a_later_run() {
    for (status, code) in [(429, "SLU-2008"), (500, "SLU-2009")] {
        let two = two(&[Reply::Say(status, "text/plain", "retry-after: 600\r\n", "later"), OK]);
        let run = two.sync(3);
        assert_eq!((run["status"].as_str(), count(&run, "waiting")), (Some("waiting"), 2), "{run}");
        assert_eq!(run["problem"]["code"], code);
        assert_ne!(run["problem"]["hint"], "Nothing to do.", "the program has ended");
        let waiting = two.sluice.events(&["--status", "waiting"]);
        assert_eq!(waiting.len(), 2);
        assert_eq!(waiting[0]["reason"]["code"], code);
        assert_eq!(two.server.got().len(), 1, "it waits as long as it was asked to");
        two.the_rest_arrives(2);
    }
}

#[test]
fn a_run_that_ends_with_records_waiting_says_how_they_go_out() {
    let two = two(&[Reply::Say(429, "text/plain", "retry-after: 600\r\n", "later"), OK]);
    let said = two.sluice.run(&["sync", "people"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains("sluice sync people"), "{said:?}");
    let told = two.sluice.run(&["runs"]).out;
    assert!(told.contains("2 waiting"), "{told}");

    let next = two.sync(0);
    let runs = two.sluice.json(&["runs"], 0);
    let first = &runs[1];
    assert_eq!(
        (&first["taken_over_by"], first["status"].as_str()),
        (&next["run"], Some("waiting")),
        "{runs}"
    );
    assert_eq!((count(first, "waiting"), runs[0].get("taken_over_by")), (2, None), "{runs}");
    let told = two.sluice.run(&["runs"]).out;
    assert!(told.contains("2 taken over by run") && !told.contains("2 waiting"), "{told}");
}

#[test]
fn after_a_short_429_or_500_the_same_run_goes_on() {
    for status in [429, 500] {
        let two = two(&[Reply::Say(status, "text/plain", "retry-after: 0\r\n", "later"), OK]);
        let run = two.sync(0);
        assert_eq!((count(&run, "delivered"), count(&run, "requests"), count(&run, "sent")), (2, 2, 2));
        let got = two.server.got();
        assert_eq!(got[0].body, got[1].body, "a repeat has the same bytes");
        assert_eq!(two.sluice.events(&[])[0]["attempts"], 2);
    }
}

#[test]
fn after_a_cut_connection_the_same_records_go_out_again_with_the_same_ids() {
    let two = two(&[Reply::Cut, Reply::Silence, OK]);
    let child = two.sluice.start(&["sync", "people", "--json"]);
    // The repeat is under way, and is interrupted.
    two.has_got(2);
    signal(&child, "INT");
    let run = ended(&wait(child), 1);
    assert_eq!((run["status"].as_str(), count(&run, "waiting")), (Some("cancelled"), 2));
    let waiting = two.sluice.events(&["--status", "waiting"]);
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    assert_eq!(waiting[0]["reason"]["code"], "SLU-2002");
    assert!(told(&waiting[0]["reason"]).contains("sent again with the same ids"), "{waiting:?}");
    two.the_rest_arrives(2);
    let got = two.server.got();
    assert_eq!(message_ids(&got[0]), message_ids(&got[1]));
    assert_eq!(message_ids(&got[0]), message_ids(&got[2]));
}

#[test]
fn a_slow_answer_is_waited_for_and_nothing_is_sent_twice() {
    let told = Arc::new(Notify::new());
    let two = two(&[Reply::Late(Arc::clone(&told)), text(400, "a second request")]);
    let child = two.sluice.start(&["sync", "people", "--json"]);
    two.has_got(1);
    told.notify_one();
    let run = ended(&wait(child), 0);
    assert_eq!((count(&run, "delivered"), count(&run, "requests")), (2, 1));
    assert_eq!(two.server.got().len(), 1);
}

#[test]
fn a_web_page_is_no_yes_whatever_its_status() {
    let page = |status| Reply::Say(status, "text/html; charset=utf-8", "", "<html>Welcome</html>");
    let once = two(&[page(200), OK]);
    let run = once.sync(0);
    assert_eq!((count(&run, "delivered"), count(&run, "requests")), (2, 2), "the page counts for nothing");

    let stopped = two(&[page(404), OK]);
    let run = stopped.sync(1);
    assert_eq!((run["status"].as_str(), count(&run, "waiting")), (Some("failed"), 2));
    assert_eq!(run["problem"]["code"], "SLU-2023");
    assert!(run["problem"]["message"].as_str().unwrap().contains("web page"), "{run}");
    stopped.the_rest_arrives(2);
}
